//! A socket with a deadline for each read and write, which counts the octets it took from us.
//!
//! May touch: the socket inside.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Up to this much of a deadline the socket is told exactly what is left.
const EXACT: Duration = Duration::from_millis(100);

/// A blocking socket whose calls end at a deadline.
#[derive(Debug)]
pub(crate) struct Line {
    tcp: TcpStream,
    until: Instant,
    waits: bool,
    /// The socket's own timeouts as they stand; [`Duration::ZERO`]: not set yet.
    reads: Duration,
    writes: Duration,
    /// Octets that the socket took from us.
    written: u64,
}

impl Line {
    pub(crate) fn new(tcp: TcpStream, until: Instant) -> Self {
        Self {
            tcp,
            until,
            waits: true,
            reads: Duration::ZERO,
            writes: Duration::ZERO,
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

    /// Whether reads wait at all.
    pub(crate) fn waits(&mut self, waits: bool) {
        self.waits = waits;
    }

    /// Whether nothing is there to be read, not even an end. `false` also where only reading can tell.
    pub(crate) fn is_silent(&self) -> bool {
        #[cfg(unix)]
        {
            use rustix::net::{RecvFlags, recv};
            let looked = recv(
                &self.tcp,
                &mut [0_u8],
                RecvFlags::PEEK | RecvFlags::DONTWAIT,
            );
            looked.is_err_and(|error| error == rustix::io::Errno::AGAIN)
        }
        #[cfg(not(unix))]
        false
    }

    fn left(&self) -> io::Result<Duration> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(left)
    }

    /// Whether a call ended early: at a timeout of the socket, before the deadline.
    fn is_early<T>(&self, came: &io::Result<T>) -> bool {
        came.as_ref().is_err_and(is_late) && Instant::now() < self.until
    }
}

/// The timeout to set on a socket that has `set`, when `left` is left to the deadline; `None`
/// where that one serves. A call to the system for every read and write would cost more than
/// waking up once before a far deadline, so a timeout stands until it could be late.
fn renewed(set: Duration, left: Duration) -> Option<Duration> {
    let part = |parts| left.checked_div(parts).unwrap_or_default();
    if part(2) <= set && set <= left {
        return None;
    }
    if left <= EXACT {
        return Some(left);
    }
    Some(left.saturating_sub(part(8)))
}

/// Reads what is there.
#[cfg(unix)]
fn look(tcp: &TcpStream, out: &mut [u8]) -> io::Result<usize> {
    let (_, count) = rustix::net::recv(tcp, out, rustix::net::RecvFlags::DONTWAIT)?;
    Ok(count)
}

/// Reads what is there.
#[cfg(not(unix))]
fn look(mut tcp: &TcpStream, out: &mut [u8]) -> io::Result<usize> {
    tcp.set_nonblocking(true)?;
    let came = tcp.read(out);
    tcp.set_nonblocking(false)?;
    came
}

impl Read for Line {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if !self.waits {
            return look(&self.tcp, out);
        }
        loop {
            if let Some(timeout) = renewed(self.reads, self.left()?) {
                self.tcp.set_read_timeout(Some(timeout))?;
                self.reads = timeout;
            }
            let came = self.tcp.read(out);
            if !self.is_early(&came) {
                return came;
            }
        }
    }
}

impl Write for Line {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let taken = loop {
            if let Some(timeout) = renewed(self.writes, self.left()?) {
                self.tcp.set_write_timeout(Some(timeout))?;
                self.writes = timeout;
            }
            let taken = self.tcp.write(octets);
            if !self.is_early(&taken) {
                break taken?;
            }
        };
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

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_timeout_stands_while_it_can_neither_be_late_nor_far_too_early() {
        let first = renewed(Duration::ZERO, 10 * SECOND);
        assert_eq!(first, Some(Duration::from_millis(8750)));
        assert_eq!(renewed(Duration::from_millis(8750), 10 * SECOND), None);
        assert_eq!(renewed(5 * SECOND, 10 * SECOND), None);
        assert!(renewed(4 * SECOND, 10 * SECOND).is_some());
        assert!(renewed(10 * SECOND, 9 * SECOND).is_some());
    }

    #[test]
    fn near_the_deadline_the_timeout_is_what_is_left() {
        assert_eq!(renewed(SECOND, EXACT), Some(EXACT));
        let left = Duration::from_micros(7);
        assert_eq!(renewed(EXACT, left), Some(left));
    }

    #[test]
    fn no_timeout_is_ever_beyond_the_deadline() {
        for left in (1..100_000).step_by(7).map(Duration::from_millis) {
            for set in [1, 40, 100, 8750, 60_000].map(Duration::from_millis) {
                let stands = renewed(set, left).unwrap_or(set);
                assert!(!stands.is_zero() && stands <= left, "{set:?} of {left:?}");
            }
        }
    }
}
