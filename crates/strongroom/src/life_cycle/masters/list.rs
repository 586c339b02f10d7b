//! Which master keys there are, and what needs them. May touch: the directory, reading only and
//! without the lock; the key servers, asking only, when a configuration is given.

use std::path::Path;

use serde::Serialize;
use strongroom_config::Config;
use strongroom_keystore::{MasterEntry, Metadata};
use strongroom_kmip::enumeration::State;

use super::super::status::{MasterReport, master};
use super::super::{Options, read_keystore};
use super::need;
use crate::error::Error;
use crate::master::{KeyFacts, KeyServers};

/// Every master key of a store. Serialises to what `strongroom master list --json` prints.
///
/// Read without the master key, so nothing in it is authenticated.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MasterList {
    /// The store's random id, in hexadecimal.
    pub store_id: String,
    /// The label that its keys bear on the key server.
    pub store_label: String,
    /// Generation of the keystore.
    pub generation: u64,
    /// The master keys that the keystore is sealed under: one, or two in a rotation.
    pub current: Vec<ListedMaster>,
    /// Those of earlier generations, oldest first.
    pub retired: Vec<ListedMaster>,
    /// Attempts to make one whose outcome stayed unknown.
    pub burnt: Vec<BurntReport>,
    /// Keys on the key servers that bear the store's label and that the keystore does not name;
    /// `None` when no configuration was given or no server answered.
    pub strays: Option<Vec<Stray>>,
}

/// One master key and what needs it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ListedMaster {
    /// What the keystore records of it, and its state on the key servers where they were asked.
    #[serde(flatten)]
    pub key: MasterReport,
    /// First and last generation of the keystore sealed under it.
    pub generations: [u64; 2],
    /// Registered backups that it opens.
    pub backups: Vec<String>,
    /// Older master keys that are to be destroyed before it.
    pub after: Vec<String>,
    /// Whether it is recorded as destroyed.
    pub destroyed: bool,
}

/// An attempt whose outcome stayed unknown.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BurntReport {
    /// Its number among this store's master keys; never used again.
    pub number: u32,
    /// Its random id, as in the label on the key server.
    pub attempt: String,
}

/// A key that bears the store's label and that the keystore does not name.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Stray {
    /// Unique Identifier on the key server.
    pub unique_identifier: String,
    /// Its Name there.
    pub name: Option<String>,
    /// Its state.
    pub state: Option<String>,
    /// Whether it comes from a burnt attempt, so that nothing was ever sealed under it.
    pub burnt: bool,
}

/// Lists the master keys of the store in `dbpath`; asks the key servers when there is a
/// configuration.
///
/// # Errors
///
/// [`Error`] when there is no keystore or it is damaged. A key server that does not answer is no
/// error here.
pub async fn list_masters(
    config: Option<&Config>,
    dbpath: &Path,
    options: &Options,
) -> Result<MasterList, Error> {
    let found = read_keystore(dbpath, options)?;
    let metadata = found.metadata();
    let mut list = of_keystore(metadata);
    if let Some(config) = config {
        let servers = KeyServers::from_config(config)?;
        for listed in list.current.iter_mut().chain(&mut list.retired) {
            let id = &listed.key.unique_identifier;
            let mut entries = metadata.masters().chain(metadata.history());
            let Some(entry) = entries.find(|entry| entry.unique_identifier == *id) else {
                continue;
            };
            let is_retired = entry.retired_generation.is_some();
            let standing = match is_retired {
                true => servers.standing_of(entry, metadata.label().as_str()).await,
                false => servers.home(entry).standing(id).await,
            };
            listed.key.state = match standing.worst_state() {
                Some(state) => Some(state.to_string()),
                None if is_retired && servers.may_be_elsewhere(entry) => {
                    Some(format!("on {}, not asked", entry.servers.join(", ")))
                }
                None if standing.absent_everywhere() => Some("not found".to_owned()),
                None => None,
            };
        }
        list.strays = strays(&servers, metadata).await;
    }
    Ok(list)
}

fn of_keystore(metadata: &Metadata) -> MasterList {
    let burnt = metadata.burnt().iter().map(|burnt| BurntReport {
        number: burnt.number,
        attempt: burnt.attempt.to_string(),
    });
    MasterList {
        store_id: metadata.store_id().to_string(),
        store_label: metadata.label().to_string(),
        generation: metadata.generation(),
        current: metadata
            .masters()
            .map(|entry| listed(metadata, entry))
            .collect(),
        retired: metadata
            .history()
            .iter()
            .map(|entry| listed(metadata, entry))
            .collect(),
        burnt: burnt.collect(),
        strays: None,
    }
}

fn listed(metadata: &Metadata, entry: &MasterEntry) -> ListedMaster {
    let id = &entry.unique_identifier;
    let last = match entry.retired_generation {
        Some(left) => left.saturating_sub(1),
        None => metadata.generation(),
    };
    ListedMaster {
        key: master(entry),
        generations: [entry.first_generation, last],
        backups: need::backups(metadata, id)
            .map(|backup| backup.id.to_string())
            .collect(),
        after: need::older(metadata, id)
            .map(|older| older.unique_identifier.clone())
            .collect(),
        destroyed: entry.destroyed,
    }
}

async fn strays(servers: &KeyServers, metadata: &Metadata) -> Option<Vec<Stray>> {
    let mut link = servers.connect().await.ok()?;
    let found = link.labelled(metadata.label().as_str()).await;
    link.close().await;
    let gone = [State::DESTROYED, State::DESTROYED_COMPROMISED];
    let strays = found.ok()?.into_iter().filter(|key| {
        !named(metadata, &key.unique_identifier)
            && !key.state.is_some_and(|state| gone.contains(&state))
    });
    let strays = strays.map(|key| Stray {
        name: key.name().map(str::to_owned),
        state: key.state.map(|state| state.to_string()),
        burnt: is_burnt(metadata, &key),
        unique_identifier: key.unique_identifier,
    });
    Some(strays.collect())
}

/// Whether the keystore names the key as a master, past or present.
pub(super) fn named(metadata: &Metadata, unique_identifier: &str) -> bool {
    let mut entries = metadata.masters().chain(metadata.history());
    entries.any(|entry| entry.unique_identifier == unique_identifier)
}

/// Whether the key bears the label of an attempt that this keystore gave up.
pub(super) fn is_burnt(metadata: &Metadata, key: &KeyFacts) -> bool {
    let mut burnt = metadata.burnt().iter();
    key.bears(metadata.label().as_str())
        && burnt.any(|burnt| key.attempt_labels.contains(&burnt.attempt.to_string()))
}
