//! The operation `Query` (KMIP 1.0, 4.24; KMIP 2.1, 6.1.40).
//!
//! May touch: nothing.

use crate::enumeration::{
    AttestationType, ClientRegistrationMethod, ObjectType, Operation, QueryFunction,
};
use crate::structure::{
    CapabilityInformation, DefaultsInformation, ExtensionInformation, ObjectGroups,
    ProfileInformation, ProtectionStorageMasks, RngParameters, ServerInformation,
    ValidationInformation,
};

structure! {
    /// Asks what the server can do (KMIP 1.0, 4.24; KMIP 2.1, 6.1.40).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct QueryRequest {
        /// What to tell.
        functions: Vec<QueryFunction> = QUERY_FUNCTION,
        /// For objects of these groups.
        object_groups: Option<ObjectGroups> = OBJECT_GROUPS,
    }
}

impl QueryRequest {
    /// Asks for these.
    #[must_use]
    pub const fn new(functions: Vec<QueryFunction>) -> Self {
        Self {
            functions,
            object_groups: None,
        }
    }
}

structure! {
    /// What the server can do: what was asked for, no more (KMIP 1.0, 4.24; KMIP 2.1, 6.1.40).
    ///
    /// A client that is asked the same by the server (KMIP 1.4, 5.4; KMIP 2.1, 6.2.4) answers with
    /// this, too, without the last fields.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct QueryResponse {
        /// Operations that the server knows.
        operations: Vec<Operation> = OPERATION,
        /// Kinds of objects that it keeps.
        object_types: Vec<ObjectType> = OBJECT_TYPE,
        /// Who made it.
        vendor_identification: Option<String> = VENDOR_IDENTIFICATION,
        /// Who and what it is.
        server_information: Option<Box<ServerInformation>> = SERVER_INFORMATION,
        /// Namespaces for which the server can make up Application Data.
        application_namespaces: Vec<String> = APPLICATION_NAMESPACE,
        /// Tags of the vendor's own.
        extension_information: Vec<ExtensionInformation> = EXTENSION_INFORMATION,
        /// Ways in which a client may attest what it is.
        attestation_types: Vec<AttestationType> = ATTESTATION_TYPE,
        /// Random number generators.
        rng_parameters: Vec<RngParameters> = RNG_PARAMETERS,
        /// Profiles that it conforms to.
        profile_information: Vec<ProfileInformation> = PROFILE_INFORMATION,
        /// Formal validations.
        validation_information: Vec<ValidationInformation> = VALIDATION_INFORMATION,
        /// What it can do beside operations.
        capability_information: Vec<CapabilityInformation> = CAPABILITY_INFORMATION,
        /// How clients are made known to it.
        client_registration_methods: Vec<ClientRegistrationMethod> = CLIENT_REGISTRATION_METHOD,
        /// Attributes that it sets where a client names none.
        defaults_information: Option<DefaultsInformation> = DEFAULTS_INFORMATION,
        /// Where it can store objects.
        protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS,
    }
}
