//! Making an object and activating it.
//!
//! May touch: the session.

use strongroom_kmip::UniqueIdentifier;
use strongroom_kmip::operation::{CreateRequest, RegisterRequest};

use super::Session;
use crate::error::ClientError;
use crate::making::{Made, Making, Next};
use crate::payload::{RequestPayload, ResponsePayload as _};

impl Session {
    /// Create (KMIP 1.0, 4.1) and Activate (4.18): one message of both where the server takes it, else
    /// one after the other (PyKMIP takes no batch).
    ///
    /// One reply less can be lost than in turn, but a lost one may leave a key that is Active and whose
    /// identifier nobody knows. Where that must not be, call [`Self::create`], keep the identifier, then
    /// [`Self::activate`].
    ///
    /// # Errors
    ///
    /// [`ClientError`] when nothing was made, or nobody knows; after that, what became of the activation
    /// stands in [`Made::activation`].
    pub async fn create_and_activate(
        &mut self,
        request: CreateRequest,
    ) -> Result<Made, ClientError> {
        self.make(request, |made| made.unique_identifier).await
    }

    /// Register (KMIP 1.0, 4.3) and Activate (4.18): one message of both where the server takes it, else
    /// one after the other (PyKMIP takes no batch).
    ///
    /// One reply less can be lost than in turn, but a lost one may leave a key that is Active and whose
    /// identifier nobody knows. Where that must not be, call [`Self::register`], keep the identifier, then
    /// [`Self::activate`].
    ///
    /// # Errors
    ///
    /// [`ClientError`] when nothing was made, or nobody knows; after that, what became of the activation
    /// stands in [`Made::activation`].
    pub async fn register_and_activate(
        &mut self,
        request: RegisterRequest,
    ) -> Result<Made, ClientError> {
        self.make(request, |made| made.unique_identifier).await
    }

    async fn make<P: RequestPayload>(
        &mut self,
        request: P,
        id: impl Fn(P::Response) -> UniqueIdentifier,
    ) -> Result<Made, ClientError> {
        let making = Making::of(request);
        let came = self.send_batch(making.batch()).await;
        let unique_identifier = match making.next(came, &id)? {
            Next::Done(made) => return Ok(made),
            Next::Activate(made) => made,
            Next::InTurn(request) => {
                let response = self.send(&request).await?;
                let made = P::Response::of(response).map_err(|mismatch| {
                    self.conversation
                        .error(mismatch.into(), request.operation())
                })?;
                id(made)
            }
        };
        let activation = self.activate(unique_identifier.clone()).await;
        Ok(Made {
            unique_identifier,
            activation,
        })
    }
}
