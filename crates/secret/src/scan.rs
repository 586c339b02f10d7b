//! Looks through this process's own memory for copies of a key. For tests (feature `scan`).
//!
//! May touch: `/proc/self/maps` and `/proc/self/mem`, read only. Linux alone has them.

use std::io;

/// Octets of half a key. Whole keys would be missed: allocators overwrite the first octets of what
/// is freed.
pub const HALF_LEN: usize = 16;

/// The needle is kept under this mask, so that the needle itself is no hit.
const MASK: u8 = 0xa5;

/// A 32-octet key to look for, kept masked.
pub struct Needle {
    halves: [[u8; HALF_LEN]; 2],
}

impl Needle {
    /// The needle for the 32 octets of `key`; `None` for another length. Leaves no copy of `key`.
    #[must_use]
    pub fn of(key: &[u8]) -> Option<Self> {
        let mut halves = [[0; HALF_LEN]; 2];
        if key.len() != halves.as_flattened().len() {
            return None;
        }
        // Octet by octet: an array taken by value would stay on the stack.
        for (masked, octet) in halves.as_flattened_mut().iter_mut().zip(key) {
            *masked = octet ^ MASK;
        }
        Some(Self { halves })
    }
}

impl std::fmt::Debug for Needle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Needle(..)")
    }
}

/// The memory could not be searched.
#[derive(Debug)]
#[non_exhaustive]
pub enum ScanError {
    /// Not Linux.
    Unsupported,
    /// `/proc` could not be read.
    Io(io::Error),
}

impl std::fmt::Display for ScanError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unsupported => f.write_str("only Linux lets a process read its own memory maps"),
            Self::Io(error) => write!(f, "/proc/self could not be read: {error}"),
        }
    }
}

impl std::error::Error for ScanError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unsupported => None,
            Self::Io(error) => Some(error),
        }
    }
}

impl From<io::Error> for ScanError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// How often either half of the needle stands anywhere in this process's readable memory, the
/// scanner's own buffer excepted.
///
/// A result of 0 proves something only beside a control: a copy that is left on purpose must be
/// found by the same scan.
///
/// # Errors
///
/// [`ScanError::Unsupported`] where there is no `/proc/self/mem`; [`ScanError::Io`].
#[cfg(target_os = "linux")]
pub fn count_halves(needle: &Needle) -> Result<usize, ScanError> {
    linux::count_halves(needle)
}

/// The same outside of memory that is left out of core dumps, as key memory is: copies of a key in
/// use that should not be there.
///
/// # Errors
///
/// As [`count_halves`].
#[cfg(target_os = "linux")]
pub fn count_halves_in_dumped_memory(needle: &Needle) -> Result<usize, ScanError> {
    linux::count_halves_in_dumped_memory(needle)
}

/// As on Linux, but unsupported here.
///
/// # Errors
///
/// [`ScanError::Unsupported`] always.
#[cfg(not(target_os = "linux"))]
pub fn count_halves(_needle: &Needle) -> Result<usize, ScanError> {
    Err(ScanError::Unsupported)
}

/// As on Linux, but unsupported here.
///
/// # Errors
///
/// [`ScanError::Unsupported`] always.
#[cfg(not(target_os = "linux"))]
pub fn count_halves_in_dumped_memory(_needle: &Needle) -> Result<usize, ScanError> {
    Err(ScanError::Unsupported)
}

/// How often either half of the needle stands in these octets, such as a core dump's.
#[must_use]
pub fn count_halves_in(memory: &[u8], needle: &Needle) -> usize {
    let halves = needle.halves.iter();
    halves.map(|half| count_one(memory, half)).sum()
}

fn count_one(memory: &[u8], masked: &[u8; HALF_LEN]) -> usize {
    let [first, ..] = masked;
    let first = first ^ MASK;
    let mut hits = 0_usize;
    let mut rest = memory;
    while let Some(at) = rest.iter().position(|octet| *octet == first) {
        let from = rest.get(at..).unwrap_or_default();
        let same = |window: &[u8; HALF_LEN]| {
            window
                .iter()
                .zip(masked)
                .all(|(octet, masked)| *octet == masked ^ MASK)
        };
        if from.first_chunk().is_some_and(same) {
            hits = hits.saturating_add(1);
        }
        rest = from.get(1..).unwrap_or_default();
    }
    hits
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{fs, fs::File, ops::Range, os::unix::fs::FileExt as _};

    use super::{HALF_LEN, Needle, ScanError, count_halves_in};

    /// Octets read at once.
    const STEP_LEN: usize = 1 << 20;
    /// Octets read again at the start of a step, so that no half is cut in two.
    const OVERLAP_LEN: usize = HALF_LEN - 1;

    pub(super) fn count_halves(needle: &Needle) -> Result<usize, ScanError> {
        // Read before the first step: what the list itself occupies is scanned as well.
        let maps = fs::read_to_string("/proc/self/maps")?;
        count_in_all(maps.lines().filter_map(readable), needle)
    }

    pub(super) fn count_halves_in_dumped_memory(needle: &Needle) -> Result<usize, ScanError> {
        let maps = fs::read_to_string("/proc/self/smaps")?;
        count_in_all(dumped(&maps).into_iter(), needle)
    }

    fn count_in_all(
        maps: impl Iterator<Item = Range<u64>>,
        needle: &Needle,
    ) -> Result<usize, ScanError> {
        let mut buffer = vec![0; STEP_LEN].into_boxed_slice();
        let own = addresses(&buffer);
        let memory = File::open("/proc/self/mem")?;
        let mut hits = 0_usize;
        for map in maps {
            for part in without(&map, &own) {
                hits = hits.saturating_add(count_in(&memory, part, needle, &mut buffer));
            }
        }
        buffer.fill(0);
        Ok(hits)
    }

    fn addresses(buffer: &[u8]) -> Range<u64> {
        let range = buffer.as_ptr_range();
        let number = |address: *const u8| u64::try_from(address.addr()).unwrap_or(u64::MAX);
        number(range.start)..number(range.end)
    }

    /// The addresses of a line of `maps` when the process may read there.
    fn readable(line: &str) -> Option<Range<u64>> {
        let mut fields = line.split_ascii_whitespace();
        let (start, end) = fields.next()?.split_once('-')?;
        if !fields.next()?.starts_with('r') {
            return None;
        }
        let start = u64::from_str_radix(start, 16).ok()?;
        let end = u64::from_str_radix(end, 16).ok()?;
        Some(start..end)
    }

    /// The readable maps in the text of `smaps` whose flags do not leave them out of dumps.
    fn dumped(smaps: &str) -> Vec<Range<u64>> {
        let mut maps = Vec::new();
        let mut current = None;
        for line in smaps.lines() {
            match line.strip_prefix("VmFlags:") {
                Some(flags) if flags.split_ascii_whitespace().any(|flag| flag == "dd") => {}
                Some(_) => maps.extend(current.take()),
                None if is_head(line) => current = readable(line),
                None => {}
            }
        }
        maps
    }

    /// Whether a line of `smaps` begins a map: the others begin with a name and a colon.
    fn is_head(line: &str) -> bool {
        let first = line.split_ascii_whitespace().next();
        first.is_some_and(|first| first.contains('-') && !first.ends_with(':'))
    }

    /// What remains of `map` before and after `hole`.
    fn without(map: &Range<u64>, hole: &Range<u64>) -> [Range<u64>; 2] {
        if hole.end <= map.start || map.end <= hole.start {
            return [map.clone(), map.end..map.end];
        }
        let before = map.start..hole.start.max(map.start);
        let after = hole.end.min(map.end)..map.end;
        [before, after]
    }

    /// Hits in one range. Pages that cannot be read after all (the kernel's own) end the range.
    fn count_in(memory: &File, range: Range<u64>, needle: &Needle, buffer: &mut [u8]) -> usize {
        let mut hits = 0_usize;
        let mut kept = 0;
        let mut at = range.start;
        while at < range.end {
            let left = usize::try_from(range.end.saturating_sub(at)).unwrap_or(usize::MAX);
            let room = buffer.len().saturating_sub(kept).min(left);
            let target = buffer.get_mut(kept..kept.saturating_add(room));
            let read = target.and_then(|target| memory.read_at(target, at).ok());
            let Some(read @ 1..) = read else { break };
            let filled = kept.saturating_add(read);
            hits = hits.saturating_add(count_halves_in(
                buffer.get(..filled).unwrap_or_default(),
                needle,
            ));
            kept = filled.min(OVERLAP_LEN);
            buffer.copy_within(filled.saturating_sub(kept)..filled, 0);
            at = at.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        }
        hits
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_hole_is_cut_out_of_the_map_it_lies_in() {
            for (map, hole, parts) in [
                (10..20, 12..15, [10..12, 15..20]),
                (10..20, 10..20, [10..10, 20..20]),
                (10..20, 30..40, [10..20, 20..20]),
                (10..20, 0..10, [10..20, 20..20]),
                (10..20, 5..15, [10..10, 15..20]),
                (10..20, 15..25, [10..15, 20..20]),
            ] {
                assert_eq!(without(&map, &hole), parts, "{map:?} without {hole:?}");
            }
        }

        #[test]
        fn maps_that_are_left_out_of_dumps_are_left_out() {
            let smaps = "1000-2000 rw-p 00000000 00:00 0 \nSize: 4 kB\nVmFlags: rd wr dd wf \n\
                2000-3000 r--p 00000000 00:00 0 [x-y]\nSize: 4 kB\nVmFlags: rd \n\
                3000-4000 ---p 00000000 00:00 0 \nVmFlags: mr \n";
            assert_eq!(format!("{:x?}", dumped(smaps)), "[2000..3000]");
        }

        #[test]
        fn either_half_counts_and_overlapping_hits_count_each() {
            let key: Vec<u8> = (0..32).collect();
            let needle = Needle::of(&key).unwrap();
            let mut memory = vec![0xff; 100];
            memory[3..19].copy_from_slice(&key[..16]);
            memory[40..56].copy_from_slice(&key[16..]);
            assert_eq!(count_halves_in(&memory, &needle), 2);
            let needle = Needle::of(&[7; 32]).unwrap();
            assert_eq!(count_halves_in(&[7; 17], &needle), 4);
        }
    }
}
