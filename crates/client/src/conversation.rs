//! What a session knows and decides, without I/O: requests into octets, octets into answers, and
//! what a cut exchange means. The async and the blocking session are drivers of this.
//!
//! May touch: memory; the clock only to say whether our own certificate has expired.

use std::io;
use std::time::{Duration, SystemTime};

use strongroom_kmip::exchange::{BatchError, BatchExchange, Quirks, RequestOptions};
use strongroom_kmip::{
    EncodeError, Exchange, ExchangeError, Operation, ProtocolVersion, Request, Response,
    ResultReason,
};
use zeroize::Zeroizing;

use crate::batch::{Batch, BatchAnswer};
use crate::error::{Cause, ClientError, ErrorKind, Outcome, Phase};
use crate::kept::Kept;
use crate::options::ClientOptions;
use crate::pending::{Answer, Pending};
use crate::servers::ServerAddress;
use crate::tls::{self, Tls, TlsFacts, TlsFault};
use crate::wire::{WireError, WireFault};

/// A request or an answer in octets, wiped when dropped.
pub(crate) type Octets = Zeroizing<Vec<u8>>;

/// Drops octets that were read or sent. Cleared before: what `Zeroizing` wipes then is all spare room,
/// which it does in one go, and the octets of a vector one by one.
pub(crate) fn wipe(mut octets: Octets) {
    octets.clear();
}

/// How much of a server's own words is kept, in characters.
const MESSAGE_LEN_MAX: usize = 512;

/// One conversation with one server.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    server: ServerAddress,
    version: ProtocolVersion,
    facts: TlsFacts,
    tls: Tls,
    connect_timeout: Duration,
    exchange_timeout: Duration,
    limits: strongroom_ttlv::Limits,
    tolerated: Quirks,
    agreed: bool,
    answered: bool,
}

impl Conversation {
    pub(crate) fn new(
        server: ServerAddress,
        facts: TlsFacts,
        tls: Tls,
        options: &ClientOptions,
    ) -> Self {
        Self {
            server,
            version: ProtocolVersion::V1_0,
            facts,
            tls,
            connect_timeout: options.connect_timeout,
            exchange_timeout: options.exchange_timeout,
            limits: options.limits,
            tolerated: options.tolerated,
            agreed: false,
            answered: false,
        }
    }

    pub(crate) fn agree(&mut self, version: ProtocolVersion) {
        self.version = version;
        self.agreed = true;
    }

    pub(crate) fn version(&self) -> ProtocolVersion {
        self.version
    }

    pub(crate) fn server(&self) -> &ServerAddress {
        &self.server
    }

    pub(crate) fn tls(&self) -> &TlsFacts {
        &self.facts
    }

    /// How long one exchange may take.
    pub(crate) fn exchange_timeout(&self) -> Duration {
        self.exchange_timeout
    }

    /// Writes `request` as a message of `version`.
    pub(crate) fn ask(
        &self,
        version: ProtocolVersion,
        request: &Request,
        options: RequestOptions,
    ) -> Result<(Exchange, Octets), ClientError> {
        let (exchange, octets) = Exchange::with_options(version, request, options)
            .map_err(|error| self.unwritable(error).during(request.operation()))?;
        let exchange = exchange.with_limits(self.limits).tolerating(self.tolerated);
        Ok((exchange, octets))
    }

    /// Reads what came back for `exchange`.
    pub(crate) fn finish(
        &mut self,
        exchange: &Exchange,
        came: Result<Octets, WireError>,
    ) -> Result<Response, ClientError> {
        let operation = exchange.operation();
        let octets = self.whole(came).map_err(|error| error.during(operation))?;
        let answer = exchange.finish(&octets);
        wipe(octets);
        answer.map_err(|error| self.error(error, operation))
    }

    /// As [`Self::finish`], with all that came beside the answer.
    pub(crate) fn finish_keeping(
        &mut self,
        exchange: &Exchange,
        came: Result<Octets, WireError>,
    ) -> Result<Kept, ClientError> {
        let operation = exchange.operation();
        let octets = self.whole(came).map_err(|error| error.during(operation))?;
        match exchange.finish_keeping(&octets) {
            Ok(kept) => Ok(Kept {
                answer: kept.answer.map_err(|error| self.error(error, operation)),
                asides: kept.asides,
                quirks: kept.quirks,
            }),
            Err(error) => Err(self.error(error.into(), operation)),
        }
    }

    /// The answer's octets, not looked at.
    pub(crate) fn octets(
        &mut self,
        came: Result<Octets, WireError>,
    ) -> Result<Octets, ClientError> {
        self.whole(came)
    }

    /// As [`Self::finish`], where the server may say that it answers later.
    pub(crate) fn finish_or_pend(
        &mut self,
        exchange: Exchange,
        came: Result<Octets, WireError>,
    ) -> Result<Answer, ClientError> {
        let operation = exchange.operation();
        let octets = self.whole(came).map_err(|error| error.during(operation))?;
        match exchange.finish(&octets) {
            Ok(response) => Ok(Answer::Done(Box::new(response))),
            Err(ExchangeError::Pending {
                asynchronous_correlation_value: value,
                ..
            }) => Ok(Answer::Pending(Pending::new(exchange, value))),
            Err(error) => Err(self.error(error, operation)),
        }
    }

    /// As [`Self::finish_or_pend`], for the answer to Poll.
    pub(crate) fn finish_poll(
        &mut self,
        exchange: Exchange,
        came: Result<Octets, WireError>,
    ) -> Result<Answer, ClientError> {
        let polled = exchange.operation();
        self.finish_or_pend(exchange, came).map_err(|error| {
            // A refusal that does not bear the polled operation is of Poll itself: the handle is
            // void, and how the operation ended stays open.
            let of_poll =
                matches!(error.cause(), Cause::Refused { echoed, .. } if *echoed != Some(polled));
            if of_poll {
                error.with_outcome(Outcome::Unknown)
            } else {
                error
            }
        })
    }

    /// Asks for the answer to a pending request.
    pub(crate) fn poll(&self, pending: &Pending) -> Result<(Exchange, Octets), ClientError> {
        let (exchange, octets) = pending
            .poll()
            .map_err(|error| self.unwritable(error).during(pending.operation()))?;
        Ok((exchange.with_limits(self.limits), octets))
    }

    /// Writes a batch as one message of the agreed version.
    pub(crate) fn ask_batch(&self, batch: &Batch) -> Result<(BatchExchange, Octets), ClientError> {
        let (exchange, octets) =
            BatchExchange::new(self.version, batch.requests(), batch.options()).map_err(
                |error| match error {
                    BatchError::Encode(error) => self.unwritable(error),
                    error => request_error(Cause::Batch(error)).at(&self.server),
                },
            )?;
        Ok((exchange.with_limits(self.limits), octets))
    }

    /// Reads what came back for a batch.
    pub(crate) fn finish_batch(
        &mut self,
        (batch, exchange): (&Batch, &BatchExchange),
        came: Result<Octets, WireError>,
    ) -> Result<BatchAnswer, ClientError> {
        let octets = self.whole(came)?;
        let outcomes = exchange
            .finish(&octets)
            .map_err(|error| answer_error(error).at(&self.server))?;
        Ok(BatchAnswer::new(batch, outcomes, &self.server))
    }

    /// An error of this conversation's server.
    pub(crate) fn error(&self, error: ExchangeError, operation: Operation) -> ClientError {
        answer_error(error).at(&self.server).during(operation)
    }

    fn unwritable(&self, error: EncodeError) -> ClientError {
        request_error(Cause::Encode(error)).at(&self.server)
    }

    /// The octets of a whole answer.
    fn whole(&mut self, came: Result<Octets, WireError>) -> Result<Octets, ClientError> {
        match came {
            Ok(octets) => {
                self.answered = true;
                Ok(octets)
            }
            Err(error) => Err(self.cut(error).at(&self.server)),
        }
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
            WireFault::Deadline => {
                let limit = self.limit();
                (ErrorKind::Timeout, Cause::Deadline { phase, limit })
            }
            WireFault::Frame(error) => (ErrorKind::Malformed, Cause::Frame(error)),
            WireFault::Io(error) => self.io_cause(error, phase),
        };
        ClientError::new(kind, outcome, cause)
    }

    fn limit(&self) -> Duration {
        if self.agreed {
            self.exchange_timeout
        } else {
            self.connect_timeout
        }
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

fn request_error(cause: Cause) -> ClientError {
    ClientError::new(ErrorKind::Request, Outcome::NotSent, cause)
}

/// What a whole answer means that is not the one we wanted.
pub(crate) fn answer_error(error: ExchangeError) -> ClientError {
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
            reason,
            message,
            echoed,
            ..
        } => {
            let message = message.map(|message| message.chars().take(MESSAGE_LEN_MAX).collect());
            let cause = Cause::Refused {
                reason,
                message,
                echoed,
            };
            ClientError::new(kind, refusal_outcome(reason), cause)
        }
        // The server works on it and has not said how it ends.
        pending @ ExchangeError::Pending { .. } => {
            ClientError::new(ErrorKind::Pending, Outcome::Unknown, Cause::Answer(pending))
        }
        other => ClientError::new(ErrorKind::Malformed, Outcome::Unknown, Cause::Answer(other)),
    }
}

/// An answer that became too large may be that of an operation that was done.
fn refusal_outcome(reason: Option<ResultReason>) -> Outcome {
    match reason {
        Some(ResultReason::RESPONSE_TOO_LARGE) => Outcome::Unknown,
        _ => Outcome::Refused,
    }
}
