//! A file around its bad sectors: what the disk still gives, and a filler for the rest.
//!
//! May touch: the file it is given. The rule is `docs/formats/keystore.md`, KS-26.

use std::io::{self, ErrorKind};

/// Stands for each octet that the disk does not give. Never zero: a stretch of zeros is taken for
/// one that was not yet written (KS-19).
const FILLER: u8 = 0xbd;
/// First read in blocks of this many octets, and a block that fails in sectors.
const BLOCK_LEN: usize = 4096;
const SECTOR_LEN: usize = 512;
/// So many failed blocks are no bad sectors but a failing disk. Each may take seconds.
const BAD_BLOCKS_MAX: usize = 64;

/// A file of which some octets could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salvaged {
    /// As long as the file; a filler stands for what could not be read.
    pub octets: Vec<u8>,
    /// Where the last unreadable stretch ends; 0 when all was read after all.
    pub unreadable_end: usize,
}

/// Reads `len` octets by `read_at` (offset, buffer), which may fail in places.
///
/// # Errors
///
/// The last failure, when there are too many.
pub(super) fn salvage(
    len: usize,
    mut read_at: impl FnMut(usize, &mut [u8]) -> io::Result<usize>,
) -> io::Result<Salvaged> {
    let mut octets = vec![FILLER; len];
    let (mut unreadable_end, mut bad_blocks) = (0, 0_usize);
    let mut start = 0_usize;
    for block in octets.chunks_mut(BLOCK_LEN) {
        if let Err(error) = fill(start, block, &mut read_at) {
            bad_blocks = bad_blocks.saturating_add(1);
            if bad_blocks > BAD_BLOCKS_MAX {
                return Err(error);
            }
            let mut at = start;
            for sector in block.chunks_mut(SECTOR_LEN) {
                let end = at.saturating_add(sector.len());
                if fill(at, sector, &mut read_at).is_err() {
                    sector.fill(FILLER);
                    unreadable_end = end;
                }
                at = end;
            }
        }
        start = start.saturating_add(BLOCK_LEN);
    }
    Ok(Salvaged {
        octets,
        unreadable_end,
    })
}

/// All of `buffer`, or an error and anything in it.
fn fill(
    at: usize,
    buffer: &mut [u8],
    read_at: &mut impl FnMut(usize, &mut [u8]) -> io::Result<usize>,
) -> io::Result<()> {
    let mut done = 0_usize;
    while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match read_at(at.saturating_add(done), rest) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(read) => done = done.saturating_add(read),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "tests count small things")]
mod tests {
    use super::*;

    /// A disk with these bad sectors, which gives at most 1000 octets at once.
    fn disk(file: &[u8], bad: &[usize]) -> impl FnMut(usize, &mut [u8]) -> io::Result<usize> {
        move |at, buffer| {
            let len = buffer.len().min(1000).min(file.len() - at);
            let is_bad = |sector: &usize| {
                let start = sector * SECTOR_LEN;
                at < start + SECTOR_LEN && start < at + len
            };
            if bad.iter().any(is_bad) {
                return Err(ErrorKind::Other.into());
            }
            buffer[..len].copy_from_slice(&file[at..at + len]);
            Ok(len)
        }
    }

    fn file(len: usize) -> Vec<u8> {
        (0..len).map(|at| u8::try_from(at % 127).unwrap()).collect()
    }

    #[test]
    fn every_octet_outside_a_bad_sector_is_given_and_no_filler_is_zero() {
        let file = file(10_000);
        for bad in 0..file.len().div_ceil(SECTOR_LEN) {
            let found = salvage(file.len(), disk(&file, &[bad])).unwrap();
            let start = bad * SECTOR_LEN;
            let end = file.len().min(start + SECTOR_LEN);
            assert_eq!(found.unreadable_end, end);
            assert_eq!(found.octets[..start], file[..start]);
            assert_eq!(found.octets[end..], file[end..]);
            let filler = &found.octets[start..end];
            assert!(filler.iter().all(|octet| *octet == FILLER && *octet != 0));
        }
        let whole = salvage(file.len(), disk(&file, &[])).unwrap();
        assert_eq!((whole.octets, whole.unreadable_end), (file, 0));
    }

    #[test]
    fn a_disk_that_fails_everywhere_is_given_up() {
        let mut calls = 0;
        let failing = |_, _: &mut [u8]| {
            calls += 1;
            Err(ErrorKind::Other.into())
        };
        let error = salvage(1 << 26, failing).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Other);
        assert!(calls < 1000, "{calls}");
    }

    #[test]
    fn a_file_that_became_shorter_is_filled_up() {
        let file = file(700);
        let short = |at: usize, buffer: &mut [u8]| {
            let rest = file.get(at..).unwrap_or_default();
            let len = buffer.len().min(rest.len());
            buffer[..len].copy_from_slice(&rest[..len]);
            Ok(len)
        };
        let found = salvage(1200, short).unwrap();
        assert_eq!(found.octets[..512], file[..512]);
        assert_eq!(found.unreadable_end, 1200);
    }
}
