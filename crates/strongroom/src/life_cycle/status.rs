//! Which key protects what. May touch: the directory, reading only and without the lock; the key
//! servers, asking only, when a configuration is given.

use std::path::Path;

use serde::{Deserialize, Serialize};
use strongroom_config::Config;
use strongroom_keystore::{
    CopyHealth, DekState, Keystore, MasterEntry, Metadata, UnverifiedKeystore,
};

use super::certificates::{self, CertificateReport};
use super::machine::MachineReport;
use super::{Options, read_keystore};
use crate::error::Error;
use crate::master::KeyServers;
use crate::pin::PinFile;
use crate::running::RunningReport;

/// The state of a store. Serialises to the document that `strongroom status --json` prints.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Status {
    /// The store's random id, in hexadecimal.
    pub store_id: String,
    /// The label that its keys bear on the key server.
    pub store_label: String,
    /// Generation of the keystore.
    pub generation: u64,
    /// What the configuration called the master key when it was recorded.
    pub key_identifier: Option<String>,
    /// Phase of an unfinished rotation.
    pub rotation: Option<String>,
    /// The master key in use.
    pub master_key: Option<MasterReport>,
    /// The next master key, while a rotation is between two.
    pub next_master_key: Option<MasterReport>,
    /// Master keys of earlier generations, oldest first.
    pub retired_master_keys: Vec<MasterReport>,
    /// The listed key servers; empty without a configuration.
    pub servers: Vec<ServerReport>,
    /// Certificates and revocation lists, with the days that are left; empty without a
    /// configuration.
    pub certificates: Vec<CertificateReport>,
    /// Data encryption keys.
    pub keys: Vec<KeyReport>,
    /// Health of the two copies.
    pub copies: Vec<CopyReport>,
    /// The pin outside of the directory: `none` when none is configured, `not yet` when its file is not
    /// there, `fits`, or what is wrong.
    pub pin: String,
    /// What this machine does for keys and for speed.
    pub machine: MachineReport,
    /// Whether what stands here was authenticated with the master key: only a process that has the store
    /// open can say so.
    pub authenticated: bool,
    /// The process that has the store open, when that one tells.
    pub running: Option<RunningReport>,
}

/// A master key as the keystore records it, with its state on the key server where it was asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MasterReport {
    /// Unique Identifier on the key server.
    pub unique_identifier: String,
    /// Its Name there.
    pub name: Option<String>,
    /// State; the worst that any answering server reports; `None` when not asked or not answered.
    pub state: Option<String>,
    /// Algorithm.
    pub algorithm: String,
    /// Length in bits.
    pub length_bits: u32,
    /// Its number among this store's master keys.
    pub number: u32,
    /// First keystore generation sealed under it.
    pub first_generation: u64,
    /// Keystore generation that left it.
    pub retired_generation: Option<u64>,
    /// Whether this store deactivated it.
    pub deactivated: bool,
    /// Whether other stores share it.
    pub shared: bool,
    /// The servers (`host:port`) that returned it when it was recorded.
    pub servers: Vec<String>,
}

/// A listed key server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServerReport {
    /// `host:port`.
    pub server: String,
    /// Whether it answered.
    pub answers: bool,
    /// State of the master key there.
    pub key_state: Option<String>,
    /// Why it did not answer.
    pub error: Option<String>,
}

/// A generation of a data encryption key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct KeyReport {
    /// Key id.
    pub id: String,
    /// Generation.
    pub generation: u32,
    /// `active`, `read-only` or `retired`.
    pub state: String,
}

/// One copy of the keystore.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CopyReport {
    /// File name.
    pub file: String,
    /// What it is.
    pub health: String,
    /// Whether it is whole and of the newest generation.
    pub sound: bool,
}

/// Reads the status of the store in `dbpath`; asks the key servers when there is a configuration.
///
/// # Errors
///
/// [`Error`] when there is no keystore or it is damaged. A key server that does not answer is no
/// error here: the report says so.
pub async fn status(
    config: Option<&Config>,
    dbpath: &Path,
    options: &Options,
) -> Result<Status, Error> {
    let found = read_keystore(dbpath, options)?;
    let mut status = of_keystore(&found);
    status.machine.strict_key_memory =
        options.strict_key_memory || config.is_some_and(|config| config.strict_key_memory.value);
    if let Some(config) = config {
        status.pin = pin(config, found.metadata());
        ask_servers(&KeyServers::from_config(config)?, &mut status).await;
    }
    Ok(status)
}

fn pin(config: &Config, metadata: &Metadata) -> String {
    let found = match PinFile::of(config) {
        Ok(None) => return "none".to_owned(),
        Ok(Some(file)) => file.read().and_then(|pin| match pin {
            Some(_) => file.compare(metadata).map(|()| "fits"),
            None => Ok("not yet"),
        }),
        Err(error) => Err(error),
    };
    found.map_or_else(|error| error.to_string(), str::to_owned)
}

/// The status of a store that this process has open, before the key servers are asked.
pub(crate) fn live_status(
    config: &Config,
    dbpath: &Path,
    options: &Options,
    keystore: &Keystore,
) -> Result<Status, Error> {
    let found = read_keystore(dbpath, options)?;
    let mut status = of_keystore(&found);
    status.machine.strict_key_memory = options.strict_key_memory || config.strict_key_memory.value;
    status.pin = pin(config, found.metadata());
    status.authenticated = found.metadata() == keystore.metadata();
    Ok(status)
}

/// Adds what the key servers say.
pub(crate) async fn ask_servers(servers: &KeyServers, status: &mut Status) {
    let Some(master) = &mut status.master_key else {
        return;
    };
    let home = servers.home_of(&master.unique_identifier, &master.servers);
    let standing = home.standing(&master.unique_identifier).await;
    master.state = standing.worst_state().map(|state| state.to_string());
    status.certificates = certificates::reports(home, &standing.servers);
    status.servers = standing
        .servers
        .into_iter()
        .map(|server| ServerReport {
            server: server.server,
            answers: server.key.is_ok(),
            key_state: match &server.key {
                Ok(Some(facts)) => facts.state.map(|state| state.to_string()),
                Ok(None) => Some("not found".to_owned()),
                Err(_) => None,
            },
            error: server.key.err().map(|error| error.to_string()),
        })
        .collect();
    if let Some(next) = &mut status.next_master_key {
        let home = servers.home_of(&next.unique_identifier, &next.servers);
        let standing = home.standing(&next.unique_identifier).await;
        next.state = standing.worst_state().map(|state| state.to_string());
    }
}

fn of_keystore(found: &UnverifiedKeystore) -> Status {
    let metadata = found.metadata();
    let mut masters = metadata.masters().map(master);
    Status {
        store_id: metadata.store_id().to_string(),
        store_label: metadata.label().to_string(),
        generation: metadata.generation(),
        key_identifier: metadata.logical_identifier().map(str::to_owned),
        rotation: metadata
            .rotation()
            .map(|rotation| rotation.phase.to_string()),
        master_key: masters.next(),
        next_master_key: masters.next(),
        retired_master_keys: metadata.history().iter().map(master).collect(),
        servers: Vec::new(),
        certificates: Vec::new(),
        keys: keys(metadata),
        copies: found
            .health()
            .into_iter()
            .map(|(copy, health)| CopyReport {
                file: copy.to_string(),
                health: health.to_string(),
                sound: matches!(health, CopyHealth::Sound { .. }),
            })
            .collect(),
        pin: "none".to_owned(),
        machine: MachineReport::new(),
        authenticated: false,
        running: None,
    }
}

pub(super) fn master(entry: &MasterEntry) -> MasterReport {
    MasterReport {
        unique_identifier: entry.unique_identifier.clone(),
        name: entry.name.clone(),
        state: None,
        algorithm: entry.algorithm.clone(),
        length_bits: entry.length_bits,
        number: entry.number,
        first_generation: entry.first_generation,
        retired_generation: entry.retired_generation,
        deactivated: entry.deactivated,
        shared: entry.shared,
        servers: entry.servers.clone(),
    }
}

/// Every generation of every key id.
pub(crate) fn keys(metadata: &Metadata) -> Vec<KeyReport> {
    let keys = metadata.keys().map(|key| KeyReport {
        id: key.id.as_str().to_owned(),
        generation: key.generation.value(),
        state: match key.state {
            DekState::Active => "active",
            DekState::ReadOnly => "read-only",
            _ => "retired",
        }
        .to_owned(),
    });
    keys.collect()
}
