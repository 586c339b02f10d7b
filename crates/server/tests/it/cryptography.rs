//! What the server computes, against published answers and against misuse.

use strongroom_kmip::attribute::{AttributeValue, CryptographicParameters};
use strongroom_kmip::enumeration::{
    BlockCipherMode, HashingAlgorithm, PaddingMethod, ValidityIndicator,
};
use strongroom_kmip::object::{KeyBlock, ManagedObject};
use strongroom_kmip::operation::Data;
use strongroom_kmip::operation::{
    AddAttributeRequest, CreateRequest, DecryptRequest, EncryptRequest, HashRequest, MacRequest,
    MacVerifyRequest, ReKeyRequest, RegisterRequest, Request, Response, RngRetrieveRequest,
};
use strongroom_kmip::{
    CryptographicAlgorithm, CryptographicUsageMask, DateTime, Interval, ProtocolVersion,
    ResultReason, RevocationReasonCode, TemplateAttribute,
};
use strongroom_secret::SecretBytes;
use strongroom_server::testing::TestServer;

use crate::calls::*;
use crate::client::Client;

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// Registers and activates a key.
async fn key_of(
    client: &mut Client,
    algorithm: CryptographicAlgorithm,
    octets: &[u8],
    mask: u32,
) -> String {
    let block = KeyBlock::raw(algorithm, SecretBytes::copy_from(octets));
    let mask = AttributeValue::CryptographicUsageMask(CryptographicUsageMask::new(mask));
    let template = TemplateAttribute::new(vec![mask.into()]);
    let object = ManagedObject::SymmetricKey(block);
    let request = Request::Register(RegisterRequest::new(object, template));
    let Response::Register(made) = client.send(request).await.unwrap() else {
        panic!("not an answer to Register");
    };
    let uid = made.unique_identifier.to_string();
    activate(client, &uid).await.unwrap();
    uid
}

fn mode(mode: BlockCipherMode, padding: Option<PaddingMethod>) -> Box<CryptographicParameters> {
    Box::new(CryptographicParameters {
        block_cipher_mode: Some(mode),
        padding_method: padding,
        ..CryptographicParameters::default()
    })
}

fn encrypt(
    uid: &str,
    how: Box<CryptographicParameters>,
    iv: Option<&[u8]>,
    data: &[u8],
) -> EncryptRequest {
    let mut request = EncryptRequest::new(uid, Data::copy_from(data));
    request.cryptographic_parameters = Some(how);
    request.iv_counter_nonce = iv.map(<[u8]>::to_vec);
    request
}

fn decrypt(uid: &str, how: Box<CryptographicParameters>, iv: &[u8], data: &[u8]) -> DecryptRequest {
    let mut request = DecryptRequest::new(uid, Data::copy_from(data));
    request.cryptographic_parameters = Some(how);
    request.iv_counter_nonce = Some(iv.to_vec());
    request
}

async fn decrypted(client: &mut Client, request: DecryptRequest) -> Result<Vec<u8>, ResultReason> {
    match client.send(Request::Decrypt(request)).await {
        Ok(Response::Decrypt(answer)) => Ok(answer.data.unwrap().expose().to_vec()),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.reason().unwrap()),
    }
}

async fn encrypted(
    client: &mut Client,
    request: EncryptRequest,
) -> Result<strongroom_kmip::operation::EncryptResponse, ResultReason> {
    match client.send(Request::Encrypt(request)).await {
        Ok(Response::Encrypt(answer)) => Ok(answer),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.reason().unwrap()),
    }
}

/// KMIP 1.2, 4.29: a request without Cryptographic Parameters means those of the key.
#[tokio::test]
async fn a_key_is_used_as_its_own_parameters_say_where_the_request_says_nothing() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let key = hex("2b7e151628aed2a6abf7158809cf4f3c");
    let uid = key_of(&mut client, CryptographicAlgorithm::AES, &key, 4).await;
    let iv = hex("000102030405060708090a0b0c0d0e0f");
    let text = hex("6bc1bee22e409f96e93d7e117393172a");
    let mut request = EncryptRequest::new(&*uid, Data::copy_from(&text));
    request.iv_counter_nonce = Some(iv.clone());
    let without = client.send(Request::Encrypt(request)).await;
    assert_eq!(reason(without), ResultReason::INVALID_FIELD);
    let own = *mode(BlockCipherMode::CBC, Some(PaddingMethod::NONE));
    let own = AttributeValue::CryptographicParameters(own);
    let add = AddAttributeRequest::new(&*uid, own);
    client.send(Request::AddAttribute(add)).await.unwrap();
    let mut request = EncryptRequest::new(&*uid, Data::copy_from(&text));
    request.iv_counter_nonce = Some(iv);
    let answer = encrypted(&mut client, request).await.unwrap();
    let expected = hex("7649abac8119b246cee98e9b12e9197d");
    assert_eq!(answer.data, Some(expected));
}

/// NIST SP 800-38A, F.2.1, F.2.3, F.2.5: first block.
#[tokio::test]
async fn cbc_gives_the_published_answers_at_every_version_that_has_encrypt() {
    let server = TestServer::start().await.unwrap();
    let iv = hex("000102030405060708090a0b0c0d0e0f");
    let text = hex("6bc1bee22e409f96e93d7e117393172a");
    let rows = [
        (
            "2b7e151628aed2a6abf7158809cf4f3c",
            "7649abac8119b246cee98e9b12e9197d",
        ),
        (
            "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
            "4f021db243bc633d7178183a9fa071e8",
        ),
        (
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            "f58c4c04d6e5f1ba779eabfb5f7bfbd6",
        ),
    ];
    for version in [
        ProtocolVersion::V1_2,
        ProtocolVersion::V1_3,
        ProtocolVersion::V1_4,
        ProtocolVersion::V2_0,
        ProtocolVersion::V2_1,
    ] {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        for (key, expected) in rows {
            let uid = key_of(&mut client, CryptographicAlgorithm::AES, &hex(key), 12).await;
            let how = || mode(BlockCipherMode::CBC, None);
            let answer = encrypted(&mut client, encrypt(&uid, how(), Some(&iv), &text))
                .await
                .unwrap();
            assert_eq!(answer.data, Some(hex(expected)));
            assert_eq!(answer.iv_counter_nonce, None);
            let back = decrypted(&mut client, decrypt(&uid, how(), &iv, &hex(expected))).await;
            assert_eq!(back.unwrap(), text);
        }
    }
}

#[tokio::test]
async fn cbc_pads_every_length_and_draws_an_iv_and_refuses_what_was_not_padded() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let uid = key_of(&mut client, CryptographicAlgorithm::AES, &[7; 32], 12).await;
    let how = || mode(BlockCipherMode::CBC, Some(PaddingMethod::PKCS5));
    for len in 0..=33_usize {
        let text = vec![0xC3; len];
        let answer = encrypted(&mut client, encrypt(&uid, how(), None, &text))
            .await
            .unwrap();
        let (iv, data) = (answer.iv_counter_nonce.unwrap(), answer.data.unwrap());
        assert_eq!((iv.len(), data.len()), (16, (len / 16 + 1) * 16));
        assert_eq!(
            decrypted(&mut client, decrypt(&uid, how(), &iv, &data))
                .await
                .unwrap(),
            text
        );
    }
    // The last octet of the plaintext is C3: no padding ends like that.
    let bare = mode(BlockCipherMode::CBC, None);
    let answer = encrypted(
        &mut client,
        encrypt(&uid, bare, Some(&[0; 16]), &[0xC3; 16]),
    )
    .await;
    let data = answer.unwrap().data.unwrap();
    let refused = decrypted(&mut client, decrypt(&uid, how(), &[0; 16], &data)).await;
    assert_eq!(refused, Err(ResultReason::CRYPTOGRAPHIC_FAILURE));
    let bare = mode(BlockCipherMode::CBC, None);
    let refused = encrypted(&mut client, encrypt(&uid, bare, None, &[1; 15])).await;
    assert_eq!(refused.unwrap_err(), ResultReason::INVALID_FIELD);
}

/// McGrew and Viega, The Galois/Counter Mode of Operation, test case 4.
#[tokio::test]
async fn gcm_gives_the_published_answer_and_refuses_every_change() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let key = hex("feffe9928665731c6d6a8f9467308308");
    let iv = hex("cafebabefacedbaddecaf888");
    let aad = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    let text = hex(concat!(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72",
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    ));
    let sealed = hex(concat!(
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e",
        "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
    ));
    let tag = hex("5bc94fbc3221a5db94fae95ae7121a47");
    let uid = key_of(&mut client, CryptographicAlgorithm::AES, &key, 12).await;
    let how = || mode(BlockCipherMode::GCM, None);
    let mut request = encrypt(&uid, how(), Some(&iv), &text);
    request.authenticated_encryption_additional_data = Some(aad.clone());
    let answer = encrypted(&mut client, request).await.unwrap();
    assert_eq!(answer.data.as_ref(), Some(&sealed));
    assert_eq!(answer.authenticated_encryption_tag.as_ref(), Some(&tag));

    let flip = |octets: &[u8]| {
        let mut octets = octets.to_vec();
        octets[0] ^= 1;
        octets
    };
    let failure = Err(ResultReason::CRYPTOGRAPHIC_FAILURE);
    let rows = [
        (
            [iv.clone(), aad.clone(), sealed.clone(), tag.clone()],
            Ok(text),
        ),
        (
            [flip(&iv), aad.clone(), sealed.clone(), tag.clone()],
            failure.clone(),
        ),
        (
            [iv.clone(), flip(&aad), sealed.clone(), tag.clone()],
            failure.clone(),
        ),
        (
            [iv.clone(), aad.clone(), flip(&sealed), tag.clone()],
            failure.clone(),
        ),
        (
            [iv.clone(), aad.clone(), sealed.clone(), flip(&tag)],
            failure,
        ),
        ([iv, aad, sealed, vec![]], Err(ResultReason::INVALID_FIELD)),
    ];
    for ([iv, aad, sealed, tag], expected) in rows {
        let mut request = decrypt(&uid, how(), &iv, &sealed);
        request.authenticated_encryption_additional_data = Some(aad);
        request.authenticated_encryption_tag = Some(tag);
        assert_eq!(decrypted(&mut client, request).await, expected);
    }
    // Without a field for the tag the ciphertext could never be decrypted.
    let mut client = client.at(ProtocolVersion::V1_3);
    let refused = encrypted(&mut client, encrypt(&uid, how(), None, b"x")).await;
    assert_eq!(refused.unwrap_err(), ResultReason::INVALID_FIELD);
}

#[tokio::test]
async fn state_and_usage_mask_decide_what_a_key_may_do() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let denied = ResultReason::PERMISSION_DENIED;
    let how = || mode(BlockCipherMode::CBC, Some(PaddingMethod::PKCS5));
    let encrypt_only = key_of(&mut client, CryptographicAlgorithm::AES, &[1; 16], 4).await;
    let answer = encrypted(&mut client, encrypt(&encrypt_only, how(), None, b"x"))
        .await
        .unwrap();
    let (iv, data) = (answer.iv_counter_nonce.unwrap(), answer.data.unwrap());
    let refused = decrypted(&mut client, decrypt(&encrypt_only, how(), &iv, &data)).await;
    assert_eq!(refused, Err(denied));

    let early = client.create(vec![]).await.unwrap();
    let refused = encrypted(&mut client, encrypt(&early, how(), None, b"x")).await;
    assert_eq!(refused.unwrap_err(), denied);
    let refused = decrypted(&mut client, decrypt(&early, how(), &[0; 16], &[0; 16])).await;
    assert_eq!(refused, Err(denied));

    activate(&mut client, &early).await.unwrap();
    let answer = encrypted(&mut client, encrypt(&early, how(), None, b"late"))
        .await
        .unwrap();
    let (iv, data) = (answer.iv_counter_nonce.unwrap(), answer.data.unwrap());
    for code in [
        RevocationReasonCode::SUPERSEDED,
        RevocationReasonCode::KEY_COMPROMISE,
    ] {
        revoke(&mut client, &early, code).await.unwrap();
        let refused = encrypted(&mut client, encrypt(&early, how(), None, b"x")).await;
        assert_eq!(refused.unwrap_err(), denied);
        let text = decrypted(&mut client, decrypt(&early, how(), &iv, &data))
            .await
            .unwrap();
        assert_eq!(text, b"late");
    }
    destroy(&mut client, &early).await.unwrap();
    let gone = decrypted(&mut client, decrypt(&early, how(), &iv, &data)).await;
    assert_eq!(gone, Err(ResultReason::ITEM_NOT_FOUND));
    let mut other = Client::connect(&server, "node-2").await;
    let foreign = encrypted(&mut other, encrypt(&encrypt_only, how(), None, b"x")).await;
    assert_eq!(foreign.unwrap_err(), denied);
}

#[tokio::test]
async fn data_in_parts_is_refused() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let uid = key_of(&mut client, CryptographicAlgorithm::AES, &[1; 16], 12).await;
    let request = || encrypt(&uid, mode(BlockCipherMode::GCM, None), None, b"x");
    let (mut first, mut last, mut later, mut whole) = (request(), request(), request(), request());
    first.init_indicator = Some(true);
    last.final_indicator = Some(true);
    later.correlation_value = Some(vec![1]);
    for part in [first, last, later] {
        let refused = encrypted(&mut client, part).await.unwrap_err();
        assert_eq!(refused, ResultReason::FEATURE_NOT_SUPPORTED);
    }
    (whole.init_indicator, whole.final_indicator) = (Some(true), Some(true));
    encrypted(&mut client, whole).await.unwrap();
    let mut empty = request();
    empty.data = None;
    let refused = encrypted(&mut client, empty).await.unwrap_err();
    assert_eq!(refused, ResultReason::MISSING_DATA);
}

/// RFC 4231, test case 2, and FIPS 180-4's example "abc".
#[tokio::test]
async fn mac_and_hash_give_the_published_answers() {
    let server = TestServer::start().await.unwrap();
    for version in [
        ProtocolVersion::V1_2,
        ProtocolVersion::V1_3,
        ProtocolVersion::V1_4,
        ProtocolVersion::V2_0,
        ProtocolVersion::V2_1,
    ] {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let hmac = CryptographicAlgorithm::HMAC_SHA256;
        let uid = key_of(&mut client, hmac, b"Jefe", 0x180).await;
        let data = || Data::copy_from(b"what do ya want for nothing?");
        let expected = hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let request = Request::Mac(MacRequest::new(&*uid, data()));
        let Response::Mac(answer) = client.send(request).await.unwrap() else {
            panic!("not an answer to MAC");
        };
        assert_eq!(answer.mac_data.as_ref(), Some(&expected));
        let mut wrong = expected.clone();
        wrong[31] ^= 1;
        for (code, validity) in [
            (expected, ValidityIndicator::VALID),
            (wrong, ValidityIndicator::INVALID),
        ] {
            let request = Request::MacVerify(MacVerifyRequest::new(&*uid, data(), code));
            let Response::MacVerify(answer) = client.send(request).await.unwrap() else {
                panic!("not an answer to MAC Verify");
            };
            assert_eq!(answer.validity_indicator, Some(validity));
        }
        let how = CryptographicParameters {
            hashing_algorithm: Some(HashingAlgorithm::SHA_256),
            ..CryptographicParameters::default()
        };
        let request = Request::Hash(HashRequest::new(how, Data::copy_from(b"abc")));
        let Response::Hash(answer) = client.send(request).await.unwrap() else {
            panic!("not an answer to Hash");
        };
        let expected = hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(answer.data, Some(expected));
    }
}

#[tokio::test]
async fn random_octets_have_the_length_asked_for_and_differ() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let mut seen = Vec::new();
    for _ in 0..2 {
        let request = Request::RngRetrieve(RngRetrieveRequest::new(32));
        let Response::RngRetrieve(answer) = client.send(request).await.unwrap() else {
            panic!("not an answer to RNG Retrieve");
        };
        seen.push(answer.data.unwrap().expose().to_vec());
    }
    assert_eq!(seen[0].len(), 32);
    assert_ne!(seen[0], seen[1]);
    for len in [0, -1, 65_537] {
        let refused = client
            .send(Request::RngRetrieve(RngRetrieveRequest::new(len)))
            .await;
        assert_eq!(reason(refused), ResultReason::INVALID_FIELD);
    }
}

/// NIST SP 800-38A, F.1.1, F.1.3 and F.1.5: first block.
#[tokio::test]
async fn ecb_gives_the_published_answers() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let text = hex("6bc1bee22e409f96e93d7e117393172a");
    let rows = [
        (
            "2b7e151628aed2a6abf7158809cf4f3c",
            "3ad77bb40d7a3660a89ecaf32466ef97",
        ),
        (
            "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
            "bd334f1d6e45f25ff712a214571fa5cc",
        ),
        (
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            "f3eed1bdb5d2a03c064b5a7e3db181f8",
        ),
    ];
    for (key, expected) in rows {
        let uid = key_of(&mut client, CryptographicAlgorithm::AES, &hex(key), 12).await;
        let plain = || mode(BlockCipherMode::ECB, None);
        let answer = encrypted(&mut client, encrypt(&uid, plain(), None, &text)).await;
        let answer = answer.unwrap();
        assert_eq!(answer.data, Some(hex(expected)));
        assert_eq!(answer.iv_counter_nonce, None);
        let mut back = decrypt(&uid, plain(), &[], &hex(expected));
        back.iv_counter_nonce = None;
        assert_eq!(decrypted(&mut client, back).await.unwrap(), text);
        let padded = || mode(BlockCipherMode::ECB, Some(PaddingMethod::PKCS5));
        let answer = encrypted(&mut client, encrypt(&uid, padded(), None, b"abc")).await;
        let sealed = answer.unwrap().data.unwrap();
        assert_eq!(sealed.len(), 16);
        let mut back = decrypt(&uid, padded(), &[], &sealed);
        back.iv_counter_nonce = None;
        assert_eq!(decrypted(&mut client, back).await.unwrap(), b"abc");
    }
}

/// KMIP 1.0, 3.20 and 3.21; re-keying moves these dates with the others.
#[tokio::test]
async fn process_start_and_protect_stop_bound_the_use_of_a_key() {
    let now = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(1_000));
    let clock = std::sync::Arc::clone(&now);
    let server = TestServer::start_with(|options| {
        options.clock =
            std::sync::Arc::new(move || clock.load(std::sync::atomic::Ordering::SeqCst));
    })
    .await
    .unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let [start, stop] = [
        AttributeValue::ProcessStartDate(DateTime(1_100)),
        AttributeValue::ProtectStopDate(DateTime(1_200)),
    ];
    let from = AttributeValue::ActivationDate(DateTime(1_000));
    let given = vec![from.into(), start.clone().into(), stop.clone().into()];
    let uid = client.create(given).await.unwrap();
    let how = || mode(BlockCipherMode::ECB, None);
    for (at, protects, processes) in [
        (1_000, true, false),
        (1_099, true, false),
        (1_100, true, true),
        (1_199, true, true),
        (1_200, false, true),
    ] {
        now.store(at, std::sync::atomic::Ordering::SeqCst);
        let sealed = encrypted(&mut client, encrypt(&uid, how(), None, &[7; 16])).await;
        assert_eq!(sealed.is_ok(), protects, "at {at}");
        let opened = decrypted(&mut client, decrypt(&uid, how(), &[0; 16], &[7; 16])).await;
        assert_eq!(opened.is_ok(), processes, "at {at}");
        let denied = ResultReason::PERMISSION_DENIED;
        let refused = sealed.err().or(opened.err());
        assert!(refused.is_none_or(|reason| reason == denied), "at {at}");
    }
    let mut request = ReKeyRequest::new(&*uid);
    request.offset = Some(Interval(0));
    let Response::ReKey(made) = client.send(Request::ReKey(request)).await.unwrap() else {
        panic!("not an answer to Re-key");
    };
    let new = made.unique_identifier.to_string();
    let names = ["Process Start Date", "Protect Stop Date"];
    let found = attributes(&mut client, &new, &names).await;
    let moved = [
        AttributeValue::ProcessStartDate(DateTime(1_300)),
        AttributeValue::ProtectStopDate(DateTime(1_400)),
    ];
    assert_eq!(found, moved);
}

#[tokio::test]
async fn a_missing_iv_is_an_invalid_message() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let uid = key_of(&mut client, CryptographicAlgorithm::AES, &[1; 16], 12).await;
    let how = mode(BlockCipherMode::CBC, None);
    let mut request = decrypt(&uid, how, &[], &[7; 16]);
    request.iv_counter_nonce = None;
    let refused = decrypted(&mut client, request).await;
    assert_eq!(refused, Err(ResultReason::INVALID_MESSAGE));
}

#[tokio::test]
async fn the_server_makes_keys_for_3des_and_hmac_too() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    for (algorithm, bits, octets) in [
        (CryptographicAlgorithm::DES3, 168, 24),
        (CryptographicAlgorithm::HMAC_SHA256, 256, 32),
    ] {
        let attributes = vec![
            AttributeValue::CryptographicAlgorithm(algorithm).into(),
            AttributeValue::CryptographicLength(bits).into(),
            AttributeValue::CryptographicUsageMask(CryptographicUsageMask::new(0x80)).into(),
        ];
        let request = CreateRequest::symmetric_key(attributes);
        let Response::Create(made) = client.send(Request::Create(request)).await.unwrap() else {
            panic!("not an answer to Create");
        };
        let uid = made.unique_identifier.to_string();
        assert_eq!(key(&mut client, &uid).await.unwrap().len(), octets);
        // What is given can be brought again as it is.
        let mut block = KeyBlock::raw(algorithm, SecretBytes::copy_from(&vec![7; octets]));
        block.cryptographic_length = Some(bits);
        let object = ManagedObject::SymmetricKey(block);
        client.send(register(object, vec![])).await.unwrap();
    }
}
