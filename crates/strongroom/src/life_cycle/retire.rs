//! The last step of a rotation: deactivating the old master key, never destroying it (I6).
//!
//! May touch: the key servers; the keystore's record.

use strongroom_cipher::StoreId;
use strongroom_keystore::{AttemptId, MasterEntry, MasterOrigin, Metadata, RotationPhase};
use strongroom_kmip::enumeration::State;

use super::held::Held;
use super::report::{KeptBecause, Warning};
use crate::error::Error;
use crate::master::{KeyFile, KeyRef, KeyServers, Link, NewKey};

/// Ends a rotation in phase `done`. Does nothing in another phase.
pub(super) async fn finish(servers: &KeyServers, held: &Held) -> Result<Vec<Warning>, Error> {
    let Some((old, trial)) = ended(held.lock().metadata()) else {
        return Ok(Vec::new());
    };
    let mut warnings = Vec::new();
    let label = held.lock().metadata().label().to_string();
    match deactivate(servers, (&old, &label), &trial, &mut warnings).await? {
        None => held.lock().mark_deactivated(&old.unique_identifier)?,
        Some(why) => {
            warnings.push(Warning::OldKeyKept {
                unique_identifier: old.unique_identifier,
                why,
            });
            held.lock().finish_rotation()?;
        }
    }
    Ok(warnings)
}

/// As [`finish`], of a rotation that is to end now: an old key on servers that nobody can ask any more
/// stays as it is.
pub(super) async fn for_good(servers: &KeyServers, held: &Held) -> Result<Vec<Warning>, Error> {
    match finish(servers, held).await {
        Err(Error::MasterElsewhere {
            unique_identifier, ..
        }) => {
            held.lock().finish_rotation()?;
            Ok(vec![Warning::OldKeyKept {
                unique_identifier,
                why: KeptBecause::Elsewhere,
            }])
        }
        ended => ended,
    }
}

/// Deactivates every other Active key that bears the store's label: other copies of the store stop.
pub(super) async fn others(servers: &KeyServers, held: &Held) -> Result<Vec<Warning>, Error> {
    let metadata = held.lock().metadata().clone();
    let label = metadata.label().as_str();
    let kept = |id: &str| {
        let mut known = metadata.masters().chain(metadata.history());
        let in_use = metadata
            .masters()
            .any(|entry| entry.unique_identifier == id);
        in_use || known.any(|entry| entry.unique_identifier == id && !entry.may_be_deactivated())
    };
    let mut link = servers.connect().await?;
    let labelled = link.labelled(label).await;
    link.close().await;
    let mut warnings = Vec::new();
    for key in labelled? {
        let id = key.unique_identifier;
        if key.state != Some(State::ACTIVE) || kept(&id) {
            continue;
        }
        let attempt = AttemptId::generate().map_err(|_| Error::NoRandomness)?;
        let why =
            deactivate_active(servers, &id, (&trial_of(&metadata, attempt), &mut warnings)).await?;
        warnings.push(match why {
            None => Warning::OtherCopyStopped {
                unique_identifier: id,
            },
            Some(why) => Warning::OldKeyKept {
                unique_identifier: id,
                why,
            },
        });
    }
    Ok(warnings)
}

/// The master key that a rotation in phase `done` left, and the throw-away key for its trial.
fn ended(metadata: &Metadata) -> Option<(MasterEntry, Trial)> {
    let rotation = metadata.rotation()?;
    let old = metadata.history().last()?;
    // Named after the recorded attempt, so that the run after a cut finds it again.
    let trial = trial_key(metadata.label().as_str(), rotation.plan.attempt);
    let trial = Trial::new(trial, old, metadata.store_id());
    (rotation.phase == RotationPhase::Done).then(|| (old.clone(), trial))
}

/// As [`finish`] at a start: trouble with the key server is a warning, the store is open already.
pub(super) async fn quietly(servers: &KeyServers, held: &Held) -> Result<Vec<Warning>, Error> {
    match finish(servers, held).await {
        Err(error @ Error::Update(_)) => Err(error),
        Err(error) => Ok(vec![Warning::NotRetiredYet {
            error: error.to_string(),
        }]),
        Ok(warnings) => Ok(warnings),
    }
}

/// Deactivates the key, or says why it stays as it is.
async fn deactivate(
    servers: &KeyServers,
    (old, label): (&MasterEntry, &str),
    trial: &Trial,
    warnings: &mut Vec<Warning>,
) -> Result<Option<KeptBecause>, Error> {
    if KeyFile::names(&old.unique_identifier) {
        return Ok(Some(KeptBecause::KeyFile));
    }
    if old.origin == MasterOrigin::Given {
        return Ok(Some(KeptBecause::NotOurs));
    }
    if old.shared {
        return Ok(Some(KeptBecause::Shared));
    }
    let id = &old.unique_identifier;
    let standing = servers.standing_of(old, label).await;
    if standing.absent_everywhere() {
        if servers.may_be_elsewhere(old) {
            return Err(KeyServers::elsewhere(old));
        }
        return Ok(Some(KeptBecause::Absent));
    }
    match standing.worst_state() {
        Some(State::ACTIVE) => {}
        Some(State::PRE_ACTIVE) => return Ok(Some(KeptBecause::NotActive)),
        // Somebody did it, or an earlier attempt did and its reply was lost.
        Some(_) => return Ok(None),
        None => {
            let unknown = || servers.not_found(id);
            return Err(standing.into_error().unwrap_or_else(unknown));
        }
    }
    deactivate_active(servers.home(old), id, (trial, warnings)).await
}

/// Deactivates an Active key where the server still gives out such keys.
async fn deactivate_active(
    servers: &KeyServers,
    id: &str,
    (trial, warnings): (&Trial, &mut Vec<Warning>),
) -> Result<Option<KeptBecause>, Error> {
    let mut link = servers.connect().await?;
    let served = serves_deactivated(&mut link, trial, warnings).await;
    let result = match served {
        Ok(true) => link.deactivate(id).await.map(|()| None),
        Ok(false) => Ok(Some(KeptBecause::DeactivatedIsNotServed)),
        Err(error) => Err(error),
    };
    link.close().await;
    result
}

/// A throw-away key, and how the keystore uses master keys.
struct Trial {
    key: NewKey,
    /// The store, where the server decrypts for it.
    wraps_for: Option<StoreId>,
}

impl Trial {
    fn new(key: NewKey, like: &MasterEntry, store: StoreId) -> Self {
        let wraps_for = like.wrapped.is_some().then_some(store);
        Self { key, wraps_for }
    }
}

fn trial_of(metadata: &Metadata, attempt: AttemptId) -> Trial {
    let is_wrapped = metadata.masters().any(|entry| entry.wrapped.is_some());
    Trial {
        key: trial_key(metadata.label().as_str(), attempt),
        wraps_for: is_wrapped.then(|| metadata.store_id()),
    }
}

fn trial_key(label: &str, attempt: AttemptId) -> NewKey {
    let attempt = attempt.to_string();
    NewKey {
        name: format!("strongroom/{label}/trial-{attempt}"),
        store: label.to_owned(),
        intent: attempt,
        replaces: None,
    }
}

/// A throw-away key that a cut run left, so that none stays Active; it never wraps anything that is
/// kept, so taking it by its Name adopts no key.
async fn left_over(link: &mut Link, trial: &NewKey) -> Result<Option<(String, State)>, Error> {
    let usable = [State::PRE_ACTIVE, State::ACTIVE, State::DEACTIVATED];
    let mut left = link.named(&trial.name).await?.into_iter();
    Ok(left.find_map(|key| {
        let state = key.state.filter(|state| usable.contains(state))?;
        let ours = key.bears(&trial.store);
        ours.then_some((key.unique_identifier, state))
    }))
}

/// Shows with a throw-away key whether this server returns a Deactivated key, or decrypts with one:
/// older backups of the store open only if it does.
async fn serves_deactivated(
    link: &mut Link,
    trial: &Trial,
    warnings: &mut Vec<Warning>,
) -> Result<bool, Error> {
    let left = match left_over(link, &trial.key).await? {
        // Nothing can be encrypted under it any more.
        Some((id, State::DEACTIVATED)) if trial.wraps_for.is_some() => {
            link.destroy(&id).await?;
            None
        }
        left => left,
    };
    let (id, state) = match left {
        Some(left) => left,
        None => (link.create(&trial.key).await?, State::PRE_ACTIVE),
    };
    if state == State::PRE_ACTIVE {
        link.activate(&id).await?;
    }
    let wrapped = match trial.wraps_for {
        Some(store) => Some((link.wrap(&id, store).await?.octets, store)),
        None => None,
    };
    if state != State::DEACTIVATED {
        link.deactivate(&id).await?;
    }
    let key = match &wrapped {
        Some((octets, store)) => KeyRef::new(&id, Some(octets), *store),
        None => KeyRef::plain(&id),
    };
    // A refusal is an answer; a broken connection is none.
    let served = match link.octets_of(key).await {
        Ok(Some(_)) => true,
        // Not there at all: this server lags behind what it was told itself, and has said nothing yet.
        Ok(None) if link.facts(&id).await?.is_none() => {
            return Err(Error::NotOnEveryServer {
                unique_identifier: id,
                server: link.server(),
                cause: None,
            });
        }
        Ok(None) => false,
        Err(Error::Client(error)) if error.outcome() == strongroom_client::Outcome::Refused => {
            false
        }
        Err(error) => return Err(error),
    };
    if link.destroy(&id).await.is_err() {
        warnings.push(Warning::TrialKeyLeft {
            unique_identifier: id,
        });
    }
    Ok(served)
}
