//! One step of a re-seal: units of one group come under the active DEK generation, in place and by
//! way of a journal (`docs/formats/redb-file.md`, section 6). Touches the one file.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::Ordering;
use std::sync::{MutexGuard, PoisonError};

use strongroom_cipher::DekGeneration;

use super::piece::out_of_range;
use super::{Backend, State};
use crate::file::read_zero_filled;
use crate::header::FORMAT;
use crate::journal::Journal;
use crate::layout::{self, UNIT_LEN, Unit};
use crate::meta::{GIVEN_UP, MetaOctets, MetaPage, generation};
use crate::reseal::ResealProgress;
use crate::status::UnitFault;
use crate::verify::DamagedUnit;

/// Header writes that bring both copies under the active generation, and one more.
const HEADERS: usize = 3;

/// Where a re-seal stands, as far as the metas do not say it.
#[derive(Default)]
pub(super) struct Walk {
    /// The generation that it brings everything under.
    generation: Option<DekGeneration>,
    /// Groups before this one are done.
    next: usize,
    /// Units that do not open, with their metas.
    refused: BTreeMap<Unit, (Option<MetaOctets>, UnitFault)>,
    /// Nothing durable is left under another generation.
    ended: bool,
}

impl Backend {
    fn walk(&self) -> MutexGuard<'_, Walk> {
        self.walk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How much is under the active generation.
    pub(crate) fn reseal_progress(&self) -> ResealProgress {
        let active = self.sealer.active();
        let (walk, state) = (self.walk(), self.reading());
        let counts = state.metas.generations();
        let copies = state.copies.iter().flatten();
        let copies: Vec<_> = copies.map(|copy| copy.generation).collect();
        let fresh_copies = copies.iter().filter(|copy| **copy == active).count();
        let done = counts.get(&active).copied().unwrap_or(0);
        let older = counts.keys().chain(&copies).copied();
        let mut older: Vec<_> = older.filter(|generation| *generation != active).collect();
        older.sort_unstable();
        older.dedup();
        let refused = walk.refused.iter();
        let refused = refused.filter(|(unit, (meta, _))| state.metas.get(**unit) == *meta);
        ResealProgress {
            generation: active,
            done: done.saturating_add(u64::try_from(fresh_copies).unwrap_or(0)),
            total: counts
                .values()
                .fold(2, |sum, count| sum.saturating_add(*count)),
            unreadable: refused
                .map(|(unit, (_, fault))| DamagedUnit {
                    unit: *unit,
                    fault: *fault,
                })
                .collect(),
            still_in_use: older,
            ended: walk.ended && walk.generation == Some(active),
        }
    }

    /// Does the next step; whether anything may be left to do.
    pub(crate) fn reseal_step(&self) -> io::Result<bool> {
        // Who commits goes first: this thread would have the turn again before the other wakes up.
        while self.committing.load(Ordering::SeqCst) > 0 {
            std::thread::yield_now();
        }
        let _turn = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
        self.check_failed()?;
        let active = self.sealer.active();
        while let Some(group) = self.next_group(active) {
            self.prepare_journal()?;
            // It may be that redb's space has grown meanwhile, and the journal has to move.
            if self.reseal_group(group, active)? {
                self.walk().next = group.saturating_add(1);
                return Ok(true);
            }
        }
        self.end_walk(active)
    }

    /// The next group with something to do.
    fn next_group(&self, active: DekGeneration) -> Option<usize> {
        let mut walk = self.walk();
        if walk.generation != Some(active) {
            *walk = Walk {
                generation: Some(active),
                ..Walk::default()
            };
        }
        let state = self.reading();
        (walk.next..state.metas.pages().len()).find(|group| !state.stale(*group, active).is_empty())
    }

    /// Sees to it that a journal written now is found after a crash, and by nobody else.
    fn prepare_journal(&self) -> io::Result<()> {
        while !self.is_journal_ready() {
            self.commit_in_turn(false, true)?;
        }
        Ok(())
    }

    fn is_journal_ready(&self) -> bool {
        let state = self.reading();
        let read_by_us = |copy: &Option<_>| {
            copy.is_some_and(|copy: crate::header::CopyMark| copy.format == FORMAT)
        };
        !self.marked_clean.load(Ordering::SeqCst)
            && state.copies.iter().all(read_by_us)
            && state.has_room_for_journal()
    }

    /// Seals the stale units of one group anew; `false` when the journal's place is taken.
    fn reseal_group(&self, group: usize, active: DekGeneration) -> io::Result<bool> {
        let first = layout::units_of(group).ok_or_else(out_of_range)?;
        let _range = self.ranges.writing(*first.start());
        let (stale, place, sequence) = {
            let mut state = self.writing();
            if !state.has_room_for_journal() {
                return Ok(false);
            }
            // What stands behind the last unit from now on is to go with the next header.
            (state.trim, state.changed) = (true, true);
            let stale = state.stale(group, active);
            (stale, state.journal_group, state.header.sequence)
        };
        let mut journal = Journal::new(group);
        for (unit, meta) in stale {
            if let Err(fault) = self.reseal_unit(&mut journal, (unit, meta))? {
                self.walk().refused.insert(unit, (meta, fault));
            }
        }
        if journal.units().is_empty() {
            return Ok(true);
        }
        let page = self.reading().metas.page_with(group, journal.units());
        let page = page.ok_or_else(out_of_range)?;
        let offset = layout::meta_page_offset(place).ok_or_else(out_of_range)?;
        let octets = journal.seal(&self.sealer, sequence)?;
        if self.rules.journal {
            self.file.write_at(offset, octets)?;
        }
        let written = self.write_in_place(&journal, page);
        if written.is_err() {
            // The journal mends it at the next open.
            self.failed.store(true, Ordering::SeqCst);
        }
        written.map(|()| true)
    }

    /// Gives up units that were met and do not open; the others stay as they are.
    pub(crate) fn give_up(&self, units: &[Unit]) -> io::Result<()> {
        let _turn = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
        self.check_failed()?;
        for unit in units {
            let _range = self.ranges.writing(*unit);
            let (mut walk, mut state) = (self.walk(), self.writing());
            let refused = walk.refused.get(unit);
            if refused.is_none_or(|(meta, _)| state.metas.get(*unit) != *meta) {
                continue;
            }
            state.record(&[(*unit, GIVEN_UP)])?;
            walk.refused.remove(unit);
        }
        self.commit_in_turn(false, true)
    }

    /// Opens a unit and seals it under the active generation, for the journal.
    fn reseal_unit(
        &self,
        journal: &mut Journal,
        (unit, meta): (Unit, Option<MetaOctets>),
    ) -> io::Result<Result<(), UnitFault>> {
        let Some(meta) = meta else {
            return Ok(Err(UnitFault::Unwritten));
        };
        let mut octets = [0; UNIT_LEN];
        let offset = layout::unit_offset(unit).ok_or_else(out_of_range)?;
        read_zero_filled(&*self.file, offset, &mut octets)?;
        if let Err(kind) = self.sealer.open_unit(unit, &mut octets, &meta) {
            return Ok(Err(UnitFault::Refused(kind)));
        }
        let sealed = self.sealer.seal_unit(unit, &mut octets);
        let pushed = sealed.and_then(|meta| journal.push(unit, meta, &octets));
        if pushed.is_err() {
            octets.fill(0);
        }
        pushed.map(Ok)
    }

    /// Makes the journal durable, then what it holds.
    fn write_in_place(&self, journal: &Journal, page: (u64, MetaPage)) -> io::Result<()> {
        if self.rules.journal && self.rules.journal_sync {
            self.file.sync()?;
        }
        for (offset, octets) in journal.runs() {
            self.file.write_at(offset, octets)?;
        }
        let (offset, page) = page;
        self.file.write_at(offset, page.as_slice())?;
        if self.rules.step_sync {
            self.file.sync()?;
        }
        let mut state = self.writing();
        state.record(journal.units())?;
        state.metas.is_written(journal.group());
        Ok(())
    }

    /// No group is left: what is in memory only and the header copies follow.
    fn end_walk(&self, active: DekGeneration) -> io::Result<bool> {
        for written in 0..HEADERS {
            let (changed, fresh) = {
                let state = self.reading();
                let mut copies = state.copies.iter();
                let fresh = copies.all(|copy| copy.is_some_and(|copy| copy.generation == active));
                (state.changed, fresh)
            };
            if fresh && (!changed || written > 0) {
                self.walk().ended = true;
                return Ok(false);
            }
            self.commit_in_turn(false, true)?;
        }
        // The active generation changed meanwhile.
        Ok(true)
    }
}

impl State {
    /// Units of a group that are sealed under another generation, and those that lost their meta.
    fn stale(&self, group: usize, active: DekGeneration) -> Vec<(Unit, Option<MetaOctets>)> {
        let units = layout::units_of(group).into_iter().flatten();
        let units = units.take_while(|unit| *unit < self.header.high_water);
        let metas = units.map(|unit| (unit, self.metas.get(unit)));
        let stale = metas.filter(|(unit, meta)| match meta {
            Some(meta) => generation(meta) != active && *meta != GIVEN_UP,
            None => *unit < self.sealed_mark,
        });
        stale.collect()
    }

    /// Whether the journal's place, by the last durable header, lies behind redb's space as it is now.
    fn has_room_for_journal(&self) -> bool {
        layout::journal_group(self.header.logical_len)
            .is_some_and(|reached| reached <= self.journal_group)
    }
}
