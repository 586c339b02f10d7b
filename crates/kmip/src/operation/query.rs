//! The operation `Query` (KMIP 1.0, 4.24).
//!
//! May touch: nothing.

use strongroom_ttlv::OwnedItem;

use crate::enumeration::{ObjectType, Operation, QueryFunction};

structure! {
    /// Asks what the server can do (KMIP 1.0, 4.24).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct QueryRequest {
        /// What to tell.
        functions: Vec<QueryFunction> = QUERY_FUNCTION,
    }
}

impl QueryRequest {
    /// Asks for these.
    #[must_use]
    pub const fn new(functions: Vec<QueryFunction>) -> Self {
        Self { functions }
    }
}

structure! {
    /// What the server can do (KMIP 1.0, 4.24). Later fields (attestation, random number
    /// generators, profiles, capabilities) are not typed and skipped.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct QueryResponse {
        /// Operations that the server knows.
        operations: Vec<Operation> = OPERATION,
        /// Kinds of objects that it keeps.
        object_types: Vec<ObjectType> = OBJECT_TYPE,
        /// Who made it.
        vendor_identification: Option<String> = VENDOR_IDENTIFICATION,
        /// The vendor's own structure, as it came.
        server_information: Option<OwnedItem> = SERVER_INFORMATION,
        /// Namespaces for which the server can make up Application Data.
        application_namespaces: Vec<String> = APPLICATION_NAMESPACE,
    }
}
