//! A start from the keystore: ask which state its masters are in, fetch one, unlock.
//!
//! May touch: the key servers; the keystore's files. Until the keystore's MAC verifies, only Get
//! Attributes and Get are sent (I12).

use strongroom_config::Config;
use strongroom_keystore::{Keystore, MasterEntry, MasterOrigin, Metadata, UnverifiedKeystore};
use strongroom_kmip::enumeration::State;

use super::activate::activate_everywhere;
use super::kmip;
use super::report::{Warning, of_opening};
use crate::error::Error;
use crate::master::{KeyServers, Standing};

/// What the opening is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A start: the configuration must name the recorded key.
    Start,
    /// A rotation: the configuration may name the next key.
    Rotation,
}

/// An opened keystore and what was noticed on the way.
pub(super) struct Opened {
    pub(super) keystore: Keystore,
    pub(super) warnings: Vec<Warning>,
}

/// Opens the keystore that was found.
pub(super) async fn open(
    config: &Config,
    servers: &KeyServers,
    found: &UnverifiedKeystore,
    purpose: Purpose,
) -> Result<Opened, Error> {
    let metadata = found.metadata();
    if purpose == Purpose::Start {
        same_identifier(config, metadata)?;
    }
    let strict = kmip(config)?.activate_keys.value;
    let mut warnings = Vec::new();
    let mut usable = None;
    let mut trouble = None;
    for entry in metadata.masters() {
        let standing = servers.standing(&entry.unique_identifier).await;
        warnings.extend(silent(&standing));
        match usability(servers, entry, standing, (strict, metadata.masters().len())) {
            Ok(()) => usable = usable.or(Some(entry)),
            // Of two masters one may be missing; neither may be retired.
            Err(error @ Error::KeyState { .. }) => return Err(error),
            Err(error) => trouble = trouble.or(Some(error)),
        }
    }
    let Some(entry) = usable else {
        let unknown = || servers.not_found("(none recorded)");
        return Err(trouble.unwrap_or_else(unknown));
    };
    let id = &entry.unique_identifier;
    let key = servers.fetch(id).await?;
    let keystore = found.unlock(id, &key)?;
    warnings.dedup();
    warnings.extend(of_opening(keystore.opening()));
    Ok(Opened { keystore, warnings })
}

/// The keystore names the key; the configuration may only confirm it (S4 to S6).
fn same_identifier(config: &Config, metadata: &Metadata) -> Result<(), Error> {
    let Some(configured) = kmip(config)?
        .key_identifier
        .as_ref()
        .map(|setting| &setting.value)
    else {
        return Ok(());
    };
    let recorded = metadata.logical_identifier();
    let names_it = |entry: &MasterEntry| {
        &entry.unique_identifier == configured || entry.name.as_ref() == Some(configured)
    };
    if recorded == Some(configured) || metadata.masters().any(names_it) {
        return Ok(());
    }
    let current = metadata
        .masters()
        .next()
        .map(|entry| &entry.unique_identifier);
    Err(Error::AnotherIdentifier {
        configured: configured.clone(),
        recorded: match (recorded, current) {
            (Some(recorded), _) => format!("{recorded:?}"),
            (None, Some(id)) => format!("the key with Unique Identifier {id:?}"),
            (None, None) => "unknown".to_owned(),
        },
    })
}

fn usability(
    servers: &KeyServers,
    entry: &MasterEntry,
    standing: Standing,
    (strict, master_count): (bool, usize),
) -> Result<(), Error> {
    if standing.worst().is_none() {
        if standing.absent_everywhere() {
            return Err(servers.not_found(&entry.unique_identifier));
        }
        let unknown = || servers.not_found(&entry.unique_identifier);
        return Err(standing.into_error().unwrap_or_else(unknown));
    }
    let refused = |state| Error::KeyState {
        unique_identifier: entry.unique_identifier.clone(),
        state,
    };
    match standing.worst_state() {
        None | Some(State::ACTIVE) => Ok(()),
        // A key of ours that waits for its activation: of a first start, or of a rotation.
        Some(State::PRE_ACTIVE)
            if !strict || waits(entry) || master_count > 1 && !entry.activated =>
        {
            Ok(())
        }
        Some(state) => Err(refused(state)),
    }
}

fn waits(entry: &MasterEntry) -> bool {
    !entry.activated && entry.origin != MasterOrigin::Given
}

fn silent(standing: &Standing) -> Vec<Warning> {
    let silent = standing.servers.iter().filter_map(|server| {
        let error = server.key.as_ref().err()?;
        Some(Warning::ServerSilent {
            server: server.server.clone(),
            error: error.to_string(),
        })
    });
    silent.collect()
}

/// The only master, when it waits for its activation.
fn waiting(metadata: &Metadata) -> Option<String> {
    let mut masters = metadata.masters();
    let only = masters.next().filter(|entry| waits(entry))?;
    masters
        .next()
        .is_none()
        .then(|| only.unique_identifier.clone())
}

/// Activates a key of ours that a first start left waiting, now that the MAC proves it ours.
///
/// In a rotation the new master waits for `rotate`.
pub(super) async fn activate_own(
    servers: &KeyServers,
    keystore: &mut Keystore,
) -> Result<(), Error> {
    let Some(id) = waiting(keystore.metadata()) else {
        return Ok(());
    };
    activate_everywhere(servers, &id).await?;
    Ok(keystore.mark_activated(&id)?)
}
