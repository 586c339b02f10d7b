//! Create Key Pair (KMIP 1.0, 4.2; KMIP 2.1, 6.1.9): the server makes a pair on P-256 or P-384.

use strongroom_kmip::attribute::{
    AttributeValue, CryptographicDomainParameters, TemplateAttribute,
};
use strongroom_kmip::enumeration::{CryptographicAlgorithm, KeyFormatType, LinkType, ObjectType};
use strongroom_kmip::operation::{CreateKeyPairRequest, CreateKeyPairResponse};
use strongroom_secret::SecretBytes;

use super::Context;
use super::insert::{Kind, refuse_storage};
use crate::attributes::{ALGORITHM, LENGTH, Template};
use crate::crypto::pair::{self, Curve};
use crate::further;
use crate::object::Object;
use crate::refusal::Refusal;

impl Context<'_> {
    /// Each key links to the other.
    pub(crate) fn create_key_pair(
        &self,
        request: CreateKeyPairRequest,
    ) -> Result<CreateKeyPairResponse, Refusal> {
        for masks in [
            &request.common_storage_masks,
            &request.private_storage_masks,
            &request.public_storage_masks,
        ] {
            refuse_storage(masks.as_ref())?;
        }
        let common = request.common_attributes.unwrap_or_default();
        let mut private = merged(&common, request.private_key_attributes)?;
        let mut public = merged(&common, request.public_key_attributes)?;
        let curve = curve(&private)?;
        if self::curve(&public)? != curve || private.algorithm != public.algorithm {
            return Err(Refusal::Parameter(
                "both keys have one algorithm and one curve",
            ));
        }
        complete(&mut private, curve);
        complete(&mut public, curve);
        self.refuse_no_mask(&private)?;
        self.refuse_no_mask(&public)?;
        let pair = pair::generate(curve)?;
        let format = KeyFormatType::PKCS_8;
        let private = self.key(ObjectType::PRIVATE_KEY, format, private, pair.private)?;
        let format = KeyFormatType::X_509;
        let public = self.key(ObjectType::PUBLIC_KEY, format, public, pair.public)?;
        let made = self.insert_all(vec![private, public], |_, made| {
            if let [private, public] = made {
                private
                    .further
                    .link(LinkType::PUBLIC_KEY_LINK, &public.uid)?;
                public
                    .further
                    .link(LinkType::PRIVATE_KEY_LINK, &private.uid)?;
            }
            Ok(Vec::new())
        })?;
        match made.as_slice() {
            [private, public] => Ok(CreateKeyPairResponse::new(
                private.uid.clone().into(),
                public.uid.clone().into(),
            )),
            _ => Err(Refusal::NoMaterial),
        }
    }

    fn key(
        &self,
        object_type: ObjectType,
        format: KeyFormatType,
        template: Template,
        material: SecretBytes,
    ) -> Result<Object, Refusal> {
        let kind = Kind {
            object_type,
            data_type: None,
            key_format: Some(format),
        };
        self.object_of(template, kind, material)
    }
}

/// Attributes of one key: its own, and the common ones. Of what it has once its own counts.
fn merged(common: &TemplateAttribute, own: Option<TemplateAttribute>) -> Result<Template, Refusal> {
    let mut all = own.unwrap_or_default();
    let more = common.attributes.iter().filter(|attribute| {
        let mut others = all.attributes.iter();
        let name = attribute.value.attribute_name();
        further::is_multiple(&attribute.value)
            || !others.any(|other| other.value.attribute_name() == name)
    });
    let more: Vec<_> = more
        // An index among the common ones says nothing among all.
        .map(|attribute| attribute.value.clone().into())
        .collect();
    all.attributes.extend(more);
    all.names.extend(common.names.iter().cloned());
    Template::read(all)
}

/// The curve: by Cryptographic Domain Parameters, by Cryptographic Length, or alike in both.
fn curve(template: &Template) -> Result<Curve, Refusal> {
    match template.algorithm {
        Some(CryptographicAlgorithm::EC | CryptographicAlgorithm::ECDSA) => {}
        Some(other) => return Err(Refusal::PairAlgorithm(other)),
        None => return Err(Refusal::MissingAttribute(ALGORITHM)),
    }
    let named = template.further.iter().find_map(|value| match value {
        AttributeValue::CryptographicDomainParameters(domain) => domain.recommended_curve,
        _ => None,
    });
    let curves = [Curve::P256, Curve::P384].into_iter();
    let mut fitting = curves.filter(|curve| {
        named.is_none_or(|named| named == curve.named())
            && template.length_bits.is_none_or(|bits| bits == curve.bits())
    });
    if named.is_none() && template.length_bits.is_none() {
        return Err(Refusal::MissingAttribute(LENGTH));
    }
    fitting.next().ok_or(Refusal::Parameter(
        "key pairs are made on P-256 (256 bits) and P-384 (384 bits)",
    ))
}

/// Says what the request left open.
fn complete(template: &mut Template, curve: Curve) {
    template.length_bits = Some(curve.bits());
    let domain = CryptographicDomainParameters::curve(curve.named());
    let domain = AttributeValue::CryptographicDomainParameters(domain);
    if !template
        .further
        .iter()
        .any(|value| value.name() == domain.name())
    {
        template.further.push(domain);
    }
}
