//! The meta of every unit, kept in memory as the pages that go to the file. Reads the file once,
//! at open; the caller writes the pages that changed.

use std::collections::BTreeSet;
use std::io;

use crate::file::{RawFile, read_zero_filled};
use crate::layout::{self, META_LEN, SECTOR_LEN, UNIT_LEN, Unit};

/// One meta, as it lies on disk.
pub(crate) type MetaOctets = [u8; META_LEN];

/// A meta page, as it lies on disk.
pub(crate) type MetaPage = Box<[u8; UNIT_LEN]>;

/// Metas of the units below the high-water mark.
#[derive(Default)]
pub(crate) struct MetaTable {
    pages: Vec<MetaPage>,
    dirty: BTreeSet<usize>,
}

impl MetaTable {
    /// Reads the metas of the units `0..high_water`. What stands above the mark, or between the
    /// entries, is what an unsynced write left there: it is not taken over.
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
            clear_padding(&mut page);
            table.pages.push(page);
        }
        table.truncate(high_water);
        table.dirty.clear();
        Ok(table)
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
        let (group, entry) = layout::slot(unit)?;
        while self.pages.len() <= group {
            self.pages.push(blank_page());
        }
        let start = layout::entry_offset(entry)?;
        let page = self.pages.get_mut(group)?;
        page.get_mut(start..)?
            .first_chunk_mut::<META_LEN>()?
            .copy_from_slice(meta);
        self.dirty.insert(group);
        Some(())
    }

    /// Forgets the units from `high_water` on.
    pub(crate) fn truncate(&mut self, high_water: u64) {
        let groups = layout::group_count(high_water).unwrap_or(0);
        self.pages.truncate(groups);
        self.dirty.retain(|group| *group < groups);
        let Some(last) = groups.checked_sub(1) else {
            return;
        };
        let Some(page) = self.pages.get_mut(last) else {
            return;
        };
        let first_gone = layout::slot(high_water).filter(|(group, _)| *group == last);
        let Some((_, first_gone)) = first_gone else {
            return;
        };
        for entry in first_gone..layout::GROUP_LEN {
            let octets = layout::entry_offset(entry).and_then(|start| page.get_mut(start..));
            if let Some(octets) = octets.and_then(|rest| rest.first_chunk_mut::<META_LEN>()) {
                if *octets != [0; META_LEN] {
                    self.dirty.insert(last);
                }
                octets.fill(0);
            }
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

/// Zeros the octets behind the last entry of each sector.
fn clear_padding(page: &mut MetaPage) {
    for sector in page.chunks_mut(SECTOR_LEN) {
        if let Some(padding) = sector.get_mut(META_LEN * layout::METAS_PER_SECTOR..) {
            padding.fill(0);
        }
    }
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
}
