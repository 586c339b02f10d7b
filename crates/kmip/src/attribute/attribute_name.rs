//! Names of attributes, spelled exactly as the specification spells them, and their first versions.
//!
//! A misspelt name makes a server find nothing, and a client make a second key. Use these.
//! May touch: nothing.

use crate::version::ProtocolVersion;

/// `Activation Date` (KMIP 1.0).
pub const ACTIVATION_DATE: &str = "Activation Date";
/// `Alternative Name` (KMIP 1.2).
pub const ALTERNATIVE_NAME: &str = "Alternative Name";
/// `Always Sensitive` (KMIP 1.4).
pub const ALWAYS_SENSITIVE: &str = "Always Sensitive";
/// `Application Specific Information` (KMIP 1.0).
pub const APPLICATION_SPECIFIC_INFORMATION: &str = "Application Specific Information";
/// `Archive Date` (KMIP 1.0).
pub const ARCHIVE_DATE: &str = "Archive Date";
/// `Certificate Identifier` (KMIP 1.0).
pub const CERTIFICATE_IDENTIFIER: &str = "Certificate Identifier";
/// `Certificate Issuer` (KMIP 1.0).
pub const CERTIFICATE_ISSUER: &str = "Certificate Issuer";
/// `Certificate Length` (KMIP 1.1).
pub const CERTIFICATE_LENGTH: &str = "Certificate Length";
/// `Certificate Subject` (KMIP 1.0).
pub const CERTIFICATE_SUBJECT: &str = "Certificate Subject";
/// `Certificate Type` (KMIP 1.0).
pub const CERTIFICATE_TYPE: &str = "Certificate Type";
/// `Comment` (KMIP 1.4).
pub const COMMENT: &str = "Comment";
/// `Compromise Date` (KMIP 1.0).
pub const COMPROMISE_DATE: &str = "Compromise Date";
/// `Compromise Occurrence Date` (KMIP 1.0).
pub const COMPROMISE_OCCURRENCE_DATE: &str = "Compromise Occurrence Date";
/// `Contact Information` (KMIP 1.0).
pub const CONTACT_INFORMATION: &str = "Contact Information";
/// `Cryptographic Algorithm` (KMIP 1.0).
pub const CRYPTOGRAPHIC_ALGORITHM: &str = "Cryptographic Algorithm";
/// `Cryptographic Domain Parameters` (KMIP 1.0).
pub const CRYPTOGRAPHIC_DOMAIN_PARAMETERS: &str = "Cryptographic Domain Parameters";
/// `Cryptographic Length` (KMIP 1.0).
pub const CRYPTOGRAPHIC_LENGTH: &str = "Cryptographic Length";
/// `Cryptographic Parameters` (KMIP 1.0).
pub const CRYPTOGRAPHIC_PARAMETERS: &str = "Cryptographic Parameters";
/// `Cryptographic Usage Mask` (KMIP 1.0).
pub const CRYPTOGRAPHIC_USAGE_MASK: &str = "Cryptographic Usage Mask";
/// `Deactivation Date` (KMIP 1.0).
pub const DEACTIVATION_DATE: &str = "Deactivation Date";
/// `Description` (KMIP 1.4).
pub const DESCRIPTION: &str = "Description";
/// `Destroy Date` (KMIP 1.0).
pub const DESTROY_DATE: &str = "Destroy Date";
/// `Digest` (KMIP 1.0).
pub const DIGEST: &str = "Digest";
/// `Digital Signature Algorithm` (KMIP 1.1).
pub const DIGITAL_SIGNATURE_ALGORITHM: &str = "Digital Signature Algorithm";
/// `Extractable` (KMIP 1.4).
pub const EXTRACTABLE: &str = "Extractable";
/// `Fresh` (KMIP 1.1).
pub const FRESH: &str = "Fresh";
/// `Initial Date` (KMIP 1.0).
pub const INITIAL_DATE: &str = "Initial Date";
/// `Key Value Location` (KMIP 1.2).
pub const KEY_VALUE_LOCATION: &str = "Key Value Location";
/// `Key Value Present` (KMIP 1.2).
pub const KEY_VALUE_PRESENT: &str = "Key Value Present";
/// `Last Change Date` (KMIP 1.0).
pub const LAST_CHANGE_DATE: &str = "Last Change Date";
/// `Lease Time` (KMIP 1.0).
pub const LEASE_TIME: &str = "Lease Time";
/// `Link` (KMIP 1.0).
pub const LINK: &str = "Link";
/// `Name` (KMIP 1.0).
pub const NAME: &str = "Name";
/// `Never Extractable` (KMIP 1.4).
pub const NEVER_EXTRACTABLE: &str = "Never Extractable";
/// `Object Group` (KMIP 1.0).
pub const OBJECT_GROUP: &str = "Object Group";
/// `Object Type` (KMIP 1.0).
pub const OBJECT_TYPE: &str = "Object Type";
/// `Operation Policy Name` (KMIP 1.0).
pub const OPERATION_POLICY_NAME: &str = "Operation Policy Name";
/// `Original Creation Date` (KMIP 1.2).
pub const ORIGINAL_CREATION_DATE: &str = "Original Creation Date";
/// `PKCS#12 Friendly Name` (KMIP 1.4).
pub const PKCS_12_FRIENDLY_NAME: &str = "PKCS#12 Friendly Name";
/// `Process Start Date` (KMIP 1.0).
pub const PROCESS_START_DATE: &str = "Process Start Date";
/// `Protect Stop Date` (KMIP 1.0).
pub const PROTECT_STOP_DATE: &str = "Protect Stop Date";
/// `Random Number Generator` (KMIP 1.3).
pub const RANDOM_NUMBER_GENERATOR: &str = "Random Number Generator";
/// `Revocation Reason` (KMIP 1.0).
pub const REVOCATION_REASON: &str = "Revocation Reason";
/// `Sensitive` (KMIP 1.4).
pub const SENSITIVE: &str = "Sensitive";
/// `State` (KMIP 1.0).
pub const STATE: &str = "State";
/// `Unique Identifier` (KMIP 1.0).
pub const UNIQUE_IDENTIFIER: &str = "Unique Identifier";
/// `Usage Limits` (KMIP 1.0).
pub const USAGE_LIMITS: &str = "Usage Limits";
/// `X.509 Certificate Identifier` (KMIP 1.1).
pub const X_509_CERTIFICATE_IDENTIFIER: &str = "X.509 Certificate Identifier";
/// `X.509 Certificate Issuer` (KMIP 1.1).
pub const X_509_CERTIFICATE_ISSUER: &str = "X.509 Certificate Issuer";
/// `X.509 Certificate Subject` (KMIP 1.1).
pub const X_509_CERTIFICATE_SUBJECT: &str = "X.509 Certificate Subject";

/// Every attribute name of KMIP 1.0-1.4 with the version that brought it.
pub const KNOWN: &[(&str, ProtocolVersion)] = &[
    (ACTIVATION_DATE, ProtocolVersion::V1_0),
    (ALTERNATIVE_NAME, ProtocolVersion::V1_2),
    (ALWAYS_SENSITIVE, ProtocolVersion::V1_4),
    (APPLICATION_SPECIFIC_INFORMATION, ProtocolVersion::V1_0),
    (ARCHIVE_DATE, ProtocolVersion::V1_0),
    (CERTIFICATE_IDENTIFIER, ProtocolVersion::V1_0),
    (CERTIFICATE_ISSUER, ProtocolVersion::V1_0),
    (CERTIFICATE_LENGTH, ProtocolVersion::V1_1),
    (CERTIFICATE_SUBJECT, ProtocolVersion::V1_0),
    (CERTIFICATE_TYPE, ProtocolVersion::V1_0),
    (COMMENT, ProtocolVersion::V1_4),
    (COMPROMISE_DATE, ProtocolVersion::V1_0),
    (COMPROMISE_OCCURRENCE_DATE, ProtocolVersion::V1_0),
    (CONTACT_INFORMATION, ProtocolVersion::V1_0),
    (CRYPTOGRAPHIC_ALGORITHM, ProtocolVersion::V1_0),
    (CRYPTOGRAPHIC_DOMAIN_PARAMETERS, ProtocolVersion::V1_0),
    (CRYPTOGRAPHIC_LENGTH, ProtocolVersion::V1_0),
    (CRYPTOGRAPHIC_PARAMETERS, ProtocolVersion::V1_0),
    (CRYPTOGRAPHIC_USAGE_MASK, ProtocolVersion::V1_0),
    (DEACTIVATION_DATE, ProtocolVersion::V1_0),
    (DESCRIPTION, ProtocolVersion::V1_4),
    (DESTROY_DATE, ProtocolVersion::V1_0),
    (DIGEST, ProtocolVersion::V1_0),
    (DIGITAL_SIGNATURE_ALGORITHM, ProtocolVersion::V1_1),
    (EXTRACTABLE, ProtocolVersion::V1_4),
    (FRESH, ProtocolVersion::V1_1),
    (INITIAL_DATE, ProtocolVersion::V1_0),
    (KEY_VALUE_LOCATION, ProtocolVersion::V1_2),
    (KEY_VALUE_PRESENT, ProtocolVersion::V1_2),
    (LAST_CHANGE_DATE, ProtocolVersion::V1_0),
    (LEASE_TIME, ProtocolVersion::V1_0),
    (LINK, ProtocolVersion::V1_0),
    (NAME, ProtocolVersion::V1_0),
    (NEVER_EXTRACTABLE, ProtocolVersion::V1_4),
    (OBJECT_GROUP, ProtocolVersion::V1_0),
    (OBJECT_TYPE, ProtocolVersion::V1_0),
    (OPERATION_POLICY_NAME, ProtocolVersion::V1_0),
    (ORIGINAL_CREATION_DATE, ProtocolVersion::V1_2),
    (PKCS_12_FRIENDLY_NAME, ProtocolVersion::V1_4),
    (PROCESS_START_DATE, ProtocolVersion::V1_0),
    (PROTECT_STOP_DATE, ProtocolVersion::V1_0),
    (RANDOM_NUMBER_GENERATOR, ProtocolVersion::V1_3),
    (REVOCATION_REASON, ProtocolVersion::V1_0),
    (SENSITIVE, ProtocolVersion::V1_4),
    (STATE, ProtocolVersion::V1_0),
    (UNIQUE_IDENTIFIER, ProtocolVersion::V1_0),
    (USAGE_LIMITS, ProtocolVersion::V1_0),
    (X_509_CERTIFICATE_IDENTIFIER, ProtocolVersion::V1_1),
    (X_509_CERTIFICATE_ISSUER, ProtocolVersion::V1_1),
    (X_509_CERTIFICATE_SUBJECT, ProtocolVersion::V1_1),
];

/// The first version that has the attribute `name`; `None` for custom (`x-`, `y-`) and vendor names.
#[must_use]
pub fn since(name: &str) -> Option<ProtocolVersion> {
    KNOWN
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, since)| *since)
}
