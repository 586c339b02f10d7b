//! What a rotation would do. May touch: the key servers, asking only; the directory, reading only.

use std::path::Path;

use strongroom_config::Config;
use strongroom_keystore::{DirState, RotationPhase};

use super::super::{Options, look, unlock};
use super::refuse_key_in_use;
use super::target::{Target, target};
use crate::error::Error;
use crate::master::KeyServers;

/// What `rotate` would do now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RotationOutlook {
    /// Unique Identifier of the master key in use.
    pub old: String,
    /// The phase of an interrupted rotation, which would be gone on with.
    pub interrupted: Option<RotationPhase>,
    /// Unique Identifier of the key that would be taken; `None` when one would be made.
    pub takes: Option<String>,
    /// Name of the key that would be made.
    pub makes: Option<String>,
    /// How many data encryption keys would be sealed anew.
    pub data_keys: usize,
    /// The servers that must return the new key.
    pub servers: Vec<String>,
    /// The servers that the store would leave; empty when it stays on its list.
    pub leaves: Vec<String>,
}

/// Says what [`rotate`](super::rotate) would do. Changes nothing, here or on the key server.
///
/// The keystore is read without its key, so what it says is not authenticated.
///
/// # Errors
///
/// [`Error`], as `rotate` would give it before its first step.
pub async fn plan_rotation(
    config: &Config,
    dbpath: &Path,
    options: &Options,
) -> Result<RotationOutlook, Error> {
    unlock::enabled(config, dbpath, options)?;
    let servers = KeyServers::from_config(config)?;
    let DirState::Keystore(found) = look(dbpath, options)? else {
        return Err(Error::NothingToRotate {
            dbpath: dbpath.to_owned(),
        });
    };
    refuse_key_in_use((config, options), found.metadata())?;
    let metadata = found.metadata();
    let interrupted = metadata.rotation().map(|rotation| rotation.phase);
    let ahead = !matches!(interrupted, Some(RotationPhase::Both | RotationPhase::Done));
    let (takes, makes) = match ahead {
        false => (None, None),
        true => match target(config, &servers, metadata, options).await? {
            Target::Given { facts, .. } => (Some(facts.unique_identifier), None),
            Target::New { name, .. } => (None, Some(name)),
        },
    };
    let mut masters = metadata.masters();
    let moves = masters
        .next()
        .is_some_and(|first| !std::ptr::eq(servers.home(first), &servers));
    let old = metadata
        .masters()
        .next()
        .map(|entry| entry.unique_identifier.clone());
    Ok(RotationOutlook {
        old: old.unwrap_or_default(),
        interrupted,
        takes,
        makes,
        data_keys: metadata.keys().len(),
        servers: servers.names(),
        leaves: match moves {
            true => servers.left_names(),
            false => Vec::new(),
        },
    })
}
