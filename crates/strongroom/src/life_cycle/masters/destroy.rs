//! Destroying a master key that nothing needs any more (I6).
//!
//! May touch: the key servers; the keystore's record.

use std::path::Path;

use strongroom_config::Config;
use strongroom_keystore::{Keystore, MasterEntry, MasterOrigin, Metadata};
use strongroom_kmip::enumeration::State;

use super::super::report::Warning;
use super::super::{Options, keystore_in, lock, machine, open, unlock};
use super::{list, need};
use crate::error::Error;
use crate::master::{KeyServers, Link, Standing};

/// A destroyed master key.
#[derive(Debug)]
#[non_exhaustive]
pub struct DestroyedMaster {
    /// Its Unique Identifier.
    pub unique_identifier: String,
    /// Whether it was gone from every server before, and only the record was behind.
    pub was_gone: bool,
    /// Whether it was a stray of a burnt attempt, under which nothing was ever sealed.
    pub stray: bool,
    /// What there is to look at.
    pub warnings: Vec<Warning>,
}

/// Destroys a retired master key, or a stray of a burnt attempt, on every listed key server.
///
/// The keystore is opened first, so what decides is authenticated. Every server must answer; the key
/// is revoked where it is Active, destroyed, and read back. A run that was cut goes on from what it
/// finds.
///
/// # Errors
///
/// [`Error::MasterNeeded`] while the keystore, a registered backup, an unfinished rotation or an older
/// master key needs it; [`Error::UnknownMaster`]; the key server's refusals; and
/// [`Error::StillThere`] when a server has it afterwards.
pub async fn destroy_master(
    config: &Config,
    dbpath: &Path,
    unique_identifier: &str,
    options: &Options,
) -> Result<DestroyedMaster, Error> {
    unlock::enabled(config, dbpath, options)?;
    machine::insist(config, options)?;
    let servers = KeyServers::from_config(config)?;
    let (_dir, state) = lock(dbpath, options)?;
    let found = keystore_in(state, dbpath)?;
    let opened = open::open(config, &servers, &found, open::Purpose::Start).await?;
    let mut keystore = opened.keystore;
    let (entry, standing) = look_at(&servers, keystore.metadata(), unique_identifier).await?;
    let stray = entry.is_none();
    match stray {
        true => may_go_stray(keystore.metadata(), unique_identifier, &standing)?,
        false => may_go(&servers, keystore.metadata(), unique_identifier).await?,
    }
    let was_gone = standing.gone_everywhere();
    if !was_gone {
        let home = entry.as_ref().map_or(&servers, |entry| servers.home(entry));
        destroy(home, unique_identifier, standing).await?;
    }
    record(&mut keystore, unique_identifier, stray)?;
    Ok(DestroyedMaster {
        unique_identifier: unique_identifier.to_owned(),
        was_gone,
        stray,
        warnings: opened.warnings,
    })
}

/// The record of the key, if there is one, and what its own key servers say of it.
async fn look_at(
    servers: &KeyServers,
    metadata: &Metadata,
    id: &str,
) -> Result<(Option<MasterEntry>, Standing), Error> {
    let mut entries = metadata.masters().chain(metadata.history());
    let Some(entry) = entries.find(|entry| entry.unique_identifier == id) else {
        return Ok((None, servers.standing(id).await));
    };
    if entry.retired_generation.is_none() {
        let standing = servers.home(entry).standing(id).await;
        return Ok((Some(entry.clone()), standing));
    }
    let standing = servers.standing_of(entry, metadata.label().as_str()).await;
    if standing.absent_everywhere() && servers.may_be_elsewhere(entry) {
        return Err(KeyServers::elsewhere(entry));
    }
    Ok((Some(entry.clone()), standing))
}

/// A key that no record names goes only when its attempt was given up: nothing was sealed under it.
fn may_go_stray(metadata: &Metadata, id: &str, standing: &Standing) -> Result<(), Error> {
    match standing.worst() {
        Some(key) if list::is_burnt(metadata, key) => Ok(()),
        _ => Err(Error::UnknownMaster {
            unique_identifier: id.to_owned(),
        }),
    }
}

async fn may_go(servers: &KeyServers, metadata: &Metadata, id: &str) -> Result<(), Error> {
    let mut needs = need::recorded(metadata, id);
    let mut history = metadata.history().iter();
    if let Some(entry) = history.find(|entry| entry.unique_identifier == id) {
        needs.extend(owner(entry));
        // One that its server lost, or that somebody destroyed, is not readable.
        for older in need::older(metadata, id) {
            let standing = servers.standing_of(older, metadata.label().as_str()).await;
            let elsewhere = servers.may_be_elsewhere(older) && standing.absent_everywhere();
            let older = &older.unique_identifier;
            if elsewhere || !standing.gone_everywhere() {
                needs.push(format!("the older master key {older:?}, which goes first"));
            }
        }
    }
    if needs.is_empty() {
        return Ok(());
    }
    Err(Error::MasterNeeded {
        unique_identifier: id.to_owned(),
        needs,
    })
}

/// A key that others gave us or share with us is not ours to destroy.
fn owner(entry: &MasterEntry) -> Option<String> {
    if entry.shared {
        return Some("other stores share it".to_owned());
    }
    (entry.origin == MasterOrigin::Given)
        .then(|| "this store did not make it, and its owner may use it elsewhere".to_owned())
}

/// Destroys it on every server, each by the state that it finds there.
async fn destroy(servers: &KeyServers, id: &str, standing: Standing) -> Result<(), Error> {
    // A server that cannot be asked keeps its copy: then nothing is begun.
    if let Some(error) = standing.into_error() {
        return Err(error);
    }
    for session in servers.connect_each().await {
        let mut link = Link::new(session?);
        let destroyed = destroy_at(&mut link, id).await;
        link.close().await;
        destroyed?;
    }
    let left = servers.standing(id).await;
    if left.gone_everywhere() {
        return Ok(());
    }
    for server in left.servers {
        match server.key {
            Ok(Some(facts)) if !facts.state.is_some_and(is_destroyed) => {
                return Err(Error::StillThere {
                    unique_identifier: id.to_owned(),
                    server: server.server,
                });
            }
            Ok(_) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn destroy_at(link: &mut Link, id: &str) -> Result<(), Error> {
    let Some(facts) = link.facts(id).await? else {
        return Ok(());
    };
    if facts.state.is_some_and(is_destroyed) {
        return Ok(());
    }
    if facts.state == Some(State::ACTIVE) {
        link.deactivate(id).await?;
    }
    link.destroy(id).await
}

fn is_destroyed(state: State) -> bool {
    matches!(state, State::DESTROYED | State::DESTROYED_COMPROMISED)
}

fn record(keystore: &mut Keystore, id: &str, stray: bool) -> Result<(), Error> {
    let mut history = keystore.metadata().history().iter();
    let known = history.any(|entry| entry.unique_identifier == id && entry.destroyed);
    if stray || known {
        return Ok(());
    }
    Ok(keystore.mark_destroyed(id)?)
}
