//! The operation `Set Endpoint Role` (KMIP 2.0, 6.1.48 and 6.2.5; KMIP 2.1, 6.1.54 and 6.2.5).
//!
//! May touch: nothing.

use crate::enumeration::EndpointRole;

structure! {
    /// Asks the other end of the connection to be client or server from now on (KMIP 2.0, 6.1.48;
    /// KMIP 2.1, 6.1.54).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SetEndpointRoleRequest {
        /// The role that the other end shall take.
        endpoint_role: EndpointRole = ENDPOINT_ROLE,
    }
}

impl SetEndpointRoleRequest {
    /// Asks for this role.
    #[must_use]
    pub const fn new(endpoint_role: EndpointRole) -> Self {
        Self { endpoint_role }
    }
}

structure! {
    /// The role that is taken (KMIP 2.0, 6.1.48; KMIP 2.1, 6.1.54).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SetEndpointRoleResponse {
        /// The role.
        endpoint_role: EndpointRole = ENDPOINT_ROLE,
    }
}

impl SetEndpointRoleResponse {
    /// This role is taken.
    #[must_use]
    pub const fn new(endpoint_role: EndpointRole) -> Self {
        Self { endpoint_role }
    }
}
