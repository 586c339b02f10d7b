//! Create (KMIP 1.0, 4.1; KMIP 2.1, 6.1.8): the server makes an AES key.

use std::sync::Arc;

use ring::rand::{SecureRandom, SystemRandom};
use strongroom_kmip::attribute::attribute_name;
use strongroom_kmip::enumeration::{
    CryptographicAlgorithm, KeyFormatType, ObjectType, ProtectionStorageMask,
};
use strongroom_kmip::operation::{CreateRequest, CreateResponse};
use strongroom_kmip::structure::ProtectionStorageMasks;
use strongroom_secret::SecretBytes;

use super::Context;
use crate::attributes::{ALGORITHM, LENGTH, Template, USAGE_MASK};
use crate::lifecycle::Lifecycle;
use crate::object::{Object, sha256};
use crate::refusal::Refusal;

/// Octets of a Unique Identifier: 32 letters and digits, about 190 bits.
const UID_LEN: usize = 32;
const UID_ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// What kind of object is put into the vault.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    pub(super) object_type: ObjectType,
    /// Secret Data Type or Opaque Data Type, where the object type has one.
    pub(super) data_type: Option<u32>,
    /// None for an Opaque Object.
    pub(super) key_format: Option<KeyFormatType>,
}

impl Context<'_> {
    pub(crate) fn create(&self, request: CreateRequest) -> Result<CreateResponse, Refusal> {
        if request.object_type != ObjectType::SYMMETRIC_KEY {
            return Err(Refusal::ObjectType(request.object_type));
        }
        refuse_storage(request.protection_storage_masks.as_ref())?;
        let template = Template::read(request.template_attribute)?;
        let algorithm = template
            .algorithm
            .ok_or(Refusal::MissingAttribute(ALGORITHM))?;
        if algorithm != CryptographicAlgorithm::AES {
            return Err(Refusal::Algorithm(algorithm));
        }
        let octets = match template
            .length_bits
            .ok_or(Refusal::MissingAttribute(LENGTH))?
        {
            128 => 16,
            192 => 24,
            256 => 32,
            other => return Err(Refusal::AesLength(other.into())),
        };
        self.refuse_no_mask(&template)?;
        let key = SecretBytes::try_build(octets, |key| SystemRandom::new().fill(key))
            .map_err(|_| Refusal::Random)?;
        let kind = Kind {
            object_type: request.object_type,
            data_type: None,
            key_format: Some(KeyFormatType::RAW),
        };
        let object = self.add(template, kind, key)?;
        Ok(CreateResponse::new(request.object_type, object.uid.clone()))
    }

    /// A key has a Cryptographic Usage Mask (KMIP 1.0, 3.14).
    pub(super) fn refuse_no_mask(&self, template: &Template) -> Result<(), Refusal> {
        match template.usage_mask {
            Some(_) => Ok(()),
            None if self.profile.vault_usage_mask => Err(Refusal::VaultMask),
            None => Err(Refusal::MissingAttribute(USAGE_MASK)),
        }
    }

    /// Puts a new object into the vault.
    pub(super) fn add(
        &self,
        mut template: Template,
        kind: Kind,
        material: SecretBytes,
    ) -> Result<Arc<Object>, Refusal> {
        if self.profile.pykmip_ways {
            let date = template.activation.map(|_| attribute_name::ACTIVATION_DATE);
            let end = template
                .deactivation
                .map(|_| attribute_name::DEACTIVATION_DATE);
            if let Some(name) = date.or(end) {
                return Err(Refusal::UnsupportedAttribute(name.to_owned()));
            }
        }
        let life = Lifecycle::new(self.now, template.activation, template.deactivation)?;
        let length_bits = template
            .length_bits
            .map(|bits| {
                let found = i64::from(bits);
                u32::try_from(bits).map_err(|_| Refusal::AttributeValue {
                    name: LENGTH,
                    found,
                })
            })
            .transpose()?;
        let object = Object {
            sequence: 0,
            uid: String::new(),
            owner: self.identity.clone(),
            object_type: kind.object_type.value(),
            data_type: kind.data_type,
            key_format: kind.key_format.map(KeyFormatType::value),
            algorithm: template.algorithm.map(CryptographicAlgorithm::value),
            length_bits,
            usage_mask: template
                .usage_mask
                .map(strongroom_kmip::CryptographicUsageMask::bits),
            policy: template.policy(),
            names: template.names,
            application: template.application,
            groups: template.groups,
            digest: sha256(material.expose()),
            life,
            material: Some(Arc::new(material)),
        };
        Ok(self.vault.insert(|table, sequence| {
            self.refuse_taken_names(table, &object.names)?;
            let uid = unique_identifier(|uid| table.find(uid).is_some())?;
            Ok(Object {
                sequence,
                uid,
                ..object
            })
        })?)
    }
}

/// Refuses an object that is to be kept elsewhere than in software on this system (KMIP 2.1, 7.33);
/// one of the masks is enough.
pub(super) fn refuse_storage(masks: Option<&ProtectionStorageMasks>) -> Result<(), Refusal> {
    let here = ProtectionStorageMask::SOFTWARE.bits() | ProtectionStorageMask::ON_SYSTEM.bits();
    let fits = |mask: &ProtectionStorageMask| mask.bits() & !here == 0;
    match masks {
        Some(masks) if !masks.masks.iter().any(fits) => Err(Refusal::Storage),
        _ => Ok(()),
    }
}

/// A random Unique Identifier that is not `taken`.
fn unique_identifier(taken: impl Fn(&str) -> bool) -> Result<String, Refusal> {
    loop {
        let uid = random_text()?;
        if !taken(&uid) {
            return Ok(uid);
        }
    }
}

pub(crate) fn random_text() -> Result<String, Refusal> {
    let mut text = String::with_capacity(UID_LEN);
    while text.len() < UID_LEN {
        let mut octets = [0; UID_LEN];
        SystemRandom::new()
            .fill(&mut octets)
            .map_err(|_| Refusal::Random)?;
        // Six bits choose of 64; the two that are no character are drawn again, so all 62 are
        // equally likely.
        let characters = octets
            .iter()
            .filter_map(|octet| UID_ALPHABET.get(usize::from(octet & 0x3F)))
            .map(|octet| char::from(*octet));
        text.extend(characters.take(UID_LEN.saturating_sub(text.len())));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_32_letters_and_digits_and_differ() {
        let all: std::collections::HashSet<String> = (0..500)
            .map(|_| unique_identifier(|_| false).unwrap())
            .collect();
        assert_eq!(all.len(), 500);
        assert!(
            all.iter().all(
                |uid| uid.len() == 32 && uid.bytes().all(|octet| octet.is_ascii_alphanumeric())
            )
        );
        // Each of the 62 characters turns up among 16,000.
        let seen: std::collections::HashSet<char> =
            all.iter().flat_map(|uid| uid.chars()).collect();
        assert_eq!(seen.len(), 62);
    }
}
