//! The end of a key id, and how far it is out of everybody's reach. May touch: the keystore's files.

use std::path::Path;

use serde::{Deserialize, Serialize};
use strongroom_cipher::KeyId;
use strongroom_keystore::{Keystore, Metadata, ShredOutlook, UpdateError};

use super::{Options, read_keystore};
use crate::error::Error;

/// A key id that was shredded, or would be (`docs/formats/keystore.md`, 10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ShredReport {
    /// The key id.
    pub id: String,
    /// Whether the keystore has it no more.
    pub shredded: bool,
    /// Whether it was so before.
    pub was_shredded: bool,
    /// Whether nobody can open an older copy of its data keys: `masters` and `backups` are empty.
    pub effective: bool,
    /// Unique Identifiers of master keys that open older copies of the keystore with its data keys and are
    /// not recorded as destroyed.
    pub masters: Vec<String>,
    /// Ids of registered backups that need its data keys.
    pub backups: Vec<String>,
}

/// Removes every data key of `id` from all copies of the keystore: what is sealed under them opens with this
/// keystore no more. One that was shredded already is only reported.
///
/// Nothing here knows who still needs it: the caller has asked.
///
/// # Errors
///
/// [`Error::Update`], for a key id that was never there as well.
pub fn shred_key(keystore: &mut Keystore, id: &KeyId) -> Result<ShredReport, Error> {
    let metadata = keystore.metadata();
    if metadata.key(id).is_none() && metadata.shred_outlook(id).is_some() {
        return stands(metadata, id);
    }
    keystore.shred_key(id)?;
    let report = stands(keystore.metadata(), id)?;
    Ok(ShredReport {
        was_shredded: false,
        ..report
    })
}

/// How a shredded key id stands, or how one would that is there. Works without the key, so nothing is
/// authenticated; changes nothing.
///
/// # Errors
///
/// [`Error::Inspect`], [`Error::NoKeystore`]; [`Error::Update`] for a key id that was never there.
pub fn plan_shred(dbpath: &Path, id: &KeyId, options: &Options) -> Result<ShredReport, Error> {
    stands(read_keystore(dbpath, options)?.metadata(), id)
}

fn stands(metadata: &Metadata, id: &KeyId) -> Result<ShredReport, Error> {
    // A key id that was added again would be shredded again.
    let (outlook, shredded) = match metadata.shred_plan(id) {
        Some(plan) => (Some(plan), false),
        None => (metadata.shred_outlook(id), true),
    };
    let outlook = outlook.ok_or_else(|| UpdateError::UnknownKey(id.clone()))?;
    let effective = outlook.is_effective();
    let ShredOutlook {
        masters, backups, ..
    } = outlook;
    Ok(ShredReport {
        id: id.as_str().to_owned(),
        shredded,
        was_shredded: shredded,
        effective,
        masters,
        backups: backups.iter().map(ToString::to_string).collect(),
    })
}
