//! AES-256-CBC pages and files with a CRC32C inside (`docs/formats/psmdb.md`, section 2).
//!
//! May touch: values only.

mod apart;
mod batch;
mod iv;
mod job;
mod padding;

use std::fmt;
use std::iter::zip;
use std::mem::ManuallyDrop;

use aes::cipher::inout::InOutBuf;
use aes::cipher::{
    BlockCipherDecrypt as _, BlockCipherEncrypt as _, BlockModeDecrypt as _, BlockModeEncrypt as _,
    InnerIvInit as _, KeyInit as _,
};
use aes::{Aes256, Block};
use strongroom_secret::{SecretBytes, WipedBox, scrubbed_shallow};
use subtle::{Choice, ConstantTimeEq as _};

use crate::KEY_LEN;
use crate::error::{DecryptError, EncryptError, KeyLengthError};
use apart::Apart;
pub use batch::BATCH_LANES;
pub use iv::{CbcIv, CbcIvs};
pub use job::CbcJob;

/// Octets of an AES block.
const BLOCK_LEN: usize = 16;
/// Octets of the checksum.
const CHECKSUM_LEN: usize = 4;
/// Checksum and IV.
const HEADER_LEN: usize = CHECKSUM_LEN + BLOCK_LEN;
/// The most octets that a CBC form has more than its plaintext; also the length of the shortest form.
pub const CBC_GROWTH_MAX: usize = HEADER_LEN + BLOCK_LEN;
/// Blocks that are decrypted before they are checked, while they are in the nearest caches.
const CHUNK_BLOCKS: usize = 1024;

/// A key for CBC pages or files, in key memory; its schedules are wiped when it is dropped, and in a
/// forked child.
///
/// ```
/// use strongroom_psmdb::{CBC_GROWTH_MAX, CbcIvs, CbcKey};
/// use strongroom_secret::SecretBytes;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let key = CbcKey::new(&SecretBytes::copy_from(&[7; 32]))?;
/// let mut room = [0; 5 + CBC_GROWTH_MAX];
/// let len = key.encrypt_into(CbcIvs::new()?.next()?, b"plain", &mut room)?;
/// assert_eq!(key.decrypt_in_place(&mut room[..len])?, b"plain");
/// # Ok(())
/// # }
/// ```
pub struct CbcKey(WipedBox<ManuallyDrop<Aes256>>);

impl CbcKey {
    /// From 32 octets.
    ///
    /// # Errors
    ///
    /// [`KeyLengthError`].
    pub fn new(key: &SecretBytes) -> Result<Self, KeyLengthError> {
        let octets: &[u8; KEY_LEN] =
            (key.expose().try_into()).map_err(|_| KeyLengthError { len: key.len() })?;
        // Not dropped but overwritten there: it owns nothing elsewhere.
        Ok(Self(WipedBox::new(|| {
            ManuallyDrop::new(Aes256::new(octets.into()))
        })))
    }

    fn cipher(&self) -> Option<&Aes256> {
        self.0.get().map(|cipher| &**cipher)
    }

    /// Encrypts `plaintext` into the front of `room` and gives the length of the form. Allocates
    /// nothing.
    ///
    /// One page after the other keeps an AES unit waiting: [`Self::encrypt_batch`] does several at once.
    ///
    /// # Errors
    ///
    /// [`EncryptError`].
    pub fn encrypt_into(
        &self,
        iv: CbcIv,
        plaintext: &[u8],
        room: &mut [u8],
    ) -> Result<usize, EncryptError> {
        let mut job = CbcJob::new(iv, plaintext, room)?;
        let cipher = self.cipher().ok_or(EncryptError::KeyLost)?;
        encrypt_one(cipher, &mut job);
        Ok(job.encrypted_len())
    }

    /// Encrypts all jobs, [`BATCH_LANES`] at a time side by side, which takes little longer than one alone.
    /// Allocates nothing. Best with as many jobs as lanes, or a multiple, of about one length.
    ///
    /// # Errors
    ///
    /// [`EncryptError::KeyLost`]; no job is encrypted then.
    ///
    /// ```
    /// # use strongroom_psmdb::{CBC_GROWTH_MAX, CbcIvs, CbcJob, CbcKey};
    /// # use strongroom_secret::SecretBytes;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let key = CbcKey::new(&SecretBytes::copy_from(&[7; 32]))?;
    /// # let ivs = CbcIvs::new()?;
    /// let pages = [[1; 4096], [2; 4096]];
    /// let mut rooms = [[0; 4096 + CBC_GROWTH_MAX]; 2];
    /// let [first, second] = &mut rooms;
    /// key.encrypt_batch(&mut [
    ///     CbcJob::new(ivs.next()?, &pages[0], first)?,
    ///     CbcJob::new(ivs.next()?, &pages[1], second)?,
    /// ])?;
    /// assert_eq!(key.decrypt_in_place(&mut rooms[1])?, pages[1]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn encrypt_batch(&self, jobs: &mut [CbcJob<'_>]) -> Result<(), EncryptError> {
        let cipher = self.cipher().ok_or(EncryptError::KeyLost)?;
        match jobs {
            [job] => encrypt_one(cipher, job),
            jobs => scrubbed_shallow(|| cipher.encrypt_with_backend(batch::Batch(jobs))),
        }
        Ok(())
    }

    /// Decrypts `encrypted` into the front of `room` and gives the length of the plaintext.
    /// Allocates nothing.
    ///
    /// `room` needs as many octets as the plaintext has.
    ///
    /// # Errors
    ///
    /// [`DecryptError`]; all of `room` is zeroed then.
    pub fn decrypt_into(&self, encrypted: &[u8], room: &mut [u8]) -> Result<usize, DecryptError> {
        let decrypted = self.decrypt_parts(encrypted, room);
        if decrypted.is_err() {
            room.fill(0);
        }
        decrypted
    }

    fn decrypt_parts(&self, encrypted: &[u8], room: &mut [u8]) -> Result<usize, DecryptError> {
        check_length(encrypted.len())?;
        let cipher = self.cipher().ok_or(DecryptError::KeyLost)?;
        let too_short = too_short(encrypted.len());
        let (checksum, rest) = encrypted.split_first_chunk().ok_or(too_short)?;
        // The IV and the blocks; what stands before each is in the same row.
        let (row, _) = blocks(rest);
        let (_, source) = row.split_first().ok_or(too_short)?;
        let (last, source) = source.split_last().ok_or(too_short)?;
        let (before_last, before) = (row.get(..=source.len()))
            .and_then(<[_]>::split_last)
            .ok_or(too_short)?;
        let (len, room_len) = (source.len().saturating_mul(BLOCK_LEN), room.len());
        let short = |needed| DecryptError::RoomTooShort {
            needed,
            len: room_len,
        };
        let (room, tail) = room.split_at_mut_checked(len).ok_or(short(len))?;
        let (target, _) = Block::slice_as_chunks_mut(room);
        let (apart, mut last) = (
            Apart {
                before,
                source,
                target,
            },
            *last,
        );
        let kept = scrubbed_shallow(|| {
            let crc = decrypt_apart(cipher, apart);
            cbc::Decryptor::inner_iv_init(cipher, before_last).decrypt_block(&mut last);
            judge(checksum, crc, &last)
        })?;
        // Only now may it be said how long the plaintext is: [PSMDB-7].
        let len = len.saturating_add(kept);
        let source = last.get(..kept).ok_or(too_short)?;
        tail.get_mut(..kept)
            .ok_or(short(len))?
            .copy_from_slice(source);
        Ok(len)
    }

    /// Decrypts `encrypted` in place and gives the plaintext, which lies inside. Allocates nothing.
    ///
    /// # Errors
    ///
    /// [`DecryptError`]; all of `encrypted` is zeroed then.
    pub fn decrypt_in_place<'e>(
        &self,
        encrypted: &'e mut [u8],
    ) -> Result<&'e mut [u8], DecryptError> {
        match self.decrypt_blocks_in_place(encrypted) {
            Ok(end) => {
                let text = encrypted.get_mut(HEADER_LEN..end);
                text.ok_or(DecryptError::Damaged)
            }
            Err(error) => {
                encrypted.fill(0);
                Err(error)
            }
        }
    }

    /// Gives the offset at which the plaintext ends.
    fn decrypt_blocks_in_place(&self, encrypted: &mut [u8]) -> Result<usize, DecryptError> {
        let len = encrypted.len();
        check_length(len)?;
        let cipher = self.cipher().ok_or(DecryptError::KeyLost)?;
        let (checksum, rest) = encrypted.split_first_chunk_mut().ok_or(too_short(len))?;
        let (iv, ciphertext) = rest.split_first_chunk_mut().ok_or(too_short(len))?;
        let (blocks, _) = Block::slice_as_chunks_mut(ciphertext);
        let (last, body) = blocks.split_last_mut().ok_or(too_short(len))?;
        let kept = scrubbed_shallow(|| verify_in_place(cipher, checksum, iv, body, last))?;
        let before_last = len.saturating_sub(BLOCK_LEN);
        Ok(before_last.saturating_add(kept))
    }
}

fn encrypt_one(cipher: &Aes256, job: &mut CbcJob<'_>) {
    // The cipher lays copies of its round keys on the stack.
    scrubbed_shallow(|| encrypt_chain(cipher, job));
}

fn encrypt_chain(cipher: &Aes256, job: &mut CbcJob<'_>) {
    let parts = job.begin();
    let mut encryptor = cbc::Encryptor::inner_iv_init(cipher, &parts.iv);
    // Equal lengths by construction; the last block is one more.
    if let Ok(blocks) = InOutBuf::new(parts.whole, parts.room) {
        encryptor.encrypt_blocks_inout(blocks);
    }
    encryptor.encrypt_block_b2b(&parts.last, parts.room_of_last);
}

/// Gives the CRC of the plaintext.
fn decrypt_apart(cipher: &Aes256, apart: Apart<'_>) -> u32 {
    let before = apart.before.chunks(CHUNK_BLOCKS);
    let source = apart.source.chunks(CHUNK_BLOCKS);
    let target = apart.target.chunks_mut(CHUNK_BLOCKS);
    zip(zip(before, source), target).fold(0, |crc, ((before, source), target)| {
        cipher.decrypt_with_backend(Apart {
            before,
            source,
            target: &mut *target,
        });
        crc32c::crc32c_append(crc, Block::slice_as_flattened(target))
    })
}

/// Decrypts the body and the last block in their places and judges both.
fn verify_in_place(
    cipher: &Aes256,
    checksum: &[u8; CHECKSUM_LEN],
    iv: &[u8; BLOCK_LEN],
    body: &mut [Block],
    last: &mut Block,
) -> Result<usize, DecryptError> {
    let mut decryptor = cbc::Decryptor::inner_iv_init(cipher, iv.into());
    let mut crc = 0;
    for chunk in body.chunks_mut(CHUNK_BLOCKS) {
        decryptor.decrypt_blocks(chunk);
        crc = crc32c::crc32c_append(crc, Block::slice_as_flattened(chunk));
    }
    decryptor.decrypt_block(last);
    judge(checksum, crc, last)
}

/// Whether the last block ends with padding and the checksum fits. `crc` is that of the blocks before.
/// Gives how many octets of the last block are plaintext.
fn judge(checksum: &[u8; CHECKSUM_LEN], crc: u32, last: &Block) -> Result<usize, DecryptError> {
    let (is_padded, kept) = padding::read(last.as_ref());
    let text = last.get(..kept).unwrap_or_default();
    let fits = is_checksum(checksum, crc32c::crc32c_append(crc, text));
    // One answer for both, after both: [PSMDB-8].
    if bool::from(is_padded & fits) {
        Ok(kept)
    } else {
        Err(DecryptError::Damaged)
    }
}

impl fmt::Debug for CbcKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CbcKey(..)")
    }
}

/// The checksum as it stands in a form.
#[expect(
    clippy::little_endian_bytes,
    reason = "docs/formats/psmdb.md, section 2"
)]
fn checksum(plaintext: &[u8]) -> [u8; CHECKSUM_LEN] {
    crc32c::crc32c(plaintext).to_le_bytes()
}

#[expect(
    clippy::little_endian_bytes,
    reason = "docs/formats/psmdb.md, section 2"
)]
fn is_checksum(stored: &[u8; CHECKSUM_LEN], crc: u32) -> Choice {
    stored.ct_eq(&crc.to_le_bytes())
}

const fn too_short(len: usize) -> DecryptError {
    let least = CBC_GROWTH_MAX;
    DecryptError::TooShort { len, least }
}

fn check_length(len: usize) -> Result<(), DecryptError> {
    if len < CBC_GROWTH_MAX {
        return Err(too_short(len));
    }
    let len = len.saturating_sub(HEADER_LEN);
    if len.is_multiple_of(BLOCK_LEN) {
        Ok(())
    } else {
        Err(DecryptError::NotWholeBlocks { len })
    }
}

/// The whole blocks at the front, and the rest.
const fn blocks(octets: &[u8]) -> (&[Block], &[u8]) {
    Block::slice_as_chunks(octets)
}
