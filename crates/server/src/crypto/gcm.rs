//! AES-GCM with a nonce of 96 bits and a tag of 128 (NIST SP 800-38D), by ring.
//!
//! May touch: key octets and data, in wiped memory.

use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use strongroom_kmip::attribute::CryptographicParameters;
use strongroom_secret::{SecretBytes, scrubbed};

use crate::refusal::Refusal;

/// Octets of a nonce.
pub(crate) const NONCE_LEN: usize = 12;
/// Octets of a tag.
const TAG_LEN: usize = 16;

/// Refuses parameters that this form does not have.
pub(crate) fn check(parameters: &CryptographicParameters) -> Result<(), Refusal> {
    if parameters
        .tag_length
        .is_some_and(|octets| usize::try_from(octets) != Ok(TAG_LEN))
    {
        return Err(Refusal::Parameter("a tag of GCM has 16 octets here"));
    }
    Ok(())
}

/// Ciphertext and tag.
pub(crate) fn seal(
    key: &SecretBytes,
    nonce: &[u8],
    aad: &[u8],
    data: &SecretBytes,
) -> Result<(Vec<u8>, Vec<u8>), Refusal> {
    let nonce = nonce_of(nonce)?;
    scrubbed(|| {
        let key = cipher(key)?;
        let mut tag = None;
        let text = SecretBytes::try_build(data.len(), |text| {
            text.copy_from_slice(data.expose());
            let sealed = key.seal_in_place_separate_tag(nonce, Aad::from(aad), text);
            sealed.map(|made| tag = Some(made.as_ref().to_vec()))
        })
        .map_err(|_| Refusal::Crypto)?;
        Ok((text.expose().to_vec(), tag.ok_or(Refusal::Crypto)?))
    })
}

/// The plaintext, if the tag fits.
pub(crate) fn open(
    key: &SecretBytes,
    nonce: &[u8],
    aad: &[u8],
    (data, tag): (&SecretBytes, &[u8]),
) -> Result<SecretBytes, Refusal> {
    let nonce = nonce_of(nonce)?;
    if tag.len() != TAG_LEN {
        return Err(Refusal::Parameter("a tag of GCM has 16 octets"));
    }
    scrubbed(|| {
        let key = cipher(key)?;
        let tag: [u8; TAG_LEN] = tag.try_into().map_err(|_| Refusal::Crypto)?;
        SecretBytes::try_build(data.len(), |text| {
            text.copy_from_slice(data.expose());
            key.open_in_place_separate_tag(nonce, Aad::from(aad), tag.into(), text, 0..)
                .map(|_| ())
        })
        .map_err(|_| Refusal::Crypto)
    })
}

fn nonce_of(octets: &[u8]) -> Result<Nonce, Refusal> {
    Nonce::try_assume_unique_for_key(octets)
        .map_err(|_| Refusal::Parameter("a nonce of GCM has 12 octets here"))
}

fn cipher(key: &SecretBytes) -> Result<LessSafeKey, Refusal> {
    let algorithm = match key.len() {
        16 => &AES_128_GCM,
        32 => &AES_256_GCM,
        _ => {
            return Err(Refusal::Parameter(
                "GCM takes AES keys of 128 or 256 bits here",
            ));
        }
    };
    let key = UnboundKey::new(algorithm, key.expose()).map_err(|_| Refusal::Crypto)?;
    Ok(LessSafeKey::new(key))
}
