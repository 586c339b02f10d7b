//! The start-up decision table: first start, or start from the keystore.
//!
//! May touch: the store's directory and the key servers, through the files beside this one.

use std::path::Path;

use strongroom_cipher::{KeyId, KeyRing};
use strongroom_config::Config;
use strongroom_keystore::{DirState, Keystore, Metadata};

use super::held::Held;
use super::report::{KeyOrigin, Warning};
use super::{Options, activates, certificates, first_start, lock, look, machine, open, retire};
use crate::error::Error;
use crate::master::KeyServers;
use crate::pin::{Pin, PinFile};

/// An open store. Holds the directory's lock until it is dropped.
#[derive(Debug)]
#[non_exhaustive]
pub struct Unlocked {
    /// The keystore, authenticated.
    pub keystore: Keystore,
    /// Where the master key came from.
    pub origin: KeyOrigin,
    /// What there is to look at.
    pub warnings: Vec<Warning>,
}

impl Unlocked {
    /// The key ring of `id`; makes the data encryption key when the keystore has none.
    ///
    /// # Errors
    ///
    /// [`Error`], when the keystore cannot be changed or a key does not open.
    pub fn key_ring(&mut self, id: &KeyId) -> Result<KeyRing, Error> {
        if !self.keystore.metadata().keys().any(|key| &key.id == id) {
            self.keystore.add_dek(id)?;
        }
        Ok(self.keystore.key_ring(id)?)
    }
}

/// Opens the store in `dbpath`, or makes it.
///
/// The rules are PSMDB's S1 to S14 with the changes of the design: once a keystore exists, it alone
/// names the master key; "not found" never means "make a new key" then.
///
/// # Errors
///
/// [`Error`]; its class says what kind. Whatever happens, the next start opens with what is there.
pub async fn unlock(config: &Config, dbpath: &Path, options: &Options) -> Result<Unlocked, Error> {
    enabled(config, dbpath, options)?;
    machine::insist(config, options)?;
    let kmip = config.kmip.as_ref();
    if kmip.is_some_and(|kmip| kmip.rotate_master_key.value) {
        return Err(Error::RotationAtStart);
    }
    let servers = KeyServers::from_config(config)?;
    let (dir, state) = lock(dbpath, options)?;
    let (keystore, origin, mut warnings) = match state {
        DirState::Keystore(found) => {
            let opened = open::open(config, &servers, &found, open::Purpose::Start).await?;
            (opened.keystore, KeyOrigin::Recorded, opened.warnings)
        }
        state => {
            if let Some(pin) = PinFile::of(config)? {
                pin.compare_empty()?;
            }
            let left = match state {
                DirState::IntentOnly(left) => Some(left),
                _ => None,
            };
            first_start::run(config, &servers, &dir, (left, options)).await?
        }
    };
    let mut keystore = keystore;
    warnings.extend(pin(config, keystore.metadata())?);
    if activates(config) {
        open::activate_own(&servers, &mut keystore).await?;
        let held = Held::new(keystore);
        warnings.extend(retire::quietly(&servers, &held).await?);
        keystore = held.into_inner();
        // What was activated and retired is a newer generation.
        pin(config, keystore.metadata())?;
    }
    if let Some(rotation) = keystore.metadata().rotation() {
        warnings.push(Warning::RotationUnfinished(rotation.phase));
    }
    warnings.extend(certificates::warnings(&servers));
    warnings.extend(machine::warnings());
    Ok(Unlocked {
        keystore,
        origin,
        warnings,
    })
}

/// Notes outside of the directory which keystore stands.
pub(super) fn pin(config: &Config, metadata: &Metadata) -> Result<Option<Warning>, Error> {
    let Some(file) = PinFile::of(config)? else {
        return Ok(None);
    };
    let is_first = file.write(&Pin::of(metadata))?;
    Ok(is_first.then(|| Warning::FirstPin {
        file: file.path().to_owned(),
    }))
}

/// Refuses to go on without encryption beside an encrypted store, and a pin inside of it.
pub(super) fn enabled(config: &Config, dbpath: &Path, options: &Options) -> Result<(), Error> {
    if config.enable_encryption.value {
        if let Some(pin) = PinFile::of(config)? {
            pin.outside(dbpath)?;
        }
        return Ok(());
    }
    match look(dbpath, options)? {
        DirState::Keystore(_) => Err(Error::EncryptionSwitchedOff {
            dbpath: dbpath.to_owned(),
        }),
        _ => Err(Error::EncryptionNotEnabled),
    }
}
