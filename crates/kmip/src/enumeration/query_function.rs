//! `Query Function`: what a Query asks for (KMIP 1.0, 9.1.3.2.23).
//!
//! May touch: numbers and names only.

open_enum! {
    /// What a Query asks for (KMIP 1.0, 9.1.3.2.23).
    QueryFunction {
        OPERATIONS = 0x01, "Query Operations", V1_0;
        OBJECTS = 0x02, "Query Objects", V1_0;
        SERVER_INFORMATION = 0x03, "Query Server Information", V1_0;
        APPLICATION_NAMESPACES = 0x04, "Query Application Namespaces", V1_0;
        EXTENSION_LIST = 0x05, "Query Extension List", V1_1;
        EXTENSION_MAP = 0x06, "Query Extension Map", V1_1;
        ATTESTATION_TYPES = 0x07, "Query Attestation Types", V1_2;
        RNGS = 0x08, "Query RNGs", V1_3;
        VALIDATIONS = 0x09, "Query Validations", V1_3;
        PROFILES = 0x0A, "Query Profiles", V1_3;
        CAPABILITIES = 0x0B, "Query Capabilities", V1_3;
        CLIENT_REGISTRATION_METHODS = 0x0C, "Query Client Registration Methods", V1_3;
        DEFAULTS_INFORMATION = 0x0D, "Query Defaults Information", V2_0;
        STORAGE_PROTECTION_MASKS = 0x0E, "Query Storage Protection Masks", V2_0;
    }
}
