//! Where what lies in a sealed file, by arithmetic alone.
//!
//! May touch: values only.

use strongroom_cipher::TAG_LEN;
use strongroom_cipher::chunked::{
    CHUNK_LEN, CHUNKS_MAX, COMMITMENT_LEN, SALT_LEN, SEALED_CHUNK_LEN,
};

/// Octets of salt and commitment.
pub(crate) const PREFIX_LEN: usize = SALT_LEN + COMMITMENT_LEN;

/// Octets of the message that seals `len` octets: salt, commitment, chunks with their tags. A header
/// stands before it. `None` above 4 PiB.
#[must_use]
pub fn sealed_len(len: u64) -> Option<u64> {
    let whole = len.checked_div(octets(CHUNK_LEN))?;
    // The last chunk is a short one, perhaps empty.
    let chunks = whole
        .checked_add(1)
        .filter(|chunks| *chunks <= CHUNKS_MAX)?;
    let tags = chunks.checked_mul(octets(TAG_LEN))?;
    len.checked_add(tags)?.checked_add(octets(PREFIX_LEN))
}

/// Octets that a message of `len` octets holds; `None` when no message has this length: it was cut
/// off, or is none. The length is authentic only when the last chunk opens.
#[must_use]
pub fn plaintext_len(len: u64) -> Option<u64> {
    let chunks = len.checked_sub(octets(PREFIX_LEN))?;
    let whole = chunks.checked_div(octets(SEALED_CHUNK_LEN))?;
    let last = chunks.checked_rem(octets(SEALED_CHUNK_LEN))?;
    let in_last = last.checked_sub(octets(TAG_LEN))?;
    (whole < CHUNKS_MAX).then_some(())?;
    (whole.checked_mul(octets(CHUNK_LEN))?).checked_add(in_last)
}

/// Lengths here are far below 2^64.
pub(crate) const fn octets(len: usize) -> u64 {
    len as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_go_both_ways_and_no_other_length_is_a_message() {
        let mut messages = std::collections::BTreeMap::new();
        for len in 0..3 * octets(CHUNK_LEN) {
            messages.insert(sealed_len(len).unwrap(), len);
        }
        let longest = sealed_len(3 * octets(CHUNK_LEN) - 1).unwrap();
        for len in 0..=longest {
            assert_eq!(plaintext_len(len), messages.get(&len).copied(), "{len}");
        }
    }

    #[test]
    fn nothing_is_longer_than_the_chunks_that_can_be_numbered() {
        let most = (CHUNKS_MAX - 1) * octets(CHUNK_LEN) + octets(CHUNK_LEN - 1);
        let sealed = sealed_len(most).unwrap();
        assert_eq!(plaintext_len(sealed), Some(most));
        assert_eq!(sealed_len(most + 1), None);
        assert_eq!(plaintext_len(sealed + 1 + octets(TAG_LEN)), None);
        assert_eq!(sealed_len(u64::MAX), None);
    }
}
