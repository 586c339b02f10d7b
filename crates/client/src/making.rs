//! An object made and activated: in one message where the server can, else in turn.
//!
//! May touch: memory. The sessions drive it.

use strongroom_kmip::operation::{ActivateRequest, ActivateResponse};
use strongroom_kmip::{Request, UniqueIdentifier};

use crate::batch::{Batch, BatchAnswer, BatchItem};
use crate::error::{ClientError, ErrorKind, Outcome};
use crate::payload::RequestPayload;

/// An object that was made, and whether it could be activated.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "the object may be there and not active"]
pub struct Made {
    /// The new object.
    pub unique_identifier: UniqueIdentifier,
    /// How its activation ended: after an error it is Pre-Active, or its state is unknown.
    pub activation: Result<(), ClientError>,
}

/// One message of two items: the second means the object of the first.
pub(crate) struct Making<P: RequestPayload> {
    batch: Batch,
    made: BatchItem<P::Response>,
    activated: BatchItem<ActivateResponse>,
}

/// What is left to be sent.
pub(crate) enum Next {
    /// The server takes no such message and did nothing: both, one after the other.
    InTurn(Box<Request>),
    /// It made the object, and did not know which one to activate.
    Activate(UniqueIdentifier),
    /// Nothing.
    Done(Made),
}

impl<P: RequestPayload> Making<P> {
    pub(crate) fn of(request: P) -> Self {
        let mut batch = Batch::new();
        let made = batch.add(request);
        let activated = batch.add(ActivateRequest::default());
        Self {
            batch,
            made,
            activated,
        }
    }

    pub(crate) fn batch(&self) -> &Batch {
        &self.batch
    }

    /// What the answer to the batch calls for.
    pub(crate) fn next(
        self,
        came: Result<BatchAnswer, ClientError>,
        id: impl FnOnce(P::Response) -> UniqueIdentifier,
    ) -> Result<Next, ClientError> {
        let mut answer = match came {
            Ok(answer) => answer,
            Err(error) => return self.in_turn(error),
        };
        let unique_identifier = id(answer.take(self.made)?);
        Ok(match answer.take(self.activated) {
            Err(error) if is_of_placeholder(&error) => Next::Activate(unique_identifier),
            activation => Next::Done(Made {
                unique_identifier,
                activation: activation.map(|_| ()),
            }),
        })
    }

    /// Goes on where the message as a whole was refused for its form: nothing was done.
    fn in_turn(self, error: ClientError) -> Result<Next, ClientError> {
        if error.outcome() != Outcome::Refused || is_final(error.kind()) {
            return Err(error);
        }
        match self.batch.into_requests().into_iter().next() {
            Some(request) => Ok(Next::InTurn(Box::new(request))),
            None => Err(error),
        }
    }
}

/// Refusals that the same request alone would meet as well.
const fn is_final(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::PermissionDenied | ErrorKind::Authentication
    )
}

/// A server without an ID Placeholder misses the identifier, or does not find the object.
fn is_of_placeholder(error: &ClientError) -> bool {
    error.outcome() == Outcome::Refused && !is_final(error.kind())
}
