//! Operations: the payloads of requests and responses, one operation per file.
//!
//! Nothing but the two `match` tables of each enum here knows all operations: a further one
//! is a file of its own and a line in each table. May touch: what the payloads touch.

mod activate;
mod create;
mod destroy;
mod discover_versions;
mod get;
mod get_attributes;
mod locate;
mod query;
mod register;
mod revoke;

use strongroom_ttlv::Writer;

pub use activate::{ActivateRequest, ActivateResponse};
pub use create::{CreateRequest, CreateResponse};
pub use destroy::{DestroyRequest, DestroyResponse};
pub use discover_versions::{DiscoverVersionsRequest, DiscoverVersionsResponse};
pub use get::{GetRequest, GetResponse};
pub use get_attributes::{GetAttributesRequest, GetAttributesResponse};
pub use locate::{LocateRequest, LocateResponse};
pub use query::{QueryRequest, QueryResponse};
pub use register::{RegisterRequest, RegisterResponse};
pub use revoke::{RevokeRequest, RevokeResponse};

use crate::ProtocolVersion;
use crate::enumeration::Operation;
use crate::error::{Element, EncodeError, MessageError};
use crate::reader::Reader;

/// What a client asks for: one batch item's payload, with its operation.
#[derive(Debug)]
#[non_exhaustive]
pub enum Request {
    /// Discover Versions.
    DiscoverVersions(DiscoverVersionsRequest),
    /// Query.
    Query(QueryRequest),
    /// Create.
    Create(CreateRequest),
    /// Register.
    Register(RegisterRequest),
    /// Get.
    Get(GetRequest),
    /// Get Attributes.
    GetAttributes(GetAttributesRequest),
    /// Locate.
    Locate(LocateRequest),
    /// Activate.
    Activate(ActivateRequest),
    /// Revoke.
    Revoke(RevokeRequest),
    /// Destroy.
    Destroy(DestroyRequest),
    /// An operation whose payload this crate does not read.
    Unsupported {
        /// Which one.
        operation: Operation,
    },
}

impl Request {
    /// The operation.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        match self {
            Self::DiscoverVersions(_) => Operation::DISCOVER_VERSIONS,
            Self::Query(_) => Operation::QUERY,
            Self::Create(_) => Operation::CREATE,
            Self::Register(_) => Operation::REGISTER,
            Self::Get(_) => Operation::GET,
            Self::GetAttributes(_) => Operation::GET_ATTRIBUTES,
            Self::Locate(_) => Operation::LOCATE,
            Self::Activate(_) => Operation::ACTIVATE,
            Self::Revoke(_) => Operation::REVOKE,
            Self::Destroy(_) => Operation::DESTROY,
            Self::Unsupported { operation } => *operation,
        }
    }

    /// The object that the request names; `None` when it names none.
    #[must_use]
    pub fn unique_identifier(&self) -> Option<&str> {
        match self {
            Self::Get(request) => request.unique_identifier.as_deref(),
            Self::GetAttributes(request) => request.unique_identifier.as_deref(),
            Self::Activate(request) => request.unique_identifier.as_deref(),
            Self::Revoke(request) => request.unique_identifier.as_deref(),
            Self::Destroy(request) => request.unique_identifier.as_deref(),
            _ => None,
        }
    }

    /// Where the request keeps its Unique Identifier, for operations that fall back to the
    /// ID Placeholder.
    pub(crate) const fn unique_identifier_mut(&mut self) -> Option<&mut Option<String>> {
        match self {
            Self::Get(request) => Some(&mut request.unique_identifier),
            Self::GetAttributes(request) => Some(&mut request.unique_identifier),
            Self::Activate(request) => Some(&mut request.unique_identifier),
            Self::Revoke(request) => Some(&mut request.unique_identifier),
            Self::Destroy(request) => Some(&mut request.unique_identifier),
            _ => None,
        }
    }

    /// Reads the payload of `operation`.
    pub(crate) fn decode(operation: Operation, fields: Reader<'_>) -> Result<Self, MessageError> {
        Ok(match operation {
            Operation::DISCOVER_VERSIONS => {
                Self::DiscoverVersions(DiscoverVersionsRequest::decode(fields)?)
            }
            Operation::QUERY => Self::Query(QueryRequest::decode(fields)?),
            Operation::CREATE => Self::Create(CreateRequest::decode(fields)?),
            Operation::REGISTER => Self::Register(RegisterRequest::decode(fields)?),
            Operation::GET => Self::Get(GetRequest::decode(fields)?),
            Operation::GET_ATTRIBUTES => Self::GetAttributes(GetAttributesRequest::decode(fields)?),
            Operation::LOCATE => Self::Locate(LocateRequest::decode(fields)?),
            Operation::ACTIVATE => Self::Activate(ActivateRequest::decode(fields)?),
            Operation::REVOKE => Self::Revoke(RevokeRequest::decode(fields)?),
            Operation::DESTROY => Self::Destroy(DestroyRequest::decode(fields)?),
            operation => Self::Unsupported { operation },
        })
    }

    /// Writes the payload's fields.
    pub(crate) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        match self {
            Self::DiscoverVersions(request) => request.encode(out),
            Self::Query(request) => request.encode(out),
            Self::Create(request) => request.encode(out, version),
            Self::Register(request) => request.encode(out, version),
            Self::Get(request) => request.encode(out, version),
            Self::GetAttributes(request) => request.encode(out),
            Self::Locate(request) => request.encode(out, version),
            Self::Activate(request) => request.encode(out),
            Self::Revoke(request) => request.encode(out),
            Self::Destroy(request) => request.encode(out),
            Self::Unsupported { .. } => {}
        }
    }

    /// Refuses what cannot be asked for in `version`.
    pub(crate) fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        let operation = self.operation();
        if !version.knows(operation.since()) {
            let what = Element::Operation(operation);
            return Err(EncodeError::NotInVersion { what, version });
        }
        match self {
            Self::Query(request) => request.check(version),
            Self::Create(request) => request.check(version),
            Self::Register(request) => request.check(version),
            Self::Get(request) => request.check(version),
            Self::GetAttributes(request) => request.check(version),
            Self::Locate(request) => request.check(version),
            Self::DiscoverVersions(_) | Self::Activate(_) | Self::Revoke(_) | Self::Destroy(_) => {
                Ok(())
            }
            Self::Unsupported { operation } => Err(EncodeError::NoPayload {
                operation: *operation,
            }),
        }
    }
}

/// What a server answers: one batch item's payload, with its operation.
#[derive(Debug)]
#[non_exhaustive]
pub enum Response {
    /// Discover Versions.
    DiscoverVersions(DiscoverVersionsResponse),
    /// Query.
    Query(QueryResponse),
    /// Create.
    Create(CreateResponse),
    /// Register.
    Register(RegisterResponse),
    /// Get.
    Get(GetResponse),
    /// Get Attributes.
    GetAttributes(GetAttributesResponse),
    /// Locate.
    Locate(LocateResponse),
    /// Activate.
    Activate(ActivateResponse),
    /// Revoke.
    Revoke(RevokeResponse),
    /// Destroy.
    Destroy(DestroyResponse),
    /// An operation whose payload this crate does not read.
    Unsupported {
        /// Which one.
        operation: Operation,
    },
}

impl Response {
    /// The operation.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        match self {
            Self::DiscoverVersions(_) => Operation::DISCOVER_VERSIONS,
            Self::Query(_) => Operation::QUERY,
            Self::Create(_) => Operation::CREATE,
            Self::Register(_) => Operation::REGISTER,
            Self::Get(_) => Operation::GET,
            Self::GetAttributes(_) => Operation::GET_ATTRIBUTES,
            Self::Locate(_) => Operation::LOCATE,
            Self::Activate(_) => Operation::ACTIVATE,
            Self::Revoke(_) => Operation::REVOKE,
            Self::Destroy(_) => Operation::DESTROY,
            Self::Unsupported { operation } => *operation,
        }
    }

    /// The one object that the answer is about; `None` for Locate, Query, Discover Versions.
    #[must_use]
    pub fn unique_identifier(&self) -> Option<&str> {
        match self {
            Self::Create(response) => Some(&response.unique_identifier),
            Self::Register(response) => Some(&response.unique_identifier),
            Self::Get(response) => Some(&response.unique_identifier),
            Self::GetAttributes(response) => Some(&response.unique_identifier),
            Self::Activate(response) => Some(&response.unique_identifier),
            Self::Revoke(response) => Some(&response.unique_identifier),
            Self::Destroy(response) => Some(&response.unique_identifier),
            Self::DiscoverVersions(_)
            | Self::Query(_)
            | Self::Locate(_)
            | Self::Unsupported { .. } => None,
        }
    }

    /// Reads the payload of `operation`.
    pub(crate) fn decode(operation: Operation, fields: Reader<'_>) -> Result<Self, MessageError> {
        Ok(match operation {
            Operation::DISCOVER_VERSIONS => {
                Self::DiscoverVersions(DiscoverVersionsResponse::decode(fields)?)
            }
            Operation::QUERY => Self::Query(QueryResponse::decode(fields)?),
            Operation::CREATE => Self::Create(CreateResponse::decode(fields)?),
            Operation::REGISTER => Self::Register(RegisterResponse::decode(fields)?),
            Operation::GET => Self::Get(GetResponse::decode(fields)?),
            Operation::GET_ATTRIBUTES => {
                Self::GetAttributes(GetAttributesResponse::decode(fields)?)
            }
            Operation::LOCATE => Self::Locate(LocateResponse::decode(fields)?),
            Operation::ACTIVATE => Self::Activate(ActivateResponse::decode(fields)?),
            Operation::REVOKE => Self::Revoke(RevokeResponse::decode(fields)?),
            Operation::DESTROY => Self::Destroy(DestroyResponse::decode(fields)?),
            operation => Self::Unsupported { operation },
        })
    }

    /// Writes the payload's fields, without what `version` does not know (I10).
    pub(crate) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        match self {
            Self::DiscoverVersions(response) => response.encode(out),
            Self::Query(response) => response.encode(out, version),
            Self::Create(response) => response.encode(out, version),
            Self::Register(response) => response.encode(out, version),
            Self::Get(response) => response.encode(out, version),
            Self::GetAttributes(response) => response.encode(out, version),
            Self::Locate(response) => response.encode(out, version),
            Self::Activate(response) => response.encode(out),
            Self::Revoke(response) => response.encode(out),
            Self::Destroy(response) => response.encode(out),
            Self::Unsupported { .. } => {}
        }
    }
}
