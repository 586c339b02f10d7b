//! AES Key Wrap (RFC 3394; NIST SP 800-38F, KW).
//!
//! May touch: key octets, in wiped memory.

use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256, Block};
use strongroom_secret::{SecretBytes, scrubbed};
use zeroize::Zeroizing;

use crate::refusal::Refusal;

/// RFC 3394, 2.2.3.1.
const INITIAL: [u8; 8] = [0xA6; 8];
/// Octets of a semiblock.
const HALF: usize = 8;

/// The octets wrapped under the key; they are 16 or more, in whole semiblocks.
pub(crate) fn wrap(key: &SecretBytes, data: &[u8]) -> Result<Vec<u8>, Refusal> {
    if data.len() < 2 * HALF || !data.len().is_multiple_of(HALF) {
        return Err(Refusal::Parameter(
            "AES Key Wrap takes 16 octets or more, in multiples of 8",
        ));
    }
    scrubbed(|| match key.len() {
        16 => wrap_by::<Aes128>(key, data),
        24 => wrap_by::<Aes192>(key, data),
        32 => wrap_by::<Aes256>(key, data),
        _ => Err(Refusal::Crypto),
    })
}

/// RFC 3394, 2.2.1, in its form with an index.
fn wrap_by<C>(key: &SecretBytes, data: &[u8]) -> Result<Vec<u8>, Refusal>
where
    C: KeyInit + BlockCipherEncrypt<BlockSize = aes::cipher::consts::U16>,
{
    let cipher = C::new_from_slice(key.expose()).map_err(|_| Refusal::Crypto)?;
    let mut first = INITIAL;
    let mut halves = Zeroizing::new(data.as_chunks::<HALF>().0.to_vec());
    let mut step = 0_u64;
    for _ in 0..6 {
        for half in halves.iter_mut() {
            step = step.saturating_add(1);
            let mut block = Block::default();
            let (front, back) = block.split_at_mut(HALF);
            front.copy_from_slice(&first);
            back.copy_from_slice(half);
            cipher.encrypt_block(&mut block);
            let (front, back) = block.split_at(HALF);
            half.copy_from_slice(back);
            let counted = front.iter().zip(step.to_be_bytes());
            for (to, (octet, count)) in first.iter_mut().zip(counted) {
                *to = octet ^ count;
            }
        }
    }
    // Nothing of it is plain any more.
    Ok([&first[..], halves.as_flattened()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let pairs = text.as_bytes().chunks(2);
        let octet = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        pairs.map(octet).collect()
    }

    /// RFC 3394, 4.1 to 4.6.
    #[test]
    fn keys_are_wrapped_as_published() {
        let kek: Vec<u8> = (0..32).collect();
        let data = hex("00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F");
        for (kek_len, len, expected) in [
            (16, 16, "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"),
            (24, 16, "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D"),
            (32, 16, "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7"),
            (
                24,
                24,
                "031D33264E15D33268F24EC260743EDCE1C6C7DDEE725A936BA814915C6762D2",
            ),
            (
                32,
                24,
                "A8F9BC1612C68B3FF6E6F4FBE30E71E4769C8B80A32CB8958CD5D17D6B254DA1",
            ),
            (
                32,
                32,
                "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21",
            ),
        ] {
            let kek = SecretBytes::copy_from(&kek[..kek_len]);
            assert_eq!(wrap(&kek, &data[..len]).unwrap(), hex(expected));
        }
        let kek = SecretBytes::copy_from(&kek);
        for len in [0, 8, 15, 17, 31] {
            assert!(wrap(&kek, &data[..len]).is_err(), "{len}");
        }
    }
}
