//! What an attribute says: one variant per attribute.
//!
//! May touch: nothing.

use strongroom_ttlv::{ItemType, OwnedItem, Tag, Writer};

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
use crate::error::{Element, EncodeError, MessageError};
use crate::reader::{self, Mode, Reader};
use crate::structure::RngParameters;
use crate::value::{DateTime, Interval};
use crate::version::{ProtocolVersion, Versions};
use crate::vocabulary::{AttributeTerm, attribute_by_tag};
use crate::{UniqueIdentifier, tag, write};

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
        match self {
            Self::VendorAttribute(_) => style::is_typed(version),
            other => naming::text_is_in(other.name(), version) && other.row_is_in(version),
        }
    }

    /// Refuses what `version` does not have, as it is done before a request is written.
    ///
    /// # Errors
    ///
    /// [`EncodeError::NotInVersion`] with the attribute, or with what in it does not exist.
    pub fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        self.check_row(version)?;
        if self.is_in(version) {
            return Ok(());
        }
        let what = Element::Attribute(self.name().to_owned());
        Err(EncodeError::NotInVersion { what, version })
    }

    /// Reads the Attribute Value of the attribute `name` in 1.x.
    ///
    /// In a request a name that the version does not have is a name like any other; a known one
    /// must have its shape. An answer with a value of another shape must not hide the others.
    pub(super) fn read_named(name: &str, fields: &mut Reader<'_>) -> Result<Self, MessageError> {
        let strict = fields.mode() == Mode::Strict;
        if !strict || naming::text_is_in(name, fields.version()) {
            let mut ahead = fields.before(tag::ATTRIBUTE_VALUE)?;
            match Self::read_known(name, &mut ahead, tag::ATTRIBUTE_VALUE) {
                Ok(Some(value)) => {
                    if strict {
                        *fields = ahead;
                    }
                    return Ok(value);
                }
                Err(error) if strict => return Err(error),
                Ok(None) | Err(_) => {}
            }
        }
        Self::read_other(name.to_owned(), fields, tag::ATTRIBUTE_VALUE)
    }

    /// Reads the attribute that stands under `tag`, the next field, in 2.x.
    pub(super) fn read_typed(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        let strict = fields.mode() == Mode::Strict;
        let mut ahead = fields.before(tag)?;
        match Self::read_tagged(&mut ahead, tag, strict) {
            Ok(Some(value)) => {
                if strict {
                    *fields = ahead;
                }
                Ok(value)
            }
            Err(error) if strict => Err(error),
            Ok(None) | Err(_) => Self::read_other(naming::text_of(tag), fields, tag),
        }
    }

    /// Reads the attribute under `tag`; `None` where no attribute stands there.
    fn read_tagged(
        fields: &mut Reader<'_>,
        tag: Tag,
        strict: bool,
    ) -> Result<Option<Self>, MessageError> {
        let Some(term) = attribute_by_tag(tag) else {
            return Ok(None);
        };
        let version = fields.version();
        if strict && !version.has(Some(term.versions)) {
            return Err(MessageError::NotInVersion { tag, version });
        }
        if tag == tag::ATTRIBUTE && fields.type_of(tag)? == Some(ItemType::Structure) {
            return VendorAttribute::read(fields).map(|attribute| Some(attribute.into()));
        }
        Self::read_known(term.name, fields, tag)
    }

    /// Reads the item `tag` as the value of the attribute `name`; `None` for an unknown name.
    fn read_known(
        name: &str,
        fields: &mut Reader<'_>,
        tag: Tag,
    ) -> Result<Option<Self>, MessageError> {
        if let Some(value) = Self::read_row(name, fields, tag)? {
            return Ok(Some(value));
        }
        let attribute = CertificateAttribute::read(name, fields, tag)?;
        Ok(attribute.map(Self::CertificateAttribute))
    }

    fn read_other(name: String, fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        let value = fields.need(tag, reader::any_item)?.to_owned_item();
        Ok(Self::Other { name, value })
    }

    /// Writes the value as the item `tag`.
    pub(super) fn write_at(&self, out: &mut Writer<'_>, tag: Tag, version: ProtocolVersion) {
        match self {
            Self::CertificateAttribute(attribute) => out.text(tag, &attribute.value),
            Self::VendorAttribute(attribute) => write::owned_item_as(out, tag, attribute.value()),
            Self::Other { value, .. } => write::owned_item_as(out, tag, value),
            known => {
                known.write_row(out, tag, version);
            }
        }
    }

    /// Writes the attribute as it stands among Attributes of 2.x.
    pub(super) fn write_typed(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        let parts = match self {
            Self::VendorAttribute(attribute) => attribute.parts(),
            Self::Other { name, .. } => naming::custom_parts(name),
            _ => None,
        };
        if let Some((vendor, name)) = parts {
            out.structure(tag::ATTRIBUTE, |out| {
                out.text(tag::VENDOR_IDENTIFICATION, vendor);
                out.text(tag::ATTRIBUTE_NAME, name);
                self.write_at(out, tag::ATTRIBUTE_VALUE, version);
            });
        } else if let Some(tag) = self.tag() {
            self.write_at(out, tag, version);
        }
    }

    /// The tag in 2.x; `None` for what has none, such as a vendor's attribute.
    fn tag(&self) -> Option<Tag> {
        match self {
            Self::CertificateAttribute(attribute) => Some(attribute.part.tag()),
            Self::VendorAttribute(_) => None,
            Self::Other { name, .. } => naming::tag_of(name),
            known => known.row().map(|(_, tag)| tag),
        }
    }
}
