//! PKCS#7 padding (RFC 5652, 6.3), read without a branch on what it holds.

use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _, ConstantTimeGreater as _};

use super::BLOCK_LEN;

/// The last block: what is left of the plaintext, and the padding.
pub(super) fn pad(rest: &[u8]) -> [u8; BLOCK_LEN] {
    let count = BLOCK_LEN.saturating_sub(rest.len());
    let mut block = [u8::try_from(count).unwrap_or_default(); BLOCK_LEN];
    for (place, octet) in block.iter_mut().zip(rest) {
        *place = *octet;
    }
    block
}

/// Whether the block ends with padding, and how many octets stand before it; 0 when it does not.
pub(super) fn read(block: &[u8; BLOCK_LEN]) -> (Choice, usize) {
    let [.., count] = *block;
    let mut is_padded = count.ct_gt(&0) & !count.ct_gt(&16);
    for (octet, from_end) in block.iter().rev().zip(0..=u8::MAX) {
        let is_inside = count.ct_gt(&from_end);
        is_padded &= !is_inside | octet.ct_eq(&count);
    }
    let kept = u8::conditional_select(&0, &16_u8.wrapping_sub(count), is_padded);
    (is_padded, usize::from(kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The plain way to say it.
    fn plain(block: &[u8; BLOCK_LEN]) -> Option<usize> {
        let count = usize::from(block[15]);
        let kept = (count != 0).then(|| 16_usize.checked_sub(count))??;
        let is_padding = |octet: &u8| usize::from(*octet) == count;
        block[kept..].iter().all(is_padding).then_some(kept)
    }

    fn check(block: &[u8; BLOCK_LEN]) {
        let (is_padded, kept) = read(block);
        assert_eq!(
            bool::from(is_padded).then_some(kept),
            plain(block),
            "{block:?}"
        );
        assert!(bool::from(is_padded) || kept == 0);
    }

    #[test]
    fn what_is_padded_is_read_back() {
        for len in 0..16 {
            let block = pad(&vec![0xaa; len]);
            let (is_padded, kept) = read(&block);
            assert!(bool::from(is_padded));
            assert_eq!(kept, len);
        }
    }

    #[test]
    fn every_last_octet_and_every_single_change_is_judged_as_the_plain_way_does() {
        for fill in 0..=255_u8 {
            check(&[fill; 16]);
            for count in 0..=255_u8 {
                let mut block = [fill; 16];
                block[15] = count;
                check(&block);
            }
        }
        for len in 0..16 {
            for at in 0..16 {
                for value in 0..=255 {
                    let mut block = pad(&vec![0xaa; len]);
                    block[at] = value;
                    check(&block);
                }
            }
        }
    }
}
