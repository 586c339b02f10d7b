//! The client's one error: what failed, at which server, in which operation, what became of the
//! request, and the way out.
//!
//! May touch: nothing. No secret and no key material is in here.

mod cause;

use std::error::Error;
use std::fmt;

use strongroom_kmip::Operation;

use crate::identity::IdentityError;
use crate::options::OptionsError;
use crate::servers::{ServerAddress, ServerListError};
use crate::trust::TrustError;

pub use cause::{Cause, Phase};

/// What a caller can decide on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file, an option or the list of servers cannot be used.
    Configuration,
    /// The request cannot be expressed in the protocol version of the session.
    Request,
    /// No connection, or it ended. The next server may do better.
    Unreachable,
    /// No whole answer before the deadline. The next server may do better.
    Timeout,
    /// TLS failed for a reason that trying again does not change.
    Tls,
    /// The server does not know us (Authentication Not Successful).
    Authentication,
    /// The server knows us and says no (Permission Denied).
    PermissionDenied,
    /// The server has no such object (Item Not Found).
    NotFound,
    /// The server refused the operation for another reason.
    Refused,
    /// The answer is not KMIP, or not the answer to our request.
    Malformed,
    /// Client and server have no protocol version in common.
    NoCommonVersion,
    /// The session died in an earlier exchange; connect again.
    SessionDead,
    /// The server has taken the request and answers later: ask with Poll.
    Pending,
    /// An item of a batch that was not done, or undone again, for the failure of another.
    BatchStopped,
}

/// What became of the request that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// Not one octet of it left for the server.
    NotSent,
    /// The server answered that it did not carry it out.
    Refused,
    /// Sent at least in part, and no usable answer came: the server may have carried it out.
    /// The client never sends it again by itself.
    Unknown,
}

/// Why a call failed.
#[derive(Debug)]
pub struct ClientError(Box<Parts>);

#[derive(Debug)]
struct Parts {
    kind: ErrorKind,
    outcome: Outcome,
    server: Option<ServerAddress>,
    operation: Option<Operation>,
    cause: Cause,
}

impl ClientError {
    pub(crate) fn new(kind: ErrorKind, outcome: Outcome, cause: Cause) -> Self {
        Self(Box::new(Parts {
            kind,
            outcome,
            server: None,
            operation: None,
            cause,
        }))
    }

    pub(crate) fn tls_setup(error: rustls::Error) -> Self {
        let cause = Cause::TlsSetup(Box::new(error));
        Self::new(ErrorKind::Configuration, Outcome::NotSent, cause)
    }

    pub(crate) fn at(mut self, server: &ServerAddress) -> Self {
        self.0.server = Some(server.clone());
        self
    }

    pub(crate) fn during(mut self, operation: Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    pub(crate) fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.0.outcome = outcome;
        self
    }

    /// The same failure seen from `connect`: nothing of what the caller wants was sent.
    pub(crate) fn while_connecting(mut self) -> Self {
        self.0.outcome = Outcome::NotSent;
        self.0.operation = None;
        self
    }

    /// What a caller can decide on.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What became of the request. Errors of `connect` say [`Outcome::NotSent`]: it sends only
    /// Discover Versions and Query, which change nothing.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// The server; `None` when no single server is at fault.
    #[must_use]
    pub fn server(&self) -> Option<&ServerAddress> {
        self.0.server.as_ref()
    }

    /// The operation that failed; `None` when no session stood yet.
    #[must_use]
    pub fn operation(&self) -> Option<Operation> {
        self.0.operation
    }

    /// The cause in full.
    #[must_use]
    pub fn cause(&self) -> &Cause {
        &self.0.cause
    }

    /// What the operator can do about it, in one line.
    #[must_use]
    pub fn help(&self) -> &'static str {
        self.0.cause.help()
    }

    /// Whether another server of the list may do better.
    pub(crate) fn moves_on(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Unreachable | ErrorKind::Timeout)
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(server) = &self.0.server {
            write!(f, "KMIP server {server}: ")?;
        }
        if let Some(operation) = self.0.operation {
            write!(f, "{operation}: ")?;
        }
        self.0.cause.fmt(f)?;
        match self.0.outcome {
            Outcome::Unknown => f.write_str("; whether the server carried it out is not known"),
            Outcome::NotSent | Outcome::Refused => Ok(()),
        }
    }
}

/// Errors of the parts a client is made of, so that `?` takes them all.
macro_rules! configuration {
    ($($variant:ident($error:ty);)*) => {
        $(impl From<$error> for ClientError {
            fn from(error: $error) -> Self {
                Self::new(ErrorKind::Configuration, Outcome::NotSent, Cause::$variant(error))
            }
        })*
    };
}

configuration! {
    Servers(ServerListError);
    Trust(TrustError);
    Identity(IdentityError);
    Options(OptionsError);
}

impl Error for ClientError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.cause.source()
    }
}
