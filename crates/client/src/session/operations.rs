//! One method per KMIP operation, under KMIP's name. [`Session::send`] takes whatever is not here.
//!
//! May touch: the session.

use strongroom_kmip::attribute::RevocationReason;
use strongroom_kmip::enumeration::QueryFunction;
use strongroom_kmip::operation::{
    ActivateRequest, CreateRequest, CreateResponse, DestroyRequest, DiscoverVersionsRequest,
    GetAttributesRequest, GetAttributesResponse, GetRequest, GetResponse, LocateRequest,
    LocateResponse, QueryRequest, QueryResponse, RegisterRequest, RegisterResponse, RevokeRequest,
};
use strongroom_kmip::{ProtocolVersion, Request, Response, UniqueIdentifier};

use super::Session;
use crate::error::ClientError;

/// Sends a request and takes the answer of the same operation out of its enum.
macro_rules! ask {
    ($session:expr, $operation:ident, $request:expr) => {{
        let request = Request::$operation($request);
        match $session.send(&request).await? {
            Response::$operation(answer) => Ok(answer),
            other => Err($session.other_operation(&request, &other)),
        }
    }};
}

/// # Errors
///
/// Each operation returns a [`ClientError`] with kind, outcome and mend; see [`Session::send`].
impl Session {
    /// Discover Versions (KMIP 1.1, 4.26): the versions that the server speaks, its favourite first.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; [`Request`](crate::ErrorKind::Request) when the session speaks KMIP 1.0,
    /// which lacks this operation.
    pub async fn discover_versions(&mut self) -> Result<Vec<ProtocolVersion>, ClientError> {
        let request = DiscoverVersionsRequest::default();
        ask!(self, DiscoverVersions, request).map(|answer| answer.protocol_versions)
    }

    /// Query (KMIP 1.0, 4.24): what the server can do.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub async fn query(
        &mut self,
        functions: &[QueryFunction],
    ) -> Result<QueryResponse, ClientError> {
        ask!(self, Query, QueryRequest::new(functions.to_vec()))
    }

    /// Create (KMIP 1.0, 4.1): the server makes a symmetric key.
    ///
    /// # Errors
    ///
    /// [`ClientError`]. After [`Unknown`](crate::Outcome::Unknown) the key may exist, and nobody
    /// knows its identifier.
    pub async fn create(&mut self, request: CreateRequest) -> Result<CreateResponse, ClientError> {
        ask!(self, Create, request)
    }

    /// Register (KMIP 1.0, 4.3): the server keeps an object that we made.
    ///
    /// # Errors
    ///
    /// [`ClientError`]. After [`Unknown`](crate::Outcome::Unknown) the object may be there, and
    /// nobody knows its identifier.
    pub async fn register(
        &mut self,
        request: RegisterRequest,
    ) -> Result<RegisterResponse, ClientError> {
        ask!(self, Register, request)
    }

    /// Get (KMIP 1.0, 4.10): an object as the server keeps it.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; [`NotFound`](crate::ErrorKind::NotFound) when this server has no such
    /// object.
    pub async fn get(
        &mut self,
        unique_identifier: impl Into<UniqueIdentifier>,
    ) -> Result<GetResponse, ClientError> {
        ask!(self, Get, GetRequest::new(unique_identifier))
    }

    /// Get Attributes (KMIP 1.0, 4.11): attributes by name; all of them when `names` is empty.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub async fn get_attributes(
        &mut self,
        unique_identifier: impl Into<UniqueIdentifier>,
        names: &[&str],
    ) -> Result<GetAttributesResponse, ClientError> {
        let request = GetAttributesRequest::new(unique_identifier, names);
        ask!(self, GetAttributes, request)
    }

    /// Locate (KMIP 1.0, 4.8): identifiers of the objects that have these attributes.
    ///
    /// # Errors
    ///
    /// [`ClientError`]. Nothing found is no error but an empty list.
    pub async fn locate(&mut self, request: LocateRequest) -> Result<LocateResponse, ClientError> {
        ask!(self, Locate, request)
    }

    /// Activate (KMIP 1.0, 4.18): from Pre-Active to Active.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; PyKMIP says Permission Denied of an object that is active already.
    pub async fn activate(
        &mut self,
        unique_identifier: impl Into<UniqueIdentifier>,
    ) -> Result<(), ClientError> {
        let request = ActivateRequest::new(unique_identifier);
        ask!(self, Activate, request).map(drop)
    }

    /// Revoke (KMIP 1.0, 4.19): to Deactivated, or to Compromised, by the reason.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub async fn revoke(
        &mut self,
        unique_identifier: impl Into<UniqueIdentifier>,
        reason: RevocationReason,
    ) -> Result<(), ClientError> {
        ask!(self, Revoke, RevokeRequest::new(unique_identifier, reason)).map(drop)
    }

    /// Destroy (KMIP 1.0, 4.20): the server forgets the key material for ever.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub async fn destroy(
        &mut self,
        unique_identifier: impl Into<UniqueIdentifier>,
    ) -> Result<(), ClientError> {
        let request = DestroyRequest::new(unique_identifier);
        ask!(self, Destroy, request).map(drop)
    }
}
