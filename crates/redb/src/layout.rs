//! Where a unit and its meta lie in the file: pure arithmetic, no I/O.

/// Octets of one unit, which is one page of redb.
pub const UNIT_LEN: usize = 4096;
/// Octets of one header copy: a sector in clear and a sealed body.
pub const HEADER_COPY_LEN: usize = 8192;
/// Octets that a disk writes as a whole, by the powersafe overwrite rule that redb relies on too.
pub const SECTOR_LEN: usize = 512;
/// Octets of one unit's meta.
pub const META_LEN: usize = 48;
/// Meta entries in one sector: 480 octets, then 32 zeros, so that no entry straddles two sectors.
pub const METAS_PER_SECTOR: usize = SECTOR_LEN / META_LEN;
/// Data units of one group, and meta entries of one meta page.
pub const GROUP_LEN: usize = (UNIT_LEN / SECTOR_LEN) * METAS_PER_SECTOR;

const UNIT_LEN_U64: u64 = UNIT_LEN as u64;
const GROUP_LEN_U64: u64 = GROUP_LEN as u64;
/// Where the first group begins: behind header copies A and B.
pub(crate) const GROUPS_OFFSET: u64 = 2 * HEADER_COPY_LEN as u64;
/// Octets of one group: its meta page and its data units.
const GROUP_OCTETS: u64 = (1 + GROUP_LEN_U64) * UNIT_LEN_U64;

/// Number of a unit. Unit 0 is redb's header page; it lies in the header copies and in no group.
pub(crate) type Unit = u64;

/// The group of a unit and the unit's index in it; `None` for unit 0.
pub(crate) fn slot(unit: Unit) -> Option<(usize, usize)> {
    let index = unit.checked_sub(1)?;
    let group = usize::try_from(index.checked_div(GROUP_LEN_U64)?).ok()?;
    let entry = usize::try_from(index.checked_rem(GROUP_LEN_U64)?).ok()?;
    Some((group, entry))
}

/// File offset of a group's meta page.
pub(crate) fn meta_page_offset(group: usize) -> Option<u64> {
    let skipped = u64::try_from(group).ok()?.checked_mul(GROUP_OCTETS)?;
    GROUPS_OFFSET.checked_add(skipped)
}

/// Offset of an entry inside its meta page.
pub(crate) fn entry_offset(entry: usize) -> Option<usize> {
    let sector = entry.checked_div(METAS_PER_SECTOR)?;
    let inside = entry.checked_rem(METAS_PER_SECTOR)?;
    sector
        .checked_mul(SECTOR_LEN)?
        .checked_add(inside.checked_mul(META_LEN)?)
}

/// File offset of a unit's sealed octets; `None` for unit 0 and where the offset passes 2^64.
pub(crate) fn unit_offset(unit: Unit) -> Option<u64> {
    let (group, entry) = slot(unit)?;
    let pages = u64::try_from(entry).ok()?.checked_add(1)?;
    meta_page_offset(group)?.checked_add(pages.checked_mul(UNIT_LEN_U64)?)
}

/// Octets of a file that holds the units `0..high_water` and nothing else.
pub(crate) fn file_len(high_water: u64) -> Option<u64> {
    match high_water.checked_sub(1)? {
        0 => Some(GROUPS_OFFSET),
        last => unit_offset(last)?.checked_add(UNIT_LEN_U64),
    }
}

/// Groups that hold the units `0..high_water`.
pub(crate) fn group_count(high_water: u64) -> Option<usize> {
    let units = high_water.checked_sub(1)?;
    usize::try_from(units.div_ceil(GROUP_LEN_U64)).ok()
}

/// The group in whose place a journal lies: the first that redb's space, of so many octets, does not
/// reach.
pub(crate) fn journal_group(logical_len: u64) -> Option<usize> {
    group_count(logical_len.checked_div(UNIT_LEN_U64)?.max(1))
}

/// The units of a group, from the first one on.
pub(crate) fn units_of(group: usize) -> Option<std::ops::RangeInclusive<Unit>> {
    let before = u64::try_from(group).ok()?.checked_mul(GROUP_LEN_U64)?;
    Some(before.checked_add(1)?..=before.checked_add(GROUP_LEN_U64)?)
}

/// How many of `count` units from `first` on lie side by side in the file, at least one.
pub(crate) fn run_len(first: Unit, count: u64) -> Option<u64> {
    let (_, entry) = slot(first)?;
    let left = u64::try_from(GROUP_LEN.checked_sub(entry)?).ok()?;
    Some(left.min(count).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked out by hand from the table in `docs/formats/redb-file.md`.
    #[test]
    fn units_lie_where_the_format_says() {
        // unit, group's meta page, entry offset in it, offset of the sealed octets
        let table: [(u64, u64, usize, u64); 9] = [
            (1, 16_384, 0, 20_480),
            (2, 16_384, 48, 24_576),
            (10, 16_384, 432, 57_344),
            (11, 16_384, 512, 61_440),
            (80, 16_384, 4_016, 344_064),
            (81, 348_160, 0, 352_256),
            (160, 348_160, 4_016, 675_840),
            (161, 679_936, 0, 684_032),
            (8_001, 33_193_984, 0, 33_198_080),
        ];
        for (unit, page, entry_at, offset) in table {
            let (group, entry) = slot(unit).unwrap();
            assert_eq!(
                meta_page_offset(group),
                Some(page),
                "meta page of unit {unit}"
            );
            assert_eq!(entry_offset(entry), Some(entry_at), "entry of unit {unit}");
            assert_eq!(unit_offset(unit), Some(offset), "unit {unit}");
        }
    }

    #[test]
    fn no_entry_straddles_a_sector_and_padding_is_32_octets() {
        for entry in 0..GROUP_LEN {
            let start = entry_offset(entry).unwrap();
            assert_eq!(
                start / SECTOR_LEN,
                (start + META_LEN - 1) / SECTOR_LEN,
                "entry {entry}"
            );
            assert!(start % SECTOR_LEN <= SECTOR_LEN - 32 - META_LEN);
        }
        assert_eq!(GROUP_LEN, 80);
    }

    #[test]
    fn no_two_pages_share_octets_and_none_is_left_out() {
        let mut pages: Vec<u64> = (0..3).filter_map(meta_page_offset).collect();
        pages.extend((1..=240).filter_map(unit_offset));
        pages.sort_unstable();
        let expected: Vec<u64> = (0..243).map(|page| 16_384 + page * 4_096).collect();
        assert_eq!(pages, expected);
    }

    #[test]
    fn lengths_and_runs_follow_the_groups() {
        for (high_water, len, groups) in [
            (1, 16_384, 0),
            (2, 24_576, 1),
            (81, 348_160, 1),
            (82, 356_352, 2),
        ] {
            assert_eq!(file_len(high_water), Some(len), "{high_water}");
            assert_eq!(group_count(high_water), Some(groups), "{high_water}");
        }
        for (first, count, run) in [(1, 1, 1), (1, 200, 80), (79, 9, 2), (80, 9, 1), (81, 9, 9)] {
            assert_eq!(run_len(first, count), Some(run), "{first} {count}");
        }
    }

    /// By the formula of `docs/formats/redb-file.md`, section 6.
    #[test]
    fn a_journal_lies_behind_the_last_group_that_the_space_reaches() {
        for (len, group) in [(0, 0), (4_096, 0), (8_192, 1), (81 * 4_096, 1)] {
            assert_eq!(journal_group(len), Some(group), "{len}");
        }
        assert_eq!(journal_group(82 * 4_096), Some(2));
        assert_eq!(units_of(0), Some(1..=80));
        assert_eq!(units_of(2), Some(161..=240));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(slot(0), None);
        assert_eq!(unit_offset(0), None);
        assert_eq!(file_len(0), None);
        assert_eq!(group_count(0), None);
        assert_eq!(unit_offset(u64::MAX), None);
        assert_eq!(file_len(u64::MAX), None);
        assert_eq!(meta_page_offset(usize::MAX), None);
    }
}
