//! A server for tests: in this process, on a free port of 127.0.0.1, with its own CA.
//!
//! May touch: a loopback socket. No file, unless the store that it is given has one.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::SystemTime;

use crate::dev::{Authority, DevError, Issued, Leaf};
use crate::faults::Faults;
use crate::options::ServerOptions;
use crate::server::{BindError, RunningServer, Server};
use crate::store::MemoryStore;
use crate::tls::TlsOptions;

/// A server for tests. Dropping it stops it.
#[derive(Debug)]
pub struct TestServer {
    authority: Authority,
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
        let authority = Authority::generate(SystemTime::now())?;
        let certificate = authority.issue(&Leaf::server())?;
        let tls = TlsOptions::from_issued(&certificate, authority.certificate_pem());
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut options = ServerOptions::new(listen, tls, MemoryStore::new());
        change(&mut options);
        let faults = options.faults.clone();
        let running = Server::bind(options).await?.spawn();
        Ok(Self {
            authority,
            faults,
            running,
        })
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
