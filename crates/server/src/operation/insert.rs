//! New objects: how they are put together and into the vault.
//!
//! May touch: the vault, the random source.

use std::sync::Arc;

use ring::rand::{SecureRandom, SystemRandom};
use strongroom_kmip::CryptographicUsageMask;
use strongroom_kmip::attribute::{AttributeValue, attribute_name};
use strongroom_kmip::enumeration::{
    CryptographicAlgorithm, KeyFormatType, ObjectType, ProtectionStorageMask,
};
use strongroom_kmip::structure::ProtectionStorageMasks;
use strongroom_secret::SecretBytes;

use super::Context;
use crate::attributes::{LENGTH, Template};
use crate::further::Further;
use crate::lifecycle::Lifecycle;
use crate::object::{Object, sha256};
use crate::refusal::Refusal;
use crate::vault::{Change, Table};

/// Octets of a Unique Identifier: 32 letters and digits, about 190 bits.
const UID_LEN: usize = 32;
const UID_ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// What kind of object is put into the vault.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    pub(super) object_type: ObjectType,
    /// Secret Data Type, Opaque Data Type or Certificate Type, where the object type has one.
    pub(super) data_type: Option<u32>,
    /// None for an Opaque Object and a Certificate.
    pub(super) key_format: Option<KeyFormatType>,
}

impl Context<'_> {
    /// Puts a new object into the vault.
    pub(super) fn add(
        &self,
        template: Template,
        kind: Kind,
        material: SecretBytes,
    ) -> Result<Arc<Object>, Refusal> {
        let object = self.object_of(template, kind, material)?;
        let mut made = self.insert_all(vec![object], |_, _| Ok(Vec::new()))?;
        made.pop().ok_or(Refusal::NoMaterial)
    }

    /// A new object that is in no vault yet: it has no Unique Identifier.
    pub(super) fn object_of(
        &self,
        mut template: Template,
        kind: Kind,
        material: SecretBytes,
    ) -> Result<Object, Refusal> {
        self.refuse_as_pykmip(&template)?;
        template.refuse_certificate_type()?;
        let life = Lifecycle::new(self.now, template.activation, template.deactivation)?;
        let length_bits = template.length_bits.map(|bits| {
            let found = i64::from(bits);
            u32::try_from(bits).map_err(|_| Refusal::AttributeValue {
                name: LENGTH,
                found,
            })
        });
        Ok(Object {
            sequence: 0,
            uid: String::new(),
            owner: self.identity.clone(),
            object_type: kind.object_type.value(),
            data_type: kind.data_type,
            key_format: kind.key_format.map(KeyFormatType::value),
            algorithm: template.algorithm.map(CryptographicAlgorithm::value),
            length_bits: length_bits.transpose()?,
            usage_mask: template.usage_mask.map(CryptographicUsageMask::bits),
            policy: template.policy(),
            names: template.names,
            application: template.application,
            groups: template.groups,
            digest: sha256(material.expose()),
            further: Further::of_new(template.further)?,
            life,
            material: Some(Arc::new(material)),
        })
    }

    /// What PyKMIP takes at Create and Register has no dates and few other attributes.
    fn refuse_as_pykmip(&self, template: &Template) -> Result<(), Refusal> {
        if !self.profile.pykmip_ways {
            return Ok(());
        }
        let date = template.activation.map(|_| attribute_name::ACTIVATION_DATE);
        let end = template
            .deactivation
            .map(|_| attribute_name::DEACTIVATION_DATE);
        let mut further = template.further.iter();
        let further = further.find(|value| !matches!(value, AttributeValue::Sensitive(_)));
        let further = further.map(AttributeValue::name);
        match date.or(end).or(further) {
            Some(name) => Err(Refusal::UnsupportedAttribute(name.to_owned())),
            None => Ok(()),
        }
    }

    /// Puts new objects into the vault, all or none. `finish` gets them with their Unique
    /// Identifiers, and gives the objects that change with them.
    pub(super) fn insert_all(
        &self,
        mut objects: Vec<Object>,
        finish: impl FnOnce(&Table, &mut [Object]) -> Result<Vec<Object>, Refusal>,
    ) -> Result<Vec<Arc<Object>>, Refusal> {
        Ok(self.vault.change(|table, sequence| {
            let names = objects.iter().flat_map(|object| object.names.clone());
            self.refuse_taken_names(table, &names.collect::<Vec<_>>())?;
            for (object, sequence) in objects.iter_mut().zip(sequence..) {
                object.sequence = sequence;
                object.uid = unique_identifier(|uid| table.find(uid).is_some())?;
            }
            let mut put: Vec<Arc<Object>> = finish(table, &mut objects)?
                .into_iter()
                .map(Arc::new)
                .collect();
            let made: Vec<Arc<Object>> = objects.into_iter().map(Arc::new).collect();
            put.extend(made.iter().cloned());
            let removed = Vec::new();
            Ok::<_, Refusal>((made, Change { put, removed }))
        })?)
    }
}

/// Random octets for a key.
pub(super) fn random_key(octets: usize) -> Result<SecretBytes, Refusal> {
    SecretBytes::try_build(octets, |key| SystemRandom::new().fill(key)).map_err(|_| Refusal::Random)
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
