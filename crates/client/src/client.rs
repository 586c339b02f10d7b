//! A client: the list of servers, and how to get a session with one of them.
//!
//! May touch: the network, through tokio; the tokio runtime of the caller.

use std::sync::Arc;

use strongroom_kmip::UniqueIdentifier;
use strongroom_kmip::operation::GetResponse;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::attempt::no_such_server;
use crate::back_off::Jitter;
use crate::builder::WantsServers;
use crate::certificate::{CertificateFacts, Expiry};
use crate::connect::after;
use crate::error::ClientError;
use crate::identity::Identity;
use crate::options::ClientOptions;
use crate::renewal::{Credentials, Renewal};
use crate::replicas::Replicas;
use crate::rounds::{Next, Rounds};
use crate::servers::{ServerAddress, ServerList};
use crate::session::Session;
use crate::trust::Trust;

/// Connects to KMIP servers. Cheap to clone; holds no connection.
#[derive(Clone, Debug)]
pub struct Client(Arc<Parts>);

#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) servers: ServerList,
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) options: ClientOptions,
    pub(crate) jitter: Jitter,
}

impl Parts {
    pub(crate) fn rounds(&self) -> Rounds {
        Rounds::new(self.servers.len(), &self.options, &self.jitter)
    }

    pub(crate) fn server(&self, index: usize) -> Result<&ServerAddress, ClientError> {
        let server = self.servers.get(index);
        server.ok_or_else(|| no_such_server(index, self.servers.len()))
    }
}

impl Client {
    /// Starts a client: servers, then trust, then identity.
    pub fn builder() -> WantsServers {
        WantsServers::new()
    }

    pub(crate) fn new(
        servers: ServerList,
        (trust, identity): (Trust, Identity),
        options: ClientOptions,
        jitter: Jitter,
    ) -> Result<Self, ClientError> {
        let credentials = Arc::new(Credentials::new(trust, identity)?);
        Ok(Self(Arc::new(Parts {
            servers,
            credentials,
            options,
            jitter,
        })))
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn parts(self) -> Arc<Parts> {
        self.0
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
    pub fn certificate(&self) -> Option<CertificateFacts> {
        self.0.credentials.tls().identity().certificate().cloned()
    }

    /// When our own certificate, the CA certificates and the revocation lists run out. The
    /// server's certificate stands in [`Session::tls`].
    #[must_use]
    pub fn expiries(&self) -> Vec<Expiry> {
        self.0.credentials.tls().expiries()
    }

    /// Looks at the files of trust and identity, reads them again where one changed, and says how
    /// that ended.
    ///
    /// Each new connection does the same, so a renewed certificate, key, CA or revocation list is
    /// in use from the next connection on. Sessions that stand stay as they are. Files that cannot
    /// be used, or a certificate that has expired, change nothing: what was read before stays in
    /// use, and the failure stands in the result until the files are mended. Reads files, and does
    /// not return before it has.
    #[must_use]
    pub fn renewal(&self) -> Renewal {
        self.0.credentials.look()
    }

    /// Takes this trust and this identity for all further connections, of all clones of this
    /// client: for other files, or another password, than those it was built with.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) when TLS cannot be set up with them; nothing
    /// changes then.
    pub fn renew(&self, trust: Trust, identity: Identity) -> Result<(), ClientError> {
        self.0.credentials.replace(trust, identity)
    }

    /// Connects to the first server of the list that answers.
    ///
    /// "Answers" means: TCP, TLS and one KMIP round trip (Discover Versions, or Query at 1.0)
    /// within [`connect_timeout`](ClientOptions::connect_timeout). A server that cannot be reached
    /// or does not answer in time gives way to the next, round after round, with the pauses of
    /// [`back_off`](ClientOptions::back_off); any other failure
    /// (TLS, authentication, no common version) is returned at once, since another server would
    /// only hide it.
    ///
    /// # Errors
    ///
    /// [`ClientError`] with the outcome [`NotSent`](crate::Outcome::NotSent); with several servers, its
    /// cause [`AllServers`](crate::Cause::AllServers) has one failure per server of the last round.
    pub async fn connect(&self) -> Result<Session, ClientError> {
        let until = self.0.options.total_timeout.map(after);
        let mut rounds = self.0.rounds();
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            match rounds.next(left) {
                Next::Try(index) => {
                    let server = self.0.server(index)?;
                    match self.0.connect_server(server, until).await {
                        Ok(session) => return Ok(session),
                        Err(error) => rounds.failed(error)?,
                    }
                }
                Next::Pause(pause) => sleep(pause).await,
                Next::Failed => return Err(rounds.into_error()),
            }
        }
    }

    /// Connects to the server at `index` of the list, counted from 0; one attempt.
    ///
    /// # Errors
    ///
    /// As [`Self::connect`]; [`Configuration`](crate::ErrorKind::Configuration) when there is no such
    /// server.
    pub async fn connect_to(&self, index: usize) -> Result<Session, ClientError> {
        self.0.connect_server(self.0.server(index)?, None).await
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

    /// Gets an object from every server at once, on a new connection each, and compares them.
    ///
    /// A key that a store shall depend on must be readable from every server of its list, or a
    /// failover loses it.
    pub async fn replicas(&self, unique_identifier: impl Into<UniqueIdentifier>) -> Replicas {
        let unique_identifier = unique_identifier.into();
        let mut attempts = JoinSet::new();
        for index in 0..self.0.servers.len() {
            let (client, id) = (self.clone(), unique_identifier.clone());
            attempts.spawn(async move { (index, client.get_from(index, id).await) });
        }
        let mut answers = attempts.join_all().await;
        answers.sort_by_key(|(index, _)| *index);
        let answers = answers.into_iter().map(|(_, answer)| answer);
        Replicas::of(self.0.servers.iter().cloned().zip(answers).collect())
    }

    async fn get_from(
        &self,
        index: usize,
        unique_identifier: UniqueIdentifier,
    ) -> Result<GetResponse, ClientError> {
        let mut session = self.connect_to(index).await?;
        let answer = session.get(unique_identifier).await;
        session.close().await;
        answer
    }
}
