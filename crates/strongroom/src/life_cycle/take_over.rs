//! Going on from an older copy of a store: a backup put back, or a clone.
//!
//! May touch: the key servers; the keystore; the pin file. What is opened may be under retired master
//! keys; what is left behind is under a fresh one.

use std::path::Path;

use strongroom_config::Config;
use strongroom_keystore::{Activation, RotationPhase, StoreLabel};

use super::held::Held;
use super::open::{self, Purpose};
use super::rotate::{self, Rotated};
use super::{Options, keystore_in, lock, machine, retire, unlock};
use crate::error::Error;
use crate::master::{KeyRef, KeyServers};
use crate::pin::{PinFile, PinMismatch};

/// How a store goes on from an older copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TakeOver {
    /// This copy goes on alone: every other master key that bears the store's label is deactivated, so
    /// the other copies stop.
    Restore,
    /// This copy and the others go on, each under a master key of its own.
    Clone,
}

/// Opens an older copy of a store, whatever became of its master keys, and makes it the newest: a
/// higher generation, a fresh master key, and the old ones retired.
///
/// The store id stays, so what the copy sealed opens. A run that was cut is run again.
///
/// What lies in the directory is trusted: whoever holds one of its master keys can have made it.
///
/// # Errors
///
/// [`Error`]; among them [`Error::KeyNotFound`] when no server gives out a master key of the copy.
pub async fn take_over(
    config: &Config,
    dbpath: &Path,
    (kind, options): (TakeOver, &Options),
) -> Result<Rotated, Error> {
    unlock::enabled(config, dbpath, options)?;
    machine::insist(config, options)?;
    let servers = KeyServers::from_config(config)?;
    let (_dir, state) = lock(dbpath, options)?;
    let found = keystore_in(state, dbpath)?;
    let at_least = above_the_pin(config, found.metadata().store_id())?;
    let opened = open::open(config, &servers, &found, Purpose::TakeOver).await?;
    let held = Held::new(opened.keystore);
    let source = held.lock().metadata().label().to_string();
    let clone = match kind {
        TakeOver::Restore => None,
        TakeOver::Clone => Some(StoreLabel::generate().map_err(|_| Error::NoRandomness)?),
    };
    held.lock().take_over(at_least, clone)?;
    settle(&servers, &held).await?;
    let mut options = options.clone();
    options.source_label = Some(source);
    let turned = rotate::turn((config, &options), &servers, &held, opened.warnings).await?;
    let mut warnings = turned.warnings;
    if kind == TakeOver::Restore {
        warnings.extend(retire::others(&servers, &held).await?);
    }
    unlock::pin(config, held.lock().metadata())?;
    Ok(Rotated {
        keystore: held.into_inner(),
        old: turned.old,
        new: turned.new,
        resumed: false,
        warnings,
    })
}

/// The generation that is above every one that this store is known to have had.
fn above_the_pin(config: &Config, found: strongroom_cipher::StoreId) -> Result<u64, Error> {
    let Some(file) = PinFile::of(config)? else {
        return Ok(0);
    };
    match file.read()? {
        Some(pin) if pin.store_id != found => {
            let pinned = pin.store_id;
            Err(file.mismatch(PinMismatch::Store { found, pinned }).into())
        }
        Some(pin) => Ok(pin.generation.saturating_add(1)),
        None => Ok(0),
    }
}

/// Ends a rotation that the copy was in the middle of, so that a whole one can follow.
async fn settle(servers: &KeyServers, held: &Held) -> Result<(), Error> {
    let (phase, masters) = {
        let keystore = held.lock();
        let metadata = keystore.metadata();
        let phase = metadata.rotation().map(|rotation| rotation.phase);
        (phase, metadata.masters().cloned().collect::<Vec<_>>())
    };
    let store = held.lock().metadata().store_id();
    if let (Some(RotationPhase::Both), [old, new]) = (phase, masters.as_slice()) {
        // Whatever state it is in: the next rotation leaves it at once.
        match servers.home(new).fetch(KeyRef::of(new, store)).await {
            Ok(new) => held.lock().seal_under_new(&new, Activation::Waived)?,
            Err(_) => {
                let old = servers.home(old).fetch(KeyRef::of(old, store)).await?;
                return Ok(held.lock().drop_new_master(&old)?);
            }
        }
        return Ok(held.lock().finish_rotation()?);
    }
    if phase == Some(RotationPhase::Done) {
        held.lock().finish_rotation()?;
    }
    Ok(())
}
