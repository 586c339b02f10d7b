//! The operation `Query` (KMIP 1.0, 4.24).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, OwnedItem, Writer};

use crate::ProtocolVersion;
use crate::enumeration::{ObjectType, Operation, QueryFunction};
use crate::error::{Element, EncodeError, MessageError};
use crate::reader::{self, Reader};
use crate::tag;
use crate::write::{self, opt};

/// Asks what the server can do (KMIP 1.0, 4.24).
///
/// ```text
/// Request Payload 0x420079 Structure
///   Query Function 0x420074 Enumeration   one or more
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryRequest {
    /// What to tell.
    pub functions: Vec<QueryFunction>,
}

impl QueryRequest {
    /// Asks for these.
    #[must_use]
    pub const fn new(functions: Vec<QueryFunction>) -> Self {
        Self { functions }
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let functions = fields.each(tag::QUERY_FUNCTION, Fields::enumeration)?;
        fields.finish()?;
        Ok(Self { functions })
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>) {
        for function in &self.functions {
            out.enumeration(tag::QUERY_FUNCTION, *function);
        }
    }

    pub(super) fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        let newer = |function: &&QueryFunction| !version.knows(function.since());
        match self.functions.iter().find(newer) {
            Some(function) => Err(EncodeError::NotInVersion {
                what: Element::Value(function.name().unwrap_or("Query Function")),
                version,
            }),
            None => Ok(()),
        }
    }
}

/// What the server can do (KMIP 1.0, 4.24). Later fields (attestation, random number
/// generators, profiles, capabilities) are not typed and skipped.
///
/// ```text
/// Response Payload 0x42007C Structure
///   Operation             0x42005C Enumeration   any number
///   Object Type           0x420057 Enumeration   any number
///   Vendor Identification 0x42009D Text String
///   Server Information    0x420088 Structure     of the vendor's making
///   Application Namespace 0x420003 Text String   any number
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryResponse {
    /// Operations that the server knows.
    pub operations: Vec<Operation>,
    /// Kinds of objects that it keeps.
    pub object_types: Vec<ObjectType>,
    /// Who made it.
    pub vendor_identification: Option<String>,
    /// The vendor's own structure, as it came.
    pub server_information: Option<OwnedItem>,
    /// Namespaces for which the server can make up Application Data.
    pub application_namespaces: Vec<String>,
}

impl QueryResponse {
    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let f = &mut fields;
        let response = Self {
            operations: f.each(tag::OPERATION, Fields::enumeration)?,
            object_types: f.each(tag::OBJECT_TYPE, Fields::enumeration)?,
            vendor_identification: f
                .opt(tag::VENDOR_IDENTIFICATION, Fields::text)?
                .map(str::to_owned),
            server_information: f
                .opt(tag::SERVER_INFORMATION, reader::any_item)?
                .map(|item| item.to_owned_item()),
            application_namespaces: f
                .each(tag::APPLICATION_NAMESPACE, Fields::text)?
                .into_iter()
                .map(str::to_owned)
                .collect(),
        };
        fields.finish()?;
        Ok(response)
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        for operation in &self.operations {
            if version.knows(operation.since()) {
                out.enumeration(tag::OPERATION, *operation);
            }
        }
        for object_type in &self.object_types {
            if version.knows(object_type.since()) {
                out.enumeration(tag::OBJECT_TYPE, *object_type);
            }
        }
        let vendor = self.vendor_identification.as_deref();
        opt(out, tag::VENDOR_IDENTIFICATION, vendor, Writer::text);
        if let Some(information) = &self.server_information {
            write::owned_item(out, information);
        }
        for namespace in &self.application_namespaces {
            out.text(tag::APPLICATION_NAMESPACE, namespace);
        }
    }
}
