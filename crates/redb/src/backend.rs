//! redb's storage backend over sealed units. Touches one file through [`RawFile`].

mod piece;
mod ranges;
mod reseal;
mod sync;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use self::piece::{Piece, PieceKind, out_of_range, part, part_mut};
use self::ranges::Ranges;
use self::reseal::Walk;
use crate::choose::{Chosen, CopyMarks};
use crate::file::{RawFile, read_zero_filled};
use crate::header::Header;
use crate::layout::{self, GROUP_LEN, UNIT_LEN, Unit};
use crate::meta::{MetaOctets, MetaTable};
use crate::reseal::Gate;
use crate::sealer::Sealer;
use crate::status::{Status, UnitError, UnitFault};

const UNIT_LEN_U64: u64 = UNIT_LEN as u64;

/// The rules that make a crash harmless. Tests switch one off to see the harness fail.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// During recovery a failed tag reads as wrong octets.
    pub(crate) recovery: bool,
    /// A header write goes to the copy that is not the last synced one.
    pub(crate) two_copies: bool,
    /// `sync_data` returns when the file is durable.
    pub(crate) sync: bool,
    /// A re-seal writes a journal before it writes in place.
    pub(crate) journal: bool,
    /// The journal is durable before anything is written in place.
    pub(crate) journal_sync: bool,
    /// A step is durable before the next one writes over its journal.
    pub(crate) step_sync: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            recovery: true,
            two_copies: true,
            sync: true,
            journal: true,
            journal_sync: true,
            step_sync: true,
        }
    }
}

/// An open file of sealed units.
pub(crate) struct Backend {
    file: Box<dyn RawFile>,
    path: PathBuf,
    sealer: Sealer,
    status: Status,
    rules: Rules,
    state: RwLock<State>,
    ranges: Ranges,
    /// One sync, or one step of a re-seal, at a time.
    syncing: Mutex<()>,
    /// Syncs that wait for their turn.
    committing: AtomicUsize,
    walk: Mutex<Walk>,
    gate: Arc<Gate>,
    /// The newest durable header says that the file is closed properly.
    marked_clean: AtomicBool,
    /// redb opened the file, so that closing it may mark it clean.
    started: AtomicBool,
    /// A write failed half way: a unit may be torn, so the file is not marked as closed properly.
    torn: AtomicBool,
    /// A sync failed: nobody knows what is on disk until the file is opened anew.
    failed: AtomicBool,
}

struct State {
    /// redb's page and the lengths as of now; sequence number of the last durable copy.
    header: Header,
    metas: MetaTable,
    /// High-water mark of the last header that was sealed.
    sealed_mark: u64,
    /// Something is to be written at the next sync.
    changed: bool,
    /// The file is longer than the high-water mark needs.
    trim: bool,
    /// How the durable header copies were made.
    copies: CopyMarks,
    /// The group in whose place a journal lies, by the last durable header.
    journal_group: usize,
}

impl Backend {
    /// Takes over a file whose header was opened already.
    ///
    /// # Errors
    ///
    /// The file's own.
    pub(crate) fn new(
        (path, file): (PathBuf, Box<dyn RawFile>),
        chosen: Chosen,
        rules: Rules,
    ) -> io::Result<Self> {
        let status = Status::new(&chosen);
        let Chosen {
            sealer,
            mut header,
            marks: copies,
            ..
        } = chosen;
        let journal_group = layout::journal_group(header.logical_len).ok_or_else(out_of_range)?;
        // redb writes its magic number last, when it has made a file; before that it knows nothing
        // to lose, and would refuse the half-made file.
        let unmade = header
            .page
            .iter()
            .take(REDB_MAGIC_LEN)
            .all(|octet| *octet == 0);
        if unmade {
            header.logical_len = 0;
            header.high_water = 1;
        }
        let metas = MetaTable::load(&*file, header.high_water)?;
        let trim = layout::file_len(header.high_water)
            .is_some_and(|len| file.len().is_ok_and(|is| is > len));
        let marked_clean = AtomicBool::new(header.clean);
        let state = State {
            sealed_mark: header.high_water,
            header,
            changed: trim || metas.is_dirty(),
            metas,
            trim,
            copies,
            journal_group,
        };
        Ok(Self {
            file,
            path,
            sealer,
            status,
            rules,
            state: RwLock::new(state),
            ranges: Ranges::new(),
            syncing: Mutex::new(()),
            committing: AtomicUsize::new(0),
            walk: Mutex::new(Walk::default()),
            gate: Arc::default(),
            marked_clean,
            started: AtomicBool::new(false),
            torn: AtomicBool::new(false),
            failed: AtomicBool::new(false),
        })
    }

    pub(crate) fn status(&self) -> &Status {
        &self.status
    }

    pub(crate) fn path(&self) -> &PathBuf {
        &self.path
    }

    /// Lets re-seals in while the file is open.
    pub(crate) fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// Recovery mode, if the file needs it and the rules allow it.
    pub(crate) fn begin_open(&self) {
        self.status
            .set_recovering(self.rules.recovery && !self.status.was_clean());
    }

    /// Ends recovery mode: from here on a failed tag is an error.
    pub(crate) fn end_open(&self, opened: bool) {
        self.status.set_recovering(false);
        self.started.store(opened, Ordering::SeqCst);
    }

    fn reading(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn writing(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_failed(&self) -> io::Result<()> {
        if self.failed.load(Ordering::SeqCst) {
            return Err(io::Error::other(
                "an earlier sync failed: close the database and open it anew",
            ));
        }
        Ok(())
    }
}

// Reading.
impl Backend {
    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let result = match Piece::one_unit(offset, out.len()) {
            Some(unit) => {
                let _range = self.ranges.reading(unit);
                self.read_run(unit, out)
            }
            None => {
                self.reading().check_range(offset, out.len())?;
                self.read_pieces(offset, out)
            }
        };
        if result.is_err() {
            out.fill(0);
        }
        result
    }

    fn read_pieces(&self, mut offset: u64, mut out: &mut [u8]) -> io::Result<()> {
        while !out.is_empty() {
            let piece = Piece::first(offset, out.len()).ok_or_else(out_of_range)?;
            let (target, rest) = out
                .split_at_mut_checked(piece.len)
                .ok_or_else(out_of_range)?;
            if let PieceKind::Header = piece.kind {
                target.copy_from_slice(self.reading().page_part(&piece)?);
            } else {
                let _range = self.ranges.reading(piece.unit);
                self.read_units(&piece, target)?;
            }
            offset = piece.end(offset)?;
            out = rest;
        }
        Ok(())
    }

    /// Reads a piece of data units. The caller holds their range.
    fn read_units(&self, piece: &Piece, target: &mut [u8]) -> io::Result<()> {
        if let PieceKind::Whole = piece.kind {
            return self.read_run(piece.unit, target);
        }
        let mut unit = [0; UNIT_LEN];
        self.read_run(piece.unit, &mut unit)?;
        target.copy_from_slice(part(&unit, piece)?);
        Ok(())
    }

    /// Reads and opens units that lie side by side. The caller holds their range.
    fn read_run(&self, first: Unit, out: &mut [u8]) -> io::Result<()> {
        if let Ok(unit) = <&mut [u8; UNIT_LEN]>::try_from(&mut *out) {
            return self.read_one(first, unit);
        }
        let offset = layout::unit_offset(first).ok_or_else(out_of_range)?;
        let count = out.len().div_ceil(UNIT_LEN);
        let known = self.reading().known(first, count);
        let (below, above) = out.split_at_mut(known.written.min(out.len()));
        above.fill(0);
        read_zero_filled(&*self.file, offset, below)?;
        let units = (first..).zip(below.chunks_mut(UNIT_LEN));
        for ((unit, octets), meta) in units.zip(known.metas) {
            self.open_unit(unit, octets, meta, known.sealed_mark)?;
        }
        Ok(())
    }

    /// The same for one unit, which is what redb reads nearly always.
    fn read_one(&self, unit: Unit, out: &mut [u8; UNIT_LEN]) -> io::Result<()> {
        let (written, meta, sealed_mark) = {
            let state = self.reading();
            state.check_range(unit.saturating_mul(UNIT_LEN_U64), UNIT_LEN)?;
            let written = unit < state.header.high_water;
            let meta = if written { state.metas.get(unit) } else { None };
            (written, meta, state.sealed_mark)
        };
        if !written {
            out.fill(0);
            return Ok(());
        }
        let offset = layout::unit_offset(unit).ok_or_else(out_of_range)?;
        read_zero_filled(&*self.file, offset, out)?;
        self.open_unit(unit, out, meta, sealed_mark)
    }

    fn open_unit(
        &self,
        unit: Unit,
        octets: &mut [u8],
        meta: Option<MetaOctets>,
        sealed_mark: u64,
    ) -> io::Result<()> {
        let opened = match meta {
            Some(meta) => self
                .sealer
                .open_unit(unit, octets, &meta)
                .map_err(UnitFault::Refused),
            None if unit >= sealed_mark => {
                octets.fill(0);
                Ok(())
            }
            None => Err(UnitFault::Unwritten),
        };
        let Err(fault) = opened else {
            return Ok(());
        };
        octets.fill(0);
        if self.status.tolerates(fault) {
            return Ok(());
        }
        let error = UnitError {
            file: self.path.clone(),
            unit,
            fault,
        };
        Err(io::Error::new(io::ErrorKind::InvalidData, error))
    }
}

// Writing.
impl Backend {
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check_failed()?;
        // A unit may be torn from here on, so the file on disk must say that it is not clean.
        if self.marked_clean.load(Ordering::SeqCst) {
            self.commit(false)?;
        }
        self.reading().check_range(offset, data.len())?;
        let result = self.write_pieces(offset, data);
        if result.is_err() {
            self.torn.store(true, Ordering::SeqCst);
        }
        result
    }

    fn write_pieces(&self, mut offset: u64, mut data: &[u8]) -> io::Result<()> {
        while !data.is_empty() {
            let piece = Piece::first(offset, data.len()).ok_or_else(out_of_range)?;
            let (source, rest) = data.split_at_checked(piece.len).ok_or_else(out_of_range)?;
            if let PieceKind::Header = piece.kind {
                let mut state = self.writing();
                state.changed = true;
                state.page_part_mut(&piece)?.copy_from_slice(source);
            } else {
                let _range = self.ranges.writing(piece.unit);
                if let Ok(unit) = <&[u8; UNIT_LEN]>::try_from(source) {
                    self.write_one(piece.unit, *unit)?;
                } else {
                    let octets = self.whole_units(&piece, source)?;
                    let metas = self.write_run(piece.unit, octets)?;
                    self.writing().record(&metas)?;
                }
            }
            offset = piece.end(offset)?;
            data = rest;
        }
        Ok(())
    }

    /// The new plaintext of a piece's units. The caller holds their range.
    fn whole_units(&self, piece: &Piece, source: &[u8]) -> io::Result<Vec<u8>> {
        if let PieceKind::Whole = piece.kind {
            return Ok(source.to_vec());
        }
        let mut unit = vec![0; UNIT_LEN];
        self.read_run(piece.unit, &mut unit)?;
        part_mut(&mut unit, piece)?.copy_from_slice(source);
        Ok(unit)
    }

    /// Seals and writes one unit, which is what redb writes nearly always, without a place on the heap.
    /// The caller holds its range.
    fn write_one(&self, unit: Unit, mut octets: [u8; UNIT_LEN]) -> io::Result<()> {
        let offset = layout::unit_offset(unit).ok_or_else(out_of_range)?;
        let meta = self.sealer.seal_unit(unit, &mut octets)?;
        self.file.write_at(offset, &octets)?;
        self.writing().record(&[(unit, meta)])
    }

    /// Seals units that lie side by side, and writes them. The caller holds their range, and
    /// records the metas before it gives it up.
    fn write_run(&self, first: Unit, mut octets: Vec<u8>) -> io::Result<Vec<(Unit, MetaOctets)>> {
        let offset = layout::unit_offset(first).ok_or_else(out_of_range)?;
        let mut metas = Vec::with_capacity(octets.len().div_ceil(UNIT_LEN));
        for (unit, octets) in (first..).zip(octets.chunks_mut(UNIT_LEN)) {
            metas.push((unit, self.sealer.seal_unit(unit, octets)?));
        }
        self.file.write_at(offset, &octets)?;
        Ok(metas)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.check_failed()?;
        if !len.is_multiple_of(UNIT_LEN_U64) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the length of a sealed file is a multiple of 4096 octets",
            ));
        }
        let _ranges = self.ranges.all();
        let mut state = self.writing();
        let units = len
            .checked_div(UNIT_LEN_U64)
            .ok_or_else(out_of_range)?
            .max(1);
        layout::file_len(units).ok_or_else(out_of_range)?;
        if units < state.header.high_water {
            state.header.high_water = units;
            state.sealed_mark = state.sealed_mark.min(units);
            state.metas.truncate(units);
            // The file itself is cut when a durable header no longer claims the rest.
            state.trim = true;
        }
        if len == 0 {
            state.header.page.fill(0);
        }
        state.changed |= len != state.header.logical_len;
        state.header.logical_len = len;
        Ok(())
    }
}

/// What the state knows of units of one group from the first of a run on.
struct Known {
    /// Octets of them that lie below the high-water mark.
    written: usize,
    metas: [Option<MetaOctets>; GROUP_LEN],
    sealed_mark: u64,
}

impl State {
    /// A copy on the stack, so that the state is free while the disk and the cipher work.
    fn known(&self, first: Unit, count: usize) -> Known {
        let written = self.header.high_water.saturating_sub(first);
        let mut metas = [None; GROUP_LEN];
        let units = (first..self.header.high_water).take(count);
        for (unit, meta) in units.zip(&mut metas) {
            *meta = self.metas.get(unit);
        }
        Known {
            written: usize::try_from(written)
                .unwrap_or(usize::MAX)
                .saturating_mul(UNIT_LEN),
            metas,
            sealed_mark: self.sealed_mark,
        }
    }

    /// Takes in the metas of units that were written.
    fn record(&mut self, metas: &[(Unit, MetaOctets)]) -> io::Result<()> {
        self.changed = true;
        for (unit, meta) in metas {
            self.metas.set(*unit, meta).ok_or_else(out_of_range)?;
            self.header.high_water = self.header.high_water.max(unit.saturating_add(1));
        }
        Ok(())
    }

    fn check_range(&self, offset: u64, len: usize) -> io::Result<()> {
        let end = u64::try_from(len)
            .ok()
            .and_then(|len| offset.checked_add(len));
        match end {
            Some(end) if end <= self.header.logical_len => Ok(()),
            _ => Err(out_of_range()),
        }
    }

    fn page_part(&self, piece: &Piece) -> io::Result<&[u8]> {
        part(self.header.page.as_slice(), piece)
    }

    fn page_part_mut(&mut self, piece: &Piece) -> io::Result<&mut [u8]> {
        part_mut(self.header.page.as_mut_slice(), piece)
    }
}

/// Octets of redb's magic number, at the start of its header page.
const REDB_MAGIC_LEN: usize = 9;

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// What redb holds: the backend, which closes when redb closes it.
#[derive(Clone, Debug)]
pub(crate) struct Handle(pub(crate) Arc<Backend>);

impl redb::StorageBackend for Handle {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.reading().header.logical_len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.commit(false)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.0.close()
    }
}
