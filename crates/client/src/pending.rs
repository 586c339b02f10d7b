//! Requests that the server answers later (KMIP 1.0, 4.25, 4.26 and 6.7).
//!
//! May touch: memory.

use strongroom_kmip::{EncodeError, Exchange, Operation, Response};

use crate::conversation::Octets;

/// The answer to a request that the server may answer later.
#[derive(Debug)]
#[non_exhaustive]
pub enum Answer {
    /// It is done.
    Done(Box<Response>),
    /// The server works on it.
    Pending(Pending),
}

/// A request that the server works on.
///
/// What becomes of it only Poll tells. The handle holds for every connection of the same client, as
/// far as the server keeps it.
#[derive(Debug)]
pub struct Pending {
    exchange: Exchange,
    asynchronous_correlation_value: Vec<u8>,
}

impl Pending {
    pub(crate) fn new(exchange: Exchange, asynchronous_correlation_value: Vec<u8>) -> Self {
        Self {
            exchange,
            asynchronous_correlation_value,
        }
    }

    /// The operation that was asked for.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.exchange.operation()
    }

    /// The server's handle, `Asynchronous Correlation Value`.
    #[must_use]
    pub fn asynchronous_correlation_value(&self) -> &[u8] {
        &self.asynchronous_correlation_value
    }

    pub(crate) fn poll(&self) -> Result<(Exchange, Octets), EncodeError> {
        self.exchange
            .poll(self.asynchronous_correlation_value.clone())
    }
}
