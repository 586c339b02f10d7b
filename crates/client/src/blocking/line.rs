//! A socket with a deadline for each read and write, which counts the octets it took from us.
//!
//! May touch: the socket inside.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A blocking socket whose calls end at a deadline.
#[derive(Debug)]
pub(crate) struct Line {
    tcp: TcpStream,
    until: Instant,
    /// Octets that the socket took from us.
    written: u64,
}

impl Line {
    pub(crate) fn new(tcp: TcpStream, until: Instant) -> Self {
        Self {
            tcp,
            until,
            written: 0,
        }
    }

    /// From now on calls end at `until`.
    pub(crate) fn until(&mut self, until: Instant) {
        self.until = until;
    }

    /// Octets written so far: proof of "nothing was sent".
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Whether calls wait at all.
    pub(crate) fn waits(&self, waits: bool) -> io::Result<()> {
        self.tcp.set_nonblocking(!waits)
    }

    fn left(&self) -> io::Result<Duration> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(left)
    }
}

impl Read for Line {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.tcp.set_read_timeout(Some(self.left()?))?;
        self.tcp.read(out)
    }
}

impl Write for Line {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.tcp.set_write_timeout(Some(self.left()?))?;
        let taken = self.tcp.write(octets)?;
        let count = u64::try_from(taken).unwrap_or(u64::MAX);
        self.written = self.written.saturating_add(count);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tcp.flush()
    }
}

/// Whether a call ended at its deadline: Unix says "would block" of a socket's own timeout.
pub(crate) fn is_late(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
    )
}
