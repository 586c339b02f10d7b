//! The builder asks for servers, then trust, then identity: in this order nothing can be left out.
//!
//! May touch: memory only.

use crate::back_off::Jitter;
use crate::client::Client;
use crate::error::ClientError;
use crate::identity::Identity;
use crate::options::ClientOptions;
use crate::servers::ServerList;
use crate::trust::Trust;

/// Asks for the servers.
#[derive(Clone, Copy, Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct WantsServers(());

impl WantsServers {
    pub(crate) fn new() -> Self {
        Self(())
    }

    /// The KMIP servers, in the order in which they are asked.
    pub fn servers(self, servers: ServerList) -> WantsTrust {
        WantsTrust { servers }
    }
}

/// Asks whom to trust.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct WantsTrust {
    servers: ServerList,
}

impl WantsTrust {
    /// The CA certificates that the servers' certificates must come from.
    pub fn trust(self, trust: Trust) -> WantsIdentity {
        WantsIdentity {
            servers: self.servers,
            trust,
        }
    }
}

/// Asks who we are.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct WantsIdentity {
    servers: ServerList,
    trust: Trust,
}

impl WantsIdentity {
    /// The client certificate and its key.
    pub fn identity(self, identity: Identity) -> ClientBuilder {
        ClientBuilder {
            servers: self.servers,
            trust: self.trust,
            identity,
            options: ClientOptions::default(),
            jitter: Jitter::default(),
        }
    }
}

/// Has all it needs; options may follow.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct ClientBuilder {
    servers: ServerList,
    trust: Trust,
    identity: Identity,
    options: ClientOptions,
    jitter: Jitter,
}

impl ClientBuilder {
    /// Replaces the default options.
    pub fn options(mut self, options: ClientOptions) -> Self {
        self.options = options;
        self
    }

    /// Where the random part of the pauses between rounds comes from: any number, each time another.
    ///
    /// Without this, from what the standard library draws for its hash maps. Nothing secret depends
    /// on it.
    pub fn jitter(mut self, random: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        self.jitter = Jitter::new(random);
        self
    }

    /// Makes the client. No connection is made yet.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) when the options make no sense.
    pub fn build(self) -> Result<Client, ClientError> {
        self.options.check()?;
        Client::new(
            self.servers,
            (self.trust, self.identity),
            self.options,
            self.jitter,
        )
    }

    /// Makes the client for threads. No connection is made yet.
    ///
    /// # Errors
    ///
    /// As [`Self::build`].
    #[cfg(feature = "blocking")]
    pub fn build_blocking(self) -> Result<crate::blocking::Client, ClientError> {
        self.build().map(Into::into)
    }
}
