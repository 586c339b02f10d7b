//! The methods of the blocking session: the table in `crate::operations`, and Poll and Cancel.
//!
//! May touch: the session.

use strongroom_kmip::attribute::RevocationReason;
use strongroom_kmip::enumeration::{CancellationResult, EndpointRole, QueryFunction};
use strongroom_kmip::operation::*;
use strongroom_kmip::{Attribute, ProtocolVersion, UniqueIdentifier};

use super::Session;
use crate::blocking::wire::after;
use crate::error::ClientError;
use crate::operations::{nothing, operation_table, versions};
use crate::pending::{Answer, Pending};

macro_rules! methods {
    ($(
        $(#[$doc:meta])*
        $name:ident($($argument:ident: $type:ty),*) -> $result:ty = $request:expr $(=> $take:path)?;
    )*) => {
        impl Session {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                ///
                /// [`ClientError`] with kind, outcome and mend; see [`Self::send`].
                pub fn $name(&mut self, $($argument: $type),*) -> Result<$result, ClientError> {
                    let answer = self.call($request)?;
                    $(let answer = $take(answer);)?
                    Ok(answer)
                }
            )*
        }
    };
}

operation_table!(methods);

impl Session {
    /// Poll (KMIP 1.0, 4.26): asks for the answer to a pending request, on any session with the
    /// same server.
    ///
    /// # Errors
    ///
    /// As [`Self::send`]. [`Refused`](crate::Outcome::Refused) means the pending operation, when the
    /// server names it; a refusal of Poll itself leaves its outcome [`Unknown`](crate::Outcome::Unknown).
    pub fn poll(&mut self, pending: &Pending) -> Result<Answer, ClientError> {
        let deadline = after(self.conversation.exchange_timeout());
        let (exchange, octets) = self.conversation.poll(pending)?;
        let came = self.wire.exchange(&octets, deadline);
        self.conversation.finish_poll(exchange, came)
    }

    /// Cancel (KMIP 1.0, 4.25): takes a pending request back, if it is not too late.
    ///
    /// # Errors
    ///
    /// As [`Self::send`].
    pub fn cancel(&mut self, pending: &Pending) -> Result<CancellationResult, ClientError> {
        let value = pending.asynchronous_correlation_value().to_vec();
        let answer = self.call(CancelRequest::new(value))?;
        Ok(answer.cancellation_result)
    }
}
