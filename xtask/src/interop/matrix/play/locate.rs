//! Locate by each kind of attribute that servers look by, and in pages.
//!
//! May touch: the player's connection.

use strongroom_kmip::attribute::{ApplicationSpecificInformation, Attribute};
use strongroom_kmip::operation::{CreateRequest, LocateRequest};
use strongroom_kmip::{
    AttributeValue, CryptographicAlgorithm, CryptographicUsageMask as Usage, Name, ObjectType,
    State, UniqueIdentifier,
};

use super::super::player::{Played, Player, must, same};
use super::keys::described;

/// A key with one more attribute than Name, algorithm, length and mask; and its Name.
fn key_with(
    player: &mut Player,
    length: i32,
    more: Option<AttributeValue>,
) -> Played<(UniqueIdentifier, String)> {
    let name = player.name("located");
    let mut attributes = described(&name, CryptographicAlgorithm::AES, length, Usage::ENCRYPT);
    attributes.extend(more.map(Attribute::from));
    let answer = player
        .session
        .create(CreateRequest::symmetric_key(attributes))?;
    Ok((answer.unique_identifier, name))
}

fn found(player: &mut Player, attributes: Vec<Attribute>) -> Played<Vec<UniqueIdentifier>> {
    let answer = player.session.locate(LocateRequest::new(attributes))?;
    Ok(answer.unique_identifiers)
}

pub(in super::super) fn by_name(player: &mut Player) -> Played {
    let (id, name) = key_with(player, 256, None)?;
    same(
        "by Name",
        &found(player, vec![Name::text(name).into()])?,
        &vec![id],
    )
}

pub(in super::super) fn nothing(player: &mut Player) -> Played {
    key_with(player, 256, None)?;
    let name = Name::text(player.name("nobody"));
    same(
        "by a Name that nobody bears",
        &found(player, vec![name.into()])?,
        &vec![],
    )
}

/// Several attributes at once: each alone would find more.
pub(in super::super) fn by_several(player: &mut Player) -> Played {
    let group = AttributeValue::ObjectGroup(player.name("group"));
    let (wanted, _) = key_with(player, 192, Some(group.clone()))?;
    let (active, _) = key_with(player, 192, Some(group.clone()))?;
    key_with(player, 256, Some(group.clone()))?;
    key_with(player, 192, None)?;
    player.session.activate(active)?;
    let attributes = vec![
        group.into(),
        AttributeValue::ObjectType(ObjectType::SYMMETRIC_KEY).into(),
        AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES).into(),
        AttributeValue::CryptographicLength(192).into(),
        AttributeValue::State(State::PRE_ACTIVE).into(),
    ];
    same(
        "by five attributes",
        &found(player, attributes)?,
        &vec![wanted],
    )
}

pub(in super::super) fn by_application(player: &mut Player) -> Played {
    let label = |text: String| {
        let label = ApplicationSpecificInformation::new("strongroom-matrix", text);
        AttributeValue::ApplicationSpecificInformation(label)
    };
    let (mine, other) = (player.name("label"), player.name("label"));
    let (wanted, _) = key_with(player, 256, Some(label(mine.clone())))?;
    key_with(player, 256, Some(label(other)))?;
    same(
        "by label",
        &found(player, vec![label(mine).into()])?,
        &vec![wanted],
    )
}

/// Three keys of one group.
fn three(player: &mut Player) -> Played<(LocateRequest, Vec<UniqueIdentifier>)> {
    let group = AttributeValue::ObjectGroup(player.name("pages"));
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(key_with(player, 256, Some(group.clone()))?.0);
    }
    Ok((LocateRequest::new(vec![group.into()]), ids))
}

pub(in super::super) fn at_most(player: &mut Player) -> Played {
    let (mut request, ids) = three(player)?;
    request.maximum_items = Some(2);
    let page = player.session.locate(request)?.unique_identifiers;
    same("Maximum Items", &page.len(), &2)?;
    must(
        page.iter().all(|id| ids.contains(id)),
        "another object came",
    )
}

/// Two pages have all objects, each once.
pub(in super::super) fn in_pages(player: &mut Player) -> Played {
    let (mut request, mut ids) = three(player)?;
    request.maximum_items = Some(2);
    let mut all = player.session.locate(request.clone())?.unique_identifiers;
    request.offset_items = Some(2);
    all.extend(player.session.locate(request)?.unique_identifiers);
    all.sort();
    ids.sort();
    same("two pages", &all, &ids)
}
