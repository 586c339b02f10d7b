//! `Certificate Attributes`: the parts of a certificate's subject and issuer (KMIP 2.0, 4).
//!
//! May touch: constant tables.

use strongroom_ttlv::Tag;

use crate::error::MessageError;
use crate::field::Field;
use crate::reader::Reader;
use crate::tag;

/// A part of a certificate's subject or issuer, an attribute of its own (KMIP 2.0, 4).
///
/// Their tags came with 1.4, where the OASIS test cases ask for them by name.
///
/// ```text
/// Certificate Subject CN 0x420108 and the 23 tags after it, Text String
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CertificateAttribute {
    /// Which part.
    pub part: CertificatePart,
    /// What it says.
    pub value: String,
}

impl CertificateAttribute {
    /// This part says `value`.
    #[must_use]
    pub fn new(part: CertificatePart, value: impl Into<String>) -> Self {
        let value = value.into();
        Self { part, value }
    }

    /// Reads the item `tag` as the part `name`; `None` for a name that is none of a part.
    pub(super) fn read(
        name: &str,
        fields: &mut Reader<'_>,
        tag: Tag,
    ) -> Result<Option<Self>, MessageError> {
        let Some(part) = CertificatePart::from_name(name) else {
            return Ok(None);
        };
        let value = String::read(fields, tag)?;
        Ok(Some(Self { part, value }))
    }
}

/// Which part of a certificate's subject or issuer (KMIP 2.0, 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CertificatePart(Tag);

macro_rules! parts {
    ($($name:ident),* $(,)?) => {
        impl CertificatePart {
            $(
                #[doc = concat!("`", stringify!($name), "`.")]
                pub const $name: Self = Self(tag::$name);
            )*

            /// All of them, by tag.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

parts! {
    CERTIFICATE_SUBJECT_CN,
    CERTIFICATE_SUBJECT_O,
    CERTIFICATE_SUBJECT_OU,
    CERTIFICATE_SUBJECT_EMAIL,
    CERTIFICATE_SUBJECT_C,
    CERTIFICATE_SUBJECT_ST,
    CERTIFICATE_SUBJECT_L,
    CERTIFICATE_SUBJECT_UID,
    CERTIFICATE_SUBJECT_SERIAL_NUMBER,
    CERTIFICATE_SUBJECT_TITLE,
    CERTIFICATE_SUBJECT_DC,
    CERTIFICATE_SUBJECT_DN_QUALIFIER,
    CERTIFICATE_ISSUER_CN,
    CERTIFICATE_ISSUER_O,
    CERTIFICATE_ISSUER_OU,
    CERTIFICATE_ISSUER_EMAIL,
    CERTIFICATE_ISSUER_C,
    CERTIFICATE_ISSUER_ST,
    CERTIFICATE_ISSUER_L,
    CERTIFICATE_ISSUER_UID,
    CERTIFICATE_ISSUER_SERIAL_NUMBER,
    CERTIFICATE_ISSUER_TITLE,
    CERTIFICATE_ISSUER_DC,
    CERTIFICATE_ISSUER_DN_QUALIFIER,
}

impl CertificatePart {
    /// The name of the attribute, such as `Certificate Subject CN`.
    #[must_use]
    pub fn name(self) -> &'static str {
        tag::name(self.0).unwrap_or_default()
    }

    /// The tag of the attribute in 2.x.
    #[must_use]
    pub const fn tag(self) -> Tag {
        self.0
    }

    /// The part of this name, letter for letter.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|part| part.name() == name)
    }
}
