//! One request out, one answer in, under one deadline; afterwards the stream is clean or dead.
//!
//! May touch: the stream it owns. Knows frames, not messages.

mod counted;

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use strongroom_ttlv::{FrameError, FrameReader, Limits};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use zeroize::Zeroizing;

pub(crate) use counted::Counted;

/// How long a server that refused our octets may take to say why.
pub(crate) const LAST_WORDS: Duration = Duration::from_millis(250);

/// A stream that carries one exchange at a time.
#[derive(Debug)]
pub(crate) struct Wire<S> {
    /// Taken out while an exchange runs, and put back after a clean one: a call that is dropped half
    /// way drops the stream. Boxed: a TLS connection is long, and would be copied both times.
    stream: Option<Box<S>>,
    /// Octets that the transport took from us, TLS records included.
    written: Arc<AtomicU64>,
    /// Of the latest deadline. Moved from exchange to exchange: a new one each time would wake the
    /// runtime's driver each time.
    timer: Option<Pin<Box<Sleep>>>,
    limits: Limits,
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
            stream: Some(Box::new(stream)),
            written,
            timer: None,
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
            written: Arc::clone(&self.written),
            timer: self.timer.take(),
            limits: self.limits,
        }
    }

    /// Writes `request` and reads one message, whole, before `deadline`.
    ///
    /// After any error, and when the future is dropped half way, the stream is gone.
    pub(crate) async fn exchange(
        &mut self,
        request: &[u8],
        deadline: Instant,
    ) -> Result<Zeroizing<Vec<u8>>, WireError> {
        let unsent = |fault| WireError { fault, sent: false };
        let Some(mut stream) = self.stream.take() else {
            return Err(unsent(WireFault::Unusable));
        };
        if Instant::now() >= deadline {
            return Err(unsent(WireFault::Deadline));
        }
        expect_silence(&mut *stream).map_err(unsent)?;
        let before = self.written.load(Ordering::Relaxed);
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        timer.as_mut().reset(deadline);
        let work = round_trip(&mut *stream, request, self.limits);
        let answer = ends_with(timer, work)
            .await
            .unwrap_or(Err(WireFault::Deadline));
        match answer {
            Ok(answer) => {
                self.stream = Some(stream);
                Ok(answer)
            }
            Err(fault) => Err(WireError {
                fault,
                sent: self.written.load(Ordering::Relaxed) != before,
            }),
        }
    }

    /// Whether the server neither spoke nor hung up while we were idle; otherwise the stream is
    /// gone.
    pub(crate) fn is_silent(&mut self) -> bool {
        let silent = |stream: &mut Box<S>| expect_silence(&mut **stream).is_ok();
        if !self.stream.as_mut().is_some_and(silent) {
            self.stream = None;
        }
        self.usable()
    }

    /// Says goodbye; whether the server hears it does not matter.
    pub(crate) async fn close(self, wait: Duration) {
        if let Some(mut stream) = self.stream {
            let _ignored = timeout(wait, stream.shutdown()).await;
        }
    }
}

/// What `work` gives, unless `timer` runs out before.
async fn ends_with<W: Future>(timer: &mut Pin<Box<Sleep>>, work: W) -> Option<W::Output> {
    let mut work = pin!(work);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => timer.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// Looks once, without waiting, that the server neither spoke nor hung up while we were idle.
fn expect_silence<S: AsyncRead + Unpin>(stream: &mut S) -> Result<(), WireFault> {
    let mut octet = Zeroizing::new([0]);
    let mut space = ReadBuf::new(&mut *octet);
    let mut context = Context::from_waker(Waker::noop());
    match Pin::new(stream).poll_read(&mut context, &mut space) {
        Poll::Pending => Ok(()),
        Poll::Ready(Ok(())) if space.filled().is_empty() => Err(WireFault::Closed { received: 0 }),
        Poll::Ready(Ok(())) => Err(WireFault::Unsolicited),
        Poll::Ready(Err(error)) => Err(closed_or(error, 0)),
    }
}

async fn round_trip<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    request: &[u8],
    limits: Limits,
) -> Result<Zeroizing<Vec<u8>>, WireFault> {
    if let Err(error) = write(stream, request).await {
        return Err(last_words(stream, error).await);
    }
    read_answer(stream, limits).await
}

async fn write<S: AsyncWrite + Unpin>(stream: &mut S, request: &[u8]) -> io::Result<()> {
    stream.write_all(request).await?;
    stream.flush().await
}

/// Reads one message and not an octet more, into memory that grows as its octets arrive.
async fn read_answer<S: AsyncRead + Unpin>(
    stream: &mut S,
    limits: Limits,
) -> Result<Zeroizing<Vec<u8>>, WireFault> {
    let mut frame = FrameReader::new(limits);
    let mut received: usize = 0;
    loop {
        let space = frame.space().map_err(WireFault::Frame)?;
        let count = match stream.read(space).await {
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

/// A server that rejects our certificate may close before it reads: its alert tells more than
/// the failed write.
async fn last_words<S: AsyncRead + Unpin>(stream: &mut S, error: io::Error) -> WireFault {
    let mut octet = Zeroizing::new([0]);
    match timeout(LAST_WORDS, stream.read(&mut *octet)).await {
        Ok(Err(alert)) if crate::tls::tls_error(&alert).is_some() => WireFault::Io(alert),
        _ => closed_or(error, 0),
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
