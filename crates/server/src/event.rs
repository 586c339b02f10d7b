//! What a server tells its observer. No secret and no request body is in an event.
//!
//! May touch: nothing.

use std::net::SocketAddr;

use strongroom_kmip::enumeration::{Operation, ResultReason};

use crate::identity::Identity;

/// Something that happened on a connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A connection was closed at once, since there are too many.
    TooManyConnections {
        /// The other end.
        peer: SocketAddr,
    },
    /// The TLS handshake failed.
    HandshakeFailed {
        /// The other end.
        peer: SocketAddr,
        /// What TLS said; none when the deadline passed.
        reason: Option<String>,
    },
    /// A client is there.
    Connected {
        /// The other end.
        peer: SocketAddr,
        /// Who it is, or what its certificate lacks.
        identity: Result<Identity, crate::IdentityError>,
    },
    /// A request was answered.
    Answered {
        /// The other end.
        peer: SocketAddr,
        /// What was asked; several in a batch, none when the request could not be read.
        operations: Vec<Operation>,
        /// Result reasons of the operations that failed.
        failures: Vec<ResultReason>,
    },
    /// A connection ended.
    Closed {
        /// The other end.
        peer: SocketAddr,
        /// Why.
        cause: CloseCause,
    },
}

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloseCause {
    /// The client closed it between two requests.
    Client,
    /// The client closed it inside a request, or the connection broke.
    Broken,
    /// No request for too long.
    Idle,
    /// A request, or the reading of its answer, took too long.
    Slow,
    /// The octets do not begin like a request, or claim too great a length.
    NotKmip,
    /// A scripted fault.
    Fault,
    /// The server is stopping.
    Stopping,
}
