//! Get, Get Attributes and Get Attribute List (KMIP 1.0, 4.10 to 4.12).

use std::sync::Arc;

use strongroom_kmip::attribute::{AttributeName, AttributeValue};
use strongroom_kmip::enumeration::{
    CertificateType, CryptographicAlgorithm, KeyFormatType, ObjectType, SecretDataType,
};
use strongroom_kmip::object::{
    Certificate, KeyBlock, KeyMaterial, KeyValue, ManagedObject, OpaqueDataType, OpaqueObject,
    SecretData,
};
use strongroom_kmip::operation::{
    GetAttributeListRequest, GetAttributeListResponse, GetAttributesRequest, GetAttributesResponse,
    GetRequest, GetResponse,
};
use strongroom_secret::SecretBytes;

use super::Context;
use crate::attributes;
use crate::object::Object;
use crate::refusal::Refusal;

impl Context<'_> {
    pub(crate) fn get(&self, request: &GetRequest) -> Result<GetResponse, Refusal> {
        self.get_with(request).map(|(_, response)| response)
    }

    /// The answer, and the object that it is about.
    pub(super) fn get_with(
        &self,
        request: &GetRequest,
    ) -> Result<(Arc<Object>, GetResponse), Refusal> {
        let object = self.object(request.unique_identifier.as_ref())?;
        object.refuse_destroyed(self.now)?;
        object.refuse_archived()?;
        let wrapping = request.key_wrapping_specification.as_deref();
        refuse_kept_in(&object, wrapping.is_some())?;
        if request.key_compression_type.is_some() {
            return Err(Refusal::Compression);
        }
        let material = object.material.as_deref().ok_or(Refusal::NoMaterial)?;
        let format = format(&object, request.key_format_type)?;
        let plain = managed_object(&object, format, material)?;
        let found = match wrapping {
            Some(how) => self.wrapped(plain, how)?,
            None => plain,
        };
        let response = GetResponse::new(object.uid.clone(), found);
        Ok((object, response))
    }

    pub(crate) fn get_attributes(
        &self,
        request: &GetAttributesRequest,
    ) -> Result<GetAttributesResponse, Refusal> {
        let object = self.object(request.unique_identifier.as_ref())?;
        let mut all = attributes::all(&object, self.now);
        if request.attribute_names.is_empty() {
            // PyKMIP's client at 2.0 reads no answer that has a Key Format Type, and the key
            // block says it too. Who asks for it by name gets it.
            all.retain(|has| !matches!(has.value, AttributeValue::KeyFormatType(_)));
        }
        let named = attributes::named(all, &request.attribute_names);
        Ok(GetAttributesResponse::new(object.uid.clone(), named))
    }

    /// Each name once, and only those that the version has.
    pub(crate) fn get_attribute_list(
        &self,
        request: &GetAttributeListRequest,
    ) -> Result<GetAttributeListResponse, Refusal> {
        let object = self.object(request.unique_identifier.as_ref())?;
        let mut names: Vec<AttributeName> = Vec::new();
        for attribute in attributes::all(&object, self.now) {
            let name = attribute.value.attribute_name();
            if name.is_in(self.version) && !names.contains(&name) {
                names.push(name);
            }
        }
        Ok(GetAttributeListResponse::new(object.uid.clone(), names))
    }
}

/// The format in which the key is given: its own, or the one that is asked for where the key can
/// take it.
fn format(object: &Object, wanted: Option<KeyFormatType>) -> Result<KeyFormatType, Refusal> {
    let own = KeyFormatType::new(object.key_format.unwrap_or_default());
    let Some(wanted) = wanted else {
        return Ok(own);
    };
    let symmetric = [KeyFormatType::RAW, KeyFormatType::TRANSPARENT_SYMMETRIC_KEY];
    let turns = object.object_type == ObjectType::SYMMETRIC_KEY.value();
    let turns = turns && symmetric.contains(&own) && symmetric.contains(&wanted);
    match object.key_format == Some(wanted.value()) || turns {
        true => Ok(wanted),
        false => Err(Refusal::KeyFormat(wanted)),
    }
}

/// Refuses a key that leaves the server wrapped only, or not at all (KMIP 1.4, 3.48 and 3.50).
fn refuse_kept_in(object: &Object, wrapped: bool) -> Result<(), Refusal> {
    for value in object.further.values() {
        match value {
            AttributeValue::Sensitive(true) if !wrapped => return Err(Refusal::Sensitive),
            AttributeValue::Extractable(false) => return Err(Refusal::NotExtractable),
            _ => {}
        }
    }
    Ok(())
}

fn managed_object(
    object: &Object,
    format: KeyFormatType,
    material: &SecretBytes,
) -> Result<ManagedObject, Refusal> {
    let key_block = |object, material| key_block(object, format, material);
    let data_type = object.data_type.unwrap_or_default();
    let object_type = ObjectType::new(object.object_type);
    Ok(match object_type {
        ObjectType::SYMMETRIC_KEY => ManagedObject::SymmetricKey(key_block(object, material)),
        ObjectType::CERTIFICATE => ManagedObject::Certificate(Certificate::new(
            CertificateType::new(data_type),
            material.expose().to_vec(),
        )),
        ObjectType::PUBLIC_KEY => ManagedObject::PublicKey(key_block(object, material)),
        ObjectType::PRIVATE_KEY => ManagedObject::PrivateKey(key_block(object, material)),
        ObjectType::SECRET_DATA => ManagedObject::SecretData(SecretData::new(
            SecretDataType::new(data_type),
            key_block(object, material),
        )),
        ObjectType::OPAQUE_OBJECT => ManagedObject::OpaqueObject(OpaqueObject::new(
            OpaqueDataType::new(data_type),
            material.duplicate(),
        )),
        other => return Err(Refusal::ObjectType(other)),
    })
}

fn key_block(object: &Object, format: KeyFormatType, material: &SecretBytes) -> KeyBlock {
    let mut block = KeyBlock::new(format, material.duplicate());
    if format == KeyFormatType::TRANSPARENT_SYMMETRIC_KEY {
        block.key_value = Some(KeyValue::Plain {
            material: KeyMaterial::TransparentSymmetricKey(material.duplicate()),
            attributes: Vec::new(),
        });
    }
    block.cryptographic_algorithm = object.algorithm.map(CryptographicAlgorithm::new);
    block.cryptographic_length = object.length_bits.and_then(|bits| i32::try_from(bits).ok());
    block
}
