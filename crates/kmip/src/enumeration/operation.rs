//! `Operation`: operation of a batch item (KMIP 1.0, 9.1.3.2.26).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Operation of a batch item (KMIP 1.0, 9.1.3.2.26).
    Operation {
        CREATE = 0x01, "Create", V1_0;
        CREATE_KEY_PAIR = 0x02, "Create Key Pair", V1_0;
        REGISTER = 0x03, "Register", V1_0;
        RE_KEY = 0x04, "Re-key", V1_0;
        DERIVE_KEY = 0x05, "Derive Key", V1_0;
        CERTIFY = 0x06, "Certify", V1_0;
        RE_CERTIFY = 0x07, "Re-certify", V1_0;
        LOCATE = 0x08, "Locate", V1_0;
        CHECK = 0x09, "Check", V1_0;
        GET = 0x0A, "Get", V1_0;
        GET_ATTRIBUTES = 0x0B, "Get Attributes", V1_0;
        GET_ATTRIBUTE_LIST = 0x0C, "Get Attribute List", V1_0;
        ADD_ATTRIBUTE = 0x0D, "Add Attribute", V1_0;
        MODIFY_ATTRIBUTE = 0x0E, "Modify Attribute", V1_0;
        DELETE_ATTRIBUTE = 0x0F, "Delete Attribute", V1_0;
        OBTAIN_LEASE = 0x10, "Obtain Lease", V1_0;
        GET_USAGE_ALLOCATION = 0x11, "Get Usage Allocation", V1_0;
        ACTIVATE = 0x12, "Activate", V1_0;
        REVOKE = 0x13, "Revoke", V1_0;
        DESTROY = 0x14, "Destroy", V1_0;
        ARCHIVE = 0x15, "Archive", V1_0;
        RECOVER = 0x16, "Recover", V1_0;
        VALIDATE = 0x17, "Validate", V1_0;
        QUERY = 0x18, "Query", V1_0;
        CANCEL = 0x19, "Cancel", V1_0;
        POLL = 0x1A, "Poll", V1_0;
        NOTIFY = 0x1B, "Notify", V1_0;
        PUT = 0x1C, "Put", V1_0;
        RE_KEY_KEY_PAIR = 0x1D, "Re-key Key Pair", V1_1;
        DISCOVER_VERSIONS = 0x1E, "Discover Versions", V1_1;
        ENCRYPT = 0x1F, "Encrypt", V1_2;
        DECRYPT = 0x20, "Decrypt", V1_2;
        SIGN = 0x21, "Sign", V1_2;
        SIGNATURE_VERIFY = 0x22, "Signature Verify", V1_2;
        MAC = 0x23, "MAC", V1_2;
        MAC_VERIFY = 0x24, "MAC Verify", V1_2;
        RNG_RETRIEVE = 0x25, "RNG Retrieve", V1_2;
        RNG_SEED = 0x26, "RNG Seed", V1_2;
        HASH = 0x27, "Hash", V1_2;
        CREATE_SPLIT_KEY = 0x28, "Create Split Key", V1_2;
        JOIN_SPLIT_KEY = 0x29, "Join Split Key", V1_2;
        IMPORT = 0x2A, "Import", V1_4;
        EXPORT = 0x2B, "Export", V1_4;
        LOG = 0x2C, "Log", V2_0;
        LOGIN = 0x2D, "Login", V2_0;
        LOGOUT = 0x2E, "Logout", V2_0;
        DELEGATED_LOGIN = 0x2F, "Delegated Login", V2_0;
        ADJUST_ATTRIBUTE = 0x30, "Adjust Attribute", V2_0;
        SET_ATTRIBUTE = 0x31, "Set Attribute", V2_0;
        SET_ENDPOINT_ROLE = 0x32, "Set Endpoint Role", V2_0;
        PKCS_11 = 0x33, "PKCS#11", V2_0;
        INTEROP = 0x34, "Interop", V2_0;
        RE_PROVISION = 0x35, "Re-Provision", V2_0;
        SET_DEFAULTS = 0x36, "Set Defaults", V2_1;
        SET_CONSTRAINTS = 0x37, "Set Constraints", V2_1;
        GET_CONSTRAINTS = 0x38, "Get Constraints", V2_1;
        QUERY_ASYNCHRONOUS_REQUESTS = 0x39, "Query Asynchronous Requests", V2_1;
        PROCESS = 0x3A, "Process", V2_1;
        PING = 0x3B, "Ping", V2_1;
    }
}
