//! Keys that leave the server wrapped (KMIP 1.0, 2.1.5 and 2.1.6): AES Key Wrap under a key of the
//! server.
//!
//! May touch: the vault, for reading; key octets, in wiped memory.

use strongroom_kmip::enumeration::{
    BlockCipherMode, CryptographicAlgorithm, CryptographicUsageMask, EncodingOption, ObjectType,
    WrappingMethod,
};
use strongroom_kmip::object::ManagedObject;
use strongroom_kmip::object::{
    KeyBlock, KeyMaterial, KeyValue, KeyWrappingData, KeyWrappingSpecification,
};
use strongroom_kmip::tag;
use strongroom_secret::SecretBytes;

use super::Context;
use super::usable::{Use, parameters};
use crate::crypto::wrap::wrap;
use crate::items;
use crate::refusal::Refusal;

impl Context<'_> {
    /// The object with its key wrapped as is asked.
    pub(super) fn wrapped(
        &self,
        mut object: ManagedObject,
        how: &KeyWrappingSpecification,
    ) -> Result<ManagedObject, Refusal> {
        let key = self.wrapping_key(how)?;
        let encoding = how.encoding_option.unwrap_or(EncodingOption::TTLV_ENCODING);
        let value = match encoding {
            // The key alone is wrapped, in its place.
            EncodingOption::NO_ENCODING => {
                let block = object.key_block().and_then(KeyBlock::plain_key);
                let octets = wrap(&key, block.ok_or(Refusal::NoMaterial)?.expose())?;
                KeyValue::Plain {
                    material: KeyMaterial::Bytes(SecretBytes::copy_from(&octets)),
                    attributes: Vec::new(),
                }
            }
            EncodingOption::TTLV_ENCODING => {
                let whole = object
                    .to_ttlv(self.version)
                    .map_err(|_| Refusal::Wrapping)?;
                let octets = wrap(&key, key_value(&whole).ok_or(Refusal::Wrapping)?)?;
                KeyValue::Wrapped(SecretBytes::copy_from(&octets))
            }
            _ => return Err(Refusal::Wrapping),
        };
        let mut data = KeyWrappingData::new(how.wrapping_method);
        data.encryption_key_information
            .clone_from(&how.encryption_key_information);
        data.encoding_option = how.encoding_option;
        let block = match &mut object {
            ManagedObject::SymmetricKey(block)
            | ManagedObject::PublicKey(block)
            | ManagedObject::PrivateKey(block) => block,
            ManagedObject::SecretData(secret) => &mut secret.key_block,
            _ => return Err(Refusal::Wrapping),
        };
        block.key_value = Some(value);
        block.key_wrapping_data = Some(Box::new(data));
        Ok(object)
    }

    /// The key that wraps, when it is asked for in a way that is done here.
    fn wrapping_key(
        &self,
        how: &KeyWrappingSpecification,
    ) -> Result<std::sync::Arc<SecretBytes>, Refusal> {
        let bare = how.mac_signature_key_information.is_none() && how.attribute_names.is_empty();
        let named = how.encryption_key_information.as_ref();
        let (Some(named), true, WrappingMethod::ENCRYPT) = (named, bare, how.wrapping_method)
        else {
            return Err(Refusal::Wrapping);
        };
        let mask = CryptographicUsageMask::WRAP_KEY;
        let (key, octets) = self
            .usable(Some(&named.unique_identifier), mask, Use::Protect)
            .map_err(|refusal| Refusal::WrappingKey(Box::new(refusal)))?;
        let mode = parameters(&key, named.cryptographic_parameters.as_ref());
        let mode = mode.and_then(|parameters| parameters.block_cipher_mode);
        let aes = key.object_type == ObjectType::SYMMETRIC_KEY.value()
            && key.algorithm == Some(CryptographicAlgorithm::AES.value());
        match aes && mode == Some(BlockCipherMode::NISTKEYWRAP) {
            true => Ok(octets),
            false => Err(Refusal::Wrapping),
        }
    }
}

/// The item Key Value in an object's octets, header included.
fn key_value(object: &[u8]) -> Option<&[u8]> {
    let spot = items::find(object, tag::KEY_VALUE)?;
    let end = spot.value.checked_add(spot.len)?;
    object.get(spot.value.checked_sub(8)?..end)
}
