//! PyKMIP: installed into a folder of its own, started and stopped on loopback.
//! Ends only the process group that it started.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::pki::Pki;
use crate::Outcome;
use crate::shell::Cmd;

/// What is installed; the upper bound keeps names that PyKMIP imports.
const PACKAGES: [&str; 2] = ["pykmip==0.11.0", "cryptography<=50.0.2"];
const READY_LINE: &str = "Starting connection service...";
const START_LIMIT: Duration = Duration::from_secs(20);
/// PyKMIP looks at its stop flag each time that accept returns, every 10 s at the latest.
const STOP_LIMIT: Duration = Duration::from_secs(11);
/// Has the kernel end the server when we are killed, then becomes the server.
const LAUNCH: &str = "import ctypes, os, sys
if sys.platform == 'linux':
    ctypes.CDLL(None).prctl(1, 15)  # PR_SET_PDEATHSIG, SIGTERM
os.execv(sys.argv[1], sys.argv[1:])";
const POLL: Duration = Duration::from_millis(50);

/// Whether an earlier run installed just these packages.
pub(super) fn is_installed(venv: &Path) -> bool {
    fs::read_to_string(marker(venv)).is_ok_and(|text| text == PACKAGES.join("\n"))
}

fn marker(venv: &Path) -> PathBuf {
    venv.join("interop-packages")
}

/// Makes the virtual environment unless it is there.
pub(super) fn install(venv: &Path) -> Outcome {
    if is_installed(venv) {
        return Ok(());
    }
    eprintln!("installing {} into {}", PACKAGES.join(" "), venv.display());
    let venv_text = venv.to_string_lossy();
    Cmd::new("python3 -m venv --clear").arg(venv_text).read()?;
    let pip = venv.join("bin/python").to_string_lossy().into_owned();
    let mut command = Cmd::new("")
        .arg(pip)
        .arg("-m")
        .arg("pip")
        .arg("install")
        .arg("--quiet")
        .arg("--disable-pip-version-check");
    for package in PACKAGES {
        command = command.arg(package);
    }
    command.read()?;
    fs::write(marker(venv), PACKAGES.join("\n"))?;
    Ok(())
}

/// A port of 127.0.0.1 that nobody listened on a moment ago.
pub(super) fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A PyKMIP server with a database of its own; ended when dropped.
pub(super) struct Server {
    /// The virtual environment's programs.
    bin: PathBuf,
    folder: PathBuf,
    pub(super) port: u16,
    child: Option<Child>,
}

impl Server {
    /// Starts one with an empty database in `folder`, which is made anew.
    pub(super) fn start(venv: &Path, folder: &Path, pki: &Pki) -> Outcome<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder.join("policy"))?;
        let port = free_port()?;
        fs::write(folder.join("server.conf"), configuration(folder, port, pki))?;
        let mut server = Self {
            bin: venv.join("bin"),
            folder: folder.to_owned(),
            port,
            child: None,
        };
        server.go()?;
        Ok(server)
    }

    /// Starts it again with the same port and database, after [`Self::end`] or a kill.
    pub(super) fn go(&mut self) -> Outcome {
        self.end();
        let log = self.folder.join("server.log");
        if log.exists() {
            fs::remove_file(&log)?;
        }
        let output = fs::File::create(self.folder.join("output.txt"))?;
        let child = Command::new(self.bin.join("python"))
            .arg("-c")
            .arg(LAUNCH)
            .arg(self.bin.join("pykmip-server"))
            .arg("-f")
            .arg(self.folder.join("server.conf"))
            .arg("-l")
            .arg(&log)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0)
            .spawn()
            .map_err(|error| format!("{}: {error}", self.bin.display()))?;
        let child = self.child.insert(child);
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if fs::read_to_string(&log).is_ok_and(|text| text.contains(READY_LINE)) {
                return Ok(());
            }
            if let Some(status) = child.try_wait()? {
                self.child = None;
                let text = fs::read_to_string(self.folder.join("output.txt"))?;
                return Err(format!("PyKMIP ended ({status}): {}", text.trim()).into());
            }
            sleep(POLL);
        }
        let limit = START_LIMIT.as_secs();
        Err(format!("PyKMIP was not ready in {limit} s; see {}", log.display()).into())
    }

    /// Its process group, for a kill from elsewhere.
    pub(super) fn group(&self) -> Option<Pid> {
        self.child.as_ref().map(Pid::from_child)
    }

    /// Ends it: SIGTERM, and SIGKILL to its group when that is not enough.
    fn end(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        let pid = Pid::from_child(&child);
        let started = Instant::now();
        let ended = |child: &mut Child| !matches!(child.try_wait(), Ok(None));
        if ended(&mut child) {
            return;
        }
        let _ = kill_process(pid, Signal::TERM);
        while started.elapsed() < STOP_LIMIT {
            if ended(&mut child) {
                return;
            }
            // Makes accept return, so that it sees the signal's flag.
            drop(TcpStream::connect(("127.0.0.1", self.port)));
            sleep(POLL);
        }
        kill_group(pid);
        let _ = child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// Ends a process group at once; one that is gone already is no error.
pub(super) fn kill_group(group: Pid) {
    let _ = kill_process_group(group, Signal::KILL);
}

fn configuration(folder: &Path, port: u16, pki: &Pki) -> String {
    let folder = folder.display();
    format!(
        "[server]\nhostname=127.0.0.1\nport={port}\ncertificate_path={}\nkey_path={}\nca_path={}\n\
         auth_suite=TLS1.2\npolicy_path={folder}/policy\nenable_tls_client_auth=True\n\
         logging_level=INFO\ndatabase_path={folder}/pykmip.db\n",
        pki.server.certificate.display(),
        pki.server.key.display(),
        pki.ca.display()
    )
}
