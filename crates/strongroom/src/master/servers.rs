//! The configured list of key servers.
//!
//! May touch: the network, through `strongroom-client`; the files of trust and identity.

use strongroom_cipher::StoreId;
use strongroom_client::{
    Client, ClientError, ClientOptions, ErrorKind, Expiry, ServerList, Session,
};
use strongroom_config::{Config, KmipConfig, MasterKeyMode, OptionId};
use strongroom_keystore::MasterKey;
use strongroom_kmip::ProtocolVersion;
use strongroom_kmip::enumeration::State;

use super::credentials;
use super::facts::KeyFacts;
use super::home::Left;
use super::key_file::KeyFile;
use super::link::{Link, NewKey};
use super::wrap::{KeyRef, Wrapped};
use crate::error::Error;

/// Where the master keys of a configuration are: the key servers, with trust and identity loaded, and
/// the key file. Opens no connection itself.
#[derive(Debug)]
pub struct KeyServers {
    client: Option<Client>,
    key_file: Option<KeyFile>,
    /// Those that the store leaves with its next rotation.
    pub(super) left: Option<Box<Left>>,
}

/// What one server says of one key.
#[derive(Debug)]
#[non_exhaustive]
pub struct ServerStanding {
    /// `host:port`.
    pub server: String,
    /// The key there, `None` when it is not there; or why the server did not say.
    pub key: Result<Option<KeyFacts>, Error>,
    /// When the certificate that it showed runs out, where it could be read.
    pub certificate: Option<Expiry>,
}

/// What all listed servers say of one key, the worst first.
#[derive(Debug)]
pub(crate) struct Standing {
    /// Every server's answer, in the order of the list.
    pub(crate) servers: Vec<ServerStanding>,
}

impl KeyServers {
    /// Loads the client's files and parses the list of servers.
    ///
    /// # Errors
    ///
    /// [`Error`] that names the option and the file.
    pub fn from_config(config: &Config) -> Result<Self, Error> {
        let key_file = KeyFile::of(config);
        let client = config.kmip.as_ref().map(Self::client_of).transpose()?;
        if client.is_none() && key_file.is_none() {
            return Err(Error::NoKeyServer);
        }
        let mut servers = Self {
            client,
            key_file,
            left: None,
        };
        if let Some(kmip) = &config.kmip {
            servers.left = Left::of(kmip, &servers.names())?;
        }
        Ok(servers)
    }

    /// The servers of one section, without a key file.
    pub(super) fn of_list(kmip: &KmipConfig) -> Result<Self, Error> {
        Ok(Self {
            client: Some(Self::client_of(kmip)?),
            key_file: None,
            left: None,
        })
    }

    fn client_of(kmip: &KmipConfig) -> Result<Client, Error> {
        let servers = ServerList::parse(&kmip.server_name.value, kmip.port.value)
            .map_err(|error| Error::option(OptionId::KmipServerName, error))?;
        Ok(Client::builder()
            .servers(servers)
            .trust(credentials::trust(kmip)?)
            .identity(credentials::identity(kmip)?)
            .options(options(kmip))
            .build()?)
    }

    /// `host:port` of each listed server.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let client = self.client.iter();
        client
            .flat_map(|client| client.servers())
            .map(ToString::to_string)
            .collect()
    }

    /// The client below, for any KMIP operation; `None` where the master key is in a file alone.
    #[must_use]
    pub const fn client(&self) -> Option<&Client> {
        self.client.as_ref()
    }

    /// The configured key file.
    pub(crate) const fn key_file(&self) -> Option<&KeyFile> {
        self.key_file.as_ref()
    }

    /// A session with each listed server, in the order of the list, or why there is none.
    pub(crate) async fn connect_each(&self) -> Vec<Result<Session, ClientError>> {
        match &self.client {
            Some(client) => client.connect_each().await,
            None => Vec::new(),
        }
    }

    /// A connection to the first server that answers.
    ///
    /// # Errors
    ///
    /// When none does, or one refuses us.
    pub(crate) async fn connect(&self) -> Result<Link, Error> {
        let client = self.client.as_ref().ok_or(Error::NoKeyServer)?;
        Ok(Link::new(client.connect().await?))
    }

    /// What every listed server says of `unique_identifier`.
    pub(crate) async fn standing(&self, unique_identifier: &str) -> Standing {
        if let Some(alone) = self.without_server(unique_identifier) {
            return alone;
        }
        let sessions = self.connect_each().await;
        let mut servers = Vec::with_capacity(sessions.len());
        for (server, session) in self.names().into_iter().zip(sessions) {
            let certificate = session
                .as_ref()
                .ok()
                .and_then(|session| session.tls().expiry());
            let key = match session {
                Ok(session) => {
                    let mut link = Link::new(session);
                    let facts = link.facts(unique_identifier).await;
                    link.close().await;
                    facts
                }
                Err(error) => Err(Error::from(error)),
            };
            servers.push(ServerStanding {
                server,
                key,
                certificate,
            });
        }
        Standing { servers }
    }

    /// What is said of a key where no server can be asked for it.
    fn without_server(&self, unique_identifier: &str) -> Option<Standing> {
        let key = if KeyFile::names(unique_identifier) {
            let facts = |_| Some(KeyFile::facts(unique_identifier.to_owned()));
            self.in_file(unique_identifier).map(facts)
        } else if self.client.is_none() {
            Err(Error::NoKeyServer)
        } else {
            return None;
        };
        let server = match &self.key_file {
            Some(file) => file.name(),
            None => "key file".to_owned(),
        };
        Some(Standing {
            servers: vec![ServerStanding {
                server,
                key,
                certificate: None,
            }],
        })
    }

    /// The key of the configured file, which must be the one that is asked for.
    fn in_file(&self, unique_identifier: &str) -> Result<MasterKey, Error> {
        let file = self.key_file.as_ref().ok_or(Error::KeyFileNotGiven)?;
        let (found, key) = file.read()?;
        if found == unique_identifier {
            return Ok(key);
        }
        Err(Error::WrongKeyFile {
            file: file.name(),
            recorded: unique_identifier.to_owned(),
            found,
        })
    }

    /// The key's octets from the first server that has it, on a new connection each.
    ///
    /// # Errors
    ///
    /// [`Error::KeyNotFound`] only when every listed server said so; an unreachable one among them
    /// leaves the question open, and its error is returned.
    pub(crate) async fn fetch(&self, key: KeyRef<'_>) -> Result<MasterKey, Error> {
        let unique_identifier = key.id;
        if KeyFile::names(unique_identifier) {
            return self.in_file(unique_identifier);
        }
        if self.client.is_none() {
            return Err(Error::NoKeyServer);
        }
        let mut open_question = None;
        for session in self.connect_each().await {
            let fetched = match session {
                Ok(session) => Link::new(session).fetch_and_close(key).await,
                Err(error) => Err(Error::from(error)),
            };
            match fetched {
                Ok(Some(key)) => return Ok(key),
                Ok(None) => {}
                Err(error) => open_question = Some(error),
            }
        }
        Err(open_question.unwrap_or_else(|| self.not_found(unique_identifier)))
    }

    /// Checks that every listed server returns the key, with the octets of `expected`.
    ///
    /// # Errors
    ///
    /// [`Error::NotOnEveryServer`] with the first server that does not.
    pub(crate) async fn readable_everywhere(
        &self,
        key: KeyRef<'_>,
        expected: &MasterKey,
    ) -> Result<(), Error> {
        let unique_identifier = key.id;
        let sessions = self.connect_each().await;
        for (server, session) in self.names().into_iter().zip(sessions) {
            let fetched = match session {
                Ok(session) => Link::new(session).fetch_and_close(key).await,
                Err(error) => Err(Error::from(error)),
            };
            let missing = |cause| Error::NotOnEveryServer {
                unique_identifier: unique_identifier.to_owned(),
                server,
                cause,
            };
            match fetched {
                Ok(Some(key)) if key.same_as(expected) => {}
                Ok(Some(_)) => {
                    return Err(Error::ServersDisagree {
                        unique_identifier: unique_identifier.to_owned(),
                    });
                }
                Ok(None) => return Err(missing(None)),
                Err(error) => return Err(missing(Some(Box::new(error)))),
            }
        }
        Ok(())
    }

    /// Has a fresh local key encrypted under a master key, which is activated first where it is
    /// Pre-Active: a server encrypts with Active keys only.
    ///
    /// # Errors
    ///
    /// The server's refusal; [`Error::WrapNeedsTag`]; [`Error::TagNotVerified`].
    pub(crate) async fn wrap(&self, facts: &KeyFacts, store: StoreId) -> Result<Wrapped, Error> {
        let id = &facts.unique_identifier;
        let mut link = self.connect().await?;
        let activated = match facts.state {
            Some(State::PRE_ACTIVE) => link.activate(id).await,
            _ => Ok(()),
        };
        let wrapped = match activated {
            Ok(()) => link.wrap(id, store).await,
            Err(error) => Err(error),
        };
        link.close().await;
        wrapped
    }

    /// Makes a Pre-Active key, on the server or here, and reads its facts back on a new
    /// connection.
    ///
    /// # Errors
    ///
    /// The server's refusal, a lost reply (never sent again), or a key that does not fit.
    pub(crate) async fn make(&self, key: &NewKey, mode: MasterKeyMode) -> Result<KeyFacts, Error> {
        let mut link = self.connect().await?;
        let made = match mode {
            MasterKeyMode::Register => link.register(key).await,
            _ => link.create(key).await,
        };
        link.close().await;
        let unique_identifier = made?;
        let mut link = self.connect().await?;
        let facts = link.facts(&unique_identifier).await;
        link.close().await;
        let facts = facts?.ok_or_else(|| self.not_found(&unique_identifier))?;
        facts.fitness().map_err(|why| Error::UnfitKey {
            unique_identifier,
            why,
        })?;
        Ok(facts)
    }

    pub(crate) fn not_found(&self, identifier: &str) -> Error {
        Error::KeyNotFound {
            identifier: identifier.to_owned(),
            servers: self.names(),
        }
    }
}

impl Standing {
    /// Takes a key that is not `ours` for one that is not there.
    pub(super) fn only(&mut self, ours: impl Fn(&KeyFacts) -> bool) {
        for server in &mut self.servers {
            if let Ok(found) = &mut server.key {
                *found = found.take().filter(|facts| ours(facts));
            }
        }
    }

    /// The state that counts: the worst that any answering server reports.
    pub(crate) fn worst_state(&self) -> Option<State> {
        self.answers()
            .filter_map(|facts| facts.state)
            .max_by_key(|state| badness(*state))
    }

    /// The facts of the server with the worst state.
    pub(crate) fn worst(&self) -> Option<&KeyFacts> {
        self.answers()
            .max_by_key(|facts| facts.state.map_or(0, badness))
    }

    /// Whether the key is out of reach for ever: on every listed server absent or destroyed.
    pub(crate) fn gone_everywhere(&self) -> bool {
        let destroyed = |facts: &KeyFacts| {
            let state = facts.state;
            state.is_some_and(|state| badness(state) == 5 || badness(state) == 6)
        };
        self.servers.iter().all(|standing| match &standing.key {
            Ok(None) => true,
            Ok(Some(facts)) => destroyed(facts),
            Err(_) => false,
        })
    }

    /// Whether every listed server answered that the key is not there.
    pub(crate) fn absent_everywhere(&self) -> bool {
        self.servers
            .iter()
            .all(|standing| matches!(standing.key, Ok(None)))
    }

    /// Whether a listed server answered that the key is not there.
    pub(crate) fn absent_somewhere(&self) -> bool {
        self.servers
            .iter()
            .any(|standing| matches!(standing.key, Ok(None)))
    }

    /// The first error, when no server has the key and at least one did not say.
    pub(crate) fn into_error(self) -> Option<Error> {
        self.servers
            .into_iter()
            .find_map(|standing| standing.key.err())
    }

    fn answers(&self) -> impl Iterator<Item = &KeyFacts> {
        self.servers
            .iter()
            .filter_map(|standing| standing.key.as_ref().ok()?.as_ref())
    }
}

/// Order of the states from harmless to hopeless; an unknown state counts as hopeless.
fn badness(state: State) -> u8 {
    match state {
        State::ACTIVE => 1,
        State::PRE_ACTIVE => 2,
        State::DEACTIVATED => 3,
        State::COMPROMISED => 4,
        State::DESTROYED => 5,
        State::DESTROYED_COMPROMISED => 6,
        _ => 7,
    }
}

fn options(kmip: &KmipConfig) -> ClientOptions {
    let options = ClientOptions::default()
        .connect_timeout(kmip.connect_timeout.value)
        // connectTimeoutMS is armed anew for each further exchange, as in PSMDB.
        .exchange_timeout(kmip.connect_timeout.value)
        .connect_retries(kmip.connect_retries.value);
    if kmip.use_legacy_protocol.value {
        options.versions(vec![ProtocolVersion::V1_0])
    } else {
        options
    }
}

/// Whether the server said that the object is not there.
pub(super) fn is_not_found(error: &ClientError) -> bool {
    error.kind() == ErrorKind::NotFound
}
