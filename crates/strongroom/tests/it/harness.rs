//! One key server, one configuration, as many store directories as a test wants.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use strongroom::cipher::{DekGeneration, KeyId};
use strongroom::client::Session;
use strongroom::config::Config;
use strongroom::kmip::CryptographicUsageMask;
use strongroom::kmip::attribute::{
    ApplicationSpecificInformation, Attribute, AttributeValue, Name, RevocationReason,
};
use strongroom::kmip::enumeration::{
    CryptographicAlgorithm, Operation, RevocationReasonCode, State,
};
use strongroom::kmip::operation::{CreateRequest, LocateRequest};
use strongroom::{Error, KeyServers, LABEL_STORE, Options, Rotated, Unlocked};
use strongroom_server::dev::{Issued, Leaf};
use strongroom_server::testing::TestServer;
use strongroom_server::{Event, Faults, Profile, Replica};
use tempfile::TempDir;

pub(crate) struct Harness {
    server: TestServer,
    /// Servers after the first in the list, each after a comma.
    more_servers: String,
    dir: TempDir,
    seen: Arc<Mutex<Vec<Operation>>>,
}

/// A key on the server, as a test looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) state: State,
}

impl Harness {
    pub(crate) async fn start() -> Self {
        Self::start_as(Profile::STRONGROOM).await
    }

    /// Two servers with the same objects; [`Self::config`] lists both. What the first does and the
    /// second does not know yet is the replica's to say.
    pub(crate) async fn start_pair() -> (Self, TestServer, Replica) {
        let (first, second, replica) = TestServer::start_pair().await.unwrap();
        let mut harness = Self::around(first, Arc::default());
        harness.more_servers = format!(",127.0.0.1:{}", second.local_addr().port());
        (harness, second, replica)
    }

    /// A server that behaves like another one.
    pub(crate) async fn start_as(profile: Profile) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let observed = Arc::clone(&seen);
        let server = TestServer::start_with(|options| {
            options.profile = profile;
            options.observer = Some(Arc::new(move |event: &Event| {
                if let Event::Answered { operations, .. } = event {
                    observed.lock().unwrap().extend_from_slice(operations);
                }
            }));
        })
        .await
        .unwrap();
        Self::around(server, seen)
    }

    fn around(server: TestServer, seen: Arc<Mutex<Vec<Operation>>>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let client = server.client("node-1").unwrap();
        fs::write(dir.path().join("ca.pem"), server.ca_pem()).unwrap();
        let pem = format!("{}{}", client.certificate_pem(), client.key_pem());
        fs::write(dir.path().join("client.pem"), pem).unwrap();
        Self {
            server,
            more_servers: String::new(),
            dir,
            seen,
        }
    }

    /// The seed's YAML with `lines` added to `security.kmip`.
    pub(crate) fn config(&self, lines: &[&str]) -> Config {
        Config::from_yaml(&self.yaml(lines), Path::new("test.yaml"))
            .unwrap()
            .0
    }

    /// The text of [`Self::config`].
    pub(crate) fn yaml(&self, lines: &[&str]) -> String {
        let dir = self.dir.path().display();
        let (port, more) = (self.server.local_addr().port(), &self.more_servers);
        let mut yaml = format!(
            "security:\n  enableEncryption: true\n  kmip:\n    serverName: 127.0.0.1{more}\n    port: {port}\n    \
             serverCAFile: {dir}/ca.pem\n    clientCertificateFile: {dir}/client.pem\n"
        );
        for line in lines {
            yaml.push_str(&format!("    {line}\n"));
        }
        yaml
    }

    /// A configuration with a key file and no key server.
    pub(crate) fn key_file_config(&self, file: &Path) -> Config {
        let yaml = format!(
            "security:\n  enableEncryption: true\n  encryptionKeyFile: {}\n",
            file.display()
        );
        Config::from_yaml(&yaml, Path::new("test.yaml")).unwrap().0
    }

    /// A new store directory.
    pub(crate) fn dbpath(&self, name: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::create_dir(&path).unwrap();
        path
    }

    /// A path beside the store directories; the configuration names `ca.pem` and `client.pem` there.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Any certificate of the server's CA.
    pub(crate) fn issue(&self, leaf: &Leaf) -> Issued {
        self.server.issue(leaf).unwrap()
    }

    pub(crate) fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// The operations that the server answered since the last call.
    pub(crate) fn operations(&self) -> Vec<Operation> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }

    pub(crate) async fn session(&self) -> Session {
        session(&self.config(&[])).await
    }

    /// Makes a key in a state, with a Name and perhaps another store's label.
    pub(crate) async fn key(&self, name: &str, state: State, label: Option<&str>) -> String {
        let mask = CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT;
        let mut attributes: Vec<Attribute> = vec![
            AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES).into(),
            AttributeValue::CryptographicLength(256).into(),
            AttributeValue::CryptographicUsageMask(mask).into(),
            Name::text(name).into(),
        ];
        if let Some(label) = label {
            let label = ApplicationSpecificInformation::new(LABEL_STORE, label);
            attributes.push(AttributeValue::ApplicationSpecificInformation(label).into());
        }
        let mut session = self.session().await;
        let id = session
            .create(CreateRequest::symmetric_key(attributes))
            .await
            .unwrap()
            .unique_identifier
            .to_string();
        self.bring(&mut session, &id, state).await;
        id
    }

    /// Brings a Pre-Active key into `state`.
    async fn bring(&self, session: &mut Session, id: &str, state: State) {
        if state == State::PRE_ACTIVE {
            return;
        }
        session.activate(id).await.unwrap();
        match state {
            State::DEACTIVATED => {
                self.revoke(id, RevocationReasonCode::CESSATION_OF_OPERATION)
                    .await
            }
            State::COMPROMISED => self.revoke(id, RevocationReasonCode::KEY_COMPROMISE).await,
            State::DESTROYED => {
                self.revoke(id, RevocationReasonCode::CESSATION_OF_OPERATION)
                    .await;
                session.destroy(id).await.unwrap();
            }
            _ => {}
        }
    }

    pub(crate) async fn revoke(&self, id: &str, code: RevocationReasonCode) {
        self.session()
            .await
            .revoke(id, RevocationReason::new(code))
            .await
            .unwrap();
    }

    pub(crate) async fn destroy(&self, id: &str) {
        self.session().await.destroy(id).await.unwrap();
    }

    /// Every key on the server, oldest first.
    pub(crate) async fn keys(&self) -> Vec<Seen> {
        let mut session = self.session().await;
        let mut ids = session
            .locate(LocateRequest::new(Vec::new()))
            .await
            .unwrap()
            .unique_identifiers
            .into_iter()
            .map(|id| id.to_string())
            .collect::<Vec<_>>();
        ids.reverse();
        let mut keys = Vec::new();
        for id in ids {
            let answer = session
                .get_attributes(&id, &["Name", "State"])
                .await
                .unwrap();
            let mut seen = Seen {
                id,
                name: String::new(),
                state: State::new(0),
            };
            for attribute in answer.attributes {
                match attribute.value {
                    AttributeValue::Name(name) => seen.name = name.value,
                    AttributeValue::State(state) => seen.state = state,
                    _ => {}
                }
            }
            keys.push(seen);
        }
        keys
    }

    pub(crate) async fn unlock(&self, lines: &[&str], dbpath: &Path) -> Result<Unlocked, Error> {
        strongroom::unlock(&self.config(lines), dbpath, &Options::default()).await
    }

    pub(crate) async fn rotate(&self, lines: &[&str], dbpath: &Path) -> Result<Rotated, Error> {
        strongroom::rotate(&self.config(lines), dbpath, &Options::default()).await
    }
}

pub(crate) async fn session(config: &Config) -> Session {
    let servers = KeyServers::from_config(config).unwrap();
    servers.client().unwrap().connect().await.unwrap()
}

/// A data encryption key's check value: proves that it is the same key as before.
pub(crate) fn witness(unlocked: &mut Unlocked) -> Vec<u8> {
    let id = KeyId::new("orders").unwrap();
    let ring = unlocked.key_ring(&id).unwrap();
    assert_eq!(ring.active(), DekGeneration::FIRST);
    let place = strongroom::cipher::Place::new(b"object", 1).unwrap();
    let mut buffer = *b"a page of plaintext";
    let version = strongroom::cipher::WriteVersion::Unversioned;
    let meta = ring.seal(&place, version, &mut buffer).unwrap();
    let mut sealed = meta.to_octets().to_vec();
    sealed.extend_from_slice(&buffer);
    sealed
}

/// Whether what [`witness`] sealed in another life of the store opens in this one.
pub(crate) fn opens(unlocked: &mut Unlocked, sealed: &[u8]) -> bool {
    let id = KeyId::new("orders").unwrap();
    let ring = unlocked.key_ring(&id).unwrap();
    let (meta, buffer) = sealed.split_at(48);
    let meta = strongroom::cipher::UnitMeta::from_octets(meta.try_into().unwrap());
    let place = strongroom::cipher::Place::new(b"object", 1).unwrap();
    let version = strongroom::cipher::WriteVersion::Unversioned;
    let mut buffer = buffer.to_vec();
    ring.open(&place, version, &mut buffer, &meta).is_ok() && buffer == b"a page of plaintext"
}

/// File names in a directory, sorted.
pub(crate) fn files(dbpath: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dbpath)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
