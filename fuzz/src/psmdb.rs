//! PSMDB's pages and files: whatever is read is refused, or written again as it was.

use std::sync::LazyLock;

use strongroom_psmdb::{
    CBC_GROWTH_MAX, CbcIv, CbcKey, DecryptError, GCM_GROWTH, GcmForm, GcmIv, GcmKey,
};
use strongroom_secret::SecretBytes;

static CBC: LazyLock<CbcKey> = LazyLock::new(|| CbcKey::new(&secret()).expect("32 octets"));
static GCM: LazyLock<GcmKey> = LazyLock::new(|| GcmKey::new(&secret()).expect("32 octets"));

fn secret() -> SecretBytes {
    SecretBytes::copy_from(&[7; 32])
}

/// A CBC form.
pub(crate) fn cbc(iv: [u8; 16], plaintext: &[u8]) -> Vec<u8> {
    let mut room = vec![0; plaintext.len() + CBC_GROWTH_MAX];
    let encrypted = CBC.encrypt_into(CbcIv::assume_random(iv), plaintext, &mut room);
    room.truncate(encrypted.expect("a room that is long enough"));
    room
}

/// A GCM form.
pub(crate) fn gcm(form: GcmForm, iv: [u8; 12], plaintext: &[u8]) -> Vec<u8> {
    let mut room = vec![0; plaintext.len() + GCM_GROWTH];
    GCM.seal_into(form, GcmIv::assume_unused(iv), plaintext, &mut room)
        .expect("a room that is long enough");
    room
}

/// An octet that says which form, then the form: both ways to read it agree, a refusal leaves zeros,
/// and what was read is written again as it was. With the highest bit the rest is a plaintext, which
/// comes back, and does not once an octet is changed.
pub fn psmdb_open(input: &[u8]) {
    let Some((how, octets)) = input.split_first() else {
        return;
    };
    if how & 0x80 == 0 {
        let _refused_or_read = read(how % 3, octets);
        return;
    }
    let mut form = write(how % 3, [*how; 16], octets);
    assert_eq!(read(how % 3, &form).as_deref(), Ok(octets));
    // In checksum and IV of CBC a CRC misses no single octet; in the ciphertext it does, once in 2^32.
    let reach = if how % 3 == 0 { 20 } else { form.len() };
    let at = octets.len() * 7 % reach;
    form[at] ^= how | 1;
    assert_eq!(read(how % 3, &form), Err(DecryptError::Damaged));
}

fn write(which: u8, iv: [u8; 16], plaintext: &[u8]) -> Vec<u8> {
    let short = *iv.first_chunk().expect("12 of 16 octets");
    match which {
        0 => cbc(iv, plaintext),
        1 => gcm(GcmForm::Page, short, plaintext),
        _ => gcm(GcmForm::File, short, plaintext),
    }
}

fn read(which: u8, octets: &[u8]) -> Result<Vec<u8>, DecryptError> {
    let (mut in_place, mut room) = (octets.to_vec(), vec![0xee; octets.len()]);
    let (one, two, iv_at) = match which {
        0 => (
            CBC.decrypt_in_place(&mut in_place)
                .map(|text| text.to_vec()),
            CBC.decrypt_into(octets, &mut room),
            4,
        ),
        1 => (
            GCM.open_in_place(GcmForm::Page, &mut in_place)
                .map(|text| text.to_vec()),
            GCM.open_into(GcmForm::Page, octets, &mut room),
            0,
        ),
        _ => (
            GCM.open_in_place(GcmForm::File, &mut in_place)
                .map(|text| text.to_vec()),
            GCM.open_into(GcmForm::File, octets, &mut room),
            16,
        ),
    };
    match (&one, two) {
        (Ok(text), Ok(len)) => {
            assert_eq!(room[..len], text[..]);
            let mut iv = [0; 16];
            let stored = &octets[iv_at..][..if which == 0 { 16 } else { 12 }];
            iv[..stored.len()].copy_from_slice(stored);
            assert_eq!(write(which, iv, text), octets, "written as it was");
        }
        (Err(error), Err(other)) => {
            assert_eq!(*error, other);
            assert!(in_place.iter().chain(&room).all(|octet| *octet == 0));
        }
        _ => panic!("{one:?} in place, {two:?} apart"),
    }
    one
}
