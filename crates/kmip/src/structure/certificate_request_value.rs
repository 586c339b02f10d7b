//! The octets of a request for a certificate (KMIP 1.0, 4.6; KMIP 2.0, 6.1.6).
//!
//! May touch: nothing.

use strongroom_ttlv::{Tag, Writer};

use crate::error::MessageError;
use crate::field::Field;
use crate::reader::Reader;
use crate::{ProtocolVersion, tag};

/// The octets of a request for a certificate, in the form that Certificate Request Type names
/// (KMIP 1.0, 4.6; KMIP 2.0, 6.1.6).
///
/// They stand under Certificate Request up to 1.4, under Certificate Request Value from 2.0 on,
/// where Certificate Request is an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRequestValue(
    /// The octets, such as PKCS#10 in DER.
    pub Vec<u8>,
);

impl Field for CertificateRequestValue {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Vec::<u8>::read(fields, tag).map(Self)
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, _: ProtocolVersion) {
        out.bytes(tag, &self.0);
    }

    fn tag_in(tag: Tag, version: ProtocolVersion) -> Tag {
        if version >= ProtocolVersion::V2_0 && tag == tag::CERTIFICATE_REQUEST {
            tag::CERTIFICATE_REQUEST_VALUE
        } else {
            tag
        }
    }
}
