//! The 48 octets beside every sealed unit (`docs/formats/unit.md`, section 2).
//!
//! May touch: values only.

use crate::id::{DekGeneration, EpochId};

/// Length of a unit's meta in octets.
pub const META_LEN: usize = 48;
/// Length of a tag in octets. Never shorter.
pub const TAG_LEN: usize = 16;
/// Octets of the meta that are authenticated: all before the tag.
pub(crate) const HEADER_LEN: usize = 32;
/// The version octet that this crate writes, and the only one that it reads.
pub const FORMAT: u8 = 1;
/// Suite 1: AES-256-GCM under an HKDF-SHA-256 subkey, nonce = 4 zero octets and the counter.
pub const SUITE_AES_256_GCM: u8 = 1;

/// The meta of one sealed unit: with the DEK, all that is needed to open it.
///
/// ```text
/// offset octets
///      0      1 format (1)
///      1      1 suite (1)
///      2      2 flags (0)
///      4      4 DEK generation
///      8     16 epoch id
///     24      8 counter
///     32     16 tag
/// ```
/// Numbers are big endian. `docs/formats/unit.md` is the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitMeta {
    pub(crate) format: u8,
    pub(crate) suite: u8,
    pub(crate) flags: u16,
    pub(crate) generation: DekGeneration,
    pub(crate) epoch: EpochId,
    pub(crate) counter: u64,
    pub(crate) tag: [u8; TAG_LEN],
}

impl UnitMeta {
    /// Reads any 48 octets; `KeyRing::open` decides whether it knows what they say.
    #[must_use]
    pub fn from_octets(octets: &[u8; META_LEN]) -> Self {
        let [format, suite, f0, f1, g0, g1, g2, g3, ..] = *octets;
        let [.., c0, c1, c2, c3, c4, c5, c6, c7] = *part::<HEADER_LEN, 0>(octets);
        Self {
            format,
            suite,
            flags: u16::from_be_bytes([f0, f1]),
            generation: DekGeneration::new(u32::from_be_bytes([g0, g1, g2, g3])),
            epoch: EpochId(*part::<16, 8>(octets)),
            counter: u64::from_be_bytes([c0, c1, c2, c3, c4, c5, c6, c7]),
            tag: *part::<TAG_LEN, HEADER_LEN>(octets),
        }
    }

    /// The 48 octets to store.
    #[must_use]
    pub fn to_octets(&self) -> [u8; META_LEN] {
        let mut octets = [0; META_LEN];
        if let Some((header, rest)) = octets.split_first_chunk_mut() {
            self.write_header(header);
            rest.copy_from_slice(&self.tag);
        }
        octets
    }

    /// The 32 octets before the tag.
    pub(crate) fn write_header(&self, header: &mut [u8; HEADER_LEN]) {
        let [f0, f1] = self.flags.to_be_bytes();
        let [g0, g1, g2, g3] = self.generation.value().to_be_bytes();
        let first = [self.format, self.suite, f0, f1, g0, g1, g2, g3];
        let (head, rest) = header.split_at_mut(8);
        let (epoch, counter) = rest.split_at_mut(16);
        head.copy_from_slice(&first);
        epoch.copy_from_slice(&self.epoch.0);
        counter.copy_from_slice(&self.counter.to_be_bytes());
    }

    /// The version octet.
    #[must_use]
    pub const fn format(&self) -> u8 {
        self.format
    }

    /// The suite.
    #[must_use]
    pub const fn suite(&self) -> u8 {
        self.suite
    }

    /// The flags; none is defined.
    #[must_use]
    pub const fn flags(&self) -> u16 {
        self.flags
    }

    /// The DEK that sealed the unit.
    #[must_use]
    pub const fn generation(&self) -> DekGeneration {
        self.generation
    }

    /// The epoch that sealed the unit.
    #[must_use]
    pub const fn epoch(&self) -> EpochId {
        self.epoch
    }

    /// The unit's number in its epoch.
    #[must_use]
    pub const fn counter(&self) -> u64 {
        self.counter
    }

    /// The tag.
    #[must_use]
    pub const fn tag(&self) -> &[u8; TAG_LEN] {
        &self.tag
    }
}

/// `N` octets from `AT` on; that they lie inside is checked when this is compiled.
fn part<const N: usize, const AT: usize>(octets: &[u8; META_LEN]) -> &[u8; N] {
    const { assert!(AT + N <= META_LEN) };
    let part = octets.get(AT..).and_then(|rest| rest.first_chunk());
    part.unwrap_or(&[0; N])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand from `docs/formats/unit.md`, section 2.
    const OCTETS: &[u8; META_LEN] = b"\x01\x02\x03\x04\x05\x06\x07\x08\
        epoch-id-16-byte\x11\x12\x13\x14\x15\x16\x17\x18tag-of-16-octets";

    #[test]
    fn known_answer_both_ways() {
        let meta = UnitMeta::from_octets(OCTETS);
        assert_eq!(meta.format(), 1);
        assert_eq!(meta.suite(), 2);
        assert_eq!(meta.flags(), 0x0304);
        assert_eq!(meta.generation().value(), 0x0506_0708);
        assert_eq!(meta.epoch().octets(), b"epoch-id-16-byte");
        assert_eq!(meta.counter(), 0x1112_1314_1516_1718);
        assert_eq!(meta.tag(), b"tag-of-16-octets");
        assert_eq!(&meta.to_octets(), OCTETS);
    }
}
