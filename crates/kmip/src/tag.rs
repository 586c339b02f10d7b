//! Tags of KMIP 1.0-1.4 that this crate reads or writes (KMIP 1.0, 9.1.3.1).
//!
//! May touch: numbers only. Each line names the version that brought the tag.

use strongroom_ttlv::Tag;

/// Activation Date (KMIP 1.0).
pub const ACTIVATION_DATE: Tag = Tag::new(0x420001);
/// Application Data (KMIP 1.0).
pub const APPLICATION_DATA: Tag = Tag::new(0x420002);
/// Application Namespace (KMIP 1.0).
pub const APPLICATION_NAMESPACE: Tag = Tag::new(0x420003);
/// Application Specific Information (KMIP 1.0).
pub const APPLICATION_SPECIFIC_INFORMATION: Tag = Tag::new(0x420004);
/// Asynchronous Correlation Value (KMIP 1.0).
pub const ASYNCHRONOUS_CORRELATION_VALUE: Tag = Tag::new(0x420006);
/// Asynchronous Indicator (KMIP 1.0).
pub const ASYNCHRONOUS_INDICATOR: Tag = Tag::new(0x420007);
/// Attestation Capable Indicator (KMIP 1.2).
pub const ATTESTATION_CAPABLE_INDICATOR: Tag = Tag::new(0x4200D3);
/// Attestation Type (KMIP 1.2).
pub const ATTESTATION_TYPE: Tag = Tag::new(0x4200C7);
/// Attribute (KMIP 1.0).
pub const ATTRIBUTE: Tag = Tag::new(0x420008);
/// Attribute Index (KMIP 1.0).
pub const ATTRIBUTE_INDEX: Tag = Tag::new(0x420009);
/// Attribute Name (KMIP 1.0).
pub const ATTRIBUTE_NAME: Tag = Tag::new(0x42000A);
/// Attribute Value (KMIP 1.0).
pub const ATTRIBUTE_VALUE: Tag = Tag::new(0x42000B);
/// Authentication (KMIP 1.0).
pub const AUTHENTICATION: Tag = Tag::new(0x42000C);
/// Batch Count (KMIP 1.0).
pub const BATCH_COUNT: Tag = Tag::new(0x42000D);
/// Batch Error Continuation Option (KMIP 1.0).
pub const BATCH_ERROR_CONTINUATION_OPTION: Tag = Tag::new(0x42000E);
/// Batch Item (KMIP 1.0).
pub const BATCH_ITEM: Tag = Tag::new(0x42000F);
/// Batch Order Option (KMIP 1.0).
pub const BATCH_ORDER_OPTION: Tag = Tag::new(0x420010);
/// Block Cipher Mode (KMIP 1.0).
pub const BLOCK_CIPHER_MODE: Tag = Tag::new(0x420011);
/// Certificate (KMIP 1.0).
pub const CERTIFICATE: Tag = Tag::new(0x420013);
/// Certificate Type (KMIP 1.0).
pub const CERTIFICATE_TYPE: Tag = Tag::new(0x42001D);
/// Certificate Value (KMIP 1.0).
pub const CERTIFICATE_VALUE: Tag = Tag::new(0x42001E);
/// Client Correlation Value (KMIP 1.4).
pub const CLIENT_CORRELATION_VALUE: Tag = Tag::new(0x420105);
/// Compromise Occurrence Date (KMIP 1.0).
pub const COMPROMISE_OCCURRENCE_DATE: Tag = Tag::new(0x420021);
/// Counter Length (KMIP 1.2).
pub const COUNTER_LENGTH: Tag = Tag::new(0x4200D0);
/// Credential (KMIP 1.0).
pub const CREDENTIAL: Tag = Tag::new(0x420023);
/// Credential Type (KMIP 1.0).
pub const CREDENTIAL_TYPE: Tag = Tag::new(0x420024);
/// Credential Value (KMIP 1.0).
pub const CREDENTIAL_VALUE: Tag = Tag::new(0x420025);
/// Criticality Indicator (KMIP 1.0).
pub const CRITICALITY_INDICATOR: Tag = Tag::new(0x420026);
/// Cryptographic Algorithm (KMIP 1.0).
pub const CRYPTOGRAPHIC_ALGORITHM: Tag = Tag::new(0x420028);
/// Cryptographic Length (KMIP 1.0).
pub const CRYPTOGRAPHIC_LENGTH: Tag = Tag::new(0x42002A);
/// Cryptographic Parameters (KMIP 1.0).
pub const CRYPTOGRAPHIC_PARAMETERS: Tag = Tag::new(0x42002B);
/// Device Identifier (KMIP 1.1).
pub const DEVICE_IDENTIFIER: Tag = Tag::new(0x4200A2);
/// Device Serial Number (KMIP 1.1).
pub const DEVICE_SERIAL_NUMBER: Tag = Tag::new(0x4200B0);
/// Digest Value (KMIP 1.0).
pub const DIGEST_VALUE: Tag = Tag::new(0x420035);
/// Digital Signature Algorithm (KMIP 1.1).
pub const DIGITAL_SIGNATURE_ALGORITHM: Tag = Tag::new(0x4200AE);
/// Encoding Option (KMIP 1.1).
pub const ENCODING_OPTION: Tag = Tag::new(0x4200A3);
/// Encryption Key Information (KMIP 1.0).
pub const ENCRYPTION_KEY_INFORMATION: Tag = Tag::new(0x420036);
/// Fixed Field Length (KMIP 1.2).
pub const FIXED_FIELD_LENGTH: Tag = Tag::new(0x4200CF);
/// Hashing Algorithm (KMIP 1.0).
pub const HASHING_ALGORITHM: Tag = Tag::new(0x420038);
/// Initial Counter Value (KMIP 1.2).
pub const INITIAL_COUNTER_VALUE: Tag = Tag::new(0x4200D1);
/// Invocation Field Length (KMIP 1.2).
pub const INVOCATION_FIELD_LENGTH: Tag = Tag::new(0x4200D2);
/// IV/Counter/Nonce (KMIP 1.0).
pub const IV_COUNTER_NONCE: Tag = Tag::new(0x42003D);
/// IV Length (KMIP 1.2).
pub const IV_LENGTH: Tag = Tag::new(0x4200CD);
/// Key (KMIP 1.0).
pub const KEY: Tag = Tag::new(0x42003F);
/// Key Block (KMIP 1.0).
pub const KEY_BLOCK: Tag = Tag::new(0x420040);
/// Key Compression Type (KMIP 1.0).
pub const KEY_COMPRESSION_TYPE: Tag = Tag::new(0x420041);
/// Key Format Type (KMIP 1.0).
pub const KEY_FORMAT_TYPE: Tag = Tag::new(0x420042);
/// Key Material (KMIP 1.0).
pub const KEY_MATERIAL: Tag = Tag::new(0x420043);
/// Key Role Type (KMIP 1.0).
pub const KEY_ROLE_TYPE: Tag = Tag::new(0x420083);
/// Key Value (KMIP 1.0).
pub const KEY_VALUE: Tag = Tag::new(0x420045);
/// Key Wrap Type (KMIP 1.4).
pub const KEY_WRAP_TYPE: Tag = Tag::new(0x4200F8);
/// Key Wrapping Data (KMIP 1.0).
pub const KEY_WRAPPING_DATA: Tag = Tag::new(0x420046);
/// Key Wrapping Specification (KMIP 1.0).
pub const KEY_WRAPPING_SPECIFICATION: Tag = Tag::new(0x420047);
/// Located Items (KMIP 1.3).
pub const LOCATED_ITEMS: Tag = Tag::new(0x4200D5);
/// Machine Identifier (KMIP 1.1).
pub const MACHINE_IDENTIFIER: Tag = Tag::new(0x4200A9);
/// MAC/Signature (KMIP 1.0).
pub const MAC_SIGNATURE: Tag = Tag::new(0x42004D);
/// MAC/Signature Key Information (KMIP 1.0).
pub const MAC_SIGNATURE_KEY_INFORMATION: Tag = Tag::new(0x42004E);
/// Mask Generator (KMIP 1.4).
pub const MASK_GENERATOR: Tag = Tag::new(0x420101);
/// Mask Generator Hashing Algorithm (KMIP 1.4).
pub const MASK_GENERATOR_HASHING_ALGORITHM: Tag = Tag::new(0x420102);
/// Maximum Items (KMIP 1.0).
pub const MAXIMUM_ITEMS: Tag = Tag::new(0x42004F);
/// Maximum Response Size (KMIP 1.0).
pub const MAXIMUM_RESPONSE_SIZE: Tag = Tag::new(0x420050);
/// Media Identifier (KMIP 1.1).
pub const MEDIA_IDENTIFIER: Tag = Tag::new(0x4200AA);
/// Message Extension (KMIP 1.0).
pub const MESSAGE_EXTENSION: Tag = Tag::new(0x420051);
/// Name (KMIP 1.0).
pub const NAME: Tag = Tag::new(0x420053);
/// Name Type (KMIP 1.0).
pub const NAME_TYPE: Tag = Tag::new(0x420054);
/// Name Value (KMIP 1.0).
pub const NAME_VALUE: Tag = Tag::new(0x420055);
/// Network Identifier (KMIP 1.1).
pub const NETWORK_IDENTIFIER: Tag = Tag::new(0x4200AB);
/// Object Group Member (KMIP 1.1).
pub const OBJECT_GROUP_MEMBER: Tag = Tag::new(0x4200AC);
/// Object Type (KMIP 1.0).
pub const OBJECT_TYPE: Tag = Tag::new(0x420057);
/// Offset Items (KMIP 1.3).
pub const OFFSET_ITEMS: Tag = Tag::new(0x4200D4);
/// Opaque Data Type (KMIP 1.0).
pub const OPAQUE_DATA_TYPE: Tag = Tag::new(0x420059);
/// Opaque Data Value (KMIP 1.0).
pub const OPAQUE_DATA_VALUE: Tag = Tag::new(0x42005A);
/// Opaque Object (KMIP 1.0).
pub const OPAQUE_OBJECT: Tag = Tag::new(0x42005B);
/// Operation (KMIP 1.0).
pub const OPERATION: Tag = Tag::new(0x42005C);
/// P Source (KMIP 1.4).
pub const P_SOURCE: Tag = Tag::new(0x420103);
/// Padding Method (KMIP 1.0).
pub const PADDING_METHOD: Tag = Tag::new(0x42005F);
/// Password (KMIP 1.0).
pub const PASSWORD: Tag = Tag::new(0x4200A1);
/// PGP Key (KMIP 1.2).
pub const PGP_KEY: Tag = Tag::new(0x4200BD);
/// Private Key (KMIP 1.0).
pub const PRIVATE_KEY: Tag = Tag::new(0x420064);
/// Protocol Version (KMIP 1.0).
pub const PROTOCOL_VERSION: Tag = Tag::new(0x420069);
/// Protocol Version Major (KMIP 1.0).
pub const PROTOCOL_VERSION_MAJOR: Tag = Tag::new(0x42006A);
/// Protocol Version Minor (KMIP 1.0).
pub const PROTOCOL_VERSION_MINOR: Tag = Tag::new(0x42006B);
/// Public Key (KMIP 1.0).
pub const PUBLIC_KEY: Tag = Tag::new(0x42006D);
/// Query Function (KMIP 1.0).
pub const QUERY_FUNCTION: Tag = Tag::new(0x420074);
/// Random IV (KMIP 1.2).
pub const RANDOM_IV: Tag = Tag::new(0x4200C5);
/// Request Header (KMIP 1.0).
pub const REQUEST_HEADER: Tag = Tag::new(0x420077);
/// Request Message (KMIP 1.0).
pub const REQUEST_MESSAGE: Tag = Tag::new(0x420078);
/// Request Payload (KMIP 1.0).
pub const REQUEST_PAYLOAD: Tag = Tag::new(0x420079);
/// Response Header (KMIP 1.0).
pub const RESPONSE_HEADER: Tag = Tag::new(0x42007A);
/// Response Message (KMIP 1.0).
pub const RESPONSE_MESSAGE: Tag = Tag::new(0x42007B);
/// Response Payload (KMIP 1.0).
pub const RESPONSE_PAYLOAD: Tag = Tag::new(0x42007C);
/// Result Message (KMIP 1.0).
pub const RESULT_MESSAGE: Tag = Tag::new(0x42007D);
/// Result Reason (KMIP 1.0).
pub const RESULT_REASON: Tag = Tag::new(0x42007E);
/// Result Status (KMIP 1.0).
pub const RESULT_STATUS: Tag = Tag::new(0x42007F);
/// Revocation Message (KMIP 1.0).
pub const REVOCATION_MESSAGE: Tag = Tag::new(0x420080);
/// Revocation Reason (KMIP 1.0).
pub const REVOCATION_REASON: Tag = Tag::new(0x420081);
/// Revocation Reason Code (KMIP 1.0).
pub const REVOCATION_REASON_CODE: Tag = Tag::new(0x420082);
/// Salt Length (KMIP 1.4).
pub const SALT_LENGTH: Tag = Tag::new(0x420100);
/// Secret Data (KMIP 1.0).
pub const SECRET_DATA: Tag = Tag::new(0x420085);
/// Secret Data Type (KMIP 1.0).
pub const SECRET_DATA_TYPE: Tag = Tag::new(0x420086);
/// Server Correlation Value (KMIP 1.4).
pub const SERVER_CORRELATION_VALUE: Tag = Tag::new(0x420106);
/// Server Information (KMIP 1.0).
pub const SERVER_INFORMATION: Tag = Tag::new(0x420088);
/// Split Key (KMIP 1.0).
pub const SPLIT_KEY: Tag = Tag::new(0x420089);
/// Storage Status Mask (KMIP 1.0).
pub const STORAGE_STATUS_MASK: Tag = Tag::new(0x42008E);
/// Symmetric Key (KMIP 1.0).
pub const SYMMETRIC_KEY: Tag = Tag::new(0x42008F);
/// Tag Length (KMIP 1.2).
pub const TAG_LENGTH: Tag = Tag::new(0x4200CE);
/// Template (KMIP 1.0).
pub const TEMPLATE: Tag = Tag::new(0x420090);
/// Template-Attribute (KMIP 1.0).
pub const TEMPLATE_ATTRIBUTE: Tag = Tag::new(0x420091);
/// Time Stamp (KMIP 1.0).
pub const TIME_STAMP: Tag = Tag::new(0x420092);
/// Trailer Field (KMIP 1.4).
pub const TRAILER_FIELD: Tag = Tag::new(0x420104);
/// Unique Batch Item ID (KMIP 1.0).
pub const UNIQUE_BATCH_ITEM_ID: Tag = Tag::new(0x420093);
/// Unique Identifier (KMIP 1.0).
pub const UNIQUE_IDENTIFIER: Tag = Tag::new(0x420094);
/// Username (KMIP 1.0).
pub const USERNAME: Tag = Tag::new(0x420099);
/// Vendor Extension (KMIP 1.0).
pub const VENDOR_EXTENSION: Tag = Tag::new(0x42009C);
/// Vendor Identification (KMIP 1.0).
pub const VENDOR_IDENTIFICATION: Tag = Tag::new(0x42009D);
/// Wrapping Method (KMIP 1.0).
pub const WRAPPING_METHOD: Tag = Tag::new(0x42009E);
/// Extension Information (KMIP 1.1).
pub const EXTENSION_INFORMATION: Tag = Tag::new(0x4200A4);
