//! The object `Certificate` (KMIP 1.0, 2.2.1).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, Writer};

use crate::enumeration::CertificateType;
use crate::error::MessageError;
use crate::reader::Reader;
use crate::tag;

/// A certificate (KMIP 1.0, 2.2.1).
///
/// ```text
/// Certificate 0x420013 Structure
///   Certificate Type  0x42001D Enumeration   required
///   Certificate Value 0x42001E Byte String   required
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Certificate {
    /// Form of the certificate.
    pub certificate_type: CertificateType,
    /// The certificate, in DER for X.509.
    pub value: Vec<u8>,
}

impl Certificate {
    /// A certificate of this form.
    #[must_use]
    pub const fn new(certificate_type: CertificateType, value: Vec<u8>) -> Self {
        Self {
            certificate_type,
            value,
        }
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let certificate_type = fields.need(tag::CERTIFICATE_TYPE, Fields::enumeration)?;
        let value = fields.need(tag::CERTIFICATE_VALUE, Fields::bytes)?.to_vec();
        fields.finish()?;
        Ok(Self {
            certificate_type,
            value,
        })
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>) {
        out.structure(tag::CERTIFICATE, |out| {
            out.enumeration(tag::CERTIFICATE_TYPE, self.certificate_type);
            out.bytes(tag::CERTIFICATE_VALUE, &self.value);
        });
    }
}
