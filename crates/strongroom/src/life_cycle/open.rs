//! A start from the keystore: ask which state its masters are in, fetch one, unlock.
//!
//! May touch: the key servers; the keystore's files. Until the keystore's MAC verifies, only Get
//! Attributes and Get are sent (I12).

use strongroom_config::Config;
use strongroom_keystore::{Keystore, MasterEntry, Metadata, UnlockError, UnverifiedKeystore};

use super::accept::{accept, waits};
use super::activate::activate_everywhere;
use super::activates;
use super::report::{Warning, of_opening};
use crate::error::Error;
use crate::master::{KeyRef, KeyServers};
use crate::pin::PinFile;

/// What the opening is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A start: the configuration must name the recorded key.
    Start,
    /// A rotation: the configuration may name the next key.
    Rotation,
    /// An older copy goes on: whatever became of its master keys.
    TakeOver,
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
    if purpose == Purpose::TakeOver {
        return open_old(servers, found).await;
    }
    let claimed = found.metadata();
    let (entry, mut warnings) = admit(config, servers, claimed, purpose).await?;
    let id = &entry.unique_identifier;
    let key = servers
        .home(entry)
        .fetch(KeyRef::of(entry, claimed.store_id()));
    let proven = found.prove(id, &key.await?).map_err(|error| {
        // Key servers count apart: this list has another key under the same Unique Identifier.
        let between = claimed.masters().len() > 1 && servers.may_be_elsewhere(entry);
        match between && matches!(error, UnlockError::WrongMasterKey { .. }) {
            true => KeyServers::elsewhere(entry),
            false => Error::from(error),
        }
    })?;
    // A forged newer copy is passed over for the older one, whose masters nobody has judged yet.
    if !same_masters(claimed, proven.metadata()) {
        admit(config, servers, proven.metadata(), purpose).await?;
    }
    if let Some(pin) = PinFile::of(config)? {
        pin.compare(proven.metadata())?;
    }
    let keystore = proven.open();
    warnings.extend(of_opening(keystore.opening()));
    Ok(Opened { keystore, warnings })
}

/// Opens an older copy with the first of its masters that a server still gives out.
async fn open_old(servers: &KeyServers, found: &UnverifiedKeystore) -> Result<Opened, Error> {
    let mut refused = None;
    let store = found.metadata().store_id();
    for entry in found.metadata().masters() {
        let id = &entry.unique_identifier;
        match servers.home(entry).fetch(KeyRef::of(entry, store)).await {
            Ok(key) => {
                let keystore = found.unlock(id, &key)?;
                let warnings = of_opening(keystore.opening());
                return Ok(Opened { keystore, warnings });
            }
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(refused.unwrap_or_else(|| servers.not_found("(none recorded)")))
}

/// Judges identifier and masters; gives the master to open with.
async fn admit<'a>(
    config: &Config,
    servers: &KeyServers,
    metadata: &'a Metadata,
    purpose: Purpose,
) -> Result<(&'a MasterEntry, Vec<Warning>), Error> {
    if purpose == Purpose::Start {
        same_identifier(config, servers, metadata)?;
    }
    accept(servers, metadata, (purpose, activates(config))).await
}

fn same_masters(one: &Metadata, other: &Metadata) -> bool {
    let ids = |metadata: &Metadata| {
        let masters = metadata.masters();
        masters
            .map(|entry| entry.unique_identifier.clone())
            .collect::<Vec<_>>()
    };
    ids(one) == ids(other)
}

/// The keystore names the key; the configuration may only confirm it (S4 to S6).
fn same_identifier(
    config: &Config,
    servers: &KeyServers,
    metadata: &Metadata,
) -> Result<(), Error> {
    let kmip = config.kmip.as_ref();
    let Some(configured) = kmip
        .and_then(|kmip| kmip.key_identifier.as_ref())
        .map(|setting| &setting.value)
    else {
        return Ok(());
    };
    let recorded = metadata.logical_identifier();
    let names_it = |entry: &MasterEntry| {
        &entry.unique_identifier == configured || entry.name.as_ref() == Some(configured)
    };
    // Until a move is done, the configuration that the store leaves names the key.
    let left = servers.left_identifier();
    let is_left = left.is_some() && recorded == left;
    if recorded == Some(configured) || is_left || metadata.masters().any(names_it) {
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

/// The only master, when it waits for its activation.
fn waiting(metadata: &Metadata) -> Option<MasterEntry> {
    let mut masters = metadata.masters();
    let only = masters.next().filter(|entry| waits(entry))?;
    masters.next().is_none().then(|| only.clone())
}

/// Activates a key of ours that a first start left waiting, now that the MAC proves it ours.
///
/// In a rotation the new master waits for `rotate`.
pub(super) async fn activate_own(
    servers: &KeyServers,
    keystore: &mut Keystore,
) -> Result<(), Error> {
    let Some(entry) = waiting(keystore.metadata()) else {
        return Ok(());
    };
    let id = &entry.unique_identifier;
    activate_everywhere(servers.home(&entry), id).await?;
    Ok(keystore.mark_activated(id)?)
}
