//! Runs the binary; keeps a small quickstart directory and, where asked, its server.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_strongroom");

/// A field value that is long enough to be searched for on disk.
pub(crate) const SECRET: &str = "the quick brown plaintext";

/// Exit codes, as docs/operate/exit-codes.md numbers them.
pub(crate) const CONFIGURATION: i32 = 2;
pub(crate) const UNREACHABLE: i32 = 3;
pub(crate) const TLS: i32 = 4;
pub(crate) const WARNINGS: i32 = 10;
pub(crate) const KEY_STATE: i32 = 7;
pub(crate) const DAMAGED_KEYSTORE: i32 = 9;
pub(crate) const LOCKED: i32 = 11;
pub(crate) const INTEGRITY: i32 = 12;
pub(crate) const STORAGE: i32 = 16;
pub(crate) const INPUT: i32 = 18;

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// It ended well.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// It ended with `code`, printed nothing that looks like success, and stderr holds each word.
    #[track_caller]
    pub(crate) fn fails(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for word in words {
            assert!(self.err.contains(word), "no {word:?} in {self:#?}");
        }
        self
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap()
    }
}

/// The binary with no environment, so that the caller's options do not leak in.
pub(crate) fn binary() -> Command {
    let mut command = Command::new(BINARY);
    command.env_clear().stdin(Stdio::null());
    command
}

pub(crate) fn run(args: &[&str]) -> Ran {
    Ran::of(&binary().args(args).output().unwrap())
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub(crate) fn quickstart(dir: &Path, input: Option<&Path>) -> Ran {
    let mut args = vec!["quickstart", "--dbpath", text(dir)];
    args.extend(input.into_iter().flat_map(|path| ["--input", text(path)]));
    run(&args)
}

/// Names and octets of every file below `dir`, sorted.
pub(crate) fn contents(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            let octets = fs::read(&path).unwrap();
            found.push((path, octets));
        }
    }
    found.sort();
    found
}

pub(crate) fn holds(octets: &[u8], needle: &[u8]) -> bool {
    octets.windows(needle.len()).any(|window| window == needle)
}

/// The directory of one quickstart over a few records.
pub(crate) struct Demo {
    temp: TempDir,
}

impl Demo {
    pub(crate) fn new() -> Self {
        let demo = Self {
            temp: tempfile::tempdir().unwrap(),
        };
        let line = |number| format!("{{\"number\":{number},\"text\":\"{SECRET} {number}\"}}\n");
        fs::write(demo.input(), (0..40).map(line).collect::<String>()).unwrap();
        demo.quickstart().ok();
        demo
    }

    pub(crate) fn quickstart(&self) -> Ran {
        quickstart(&self.dir(), Some(&self.input()))
    }

    pub(crate) fn input(&self) -> PathBuf {
        self.temp.path().join("in.ndjson")
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.temp.path().join("demo")
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir().join(name)
    }

    /// A path outside the demonstration.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    pub(crate) fn port(&self) -> u16 {
        let yaml = fs::read_to_string(self.file("strongroom.yaml")).unwrap();
        let line = yaml
            .lines()
            .find_map(|line| line.trim().strip_prefix("port: "));
        line.unwrap().parse().unwrap()
    }

    /// `args`, then `--config` of this demonstration.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let config = self.file("strongroom.yaml");
        let mut all = args.to_vec();
        all.extend(["--config", text(&config)]);
        run(&all)
    }

    /// `args`, then `--config` and `--dbpath` of this demonstration.
    pub(crate) fn on_store(&self, args: &[&str]) -> Ran {
        let dir = self.dir();
        let mut all = args.to_vec();
        all.extend(["--dbpath", text(&dir)]);
        self.run(&all)
    }

    /// `args`, then `--dbpath` of this demonstration, without its configuration.
    pub(crate) fn without_config(&self, args: &[&str]) -> Ran {
        let dir = self.dir();
        run(&[args, &["--dbpath", text(&dir)]].concat())
    }

    pub(crate) fn server_command(&self) -> Command {
        let mut command = binary();
        command
            .arg("server")
            .args(["--listen", &format!("127.0.0.1:{}", self.port())])
            .arg("--dev")
            .arg(self.file("key-server"))
            .arg("--store")
            .arg(self.file("key-server/objects.store"));
        command
    }

    /// Starts the bundled server as quickstart's last lines say. The port was free a moment ago;
    /// another test may hold it for an instant.
    pub(crate) fn serve(&self) -> Served {
        let begun = Instant::now();
        loop {
            if let Some(served) = Served::start(&mut self.server_command()) {
                return served;
            }
            assert!(begun.elapsed() < Duration::from_secs(10), "no server");
            thread::sleep(Duration::from_millis(100));
        }
    }
}

/// A running `strongroom server`; ends with this value.
pub(crate) struct Served(Child);

impl Served {
    fn start(command: &mut Command) -> Option<Self> {
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut served = Self(child);
        let out = served.0.stdout.take().unwrap();
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).unwrap();
        line.starts_with("listening on 127.0.0.1:")
            .then_some(served)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
