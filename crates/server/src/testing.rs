//! A server for tests: in this process, on a free port of 127.0.0.1, with its own CA.
//!
//! May touch: a loopback socket. No file, unless the store that it is given has one.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::SystemTime;

use crate::dev::{Authority, DevError, Issued, Leaf};
use crate::faults::Faults;
use crate::options::ServerOptions;
use crate::replica::Replica;
use crate::server::{BindError, RunningServer, Server};
use crate::store::MemoryStore;
use crate::tls::TlsOptions;

/// A server for tests. Dropping it stops it.
#[derive(Debug)]
pub struct TestServer {
    authority: Arc<Authority>,
    faults: Faults,
    running: RunningServer,
}

/// Why a [`TestServer`] did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TestServerError {
    /// No certificates.
    #[error(transparent)]
    Certificates(#[from] DevError),
    /// No server.
    #[error(transparent)]
    Bind(#[from] BindError),
}

impl TestServer {
    /// Starts a server that keeps objects in memory, as a task of the current tokio runtime.
    ///
    /// # Errors
    ///
    /// [`TestServerError`].
    pub async fn start() -> Result<Self, TestServerError> {
        Self::start_with(|_| {}).await
    }

    /// As [`Self::start`], after `change` had its way with the options: store, limits, profile.
    ///
    /// # Errors
    ///
    /// [`TestServerError`].
    pub async fn start_with(
        change: impl FnOnce(&mut ServerOptions),
    ) -> Result<Self, TestServerError> {
        let authority = Arc::new(Authority::generate(SystemTime::now())?);
        let mut options = Self::options(&authority)?;
        change(&mut options);
        let faults = options.faults.clone();
        let running = Server::bind(options).await?.spawn();
        Ok(Self {
            authority,
            faults,
            running,
        })
    }

    /// Two servers of one CA with the same objects, as [`Server::bind_replica`] makes them. Give
    /// both addresses to a client; each has its own faults.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use strongroom_server::testing::TestServer;
    ///
    /// let (first, second, replica) = TestServer::start_pair().await?;
    /// replica.hold(); // what the first does from now on, the second does not know
    /// // ... create a key at the first: the second says Item Not Found ...
    /// replica.catch_up(1); // now it has it
    /// first.stop().await; // the second goes on, changes included
    /// # second.stop().await;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`TestServerError`].
    pub async fn start_pair() -> Result<(Self, Self, Replica), TestServerError> {
        let authority = Arc::new(Authority::generate(SystemTime::now())?);
        let (options, more) = (Self::options(&authority)?, Self::options(&authority)?);
        let faults = [options.faults.clone(), more.faults.clone()];
        let first = Server::bind(options).await?;
        let (second, replica) = first.bind_replica(more).await?;
        let [first, second] = [(first, 0), (second, 1)].map(|(server, at)| Self {
            authority: Arc::clone(&authority),
            faults: faults.get(at).cloned().unwrap_or_default(),
            running: server.spawn(),
        });
        Ok((first, second, replica))
    }

    fn options(authority: &Authority) -> Result<ServerOptions, DevError> {
        let certificate = authority.issue(&Leaf::server())?;
        let tls = TlsOptions::from_issued(&certificate, authority.certificate_pem());
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Ok(ServerOptions::new(listen, tls, MemoryStore::new()))
    }

    /// The address that it listens on.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.running.local_addr()
    }

    /// The CA of server and clients, as PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        self.authority.certificate_pem()
    }

    /// A certificate for a client whose objects belong to `common_name`.
    ///
    /// # Errors
    ///
    /// [`DevError::Generation`].
    pub fn client(&self, common_name: &str) -> Result<Issued, DevError> {
        self.authority.issue(&Leaf::client(common_name))
    }

    /// Any certificate of the CA, a faulty one included.
    ///
    /// # Errors
    ///
    /// [`DevError::Generation`].
    pub fn issue(&self, leaf: &Leaf) -> Result<Issued, DevError> {
        self.authority.issue(leaf)
    }

    /// The script of faults; empty at first.
    #[must_use]
    pub const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Stops and waits until the store is free.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}
