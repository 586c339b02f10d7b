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

/// A stream that carries one exchange at a time.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: StreamOwned<ClientConnection, Line>,
    limits: Limits,
    usable: bool,
}

impl Wire {
    pub(crate) fn new(stream: StreamOwned<ClientConnection, Line>, limits: Limits) -> Self {
        Self {
            stream,
            limits,
            usable: true,
        }
    }

    pub(crate) fn usable(&self) -> bool {
        self.usable
    }

    /// Writes `request` and reads one message, whole, before `deadline`.
    ///
    /// After any error the stream is dead.
    pub(crate) fn exchange(
        &mut self,
        request: &[u8],
        deadline: Instant,
    ) -> Result<Octets, WireError> {
        let unsent = |fault| WireError { fault, sent: false };
        if !std::mem::replace(&mut self.usable, false) {
            return Err(unsent(WireFault::Unusable));
        }
        if Instant::now() >= deadline {
            return Err(unsent(WireFault::Deadline));
        }
        self.stream.sock.until(deadline);
        self.expect_silence().map_err(unsent)?;
        let before = self.stream.sock.written();
        let answer = self
            .write(request)
            .map_err(|error| self.last_words(error))
            .and_then(|()| self.read_answer());
        match answer {
            Ok(answer) => {
                self.usable = true;
                Ok(answer)
            }
            Err(fault) => Err(WireError {
                fault,
                sent: self.stream.sock.written() != before,
            }),
        }
    }

    /// Whether the server neither spoke nor hung up while we were idle.
    pub(crate) fn is_silent(&mut self) -> bool {
        self.usable = self.usable && self.expect_silence().is_ok();
        self.usable
    }

    /// Looks once, without waiting, that the server neither spoke nor hung up while we were idle.
    fn expect_silence(&mut self) -> Result<(), WireFault> {
        let mut octet = Zeroizing::new([0]);
        self.waits(false)?;
        let looked = self.stream.read(&mut *octet);
        self.waits(true)?;
        match looked {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Ok(0) => Err(WireFault::Closed { received: 0 }),
            Ok(_) => Err(WireFault::Unsolicited),
            Err(error) => Err(fault(error, 0)),
        }
    }

    fn waits(&self, waits: bool) -> Result<(), WireFault> {
        self.stream.sock.waits(waits).map_err(WireFault::Io)
    }

    fn write(&mut self, request: &[u8]) -> io::Result<()> {
        self.stream.write_all(request)?;
        self.stream.flush()
    }

    /// Reads one message and not an octet more, into memory that grows as its octets arrive.
    fn read_answer(&mut self) -> Result<Octets, WireFault> {
        let mut frame = FrameReader::new(self.limits);
        let mut received: usize = 0;
        loop {
            let space = frame.space().map_err(WireFault::Frame)?;
            let count = match self.stream.read(space) {
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
    fn last_words(&mut self, error: io::Error) -> WireFault {
        if is_late(&error) {
            return WireFault::Deadline;
        }
        self.stream.sock.until(after(LAST_WORDS));
        let mut octet = Zeroizing::new([0]);
        match self.stream.read(&mut *octet) {
            Err(alert) if crate::tls::tls_error(&alert).is_some() => WireFault::Io(alert),
            _ => closed_or(error, 0),
        }
    }

    /// Says goodbye; whether the server hears it does not matter.
    pub(crate) fn close(mut self, wait: Duration) {
        self.stream.sock.until(after(wait));
        self.stream.conn.send_close_notify();
        let _ignored = self.stream.conn.write_tls(&mut self.stream.sock);
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
