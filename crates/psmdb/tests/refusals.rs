//! What no form allows: damage, wrong keys, rooms that are too short. After each the room holds zeros.
#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a test: it fails"
)]

use proptest::prelude::*;
use strongroom_psmdb::{
    CBC_GROWTH_MAX, CbcIv, CbcIvs, CbcJob, CbcKey, DecryptError, EncryptError, GCM_GROWTH, GcmForm,
    GcmIv, GcmKey, KeyLengthError,
};
use strongroom_secret::SecretBytes;

const FORMS: [GcmForm; 2] = [GcmForm::Page, GcmForm::File];

fn secret(octet: u8) -> SecretBytes {
    SecretBytes::copy_from(&[octet; 32])
}

fn cbc(octet: u8) -> CbcKey {
    CbcKey::new(&secret(octet)).unwrap()
}

fn gcm(octet: u8) -> GcmKey {
    GcmKey::new(&secret(octet)).unwrap()
}

fn encrypt(plaintext: &[u8]) -> Vec<u8> {
    let mut room = vec![0; plaintext.len() + CBC_GROWTH_MAX];
    let iv = CbcIv::assume_random([0x5a; 16]);
    let len = cbc(7).encrypt_into(iv, plaintext, &mut room).unwrap();
    room.truncate(len);
    room
}

fn seal(form: GcmForm, plaintext: &[u8]) -> Vec<u8> {
    let mut room = vec![0; plaintext.len() + GCM_GROWTH];
    let iv = GcmIv::assume_unused([9; 12]);
    gcm(7).seal_into(form, iv, plaintext, &mut room).unwrap();
    room
}

/// Both ways to decrypt refuse with one error, which is given; all octets of both rooms are zero.
fn refused_cbc(key: &CbcKey, encrypted: &[u8], room_len: usize) -> DecryptError {
    let (mut in_place, mut room) = (encrypted.to_vec(), vec![0xee; room_len]);
    let error = key.decrypt_in_place(&mut in_place).unwrap_err();
    assert_eq!(key.decrypt_into(encrypted, &mut room).unwrap_err(), error);
    assert!(in_place.iter().chain(&room).all(|octet| *octet == 0));
    error
}

fn refused_gcm(key: &GcmKey, form: GcmForm, sealed: &[u8], room_len: usize) -> DecryptError {
    let (mut in_place, mut room) = (sealed.to_vec(), vec![0xee; room_len]);
    let error = key.open_in_place(form, &mut in_place).unwrap_err();
    assert_eq!(key.open_into(form, sealed, &mut room).unwrap_err(), error);
    assert!(in_place.iter().chain(&room).all(|octet| *octet == 0));
    error
}

#[test]
fn every_flipped_bit_of_a_gcm_form_is_refused() {
    for form in FORMS {
        let sealed = seal(form, &[0xa5; 100]);
        for bit in 0..sealed.len() * 8 {
            let mut other = sealed.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                refused_gcm(&gcm(7), form, &other, 200),
                DecryptError::Damaged
            );
        }
    }
}

/// By the checksum, or by the padding. Of one flipped bit a CRC misses none that stays in place; a
/// flipped bit of the ciphertext scrambles a block, which it misses once in 2^32.
#[test]
fn every_flipped_bit_of_a_cbc_form_is_refused() {
    for len in [0, 1, 16, 100] {
        let encrypted = encrypt(&vec![0xa5; len]);
        for bit in 0..encrypted.len() * 8 {
            let mut other = encrypted.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(refused_cbc(&cbc(7), &other, 200), DecryptError::Damaged);
        }
    }
}

/// What CBC cannot promise (`docs/formats/psmdb.md`, section 7): a test of the page, not of a wish.
#[test]
fn who_knows_the_plaintext_changes_a_cbc_form_unseen() {
    let mut forged = encrypt(b"pay 1 to mallory");
    let wanted = b"pay 9 to mallory";
    forged[4 + 4] ^= b'1' ^ b'9';
    let checksum = encrypt(wanted)[..4].to_vec();
    forged[..4].copy_from_slice(&checksum);
    assert_eq!(cbc(7).decrypt_in_place(&mut forged).unwrap(), wanted);
}

#[test]
fn another_key_is_refused() {
    assert_eq!(
        refused_cbc(&cbc(8), &encrypt(&[1; 500]), 500),
        DecryptError::Damaged
    );
    for form in FORMS {
        let error = refused_gcm(&gcm(8), form, &seal(form, &[1; 500]), 500);
        assert_eq!(error, DecryptError::Damaged);
    }
}

#[test]
fn every_cut_is_refused_with_its_error() {
    let encrypted = encrypt(&[1; 40]);
    for len in 0..encrypted.len() {
        let error = refused_cbc(&cbc(7), &encrypted[..len], 100);
        let wanted = match len {
            0..36 => DecryptError::TooShort { len, least: 36 }.to_string(),
            len if len % 16 != 4 => DecryptError::NotWholeBlocks { len: len - 20 }.to_string(),
            _ => DecryptError::Damaged.to_string(),
        };
        assert_eq!(error.to_string(), wanted);
    }
    for form in FORMS {
        let sealed = seal(form, &[1; 40]);
        for len in 0..sealed.len() {
            let error = refused_gcm(&gcm(7), form, &sealed[..len], 100);
            match error {
                DecryptError::TooShort {
                    len: told,
                    least: 28,
                } if len < 28 => assert_eq!(told, len),
                DecryptError::Damaged => assert!(len >= 28),
                other => panic!("{len}: {other}"),
            }
        }
    }
}

#[test]
fn a_room_too_short_for_the_plaintext_is_refused_and_zeroed() {
    for plaintext_len in [0_usize, 1, 15, 16, 17, 100] {
        let encrypted = encrypt(&vec![1; plaintext_len]);
        for len in 0..plaintext_len {
            let mut room = vec![0xee; len];
            let error = cbc(7).decrypt_into(&encrypted, &mut room).unwrap_err();
            // Far too short is known without decrypting; then it is as long as it is for certain.
            let certain = plaintext_len / 16 * 16;
            let needed = if len < certain {
                certain
            } else {
                plaintext_len
            };
            assert_eq!(error, DecryptError::RoomTooShort { needed, len });
            assert!(room.iter().all(|octet| *octet == 0));
        }
        for form in FORMS {
            let sealed = seal(form, &vec![1; plaintext_len]);
            for len in 0..plaintext_len {
                let mut room = vec![0xee; len];
                let error = gcm(7).open_into(form, &sealed, &mut room).unwrap_err();
                let needed = plaintext_len;
                assert_eq!(error, DecryptError::RoomTooShort { needed, len });
                assert!(room.iter().all(|octet| *octet == 0));
            }
        }
    }
}

/// [PSMDB-7]: that the room is some octets short is told of a good form only.
#[test]
fn a_damaged_form_does_not_say_how_long_its_plaintext_is() {
    for room_len in 32..48 {
        let mut encrypted = encrypt(&[1; 47]);
        encrypted[0] ^= 1;
        let mut room = vec![0xee; room_len];
        let error = cbc(7).decrypt_into(&encrypted, &mut room).unwrap_err();
        assert_eq!(error, DecryptError::Damaged, "{room_len}");
    }
}

#[test]
fn a_room_too_short_for_the_form_is_refused_and_left_alone() {
    for len in 0..20 + 48 {
        let mut room = vec![0xee; len];
        let iv = CbcIv::assume_random([0; 16]);
        let error = cbc(7).encrypt_into(iv, &[1; 40], &mut room).unwrap_err();
        assert_eq!(error, EncryptError::RoomTooShort { needed: 68, len });
        let job = CbcJob::new(CbcIv::assume_random([0; 16]), &[1; 40], &mut room);
        assert_eq!(job.unwrap_err(), error);
        assert!(room.iter().all(|octet| *octet == 0xee));
        let iv = GcmIv::assume_unused([0; 12]);
        let error = gcm(7).seal_into(GcmForm::Page, iv, &[1; 40], &mut room);
        assert_eq!(
            error.err(),
            Some(EncryptError::RoomTooShort { needed: 68, len })
        );
    }
}

#[test]
fn a_key_has_32_octets() {
    for len in [0, 16, 31, 33, 64] {
        let key = SecretBytes::copy_from(&vec![1; len]);
        let told = |error: KeyLengthError| error.len;
        assert_eq!(CbcKey::new(&key).map_err(told).err(), Some(len));
        assert_eq!(GcmKey::new(&key).map_err(told).err(), Some(len));
    }
}

#[test]
fn nothing_that_is_printed_holds_a_key_or_a_plaintext() {
    let mut room = [0; 64];
    let job = CbcJob::new(CbcIvs::new().unwrap().next().unwrap(), b"plain", &mut room);
    let texts = [
        format!("{:?}", cbc(0x41)),
        format!("{:?}", gcm(0x41)),
        format!("{:?}", CbcIvs::new().unwrap()),
        format!("{:?}", job.unwrap()),
    ];
    assert_eq!(
        texts,
        ["CbcKey(..)", "GcmKey(..)", "CbcIvs(..)", "CbcJob(5 octets)"]
    );
}

/// Longer than what is decrypted at once, and around it.
#[test]
fn long_forms_come_back_and_their_damage_is_found() {
    for len in [16_368, 16_383, 16_384, 16_385, 16_400, 32_768, 100_001] {
        let plaintext: Vec<u8> = (0..=250).cycle().take(len).collect();
        let encrypted = encrypt(&plaintext);
        let (mut in_place, mut room) = (encrypted.clone(), vec![0; len]);
        assert_eq!(cbc(7).decrypt_in_place(&mut in_place).unwrap(), plaintext);
        assert_eq!(cbc(7).decrypt_into(&encrypted, &mut room), Ok(len));
        assert_eq!(room, plaintext);
        for at in [20, 16_403, 16_404, 16_420, len, encrypted.len() - 17] {
            let mut other = encrypted.clone();
            other[at.min(encrypted.len() - 1)] ^= 0x10;
            assert_eq!(refused_cbc(&cbc(7), &other, len), DecryptError::Damaged);
        }
    }
}

proptest! {
    #[test]
    fn a_batch_of_any_lengths_is_what_one_after_the_other_gives(
        lengths in prop::collection::vec(0_usize..300, 0..30), filler in any::<u8>()
    ) {
        let texts: Vec<Vec<u8>> = (lengths.iter().zip(0_u8..))
            .map(|(len, at)| vec![filler ^ at; *len])
            .collect();
        let iv = |at: u8| CbcIv::assume_random([at.wrapping_mul(37); 16]);
        let mut rooms: Vec<Vec<u8>> = texts.iter().map(|text| vec![0; text.len() + 36]).collect();
        let jobs = texts.iter().zip(&mut rooms).zip(0_u8..);
        let mut jobs: Vec<CbcJob<'_>> =
            jobs.map(|((text, room), at)| CbcJob::new(iv(at), text, room).unwrap()).collect();
        cbc(7).encrypt_batch(&mut jobs).unwrap();
        let lengths: Vec<usize> = jobs.iter().map(CbcJob::encrypted_len).collect();
        drop(jobs);
        for (((text, room), len), at) in texts.iter().zip(&rooms).zip(lengths).zip(0_u8..) {
            let mut alone = vec![0; room.len()];
            prop_assert_eq!(cbc(7).encrypt_into(iv(at), text, &mut alone).unwrap(), len);
            prop_assert_eq!(room, &alone);
        }
    }

    #[test]
    fn whatever_is_read_is_refused_or_taken_alike_by_both_ways(
        octets in prop::collection::vec(any::<u8>(), 0..200)
    ) {
        let mut in_place = octets.clone();
        let mut room = vec![0; octets.len()];
        let one = cbc(7).decrypt_in_place(&mut in_place).map(|text| text.len());
        prop_assert_eq!(one, cbc(7).decrypt_into(&octets, &mut room));
        for form in FORMS {
            refused_gcm(&gcm(7), form, &octets, octets.len());
        }
    }

    #[test]
    fn pages_of_any_length_come_back(plaintext in prop::collection::vec(any::<u8>(), 0..9000)) {
        let mut encrypted = encrypt(&plaintext);
        prop_assert_eq!(&*cbc(7).decrypt_in_place(&mut encrypted).unwrap(), &plaintext[..]);
        for form in FORMS {
            let mut sealed = seal(form, &plaintext);
            prop_assert_eq!(&*gcm(7).open_in_place(form, &mut sealed).unwrap(), &plaintext[..]);
        }
    }
}
