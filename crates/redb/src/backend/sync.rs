//! What reaches the disk and in which order, when redb syncs or closes. Touches the one file.

use std::io;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use super::piece::out_of_range;
use super::{Backend, State};
use crate::header::{CopyMark, CopyOctets, Header, HeaderCopy};
use crate::layout::{self, UNIT_LEN};
use crate::meta::MetaPage;

/// What one sync writes.
#[derive(Default)]
struct Batch {
    pages: Vec<(u64, MetaPage)>,
    header: Option<(Header, Box<CopyOctets>)>,
    /// Cut the file when this header is durable.
    trim: bool,
}

impl Backend {
    /// Makes everything durable; `clean` marks the file as closed properly.
    pub(super) fn commit(&self, clean: bool) -> io::Result<()> {
        self.committing.fetch_add(1, Ordering::SeqCst);
        let _turn = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
        self.committing.fetch_sub(1, Ordering::SeqCst);
        self.check_failed()?;
        self.commit_in_turn(clean, false)
    }

    /// The same for whoever has the turn; `force` writes a header in any case.
    pub(super) fn commit_in_turn(&self, clean: bool, force: bool) -> io::Result<()> {
        let result = self.write_batch(clean, force);
        if result.is_err() {
            self.failed.store(true, Ordering::SeqCst);
        }
        result
    }

    fn write_batch(&self, clean: bool, force: bool) -> io::Result<()> {
        let batch = self.batch(clean, force)?;
        for (offset, page) in &batch.pages {
            self.file.write_at(*offset, page.as_slice())?;
        }
        if let Some((header, octets)) = &batch.header {
            self.file
                .write_at(HeaderCopy::of(header.sequence).offset(), octets.as_slice())?;
        }
        if self.rules.sync {
            self.file.sync()?;
        }
        let Some((header, octets)) = batch.header else {
            return Ok(());
        };
        // Nobody writes above the mark while the file is cut.
        let _ranges = batch.trim.then(|| self.ranges.all());
        let mut state = self.writing();
        state.header.sequence = header.sequence;
        let [a, b] = &mut state.copies;
        let mark = match HeaderCopy::of(header.sequence) {
            HeaderCopy::A => a,
            HeaderCopy::B => b,
        };
        *mark = CopyMark::of(&octets);
        let epoch = mark.map(|mark| mark.epoch);
        state.journal_group = layout::journal_group(header.logical_len).ok_or_else(out_of_range)?;
        self.marked_clean.store(clean, Ordering::SeqCst);
        self.status.header_written(header.sequence, epoch);
        if batch.trim {
            self.trim(header.high_water.max(state.header.high_water))?;
        }
        Ok(())
    }

    /// Takes what is to be written, so that reads go on while the disk works.
    fn batch(&self, clean: bool, force: bool) -> io::Result<Batch> {
        let mut state = self.writing();
        let remark = force || clean || self.marked_clean.load(Ordering::SeqCst);
        if !state.changed && !remark {
            return Ok(Batch::default());
        }
        let mut ranges = Vec::new();
        if state.has_holes() {
            // In the order of the locks; somebody may just be writing one of them.
            drop(state);
            ranges = self.ranges.all();
            state = self.writing();
            self.fill_holes(&mut state)?;
        }
        state.sealed_mark = state.header.high_water;
        drop(ranges);
        state.changed = false;
        let mut header = state.header.clone();
        header.clean = clean;
        header.sequence = header
            .sequence
            .checked_add(if self.rules.two_copies { 1 } else { 2 })
            .ok_or_else(out_of_range)?;
        let octets = header.seal(&self.sealer)?;
        let trim = std::mem::take(&mut state.trim);
        Ok(Batch {
            pages: state.metas.take_dirty(),
            header: Some((header, octets)),
            trim,
        })
    }

    /// Seals zeros where a unit below the new high-water mark was never written. The caller holds
    /// all ranges.
    fn fill_holes(&self, state: &mut State) -> io::Result<()> {
        for unit in state.sealed_mark.max(1)..state.header.high_water {
            if state.metas.get(unit).is_none() {
                let metas = self.write_run(unit, vec![0; UNIT_LEN])?;
                state.record(&metas)?;
            }
        }
        Ok(())
    }

    /// Cuts what lies above the high-water mark. The caller keeps writers away.
    fn trim(&self, high_water: u64) -> io::Result<()> {
        let len = layout::file_len(high_water).ok_or_else(out_of_range)?;
        if self.file.len()? > len {
            self.file.set_len(len)?;
        }
        Ok(())
    }

    /// Marks the file as closed properly, in both copies, so that one bad sector loses nothing.
    pub(super) fn close(&self) -> io::Result<()> {
        self.gate.close();
        let broken = self.failed.load(Ordering::SeqCst) || self.torn.load(Ordering::SeqCst);
        let known = self.started.load(Ordering::SeqCst) && !broken;
        let marked = self.marked_clean.load(Ordering::SeqCst) && !self.reading().changed;
        if !known || marked {
            return Ok(());
        }
        // Data first, the mark second: a disk may reorder what lies between two syncs.
        self.commit(false)?;
        self.commit(true)?;
        self.commit(true)
    }
}

impl State {
    /// Whether a unit below the new high-water mark was never written.
    fn has_holes(&self) -> bool {
        let new = self.sealed_mark.max(1)..self.header.high_water;
        new.into_iter().any(|unit| self.metas.get(unit).is_none())
    }
}
