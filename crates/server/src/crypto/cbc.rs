//! AES-CBC (NIST SP 800-38A) with PKCS5 padding, as KMIP calls it, or none.
//!
//! May touch: key octets and data, in wiped memory.

use aes::cipher::KeyIvInit;
use aes::{Aes128, Aes192, Aes256, Block};
use strongroom_kmip::attribute::CryptographicParameters;
use strongroom_kmip::enumeration::PaddingMethod;
use strongroom_secret::{SecretBytes, scrubbed};

use crate::refusal::Refusal;

/// Octets of a block and of an IV.
pub(crate) const BLOCK_LEN: usize = 16;

/// Whether the plaintext is padded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Padding {
    None,
    Pkcs5,
}

/// The padding that the request names.
pub(crate) fn padding(parameters: &CryptographicParameters) -> Result<Padding, Refusal> {
    match parameters.padding_method {
        None | Some(PaddingMethod::NONE) => Ok(Padding::None),
        Some(PaddingMethod::PKCS5) => Ok(Padding::Pkcs5),
        Some(_) => Err(Refusal::Parameter(
            "CBC and ECB take Padding Method None or PKCS5",
        )),
    }
}

/// The ciphertext.
pub(crate) fn encrypt(
    key: &SecretBytes,
    iv: &[u8],
    padding: Padding,
    data: &SecretBytes,
) -> Result<Vec<u8>, Refusal> {
    padded(padding, data, |text| {
        scrubbed(|| match key.len() {
            16 => encrypt_by::<cbc::Encryptor<Aes128>>(key, iv, text),
            24 => encrypt_by::<cbc::Encryptor<Aes192>>(key, iv, text),
            32 => encrypt_by::<cbc::Encryptor<Aes256>>(key, iv, text),
            _ => Err(Refusal::Crypto),
        })
    })
}

/// The plaintext. With padding, one that does not fit is an error; it tells whoever may ask
/// whether a ciphertext was padded, which is why CBC needs a MAC beside it.
pub(crate) fn decrypt(
    key: &SecretBytes,
    iv: &[u8],
    padding: Padding,
    data: &SecretBytes,
) -> Result<SecretBytes, Refusal> {
    unpadded(padding, data, |text| {
        scrubbed(|| match key.len() {
            16 => decrypt_by::<cbc::Decryptor<Aes128>>(key, iv, text),
            24 => decrypt_by::<cbc::Decryptor<Aes192>>(key, iv, text),
            32 => decrypt_by::<cbc::Decryptor<Aes256>>(key, iv, text),
            _ => Err(Refusal::Crypto),
        })
    })
}

/// What `cipher` makes in place of the padded data.
pub(super) fn padded(
    padding: Padding,
    data: &SecretBytes,
    cipher: impl FnOnce(&mut [u8]) -> Result<(), Refusal>,
) -> Result<Vec<u8>, Refusal> {
    let fill = match padding {
        Padding::None if data.len().is_multiple_of(BLOCK_LEN) => 0,
        Padding::None => return Err(WHOLE_BLOCKS),
        // 1 to 16 octets, each saying how many they are.
        Padding::Pkcs5 => (!data.len() & 0x0F).saturating_add(1),
    };
    let len = data.len().saturating_add(fill);
    let text = SecretBytes::try_build(len, |text| {
        let (front, pad) = text.split_at_mut(data.len());
        front.copy_from_slice(data.expose());
        pad.fill(u8::try_from(fill).unwrap_or_default());
        cipher(text)
    })?;
    Ok(text.expose().to_vec())
}

/// What `cipher` makes in place of the data, without its padding.
pub(super) fn unpadded(
    padding: Padding,
    data: &SecretBytes,
    cipher: impl FnOnce(&mut [u8]) -> Result<(), Refusal>,
) -> Result<SecretBytes, Refusal> {
    if !data.len().is_multiple_of(BLOCK_LEN) {
        return Err(WHOLE_BLOCKS);
    }
    let text = SecretBytes::try_build(data.len(), |text| {
        text.copy_from_slice(data.expose());
        cipher(text)
    })?;
    if padding == Padding::None {
        return Ok(text);
    }
    let octets = text.expose();
    let fill = usize::from(*octets.last().ok_or(Refusal::Crypto)?);
    let kept = octets.len().checked_sub(fill).ok_or(Refusal::Crypto)?;
    let (front, pad) = octets.split_at_checked(kept).ok_or(Refusal::Crypto)?;
    let fits = (1..=BLOCK_LEN).contains(&fill)
        && pad
            .iter()
            .fold(0, |odd, octet| odd | (usize::from(*octet) ^ fill))
            == 0;
    match fits {
        true => Ok(SecretBytes::copy_from(front)),
        false => Err(Refusal::Crypto),
    }
}

const WHOLE_BLOCKS: Refusal =
    Refusal::Parameter("without padding the data has whole blocks of 16 octets");
const IV: Refusal = Refusal::Parameter("an IV of CBC has 16 octets");

fn encrypt_by<C>(key: &SecretBytes, iv: &[u8], text: &mut [u8]) -> Result<(), Refusal>
where
    C: KeyIvInit + aes::cipher::BlockModeEncrypt<BlockSize = aes::cipher::consts::U16>,
{
    let mut cipher = C::new_from_slices(key.expose(), iv).map_err(|_| IV)?;
    cipher.encrypt_blocks(Block::slice_as_chunks_mut(text).0);
    Ok(())
}

fn decrypt_by<C>(key: &SecretBytes, iv: &[u8], text: &mut [u8]) -> Result<(), Refusal>
where
    C: KeyIvInit + aes::cipher::BlockModeDecrypt<BlockSize = aes::cipher::consts::U16>,
{
    let mut cipher = C::new_from_slices(key.expose(), iv).map_err(|_| IV)?;
    cipher.decrypt_blocks(Block::slice_as_chunks_mut(text).0);
    Ok(())
}
