//! One request out, one answer in, under one deadline; afterwards the stream is clean or dead.
//!
//! May touch: the stream it owns. Knows frames, not messages.

mod counted;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use strongroom_ttlv::{FrameError, FrameReader, Limits};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::{Instant, timeout, timeout_at};
use zeroize::Zeroizing;

pub(crate) use counted::Counted;

/// How long a server that refused our octets may take to say why.
pub(crate) const LAST_WORDS: Duration = Duration::from_millis(250);

/// A stream that carries one exchange at a time.
#[derive(Debug)]
pub(crate) struct Wire<S> {
    stream: S,
    /// Octets that the transport took from us, TLS records included.
    written: Arc<AtomicU64>,
    limits: Limits,
    usable: bool,
}

/// An exchange that brought no whole answer.
#[derive(Debug)]
pub(crate) struct WireError {
    pub(crate) fault: WireFault,
    /// Whether a single octet may have left for the server.
    pub(crate) sent: bool,
}

/// Why an exchange brought no whole answer.
#[derive(Debug)]
pub(crate) enum WireFault {
    /// An earlier exchange was cut; what comes next on the stream could be its answer.
    Unusable,
    /// Octets came that nobody asked for.
    Unsolicited,
    /// The server closed the connection, after `received` octets of the answer.
    Closed { received: usize },
    /// The transport failed.
    Io(io::Error),
    /// No whole answer in time.
    Deadline,
    /// The answer's header is not that of a message, or claims too much.
    Frame(FrameError),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    /// Takes over `stream`, whose transport counts into `written`.
    pub(crate) fn new(stream: S, written: Arc<AtomicU64>, limits: Limits) -> Self {
        Self {
            stream,
            written,
            limits,
            usable: true,
        }
    }

    pub(crate) fn usable(&self) -> bool {
        self.usable
    }

    /// Writes `request` and reads one message, whole, before `deadline`.
    ///
    /// After any error, and when the future is dropped half way, the stream is dead.
    pub(crate) async fn exchange(
        &mut self,
        request: &[u8],
        deadline: Instant,
    ) -> Result<Zeroizing<Vec<u8>>, WireError> {
        let unsent = |fault| WireError { fault, sent: false };
        if !std::mem::replace(&mut self.usable, false) {
            return Err(unsent(WireFault::Unusable));
        }
        if Instant::now() >= deadline {
            return Err(unsent(WireFault::Deadline));
        }
        self.expect_silence().await.map_err(unsent)?;
        let before = self.written.load(Ordering::Relaxed);
        let answer = timeout_at(deadline, self.round_trip(request))
            .await
            .unwrap_or(Err(WireFault::Deadline));
        match answer {
            Ok(answer) => {
                self.usable = true;
                Ok(answer)
            }
            Err(fault) => Err(WireError {
                fault,
                sent: self.written.load(Ordering::Relaxed) != before,
            }),
        }
    }

    /// Looks once, without waiting, that the server neither spoke nor hung up while we were idle.
    async fn expect_silence(&mut self) -> Result<(), WireFault> {
        let mut octet = Zeroizing::new([0]);
        let looked = tokio::select! {
            biased;
            read = self.stream.read(&mut *octet) => Some(read),
            () = std::future::ready(()) => None,
        };
        match looked {
            None => Ok(()),
            Some(Ok(0)) => Err(WireFault::Closed { received: 0 }),
            Some(Ok(_)) => Err(WireFault::Unsolicited),
            Some(Err(error)) => Err(closed_or(error, 0)),
        }
    }

    async fn round_trip(&mut self, request: &[u8]) -> Result<Zeroizing<Vec<u8>>, WireFault> {
        if let Err(error) = self.write(request).await {
            return Err(self.last_words(error).await);
        }
        self.read_answer().await
    }

    /// Reads one message and not an octet more, into memory that grows as its octets arrive.
    async fn read_answer(&mut self) -> Result<Zeroizing<Vec<u8>>, WireFault> {
        let mut frame = FrameReader::new(self.limits);
        let mut received: usize = 0;
        loop {
            let space = frame.space().map_err(WireFault::Frame)?;
            let count = match self.stream.read(space).await {
                Ok(0) => return Err(WireFault::Closed { received }),
                Ok(count) => count,
                Err(error) => return Err(closed_or(error, received)),
            };
            received = received.saturating_add(count);
            if let Some(answer) = frame.filled(count).map_err(WireFault::Frame)? {
                return Ok(answer);
            }
        }
    }

    async fn write(&mut self, request: &[u8]) -> io::Result<()> {
        self.stream.write_all(request).await?;
        self.stream.flush().await
    }

    /// A server that rejects our certificate may close before it reads: its alert tells more than
    /// the failed write.
    async fn last_words(&mut self, error: io::Error) -> WireFault {
        let mut octet = Zeroizing::new([0]);
        match timeout(LAST_WORDS, self.stream.read(&mut *octet)).await {
            Ok(Err(alert)) if crate::tls::tls_error(&alert).is_some() => WireFault::Io(alert),
            _ => closed_or(error, 0),
        }
    }

    /// Says goodbye; whether the server hears it does not matter.
    pub(crate) async fn close(mut self, wait: Duration) {
        let _ignored = timeout(wait, self.stream.shutdown()).await;
    }
}

/// Ends of a connection, told apart from failures. A missing TLS `close_notify` is such an end:
/// each message says its own length, so nothing can be cut off unseen.
pub(crate) fn closed_or(error: io::Error, received: usize) -> WireFault {
    if is_end(&error) {
        WireFault::Closed { received }
    } else {
        WireFault::Io(error)
    }
}

/// Whether the other side hung up.
pub(crate) fn is_end(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
    )
}

#[cfg(test)]
mod tests;
