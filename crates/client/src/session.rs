//! One connection to one server, with an agreed version: one exchange after the other.
//!
//! May touch: its connection.

mod operations;

use std::io;
use std::time::{Duration, SystemTime};

use strongroom_kmip::exchange::Mismatch;
use strongroom_kmip::{Exchange, ExchangeError, ProtocolVersion, Request, Response};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::client::TlsStream;

use crate::client::Parts;
use crate::connect::after;
use crate::error::{Cause, ClientError, ErrorKind, Outcome, Phase};
use crate::servers::ServerAddress;
use crate::tls::{self, Tls, TlsFacts, TlsFault};
use crate::wire::{Counted, Wire, WireError, WireFault};

type Transport = TlsStream<Counted<TcpStream>>;

/// How long [`Session::close`] waits for the TLS goodbye to leave.
const GOODBYE: Duration = Duration::from_secs(1);

/// How much of a server's own words is kept, in characters.
const MESSAGE_LEN_MAX: usize = 512;

/// A connection to one KMIP server.
///
/// One request at a time. After a deadline, an I/O error, an answer that cannot be read, or a
/// call whose future was dropped, the session is dead: the next answer on the connection could
/// belong to the old request. Nothing is ever sent twice.
#[derive(Debug)]
pub struct Session {
    wire: Wire<Transport>,
    server: ServerAddress,
    version: ProtocolVersion,
    facts: TlsFacts,
    tls: Tls,
    connect_timeout: Duration,
    exchange_timeout: Duration,
    limits: strongroom_ttlv::Limits,
    agreed: bool,
    answered: bool,
}

impl Session {
    pub(crate) fn new(
        wire: Wire<Transport>,
        server: ServerAddress,
        facts: TlsFacts,
        client: &Parts,
    ) -> Self {
        Self {
            wire,
            server,
            version: ProtocolVersion::V1_0,
            facts,
            tls: client.tls.clone(),
            connect_timeout: client.options.connect_timeout,
            exchange_timeout: client.options.exchange_timeout,
            limits: client.options.limits,
            agreed: false,
            answered: false,
        }
    }

    pub(crate) fn agree(&mut self, version: ProtocolVersion) {
        self.version = version;
        self.agreed = true;
    }

    /// The agreed protocol version.
    #[must_use]
    pub fn version(&self) -> ProtocolVersion {
        self.version
    }

    /// The server at the other end.
    #[must_use]
    pub fn server(&self) -> &ServerAddress {
        &self.server
    }

    /// TLS version, cipher suite and the server's certificate.
    #[must_use]
    pub fn tls(&self) -> &TlsFacts {
        &self.facts
    }

    /// Whether another request may be sent.
    #[must_use]
    pub fn usable(&self) -> bool {
        self.wire.usable()
    }

    /// Sends one request and returns the server's answer to it.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; its [`outcome`](ClientError::outcome) says what became of the request.
    pub async fn send(&mut self, request: &Request) -> Result<Response, ClientError> {
        let deadline = after(self.exchange_timeout);
        self.exchange(self.version, request, deadline).await
    }

    /// Ends the connection politely. Dropping the session ends it too, without the goodbye.
    pub async fn close(self) {
        self.wire.close(GOODBYE).await;
    }

    /// One exchange at `version` before `deadline`.
    pub(crate) async fn exchange(
        &mut self,
        version: ProtocolVersion,
        request: &Request,
        deadline: Instant,
    ) -> Result<Response, ClientError> {
        self.attempt(version, request, deadline)
            .await
            .map_err(|error| error.at(&self.server).during(request.operation()))
    }

    async fn attempt(
        &mut self,
        version: ProtocolVersion,
        request: &Request,
        deadline: Instant,
    ) -> Result<Response, ClientError> {
        let (exchange, octets) = Exchange::new(version, request).map_err(|error| {
            ClientError::new(ErrorKind::Request, Outcome::NotSent, Cause::Encode(error))
        })?;
        let exchange = exchange.with_limits(self.limits);
        match self.wire.exchange(&octets, deadline).await {
            Ok(answer) => {
                self.answered = true;
                exchange.finish(&answer).map_err(answer_error)
            }
            Err(error) => Err(self.cut(error)),
        }
    }

    /// For an answer of another operation than was asked for; [`Exchange`] refuses it before.
    fn other_operation(&self, request: &Request, answer: &Response) -> ClientError {
        let mismatch = Mismatch::Operation {
            asked: request.operation(),
            found: answer.operation(),
        };
        answer_error(mismatch.into())
            .at(&self.server)
            .during(request.operation())
    }

    /// What a cut exchange means.
    fn cut(&self, error: WireError) -> ClientError {
        let outcome = if error.sent {
            Outcome::Unknown
        } else {
            Outcome::NotSent
        };
        let phase = if self.answered {
            Phase::Answer
        } else {
            Phase::FirstAnswer
        };
        let (kind, cause) = match error.fault {
            WireFault::Unusable => (ErrorKind::SessionDead, Cause::SessionDead),
            WireFault::Unsolicited => (ErrorKind::Malformed, Cause::Unsolicited),
            WireFault::Closed { received } => {
                (ErrorKind::Unreachable, Cause::Closed { phase, received })
            }
            WireFault::Deadline => (
                ErrorKind::Timeout,
                Cause::Deadline {
                    phase,
                    limit: if self.agreed {
                        self.exchange_timeout
                    } else {
                        self.connect_timeout
                    },
                },
            ),
            WireFault::Frame(error) => (ErrorKind::Malformed, Cause::Frame(error)),
            WireFault::Io(error) => self.io_cause(error, phase),
        };
        ClientError::new(kind, outcome, cause)
    }

    fn io_cause(&self, error: io::Error, phase: Phase) -> (ErrorKind, Cause) {
        match tls::tls_error(&error) {
            Some(tls_error) => {
                let facts = self.tls.fault_facts(SystemTime::now());
                let first = phase == Phase::FirstAnswer;
                let fault = TlsFault::after_handshake(tls_error, first, &facts);
                (ErrorKind::Tls, Cause::Tls { fault, error })
            }
            None => (ErrorKind::Unreachable, Cause::Io { phase, error }),
        }
    }
}

/// What a whole answer means that is not the one we wanted.
fn answer_error(error: ExchangeError) -> ClientError {
    let kind = if error.is_authentication() {
        ErrorKind::Authentication
    } else if error.is_permission_denied() {
        ErrorKind::PermissionDenied
    } else if error.is_not_found() {
        ErrorKind::NotFound
    } else {
        ErrorKind::Refused
    };
    match error {
        ExchangeError::Refused {
            reason, message, ..
        } => {
            let message = message.map(|message| message.chars().take(MESSAGE_LEN_MAX).collect());
            ClientError::new(kind, Outcome::Refused, Cause::Refused { reason, message })
        }
        // The server works on it and has not said how it ends.
        pending @ ExchangeError::Pending { .. } => {
            ClientError::new(kind, Outcome::Unknown, Cause::Answer(pending))
        }
        other => ClientError::new(ErrorKind::Malformed, Outcome::Unknown, Cause::Answer(other)),
    }
}
