//! The operation `Discover Versions` (KMIP 1.1, 4.26).
//!
//! May touch: nothing.

use strongroom_ttlv::Writer;

use crate::error::MessageError;
use crate::message::protocol_version;
use crate::reader::Reader;
use crate::{ProtocolVersion, tag};

/// Asks which versions the server speaks (KMIP 1.1, 4.26).
///
/// ```text
/// Request Payload 0x420079 Structure
///   Protocol Version 0x420069 Structure   any number, best first; none: all of them
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DiscoverVersionsRequest {
    /// The versions of interest, best first; none: all of them.
    pub protocol_versions: Vec<ProtocolVersion>,
}

impl DiscoverVersionsRequest {
    /// Asks which of these versions the server speaks.
    #[must_use]
    pub const fn new(protocol_versions: Vec<ProtocolVersion>) -> Self {
        Self { protocol_versions }
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let protocol_versions =
            fields.structures(tag::PROTOCOL_VERSION, protocol_version::decode)?;
        fields.finish()?;
        Ok(Self { protocol_versions })
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>) {
        for version in &self.protocol_versions {
            protocol_version::encode(*version, out);
        }
    }
}

/// The versions that the server speaks (KMIP 1.1, 4.26).
///
/// ```text
/// Response Payload 0x42007C Structure
///   Protocol Version 0x420069 Structure   any number, the server's best first
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DiscoverVersionsResponse {
    /// The versions, the server's best first; none: none of those asked for.
    pub protocol_versions: Vec<ProtocolVersion>,
}

impl DiscoverVersionsResponse {
    /// The server speaks these versions.
    #[must_use]
    pub const fn new(protocol_versions: Vec<ProtocolVersion>) -> Self {
        Self { protocol_versions }
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let protocol_versions =
            fields.structures(tag::PROTOCOL_VERSION, protocol_version::decode)?;
        fields.finish()?;
        Ok(Self { protocol_versions })
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>) {
        for version in &self.protocol_versions {
            protocol_version::encode(*version, out);
        }
    }
}
