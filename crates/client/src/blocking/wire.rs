//! One request out, one answer in, under one deadline; afterwards the stream is clean or dead.
//!
//! May touch: the stream it owns. Knows frames, not messages.

use std::io::{self, Read as _, Write as _};
use std::time::{Duration, Instant};

use rustls::{ClientConnection, StreamOwned};
use strongroom_ttlv::{FrameReader, Limits};
use zeroize::Zeroizing;

use super::line::{Line, is_late};
use crate::conversation::Octets;
use crate::wire::{LAST_WORDS, WireError, WireFault, closed_or};

type Stream = StreamOwned<ClientConnection, Line>;

/// A stream that carries one exchange at a time.
#[derive(Debug)]
pub(crate) struct Wire {
    /// Gone after an exchange that was cut. Boxed: it is taken out and put back for each exchange, and
    /// a TLS connection is long.
    stream: Option<Box<Stream>>,
    limits: Limits,
}

impl Wire {
    pub(crate) fn new(stream: Stream, limits: Limits) -> Self {
        Self {
            stream: Some(Box::new(stream)),
            limits,
        }
    }

    pub(crate) fn usable(&self) -> bool {
        self.stream.is_some()
    }

    /// Moves the stream out; what stays behind is unusable.
    pub(crate) fn withdraw(&mut self) -> Self {
        Self {
            stream: self.stream.take(),
            limits: self.limits,
        }
    }

    /// Writes `request` and reads one message, whole, before `deadline`.
    ///
    /// After any error the stream is gone.
    pub(crate) fn exchange(
        &mut self,
        request: &[u8],
        deadline: Instant,
    ) -> Result<Octets, WireError> {
        let unsent = |fault| WireError { fault, sent: false };
        let Some(mut stream) = self.stream.take() else {
            return Err(unsent(WireFault::Unusable));
        };
        if Instant::now() >= deadline {
            return Err(unsent(WireFault::Deadline));
        }
        stream.sock.until(deadline);
        expect_silence(&mut stream).map_err(unsent)?;
        let before = stream.sock.written();
        let answer = write(&mut stream, request)
            .map_err(|error| last_words(&mut stream, error))
            .and_then(|()| read_answer(&mut stream, self.limits));
        match answer {
            Ok(answer) => {
                self.stream = Some(stream);
                Ok(answer)
            }
            Err(fault) => Err(WireError {
                fault,
                sent: stream.sock.written() != before,
            }),
        }
    }

    /// Whether the server neither spoke nor hung up while we were idle; otherwise the stream is
    /// gone.
    pub(crate) fn is_silent(&mut self) -> bool {
        let silent = |stream: &mut Box<Stream>| {
            stream.sock.until(after(LAST_WORDS));
            expect_silence(stream).is_ok()
        };
        if !self.stream.as_mut().is_some_and(silent) {
            self.stream = None;
        }
        self.usable()
    }

    /// Says goodbye; whether the server hears it does not matter.
    pub(crate) fn close(self, wait: Duration) {
        if let Some(mut stream) = self.stream {
            stream.sock.until(after(wait));
            stream.conn.send_close_notify();
            let _ignored = stream.conn.write_tls(&mut stream.sock);
        }
    }
}

/// Looks once, without waiting, that the server neither spoke nor hung up while we were idle.
fn expect_silence(stream: &mut Stream) -> Result<(), WireFault> {
    let mut octet = Zeroizing::new([0]);
    let unread = stream.conn.reader().read(&mut *octet);
    let looked = match unread {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock && !stream.sock.is_silent() => {
            stream.sock.waits(false);
            let looked = stream.read(&mut *octet);
            stream.sock.waits(true);
            looked
        }
        told => told,
    };
    match looked {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
        Ok(0) => Err(WireFault::Closed { received: 0 }),
        Ok(_) => Err(WireFault::Unsolicited),
        Err(error) => Err(fault(error, 0)),
    }
}

fn write(stream: &mut Stream, request: &[u8]) -> io::Result<()> {
    stream.write_all(request)?;
    stream.flush()
}

/// Reads one message and not an octet more, into memory that grows as its octets arrive.
fn read_answer(stream: &mut Stream, limits: Limits) -> Result<Octets, WireFault> {
    let mut frame = FrameReader::new(limits);
    let mut received: usize = 0;
    loop {
        let space = frame.space().map_err(WireFault::Frame)?;
        let count = match stream.read(space) {
            Ok(0) => return Err(WireFault::Closed { received }),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(fault(error, received)),
        };
        received = received.saturating_add(count);
        if let Some(answer) = frame.filled(count).map_err(WireFault::Frame)? {
            return Ok(answer);
        }
    }
}

/// A server that rejects our certificate may close before it reads: its alert tells more than
/// the failed write.
fn last_words(stream: &mut Stream, error: io::Error) -> WireFault {
    if is_late(&error) {
        return WireFault::Deadline;
    }
    stream.sock.until(after(LAST_WORDS));
    let mut octet = Zeroizing::new([0]);
    match stream.read(&mut *octet) {
        Err(alert) if crate::tls::tls_error(&alert).is_some() => WireFault::Io(alert),
        _ => closed_or(error, 0),
    }
}

fn fault(error: io::Error, received: usize) -> WireFault {
    if is_late(&error) {
        WireFault::Deadline
    } else {
        closed_or(error, received)
    }
}

/// The moment `wait` from now; a wait beyond all clocks is a century.
pub(super) fn after(wait: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
    let now = Instant::now();
    now.checked_add(wait.min(CENTURY)).unwrap_or(now)
}
