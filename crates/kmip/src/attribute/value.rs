//! What an attribute says: one variant per attribute.
//!
//! May touch: nothing.

mod wire;

use strongroom_ttlv::{OwnedItem, Tag};

use super::name_of_attribute::{self as naming, AttributeName};
use super::{
    AlternativeName, ApplicationSpecificInformation, CertificateAttribute, CertificateIdentifier,
    CertificateIssuer, CertificateSubject, CryptographicDomainParameters, CryptographicParameters,
    Digest, KeyValueLocation, Link, Name, RevocationReason, RotateName, UsageLimits,
    VendorAttribute, X509CertificateIdentifier, X509CertificateIssuer, X509CertificateSubject,
    style,
};
use crate::enumeration::{
    CertificateType, CryptographicAlgorithm, CryptographicUsageMask, DigitalSignatureAlgorithm,
    KeyFormatType, NistKeyType, ObjectType, OpaqueDataType, ProtectionLevel, ProtectionStorageMask,
    State,
};
use crate::error::{Element, EncodeError};
use crate::structure::RngParameters;
use crate::value::{DateTime, Interval};
use crate::version::{ProtocolVersion, Versions};
use crate::vocabulary::{AttributeTerm, attribute_by_tag};
use crate::{UniqueIdentifier, tag};

attribute_values! {
    /// What an attribute says (KMIP 1.0, 3; KMIP 2.1, 4). Numbers below are sections of KMIP 1.0
    /// where no version is named.
    ///
    /// The same value serves 1.x, where it stands as Attribute Value beside its name, and 2.x,
    /// where it stands under its own tag: what was read from one style can be written in the
    /// other. Which versions have an attribute says [`AttributeValue::is_in`].
    pub enum AttributeValue {
        /// The server's identifier of the object (3.1).
        UniqueIdentifier(UniqueIdentifier) = UNIQUE_IDENTIFIER,
        /// A client's name for the object (3.2).
        Name(Name) = NAME,
        /// Kind of the object (3.3).
        ObjectType(ObjectType) = OBJECT_TYPE,
        /// Algorithm the key is for (3.4).
        CryptographicAlgorithm(CryptographicAlgorithm) = CRYPTOGRAPHIC_ALGORITHM,
        /// Length of the key in bits (3.5).
        CryptographicLength(i32) = CRYPTOGRAPHIC_LENGTH,
        /// How the key is to be used (3.6).
        CryptographicParameters(CryptographicParameters) = CRYPTOGRAPHIC_PARAMETERS,
        /// Domain of the key's algorithm, such as its curve (3.7).
        CryptographicDomainParameters(CryptographicDomainParameters) =
            CRYPTOGRAPHIC_DOMAIN_PARAMETERS,
        /// Kind of the certificate (3.8).
        CertificateType(CertificateType) = CERTIFICATE_TYPE,
        /// Length of the certificate in octets (KMIP 1.1, 3.9).
        CertificateLength(i32) = CERTIFICATE_LENGTH,
        /// Issuer and serial number (3.9); up to 1.4, X.509 Certificate Identifier took its place.
        CertificateIdentifier(CertificateIdentifier) = CERTIFICATE_IDENTIFIER,
        /// Whom the certificate is for (3.10); up to 1.4.
        CertificateSubject(CertificateSubject) = CERTIFICATE_SUBJECT,
        /// Who made the certificate (3.11); up to 1.4.
        CertificateIssuer(CertificateIssuer) = CERTIFICATE_ISSUER,
        /// Issuer and serial number, as in the certificate (KMIP 1.1, 3.10).
        X509CertificateIdentifier(X509CertificateIdentifier) = X_509_CERTIFICATE_IDENTIFIER,
        /// Whom the certificate is for, as in the certificate (KMIP 1.1, 3.11).
        X509CertificateSubject(X509CertificateSubject) = X_509_CERTIFICATE_SUBJECT,
        /// Who made the certificate, as in the certificate (KMIP 1.1, 3.12).
        X509CertificateIssuer(X509CertificateIssuer) = X_509_CERTIFICATE_ISSUER,
        /// How the certificate or the object is signed (KMIP 1.1, 3.16).
        DigitalSignatureAlgorithm(DigitalSignatureAlgorithm) = DIGITAL_SIGNATURE_ALGORITHM,
        /// Digest of the object (3.12).
        Digest(Digest) = DIGEST,
        /// Name of the server's access policy (3.13); up to 1.4.
        OperationPolicyName(String) = OPERATION_POLICY_NAME,
        /// What the key may be used for (3.14).
        CryptographicUsageMask(CryptographicUsageMask) = CRYPTOGRAPHIC_USAGE_MASK,
        /// How long a client may use the object without asking again (3.15).
        LeaseTime(Interval) = LEASE_TIME,
        /// How much may be processed with the key (3.16).
        UsageLimits(UsageLimits) = USAGE_LIMITS,
        /// Life cycle state (3.17).
        State(State) = STATE,
        /// When the server got the object (3.18).
        InitialDate(DateTime) = INITIAL_DATE,
        /// When the object becomes Active (3.19).
        ActivationDate(DateTime) = ACTIVATION_DATE,
        /// When the key may begin to process (3.20).
        ProcessStartDate(DateTime) = PROCESS_START_DATE,
        /// When the key stops to protect (3.21).
        ProtectStopDate(DateTime) = PROTECT_STOP_DATE,
        /// When the object becomes Deactivated (3.22).
        DeactivationDate(DateTime) = DEACTIVATION_DATE,
        /// When the object was destroyed (3.23).
        DestroyDate(DateTime) = DESTROY_DATE,
        /// When the compromise is thought to have happened (3.24).
        CompromiseOccurrenceDate(DateTime) = COMPROMISE_OCCURRENCE_DATE,
        /// When the object became Compromised (3.25).
        CompromiseDate(DateTime) = COMPROMISE_DATE,
        /// Why the object was revoked (3.26).
        RevocationReason(RevocationReason) = REVOCATION_REASON,
        /// When the object was archived (3.27).
        ArchiveDate(DateTime) = ARCHIVE_DATE,
        /// A group that the object belongs to (3.28).
        ObjectGroup(String) = OBJECT_GROUP,
        /// Whether no client has got the object yet (KMIP 1.1, 3.34).
        Fresh(bool) = FRESH,
        /// Another object that belongs to this one (3.29).
        Link(Link) = LINK,
        /// A label of an application (3.30).
        ApplicationSpecificInformation(ApplicationSpecificInformation) =
            APPLICATION_SPECIFIC_INFORMATION,
        /// Whom to ask about the object (3.31).
        ContactInformation(String) = CONTACT_INFORMATION,
        /// When the object changed last (3.32).
        LastChangeDate(DateTime) = LAST_CHANGE_DATE,
        /// A further name, of a kind that may repeat between objects (KMIP 1.2, 3.40).
        AlternativeName(AlternativeName) = ALTERNATIVE_NAME,
        /// Whether the server has the key itself, not its description alone (KMIP 1.2, 3.41).
        KeyValuePresent(bool) = KEY_VALUE_PRESENT,
        /// Where the key is that the server does not have (KMIP 1.2, 3.42).
        KeyValueLocation(KeyValueLocation) = KEY_VALUE_LOCATION,
        /// When the key was made (KMIP 1.2, 3.43).
        OriginalCreationDate(DateTime) = ORIGINAL_CREATION_DATE,
        /// What the key was made with (KMIP 1.3, 3.44).
        RandomNumberGenerator(RngParameters) = RANDOM_NUMBER_GENERATOR,
        /// The name inside a PKCS#12 store (KMIP 1.4, 3.45).
        Pkcs12FriendlyName(String) = PKCS_12_FRIENDLY_NAME,
        /// What the object is for, in words (KMIP 1.4, 3.46).
        Description(String) = DESCRIPTION,
        /// What else is to be said of it, in words (KMIP 1.4, 3.47).
        Comment(String) = COMMENT,
        /// The key leaves the server wrapped only (KMIP 1.4, 3.48).
        Sensitive(bool) = SENSITIVE,
        /// Sensitive has been true all the time (KMIP 1.4, 3.49).
        AlwaysSensitive(bool) = ALWAYS_SENSITIVE,
        /// The key may leave the server (KMIP 1.4, 3.50).
        Extractable(bool) = EXTRACTABLE,
        /// Extractable has been false all the time (KMIP 1.4, 3.51).
        NeverExtractable(bool) = NEVER_EXTRACTABLE,
        /// The form in which the key is kept (KMIP 2.0, 4).
        KeyFormatType(KeyFormatType) = KEY_FORMAT_TYPE,
        /// What the key is for, in the words of NIST SP 800-57 (KMIP 2.0, 4).
        NistKeyType(NistKeyType) = NIST_KEY_TYPE,
        /// Kind of the opaque object (KMIP 2.0, 4).
        OpaqueDataType(OpaqueDataType) = OPAQUE_DATA_TYPE,
        /// How well the object has to be protected (KMIP 2.0, 4).
        ProtectionLevel(ProtectionLevel) = PROTECTION_LEVEL,
        /// How long the protection has to hold (KMIP 2.0, 4).
        ProtectionPeriod(Interval) = PROTECTION_PERIOD,
        /// Where and how the object is stored (KMIP 2.0, 4).
        ProtectionStorageMask(ProtectionStorageMask) = PROTECTION_STORAGE_MASK,
        /// Whether the object withstands quantum computers (KMIP 2.0, 4).
        QuantumSafe(bool) = QUANTUM_SAFE,
        /// The server's short identifier of the object, in octets (KMIP 2.0, 4).
        ShortUniqueIdentifier(Vec<u8>) = SHORT_UNIQUE_IDENTIFIER,
        /// Whether the server rotates the object by itself (KMIP 2.1, 4).
        RotateAutomatic(bool) = ROTATE_AUTOMATIC,
        /// When the object was rotated last (KMIP 2.1, 4).
        RotateDate(DateTime) = ROTATE_DATE,
        /// How often the object was rotated (KMIP 2.1, 4).
        RotateGeneration(i32) = ROTATE_GENERATION,
        /// How long after Initial Date the object is rotated (KMIP 2.1, 4).
        RotateInterval(Interval) = ROTATE_INTERVAL,
        /// Whether the object is the newest of its rotations (KMIP 2.1, 4).
        RotateLatest(bool) = ROTATE_LATEST,
        /// What all rotations of the object are called (KMIP 2.1, 4).
        RotateName(RotateName) = ROTATE_NAME,
        /// How long after its making the next rotation becomes Active (KMIP 2.1, 4).
        RotateOffset(Interval) = ROTATE_OFFSET,
    }
    and {
        /// A part of the certificate's subject or issuer (KMIP 2.0, 4).
        CertificateAttribute(CertificateAttribute),
        /// An attribute of a vendor beside `x` and `y` (KMIP 2.0, 4); made by
        /// [`AttributeValue::vendor`].
        VendorAttribute(VendorAttribute),
        /// A custom attribute (`x-`, `y-`), one that KMIP does not name, or one whose value is not
        /// of the specification's shape. In 2.x a custom attribute stands as the attribute of
        /// vendor `x` or `y`, whose name is the rest.
        Other {
            /// `Attribute Name`; in 2.x for a tag that no attribute has, the tag, such as
            /// `0x540001`.
            name: String,
            /// The item with the value, as it came: `Attribute Value`, or in 2.x the item of a tag.
            value: OwnedItem,
        },
    }
}

/// The name of the attribute that stands under `tag`.
const fn heading(tag: Tag) -> &'static str {
    match tag::term(tag) {
        Some(term) => term.name,
        None => "",
    }
}

impl AttributeValue {
    /// The attribute `name` of a vendor, with this value (KMIP 2.0, 4). Of the vendors `x` and
    /// `y` it is a custom attribute, which 1.x has too.
    #[must_use]
    pub fn vendor(vendor_identification: &str, name: &str, value: OwnedItem) -> Self {
        VendorAttribute::new(vendor_identification, name, value).into()
    }

    /// The attribute's name as text: as it stands in `Attribute Name` in 1.x, else as
    /// [`AttributeName`] puts it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::CertificateAttribute(attribute) => attribute.part.name(),
            Self::VendorAttribute(attribute) => attribute.name(),
            Self::Other { name, .. } => name,
            known => known.row().map_or("", |(name, _)| name),
        }
    }

    /// The attribute's name, to ask for it or to compare with what was asked for.
    #[must_use]
    pub fn attribute_name(&self) -> AttributeName {
        match self {
            Self::VendorAttribute(attribute) => attribute.attribute_name().clone(),
            other => other.name().into(),
        }
    }

    /// What the specification says of the attribute; `None` for one that it does not name.
    #[must_use]
    pub fn term(&self) -> Option<&'static AttributeTerm> {
        match self {
            Self::VendorAttribute(_) => attribute_by_tag(tag::ATTRIBUTE),
            other => naming::term(other.name()),
        }
    }

    /// The first version that has this attribute; `None` where no version names it.
    #[must_use]
    pub fn since(&self) -> Option<ProtocolVersion> {
        self.term().map(|term| Versions::first(term.versions))
    }

    /// Whether `version` has this attribute and what its value cannot do without; if not,
    /// answers of `version` are written without the attribute.
    #[must_use]
    pub fn is_in(&self, version: ProtocolVersion) -> bool {
        self.is_named_in(version) && self.row_is_in(version)
    }

    /// Whether `version` has this attribute, whatever its value.
    fn is_named_in(&self, version: ProtocolVersion) -> bool {
        match self {
            Self::VendorAttribute(_) => style::is_typed(version),
            other => naming::text_is_in(other.name(), version),
        }
    }

    /// Refuses what `version` does not have, as it is done before a request is written.
    ///
    /// # Errors
    ///
    /// [`EncodeError::NotInVersion`] with the attribute, or with what in it does not exist.
    pub fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        if self.is_named_in(version) {
            return self.check_row(version);
        }
        let what = Element::Attribute(self.name().to_owned());
        Err(EncodeError::NotInVersion { what, version })
    }
}
