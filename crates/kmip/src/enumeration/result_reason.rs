//! `Result Reason`: why an operation failed (KMIP 1.0, 9.1.3.2.28).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Why an operation failed (KMIP 1.0, 9.1.3.2.28).
    ResultReason {
        ITEM_NOT_FOUND = 0x01, "Item Not Found", V1_0;
        RESPONSE_TOO_LARGE = 0x02, "Response Too Large", V1_0;
        AUTHENTICATION_NOT_SUCCESSFUL = 0x03, "Authentication Not Successful", V1_0;
        INVALID_MESSAGE = 0x04, "Invalid Message", V1_0;
        OPERATION_NOT_SUPPORTED = 0x05, "Operation Not Supported", V1_0;
        MISSING_DATA = 0x06, "Missing Data", V1_0;
        INVALID_FIELD = 0x07, "Invalid Field", V1_0;
        FEATURE_NOT_SUPPORTED = 0x08, "Feature Not Supported", V1_0;
        OPERATION_CANCELED_BY_REQUESTER = 0x09, "Operation Canceled By Requester", V1_0;
        CRYPTOGRAPHIC_FAILURE = 0x0A, "Cryptographic Failure", V1_0;
        ILLEGAL_OPERATION = 0x0B, "Illegal Operation", V1_0;
        PERMISSION_DENIED = 0x0C, "Permission Denied", V1_0;
        OBJECT_ARCHIVED = 0x0D, "Object Archived", V1_0;
        INDEX_OUT_OF_BOUNDS = 0x0E, "Index Out of Bounds", V1_0;
        APPLICATION_NAMESPACE_NOT_SUPPORTED = 0x0F, "Application Namespace Not Supported", V1_0;
        KEY_FORMAT_TYPE_NOT_SUPPORTED = 0x10, "Key Format Type Not Supported", V1_0;
        KEY_COMPRESSION_TYPE_NOT_SUPPORTED = 0x11, "Key Compression Type Not Supported", V1_0;
        ENCODING_OPTION_ERROR = 0x12, "Encoding Option Error", V1_1;
        KEY_VALUE_NOT_PRESENT = 0x13, "Key Value Not Present", V1_2;
        ATTESTATION_REQUIRED = 0x14, "Attestation Required", V1_2;
        ATTESTATION_FAILED = 0x15, "Attestation Failed", V1_2;
        SENSITIVE = 0x16, "Sensitive", V1_4;
        NOT_EXTRACTABLE = 0x17, "Not Extractable", V1_4;
        OBJECT_ALREADY_EXISTS = 0x18, "Object Already Exists", V1_4;
        INVALID_TICKET = 0x19, "Invalid Ticket", V2_0;
        USAGE_LIMIT_EXCEEDED = 0x1A, "Usage Limit Exceeded", V2_0;
        NUMERIC_RANGE = 0x1B, "Numeric Range", V2_0;
        INVALID_DATA_TYPE = 0x1C, "Invalid Data Type", V2_0;
        READ_ONLY_ATTRIBUTE = 0x1D, "Read Only Attribute", V2_0;
        MULTI_VALUED_ATTRIBUTE = 0x1E, "Multi Valued Attribute", V2_0;
        UNSUPPORTED_ATTRIBUTE = 0x1F, "Unsupported Attribute", V2_0;
        ATTRIBUTE_INSTANCE_NOT_FOUND = 0x20, "Attribute Instance Not Found", V2_0;
        ATTRIBUTE_NOT_FOUND = 0x21, "Attribute Not Found", V2_0;
        ATTRIBUTE_READ_ONLY = 0x22, "Attribute Read Only", V2_0;
        ATTRIBUTE_SINGLE_VALUED = 0x23, "Attribute Single Valued", V2_0;
        BAD_CRYPTOGRAPHIC_PARAMETERS = 0x24, "Bad Cryptographic Parameters", V2_0;
        BAD_PASSWORD = 0x25, "Bad Password", V2_0;
        CODEC_ERROR = 0x26, "Codec Error", V2_0;
        ILLEGAL_OBJECT_TYPE = 0x28, "Illegal Object Type", V2_0;
        INCOMPATIBLE_CRYPTOGRAPHIC_USAGE_MASK = 0x29, "Incompatible Cryptographic Usage Mask", V2_0;
        INTERNAL_SERVER_ERROR = 0x2A, "Internal Server Error", V2_0;
        INVALID_ASYNCHRONOUS_CORRELATION_VALUE = 0x2B, "Invalid Asynchronous Correlation Value", V2_0;
        INVALID_ATTRIBUTE = 0x2C, "Invalid Attribute", V2_0;
        INVALID_ATTRIBUTE_VALUE = 0x2D, "Invalid Attribute Value", V2_0;
        INVALID_CORRELATION_VALUE = 0x2E, "Invalid Correlation Value", V2_0;
        INVALID_CSR = 0x2F, "Invalid CSR", V2_0;
        INVALID_OBJECT_TYPE = 0x30, "Invalid Object Type", V2_0;
        KEY_WRAP_TYPE_NOT_SUPPORTED = 0x32, "Key Wrap Type Not Supported", V2_0;
        MISSING_INITIALIZATION_VECTOR = 0x34, "Missing Initialization Vector", V2_0;
        NON_UNIQUE_NAME_ATTRIBUTE = 0x35, "Non Unique Name Attribute", V2_0;
        OBJECT_DESTROYED = 0x36, "Object Destroyed", V2_0;
        OBJECT_NOT_FOUND = 0x37, "Object Not Found", V2_0;
        NOT_AUTHORISED = 0x39, "Not Authorised", V2_0;
        SERVER_LIMIT_EXCEEDED = 0x3A, "Server Limit Exceeded", V2_0;
        UNKNOWN_ENUMERATION = 0x3B, "Unknown Enumeration", V2_0;
        UNKNOWN_MESSAGE_EXTENSION = 0x3C, "Unknown Message Extension", V2_0;
        UNKNOWN_TAG = 0x3D, "Unknown Tag", V2_0;
        UNSUPPORTED_CRYPTOGRAPHIC_PARAMETERS = 0x3E, "Unsupported Cryptographic Parameters", V2_0;
        UNSUPPORTED_PROTOCOL_VERSION = 0x3F, "Unsupported Protocol Version", V2_0;
        WRAPPING_OBJECT_ARCHIVED = 0x40, "Wrapping Object Archived", V2_0;
        WRAPPING_OBJECT_DESTROYED = 0x41, "Wrapping Object Destroyed", V2_0;
        WRAPPING_OBJECT_NOT_FOUND = 0x42, "Wrapping Object Not Found", V2_0;
        WRONG_KEY_LIFECYCLE_STATE = 0x43, "Wrong Key Lifecycle State", V2_0;
        PROTECTION_STORAGE_UNAVAILABLE = 0x44, "Protection Storage Unavailable", V2_0;
        PKCS_11_CODEC_ERROR = 0x45, "PKCS#11 Codec Error", V2_0;
        PKCS_11_INVALID_FUNCTION = 0x46, "PKCS#11 Invalid Function", V2_0;
        PKCS_11_INVALID_INTERFACE = 0x47, "PKCS#11 Invalid Interface", V2_0;
        PRIVATE_PROTECTION_STORAGE_UNAVAILABLE = 0x48, "Private Protection Storage Unavailable", V2_0;
        PUBLIC_PROTECTION_STORAGE_UNAVAILABLE = 0x49, "Public Protection Storage Unavailable", V2_0;
        UNKNOWN_OBJECT_GROUP = 0x4A, "Unknown Object Group", V2_1;
        CONSTRAINT_VIOLATION = 0x4B, "Constraint Violation", V2_1;
        DUPLICATE_PROCESS_REQUEST = 0x4C, "Duplicate Process Request", V2_1;
        GENERAL_FAILURE = 0x100, "General Failure", V1_0;
    }
}
