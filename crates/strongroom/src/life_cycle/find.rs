//! Finding the key that the operator named, and judging whether it may be used.
//!
//! May touch: the key servers; sends Locate and Get Attributes only.

use strongroom_config::KeyIdentifierKind;
use strongroom_kmip::enumeration::State;

use crate::error::Error;
use crate::master::{KeyFacts, KeyServers, Link};

/// The key with this identifier, or `None` when no listed server has it.
///
/// "Not there" counts only when every listed server says so (I8).
pub(crate) async fn find(
    servers: &KeyServers,
    identifier: &str,
    kind: KeyIdentifierKind,
) -> Result<Option<KeyFacts>, Error> {
    let mut by_name = Vec::new();
    let mut by_id = None;
    let mut open_question = None;
    for session in servers.connect_each().await {
        let mut link = match session {
            Ok(session) => Link::new(session),
            Err(error) => {
                open_question = Some(Error::from(error));
                continue;
            }
        };
        match ask(&mut link, identifier, kind).await {
            Ok((named, known)) => {
                add_new(&mut by_name, named);
                by_id = by_id.or(known);
            }
            Err(error) => open_question = Some(error),
        }
        link.close().await;
    }
    if by_name.len() > 1 {
        return Err(Error::SeveralKeys {
            name: identifier.to_owned(),
            ids: by_name
                .into_iter()
                .map(|key| key.unique_identifier)
                .collect(),
        });
    }
    match by_name.pop().or(by_id) {
        Some(found) => Ok(Some(found)),
        None => open_question.map_or(Ok(None), Err),
    }
}

/// An exact Name first; a Unique Identifier only when no Name is found.
async fn ask(
    link: &mut Link,
    identifier: &str,
    kind: KeyIdentifierKind,
) -> Result<(Vec<KeyFacts>, Option<KeyFacts>), Error> {
    let named = match kind {
        KeyIdentifierKind::UniqueIdentifier => Vec::new(),
        _ => link.named(identifier).await?,
    };
    let known = match kind {
        KeyIdentifierKind::Name => None,
        _ if named.is_empty() => link.facts(identifier).await?,
        _ => None,
    };
    Ok((named, known))
}

fn add_new(keys: &mut Vec<KeyFacts>, found: Vec<KeyFacts>) {
    for key in found {
        if !keys
            .iter()
            .any(|known| known.unique_identifier == key.unique_identifier)
        {
            keys.push(key);
        }
    }
}

/// What a key must be to become the master key of a store.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demands<'a> {
    /// The label of the store.
    pub(crate) label: &'a str,
    /// Whether a key must be Active (`activateKeys`).
    pub(crate) strict: bool,
    /// Whether another store's key may be used.
    pub(crate) shared_key: bool,
    /// Whether a Pre-Active key that bears our own label is one of ours that waits for activation.
    pub(crate) own_may_wait: bool,
}

/// Checks owner, kind and state of a key that the operator named.
pub(crate) fn judge(key: &KeyFacts, demands: Demands<'_>) -> Result<(), Error> {
    if let Some(label) = key.other_store(demands.label)
        && !demands.shared_key
    {
        return Err(Error::AnotherStoresKey {
            unique_identifier: key.unique_identifier.clone(),
            label: label.to_owned(),
        });
    }
    key.fitness().map_err(|why| Error::UnfitKey {
        unique_identifier: key.unique_identifier.clone(),
        why,
    })?;
    match key.state {
        None | Some(State::ACTIVE) => Ok(()),
        Some(State::PRE_ACTIVE) if !demands.strict => Ok(()),
        Some(State::PRE_ACTIVE) if demands.own_may_wait && key.bears(demands.label) => Ok(()),
        Some(state) => Err(Error::KeyState {
            unique_identifier: key.unique_identifier.clone(),
            state,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_kmip::attribute::{ApplicationSpecificInformation, Attribute, AttributeValue};

    fn key(state: State, label: Option<&str>) -> KeyFacts {
        let mut values = vec![AttributeValue::State(state)];
        values.extend(label.map(|data| {
            let label = ApplicationSpecificInformation::new(crate::LABEL_STORE, data);
            AttributeValue::ApplicationSpecificInformation(label)
        }));
        KeyFacts::of("7".into(), values.into_iter().map(Attribute::new).collect())
    }

    #[test]
    fn states_and_owners_are_judged_as_the_table_says() {
        // state, label, strict, shared, own may wait -> fits
        let cases = [
            (State::ACTIVE, None, true, false, false, true),
            (State::ACTIVE, Some("us"), true, false, false, true),
            (State::ACTIVE, Some("them"), true, false, false, false),
            (State::ACTIVE, Some("them"), true, true, false, true),
            (State::PRE_ACTIVE, None, true, false, true, false),
            (State::PRE_ACTIVE, None, false, false, false, true),
            (State::PRE_ACTIVE, Some("us"), true, false, true, true),
            (State::PRE_ACTIVE, Some("us"), true, false, false, false),
            (State::DEACTIVATED, None, true, false, true, false),
            (State::DEACTIVATED, None, false, false, true, false),
            (State::COMPROMISED, Some("us"), false, false, true, false),
            (State::DESTROYED, Some("us"), false, false, true, false),
        ];
        for (state, label, strict, shared_key, own_may_wait, fits) in cases {
            let demands = Demands {
                label: "us",
                strict,
                shared_key,
                own_may_wait,
            };
            assert_eq!(
                judge(&key(state, label), demands).is_ok(),
                fits,
                "{state} {label:?} {demands:?}"
            );
        }
    }
}
