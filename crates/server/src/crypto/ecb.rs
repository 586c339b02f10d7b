//! AES-ECB (NIST SP 800-38A, 6.1), which some clients wrap single blocks with. It shows which blocks
//! are alike: no mode for data.
//!
//! May touch: key octets and data, in wiped memory.

use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256, Block};
use strongroom_secret::{SecretBytes, scrubbed};

use super::cbc::{Padding, padded, unpadded};
use crate::refusal::Refusal;

/// The ciphertext.
pub(crate) fn encrypt(
    key: &SecretBytes,
    padding: Padding,
    data: &SecretBytes,
) -> Result<Vec<u8>, Refusal> {
    padded(padding, data, |text| {
        scrubbed(|| match key.len() {
            16 => encrypt_by::<Aes128>(key, text),
            24 => encrypt_by::<Aes192>(key, text),
            32 => encrypt_by::<Aes256>(key, text),
            _ => Err(Refusal::Crypto),
        })
    })
}

/// The plaintext.
pub(crate) fn decrypt(
    key: &SecretBytes,
    padding: Padding,
    data: &SecretBytes,
) -> Result<SecretBytes, Refusal> {
    unpadded(padding, data, |text| {
        scrubbed(|| match key.len() {
            16 => decrypt_by::<Aes128>(key, text),
            24 => decrypt_by::<Aes192>(key, text),
            32 => decrypt_by::<Aes256>(key, text),
            _ => Err(Refusal::Crypto),
        })
    })
}

fn encrypt_by<C>(key: &SecretBytes, text: &mut [u8]) -> Result<(), Refusal>
where
    C: KeyInit + BlockCipherEncrypt<BlockSize = aes::cipher::consts::U16>,
{
    let cipher = C::new_from_slice(key.expose()).map_err(|_| Refusal::Crypto)?;
    cipher.encrypt_blocks(Block::slice_as_chunks_mut(text).0);
    Ok(())
}

fn decrypt_by<C>(key: &SecretBytes, text: &mut [u8]) -> Result<(), Refusal>
where
    C: KeyInit + BlockCipherDecrypt<BlockSize = aes::cipher::consts::U16>,
{
    let cipher = C::new_from_slice(key.expose()).map_err(|_| Refusal::Crypto)?;
    cipher.decrypt_blocks(Block::slice_as_chunks_mut(text).0);
    Ok(())
}
