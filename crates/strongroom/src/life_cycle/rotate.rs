//! Master key rotation: steps 0 to 8 of the design, resumable at any cut.
//!
//! May touch: the key servers and the keystore. Every step is durable before the next begins; a
//! rotation never goes back, and never destroys a key.

mod outlook;
mod target;

use std::path::Path;

use strongroom_config::Config;
use strongroom_keystore::{
    Activation, AttemptId, DirState, Keystore, LockedDir, MasterEntry, MasterKey, MasterOrigin,
    Metadata, NewMaster, RotationPhase, RotationPlan, UnverifiedKeystore, UpdateError,
};
use strongroom_kmip::enumeration::State;

pub use outlook::{RotationOutlook, plan_rotation};
use target::{Target, target};

use super::activate::activate_everywhere;
use super::first_start::{made_by, new_master, wraps};
use super::held::Held;
use super::open::{self, Purpose};
use super::report::Warning;
use super::{Options, kmip, lock, machine, retire, unlock};
use crate::error::Error;
use crate::master::{KeyFacts, KeyRef, KeyServers, NewKey, Standing};
use crate::pin::{Pin, PinFile, PinnedMaster};

/// A finished rotation.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rotated {
    /// The keystore, sealed under the new master key alone.
    pub keystore: Keystore,
    /// Unique Identifier of the master key before, unless only the end of a rotation was left.
    pub old: Option<String>,
    /// Unique Identifier of the master key now.
    pub new: String,
    /// Whether an interrupted rotation was gone on with.
    pub resumed: bool,
    /// What there is to look at.
    pub warnings: Vec<Warning>,
}

/// Rotates the master key of the store in `dbpath`, or goes on with an interrupted rotation.
///
/// Data encryption keys are sealed anew, not replaced, and no data is rewritten.
///
/// # Errors
///
/// [`Error`]. Whatever happens, the next start opens with the old or the new master key, and the
/// next `rotate` goes on.
pub async fn rotate(config: &Config, dbpath: &Path, options: &Options) -> Result<Rotated, Error> {
    unlock::enabled(config, dbpath, options)?;
    machine::insist(config, options)?;
    let servers = KeyServers::from_config(config)?;
    let (_dir, found) = existing(dbpath, options)?;
    refuse_key_in_use((config, options), found.metadata())?;
    let opened = open::open(config, &servers, &found, Purpose::Rotation).await?;
    let held = Held::new(opened.keystore);
    let turned = turn((config, options), &servers, &held, opened.warnings).await?;
    Ok(Rotated {
        keystore: held.into_inner(),
        old: turned.old,
        new: turned.new,
        resumed: turned.resumed,
        warnings: turned.warnings,
    })
}

/// What a rotation of an open keystore did.
pub(crate) struct Turned {
    /// Unique Identifier of the master key before, unless only the end of a rotation was left.
    pub(crate) old: Option<String>,
    /// Unique Identifier of the master key now.
    pub(crate) new: String,
    /// Whether an interrupted rotation was gone on with.
    pub(crate) resumed: bool,
    /// What there is to look at, after `warnings` of the opening.
    pub(crate) warnings: Vec<Warning>,
}

/// Rotates the master key of an open keystore, or goes on with an interrupted rotation.
///
/// Others may use the keystore between two steps. Dropping the future is a cut like any other.
pub(crate) async fn turn(
    (config, options): (&Config, &Options),
    servers: &KeyServers,
    held: &Held,
    warnings: Vec<Warning>,
) -> Result<Turned, Error> {
    let mut rotation = Rotation {
        config,
        options,
        servers,
        held,
        warnings,
        collisions: 0,
    };
    let resumed = held.lock().metadata().rotation().is_some();
    let old = rotation.current()?;
    rotation.run().await?;
    let new = rotation.current()?;
    Ok(Turned {
        old: Some(old).filter(|old| *old != new),
        new,
        resumed,
        warnings: rotation.warnings,
    })
}

fn existing(
    dbpath: &Path,
    options: &Options,
) -> Result<(LockedDir, Box<UnverifiedKeystore>), Error> {
    match lock(dbpath, options)? {
        (dir, DirState::Keystore(found)) => Ok((dir, found)),
        _ => Err(Error::NothingToRotate {
            dbpath: dbpath.to_owned(),
        }),
    }
}

/// S9, for Unique Identifiers: a rotation needs another key. An unfinished one goes on all the same.
pub(crate) fn refuse_key_in_use(
    (config, options): (&Config, &Options),
    metadata: &Metadata,
) -> Result<(), Error> {
    let configured = key_identifier(config, options)?;
    let current = metadata
        .masters()
        .next()
        .map(|entry| entry.unique_identifier.as_str());
    match (configured, current) {
        (Some(identifier), Some(current))
            if identifier == current && metadata.rotation().is_none() =>
        {
            Err(Error::RotationToSameKey {
                identifier: identifier.to_owned(),
            })
        }
        _ => Ok(()),
    }
}

/// What the next master key is to be called: as the caller says, else as the configuration does.
fn key_identifier<'a>(config: &'a Config, options: &'a Options) -> Result<Option<&'a str>, Error> {
    let configured = kmip(config)?.key_identifier.as_ref();
    let configured = configured.map(|setting| setting.value.as_str());
    Ok(options.key_identifier.as_deref().or(configured))
}

struct Rotation<'a> {
    config: &'a Config,
    options: &'a Options,
    servers: &'a KeyServers,
    held: &'a Held,
    warnings: Vec<Warning>,
    /// New keys whose Unique Identifier was known already.
    collisions: usize,
}

impl Rotation<'_> {
    /// From whatever phase is recorded to the end.
    async fn run(&mut self) -> Result<(), Error> {
        loop {
            match self.recorded() {
                None | Some((RotationPhase::Planned, _)) => self.begin().await?,
                // An earlier run asked for a key and did not hear the answer, or did not get to use it.
                Some((RotationPhase::Creating, number)) => self.held.lock().burn_attempt(number)?,
                Some((RotationPhase::Both, _)) => self.switch().await?,
                Some((RotationPhase::Done, _)) => {
                    self.pin()?;
                    let retired = retire::for_good(self.servers, self.held).await;
                    self.warnings
                        .extend(retired.map_err(|error| waits("done", error))?);
                    return Ok(());
                }
                Some(_) => return Ok(()),
            }
        }
    }

    /// Phase and number of the recorded rotation.
    fn recorded(&self) -> Option<(RotationPhase, u32)> {
        let keystore = self.held.lock();
        let recorded = keystore.metadata().rotation();
        recorded.map(|rotation| (rotation.phase, rotation.plan.number))
    }

    /// Steps 1 to 4: record, make or take the new key, read it back, use it, seal under both.
    async fn begin(&mut self) -> Result<(), Error> {
        let metadata = self.held.lock().metadata().clone();
        let target = target(self.config, self.servers, &metadata, self.options).await?;
        let attempt = AttemptId::generate().map_err(|_| Error::NoRandomness)?;
        let number = target.number();
        self.held.lock().record_rotation(RotationPlan {
            number,
            attempt,
            logical_identifier: target.logical_identifier().map(str::to_owned),
        })?;
        let prepared = match self.obtain(&target, attempt).await {
            Ok(new) => self.seal_under_both(&new, &target).await,
            Err(error) => Err(error),
        };
        if let Err(error) = prepared {
            // The number is burnt at once if the disk allows, else by the next run.
            if matches!(self.recorded(), Some((RotationPhase::Creating, _))) {
                let burnt = self.held.lock().burn_attempt(number);
                if burnt.is_ok() && self.collides(&error, &target) {
                    return Ok(());
                }
            }
            return Err(error);
        }
        Ok(())
    }

    /// Whether a server that counts apart from the old ones gave out a Unique Identifier that this
    /// keystore knows from them. Another attempt gets another one; each known one collides once.
    fn collides(&mut self, error: &Error, target: &Target) -> bool {
        let metadata = self.held.lock().metadata().clone();
        let known = metadata
            .masters()
            .len()
            .saturating_add(metadata.history().len());
        let is_new = matches!(target, Target::New { .. });
        let collides = is_new
            && matches!(error, Error::Update(UpdateError::MasterExists(_)))
            && self.collisions < known;
        self.collisions = self.collisions.saturating_add(usize::from(collides));
        collides
    }

    /// Step 2: a given key, or one that the server makes, or one that we register.
    async fn obtain(&mut self, target: &Target, attempt: AttemptId) -> Result<KeyFacts, Error> {
        let name = match target {
            Target::Given { facts, .. } => return Ok(facts.clone()),
            Target::New { name, .. } => name.clone(),
        };
        // Not inside the value below: the lock would be held while it is taken again.
        let store = self.held.lock().metadata().label().to_string();
        let key = NewKey {
            name,
            store,
            intent: attempt.to_string(),
            replaces: Some(self.current()?),
        };
        let mode = kmip(self.config)?.master_key_mode.value;
        self.servers.make(&key, mode).await
    }

    /// Steps 3 and 4.
    async fn seal_under_both(&mut self, facts: &KeyFacts, target: &Target) -> Result<(), Error> {
        let id = &facts.unique_identifier;
        let (new, wrapped) = match wraps(self.config) {
            true => {
                let store = self.held.lock().metadata().store_id();
                let wrapped = self.servers.wrap(facts, store).await?;
                (wrapped.key, Some(wrapped.octets))
            }
            false => (self.servers.fetch(KeyRef::plain(id)).await?, None),
        };
        if !new.try_out().map_err(|_| Error::NoRandomness)? {
            return Err(Error::TrialFailed {
                unique_identifier: id.clone(),
            });
        }
        let old = self.octets(&self.first()?).await?;
        let origin = match target {
            Target::Given { .. } => MasterOrigin::Given,
            Target::New { .. } => made_by(kmip(self.config)?.master_key_mode.value),
        };
        let master = new_master(
            self.servers,
            facts,
            (target.number(), origin, target.shared()),
            wrapped,
        );
        self.pin_both(&master)?;
        Ok(self.held.lock().seal_under_both(master, &old, &new)?)
    }

    /// Pins what stands and what comes, before the keystore is sealed under both.
    fn pin_both(&self, coming: &NewMaster) -> Result<(), Error> {
        let coming = PinnedMaster {
            unique_identifier: coming.unique_identifier.clone(),
            name: coming.name.clone(),
        };
        if let Some(file) = PinFile::of(self.config)? {
            let pin = Pin::before_both(self.held.lock().metadata(), coming);
            file.write(&pin)?;
        }
        Ok(())
    }

    /// Pins what stands.
    fn pin(&self) -> Result<(), Error> {
        let keystore = self.held.lock();
        unlock::pin(self.config, keystore.metadata()).map(drop)
    }

    /// Steps 5 to 7; or, when the new key is lost, gives its number up and goes on with another.
    async fn switch(&mut self) -> Result<(), Error> {
        let entry = self.last()?;
        let id = entry.unique_identifier.as_str();
        let home = self.servers.home(&entry);
        let label = self.held.lock().metadata().label().to_string();
        let standing = match entry.origin {
            MasterOrigin::Given => home.standing(id).await,
            // Without the list that it is on, it counts as lost: the rotation leaves it there.
            _ => self.servers.standing_of(&entry, &label).await,
        };
        if lost(&standing) {
            let old = self.octets(&self.first()?).await?;
            return Ok(self.held.lock().drop_new_master(&old)?);
        }
        let new = self.octets(&entry).await;
        let new = new.map_err(|error| waits("both", error))?;
        let store = self.held.lock().metadata().store_id();
        let key = KeyRef::of(&entry, store);
        let readable = home.readable_everywhere(key, &new).await;
        readable.map_err(|error| waits("both", error))?;
        let activation = self.activate(&entry).await?;
        Ok(self.held.lock().seal_under_new(&new, activation)?)
    }

    /// Step 6.
    async fn activate(&mut self, entry: &MasterEntry) -> Result<Activation, Error> {
        if !kmip(self.config)?.activate_keys.value {
            return Ok(Activation::Waived);
        }
        let id = &entry.unique_identifier;
        let active = activate_everywhere(self.servers.home(entry), id).await;
        active.map_err(|error| waits("both", error))?;
        self.held.lock().mark_activated(id)?;
        Ok(Activation::Required)
    }

    /// The octets behind a master that the keystore records.
    async fn octets(&self, entry: &MasterEntry) -> Result<MasterKey, Error> {
        let store = self.held.lock().metadata().store_id();
        self.servers
            .home(entry)
            .fetch(KeyRef::of(entry, store))
            .await
    }

    /// Unique Identifier of the first master: the one in use.
    fn current(&self) -> Result<String, Error> {
        Ok(self.first()?.unique_identifier)
    }

    /// The first master: the one in use.
    fn first(&self) -> Result<MasterEntry, Error> {
        let keystore = self.held.lock();
        let first = keystore.metadata().masters().next().cloned();
        first.ok_or_else(|| self.servers.not_found("(none)"))
    }

    /// The last master: in phase `both` the new one.
    fn last(&self) -> Result<MasterEntry, Error> {
        let keystore = self.held.lock();
        let last = keystore.metadata().masters().next_back().cloned();
        last.ok_or_else(|| self.servers.not_found("(none)"))
    }
}

/// Whether the key is gone for good: absent on every server, or past use on one.
fn lost(standing: &Standing) -> bool {
    let past_use = |state| !matches!(state, State::PRE_ACTIVE | State::ACTIVE);
    standing.absent_everywhere() || standing.worst_state().is_some_and(past_use)
}

fn waits(phase: &'static str, cause: Error) -> Error {
    Error::RotationWaits {
        phase,
        cause: Box::new(cause),
    }
}
