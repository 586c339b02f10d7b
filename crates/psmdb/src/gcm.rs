//! AES-256-GCM pages and files (`docs/formats/psmdb.md`, sections 3 and 4).
//!
//! May touch: values only. ring's types stay inside.

mod iv;

use std::fmt;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use strongroom_secret::{SecretBytes, WipedBox};

use crate::error::{DecryptError, EncryptError, KeyLengthError};
pub use iv::{GcmIv, GcmIvs};

/// Octets of a tag.
const TAG_LEN: usize = 16;
/// Octets of an IV.
pub(crate) const IV_LEN: usize = 12;
/// Octets that a GCM form has more than its plaintext.
pub const GCM_GROWTH: usize = IV_LEN + TAG_LEN;
/// Longest plaintext: SP 800-38D, 5.2.1.1.
const PLAINTEXT_LEN_MAX: u64 = (1 << 36) - 32;

/// The order of the parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GcmForm {
    /// IV, ciphertext, tag.
    Page,
    /// Tag, IV, ciphertext.
    File,
}

/// A key for GCM pages or files; its schedule lies in wiped memory.
///
/// ```
/// use strongroom_psmdb::{GCM_GROWTH, GcmForm, GcmIvs, GcmKey};
/// use strongroom_secret::SecretBytes;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let key = GcmKey::new(&SecretBytes::copy_from(&[7; 32]))?;
/// let ivs = GcmIvs::resume(0);
/// ivs.raise(4096)?; // written down durably before this call
/// let mut page = [0; 5 + GCM_GROWTH];
/// key.seal_into(GcmForm::Page, ivs.next()?, b"plain", &mut page)?;
/// assert_eq!(key.open_in_place(GcmForm::Page, &mut page)?, b"plain");
/// # Ok(())
/// # }
/// ```
pub struct GcmKey(WipedBox<LessSafeKey>);

impl GcmKey {
    /// From 32 octets.
    ///
    /// # Errors
    ///
    /// [`KeyLengthError`].
    pub fn new(key: &SecretBytes) -> Result<Self, KeyLengthError> {
        WipedBox::try_new(|| UnboundKey::new(&AES_256_GCM, key.expose()).map(LessSafeKey::new))
            .map(Self)
            .map_err(|_| KeyLengthError {
                len: key.expose().len(),
            })
    }

    /// Seals `plaintext` into the front of `room` and gives the length of the form:
    /// [`GCM_GROWTH`] octets more. Allocates nothing.
    ///
    /// # Errors
    ///
    /// [`EncryptError`]; the IV is gone then too.
    pub fn seal_into(
        &self,
        form: GcmForm,
        iv: GcmIv,
        plaintext: &[u8],
        room: &mut [u8],
    ) -> Result<usize, EncryptError> {
        let len = plaintext.len();
        let too_long = EncryptError::TooLong { len };
        if u64::try_from(len).map_or(true, |len| len > PLAINTEXT_LEN_MAX) {
            return Err(too_long);
        }
        let needed = len.checked_add(GCM_GROWTH).ok_or(too_long)?;
        let short = EncryptError::RoomTooShort {
            needed,
            len: room.len(),
        };
        let room = room.get_mut(..needed).ok_or(short)?;
        let parts = Parts::of(form, room).ok_or(short)?;
        *parts.iv = iv.into_octets();
        parts.text.copy_from_slice(plaintext);
        let key = self.0.get().ok_or(EncryptError::KeyLost)?;
        let tag = key
            .seal_in_place_separate_tag(nonce(parts.iv), Aad::empty(), parts.text)
            .map_err(|_| too_long)?;
        parts.tag.copy_from_slice(tag.as_ref());
        Ok(needed)
    }

    /// Opens `sealed` into the front of `room` and gives the length of the plaintext. Allocates
    /// nothing.
    ///
    /// # Errors
    ///
    /// [`DecryptError`]; all of `room` is zeroed then.
    pub fn open_into(
        &self,
        form: GcmForm,
        sealed: &[u8],
        room: &mut [u8],
    ) -> Result<usize, DecryptError> {
        let opened = self.open_parts(form, sealed, room);
        if opened.is_err() {
            room.fill(0);
        }
        opened
    }

    fn open_parts(
        &self,
        form: GcmForm,
        sealed: &[u8],
        room: &mut [u8],
    ) -> Result<usize, DecryptError> {
        let (iv, text, tag) = split(form, sealed).ok_or(too_short(sealed.len()))?;
        let short = DecryptError::RoomTooShort {
            needed: text.len(),
            len: room.len(),
        };
        let room = room.get_mut(..text.len()).ok_or(short)?;
        room.copy_from_slice(text);
        self.verify(iv, *tag, room)?;
        Ok(room.len())
    }

    /// Opens `sealed` in place and gives the plaintext, which lies inside. Allocates nothing.
    ///
    /// # Errors
    ///
    /// [`DecryptError`]; all of `sealed` is zeroed then.
    pub fn open_in_place<'s>(
        &self,
        form: GcmForm,
        sealed: &'s mut [u8],
    ) -> Result<&'s mut [u8], DecryptError> {
        let opened = match Parts::of(form, sealed) {
            Some(parts) => self.verify(parts.iv, *parts.tag, parts.text),
            None => Err(too_short(sealed.len())),
        };
        if let Err(error) = opened {
            sealed.fill(0);
            return Err(error);
        }
        let parts = Parts::of(form, sealed).ok_or(DecryptError::Damaged)?;
        Ok(parts.text)
    }

    fn verify(
        &self,
        iv: &[u8; IV_LEN],
        tag: [u8; TAG_LEN],
        text: &mut [u8],
    ) -> Result<(), DecryptError> {
        let len = text.len();
        if u64::try_from(len).map_or(true, |len| len > PLAINTEXT_LEN_MAX) {
            return Err(DecryptError::TooLong { len });
        }
        let key = self.0.get().ok_or(DecryptError::KeyLost)?;
        key.open_in_place_separate_tag(nonce(iv), Aad::empty(), tag.into(), text, 0..)
            .map(drop)
            .map_err(|_| DecryptError::Damaged)
    }
}

impl fmt::Debug for GcmKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GcmKey(..)")
    }
}

fn nonce(iv: &[u8; IV_LEN]) -> Nonce {
    Nonce::assume_unique_for_key(*iv)
}

const fn too_short(len: usize) -> DecryptError {
    let least = GCM_GROWTH;
    DecryptError::TooShort { len, least }
}

/// The parts of a form, for writing.
struct Parts<'f> {
    iv: &'f mut [u8; IV_LEN],
    text: &'f mut [u8],
    tag: &'f mut [u8; TAG_LEN],
}

impl<'f> Parts<'f> {
    fn of(form: GcmForm, octets: &'f mut [u8]) -> Option<Self> {
        let (iv, text, tag) = match form {
            GcmForm::Page => {
                let (iv, rest) = octets.split_first_chunk_mut()?;
                let (text, tag) = rest.split_last_chunk_mut()?;
                (iv, text, tag)
            }
            GcmForm::File => {
                let (tag, rest) = octets.split_first_chunk_mut()?;
                let (iv, text) = rest.split_first_chunk_mut()?;
                (iv, text, tag)
            }
        };
        Some(Self { iv, text, tag })
    }
}

/// IV, ciphertext and tag.
type Split<'f> = (&'f [u8; IV_LEN], &'f [u8], &'f [u8; TAG_LEN]);

fn split(form: GcmForm, octets: &[u8]) -> Option<Split<'_>> {
    match form {
        GcmForm::Page => {
            let (iv, rest) = octets.split_first_chunk()?;
            let (text, tag) = rest.split_last_chunk()?;
            Some((iv, text, tag))
        }
        GcmForm::File => {
            let (tag, rest) = octets.split_first_chunk()?;
            let (iv, text) = rest.split_first_chunk()?;
            Some((iv, text, tag))
        }
    }
}
