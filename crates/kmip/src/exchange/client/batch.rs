//! Several requests in one message, and what became of each (KMIP 1.0, 4, 6.12 to 6.14 and 7.1).
//!
//! May touch: what the payloads touch.

mod outcome;

use strongroom_ttlv::Limits;
use zeroize::Zeroizing;

pub use outcome::ItemOutcome;

use super::expected::{Expected, Terms};
use super::quirk::Quirks;
use super::{ExchangeError, Mismatch, RequestOptions};
use crate::ProtocolVersion;
use crate::enumeration::{BatchErrorContinuationOption, Operation, ResultStatus};
use crate::error::EncodeError;
use crate::exchange::placeholder::sets;
use crate::message::{RequestHeader, ResponseItem, ResponseMessage, encode_request};
use crate::operation::Request;

/// What the header of a batch holds beside version and batch count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchOptions {
    /// What every request may have.
    pub request: RequestOptions,
    /// What the server does with the rest after a failed item; absent: Stop.
    pub batch_error_continuation_option: Option<BatchErrorContinuationOption>,
}

impl BatchOptions {
    /// The same with another way on after a failed item.
    #[must_use]
    pub const fn with_error_continuation(self, option: BatchErrorContinuationOption) -> Self {
        Self {
            batch_error_continuation_option: Some(option),
            ..self
        }
    }
}

/// Why a batch cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// It does not fit the version or the wire.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// There is nothing in it.
    #[error("a batch of no items")]
    Empty,
    /// An item names no object, and no item before it can have made or found one.
    #[error("item {index} ({operation}) names no object, and no item before it makes or finds one")]
    NoObject {
        /// Its position, from 0.
        index: usize,
        /// What it asks for.
        operation: Operation,
    },
    /// An item names no object, and the batch goes on after a failure: it might then work on the
    /// object of another item. The specification gives the ID Placeholder to Stop (KMIP 1.0, 4).
    #[error("item {index} ({operation}) names no object, which a batch with Continue must")]
    NotWithContinue {
        /// Its position, from 0.
        index: usize,
        /// What it asks for.
        operation: Operation,
    },
}

/// A batch that was written, waiting for its answer.
#[derive(Debug)]
#[must_use]
pub struct BatchExchange {
    version: ProtocolVersion,
    items: Vec<Item>,
    option: BatchErrorContinuationOption,
    limits: Limits,
}

/// One request of a batch.
#[derive(Debug)]
struct Item {
    expected: Expected,
    /// It means the object in the ID Placeholder.
    leaves_object_out: bool,
    /// It makes or finds the object that the ID Placeholder names from then on.
    sets_placeholder: bool,
}

impl BatchExchange {
    /// Writes `requests` as one message of `version`, to be done in their order: this, and the bytes
    /// to send.
    ///
    /// # Errors
    ///
    /// [`BatchError`]
    pub fn new(
        version: ProtocolVersion,
        requests: &[Request],
        options: BatchOptions,
    ) -> Result<(Self, Zeroizing<Vec<u8>>), BatchError> {
        let option = options
            .batch_error_continuation_option
            .unwrap_or(BatchErrorContinuationOption::STOP);
        let items: Vec<_> = requests.iter().map(Item::of).collect();
        check_objects(&items, option)?;
        let header = RequestHeader {
            batch_error_continuation_option: options.batch_error_continuation_option,
            // Without it a server may do them in any order, and the placeholder means nothing.
            batch_order_option: (requests.len() > 1).then_some(true),
            ..options.request.header(version)
        };
        let ids: Vec<_> = (0..requests.len()).map(id).collect();
        let with_ids: Vec<_> = ids
            .iter()
            .zip(requests)
            .map(|(id, request)| (Some(id.as_slice()), request))
            .collect();
        let bytes = encode_request(&header, &with_ids)?;
        let batch = Self {
            version,
            items,
            option,
            limits: Limits::default(),
        };
        Ok((batch, bytes))
    }

    /// The same with other limits for the answer.
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Reads the answer: what became of each request, in the order of the requests.
    ///
    /// # Errors
    ///
    /// [`ExchangeError::Decode`]: not a response. [`ExchangeError::Refused`]: the server refuses the
    /// message as a whole; unless it says that its answer became too large, nothing was done.
    /// [`ExchangeError::Mismatch`]: the items of the answer cannot be told apart, and what became of
    /// each is unknown.
    pub fn finish(&self, bytes: &[u8]) -> Result<Vec<ItemOutcome>, ExchangeError> {
        let message = ResponseMessage::decode(bytes, &self.limits)?;
        let terms = Terms {
            asked: self.version,
            found: message.header.protocol_version,
            tolerated: Quirks::NONE,
        };
        if let [only] = message.batch.as_slice()
            && is_of_message(only)
        {
            return Err(self.refused(message.batch, terms));
        }
        let answers = self.pair(message.batch)?;
        Ok(outcome::of_items(&self.items, answers, self.option, terms))
    }

    /// The answer to each request, by id; some servers leave it out where there is one request.
    fn pair(&self, batch: Vec<ResponseItem>) -> Result<Vec<Option<ResponseItem>>, Mismatch> {
        let (asked, found) = (self.items.len(), batch.len());
        if found == 0 || found > asked {
            return Err(Mismatch::BatchCount { asked, found });
        }
        let mut answers: Vec<Option<ResponseItem>> = Vec::new();
        answers.resize_with(asked, || None);
        for (index, item) in batch.into_iter().enumerate() {
            let slot = match &item.unique_batch_item_id {
                Some(found) => (0..asked).position(|at| id(at) == found.as_slice()),
                None if asked == 1 => Some(0),
                None => return Err(Mismatch::NoBatchItemId { index }),
            };
            match slot.and_then(|at| answers.get_mut(at)) {
                Some(answer @ None) => *answer = Some(item),
                Some(Some(_)) => return Err(Mismatch::DoubledBatchItemId { index }),
                None => return Err(Mismatch::ForeignBatchItemId { index }),
            }
        }
        Ok(answers)
    }

    /// The refusal of the whole message, told of its first request.
    fn refused(&self, mut batch: Vec<ResponseItem>, terms: Terms) -> ExchangeError {
        let judged = self.items.first().zip(batch.first_mut());
        match judged.map(|(item, answer)| item.expected.judge(answer, terms)) {
            Some(Err(error)) => error,
            Some(Ok(_)) | None => {
                let (asked, found) = (self.items.len(), 0);
                Mismatch::BatchCount { asked, found }.into()
            }
        }
    }
}

impl Item {
    fn of(request: &Request) -> Self {
        Self {
            expected: Expected::of(request),
            leaves_object_out: request.leaves_object_out(),
            sets_placeholder: sets(request),
        }
    }
}

/// The Unique Batch Item ID of the request at `index`: eight octets, as many servers make them.
fn id(index: usize) -> [u8; 8] {
    // A usize of more than eight octets is of no machine.
    u64::try_from(index).unwrap_or(u64::MAX).to_be_bytes()
}

/// Every item has an object, or one before it makes or finds it.
fn check_objects(items: &[Item], option: BatchErrorContinuationOption) -> Result<(), BatchError> {
    if items.is_empty() {
        return Err(BatchError::Empty);
    }
    let mut set = false;
    for (index, item) in items.iter().enumerate() {
        let operation = item.expected.operation();
        if item.leaves_object_out && !set {
            return Err(BatchError::NoObject { index, operation });
        }
        if item.leaves_object_out && option == BatchErrorContinuationOption::CONTINUE {
            return Err(BatchError::NotWithContinue { index, operation });
        }
        set |= item.sets_placeholder;
    }
    Ok(())
}

/// A failure that names neither operation nor item: of the whole message.
fn is_of_message(item: &ResponseItem) -> bool {
    is_failed(item) && item.operation.is_none() && item.unique_batch_item_id.is_none()
}

fn is_failed(item: &ResponseItem) -> bool {
    item.result_status == ResultStatus::OPERATION_FAILED
}
