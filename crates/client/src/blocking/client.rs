//! A client: the list of servers, and how to get a session with one of them.
//!
//! May touch: the network.

use std::sync::Arc;
use std::thread;
use std::time::Instant;

use strongroom_kmip::UniqueIdentifier;

use super::connect::connect_server;
use super::session::Session;
use super::wire::after;
use crate::certificate::Expiry;
use crate::client::Parts;
use crate::error::ClientError;
use crate::options::ClientOptions;
use crate::renewal::Renewal;
use crate::replicas::Replicas;
use crate::rounds::Next;
use crate::servers::ServerList;

/// Connects to KMIP servers. Cheap to clone; holds no connection.
#[derive(Clone, Debug)]
pub struct Client(Arc<Parts>);

/// The same servers, trust, identity and options.
impl From<crate::Client> for Client {
    fn from(client: crate::Client) -> Self {
        Self(client.parts())
    }
}

impl Client {
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

    /// When our own certificate, the CA certificates and the revocation lists run out.
    #[must_use]
    pub fn expiries(&self) -> Vec<Expiry> {
        self.0.credentials.tls().expiries()
    }

    /// Looks at the files of trust and identity, and reads them again where one changed; see
    /// [`Client::renewal`](crate::Client::renewal).
    #[must_use]
    pub fn renewal(&self) -> Renewal {
        self.0.credentials.look()
    }

    /// Connects to the first server of the list that answers; see [`Client::connect`].
    ///
    /// # Errors
    ///
    /// As [`Client::connect`].
    ///
    /// [`Client::connect`]: crate::Client::connect
    pub fn connect(&self) -> Result<Session, ClientError> {
        let until = self.0.options.total_timeout.map(after);
        let mut rounds = self.0.rounds();
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            match rounds.next(left) {
                Next::Try(index) => match connect_server(&self.0, self.0.server(index)?, until) {
                    Ok(session) => return Ok(session),
                    Err(error) => rounds.failed(error)?,
                },
                Next::Pause(pause) => thread::sleep(pause),
                Next::Failed => return Err(rounds.into_error()),
            }
        }
    }

    /// Connects to the server at `index` of the list, counted from 0; one attempt.
    ///
    /// # Errors
    ///
    /// As [`Self::connect`]; [`Configuration`](crate::ErrorKind::Configuration) when there is no
    /// such server.
    pub fn connect_to(&self, index: usize) -> Result<Session, ClientError> {
        connect_server(&self.0, self.0.server(index)?, None)
    }

    /// Connects to every server, one after the other; one attempt each, in the order of the list.
    #[must_use]
    pub fn connect_each(&self) -> Vec<Result<Session, ClientError>> {
        (0..self.0.servers.len())
            .map(|index| self.connect_to(index))
            .collect()
    }

    /// Gets an object from every server, one after the other, and compares them; see
    /// [`Client::replicas`](crate::Client::replicas).
    #[must_use]
    pub fn replicas(&self, unique_identifier: impl Into<UniqueIdentifier>) -> Replicas {
        let unique_identifier = unique_identifier.into();
        let answers = self.0.servers.iter().map(|server| {
            let answer = connect_server(&self.0, server, None).and_then(|mut session| {
                let answer = session.get(unique_identifier.clone());
                session.close();
                answer
            });
            (server.clone(), answer)
        });
        Replicas::of(answers.collect())
    }
}
