//! A client: the list of servers, and how to get a session with one of them.
//!
//! May touch: the network, through tokio; the tokio runtime of the caller.

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::builder::WantsServers;
use crate::certificate::CertificateFacts;
use crate::error::{Cause, ClientError, ErrorKind, Outcome};
use crate::identity::Identity;
use crate::options::ClientOptions;
use crate::servers::ServerList;
use crate::session::Session;
use crate::tls::Tls;
use crate::trust::Trust;

/// Connects to KMIP servers. Cheap to clone; holds no connection.
#[derive(Clone, Debug)]
pub struct Client(Arc<Parts>);

#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) servers: ServerList,
    pub(crate) tls: Tls,
    pub(crate) options: ClientOptions,
}

impl Client {
    /// Starts a client: servers, then trust, then identity.
    pub fn builder() -> WantsServers {
        WantsServers::new()
    }

    pub(crate) fn new(
        servers: ServerList,
        trust: Trust,
        identity: Identity,
        options: ClientOptions,
    ) -> Result<Self, ClientError> {
        let tls = Tls::new(trust, identity).map_err(|error| {
            ClientError::new(
                ErrorKind::Configuration,
                Outcome::NotSent,
                Cause::TlsSetup(Box::new(error)),
            )
        })?;
        Ok(Self(Arc::new(Parts {
            servers,
            tls,
            options,
        })))
    }

    /// The servers in the order in which they are asked.
    #[must_use]
    pub fn servers(&self) -> &ServerList {
        &self.0.servers
    }

    /// The options this client was built with.
    #[must_use]
    pub fn options(&self) -> &ClientOptions {
        &self.0.options
    }

    /// Subject and dates of our own certificate, when they could be read.
    #[must_use]
    pub fn certificate(&self) -> Option<&CertificateFacts> {
        self.0.tls.identity().certificate()
    }

    /// Connects to the first server of the list that answers.
    ///
    /// "Answers" means: TCP, TLS and one KMIP round trip (Discover Versions, or Query at 1.0)
    /// within [`connect_timeout`](ClientOptions::connect_timeout). A server that cannot be reached
    /// or does not answer in time gives way to the next, round after round; any other failure
    /// (TLS, authentication, no common version) is returned at once, since another server would
    /// only hide it.
    ///
    /// # Errors
    ///
    /// [`ClientError`] with the outcome [`NotSent`](Outcome::NotSent); with several servers, its
    /// cause [`AllServers`](Cause::AllServers) has one failure per server of the last round.
    pub async fn connect(&self) -> Result<Session, ClientError> {
        let rounds = self.0.options.connect_retries.saturating_add(1);
        let mut failures = Vec::new();
        for _ in 0..rounds {
            failures.clear();
            for server in &self.0.servers {
                match self.0.connect_server(server).await {
                    Ok(session) => return Ok(session),
                    Err(error) if error.moves_on() => failures.push(error),
                    Err(error) => return Err(error),
                }
            }
        }
        Err(all_failed(failures, rounds))
    }

    /// Connects to the server at `index` of the list, counted from 0; one attempt.
    ///
    /// # Errors
    ///
    /// As [`Self::connect`]; [`Configuration`](ErrorKind::Configuration) when there is no such
    /// server.
    pub async fn connect_to(&self, index: usize) -> Result<Session, ClientError> {
        match self.0.servers.get(index) {
            Some(server) => self.0.connect_server(server).await,
            None => Err(ClientError::new(
                ErrorKind::Configuration,
                Outcome::NotSent,
                Cause::NoSuchServer {
                    index,
                    count: self.0.servers.len(),
                },
            )),
        }
    }

    /// Connects to every server at once; one attempt each, results in the order of the list.
    ///
    /// This is how a caller checks that all replicas have the same key. Must be called within a
    /// tokio runtime.
    pub async fn connect_each(&self) -> Vec<Result<Session, ClientError>> {
        let mut attempts = JoinSet::new();
        for index in 0..self.0.servers.len() {
            let client = self.clone();
            attempts.spawn(async move { (index, client.connect_to(index).await) });
        }
        let mut results = attempts.join_all().await;
        results.sort_by_key(|(index, _)| *index);
        results.into_iter().map(|(_, result)| result).collect()
    }
}

/// One server in one round speaks for itself.
fn all_failed(mut failures: Vec<ClientError>, rounds: u32) -> ClientError {
    if failures.len() == 1
        && rounds == 1
        && let Some(only) = failures.pop()
    {
        return only;
    }
    let timeout = failures
        .iter()
        .all(|failure| failure.kind() == ErrorKind::Timeout);
    let kind = if timeout {
        ErrorKind::Timeout
    } else {
        ErrorKind::Unreachable
    };
    ClientError::new(
        kind,
        Outcome::NotSent,
        Cause::AllServers { failures, rounds },
    )
}
