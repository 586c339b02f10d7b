//! The bundled server as a user starts it: the binary, on loopback, objects in memory.
//! Ends only the process that it started.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::super::pki::Pki;
use crate::Outcome;

/// A running server; ended when dropped.
pub(super) struct Bundled {
    child: Child,
    pub(super) port: u16,
}

impl Bundled {
    /// Starts one with the profile of that name.
    pub(super) fn start(binary: &Path, pki: &Pki, profile: &str) -> Outcome<Self> {
        let mut child = Command::new(binary)
            .args(["server", "--listen", "127.0.0.1:0", "--profile", profile])
            .arg("--certificate")
            .arg(&pki.server.certificate)
            .arg("--key")
            .arg(&pki.server.key)
            .arg("--ca")
            .arg(&pki.ca)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", binary.display()))?;
        let stdout = child.stdout.take();
        let mut server = Self { child, port: 0 };
        let mut line = String::new();
        if let Some(stdout) = stdout {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let port = line
            .trim()
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok());
        server.port = port.ok_or_else(|| format!("strongroom server said \"{}\"", line.trim()))?;
        Ok(server)
    }
}

impl Drop for Bundled {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
