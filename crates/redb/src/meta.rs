//! The meta of every unit, kept in memory as the pages that go to the file. Reads the file once,
//! at open; the caller writes the pages that changed.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use strongroom_cipher::{DekGeneration, UnitMeta};

use crate::file::{RawFile, read_zero_filled};
use crate::layout::{self, META_LEN, SECTOR_LEN, UNIT_LEN, Unit};

/// One meta, as it lies on disk.
pub(crate) type MetaOctets = [u8; META_LEN];

/// The meta of a unit that was given up: it never opens, and it names no generation.
pub(crate) const GIVEN_UP: MetaOctets = {
    let mut octets = [0; META_LEN];
    // Unit format 1, suite 1; the counter is 0, which no sealed unit has.
    (octets[0], octets[1]) = (1, 1);
    octets
};

/// A meta page, as it lies on disk.
pub(crate) type MetaPage = Box<[u8; UNIT_LEN]>;

/// Metas of the units below the high-water mark.
#[derive(Default)]
pub(crate) struct MetaTable {
    pages: Vec<MetaPage>,
    dirty: BTreeSet<usize>,
    /// How many units are sealed under each generation.
    generations: BTreeMap<DekGeneration, u64>,
}

impl MetaTable {
    /// Reads the metas of the units `0..high_water`. What stands above the mark, or between the
    /// entries, is what an unsynced write left there: it is not taken over, and the page is written
    /// anew with the next changes.
    ///
    /// # Errors
    ///
    /// The file's own, or `InvalidData` when the mark is beyond what a file can hold.
    pub(crate) fn load(file: &dyn RawFile, high_water: u64) -> io::Result<Self> {
        let beyond = || io::Error::from(io::ErrorKind::InvalidData);
        let count = layout::group_count(high_water).ok_or_else(beyond)?;
        let mut table = Self::default();
        for group in 0..count {
            let mut page = read_page(file, group)?;
            if clear_padding(&mut page) {
                table.dirty.insert(group);
            }
            table.count_all(&page, u64::saturating_add);
            table.pages.push(page);
        }
        table.truncate(high_water);
        Ok(table)
    }

    /// Whether a page differs from what is on disk.
    pub(crate) fn is_dirty(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// How many units are sealed under each generation; garbage that a crash left counts as it says.
    pub(crate) fn generations(&self) -> &BTreeMap<DekGeneration, u64> {
        &self.generations
    }

    /// Where a group's page lies, and what it holds with these metas in it.
    pub(crate) fn page_with(
        &self,
        group: usize,
        metas: &[(Unit, MetaOctets)],
    ) -> Option<(u64, MetaPage)> {
        let mut page = self.pages.get(group)?.clone();
        for (unit, meta) in metas {
            put(&mut page, *unit, meta)?;
        }
        Some((layout::meta_page_offset(group)?, page))
    }

    /// The page of the group was written as it is now.
    pub(crate) fn is_written(&mut self, group: usize) {
        self.dirty.remove(&group);
    }

    fn count_all(&mut self, page: &MetaPage, change: fn(u64, u64) -> u64) {
        for meta in entries(page) {
            self.count(meta, change);
        }
    }

    /// One unit more or less of the generation that `meta` names.
    fn count(&mut self, meta: &MetaOctets, change: fn(u64, u64) -> u64) {
        if [[0; META_LEN], GIVEN_UP].contains(meta) {
            return;
        }
        let count = self.generations.entry(generation(meta)).or_default();
        *count = change(*count, 1);
        if *count == 0 {
            self.generations.remove(&generation(meta));
        }
    }

    /// The pages as they must lie on disk.
    pub(crate) fn pages(&self) -> &[MetaPage] {
        &self.pages
    }

    /// The meta of a unit; `None` when the unit has none, that is, was never written.
    pub(crate) fn get(&self, unit: Unit) -> Option<MetaOctets> {
        let (group, entry) = layout::slot(unit)?;
        let start = layout::entry_offset(entry)?;
        let (octets, _) = self.pages.get(group)?.get(start..)?.split_first_chunk()?;
        (*octets != [0; META_LEN]).then_some(*octets)
    }

    /// Records a unit's meta; `None` when the unit number cannot have one.
    pub(crate) fn set(&mut self, unit: Unit, meta: &MetaOctets) -> Option<()> {
        let (group, _) = layout::slot(unit)?;
        while self.pages.len() <= group {
            self.pages.push(blank_page());
        }
        let old = put(self.pages.get_mut(group)?, unit, meta)?;
        if generation(&old) != generation(meta) || old == [0; META_LEN] {
            self.count(&old, u64::saturating_sub);
            self.count(meta, u64::saturating_add);
        }
        self.dirty.insert(group);
        Some(())
    }

    /// Forgets the units from `high_water` on.
    pub(crate) fn truncate(&mut self, high_water: u64) {
        let groups = layout::group_count(high_water).unwrap_or(0);
        for page in self.pages.split_off(groups.min(self.pages.len())) {
            self.count_all(&page, u64::saturating_sub);
        }
        self.dirty.retain(|group| *group < groups);
        let Some(last) = groups.checked_sub(1) else {
            return;
        };
        let first_gone = layout::slot(high_water).filter(|(group, _)| *group == last);
        let Some((_, first_gone)) = first_gone else {
            return;
        };
        let gone = layout::units_of(last).into_iter().flatten();
        for unit in gone.skip(first_gone) {
            let page = self.pages.get_mut(last);
            let old = page.and_then(|page| put(page, unit, &[0; META_LEN]));
            let Some(old) = old.filter(|old| *old != [0; META_LEN]) else {
                continue;
            };
            self.count(&old, u64::saturating_sub);
            self.dirty.insert(last);
        }
    }

    /// The pages that changed since the last call, with their file offsets.
    pub(crate) fn take_dirty(&mut self) -> Vec<(u64, MetaPage)> {
        let dirty = std::mem::take(&mut self.dirty);
        let page = |group: usize| {
            Some((
                layout::meta_page_offset(group)?,
                self.pages.get(group)?.clone(),
            ))
        };
        dirty.into_iter().filter_map(page).collect()
    }
}

/// Reads the meta page of a group; what the file lacks reads as zeros.
pub(crate) fn read_page(file: &dyn RawFile, group: usize) -> io::Result<MetaPage> {
    let beyond = || io::Error::from(io::ErrorKind::InvalidData);
    let offset = layout::meta_page_offset(group).ok_or_else(beyond)?;
    let mut page = blank_page();
    read_zero_filled(file, offset, page.as_mut_slice())?;
    Ok(page)
}

/// The generation that a meta names.
pub(crate) fn generation(meta: &MetaOctets) -> DekGeneration {
    UnitMeta::from_octets(meta).generation()
}

/// The entries of a page, in order.
fn entries(page: &MetaPage) -> impl Iterator<Item = &MetaOctets> {
    let sectors = page.chunks(SECTOR_LEN);
    sectors.flat_map(|sector| sector.as_chunks::<META_LEN>().0)
}

/// Puts a unit's meta into the page of its group, and gives the one that was there.
pub(crate) fn put(page: &mut MetaPage, unit: Unit, meta: &MetaOctets) -> Option<MetaOctets> {
    let (_, entry) = layout::slot(unit)?;
    let start = layout::entry_offset(entry)?;
    let place = page.get_mut(start..)?.first_chunk_mut::<META_LEN>()?;
    Some(std::mem::replace(place, *meta))
}

/// Zeros the octets behind the last entry of each sector; whether there were others.
fn clear_padding(page: &mut MetaPage) -> bool {
    let mut changed = false;
    for sector in page.chunks_mut(SECTOR_LEN) {
        if let Some(padding) = sector.get_mut(META_LEN * layout::METAS_PER_SECTOR..) {
            changed |= padding.iter().any(|octet| *octet != 0);
            padding.fill(0);
        }
    }
    changed
}

fn blank_page() -> MetaPage {
    Box::new([0; UNIT_LEN])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_without_meta_is_told_from_one_with() {
        let mut table = MetaTable::default();
        assert_eq!(table.get(1), None);
        table.set(81, &[7; META_LEN]).unwrap();
        assert_eq!(table.get(81), Some([7; META_LEN]));
        assert_eq!(table.get(80), None);
        assert_eq!(
            table.set(0, &[7; META_LEN]),
            None,
            "unit 0 lies in the header copies"
        );
    }

    #[test]
    fn only_changed_pages_are_written_and_only_once() {
        let mut table = MetaTable::default();
        table.set(200, &[1; META_LEN]).unwrap();
        let offsets: Vec<u64> = table
            .take_dirty()
            .iter()
            .map(|(offset, _)| *offset)
            .collect();
        assert_eq!(offsets, [679_936]);
        assert!(table.take_dirty().is_empty());
    }

    #[test]
    fn truncation_forgets_entries_in_the_last_page_too() {
        let mut table = MetaTable::default();
        for unit in [5, 6, 90] {
            table.set(unit, &[1; META_LEN]).unwrap();
        }
        table.truncate(6);
        assert_eq!(
            (table.get(5), table.get(6), table.get(90)),
            (Some([1; META_LEN]), None, None)
        );
        let pages = table.take_dirty();
        assert_eq!(pages.len(), 1);
        assert_eq!(
            pages[0].1.iter().filter(|octet| **octet != 0).count(),
            META_LEN
        );
        table.truncate(1);
        assert_eq!(table.get(5), None);
    }

    #[test]
    fn units_are_counted_by_the_generation_of_their_meta() {
        let of = |generation: u8| {
            let mut meta = [1; META_LEN];
            meta[4..8].copy_from_slice(&[0, 0, 0, generation]);
            meta
        };
        let counted = |table: &MetaTable| -> Vec<(u32, u64)> {
            let counts = table.generations().iter();
            counts.map(|(key, count)| (key.value(), *count)).collect()
        };
        let mut table = MetaTable::default();
        for unit in [5, 6, 90, 170] {
            table.set(unit, &of(1)).unwrap();
        }
        assert_eq!(counted(&table), [(1, 4)]);
        table.set(90, &of(2)).unwrap();
        assert_eq!(counted(&table), [(1, 3), (2, 1)]);
        table.truncate(91);
        assert_eq!(counted(&table), [(1, 2), (2, 1)]);
        table.truncate(6);
        assert_eq!(counted(&table), [(1, 1)]);
    }
}
