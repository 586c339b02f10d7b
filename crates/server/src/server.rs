//! Listening, accepting, stopping.
//!
//! May touch: the listening socket. Each connection, its handshake included, is a task of its own.

use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time;
use tokio_rustls::TlsAcceptor;

use crate::connection::{self, Shared};
use crate::event::Event;
use crate::options::ServerOptions;
use crate::replica::Replica;
use crate::service::Service;
use crate::store::{MemoryStore, StoreError};
use crate::tls::TlsError;
use crate::vault::Vault;

/// How long to wait before accepting again when the system refuses, for instance since there are
/// no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A KMIP server that listens but does not answer yet: connections wait until [`Server::run`] or
/// [`Server::spawn`].
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    acceptor: Acceptor,
    shared: Arc<Shared>,
}

/// [`TlsAcceptor`], which has no `Debug`.
struct Acceptor(TlsAcceptor);

impl std::fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TlsAcceptor")
    }
}

/// Why a server could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// The certificates cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; choose another address or port")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Server {
    /// Reads the certificates, loads the store and listens.
    ///
    /// # Errors
    ///
    /// [`BindError`].
    pub async fn bind(mut options: ServerOptions) -> Result<Self, BindError> {
        let store = std::mem::replace(&mut options.store, Box::new(MemoryStore::new()));
        let acceptor = Self::acceptor(&options)?;
        Self::listen(options, acceptor, Arc::new(Vault::open(store)?)).await
    }

    /// A second server with the objects of this one, and what decides when a change reaches it.
    ///
    /// The second one reads from a copy of its own and has a change made by the first, as standby
    /// nodes do: its answer says that the change is durable, and its own copy shows it when the
    /// [`Replica`] lets it through. It goes on without the first; the store is free when both have
    /// stopped. The store in `options` is not used.
    ///
    /// # Errors
    ///
    /// [`BindError`].
    pub async fn bind_replica(&self, options: ServerOptions) -> Result<(Self, Replica), BindError> {
        let acceptor = Self::acceptor(&options)?;
        let (vault, replica) = Vault::following(self.shared.service.vault());
        let server = Self::listen(options, acceptor, Arc::new(vault)).await?;
        Ok((server, replica))
    }

    fn acceptor(options: &ServerOptions) -> Result<Acceptor, TlsError> {
        let config = options.tls.config(options.profile.tls12_only)?;
        Ok(Acceptor(config.into()))
    }

    async fn listen(
        options: ServerOptions,
        acceptor: Acceptor,
        vault: Arc<Vault>,
    ) -> Result<Self, BindError> {
        let listen = |source| BindError::Listen {
            address: options.listen,
            source,
        };
        let listener = TcpListener::bind(options.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let mut limits = options.limits;
        if let Some(shorter) = options.profile.handshake {
            limits.handshake = limits.handshake.min(shorter);
        }
        let rules = (options.profile, options.roles);
        let service = Service::new(vault, &limits, rules, options.clock);
        let shared = Shared {
            service: Arc::new(service),
            limits,
            faults: options.faults,
            observer: options.observer,
        };
        Ok(Self {
            listener,
            address,
            acceptor,
            shared: Arc::new(shared),
        })
    }

    /// The address that it listens on, with the port that was taken.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` is ready; then answers what has been asked, closes all connections
    /// and gives the store free.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let (stop, stopped) = watch::channel(false);
        let gate = Gate::new(&self.shared);
        let mut connections = JoinSet::new();
        tokio::pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        self.admit(&gate, &mut connections, (stream, peer), stopped.clone());
                    }
                    Err(_) => time::sleep(ACCEPT_PAUSE).await,
                },
            }
        }
        drop(self.listener);
        // No receiver is left when there are no connections; that is no failure.
        let _ = stop.send(true);
        let drained = async { while connections.join_next().await.is_some() {} };
        let _ = time::timeout(self.shared.limits.request, drained).await;
        connections.shutdown().await;
        let service = Arc::clone(&self.shared.service);
        // Waits for a change that is under way, so not on this thread.
        let _ = tokio::task::spawn_blocking(move || drop(service.close())).await;
    }

    fn admit(
        &self,
        gate: &Gate,
        connections: &mut JoinSet<()>,
        (stream, peer): (TcpStream, SocketAddr),
        stopped: watch::Receiver<bool>,
    ) {
        let Some(pass) = gate.admit(peer.ip()) else {
            self.shared.tell(|| Event::TooManyConnections { peer });
            return;
        };
        let acceptor = self.acceptor.0.clone();
        let shared = Arc::clone(&self.shared);
        connections.spawn(async move {
            connection::serve(shared, acceptor, (stream, peer), stopped).await;
            drop(pass);
        });
    }

    /// Serves in a task of the current tokio runtime.
    #[must_use]
    pub fn spawn(self) -> RunningServer {
        let (stop, stopped) = oneshot::channel::<()>();
        let address = self.address;
        let task = tokio::spawn(self.run(async {
            // An error means that the handle was dropped: stop as well.
            let _ = stopped.await;
        }));
        RunningServer {
            address,
            stop: Some(stop),
            task: Some(task),
        }
    }
}

/// A server in a task. Dropping this stops it; [`RunningServer::stop`] also waits for the end.
#[derive(Debug)]
pub struct RunningServer {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
}

impl RunningServer {
    /// The address that it listens on.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Stops and waits until all connections are closed and the store is free again.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        if let Some(task) = self.task.take() {
            // A panic of the task was reported by the panic hook already.
            let _ = task.await;
        }
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// The caps on connections; passed before anything is read.
struct Gate {
    places: Arc<Semaphore>,
    per_address: usize,
    addresses: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One place, given back when dropped.
struct Pass {
    _place: OwnedSemaphorePermit,
    address: IpAddr,
    addresses: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Gate {
    fn new(shared: &Shared) -> Self {
        let places = shared.limits.connections.min(Semaphore::MAX_PERMITS);
        Self {
            places: Arc::new(Semaphore::new(places)),
            per_address: shared.limits.connections_per_address,
            addresses: Arc::default(),
        }
    }

    fn admit(&self, address: IpAddr) -> Option<Pass> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let mut addresses = self
            .addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let count = addresses.entry(address).or_default();
        if *count >= self.per_address {
            return None;
        }
        *count = count.saturating_add(1);
        Some(Pass {
            _place: place,
            address,
            addresses: Arc::clone(&self.addresses),
        })
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut addresses = self
            .addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = addresses.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                addresses.remove(&self.address);
            }
        }
    }
}
