//! Checks a database file without redb: every octet of it. Reads the file under a shared lock and
//! changes nothing.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::sync::Arc;

use strongroom_cipher::KeyRing;

use crate::choose::{Chosen, choose};
use crate::error::OpenError;
use crate::file::{RawFile, read_zero_filled};
use crate::header::HeaderCopy;
use crate::layout::{self, SECTOR_LEN, UNIT_LEN, Unit};
use crate::meta::{MetaTable, read_page};
use crate::open::{OpenOptions, open_database_with, pending_journal};
use crate::sealer::{ObjectId, Sealer};
use crate::status::{OtherCopy, StatusReport, UnitFault};

/// What every octet of a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifyReport {
    /// The file's object id.
    pub object: ObjectId,
    /// The header copy that counts.
    pub header_copy: HeaderCopy,
    /// How the other one is.
    pub other_copy: OtherCopy,
    /// Sequence number of the header copy that counts.
    pub sequence: u64,
    /// The file was closed properly. If not, what a crash left behind is among the findings.
    pub clean: bool,
    /// Octets that redb sees.
    pub logical_len: u64,
    /// Data units below the high-water mark; each was opened.
    pub unit_count: u64,
    /// Units that redb sees and that were never written; they have no octets in the file.
    pub never_written: u64,
    /// Data units that do not open, in order.
    pub damaged: Vec<DamagedUnit>,
    /// File offsets of sectors of meta pages whose unused octets are not zero.
    pub dirty_sectors: Vec<u64>,
    /// Octets behind the last unit.
    pub leftover_len: u64,
    /// A crash cut a re-seal short; the next open first ends its step. Units `first` to `last` of
    /// `damaged`, and sectors, may be for that reason alone.
    pub unfinished_reseal: Option<(u64, u64)>,
}

/// A data unit that does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DamagedUnit {
    /// Its number: redb's page at octet `unit * 4096`.
    pub unit: u64,
    /// Why.
    pub fault: UnitFault,
}

impl VerifyReport {
    /// Whether every octet of the file is as it was written.
    ///
    /// A file that was not closed properly may hold units, sectors and a header copy that a crash
    /// cut short; opening it once makes redb recover, and [`check_database`] then says whether
    /// what is left matters.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let other_copy = match self.other_copy {
            OtherCopy::Twin => true,
            OtherCopy::Previous => !self.clean,
            OtherCopy::Stale { .. } | OtherCopy::Unusable(_) => false,
        };
        other_copy
            && self.damaged.is_empty()
            && self.unfinished_reseal.is_none()
            && self.dirty_sectors.is_empty()
            && self.leftover_len == 0
    }
}

/// What redb says of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckReport {
    /// redb found its trees and its allocator state sound. If not, it has repaired them.
    pub sound: bool,
    /// What happened meanwhile.
    pub status: StatusReport,
}

/// Reads every unit, both header copies and every unused octet of the file at `path`.
///
/// # Errors
///
/// [`OpenError`]: the file is open elsewhere, is no file of this key ring, or has no usable header.
/// Damage beyond that is in the report.
pub fn verify_file(
    path: impl AsRef<Path>,
    key_ring: &Arc<KeyRing>,
) -> Result<VerifyReport, OpenError> {
    let path = path.as_ref();
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(OpenError::Missing {
                path: path.to_owned(),
            });
        }
        Err(error) => return Err(OpenError::io(path, "open the file", error)),
    };
    match file.try_lock_shared() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(OpenError::Locked {
                path: path.to_owned(),
            });
        }
        Err(TryLockError::Error(error)) => {
            return Err(OpenError::io(path, "lock the file", error));
        }
    }
    verify_raw(path, &file, key_ring)
}

/// Lets redb check the database at `path`: every page that is in use, and its allocator state.
///
/// A damaged unit that [`verify_file`] reports and that this function passes over lies in a free
/// page. The file is opened for writing, so recovery and redb's repair may happen.
///
/// # Errors
///
/// [`OpenError`]; [`OpenError::Unit`] names a unit that redb needs and that does not open.
pub fn check_database(
    path: impl AsRef<Path>,
    key_ring: Arc<KeyRing>,
) -> Result<CheckReport, OpenError> {
    let path = path.as_ref();
    let options = OpenOptions {
        create: false,
        ..OpenOptions::default()
    };
    let mut opened = open_database_with(path, key_ring, &options)?;
    let sound = opened
        .database
        .check_integrity()
        .map_err(|error| OpenError::redb(path, error))?;
    Ok(CheckReport {
        sound,
        status: opened.status.report(),
    })
}

pub(crate) fn verify_raw(
    path: &Path,
    file: &dyn RawFile,
    ring: &Arc<KeyRing>,
) -> Result<VerifyReport, OpenError> {
    let chosen = choose(path, file, ring, None)?;
    let journal = pending_journal(path, file, &chosen)?;
    let Chosen {
        sealer,
        header,
        copy,
        other,
        ..
    } = chosen;
    let mut report = VerifyReport {
        object: sealer.object(),
        header_copy: copy,
        other_copy: other,
        sequence: header.sequence,
        clean: header.clean,
        logical_len: header.logical_len,
        unit_count: header.high_water.saturating_sub(1),
        never_written: units_of(header.logical_len).saturating_sub(header.high_water),
        damaged: Vec::new(),
        dirty_sectors: Vec::new(),
        leftover_len: 0,
        unfinished_reseal: journal.and_then(|journal| {
            let ((first, _), (last, _)) = (journal.units().first()?, journal.units().last()?);
            Some((*first, *last))
        }),
    };
    let refused = |error| OpenError::io(path, "read the file", error);
    let metas = MetaTable::load(file, header.high_water).map_err(refused)?;
    report.check_meta_pages(file, &metas).map_err(refused)?;
    report.check_units(file, &sealer, &metas).map_err(refused)?;
    let expected = layout::file_len(header.high_water).unwrap_or(u64::MAX);
    report.leftover_len = file.len().map_err(refused)?.saturating_sub(expected);
    Ok(report)
}

impl VerifyReport {
    /// What is on disk beyond the entries that count must be zero.
    fn check_meta_pages(&mut self, file: &dyn RawFile, metas: &MetaTable) -> io::Result<()> {
        for (group, expected) in metas.pages().iter().enumerate() {
            let found = read_page(file, group)?;
            let start = layout::meta_page_offset(group).unwrap_or(u64::MAX);
            let sectors = found.chunks(SECTOR_LEN).zip(expected.chunks(SECTOR_LEN));
            for (offset, (found, expected)) in (start..).step_by(SECTOR_LEN).zip(sectors) {
                if found != expected {
                    self.dirty_sectors.push(offset);
                }
            }
        }
        Ok(())
    }

    fn check_units(
        &mut self,
        file: &dyn RawFile,
        sealer: &Sealer,
        metas: &MetaTable,
    ) -> io::Result<()> {
        let mut octets = [0; UNIT_LEN];
        for unit in 1..=self.unit_count {
            let fault = match metas.get(unit) {
                None => Some(UnitFault::Unwritten),
                Some(meta) => {
                    read_unit(file, unit, &mut octets)?;
                    sealer
                        .open_unit(unit, &mut octets, &meta)
                        .err()
                        .map(UnitFault::Refused)
                }
            };
            self.damaged
                .extend(fault.map(|fault| DamagedUnit { unit, fault }));
        }
        octets.fill(0);
        Ok(())
    }
}

fn read_unit(file: &dyn RawFile, unit: Unit, octets: &mut [u8; UNIT_LEN]) -> io::Result<()> {
    let offset = layout::unit_offset(unit).ok_or(io::ErrorKind::InvalidData)?;
    read_zero_filled(file, offset, octets)
}

fn units_of(len: u64) -> u64 {
    len.checked_div(UNIT_LEN as u64).unwrap_or(0)
}
