//! What the answer to one request must be.
//!
//! May touch: what the payloads touch.

use super::quirk::{Quirk, Quirks};
use super::{ExchangeError, Mismatch};
use crate::enumeration::{Operation, ResultStatus};
use crate::message::ResponseItem;
use crate::operation::{Request, Response};
use crate::{ProtocolVersion, UniqueIdentifier};

/// What the answer to one request must be.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    /// The operation that is answered.
    operation: Operation,
    asked_by: AskedBy,
    /// The object that was named.
    unique_identifier: Option<String>,
    /// What Cancel named.
    correlation_value: Option<Vec<u8>>,
}

/// Which operation asks for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AskedBy {
    /// The one that is answered.
    Itself,
    /// Poll, for the operation that is pending.
    Poll,
    /// Poll, for whatever is pending.
    PollAlone,
}

/// The versions of a request and its answer, and what is put up with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub(super) asked: ProtocolVersion,
    pub(super) found: ProtocolVersion,
    pub(super) tolerated: Quirks,
}

impl Terms {
    /// Errors come in the server's own version from some; an answer must be in ours.
    fn check_version(self, response: Option<&Response>) -> Result<(), Mismatch> {
        let Self { asked, found, .. } = self;
        if asked == found || self.tolerates(Quirk::AnswerInOtherVersion, response) {
            Ok(())
        } else {
            Err(Mismatch::Version { asked, found })
        }
    }

    /// Whether `quirk` is put up with in this answer: in none that brings a secret.
    fn tolerates(self, quirk: Quirk, response: Option<&Response>) -> bool {
        self.tolerated.contains(quirk) && !response.is_some_and(brings_secret)
    }
}

/// Answers with a key, or with octets that may be one.
const fn brings_secret(response: &Response) -> bool {
    matches!(
        response,
        Response::Get(_)
            | Response::Export(_)
            | Response::Decrypt(_)
            | Response::RngRetrieve(_)
            | Response::Pkcs11(_)
    )
}

impl Expected {
    /// The answer to `request`.
    pub(super) fn of(request: &Request) -> Self {
        let named = request.unique_identifier();
        Self {
            operation: request.operation(),
            asked_by: match request {
                Request::Poll(_) => AskedBy::PollAlone,
                _ => AskedBy::Itself,
            },
            // Only text names the same object on both sides: the rest points into the batch.
            unique_identifier: named.and_then(UniqueIdentifier::as_text).map(str::to_owned),
            correlation_value: match request {
                Request::Cancel(cancel) => Some(cancel.asynchronous_correlation_value.clone()),
                _ => None,
            },
        }
    }

    /// The same, asked for by Poll.
    pub(super) fn polled(&self) -> Self {
        let asked_by = match self.asked_by {
            AskedBy::Itself => AskedBy::Poll,
            poll => poll,
        };
        Self {
            asked_by,
            ..self.clone()
        }
    }

    pub(super) const fn operation(&self) -> Operation {
        self.operation
    }

    /// As [`Self::judge`], of the only item of an answer to a request without a batch item id: one
    /// with an id may be the answer to another request.
    pub(super) fn judge_only(
        &self,
        item: &mut ResponseItem,
        terms: Terms,
    ) -> Result<Response, ExchangeError> {
        let foreign = item.unique_batch_item_id.is_some();
        if foreign && !terms.tolerates(Quirk::ForeignBatchItemId, item.response.as_deref()) {
            return Err(Mismatch::ForeignBatchItemId { index: 0 }.into());
        }
        self.judge(item, terms)
    }

    /// What `item` says, taken out of it; the status comes before the payload.
    pub(super) fn judge(
        &self,
        item: &mut ResponseItem,
        terms: Terms,
    ) -> Result<Response, ExchangeError> {
        match item.result_status {
            ResultStatus::SUCCESS => Ok(self.success(item, terms)?),
            ResultStatus::OPERATION_PENDING => {
                self.check_failed(item.operation)?;
                Err(ExchangeError::Pending {
                    operation: self.operation,
                    asynchronous_correlation_value: item
                        .asynchronous_correlation_value
                        .take()
                        .ok_or(Mismatch::NoCorrelationValue)?,
                })
            }
            status => {
                self.check_failed(item.operation)?;
                Err(ExchangeError::Refused {
                    operation: self.operation,
                    status,
                    reason: item.result_reason,
                    message: item.result_message.take(),
                    echoed: item.operation,
                })
            }
        }
    }

    fn success(&self, item: &mut ResponseItem, terms: Terms) -> Result<Response, Mismatch> {
        if let Some(found) = item.operation
            && found != self.operation
            && (self.asked_by != AskedBy::PollAlone)
        {
            return Err(self.other(found));
        }
        let response = item.response.as_deref();
        terms.check_version(response)?;
        // Of a Poll the specification knows no payload: what it brings is another operation's.
        match item.operation {
            None if terms.tolerates(Quirk::SuccessWithoutOperation, response) => {}
            None => return Err(Mismatch::NoOperation),
            Some(Operation::POLL) => return Err(self.other(Operation::POLL)),
            Some(_) => {}
        }
        self.check_object(response.ok_or(Mismatch::NoPayload)?)?;
        item.response
            .take()
            .map(|response| *response)
            .ok_or(Mismatch::NoPayload)
    }

    /// A failure may bear the operation that asked, or none.
    fn check_failed(&self, found: Option<Operation>) -> Result<(), Mismatch> {
        match (found, self.asked_by) {
            (None, _) | (_, AskedBy::PollAlone) => Ok(()),
            (Some(found), _) if found == self.operation => Ok(()),
            (Some(Operation::POLL), AskedBy::Poll) => Ok(()),
            (Some(found), _) => Err(self.other(found)),
        }
    }

    const fn other(&self, found: Operation) -> Mismatch {
        Mismatch::Operation {
            asked: self.operation,
            found,
        }
    }

    fn check_object(&self, response: &Response) -> Result<(), Mismatch> {
        if let (Some(asked), Response::Cancel(cancelled)) = (&self.correlation_value, response)
            && *asked != cancelled.asynchronous_correlation_value
        {
            return Err(Mismatch::CorrelationValue);
        }
        match &self.unique_identifier {
            Some(asked) => same_object(asked, response),
            None => Ok(()),
        }
    }
}

/// Refuses an answer about another object than `asked`.
pub(super) fn same_object(asked: &str, response: &Response) -> Result<(), Mismatch> {
    match named(response) {
        Some(found) if found != asked => Err(Mismatch::UniqueIdentifier {
            asked: asked.to_owned(),
            found: found.to_owned(),
        }),
        Some(_) | None => Ok(()),
    }
}

/// The one object that an answer is about.
pub(super) fn named(response: &Response) -> Option<&str> {
    response
        .unique_identifier()
        .and_then(UniqueIdentifier::as_text)
}
