//! What became of each request of a batch.
//!
//! May touch: what the payloads touch.

use super::super::expected::{self, Terms};
use super::super::{ExchangeError, Mismatch};
use super::{Item, is_failed};
use crate::UniqueIdentifier;
use crate::enumeration::{BatchErrorContinuationOption, ResultStatus};
use crate::exchange::placeholder::Placeholder;
use crate::message::ResponseItem;
use crate::operation::Response;

/// What became of one request of a batch.
#[derive(Debug)]
#[non_exhaustive]
pub enum ItemOutcome {
    /// It was done.
    Done(Box<Response>),
    /// The server works on it, and is to be asked with Poll.
    Pending {
        /// What the answer is asked for with.
        asynchronous_correlation_value: Vec<u8>,
    },
    /// It was not done: [`ExchangeError::Refused`].
    Refused(ExchangeError),
    /// It was done, and undone again after another item failed.
    Undone,
    /// It was not done: an item before it failed.
    NotRun,
    /// Nobody knows: it has no answer and should, or one that is not its own.
    Unknown(Option<Mismatch>),
}

/// The outcomes in the order of the requests.
pub(super) fn of_items(
    items: &[Item],
    answers: Vec<Option<ResponseItem>>,
    option: BatchErrorContinuationOption,
    terms: Terms,
) -> Vec<ItemOutcome> {
    let goes_on = option == BatchErrorContinuationOption::CONTINUE;
    let mut outcomes = Vec::new();
    let mut failed = false;
    let mut object = Object::default();
    for (item, answer) in items.iter().zip(answers) {
        failed |= answer.as_ref().is_some_and(is_failed);
        let outcome = match answer {
            Some(answer) => of_answer(item, answer, terms, &object),
            None if failed && !goes_on => ItemOutcome::NotRun,
            None => ItemOutcome::Unknown(None),
        };
        object.after(item, &outcome);
        outcomes.push(outcome);
    }
    outcomes
}

fn of_answer(item: &Item, mut answer: ResponseItem, terms: Terms, object: &Object) -> ItemOutcome {
    let checked = item
        .expected
        .judge(&mut answer, terms)
        .and_then(|response| {
            object.check(item, &response)?;
            Ok(response)
        });
    match checked {
        Ok(response) => ItemOutcome::Done(Box::new(response)),
        Err(ExchangeError::Pending {
            asynchronous_correlation_value,
            ..
        }) => ItemOutcome::Pending {
            asynchronous_correlation_value,
        },
        Err(ExchangeError::Refused { status, .. }) if status == ResultStatus::OPERATION_UNDONE => {
            ItemOutcome::Undone
        }
        Err(ExchangeError::Mismatch(mismatch)) => ItemOutcome::Unknown(Some(mismatch)),
        Err(refused) => ItemOutcome::Refused(refused),
    }
}

/// What the server's ID Placeholder must be by now, as far as its answers tell.
#[derive(Debug, Default)]
struct Object {
    placeholder: Placeholder,
    /// An item that sets it has no answer yet.
    unknown: bool,
}

impl Object {
    /// A server whose placeholder leaks from another message answers about another object.
    fn check(&self, item: &Item, response: &Response) -> Result<(), Mismatch> {
        if !item.leaves_object_out || self.unknown {
            return Ok(());
        }
        match self
            .placeholder
            .current()
            .and_then(UniqueIdentifier::as_text)
        {
            Some(asked) => expected::same_object(asked, response),
            None => {
                let found = expected::named(response).unwrap_or_default().to_owned();
                Err(Mismatch::Placeholder { found })
            }
        }
    }

    fn after(&mut self, item: &Item, outcome: &ItemOutcome) {
        match outcome {
            ItemOutcome::Done(response) => {
                self.placeholder.note(response);
                self.unknown &= !item.sets_placeholder;
            }
            ItemOutcome::Refused(_) | ItemOutcome::NotRun => self.placeholder.clear(),
            ItemOutcome::Pending { .. } | ItemOutcome::Undone | ItemOutcome::Unknown(_) => {
                self.unknown |= item.sets_placeholder;
            }
        }
    }
}
