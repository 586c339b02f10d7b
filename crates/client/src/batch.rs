//! Several requests in one message, with an outcome for each (KMIP 1.0, 4 and 7.1).
//!
//! May touch: memory.

use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};

use strongroom_kmip::exchange::{BatchOptions, ItemOutcome};
use strongroom_kmip::{ExchangeError, Operation, Request};

use crate::conversation::answer_error;
use crate::error::{Cause, ClientError, ErrorKind, Outcome};
use crate::payload::{self, RequestPayload};
use crate::servers::ServerAddress;

/// Tells the items of one batch from those of another.
static BATCHES: AtomicU64 = AtomicU64::new(0);

/// Requests for one message, done by the server in their order.
///
/// A request without Unique Identifier means the object that the item before it made or found
/// (the ID Placeholder). After a failed item the server stops, unless
/// [`options`](Self::with_options) say otherwise.
///
/// ```no_run
/// use strongroom_client::kmip::operation::{ActivateRequest, CreateRequest};
/// # async fn example(
/// #     session: &mut strongroom_client::Session,
/// #     create: CreateRequest,
/// # ) -> Result<(), strongroom_client::ClientError> {
/// let mut batch = strongroom_client::Batch::new();
/// let created = batch.add(create);
/// let activated = batch.add(ActivateRequest::default());
/// let mut answer = session.send_batch(&batch).await?;
/// let id = answer.take(created)?.unique_identifier;
/// answer.take(activated)?;
/// # drop(id);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Batch {
    number: u64,
    requests: Vec<Request>,
    options: BatchOptions,
}

/// An item of a batch whose answer is an `R`.
pub struct BatchItem<R> {
    batch: u64,
    index: usize,
    answer: PhantomData<fn() -> R>,
}

impl<R> fmt::Debug for BatchItem<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BatchItem").field(&self.index).finish()
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

impl Batch {
    /// A batch without items.
    #[must_use]
    pub fn new() -> Self {
        Self {
            number: BATCHES.fetch_add(1, Ordering::Relaxed),
            requests: Vec::new(),
            options: BatchOptions::default(),
        }
    }

    /// The same with another header: what the server does after a failed item, above all.
    #[must_use]
    pub fn with_options(mut self, options: BatchOptions) -> Self {
        self.options = options;
        self
    }

    /// Adds a request; what comes back takes its answer out of the [`BatchAnswer`].
    #[must_use = "the item takes its answer out of the answer to the batch"]
    pub fn add<P: RequestPayload>(&mut self, request: P) -> BatchItem<P::Response> {
        let index = self.requests.len();
        self.requests.push(request.into());
        BatchItem {
            batch: self.number,
            index,
            answer: PhantomData,
        }
    }

    pub(crate) fn requests(&self) -> &[Request] {
        &self.requests
    }

    pub(crate) fn into_requests(self) -> Vec<Request> {
        self.requests
    }

    pub(crate) fn options(&self) -> BatchOptions {
        self.options
    }
}

/// What became of each request of a batch.
#[derive(Debug)]
pub struct BatchAnswer {
    number: u64,
    server: ServerAddress,
    items: Vec<(Operation, Option<ItemOutcome>)>,
}

impl BatchAnswer {
    pub(crate) fn new(batch: &Batch, outcomes: Vec<ItemOutcome>, server: &ServerAddress) -> Self {
        let operations = batch.requests.iter().map(Request::operation);
        Self {
            number: batch.number,
            server: server.clone(),
            items: operations.zip(outcomes.into_iter().map(Some)).collect(),
        }
    }

    /// The answer to one item.
    ///
    /// # Errors
    ///
    /// [`ClientError`] of this item alone: refused, not run or undone for the failure of another
    /// ([`BatchStopped`](ErrorKind::BatchStopped)), pending, or of unknown outcome.
    pub fn take<R>(&mut self, item: BatchItem<R>) -> Result<R, ClientError>
    where
        R: payload::ResponsePayload,
    {
        let found = self
            .items
            .get_mut(item.index)
            .filter(|_| item.batch == self.number);
        let Some((operation, outcome)) = found else {
            return Err(no_such_item().at(&self.server));
        };
        let failure = match outcome.take() {
            None => no_such_item(),
            Some(ItemOutcome::Done(response)) => match R::of(*response) {
                Ok(response) => return Ok(response),
                Err(mismatch) => answer_error(mismatch.into()),
            },
            Some(other) => failure(other, *operation),
        };
        Err(failure.at(&self.server).during(*operation))
    }

    /// Every outcome that was not taken, in the order of the requests.
    pub fn outcomes(&self) -> impl Iterator<Item = &ItemOutcome> {
        self.items
            .iter()
            .filter_map(|(_, outcome)| outcome.as_ref())
    }
}

fn no_such_item() -> ClientError {
    ClientError::new(ErrorKind::Request, Outcome::NotSent, Cause::NoSuchItem)
}

/// Why an item has no answer.
fn failure(outcome: ItemOutcome, operation: Operation) -> ClientError {
    match outcome {
        ItemOutcome::Refused(error) => answer_error(error),
        ItemOutcome::Pending {
            asynchronous_correlation_value,
        } => answer_error(ExchangeError::Pending {
            operation,
            asynchronous_correlation_value,
        }),
        ItemOutcome::NotRun => stopped(Cause::NotRun),
        ItemOutcome::Undone => stopped(Cause::Undone),
        ItemOutcome::Unknown(Some(mismatch)) => answer_error(mismatch.into()),
        _ => ClientError::new(ErrorKind::Malformed, Outcome::Unknown, Cause::NoItemAnswer),
    }
}

fn stopped(cause: Cause) -> ClientError {
    ClientError::new(ErrorKind::BatchStopped, Outcome::Refused, cause)
}
