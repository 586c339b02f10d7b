//! Where the rows play: the binary under test, its key servers, a fresh folder for each store.

use std::cell::{Cell, RefCell};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::hand::Hand;
use super::pki::{Pair, Pki};
use super::pykmip::Server;
use crate::Outcome;

/// No command of the rows may take longer.
const COMMAND_LIMIT: Duration = Duration::from_secs(60);

/// What every place of the run has in common.
#[derive(Clone, Copy)]
pub(super) struct Stage<'a> {
    /// The virtual environment with PyKMIP.
    pub(super) venv: &'a Path,
    /// The binary `strongroom`.
    pub(super) binary: &'a Path,
    /// Servers, stores and scripts go below.
    pub(super) folder: &'a Path,
    pub(super) pki: &'a Pki,
}

pub(super) struct Site {
    pub(super) binary: PathBuf,
    pub(super) folder: PathBuf,
    pub(super) pki: Pki,
    /// The key server of most rows.
    pub(super) port: u16,
    _server: Server,
    /// Another key server with its own database, where it is asked for; rows may kill it.
    second: RefCell<Option<Server>>,
    stores: Cell<u32>,
    hands: RefCell<BTreeMap<u16, Hand>>,
}

/// What a command gave back.
pub(super) struct Answer {
    /// Exit code; 128 + n after signal n is what a shell says, here just -1.
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Answer {
    pub(super) fn contains(&self, word: &str) -> bool {
        self.stdout.contains(word) || self.stderr.contains(word)
    }

    /// Its message: the first line on stderr, or on stdout.
    pub(super) fn line(&self) -> &str {
        let mut lines = self.stderr.lines().chain(self.stdout.lines());
        lines.next().unwrap_or("no output")
    }
}

/// A store's folder, with the settings of its configuration file.
#[derive(Clone)]
pub(super) struct Store {
    pub(super) dbpath: PathBuf,
    pub(super) port: u16,
    pub(super) identifier: Option<String>,
    pub(super) client: Pair,
    pub(super) ca: PathBuf,
    pub(super) key_file: Option<PathBuf>,
    /// Whether the section `security.kmip` stands there.
    pub(super) on_server: bool,
    /// The port of a second key server in the list.
    pub(super) second_port: Option<u16>,
}

impl Store {
    pub(super) fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    pub(super) fn identifier(mut self, identifier: &str) -> Self {
        self.identifier = Some(identifier.to_owned());
        self
    }

    pub(super) fn client(mut self, client: &Pair) -> Self {
        self.client = client.clone();
        self
    }

    /// The seed's own configuration file, word for word but for its values.
    pub(super) fn yaml(&self) -> String {
        let mut yaml = "security:\n  enableEncryption: true\n".to_owned();
        if let Some(file) = &self.key_file {
            yaml.push_str(&format!("  encryptionKeyFile: {}\n", file.display()));
        }
        if !self.on_server {
            return yaml;
        }
        let second = self.second_port.map(|port| format!(",127.0.0.1:{port}"));
        yaml.push_str(&format!(
            "  kmip:\n    serverName: 127.0.0.1{}\n    port: {}\n    \
             clientCertificateFile: {}\n    clientKeyFile: {}\n    serverCAFile: {}\n",
            second.unwrap_or_default(),
            self.port,
            self.client.certificate.display(),
            self.client.key.display(),
            self.ca.display(),
        ));
        if let Some(text) = &self.identifier {
            yaml.push_str(&format!("    keyIdentifier: \"{text}\"\n"));
        }
        yaml
    }

    pub(super) fn keystore_files(&self) -> [PathBuf; 2] {
        ["keystore.a", "keystore.b"].map(|name| self.dbpath.join(name))
    }
}

impl Site {
    /// A place with a key server of its own, and a second one where `servers` is 2. PyKMIP slows down
    /// with every object that it holds, so one place does not serve all rows.
    pub(super) fn start(stage: &Stage<'_>, name: &str, servers: u32) -> Outcome<Self> {
        let folder = stage.folder.join(name);
        let server = Server::start(stage.venv, &folder.join("server"), stage.pki)?;
        let second = match servers {
            2 => Some(Server::start(
                stage.venv,
                &folder.join("second"),
                stage.pki,
            )?),
            _ => None,
        };
        Ok(Self {
            binary: stage.binary.to_owned(),
            folder,
            pki: stage.pki.clone(),
            port: server.port,
            _server: server,
            second: RefCell::new(second),
            stores: Cell::new(0),
            hands: RefCell::default(),
        })
    }

    /// Does something with the second key server.
    pub(super) fn second<T>(&self, act: impl FnOnce(&mut Server) -> Outcome<T>) -> Outcome<T> {
        let mut second = self.second.borrow_mut();
        act(second
            .as_mut()
            .ok_or("no second key server was asked for")?)
    }

    /// Does something at the key server at `port` as the owner of its keys.
    pub(super) fn hand<T>(
        &self,
        port: u16,
        act: impl FnOnce(&mut Hand) -> Outcome<T>,
    ) -> Outcome<T> {
        let mut hands = self.hands.borrow_mut();
        let hand = match hands.entry(port) {
            Entry::Occupied(kept) => kept.into_mut(),
            Entry::Vacant(empty) => empty.insert(Hand::at(port, &self.pki)?),
        };
        act(hand)
    }

    /// A new empty store whose key bears the Name `name`; other settings as the seed has them.
    pub(super) fn store(&self, name: &str) -> Outcome<Store> {
        let store = self.unnamed()?;
        Ok(store.identifier(name))
    }

    /// A new empty store without keyIdentifier.
    pub(super) fn unnamed(&self) -> Outcome<Store> {
        let number = self.stores.get().saturating_add(1);
        self.stores.set(number);
        let dbpath = self.folder.join(format!("stores/{number:03}"));
        fs::create_dir_all(&dbpath)?;
        Ok(self.at(dbpath, self.port))
    }

    fn at(&self, dbpath: PathBuf, port: u16) -> Store {
        Store {
            dbpath,
            port,
            identifier: None,
            client: self.pki.client.clone(),
            ca: self.pki.ca.clone(),
            key_file: None,
            on_server: true,
            second_port: None,
        }
    }

    /// Runs `strongroom WORDS --config FILE --dbpath DIR`.
    pub(super) fn run(&self, store: &Store, words: &str) -> Outcome<Answer> {
        let mut command = self.command(store, words)?;
        command.arg("--dbpath").arg(&store.dbpath);
        finish(command)
    }

    /// Runs `strongroom kmip WORDS` as the key's owner against the server at `port`.
    pub(super) fn kmip(&self, port: u16, words: &str) -> Outcome<String> {
        let owner = self.at(self.folder.join("owner"), port);
        let answer = finish(self.command(&owner, &format!("kmip {words}"))?)?;
        if answer.code == 0 {
            Ok(answer.stdout.trim().to_owned())
        } else {
            Err(format!("kmip {words}: exit {}: {}", answer.code, answer.line()).into())
        }
    }

    fn command(&self, store: &Store, words: &str) -> Outcome<Command> {
        let yaml = store.dbpath.with_extension("yaml");
        fs::write(&yaml, store.yaml())?;
        let mut command = Command::new(&self.binary);
        command
            .args(words.split_whitespace())
            .arg("--config")
            .arg(yaml);
        Ok(command)
    }

    /// Unique Identifiers of all objects that the owner sees.
    pub(super) fn objects(&self, port: u16) -> Outcome<BTreeSet<String>> {
        self.hand(port, Hand::objects)
    }

    /// An object's State, in the specification's words.
    pub(super) fn state(&self, port: u16, identifier: &str) -> Outcome<String> {
        let state = self.hand(port, |hand| hand.state(identifier))?;
        Ok(state.to_string())
    }

    /// A key made and activated by hand; gives its Unique Identifier.
    pub(super) fn active_key(&self, name: &str) -> Outcome<String> {
        let identifier = self.kmip(self.port, &format!("create --name {name}"))?;
        self.kmip(self.port, &format!("activate {identifier}"))?;
        Ok(identifier)
    }

    /// A text field of `strongroom status --json`, by its JSON pointer.
    pub(super) fn fact(&self, store: &Store, pointer: &str) -> Outcome<String> {
        let answer = self.run(store, "status --json")?;
        let document: serde_json::Value = serde_json::from_str(&answer.stdout)
            .map_err(|error| format!("status --json: {error}: {}", answer.line()))?;
        let fact = document.pointer(pointer).and_then(|fact| fact.as_str());
        let missing = || format!("status --json has no text at {pointer}: {}", answer.stdout);
        Ok(fact.ok_or_else(missing)?.to_owned())
    }
}

/// Waits for a command, which prints far less than a pipe holds, and ends it at the limit.
fn finish(mut command: Command) -> Outcome<Answer> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{}: {error}", Path::new(command.get_program()).display()))?;
    let started = Instant::now();
    while child.try_wait()?.is_none() {
        if started.elapsed() > COMMAND_LIMIT {
            child.kill()?;
            child.wait()?;
            let limit = COMMAND_LIMIT.as_secs();
            return Err(format!("a command did not end in {limit} s: {command:?}").into());
        }
        sleep(Duration::from_millis(3));
    }
    let output = child.wait_with_output()?;
    Ok(Answer {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}
