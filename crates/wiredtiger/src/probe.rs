//! A look at the host's metadata file before the host reads it, so that a wrong key is never taken
//! for damage. Reads `WiredTiger.wt`; changes nothing.
//!
//! WiredTiger answers a metadata block that does not decrypt with "database corruption detected" and
//! advice to salvage. The blocks' headers are in clear (`docs/formats/wiredtiger.md`, section 3).

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use strongroom_cipher::{FORMAT, META_LEN, UnitMeta};

/// The file of the host's metadata, whose blocks are sealed under the connection's key id.
pub(crate) const METADATA_FILE: &str = "WiredTiger.wt";
/// Octets of the file that are looked at.
const LOOK_MAX: u64 = 16 << 20;
/// Blocks begin at multiples of it; the first unit is the file's own description.
const UNIT: usize = 4096;
/// Octets in front of an encryptor's output: page header, block header, stored length.
const HEAD: usize = 44;
/// Offsets of the page's type, of its flags, and of two lengths (u32 LE).
const TYPE_AT: usize = 24;
const FLAGS_AT: usize = 25;
const DISK_LEN_AT: usize = 28;
const STORED_LEN_AT: usize = 40;
/// The page flag of an encrypted block.
const ENCRYPTED: u8 = 0x08;
/// Page types of rows; the file's lists of free space, type 1, are never encrypted.
const ROW_PAGES: [u8; 2] = [6, 7];

/// What lies in the host's folder.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// No database, or none with a block in its metadata.
    Nothing,
    /// A database whose metadata is not encrypted.
    Plain,
    /// Encrypted, but no block bears our format.
    Foreign,
    /// Sealed blocks, as the encryptor gave them.
    Sealed(Vec<Vec<u8>>),
}

/// Looks at the metadata file in `home`.
///
/// # Errors
///
/// What the system answered.
pub(crate) fn look(home: &Path) -> io::Result<Found> {
    let file = match File::open(home.join(METADATA_FILE)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        other => other?,
    };
    let mut octets = Vec::new();
    file.take(LOOK_MAX).read_to_end(&mut octets)?;
    Ok(judge(&octets))
}

fn judge(octets: &[u8]) -> Found {
    let (mut sealed, mut foreign, mut plain) = (Vec::new(), false, false);
    for at in (UNIT..octets.len()).step_by(UNIT) {
        let Some(block) = octets.get(at..).and_then(whole_block) else {
            continue;
        };
        match block {
            Block::Plain => plain = true,
            Block::Encrypted(output) if is_ours(output) => sealed.push(output.to_vec()),
            Block::Encrypted(_) => foreign = true,
        }
    }
    match (sealed.is_empty(), foreign, plain) {
        (false, ..) => Found::Sealed(sealed),
        (true, true, _) => Found::Foreign,
        (true, false, true) => Found::Plain,
        (true, false, false) => Found::Nothing,
    }
}

enum Block<'a> {
    Plain,
    Encrypted(&'a [u8]),
}

/// The block that begins here, when its header can be one.
fn whole_block(octets: &[u8]) -> Option<Block<'_>> {
    let disk_len = length_at(octets, DISK_LEN_AT)?;
    let whole = octets.get(..disk_len)?;
    if disk_len == 0 || !disk_len.is_multiple_of(UNIT) {
        return None;
    }
    let is_row = ROW_PAGES.contains(whole.get(TYPE_AT)?);
    if whole.get(FLAGS_AT)? & ENCRYPTED != 0 {
        let output = whole.get(HEAD..length_at(whole, STORED_LEN_AT)?)?;
        return Some(Block::Encrypted(output));
    }
    is_row.then_some(Block::Plain)
}

fn length_at(octets: &[u8], at: usize) -> Option<usize> {
    let field = octets.get(at..)?.first_chunk::<4>()?;
    // WiredTiger writes little endian on every machine.
    usize::try_from(
        field
            .iter()
            .rev()
            .fold(0, |sum: u32, octet| (sum << 8) | u32::from(*octet)),
    )
    .ok()
}

/// Whether the end of `output` can be the meta of a unit.
fn is_ours(output: &[u8]) -> bool {
    let Some((_, meta)) = output.split_last_chunk::<META_LEN>() else {
        return false;
    };
    let meta = UnitMeta::from_octets(meta);
    meta.format() == FORMAT && (1..=3).contains(&meta.suite()) && meta.flags() == 0
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a test that overflows panics, and so fails"
)]
mod tests {
    use super::*;

    /// A file of one description unit and one block.
    fn file(page: u8, flags: u8, output: &[u8]) -> Vec<u8> {
        let mut block = vec![0; UNIT];
        block[TYPE_AT] = page;
        block[FLAGS_AT] = flags;
        block[DISK_LEN_AT..DISK_LEN_AT + 4].copy_from_slice(&[0, 16, 0, 0]);
        let stored = u16::try_from(HEAD + output.len()).unwrap();
        block[STORED_LEN_AT] = u8::try_from(stored & 255).unwrap();
        block[STORED_LEN_AT + 1] = u8::try_from(stored >> 8).unwrap();
        block[HEAD..HEAD + output.len()].copy_from_slice(output);
        [vec![0; UNIT], block].concat()
    }

    fn unit() -> Vec<u8> {
        let mut unit = vec![7; 100 + META_LEN];
        unit[100..104].copy_from_slice(&[FORMAT, 1, 0, 0]);
        unit
    }

    #[test]
    fn plain_sealed_and_foreign_databases_are_told_apart() {
        assert_eq!(judge(&[]), Found::Nothing);
        assert_eq!(judge(&file(7, 0, b"key value")), Found::Plain);
        assert_eq!(
            judge(&file(6, ENCRYPTED, &unit())),
            Found::Sealed(vec![unit()])
        );
        assert_eq!(judge(&file(7, ENCRYPTED, &[9; 200])), Found::Foreign);
        assert_eq!(judge(&file(7, ENCRYPTED, b"short")), Found::Foreign);
    }

    #[test]
    fn a_list_of_free_space_is_no_plain_database() {
        assert_eq!(judge(&file(1, 0, b"extents")), Found::Nothing);
    }

    #[test]
    fn lengths_beyond_the_file_are_passed_over() {
        let mut torn = file(7, ENCRYPTED, &unit());
        torn.truncate(UNIT + 600);
        assert_eq!(judge(&torn), Found::Nothing);
        let mut odd = file(7, ENCRYPTED, &unit());
        odd[UNIT + STORED_LEN_AT + 3] = 255;
        assert_eq!(judge(&odd), Found::Nothing);
    }
}
