//! Where the rows play: the key server, a store for each row, a host's process.
//! Ends only processes that it started.

use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::Outcome;
use crate::shell::{root, target};

/// A text that most of the records hold.
const NEEDLE: &[u8] = b"Unknown bird or bat";
const DRIVER: &str = include_str!("driver.py");

/// What the driver drives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Binding,
    Mongo,
}

/// The key server and the folder of one run.
pub(super) struct Site {
    folder: PathBuf,
    server: Child,
    address: String,
    stores: AtomicU32,
}

impl Drop for Site {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Site {
    pub(super) fn start(folder: &Path) -> Outcome<Self> {
        fs::create_dir_all(folder)?;
        fs::write(folder.join("driver.py"), DRIVER)?;
        let mut server = Command::new(binary())
            .args(["server", "--listen", "127.0.0.1:0", "--dev"])
            .arg(folder.join("key-server"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(folder.join("key-server.log"))?)
            .spawn()?;
        let stdout = server.stdout.take().ok_or("the key server has no output")?;
        let line = BufReader::new(stdout).lines().next().transpose()?;
        let address = line
            .as_deref()
            .and_then(|line| line.strip_prefix("listening on "));
        let address = address.ok_or("the key server did not start")?.to_owned();
        Ok(Self {
            folder: folder.to_owned(),
            server,
            address,
            stores: AtomicU32::new(0),
        })
    }

    /// A new empty folder for a host, with a configuration of its own.
    pub(super) fn store(&self) -> Outcome<Store> {
        let number = self.stores.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.join(format!("{number:03}"));
        fs::create_dir_all(folder.join("home"))?;
        let store = Store {
            number,
            keys: self.folder.join("key-server"),
            folder,
        };
        store.configure(self.address.rsplit_once(':').map_or("", |(_, port)| port))?;
        Ok(store)
    }

    pub(super) fn records() -> PathBuf {
        root().join("crates/cli/data/faa-wildlife-strikes.csv")
    }

    pub(super) fn port(&self) -> &str {
        self.address.rsplit_once(':').map_or("", |(_, port)| port)
    }
}

/// One host's folder.
pub(super) struct Store {
    number: u32,
    keys: PathBuf,
    folder: PathBuf,
}

impl Store {
    pub(super) fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes the configuration, with the key server at `port`.
    pub(super) fn configure(&self, port: &str) -> Outcome {
        let keys = self.keys.display();
        let yaml = format!(
            "security:\n  enableEncryption: true\n  kmip:\n    serverName: 127.0.0.1\n    port: {port}\n    \
             serverCAFile: {keys}/ca.pem\n    clientCertificateFile: {keys}/client.pem\n    \
             keyIdentifier: engine-{}\n    connectRetries: 0\n",
            self.number
        );
        Ok(fs::write(self.beside("strongroom.yaml"), yaml)?)
    }

    /// The text of `WIREDTIGER_CONFIG`.
    pub(super) fn settings(&self) -> String {
        settings_of(&format!("config=({})", self.config_file()), "master-1")
    }

    /// The setting that names the configuration.
    pub(super) fn config_file(&self) -> String {
        format!(
            "config_file=\"{}\"",
            self.beside("strongroom.yaml").display()
        )
    }

    /// `strongroom WORDS --dbpath HOME --config FILE`, stdout.
    pub(super) fn strongroom(&self, words: &str) -> Outcome<String> {
        let output = Command::new(binary())
            .args(words.split_whitespace())
            .arg("--dbpath")
            .arg(self.home())
            .arg("--config")
            .arg(self.beside("strongroom.yaml"))
            .output()?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(format!("strongroom {words}: {text}").into())
        }
    }
}

/// A running host.
pub(super) struct Running {
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    log: PathBuf,
    /// How many records it read back, each compared.
    pub(super) count: usize,
}

/// The driver with a home and settings; `None` for settings leaves encryption out.
pub(super) struct Host<'a> {
    pub(super) kind: Kind,
    pub(super) python: &'a Path,
    pub(super) site: &'a Site,
}

impl Host<'_> {
    /// Starts the driver and waits for its line; an error holds what the host logged.
    pub(super) fn start(
        &self,
        home: &Path,
        settings: Option<&str>,
        words: &[&str],
    ) -> Outcome<Running> {
        let (action, rest) = words.split_first().ok_or("no action")?;
        let log = home.with_extension("log");
        let mut command = Command::new(self.python);
        command
            .arg(self.site.folder.join("driver.py"))
            .arg(if self.kind == Kind::Binding {
                "wt"
            } else {
                "mongo"
            })
            .arg(action)
            .arg(home)
            .arg(Site::records())
            .args(rest)
            .env_remove("WIREDTIGER_CONFIG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log)?);
        if let Some(settings) = settings {
            command.env("WIREDTIGER_CONFIG", settings);
        }
        let mut child = command.spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (Some(stdin), Some(stdout)) = (stdin, stdout) else {
            return Err("the driver has no pipes".into());
        };
        let mut running = Running {
            child,
            stdin,
            lines: BufReader::new(stdout).lines(),
            log,
            count: 0,
        };
        running.ready()?;
        Ok(running)
    }

    /// Starts, reads everything back, and closes properly.
    pub(super) fn count(&self, home: &Path, settings: Option<&str>) -> Outcome<usize> {
        let running = self.start(home, settings, &["count"])?;
        let count = running.count;
        running.end("close")?;
        Ok(count)
    }
}

impl Running {
    /// Waits for the driver's line; an error holds what the host logged.
    fn ready(&mut self) -> Outcome {
        let lines = self.lines.by_ref().map_while(Result::ok);
        let ready = |line: String| line.strip_prefix("ready ")?.parse().ok();
        match lines.filter_map(ready).next() {
            Some(count) => {
                self.count = count;
                Ok(())
            }
            None => {
                self.child.wait()?;
                Err(fs::read_to_string(&self.log)?.into())
            }
        }
    }

    /// Puts more records while the host runs, and reads all of them back.
    pub(super) fn put(&mut self, [first, last]: [&str; 2]) -> Outcome {
        writeln!(self.stdin, "put {first} {last}")?;
        self.ready()
    }

    /// What the host has logged so far.
    pub(super) fn log(&self) -> Outcome<String> {
        Ok(fs::read_to_string(&self.log)?)
    }

    /// Ends it: `close`, or `crash` for an exit without closing anything.
    pub(super) fn end(mut self, how: &str) -> Outcome {
        writeln!(self.stdin, "{how}")?;
        drop(self.stdin);
        let status = self.child.wait()?;
        let expected = if how == "crash" { 9 } else { 0 };
        if status.code() == Some(expected) {
            Ok(())
        } else {
            Err(format!("the host ended with {status} on {how}").into())
        }
    }
}

/// The text of `WIREDTIGER_CONFIG` with what the host is told of the extension, and a key id.
pub(super) fn settings_of(extension: &str, key_id: &str) -> String {
    let library = target().join("debug/libstrongroom_wiredtiger.so");
    format!(
        "extensions=[\"{}\"=({extension})],encryption=(name=strongroom,keyid=\"{key_id}\")",
        library.display()
    )
}

/// How often the plaintext stands in the files of `folder`.
pub(super) fn plaintext(folder: &Path) -> Outcome<usize> {
    let mut found = 0_usize;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found = found.saturating_add(plaintext(&path)?);
            continue;
        }
        // The socket of the running store holds nothing.
        if !path.is_file() {
            continue;
        }
        let octets = fs::read(&path)?;
        let hits = octets
            .windows(NEEDLE.len())
            .filter(|window| *window == NEEDLE);
        found = found.saturating_add(hits.count());
    }
    Ok(found)
}

/// Copies the files of `from` into the new folder `to`.
pub(super) fn copy(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.path().is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

fn binary() -> PathBuf {
    target().join("debug/strongroom")
}
