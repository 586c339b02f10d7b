//! Both copies of a keystore, read side by side without any key: which can be used, and how far.
//!
//! May touch: the directory, through its [`Storage`]. The rules are `docs/formats/keystore.md`,
//! KS-10 to KS-19
//! and KS-26.

use std::fmt;

use crate::crypto::SnapshotKeys;
use crate::dir::unreadable;
use crate::error::{CopyHealth, CopyName, Damage, InspectError};
use crate::limits;
use crate::log::LogEnd;
use crate::metadata::{self, Decoded, Metadata, VERSION};
use crate::storage::{Salvaged, Storage, StorageErrorKind};

/// Devices write whole sectors, of a multiple of this many octets.
const SECTOR_LEN: usize = 256;

/// A snapshot and its log whose digests fit.
pub(crate) struct Whole {
    pub(crate) name: CopyName,
    /// Up to the end of the last good entry.
    pub(crate) octets: Vec<u8>,
    pub(crate) metadata: Metadata,
    pub(crate) end: LogEnd,
    snapshot_end: LogEnd,
}

/// What stands beside the best copy.
enum Twin {
    /// The same octets.
    Same,
    /// Whole, too.
    Other(Box<Whole>),
    /// Not whole.
    Bad(CopyHealth),
}

/// The usable content of both copies.
pub(crate) struct Pair {
    /// The whole copy with the highest generation, `a` when they are equal; or what both give
    /// together.
    pub(crate) best: Whole,
    /// What is wrong with the copy that `best` is named after, when it is not whole itself.
    best_damage: Option<CopyHealth>,
    twin: Twin,
}

/// The octets of a copy.
#[derive(Default, PartialEq, Eq)]
struct Octets {
    octets: Vec<u8>,
    /// Where the last stretch ends that the disk did not give, and why.
    unreadable: Option<(usize, Damage)>,
}

/// One copy as it was read.
enum Copy {
    Whole(Whole),
    /// A good snapshot and a log that is good up to a point; with all octets.
    Tailed(Whole, Octets),
    /// No good snapshot. The octets may still hold entries.
    Bad(CopyHealth, Octets),
}

impl Pair {
    pub(crate) fn read(storage: &dyn Storage) -> Result<Self, InspectError> {
        let a = read(storage, CopyName::A);
        let b = read(storage, CopyName::B);
        if matches!((&a, &b), (Ok(a), Ok(b)) if a == b) {
            return match Copy::parse(CopyName::A, a)? {
                Copy::Whole(best) => Ok(Self::of(best, Twin::Same)),
                copy => Err(InspectError::Damaged {
                    a: copy.health(),
                    b: copy.health(),
                }),
            };
        }
        let (a, b) = (Copy::parse(CopyName::A, a)?, Copy::parse(CopyName::B, b)?);
        same_store(a.metadata(), b.metadata())?;
        Self::choose(a, b)
    }

    fn choose(a: Copy, b: Copy) -> Result<Self, InspectError> {
        match (a, b) {
            (Copy::Whole(a), Copy::Whole(b)) => {
                let newer = b.metadata.generation > a.metadata.generation;
                let (best, twin) = if newer { (b, a) } else { (a, b) };
                Ok(Self::of(best, Twin::Other(Box::new(twin))))
            }
            (Copy::Whole(best), other) | (other, Copy::Whole(best)) => {
                Ok(Self::of(best, Twin::Bad(other.health())))
            }
            (a, b) => {
                let (a_health, b_health) = (a.health(), b.health());
                let Some(best) = together(a, b) else {
                    return Err(InspectError::Damaged {
                        a: a_health,
                        b: b_health,
                    });
                };
                let (best_damage, twin) = match best.name {
                    CopyName::A => (a_health, b_health),
                    CopyName::B => (b_health, a_health),
                };
                Ok(Self {
                    best,
                    best_damage: Some(best_damage),
                    twin: Twin::Bad(twin),
                })
            }
        }
    }

    fn of(best: Whole, twin: Twin) -> Self {
        Self {
            best,
            best_damage: None,
            twin,
        }
    }

    /// The other copy, when it is whole and differs.
    pub(crate) fn twin(&self) -> Option<&Whole> {
        match &self.twin {
            Twin::Other(twin) => Some(twin),
            Twin::Same | Twin::Bad(_) => None,
        }
    }

    /// What each copy is, `keystore.a` first.
    pub(crate) fn health(&self) -> [(CopyName, CopyHealth); 2] {
        let generation = self.best.metadata.generation;
        let sound = CopyHealth::Sound { generation };
        let twin = match &self.twin {
            Twin::Same => sound.clone(),
            Twin::Other(twin) => twin.health_beside(generation),
            Twin::Bad(health) => health.clone(),
        };
        let best = self.best_damage.clone().unwrap_or(sound);
        match self.best.name {
            CopyName::A => [(CopyName::A, best), (CopyName::B, twin)],
            CopyName::B => [(CopyName::A, twin), (CopyName::B, best)],
        }
    }
}

impl Copy {
    fn parse(name: CopyName, read: Result<Octets, CopyHealth>) -> Result<Self, InspectError> {
        let Octets { octets, unreadable } = match read {
            Ok(octets) => octets,
            Err(health) => return Ok(Self::Bad(health, Octets::default())),
        };
        match metadata::decode(&octets) {
            Ok(Decoded::Snapshot(mut metadata, len)) => {
                let snapshot_end = LogEnd::of_snapshot(octets.get(..len).unwrap_or_default());
                let mut end = snapshot_end;
                end.advance(&octets, &mut metadata);
                let tailed = (end.len < octets.len()).then(|| octets.clone());
                let mut octets = octets;
                octets.truncate(end.len);
                let whole = Whole {
                    name,
                    octets,
                    metadata: *metadata,
                    end,
                    snapshot_end,
                };
                Ok(match tailed {
                    None => Self::Whole(whole),
                    Some(octets) => Self::Tailed(whole, Octets { octets, unreadable }),
                })
            }
            Ok(Decoded::OtherVersion(version)) => Err(InspectError::NewerFormat {
                copy: name,
                version,
                supported: VERSION,
            }),
            Err(damage) => {
                let damage = unreadable.map_or(damage, |(_, why)| why);
                let octets = Octets { octets, unreadable };
                Ok(Self::Bad(CopyHealth::Damaged(damage), octets))
            }
        }
    }

    fn health(&self) -> CopyHealth {
        match self {
            Self::Whole(whole) => CopyHealth::Sound {
                generation: whole.metadata.generation,
            },
            Self::Tailed(whole, read) => {
                let cut = Damage::Log {
                    offset: whole.octets.len(),
                };
                let why = read.unreadable.map(|(_, why)| why);
                CopyHealth::Damaged(why.unwrap_or(cut))
            }
            Self::Bad(health, _) => health.clone(),
        }
    }

    fn metadata(&self) -> Option<&Metadata> {
        match self {
            Self::Whole(whole) | Self::Tailed(whole, _) => Some(&whole.metadata),
            Self::Bad(..) => None,
        }
    }

    /// All octets of the file, the tail too; none when it is not there or cannot be read.
    fn octets(&self) -> &[u8] {
        match self {
            Self::Whole(whole) => &whole.octets,
            Self::Tailed(_, read) | Self::Bad(_, read) => &read.octets,
        }
    }

    /// Where the last stretch ends that the disk did not give; 0 when it gave all.
    fn unreadable_end(&self) -> usize {
        match self {
            Self::Whole(_) => 0,
            Self::Tailed(_, read) | Self::Bad(_, read) => read.unreadable.map_or(0, |(end, _)| end),
        }
    }
}

/// What two copies give together, neither of which is whole (KS-19, KS-26).
fn together(a: Copy, b: Copy) -> Option<Whole> {
    let readable_in_one_from = a.unreadable_end().min(b.unreadable_end());
    let (a_octets, b_octets) = (a.octets().to_vec(), b.octets().to_vec());
    let mut best = match (a, b) {
        (Copy::Tailed(a, _), Copy::Tailed(b, _)) => {
            if b.metadata.generation > a.metadata.generation {
                b
            } else {
                a
            }
        }
        (Copy::Tailed(whole, _), _) | (_, Copy::Tailed(whole, _)) => whole,
        _ => return None,
    };
    // Entries are at the same offset in both files, and bound to what stands before them.
    loop {
        let before = best.end.len;
        for octets in [&a_octets, &b_octets] {
            best.end.advance(octets, &mut best.metadata);
            let gained = octets.get(best.octets.len()..best.end.len);
            best.octets.extend_from_slice(gained.unwrap_or_default());
        }
        if best.end.len == before {
            break;
        }
    }
    let good = best.octets.len();
    // What neither disk gives may be an entry that was acknowledged.
    let told = readable_in_one_from <= good;
    (told && may_be_cut(&a_octets, &b_octets, good)).then_some(best)
}

/// Whether what lies beyond `good` can only be an entry whose writing was cut.
fn may_be_cut(a: &[u8], b: &[u8], good: usize) -> bool {
    let not_begun = a.len() == good || b.len() == good;
    if not_begun || a.is_empty() || b.is_empty() {
        return not_begun;
    }
    b.len() < a.len() || has_gap(a, b, good)
}

/// Whether beyond `good` a sector's part of `b` is all zero where `a`'s is not.
fn has_gap(a: &[u8], b: &[u8], good: usize) -> bool {
    let zero = |part: &[u8]| part.iter().all(|octet| *octet == 0);
    let mut start = good;
    while start < b.len() {
        let next = (start / SECTOR_LEN)
            .saturating_add(1)
            .saturating_mul(SECTOR_LEN);
        let part = |octets: &[u8]| octets.get(start..next.min(b.len())).map(zero);
        if part(b) == Some(true) && part(a) == Some(false) {
            return true;
        }
        start = next;
    }
    false
}

impl Whole {
    /// Whether the MAC of the snapshot and those of all entries fit.
    pub(crate) fn authentic(&self, keys: &SnapshotKeys) -> bool {
        let snapshot = self.octets.get(..self.snapshot_end.len);
        keys.authentic(snapshot.unwrap_or_default())
            && self.snapshot_end.authentic(&self.octets, keys)
    }

    fn health_beside(&self, best: u64) -> CopyHealth {
        let generation = self.metadata.generation;
        if generation < best {
            CopyHealth::Older { generation }
        } else {
            CopyHealth::Sound { generation }
        }
    }
}

impl fmt::Debug for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.metadata.fmt(f)
    }
}

impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pair")
            .field(&self.best)
            .field(&self.health())
            .finish()
    }
}

fn read(storage: &dyn Storage, name: CopyName) -> Result<Octets, CopyHealth> {
    let (name, len_max) = (name.file_name(), limits::KEYSTORE_LEN_MAX);
    let error = match storage.read(name, len_max) {
        Ok(Some(octets)) => {
            return Ok(Octets {
                octets,
                unreadable: None,
            });
        }
        Ok(None) => return Err(CopyHealth::Missing),
        Err(error) => error,
    };
    // A bad sector shows as a read error; what is around it may be what the twin lacks.
    let damage = unreadable(&error);
    let salvaged = match error.kind {
        StorageErrorKind::Other => storage.salvage(name, len_max).ok(),
        _ => None,
    };
    match salvaged {
        Some(Salvaged {
            octets,
            unreadable_end,
        }) => Ok(Octets {
            octets,
            unreadable: (unreadable_end > 0).then_some((unreadable_end, damage)),
        }),
        None => Err(CopyHealth::Damaged(damage)),
    }
}

fn same_store(a: Option<&Metadata>, b: Option<&Metadata>) -> Result<(), InspectError> {
    match (a, b) {
        (Some(a), Some(b)) if a.store_id != b.store_id => Err(InspectError::AnotherStore {
            a: a.store_id,
            b: b.store_id,
        }),
        _ => Ok(()),
    }
}
