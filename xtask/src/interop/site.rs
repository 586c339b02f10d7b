//! Where the rows play: the binary under test, its key servers, a fresh folder for each store.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::pki::{Pair, Pki};
use super::pykmip::Server;
use crate::Outcome;

/// No command of the rows may take longer.
const COMMAND_LIMIT: Duration = Duration::from_secs(60);

pub(super) struct Site {
    pub(super) binary: PathBuf,
    pub(super) folder: PathBuf,
    pub(super) pki: Pki,
    /// The key server of most rows.
    pub(super) port: u16,
    /// Another key server with its own database; rows may kill it.
    pub(super) second: RefCell<Server>,
    pub(super) stores: Cell<u32>,
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
    fn yaml(&self) -> String {
        let identifier = self.identifier.as_ref();
        let identifier = identifier.map(|text| format!("    keyIdentifier: \"{text}\"\n"));
        format!(
            "security:\n  enableEncryption: true\n  kmip:\n    serverName: 127.0.0.1\n    port: {}\n    \
             clientCertificateFile: {}\n    clientKeyFile: {}\n    serverCAFile: {}\n{}",
            self.port,
            self.client.certificate.display(),
            self.client.key.display(),
            self.ca.display(),
            identifier.unwrap_or_default()
        )
    }

    pub(super) fn keystore_files(&self) -> [PathBuf; 2] {
        ["keystore.a", "keystore.b"].map(|name| self.dbpath.join(name))
    }
}

impl Site {
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
        Ok(Store {
            dbpath,
            port: self.port,
            identifier: None,
            client: self.pki.client.clone(),
            ca: self.pki.ca.clone(),
        })
    }

    /// Runs `strongroom WORDS --config FILE --dbpath DIR`.
    pub(super) fn run(&self, store: &Store, words: &str) -> Outcome<Answer> {
        let mut command = self.command(store, words)?;
        command.arg("--dbpath").arg(&store.dbpath);
        finish(command)
    }

    /// Runs `strongroom kmip WORDS` as the key's owner against the server at `port`.
    pub(super) fn kmip(&self, port: u16, words: &str) -> Outcome<String> {
        let owner = Store {
            dbpath: self.folder.join("owner"),
            port,
            identifier: None,
            client: self.pki.client.clone(),
            ca: self.pki.ca.clone(),
        };
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
        Ok(serde_json::from_str(&self.kmip(port, "locate --json")?)?)
    }

    /// An object's State, in the specification's words.
    pub(super) fn state(&self, port: u16, identifier: &str) -> Outcome<String> {
        let text = self.kmip(port, &format!("get-attributes {identifier} --json"))?;
        let document: serde_json::Value = serde_json::from_str(&text)?;
        let attributes = document.get("attributes").and_then(|list| list.as_array());
        attributes
            .and_then(|list| {
                let state = list
                    .iter()
                    .find(|one| one.get("name").is_some_and(|name| name == "State"))?;
                Some(state.get("value")?.as_str()?.to_owned())
            })
            .ok_or_else(|| format!("object {identifier} shows no State: {text}").into())
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
