//! Which keystores may be opened, by what the key servers say of the masters that it is sealed under.
//!
//! May touch: the key servers; sends Get Attributes only.
//!
//! Whoever holds a retired master key can make a keystore under it, and, with one old file of a
//! rotation in phase *both*, one that opens under its other master too. So every master counts, not
//! the one that opens alone.

use strongroom_keystore::{MasterEntry, MasterOrigin, Metadata};
use strongroom_kmip::enumeration::State;

use super::open::Purpose;
use super::report::Warning;
use crate::error::Error;
use crate::master::{KeyServers, Standing};

/// The master to open with, and what was noticed.
///
/// # Errors
///
/// [`Error::RetiredMaster`] when one of the masters is retired; [`Error::KeyNotFound`] when the only
/// one is nowhere; a server's error where it leaves the question open.
pub(super) async fn accept<'a>(
    servers: &KeyServers,
    metadata: &'a Metadata,
    (purpose, strict): (Purpose, bool),
) -> Result<(&'a MasterEntry, Vec<Warning>), Error> {
    let master_count = metadata.masters().len();
    let mut warnings = Vec::new();
    let mut usable = None;
    for (place, entry) in metadata.masters().enumerate() {
        let home = servers.home(entry);
        let standing = home.standing(&entry.unique_identifier).await;
        warnings.extend(silent(&standing));
        let part = match (master_count, place) {
            (1, _) => Part::Only,
            (_, 0) => Part::Old,
            _ => Part::New,
        };
        let judged = judge(home, (entry, part), standing, (purpose, strict));
        // Between two lists of servers the other one's key is not there for good or retired: it is
        // another key, or none.
        let judged = judged.map_err(|error| match error {
            Error::RetiredMaster { .. } | Error::KeyState { .. }
                if part != Part::Only && servers.may_be_elsewhere(entry) =>
            {
                KeyServers::elsewhere(entry)
            }
            error => error,
        });
        if judged? {
            usable = usable.or(Some(entry));
        }
    }
    warnings.dedup();
    let entry = usable.ok_or_else(|| servers.not_found("(none recorded)"))?;
    Ok((entry, warnings))
}

/// What a master is to the keystore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The keystore is sealed under it alone.
    Only,
    /// Phase *both*: the one that is left.
    Old,
    /// Phase *both*: the one that comes.
    New,
}

/// Whether the keystore may be opened with this master; an error when it may not be opened at all.
fn judge(
    servers: &KeyServers,
    (entry, part): (&MasterEntry, Part),
    standing: Standing,
    (purpose, strict): (Purpose, bool),
) -> Result<bool, Error> {
    let id = &entry.unique_identifier;
    let retired = |state| Error::RetiredMaster {
        unique_identifier: id.clone(),
        state,
        incoming: part == Part::New,
    };
    // A rotation gives a lost new key up and goes on with another one.
    let given_up = part == Part::New && purpose == Purpose::Rotation;
    if standing.worst().is_none() {
        let nowhere = standing.absent_everywhere();
        return match (part, standing.absent_somewhere()) {
            (Part::Only, _) if nowhere => Err(servers.not_found(id)),
            (Part::New, true) if given_up && nowhere => Ok(false),
            // A server that lags behind does not have it yet, and the one that has is silent.
            (Part::New, true) if !nowhere => Ok(false),
            (Part::Old | Part::New, true) => Err(retired(None)),
            _ => Err(standing
                .into_error()
                .unwrap_or_else(|| servers.not_found(id))),
        };
    }
    match standing.worst_state() {
        None | Some(State::ACTIVE) => Ok(true),
        // A key of ours that waits for its activation: of a first start, or of a rotation.
        Some(State::PRE_ACTIVE)
            if !strict || waits(entry) || part != Part::Only && !entry.activated =>
        {
            Ok(true)
        }
        Some(state @ State::PRE_ACTIVE) => Err(Error::KeyState {
            unique_identifier: id.clone(),
            state,
        }),
        Some(_) if given_up => Ok(false),
        Some(state) => Err(retired(Some(state))),
    }
}

/// Whether it is a key of ours that was never activated.
pub(super) fn waits(entry: &MasterEntry) -> bool {
    !entry.activated && entry.origin != MasterOrigin::Given
}

fn silent(standing: &Standing) -> Vec<Warning> {
    let silent = standing.servers.iter().filter_map(|server| {
        let error = server.key.as_ref().err()?;
        Some(Warning::ServerSilent {
            server: server.server.clone(),
            error: error.to_string(),
        })
    });
    silent.collect()
}
