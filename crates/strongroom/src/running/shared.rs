//! What the host and the socket do with a running store.
//!
//! May touch: the keystore, under its lock, which is never held while a key server is asked; the key
//! servers.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use strongroom_cipher::{DekGeneration, KeyId, KeyRing};
use strongroom_config::Config;
use strongroom_keystore::{Keystore, UpdateError};

use super::poll::Poll;
use super::report::{LiveKey, LiveRotation, RunningReport, lines, moment};
use super::rings::Rings;
use crate::error::Error;
use crate::life_cycle::held::Held;
use crate::life_cycle::{self, Options, ShredReport, Status, retire_key, shred_key};
use crate::master::KeyServers;

/// A running store, shared by its handle and its thread.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) config: Arc<Config>,
    pub(super) dbpath: PathBuf,
    pub(super) options: Options,
    pub(super) held: Held,
    pub(super) rings: Rings,
    pub(super) since: SystemTime,
    pub(super) poll: Option<Poll>,
    /// Held during a master key rotation.
    pub(super) rotating: tokio::sync::Mutex<()>,
}

impl Shared {
    /// The ring of a key id: the one in use, else a new one. The data key is made when there is none.
    pub(super) fn key_ring(&self, id: &KeyId) -> Result<Arc<KeyRing>, Error> {
        let mut keystore = self.held.lock();
        if let Some(ring) = self.rings.get(id) {
            return Ok(ring);
        }
        if keystore.metadata().key(id).is_none() {
            keystore.add_dek(id)?;
        }
        let ring = keystore.key_ring(id)?;
        ring.begin_epoch().map_err(|source| Error::Epoch {
            id: id.clone(),
            source,
        })?;
        let ring = Arc::new(ring);
        self.rings.put(&ring);
        Ok(ring)
    }

    pub(super) fn add_key(&self, id: &KeyId) -> Result<LiveKey, Error> {
        let generation = self.held.lock().add_dek(id)?;
        Ok(made(id, generation, false))
    }

    pub(super) fn rotate_key(&self, id: &KeyId) -> Result<LiveKey, Error> {
        let mut keystore = self.held.lock();
        let generation = keystore.rotate_dek(id)?;
        let live = self.follow(&keystore, id)?;
        Ok(made(id, generation, live))
    }

    pub(super) fn retire_key(
        &self,
        (id, generation): (&KeyId, DekGeneration),
        not_needed: bool,
    ) -> Result<LiveKey, Error> {
        let mut keystore = self.held.lock();
        retire_key(&mut keystore, id, generation, not_needed)?;
        let live = self.follow(&keystore, id)?;
        Ok(made(id, generation, live))
    }

    /// Not while the process has a ring of it: what that would seal from then on could never be opened.
    pub(super) fn shred_key(&self, id: &KeyId) -> Result<ShredReport, Error> {
        let mut keystore = self.held.lock();
        if self.rings.get(id).is_some() {
            return Err(Error::KeyInUse { id: id.clone() });
        }
        shred_key(&mut keystore, id)
    }

    /// The ring in use goes by what the keystore says now; whether there is one.
    fn follow(&self, keystore: &Keystore, id: &KeyId) -> Result<bool, Error> {
        let Some(ring) = self.rings.get(id) else {
            return Ok(false);
        };
        let newer = keystore.key_ring(id)?;
        let followed = ring.follow(&newer);
        followed.map_err(|source| Error::RingBehind {
            id: id.clone(),
            source,
        })?;
        Ok(true)
    }

    /// Master key rotation. One at a time.
    pub(super) async fn rotate(
        &self,
        (key_identifier, shared_key): (Option<String>, bool),
    ) -> Result<LiveRotation, Error> {
        let Ok(_rotating) = self.rotating.try_lock() else {
            return Err(Error::RotationUnderWay);
        };
        let options = self.options.clone().key_identifier(key_identifier);
        let options = options.shared_key(shared_key);
        let asked = (&*self.config, &options);
        let servers = KeyServers::from_config(&self.config)?;
        let refused = life_cycle::rotate::refuse_key_in_use(asked, self.held.lock().metadata());
        refused?;
        if self.held.lock().is_poisoned() {
            return Err(UpdateError::Poisoned.into());
        }
        let turned = life_cycle::rotate::turn(asked, &servers, &self.held, Vec::new()).await?;
        Ok(LiveRotation {
            old: turned.old,
            new: turned.new,
            resumed: turned.resumed,
            warnings: lines(&turned.warnings),
        })
    }

    /// How things stand, on disk, in memory and on the key servers.
    pub(super) async fn status(&self) -> Result<Status, Error> {
        let mut status = {
            // Nobody changes the files meanwhile.
            let keystore = self.held.lock();
            life_cycle::live_status(&self.config, &self.dbpath, &self.options, &keystore)?
        };
        status.running = Some(RunningReport {
            process: std::process::id(),
            since: moment(self.since),
            rings: self.rings.report(),
            polling: self.poll.as_ref().map(Poll::report),
        });
        let servers = KeyServers::from_config(&self.config)?;
        life_cycle::ask_servers(&servers, &mut status).await;
        Ok(status)
    }
}

fn made(id: &KeyId, generation: DekGeneration, live: bool) -> LiveKey {
    LiveKey {
        id: id.as_str().to_owned(),
        generation: generation.value(),
        live,
    }
}
