//! Operations on attributes; what they did is read back by Get Attributes.
//!
//! May touch: the player's connection.

use strongroom_kmip::attribute::{
    ApplicationSpecificInformation, Attribute, AttributeValue, attribute_name,
};
use strongroom_kmip::operation::{
    DeleteAttributeRequest, ModifyAttributeRequest, SetAttributeRequest,
};
use strongroom_kmip::{
    CryptographicAlgorithm, CryptographicUsageMask as Usage, Name, ObjectType, ProtocolVersion,
    State, UniqueIdentifier,
};

use super::super::player::{Played, Player, must, same};
use super::keys::aes;

/// A key and its Name.
fn key(player: &mut Player) -> Played<(UniqueIdentifier, Name)> {
    let name = player.name("described");
    let answer = player.session.create(aes(&name, 256, Usage::ENCRYPT))?;
    Ok((answer.unique_identifier, Name::text(name)))
}

fn values(
    player: &mut Player,
    id: &UniqueIdentifier,
    names: &[&str],
) -> Played<Vec<AttributeValue>> {
    let answer = player.session.get_attributes(id.clone(), names)?;
    same("Unique Identifier", &answer.unique_identifier, id)?;
    Ok(answer.attributes.into_iter().map(|one| one.value).collect())
}

/// All instances of one attribute. The Object Type is asked for too: at 2.0 PyKMIP never answers
/// when it would have no attribute to tell.
fn instances(
    player: &mut Player,
    id: &UniqueIdentifier,
    name: &str,
) -> Played<Vec<AttributeValue>> {
    let mut values = values(player, id, &[name, attribute_name::OBJECT_TYPE])?;
    values.retain(|value| value.name() == name);
    Ok(values)
}

fn names(player: &mut Player, id: &UniqueIdentifier) -> Played<Vec<String>> {
    let values = instances(player, id, attribute_name::NAME)?;
    let names = values.into_iter().filter_map(|value| match value {
        AttributeValue::Name(name) => Some(name.value),
        _ => None,
    });
    Ok(names.collect())
}

/// What every server says of a key that it made, with what it must say.
fn facts(name: Name) -> [AttributeValue; 6] {
    [
        AttributeValue::Name(name),
        AttributeValue::ObjectType(ObjectType::SYMMETRIC_KEY),
        AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES),
        AttributeValue::CryptographicLength(256),
        AttributeValue::CryptographicUsageMask(Usage::ENCRYPT),
        AttributeValue::State(State::PRE_ACTIVE),
    ]
}

pub(in super::super) fn get_named(player: &mut Player) -> Played {
    let (id, name) = key(player)?;
    for fact in facts(name) {
        let found = values(player, &id, &[fact.name()])?;
        same(fact.name(), &found, &vec![fact.clone()])?;
    }
    Ok(())
}

pub(in super::super) fn get_all(player: &mut Player) -> Played {
    let (id, name) = key(player)?;
    let found = values(player, &id, &[])?;
    for fact in facts(name) {
        let text = format!("{} is missing or wrong: {found:?}", fact.name());
        must(found.contains(&fact), text)?;
    }
    Ok(())
}

pub(in super::super) fn list(player: &mut Player) -> Played {
    let (id, name) = key(player)?;
    let answer = player.session.get_attribute_list(id.clone())?;
    same("Unique Identifier", &answer.unique_identifier, &id)?;
    let listed: Vec<String> = answer.attribute_names.into_iter().map(Into::into).collect();
    for fact in facts(name) {
        let text = format!("{} is missing in {listed:?}", fact.name());
        must(listed.iter().any(|one| one == fact.name()), text)?;
    }
    Ok(())
}

pub(in super::super) fn add(player: &mut Player) -> Played {
    let (id, name) = key(player)?;
    let second = Name::text(player.name("second"));
    player.session.add_attribute(id.clone(), second.clone())?;
    let mut found = names(player, &id)?;
    let mut wanted = vec![name.value, second.value];
    found.sort();
    wanted.sort();
    same("Names", &found, &wanted)
}

pub(in super::super) fn modify(player: &mut Player) -> Played {
    let (id, old) = key(player)?;
    let new = Name::text(player.name("modified"));
    let mut request = ModifyAttributeRequest::new(id.clone(), new.clone());
    if player.version >= ProtocolVersion::V2_0 {
        request.current_attribute = Some(old.into());
    }
    player.session.modify_attribute(request)?;
    same("Names", &names(player, &id)?, &vec![new.value])
}

/// By its name, and its index in 1.x.
pub(in super::super) fn delete_named(player: &mut Player) -> Played {
    let (id, _) = key(player)?;
    let request = DeleteAttributeRequest::new(id.clone(), attribute_name::NAME);
    player.session.delete_attribute(request)?;
    same("Names", &names(player, &id)?, &vec![])
}

/// A label by its value, which 2.0 brought.
pub(in super::super) fn delete_label(player: &mut Player) -> Played {
    let label = ApplicationSpecificInformation::new("strongroom-matrix", "goes");
    let label = AttributeValue::ApplicationSpecificInformation(label);
    let mut request = aes(&player.name("labelled"), 256, Usage::ENCRYPT);
    let attributes = &mut request.template_attribute.attributes;
    attributes.push(label.clone().into());
    let id = player.session.create(request)?.unique_identifier;
    let name = attribute_name::APPLICATION_SPECIFIC_INFORMATION;
    let before = instances(player, &id, name)?;
    same("labels before", &before, &vec![label.clone()])?;
    let mut request = DeleteAttributeRequest::default();
    request.unique_identifier = Some(id.clone());
    request.current_attribute = Some(label.into());
    player.session.delete_attribute(request)?;
    same("labels", &instances(player, &id, name)?, &vec![])
}

/// A Name by its value.
pub(in super::super) fn delete_name(player: &mut Player) -> Played {
    let (id, name) = key(player)?;
    let mut request = DeleteAttributeRequest::default();
    request.unique_identifier = Some(id.clone());
    request.current_attribute = Some(name.into());
    player.session.delete_attribute(request)?;
    same("Names", &names(player, &id)?, &vec![])
}

pub(in super::super) fn set(player: &mut Player) -> Played {
    let (id, _) = key(player)?;
    let sensitive = AttributeValue::Sensitive(true);
    let request = SetAttributeRequest::new(id.clone(), Attribute::from(sensitive.clone()));
    player.session.set_attribute(request)?;
    let found = values(player, &id, &[attribute_name::SENSITIVE])?;
    same("Sensitive", &found, &vec![sensitive])
}
