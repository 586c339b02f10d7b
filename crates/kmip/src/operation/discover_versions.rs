//! The operation `Discover Versions` (KMIP 1.1, 4.26).
//!
//! May touch: nothing.

use crate::ProtocolVersion;

structure! {
    /// Asks which versions the server speaks (KMIP 1.1, 4.26).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct DiscoverVersionsRequest {
        /// The versions of interest, best first; none: all of them.
        protocol_versions: Vec<ProtocolVersion> = PROTOCOL_VERSION,
    }
}

impl DiscoverVersionsRequest {
    /// Asks which of these versions the server speaks.
    #[must_use]
    pub const fn new(protocol_versions: Vec<ProtocolVersion>) -> Self {
        Self { protocol_versions }
    }
}

structure! {
    /// The versions that the server speaks (KMIP 1.1, 4.26).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct DiscoverVersionsResponse {
        /// The versions, the server's best first; none: none of those asked for.
        protocol_versions: Vec<ProtocolVersion> = PROTOCOL_VERSION,
    }
}

impl DiscoverVersionsResponse {
    /// The server speaks these versions.
    #[must_use]
    pub const fn new(protocol_versions: Vec<ProtocolVersion>) -> Self {
        Self { protocol_versions }
    }
}
