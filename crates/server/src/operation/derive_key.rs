//! Derive Key (KMIP 1.0, 4.5; KMIP 2.1, 6.1.14): a key or Secret Data from another.

use std::sync::Arc;

use strongroom_kmip::UniqueIdentifier;
use strongroom_kmip::enumeration::{
    CryptographicAlgorithm, CryptographicUsageMask, KeyFormatType, LinkType, ObjectType,
    SecretDataType,
};
use strongroom_kmip::operation::{DeriveKeyRequest, DeriveKeyResponse};
use strongroom_secret::SecretBytes;

use super::Context;
use super::insert::Kind;
use super::usable::Use;
use crate::attributes::{ALGORITHM, LENGTH, Template};
use crate::crypto::derive::derive;
use crate::object::Object;
use crate::refusal::Refusal;

/// Octets that are derived at once.
const MOST: usize = 8192;

impl Context<'_> {
    /// The new object and the one that it comes from link to each other.
    pub(crate) fn derive_key(
        &self,
        request: DeriveKeyRequest,
    ) -> Result<DeriveKeyResponse, Refusal> {
        let kind = kind(request.object_type)?;
        let mut from = request.unique_identifiers.iter();
        let (base, key) = self.base(from.next(), &[])?;
        let template = Template::read(request.template_attribute)?;
        let len = octets(&template, request.object_type)?;
        let own = match request.derivation_parameters.derivation_data.as_slice() {
            [] => None,
            [data] => Some(Arc::new(data.duplicate())),
            _ => return Err(Refusal::Parameter("Derivation Data is one item here")),
        };
        // Without Derivation Data a further object may hold it.
        let data = match (own, from.next()) {
            (own, None) => own,
            (None, Some(uid)) => Some(self.base(Some(uid), &[ObjectType::SECRET_DATA])?.1),
            (Some(_), Some(_)) => {
                return Err(Refusal::Parameter("there is Derivation Data in two places"));
            }
        };
        if from.next().is_some() {
            return Err(Refusal::Parameter(
                "a key is derived from two objects at most",
            ));
        }
        let parameters = &request.derivation_parameters;
        let method = request.derivation_method;
        let material = derive(method, &key, parameters, data.as_deref(), len)?;
        let new = self.object_of(template, kind, material)?;
        let made = self.insert_all(vec![new], |table, made| {
            let mut base = Object::clone(&*self.find(table, &base.uid)?);
            base.refuse_destroyed(self.now)?;
            base.refuse_archived()?;
            for new in made {
                new.further
                    .link(LinkType::DERIVATION_BASE_OBJECT_LINK, &base.uid)?;
                base.further
                    .link_also(LinkType::DERIVED_KEY_LINK, &new.uid)?;
            }
            base.life.last_change = self.now;
            Ok(vec![base])
        })?;
        let new = made.first().ok_or(Refusal::NoMaterial)?;
        Ok(DeriveKeyResponse::new(new.uid.clone()))
    }

    /// An object from which may be derived, and is one of these types where any is named.
    fn base(
        &self,
        uid: Option<&UniqueIdentifier>,
        only: &[ObjectType],
    ) -> Result<(Arc<Object>, Arc<SecretBytes>), Refusal> {
        let (object, key) = self.usable(uid, CryptographicUsageMask::DERIVE_KEY, Use::Protect)?;
        let types = [ObjectType::SYMMETRIC_KEY, ObjectType::SECRET_DATA];
        let types = if only.is_empty() { &types } else { only };
        match ObjectType::new(object.object_type) {
            object_type if types.contains(&object_type) => Ok((object, key)),
            other => Err(Refusal::ObjectType(other)),
        }
    }
}

fn kind(object_type: ObjectType) -> Result<Kind, Refusal> {
    let data_type = match object_type {
        ObjectType::SYMMETRIC_KEY => None,
        ObjectType::SECRET_DATA => Some(SecretDataType::SEED.value()),
        other => return Err(Refusal::ObjectType(other)),
    };
    Ok(Kind {
        object_type,
        data_type,
        key_format: Some(KeyFormatType::RAW),
    })
}

/// How many octets are wanted: Cryptographic Length says so.
fn octets(template: &Template, object_type: ObjectType) -> Result<usize, Refusal> {
    let bits = template
        .length_bits
        .ok_or(Refusal::MissingAttribute(LENGTH))?;
    if object_type == ObjectType::SYMMETRIC_KEY {
        match template.algorithm {
            None => return Err(Refusal::MissingAttribute(ALGORITHM)),
            Some(CryptographicAlgorithm::AES) if !matches!(bits, 128 | 192 | 256) => {
                return Err(Refusal::AesLength(bits.into()));
            }
            Some(_) => {}
        }
    }
    let octets = usize::try_from(bits).ok().filter(|bits| bits % 8 == 0);
    let octets = octets.map(|bits| bits.div_ceil(8));
    octets
        .filter(|octets| (1..=MOST).contains(octets))
        .ok_or(Refusal::AttributeValue {
            name: LENGTH,
            found: bits.into(),
        })
}
