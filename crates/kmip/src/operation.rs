//! Operations: the payloads of requests and responses, one operation per file.
//!
//! Nothing but the two `match` tables of each enum here knows all operations: a further one
//! is a file of its own and a line in each table. May touch: what the payloads touch.

#[macro_use]
mod table;

mod activate;
mod archive;
mod create;
mod destroy;
mod discover_versions;
mod get;
mod get_attributes;
mod locate;
mod query;
mod register;
mod revoke;

pub use activate::{ActivateRequest, ActivateResponse};
pub use archive::{ArchiveRequest, ArchiveResponse};
pub use create::{CreateRequest, CreateResponse};
pub use destroy::{DestroyRequest, DestroyResponse};
pub use discover_versions::{DiscoverVersionsRequest, DiscoverVersionsResponse};
pub use get::{GetRequest, GetResponse};
pub use get_attributes::{GetAttributesRequest, GetAttributesResponse};
pub use locate::{LocateRequest, LocateResponse};
pub use query::{QueryRequest, QueryResponse};
pub use register::{RegisterRequest, RegisterResponse};
pub use revoke::{RevokeRequest, RevokeResponse};

use crate::UniqueIdentifier;

operations! {
    CREATE: Create(CreateRequest, CreateResponse),
    REGISTER: Register(RegisterRequest, RegisterResponse),
    LOCATE: Locate(LocateRequest, LocateResponse),
    GET: Get(GetRequest, GetResponse),
    GET_ATTRIBUTES: GetAttributes(GetAttributesRequest, GetAttributesResponse),
    ACTIVATE: Activate(ActivateRequest, ActivateResponse),
    REVOKE: Revoke(RevokeRequest, RevokeResponse),
    DESTROY: Destroy(DestroyRequest, DestroyResponse),
    ARCHIVE: Archive(ArchiveRequest, ArchiveResponse),
    QUERY: Query(QueryRequest, QueryResponse),
    DISCOVER_VERSIONS: DiscoverVersions(DiscoverVersionsRequest, DiscoverVersionsResponse),
}

impl Request {
    /// The object that the request names; `None` when it names none.
    #[must_use]
    pub fn unique_identifier(&self) -> Option<&UniqueIdentifier> {
        match self {
            Self::Get(request) => request.unique_identifier.as_ref(),
            Self::GetAttributes(request) => request.unique_identifier.as_ref(),
            Self::Activate(request) => request.unique_identifier.as_ref(),
            Self::Revoke(request) => request.unique_identifier.as_ref(),
            Self::Destroy(request) => request.unique_identifier.as_ref(),
            Self::Archive(request) => request.unique_identifier.as_ref(),
            _ => None,
        }
    }

    /// Where the request keeps its Unique Identifier, for operations that fall back to the
    /// ID Placeholder.
    pub(crate) const fn unique_identifier_mut(&mut self) -> Option<&mut Option<UniqueIdentifier>> {
        match self {
            Self::Get(request) => Some(&mut request.unique_identifier),
            Self::GetAttributes(request) => Some(&mut request.unique_identifier),
            Self::Activate(request) => Some(&mut request.unique_identifier),
            Self::Revoke(request) => Some(&mut request.unique_identifier),
            Self::Destroy(request) => Some(&mut request.unique_identifier),
            Self::Archive(request) => Some(&mut request.unique_identifier),
            _ => None,
        }
    }
}

impl Response {
    /// The one object that the answer is about; `None` for answers about none or several.
    #[must_use]
    pub fn unique_identifier(&self) -> Option<&UniqueIdentifier> {
        match self {
            Self::Create(response) => Some(&response.unique_identifier),
            Self::Register(response) => Some(&response.unique_identifier),
            Self::Get(response) => Some(&response.unique_identifier),
            Self::GetAttributes(response) => Some(&response.unique_identifier),
            Self::Activate(response) => Some(&response.unique_identifier),
            Self::Revoke(response) => Some(&response.unique_identifier),
            Self::Destroy(response) => Some(&response.unique_identifier),
            Self::Archive(response) => Some(&response.unique_identifier),
            _ => None,
        }
    }
}
