//! The 48 octets beside every sealed unit (`docs/formats/unit.md`, section 2).
//!
//! May touch: values only.

use crate::id::{DekGeneration, EpochId};
use crate::provider::Nonce;
use crate::suite::{NonceMode, Suite};

/// Length of a unit's meta in octets.
pub const META_LEN: usize = 48;
/// Length of a tag in octets. Never shorter.
pub const TAG_LEN: usize = 16;
/// Octets of the meta that are authenticated: all before the tag.
pub(crate) const HEADER_LEN: usize = 32;
/// The version octet that this crate writes, and the only one that it reads.
pub const FORMAT: u8 = 1;
/// Octets of the epoch's field that a drawn nonce begins in; the counter's field holds the rest.
const DRAWN_IN_EPOCH: usize = 4;

/// The meta of one sealed unit: with the DEK, all that is needed to open it.
///
/// ```text
/// offset octets
///      0      1 format (1)
///      1      1 suite (1, 2, 3)
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

impl EpochId {
    /// As the id of an epoch whose nonces are drawn: their first octets stand in the last ones.
    pub(crate) fn without_drawn(mut self) -> Self {
        self.0
            .iter_mut()
            .rev()
            .take(DRAWN_IN_EPOCH)
            .for_each(|octet| *octet = 0);
        self
    }
}

impl UnitMeta {
    /// The meta of nothing: 48 zeros, which never open. To be overwritten.
    pub const UNSEALED: Self = Self {
        format: 0,
        suite: 0,
        flags: 0,
        generation: DekGeneration::new(0),
        epoch: EpochId([0; 16]),
        counter: 0,
        tag: [0; TAG_LEN],
    };

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

    /// The nonce (`docs/formats/unit.md`, section 3).
    pub(crate) fn nonce(&self, suite: Suite) -> Nonce {
        let [a, b, c, d, e, f, g, h] = self.counter.to_be_bytes();
        let [.., w, x, y, z] = match suite.nonce_mode() {
            NonceMode::Caller => [0; 16],
            NonceMode::Provider => self.epoch.0,
        };
        [w, x, y, z, a, b, c, d, e, f, g, h]
    }

    /// Keeps the nonce that the provider drew.
    pub(crate) fn set_drawn(&mut self, nonce: Nonce) {
        let [w, x, y, z, a, b, c, d, e, f, g, h] = nonce;
        let [.., e0, e1, e2, e3] = &mut self.epoch.0;
        (*e0, *e1, *e2, *e3) = (w, x, y, z);
        self.counter = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
    }

    /// The meta as subkey and AAD are bound to it: without a nonce that the provider drew, which is
    /// not known before and which the cipher authenticates itself.
    pub(crate) fn bound(&self, suite: Suite) -> Self {
        match suite.nonce_mode() {
            NonceMode::Caller => *self,
            NonceMode::Provider => Self {
                epoch: self.epoch.without_drawn(),
                counter: 0,
                ..*self
            },
        }
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
    pub fn epoch(&self) -> EpochId {
        Suite::from_number(self.suite).map_or(self.epoch, |suite| self.bound(suite).epoch)
    }

    /// The unit's number in its epoch; a part of the nonce where that is drawn.
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
        assert_eq!(UnitMeta::UNSEALED.to_octets(), [0; META_LEN]);
    }

    /// By hand from `docs/formats/unit.md`, section 3.
    #[test]
    fn a_counter_and_a_drawn_nonce_stand_where_the_format_says() {
        let mut meta = UnitMeta::from_octets(OCTETS);
        for suite in [Suite::Aes256Gcm, Suite::Aes256GcmSiv] {
            let nonce = b"\0\0\0\0\x11\x12\x13\x14\x15\x16\x17\x18";
            assert_eq!(&meta.nonce(suite), nonce);
            assert_eq!(meta.bound(suite), meta);
        }
        let drawn = Suite::Aes256GcmDrawnNonce;
        assert_eq!(&meta.nonce(drawn), b"byte\x11\x12\x13\x14\x15\x16\x17\x18");
        let bound = meta.bound(drawn);
        assert_eq!(bound.epoch.octets(), b"epoch-id-16-\0\0\0\0");
        assert_eq!(bound.counter, 0);
        meta.set_drawn(*b"twelve-octet");
        assert_eq!(&meta.nonce(drawn), b"twelve-octet");
        assert_eq!(meta.bound(drawn), bound, "another nonce, nothing else");
    }
}
