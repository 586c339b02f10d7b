//! The encryptor that the host calls: sizing, customize, encrypt, decrypt, terminate.
//!
//! May touch: the host's buffers and log; a customize call unlocks the store. Encrypting and
//! decrypting touch memory alone, take no lock and allocate nothing.

use std::ffi::c_int;
use std::ptr;
use std::sync::Arc;

use strongroom_cipher::KeyId;

use super::abi::{ConfigArg, Session, WtEncryptor};
use super::host::{Host, guarded};
use crate::block::{Blocks, OVERHEAD};
use crate::error::{Refusal, WT_ERROR};
use crate::store::Store;

/// An encryptor as the host sees it, and behind it what is ours.
#[repr(C)]
pub(crate) struct Encryptor {
    table: WtEncryptor,
    host: Host,
    store: Arc<Store>,
    /// None in the one that is registered: it never encrypts.
    blocks: Option<Blocks>,
}

impl Encryptor {
    /// On the heap, for the host to keep until it calls `terminate`.
    pub(crate) fn leak(host: Host, store: Arc<Store>, blocks: Option<Blocks>) -> *mut WtEncryptor {
        let encryptor = Self {
            table: WtEncryptor {
                encrypt: Some(encrypt),
                decrypt: Some(decrypt),
                sizing: Some(sizing),
                customize: Some(customize),
                terminate: Some(terminate),
                later: [ptr::null(); 4],
            },
            host,
            store,
            blocks,
        };
        Box::into_raw(Box::new(encryptor)).cast()
    }

    /// # Safety
    ///
    /// `encryptor` came from [`Self::leak`] and was not terminated.
    unsafe fn of<'a>(encryptor: *mut WtEncryptor) -> &'a Self {
        // SAFETY: by this function's contract; the table is the first member.
        unsafe { &*encryptor.cast::<Self>() }
    }

    /// Says in the host's log what the store's thread has found out.
    #[inline]
    fn say(&self, session: *mut Session) {
        self.store.say(|text| self.host.message(session, text));
    }

    /// Drops it; with the last one the store is closed and its thread has ended.
    ///
    /// # Safety
    ///
    /// As for [`Self::of`]; nobody uses it afterwards.
    pub(crate) unsafe fn free(encryptor: *mut WtEncryptor) {
        // SAFETY: by this function's contract.
        drop(unsafe { Box::from_raw(encryptor.cast::<Self>()) });
    }
}

/// How many octets encryption adds at most.
unsafe extern "C" fn sizing(_: *mut WtEncryptor, _: *mut Session, constant: *mut usize) -> c_int {
    // SAFETY: the host gives a place for one number.
    unsafe { constant.write(OVERHEAD) };
    0
}

/// The encryptor of one key id. All that can fail for a reason outside this process fails here,
/// before the host reads a block.
unsafe extern "C" fn customize(
    encryptor: *mut WtEncryptor,
    session: *mut Session,
    config: *mut ConfigArg,
    customized: *mut *mut WtEncryptor,
) -> c_int {
    // SAFETY: the host gives an encryptor that it got from us.
    let this = unsafe { Encryptor::of(encryptor) };
    guarded(Some(this.host), session, || {
        let value = |key| {
            // SAFETY: the configuration is that of the running call.
            unsafe { this.host.value(session, config, key) }
        };
        let say = |text: &str| this.host.message(session, text);
        this.say(session);
        let blocks = value("secretkey")
            .and_then(|secret| secret.map_or(Ok(()), |_| Err(Refusal::SecretKey)))
            .and_then(|()| key_id(value("keyid")?))
            .and_then(|key_id| this.store.blocks(&key_id, &say));
        match blocks {
            Ok(blocks) => {
                let new = Encryptor::leak(this.host, Arc::clone(&this.store), Some(blocks));
                // SAFETY: the host gives a place for one pointer.
                unsafe { customized.write(new) };
                0
            }
            Err(refusal) => this.host.refuse(session, &refusal),
        }
    })
}

/// The key id that the host's settings name.
fn key_id(text: Option<String>) -> Result<KeyId, Refusal> {
    let text = text.ok_or(Refusal::NoKeyId)?;
    if text.chars().any(char::is_control) {
        return Err(Refusal::KeyIdCharacter(text));
    }
    Ok(KeyId::new(&text)?)
}

/// Seals one block or log record.
unsafe extern "C" fn encrypt(
    encryptor: *mut WtEncryptor,
    session: *mut Session,
    src: *mut u8,
    src_len: usize,
    dst: *mut u8,
    dst_len: usize,
    result_len: *mut usize,
) -> c_int {
    // SAFETY: the host gives an encryptor that it got from us.
    let this = unsafe { Encryptor::of(encryptor) };
    guarded(Some(this.host), session, || {
        this.say(session);
        // SAFETY: two buffers of the host, which do not overlap, for the time of this call.
        let (src, dst) = unsafe { (octets(src, src_len), octets_mut(dst, dst_len)) };
        let needed = src_len.saturating_add(OVERHEAD);
        let (Some(blocks), Some(room)) = (&this.blocks, dst.get_mut(..needed)) else {
            return no_room(this.host, session, "encrypt", dst_len);
        };
        match blocks.seal(src, room) {
            Ok(()) => {
                // SAFETY: the host gives a place for one number.
                unsafe { result_len.write(needed) };
                0
            }
            Err(error) => {
                let text = format!("cannot encrypt: {error}: {}", error.kind);
                this.host.error(session, &text);
                WT_ERROR
            }
        }
    })
}

/// Opens one block or log record. An error here is fatal for the host, so there is one only for what
/// is damaged, forged or of an unknown format or key.
unsafe extern "C" fn decrypt(
    encryptor: *mut WtEncryptor,
    session: *mut Session,
    src: *mut u8,
    src_len: usize,
    dst: *mut u8,
    dst_len: usize,
    result_len: *mut usize,
) -> c_int {
    // SAFETY: the host gives an encryptor that it got from us.
    let this = unsafe { Encryptor::of(encryptor) };
    guarded(Some(this.host), session, || {
        this.say(session);
        // SAFETY: two buffers of the host, which do not overlap, for the time of this call.
        let (src, dst) = unsafe { (octets(src, src_len), octets_mut(dst, dst_len)) };
        let plain_len = src_len.saturating_sub(OVERHEAD);
        let (Some(blocks), Some(room)) = (&this.blocks, dst.get_mut(..plain_len)) else {
            return no_room(this.host, session, "decrypt", dst_len);
        };
        match blocks.open(src, room) {
            Ok(_) => {
                // SAFETY: the host gives a place for one number.
                unsafe { result_len.write(plain_len) };
                0
            }
            Err(error) => {
                let text = format!(
                    "a block or log record under key \"{}\" of store {} does not open: {}. Do not \
                     repair or salvage; see docs/operate/mongodb.md",
                    error.key_id,
                    blocks.ring().store_id(),
                    error.kind
                );
                this.host.error(session, &text);
                WT_ERROR
            }
        }
    })
}

fn no_room(host: Host, session: *mut Session, what: &str, dst_len: usize) -> c_int {
    let text =
        format!("cannot {what}: the host's buffer of {dst_len} octets or its encryptor is wrong");
    host.error(session, &text);
    WT_ERROR
}

/// The end of one encryptor; the last one of a connection locks the store.
unsafe extern "C" fn terminate(encryptor: *mut WtEncryptor, session: *mut Session) -> c_int {
    guarded(None, session, || {
        // SAFETY: the host gives an encryptor that it got from us, once.
        unsafe { Encryptor::free(encryptor) };
        0
    })
}

/// # Safety
///
/// `at` is null, or `len` octets lie there that nobody writes to.
unsafe fn octets<'a>(at: *const u8, len: usize) -> &'a [u8] {
    if at.is_null() {
        return &[];
    }
    // SAFETY: by this function's contract.
    unsafe { std::slice::from_raw_parts(at, len) }
}

/// # Safety
///
/// `at` is null, or `len` octets lie there that nobody else touches.
unsafe fn octets_mut<'a>(at: *mut u8, len: usize) -> &'a mut [u8] {
    if at.is_null() {
        return &mut [];
    }
    // SAFETY: by this function's contract.
    unsafe { std::slice::from_raw_parts_mut(at, len) }
}
