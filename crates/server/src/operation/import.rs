//! Import (KMIP 1.4, 4.41; KMIP 2.1, 6.1.25): an object that was elsewhere, with the identifier,
//! dates and state that it had there.

use std::sync::Arc;

use strongroom_kmip::UniqueIdentifier;
use strongroom_kmip::attribute::{Attribute, AttributeValue, TemplateAttribute};
use strongroom_kmip::enumeration::State;
use strongroom_kmip::operation::{ImportRequest, ImportResponse};

use super::Context;
use crate::attributes::Template;
use crate::further::Further;
use crate::lifecycle::{Lifecycle, ObjectState, Revocation};
use crate::object::Object;
use crate::refusal::Refusal;
use crate::vault::Change;

/// Octets of an identifier.
const UID_LEN: usize = 1024;

impl Context<'_> {
    pub(crate) fn import(&self, request: ImportRequest) -> Result<ImportResponse, Refusal> {
        let uid = request.unique_identifier.as_text().map(str::to_owned);
        let uid = uid.filter(|uid| (1..=UID_LEN).contains(&uid.len()));
        let uid = uid.ok_or(Refusal::Parameter(
            "a Unique Identifier of 1 to 1024 octets is required",
        ))?;
        let (told, asked) = split(request.attributes);
        let mut template = Template::read(TemplateAttribute::new(asked))?;
        let (kind, material) = super::register::read(request.object, &mut template)?;
        let mut object = self.object_of(template, kind, material)?;
        object.uid.clone_from(&uid);
        restore(&mut object, told)?;
        let replace = request.replace_existing == Some(true);
        self.vault.change(|table, sequence| {
            object.sequence = sequence;
            let mut names = object.names.clone();
            if table.find(&uid).is_some() {
                if !replace {
                    return Err(Refusal::UidTaken(uid.clone()));
                }
                let before = self.find(table, &uid)?;
                object.sequence = before.sequence;
                names.retain(|name| !before.names.contains(name));
            }
            self.refuse_taken_names(table, &names)?;
            let put = vec![Arc::new(object)];
            let removed = Vec::new();
            Ok::<_, Refusal>(((), Change { put, removed }))
        })?;
        Ok(ImportResponse::new(UniqueIdentifier::from(uid)))
    }
}

/// What the server elsewhere said of the object, and what a client may say of any.
fn split(attributes: Vec<Attribute>) -> (Vec<AttributeValue>, Vec<Attribute>) {
    let told = |attribute: &Attribute| {
        matches!(
            attribute.value,
            AttributeValue::UniqueIdentifier(_)
                | AttributeValue::ObjectType(_)
                | AttributeValue::KeyFormatType(_)
                | AttributeValue::CertificateType(_)
                | AttributeValue::CertificateLength(_)
                | AttributeValue::State(_)
                | AttributeValue::Digest(_)
                | AttributeValue::InitialDate(_)
                | AttributeValue::DestroyDate(_)
                | AttributeValue::CompromiseDate(_)
                | AttributeValue::CompromiseOccurrenceDate(_)
                | AttributeValue::RevocationReason(_)
                | AttributeValue::LastChangeDate(_)
                | AttributeValue::AlwaysSensitive(_)
                | AttributeValue::NeverExtractable(_)
        )
    };
    let (told, asked): (Vec<_>, Vec<_>) = attributes.into_iter().partition(told);
    let told = told.into_iter().map(|attribute| attribute.value);
    (told.collect(), asked)
}

/// Takes over what the server elsewhere said; what describes the object must fit it.
fn restore(object: &mut Object, told: Vec<AttributeValue>) -> Result<(), Refusal> {
    let mut further = object.further.values().to_vec();
    for value in told {
        let name = value.name().to_owned();
        let fits = match value {
            AttributeValue::UniqueIdentifier(uid) => uid.as_text() == Some(&*object.uid),
            AttributeValue::ObjectType(object_type) => object_type.value() == object.object_type,
            AttributeValue::KeyFormatType(format) => Some(format.value()) == object.key_format,
            AttributeValue::CertificateType(named) => Some(named.value()) == object.data_type,
            AttributeValue::CertificateLength(len) => {
                let own = object.material.as_ref().map(|material| material.len());
                usize::try_from(len).ok() == own
            }
            AttributeValue::Digest(digest) => fits(object, &digest),
            AttributeValue::AlwaysSensitive(_) | AttributeValue::NeverExtractable(_) => {
                further.retain(|own| own.name() != name);
                further.push(value);
                true
            }
            value => restore_life(&mut object.life, value),
        };
        if !fits {
            return Err(Refusal::Imported(name));
        }
    }
    object.further = Further::of(further)?;
    Ok(())
}

/// A digest by another hash is not looked at: it says nothing that the octets do not.
fn fits(object: &Object, digest: &strongroom_kmip::attribute::Digest) -> bool {
    use strongroom_kmip::enumeration::HashingAlgorithm;
    let value = digest.value.as_deref();
    digest.hashing_algorithm != HashingAlgorithm::SHA_256
        || value.is_none_or(|value| *value == object.digest)
}

fn restore_life(life: &mut Lifecycle, value: AttributeValue) -> bool {
    match value {
        AttributeValue::InitialDate(date) => life.initial = date.0,
        AttributeValue::LastChangeDate(date) => life.last_change = date.0,
        AttributeValue::CompromiseDate(date) => life.compromise = Some(date.0),
        AttributeValue::CompromiseOccurrenceDate(date) => {
            life.compromise_occurrence = Some(date.0);
        }
        AttributeValue::RevocationReason(reason) => {
            life.revocation = Some(Revocation {
                code: reason.code.value(),
                message: reason.message,
            });
        }
        // The material is there, so it is not destroyed.
        AttributeValue::State(state) => match state_of(state) {
            Some(state) => life.recorded = state,
            None => return false,
        },
        _ => return false,
    }
    true
}

fn state_of(state: State) -> Option<ObjectState> {
    ObjectState::from_value(state.value()).filter(|state| !state.is_destroyed())
}
