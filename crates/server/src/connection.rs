//! One connection: handshake, then request after request, each under a deadline.
//!
//! May touch: its socket. What a request means is the service's business.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use strongroom_kmip::tag;
use strongroom_ttlv::{FrameError, FrameReader, Tag};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{self, Instant};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use zeroize::Zeroizing;

use crate::event::{CloseCause, Event};
use crate::faults::{self, FaultAction, Faults, HandshakeFault, Strike};
use crate::identity::{Identity, IdentityError};
use crate::options::{Observer, ServerLimits};
use crate::service::{Answer, Disk, Outcome, Service};

/// A stream begins with this tag or is no request.
const REQUEST: &[Tag] = &[tag::REQUEST_MESSAGE];
/// Octets of a client that is being refused, read at a time.
const READ_LEN: usize = 16 * 1024;
/// How long, and how much, to read from a client that is told that its octets are no request:
/// closing with unread octets would reset the connection and lose the answer.
const LINGER: Duration = Duration::from_secs(1);
/// A TLS record with the fatal alert handshake_failure (RFC 8446, 6).
const ALERT: [u8; 7] = [21, 3, 3, 0, 2, 2, 40];

/// What all connections of a server share.
pub(crate) struct Shared {
    pub(crate) service: Arc<Service>,
    pub(crate) limits: ServerLimits,
    pub(crate) faults: Faults,
    pub(crate) observer: Option<Observer>,
}

impl Shared {
    /// Tells the observer, if there is one.
    pub(crate) fn tell(&self, event: impl FnOnce() -> Event) {
        if let Some(observer) = &self.observer {
            observer(&event());
        }
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Serves one connection to its end.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    acceptor: TlsAcceptor,
    (stream, peer): (TcpStream, SocketAddr),
    mut stopped: watch::Receiver<bool>,
) {
    // Answers are small; waiting for more only costs time. A failure costs nothing else.
    let _ = stream.set_nodelay(true);
    let Some(stream) = struck(&shared, stream).await else {
        let cause = CloseCause::Fault;
        shared.tell(|| Event::Closed { peer, cause });
        return;
    };
    let handshake = time::timeout(shared.limits.handshake, acceptor.accept(stream));
    let outcome = tokio::select! {
        outcome = handshake => outcome,
        _ = stopped.wait_for(|stop| *stop) => return,
    };
    let reason = match outcome {
        Ok(Ok(stream)) => {
            let identity = identity(&stream);
            shared.tell(|| Event::Connected {
                peer,
                identity: identity.clone(),
            });
            let connection = Connection {
                shared: &shared,
                stream,
                peer,
                identity,
            };
            let cause = connection.run(&mut stopped).await;
            shared.tell(|| Event::Closed { peer, cause });
            return;
        }
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => None,
    };
    shared.tell(|| Event::HandshakeFailed { peer, reason });
}

/// The connection, unless a scripted fault ends it here.
async fn struck(shared: &Shared, mut stream: TcpStream) -> Option<TcpStream> {
    match shared.faults.count_connection() {
        None => Some(stream),
        Some(HandshakeFault::Close) => None,
        Some(HandshakeFault::Alert) => {
            // Read first: closing with unread octets would reset the connection and lose the alert.
            let mut hello = [0; READ_LEN];
            let alert = async {
                let _ = stream.read(&mut hello).await;
                let _ = stream.write_all(&ALERT).await;
                let _ = stream.shutdown().await;
            };
            let _ = time::timeout(LINGER, alert).await;
            None
        }
    }
}

/// Whom the verified client certificate names.
fn identity(stream: &TlsStream<TcpStream>) -> Result<Identity, IdentityError> {
    let certificates = stream.get_ref().1.peer_certificates().unwrap_or_default();
    let end_entity = certificates.first().ok_or(IdentityError::Unreadable)?;
    Identity::from_certificate(end_entity)
}

struct Connection<'a> {
    shared: &'a Shared,
    stream: TlsStream<TcpStream>,
    peer: SocketAddr,
    identity: Result<Identity, IdentityError>,
}

/// How reading a request ended.
enum Incoming {
    Request(Zeroizing<Vec<u8>>),
    NotKmip(FrameError),
    Ended(CloseCause),
}

impl Connection<'_> {
    async fn run(mut self, stopped: &mut watch::Receiver<bool>) -> CloseCause {
        loop {
            let incoming = tokio::select! {
                incoming = self.read_request() => incoming,
                _ = stopped.wait_for(|stop| *stop) => Incoming::Ended(CloseCause::Stopping),
            };
            let ended = match incoming {
                Incoming::Request(request) => self.answer(request, stopped).await,
                Incoming::NotKmip(error) => self.refuse(&error).await,
                Incoming::Ended(cause) => Err(cause),
            };
            if let Err(cause) = ended {
                if matches!(
                    cause,
                    CloseCause::Idle | CloseCause::Stopping | CloseCause::Client
                ) {
                    let _ = time::timeout(LINGER, self.stream.shutdown()).await;
                }
                return cause;
            }
        }
    }

    /// Reads one message and not an octet more. The idle deadline ends with the first octet.
    async fn read_request(&mut self) -> Incoming {
        let mut frame = FrameReader::new(self.shared.service.wire_limits()).expecting(REQUEST);
        let (mut since, mut allowed) = (Instant::now(), self.shared.limits.idle);
        loop {
            let between = frame.is_between();
            let space = match frame.space() {
                Ok(space) => space,
                Err(error) => return Incoming::NotKmip(error),
            };
            let left = allowed.saturating_sub(since.elapsed());
            let len = match time::timeout(left, self.stream.read(space)).await {
                Ok(Ok(len)) => len,
                Ok(Err(_)) if between => return Incoming::Ended(CloseCause::Client),
                Ok(Err(_)) => return Incoming::Ended(CloseCause::Broken),
                Err(_) if between => return Incoming::Ended(CloseCause::Idle),
                Err(_) => return Incoming::Ended(CloseCause::Slow),
            };
            if len == 0 {
                let cause = if between {
                    CloseCause::Client
                } else {
                    CloseCause::Broken
                };
                return Incoming::Ended(cause);
            }
            if between {
                (since, allowed) = (Instant::now(), self.shared.limits.request);
            }
            match frame.filled(len) {
                Ok(Some(request)) => return Incoming::Request(request),
                Ok(None) => {}
                Err(error) => return Incoming::NotKmip(error),
            }
        }
    }

    async fn answer(
        &mut self,
        request: Zeroizing<Vec<u8>>,
        stopped: &mut watch::Receiver<bool>,
    ) -> Result<(), CloseCause> {
        let faults = self.shared.faults.count(&request);
        let is_struck = |wanted| faults.iter().any(|(_, fault)| *fault == wanted);
        if is_struck(FaultAction::DropBeforeHandling) {
            return Err(CloseCause::Fault);
        }
        let answer = self.handle(request, &faults).await?;
        let peer = self.peer;
        self.shared.tell(|| Event::Answered {
            peer,
            operations: answer.operations.clone(),
            failures: answer.failures.clone(),
        });
        let mut octets = answer.octets;
        for (_, fault) in faults {
            self.apply(fault, &mut octets, stopped).await?;
        }
        self.write(&octets).await
    }

    /// What only looks at memory is done here; what may wait for the disk, on a thread for that.
    async fn handle(
        &self,
        request: Zeroizing<Vec<u8>>,
        faults: &[Strike],
    ) -> Result<Answer, CloseCause> {
        let service = &self.shared.service;
        let mut outcome = service.answer(&self.identity, &request, Disk::Avoid, faults);
        if matches!(outcome, Outcome::NeedsDisk) {
            let service = Arc::clone(&self.shared.service);
            let identity = self.identity.clone();
            let faults = faults.to_vec();
            let work = move || service.answer(&identity, &request, Disk::MayWait, &faults);
            outcome = tokio::task::spawn_blocking(work)
                .await
                .map_err(|_| CloseCause::Broken)?;
        }
        match outcome {
            Outcome::Answer(answer) => Ok(answer),
            Outcome::NeedsDisk | Outcome::Unanswerable => Err(CloseCause::Broken),
        }
    }

    async fn apply(
        &mut self,
        fault: FaultAction,
        octets: &mut Zeroizing<Vec<u8>>,
        stopped: &mut watch::Receiver<bool>,
    ) -> Result<(), CloseCause> {
        match fault {
            FaultAction::DropBeforeHandling | FaultAction::DropAfterHandling => {
                return Err(CloseCause::Fault);
            }
            FaultAction::Delay(delay) => time::sleep(delay).await,
            FaultAction::CutAfter(len) => {
                octets.truncate(len);
                self.write(octets).await?;
                return Err(CloseCause::Fault);
            }
            FaultAction::Silence => {
                let mut octet = [0];
                tokio::select! {
                    _ = self.stream.read(&mut octet) => {}
                    _ = stopped.wait_for(|stop| *stop) => {}
                }
                return Err(CloseCause::Fault);
            }
            fault => faults::change(fault, octets),
        }
        Ok(())
    }

    async fn write(&mut self, octets: &[u8]) -> Result<(), CloseCause> {
        let stream = &mut self.stream;
        let write = async {
            stream.write_all(octets).await?;
            stream.flush().await
        };
        match time::timeout(self.shared.limits.request, write).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(CloseCause::Broken),
            Err(_) => Err(CloseCause::Slow),
        }
    }

    /// Says what is wrong with octets that are no request, and ends: where the next request
    /// would begin cannot be known.
    async fn refuse(&mut self, error: &FrameError) -> Result<(), CloseCause> {
        if let Some(answer) = self.shared.service.refuse_frame(error) {
            self.write(&answer).await?;
        }
        let _ = time::timeout(LINGER, self.drain()).await;
        Err(CloseCause::NotKmip)
    }

    async fn drain(&mut self) -> io::Result<()> {
        self.stream.shutdown().await?;
        let mut buffer = Zeroizing::new(vec![0; READ_LEN]);
        let mut left = self.shared.limits.message_len.saturating_mul(2);
        while left > 0 {
            match self.stream.read(&mut buffer).await? {
                0 => break,
                len => left = left.saturating_sub(len),
            }
        }
        Ok(())
    }
}
