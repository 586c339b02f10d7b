//! Register (KMIP 1.0, 4.3; KMIP 2.1, 6.1.48): a client brings an object.

use strongroom_kmip::attribute::attribute_name;
use strongroom_kmip::enumeration::{
    CertificateType, CryptographicAlgorithm, KeyCompressionType, KeyFormatType, ObjectType,
};
use strongroom_kmip::object::{Certificate, KeyBlock, ManagedObject};
use strongroom_kmip::operation::{RegisterRequest, RegisterResponse};
use strongroom_secret::SecretBytes;
use x509_cert::der::Decode;

use super::Context;
use super::insert::{Kind, refuse_storage};
use crate::attributes::{ALGORITHM, LENGTH, Template};
use crate::crypto::symmetric;
use crate::refusal::Refusal;

impl Context<'_> {
    pub(crate) fn register(&self, request: RegisterRequest) -> Result<RegisterResponse, Refusal> {
        refuse_storage(request.protection_storage_masks.as_ref())?;
        let mut template = Template::read(request.template_attribute)?;
        let object_type = request.object.object_type();
        let (kind, material) = read(request.object, &mut template)?;
        let maskless = [ObjectType::OPAQUE_OBJECT, ObjectType::CERTIFICATE];
        if self.profile.vault_usage_mask && !maskless.contains(&object_type) {
            self.refuse_no_mask(&template)?;
        }
        let object = self.add(template, kind, material)?;
        Ok(RegisterResponse::new(object.uid.clone()))
    }
}

/// What a client brings: its kind and its octets. What the key block says of it goes into the
/// template.
pub(super) fn read(
    object: ManagedObject,
    template: &mut Template,
) -> Result<(Kind, SecretBytes), Refusal> {
    let object_type = object.object_type();
    let mut kind = Kind {
        object_type,
        data_type: None,
        key_format: object.key_block().map(|block| block.key_format_type),
    };
    let material = match object {
        ManagedObject::SymmetricKey(block) => symmetric_key(&block, template)?,
        ManagedObject::SecretData(secret) => {
            let formats = [KeyFormatType::RAW, KeyFormatType::OPAQUE];
            let material = key(&secret.key_block, &formats)?;
            merge(&secret.key_block, template)?;
            kind.data_type = Some(secret.secret_data_type.value());
            material
        }
        ManagedObject::OpaqueObject(opaque) => {
            kind.data_type = Some(opaque.opaque_data_type.value());
            opaque.value
        }
        ManagedObject::Certificate(certificate) => {
            let named = template.certificate_type.take();
            if named.is_some_and(|named| named != certificate.certificate_type) {
                return Err(Refusal::Contradiction(CERTIFICATE_TYPE));
            }
            kind.data_type = Some(certificate.certificate_type.value());
            certificate_octets(&certificate)?
        }
        ManagedObject::PublicKey(block) => {
            merge(&block, template)?;
            key(&block, &PUBLIC_FORMATS)?
        }
        ManagedObject::PrivateKey(block) => {
            merge(&block, template)?;
            key(&block, &PRIVATE_FORMATS)?
        }
        _ => return Err(Refusal::ObjectType(object_type)),
    };
    Ok((kind, material))
}

/// A key in format Raw, or transparent, whose algorithm and length are named once or alike, and fit.
fn symmetric_key(block: &KeyBlock, template: &mut Template) -> Result<SecretBytes, Refusal> {
    let material = key(block, &SYMMETRIC_FORMATS)?;
    merge(block, template)?;
    let algorithm = template
        .algorithm
        .ok_or(Refusal::MissingAttribute(ALGORITHM))?;
    let octets = u64::try_from(material.len()).unwrap_or(u64::MAX);
    let bits = octets.saturating_mul(8);
    let fitting = i32::try_from(bits).map_err(|_| Refusal::LengthMismatch {
        claimed: 0,
        found: bits,
    })?;
    let claimed = i64::from(*template.length_bits.get_or_insert(fitting));
    if !symmetric::fits(algorithm, claimed, fitting.into()) {
        return Err(Refusal::LengthMismatch {
            claimed,
            found: bits,
        });
    }
    if algorithm == CryptographicAlgorithm::AES && !matches!(fitting, 128 | 192 | 256) {
        return Err(Refusal::AesLength(claimed));
    }
    Ok(material)
}

/// The plain key of a block, in one of these formats.
fn key(block: &KeyBlock, formats: &[KeyFormatType]) -> Result<SecretBytes, Refusal> {
    if block.key_wrapping_data.is_some() {
        return Err(Refusal::Wrapping);
    }
    if !formats.contains(&block.key_format_type) {
        return Err(Refusal::KeyFormat(block.key_format_type));
    }
    // libkmip says of every key that it is not compressed.
    let plain = [
        None,
        Some(KeyCompressionType::EC_PUBLIC_KEY_TYPE_UNCOMPRESSED),
    ];
    if !plain.contains(&block.key_compression_type) {
        return Err(Refusal::Compression);
    }
    match block.plain_key() {
        Some(key) if !key.is_empty() => Ok(key.duplicate()),
        _ => Err(Refusal::NoMaterial),
    }
}

/// Algorithm and length may stand in the key block, in the attributes, or alike in both.
fn merge(block: &KeyBlock, template: &mut Template) -> Result<(), Refusal> {
    fn one<T: PartialEq + Copy>(
        block: Option<T>,
        template: &mut Option<T>,
        name: &'static str,
    ) -> Result<(), Refusal> {
        if block.is_some() && template.is_some() && block != *template {
            return Err(Refusal::Contradiction(name));
        }
        *template = template.or(block);
        Ok(())
    }
    one(
        block.cryptographic_algorithm,
        &mut template.algorithm,
        ALGORITHM,
    )?;
    one(
        block.cryptographic_length,
        &mut template.length_bits,
        LENGTH,
    )
}

const CERTIFICATE_TYPE: &str = attribute_name::CERTIFICATE_TYPE;

/// The octets of a certificate, which must be one where it says X.509.
fn certificate_octets(certificate: &Certificate) -> Result<SecretBytes, Refusal> {
    let octets = &certificate.value;
    match certificate.certificate_type {
        CertificateType::X_509 if x509_cert::Certificate::from_der(octets).is_err() => {
            Err(Refusal::Parameter("this is no X.509 certificate"))
        }
        _ if octets.is_empty() => Err(Refusal::NoMaterial),
        _ => Ok(SecretBytes::copy_from(octets)),
    }
}

/// As octets, and as a structure that holds them.
const SYMMETRIC_FORMATS: [KeyFormatType; 2] =
    [KeyFormatType::RAW, KeyFormatType::TRANSPARENT_SYMMETRIC_KEY];
/// Octets that stand for themselves; other transparent keys are structures of numbers.
const PUBLIC_FORMATS: [KeyFormatType; 2] = [KeyFormatType::PKCS_1, KeyFormatType::X_509];
/// As [`PUBLIC_FORMATS`].
const PRIVATE_FORMATS: [KeyFormatType; 3] = [
    KeyFormatType::PKCS_1,
    KeyFormatType::PKCS_8,
    KeyFormatType::ECPRIVATEKEY,
];

/// Object types that [`Context::register`] takes, for Query.
pub(super) const OBJECT_TYPES: [ObjectType; 6] = [
    ObjectType::CERTIFICATE,
    ObjectType::SYMMETRIC_KEY,
    ObjectType::PUBLIC_KEY,
    ObjectType::PRIVATE_KEY,
    ObjectType::SECRET_DATA,
    ObjectType::OPAQUE_OBJECT,
];
