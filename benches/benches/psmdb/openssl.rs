//! The system's OpenSSL in a process of its own: `openssl.c`, compiled when the bench is run. No crate
//! of ours links OpenSSL, so a machine without it builds everything and leaves these rows out.
//! May touch: the C compiler, one child process, and the folder for temporary files of the build.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// The running program.
pub(crate) struct OpenSsl {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// As it calls itself.
    pub(crate) version: String,
}

impl OpenSsl {
    /// Compiles and starts it.
    ///
    /// # Errors
    ///
    /// When there is no compiler, no libcrypto with its headers, or another processor than x86-64.
    pub(crate) fn start() -> io::Result<Self> {
        if !cfg!(target_arch = "x86_64") {
            return Err(io::Error::other("its checksum is written for x86-64"));
        }
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/psmdb/openssl.c");
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-openssl");
        let compiled = Command::new("cc")
            .args(["-O3", "-msse4.2", "-o"])
            .args([&program, &source])
            .arg("-lcrypto")
            .output()?;
        if !compiled.status.success() {
            return Err(io::Error::other(
                "libcrypto and its headers (libssl-dev) are not here",
            ));
        }
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let ends = child.stdin.take().zip(child.stdout.take());
        let (input, output) = ends.ok_or(io::ErrorKind::BrokenPipe)?;
        let mut peer = Self {
            child,
            input,
            output: BufReader::new(output),
            version: String::new(),
        };
        peer.version = peer.answer()?;
        Ok(peer)
    }

    /// Gives it a CBC page of ours, which it decrypts and checks.
    ///
    /// # Errors
    ///
    /// When it finds another plaintext.
    pub(crate) fn take_page(&mut self, plaintext_len: usize, page: &[u8]) -> io::Result<()> {
        let mut command = format!("page {plaintext_len} ");
        for octet in page {
            write!(command, "{octet:02x}").map_err(io::Error::other)?;
        }
        match self.ask(&command)?.as_str() {
            "ok" => Ok(()),
            other => Err(io::Error::other(other.to_owned())),
        }
    }

    /// The time that `runs` runs of `work` took.
    ///
    /// # Errors
    ///
    /// When it has ended.
    pub(crate) fn time(&mut self, work: &str, runs: u32) -> io::Result<Duration> {
        let answer = self.ask(&format!("{work} {runs}"))?;
        answer
            .parse()
            .map(Duration::from_nanos)
            .map_err(io::Error::other)
    }

    fn ask(&mut self, command: &str) -> io::Result<String> {
        writeln!(self.input, "{command}")?;
        self.answer()
    }

    fn answer(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.output.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        // Ended already, or waiting for a command: neither leaves anything to save.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
