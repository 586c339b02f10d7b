//! The cryptographic operations of 1.2: known answers, versions, published cases, round trips.

use strongroom_kmip::attribute::CryptographicParameters;
use strongroom_kmip::enumeration::{
    BlockCipherMode, DataEnumeration, HashingAlgorithm, ValidityIndicator,
};
use strongroom_kmip::operation::{
    Data, DecryptRequest, DecryptResponse, EncryptRequest, EncryptResponse, HashRequest,
    HashResponse, MacRequest, MacResponse, MacVerifyRequest, MacVerifyResponse, SignRequest,
    SignResponse, SignatureVerifyRequest, SignatureVerifyResponse,
};
use strongroom_kmip::{
    MessageError, Operation, ProtocolVersion, Request, Response, UniqueIdentifier,
};
use strongroom_secret::SecretBytes;
use strongroom_ttlv::{DecodeErrorKind, Tag};

use crate::payloads::{
    self, Later, a_field_too_new_is_left_out, a_field_too_new_is_named, comes_back, refusal,
};
use crate::tree;

const V1_2: ProtocolVersion = ProtocolVersion::V1_2;
const V1_3: ProtocolVersion = ProtocolVersion::V1_3;
const V1_4: ProtocolVersion = ProtocolVersion::V1_4;
const V2_0: ProtocolVersion = ProtocolVersion::V2_0;
const V2_1: ProtocolVersion = ProtocolVersion::V2_1;

const ID: u32 = 0x42_0094;
const DATA: u32 = 0x42_00C2;
const NONCE: u32 = 0x42_003D;
const CORRELATION: u32 = 0x42_00D6;
const INIT: u32 = 0x42_00D7;
const FINAL: u32 = 0x42_00D8;
const ADDITIONAL: u32 = 0x42_00FE;
const AEAD_TAG: u32 = 0x42_00FF;
const DIGESTED: u32 = 0x42_0107;
const SIGNATURE: u32 = 0x42_00C3;
const MAC_DATA: u32 = 0x42_00C6;
const VALIDITY: u32 = 0x42_009B;
const LENGTH: u32 = 0x42_00C4;

const OPERATIONS: [Operation; 9] = [
    Operation::ENCRYPT,
    Operation::DECRYPT,
    Operation::SIGN,
    Operation::SIGNATURE_VERIFY,
    Operation::MAC,
    Operation::MAC_VERIFY,
    Operation::RNG_RETRIEVE,
    Operation::RNG_SEED,
    Operation::HASH,
];

fn id() -> Vec<u8> {
    tree::text(ID, "key-1")
}

/// Correlation Value, Init Indicator, Final Indicator.
fn stream() -> Vec<u8> {
    [
        tree::bytes(CORRELATION, &[9, 9]),
        tree::boolean(INIT, true),
        tree::boolean(FINAL, false),
    ]
    .concat()
}

/// Cryptographic Parameters: Block Cipher Mode GCM.
fn gcm() -> Vec<u8> {
    tree::structure(0x42_002B, &[tree::enumeration(0x42_0011, 9)])
}

fn octets(data: Option<&Data>) -> &[u8] {
    data.and_then(Data::as_octets).unwrap().expose()
}

#[test]
fn encrypt_and_decrypt_are_what_the_specification_says() {
    let items = [
        id(),
        gcm(),
        tree::bytes(DATA, &[1; 17]),
        tree::bytes(NONCE, &[2; 12]),
        stream(),
        tree::bytes(ADDITIONAL, &[3; 5]),
    ];
    let Request::Encrypt(encrypt) = payloads::request(V1_4, Operation::ENCRYPT, &items) else {
        panic!("no Encrypt");
    };
    assert_eq!(encrypt.unique_identifier, Some("key-1".into()));
    let parameters = encrypt.cryptographic_parameters.unwrap();
    assert_eq!(parameters.block_cipher_mode, Some(BlockCipherMode::GCM));
    assert_eq!(octets(encrypt.data.as_ref()), [1; 17]);
    assert_eq!(encrypt.iv_counter_nonce, Some(vec![2; 12]));
    assert_eq!(encrypt.correlation_value, Some(vec![9, 9]));
    assert_eq!(encrypt.init_indicator, Some(true));
    assert_eq!(encrypt.final_indicator, Some(false));
    let additional = encrypt.authenticated_encryption_additional_data;
    assert_eq!(additional, Some(vec![3; 5]));

    let more = [items.concat(), tree::bytes(AEAD_TAG, &[4; 16])];
    let Request::Decrypt(decrypt) = payloads::request(V1_4, Operation::DECRYPT, &more) else {
        panic!("no Decrypt");
    };
    assert_eq!(octets(decrypt.data.as_ref()), [1; 17]);
    assert_eq!(decrypt.authenticated_encryption_tag, Some(vec![4; 16]));

    let answer = [
        id(),
        tree::bytes(DATA, &[5; 17]),
        tree::bytes(NONCE, &[2; 12]),
        tree::bytes(CORRELATION, &[9, 9]),
        tree::bytes(AEAD_TAG, &[4; 16]),
    ];
    let Response::Encrypt(encrypted) = payloads::response(V1_4, Operation::ENCRYPT, &answer) else {
        panic!("no Encrypt");
    };
    let mut expected = EncryptResponse::new("key-1", vec![5; 17]);
    expected.iv_counter_nonce = Some(vec![2; 12]);
    expected.correlation_value = Some(vec![9, 9]);
    expected.authenticated_encryption_tag = Some(vec![4; 16]);
    assert_eq!(encrypted, expected);

    let answer = [
        id(),
        tree::bytes(DATA, &[1; 17]),
        tree::bytes(CORRELATION, &[9]),
    ];
    let Response::Decrypt(decrypted) = payloads::response(V1_3, Operation::DECRYPT, &answer) else {
        panic!("no Decrypt");
    };
    assert_eq!(decrypted.data.unwrap().expose(), [1; 17]);
    assert_eq!(decrypted.correlation_value, Some(vec![9]));
}

#[test]
fn signatures_are_what_the_specification_says() {
    let items = [
        id(),
        gcm(),
        tree::bytes(DATA, b"text"),
        tree::bytes(DIGESTED, &[7; 32]),
        stream(),
    ];
    let Request::Sign(sign) = payloads::request(V1_4, Operation::SIGN, &items) else {
        panic!("no Sign");
    };
    assert_eq!(octets(sign.data.as_ref()), b"text");
    assert_eq!(sign.digested_data, Some(vec![7; 32]));

    let items = [
        id(),
        tree::bytes(DATA, b"text"),
        tree::bytes(DIGESTED, &[7; 32]),
        tree::bytes(SIGNATURE, &[8; 64]),
        stream(),
    ];
    let operation = Operation::SIGNATURE_VERIFY;
    let Request::SignatureVerify(verify) = payloads::request(V1_4, operation, &items) else {
        panic!("no Signature Verify");
    };
    assert_eq!(verify.digested_data, Some(vec![7; 32]));
    assert_eq!(verify.signature_data, Some(vec![8; 64]));

    let answer = [id(), tree::bytes(SIGNATURE, &[8; 64])];
    let Response::Sign(signed) = payloads::response(V1_2, Operation::SIGN, &answer) else {
        panic!("no Sign");
    };
    assert_eq!(signed, SignResponse::new("key-1", vec![8; 64]));

    let answer = [
        id(),
        tree::enumeration(VALIDITY, 2),
        tree::bytes(DATA, b"text"),
        tree::bytes(CORRELATION, &[1]),
    ];
    let Response::SignatureVerify(verified) = payloads::response(V1_3, operation, &answer) else {
        panic!("no Signature Verify");
    };
    let mut expected = SignatureVerifyResponse::new("key-1", ValidityIndicator::INVALID);
    expected.data = Some(b"text".to_vec());
    expected.correlation_value = Some(vec![1]);
    assert_eq!(verified, expected);
}

#[test]
fn codes_are_what_the_specification_says() {
    let items = [id(), gcm(), tree::bytes(DATA, b"text"), stream()];
    let Request::Mac(mac) = payloads::request(V1_3, Operation::MAC, &items) else {
        panic!("no MAC");
    };
    assert_eq!(octets(mac.data.as_ref()), b"text");

    let items = [
        id(),
        tree::bytes(DATA, b"text"),
        tree::bytes(MAC_DATA, &[6; 32]),
        stream(),
    ];
    let Request::MacVerify(verify) = payloads::request(V1_3, Operation::MAC_VERIFY, &items) else {
        panic!("no MAC Verify");
    };
    assert_eq!(verify.mac_data, Some(vec![6; 32]));

    let answer = [id(), tree::bytes(MAC_DATA, &[6; 32])];
    let Response::Mac(mac) = payloads::response(V1_2, Operation::MAC, &answer) else {
        panic!("no MAC");
    };
    assert_eq!(mac, MacResponse::new("key-1", vec![6; 32]));

    let answer = [id(), tree::enumeration(VALIDITY, 1)];
    let Response::MacVerify(verified) = payloads::response(V1_2, Operation::MAC_VERIFY, &answer)
    else {
        panic!("no MAC Verify");
    };
    let expected = MacVerifyResponse::new("key-1", ValidityIndicator::VALID);
    assert_eq!(verified, expected);
}

#[test]
fn random_octets_and_digests_are_what_the_specification_says() {
    let length = [tree::integer(LENGTH, 16)];
    let octets_16 = [tree::bytes(DATA, &[0xAB; 16])];
    let Request::RngRetrieve(retrieve) = payloads::request(V1_2, Operation::RNG_RETRIEVE, &length)
    else {
        panic!("no RNG Retrieve");
    };
    assert_eq!(retrieve.data_length, 16);
    let Response::RngRetrieve(retrieved) =
        payloads::response(V1_2, Operation::RNG_RETRIEVE, &octets_16)
    else {
        panic!("no RNG Retrieve");
    };
    assert_eq!(retrieved.data.unwrap().expose(), [0xAB; 16]);

    let Request::RngSeed(seed) = payloads::request(V1_2, Operation::RNG_SEED, &octets_16) else {
        panic!("no RNG Seed");
    };
    assert_eq!(octets(Some(&seed.data)), [0xAB; 16]);
    let Response::RngSeed(seeded) = payloads::response(V1_2, Operation::RNG_SEED, &length) else {
        panic!("no RNG Seed");
    };
    assert_eq!(seeded.data_length, 16);

    let sha_256 = tree::structure(0x42_002B, &[tree::enumeration(0x42_0038, 6)]);
    let items = [sha_256, tree::bytes(DATA, b"text"), stream()];
    let Request::Hash(hash) = payloads::request(V1_3, Operation::HASH, &items) else {
        panic!("no Hash");
    };
    let algorithm = hash.cryptographic_parameters.hashing_algorithm;
    assert_eq!(algorithm, Some(HashingAlgorithm::SHA_256));
    let Response::Hash(hashed) = payloads::response(V1_2, Operation::HASH, &octets_16) else {
        panic!("no Hash");
    };
    assert_eq!(hashed, HashResponse::new(vec![0xAB; 16]));
}

#[test]
fn data_and_key_may_be_those_of_another_item_from_2_0_on() {
    let placeholder = tree::enumeration(ID, 1);
    let cases = [
        (tree::enumeration(DATA, 1), "Output(Decrypt)"),
        (tree::integer(DATA, -1), "Index(-1)"),
    ];
    for (data, expected) in cases {
        let items = [placeholder.clone(), data.clone()];
        let Request::Encrypt(encrypt) = payloads::request(V2_0, Operation::ENCRYPT, &items) else {
            panic!("no Encrypt");
        };
        let named = encrypt.unique_identifier;
        assert_eq!(named, Some(UniqueIdentifier::Enumeration(1)));
        assert_eq!(format!("{:?}", encrypt.data.unwrap()), expected);
        let error = refusal(V1_4, Operation::ENCRYPT, &[id(), data]);
        let MessageError::Ttlv(error) = error else {
            panic!("{error}");
        };
        assert!(
            matches!(error.kind, DecodeErrorKind::WrongType { .. }),
            "{error}"
        );
    }
    for data in [Data::Output(DataEnumeration::HASH), Data::Index(0)] {
        let request = Request::Mac(MacRequest::new("key-1", data));
        let error = request.to_ttlv(V1_4).unwrap_err();
        let words = "field Data that is no Byte String does not exist in KMIP 1.4";
        assert_eq!(error.to_string(), words);
        comes_back(V2_1, &request);
    }
}

#[test]
fn the_answer_to_an_ephemeral_item_is_empty() {
    for operation in OPERATIONS {
        if operation != Operation::RNG_SEED {
            payloads::response(V2_0, operation, &[]);
        }
    }
}

#[test]
fn an_item_too_many_or_out_of_order_is_refused() {
    let after_data = tree::bytes(DATA, &[1]);
    for operation in OPERATIONS {
        let (needed, last) = match operation {
            Operation::HASH => (gcm(), tree::boolean(FINAL, true)),
            Operation::RNG_RETRIEVE => (Vec::new(), tree::integer(LENGTH, 1)),
            Operation::RNG_SEED => (Vec::new(), tree::bytes(DATA, &[1])),
            _ => (Vec::new(), tree::boolean(FINAL, true)),
        };
        payloads::request(V1_4, operation, &[needed.clone(), last.clone()]);
        let error = refusal(V1_4, operation, &[needed, last, after_data.clone()]);
        let MessageError::Ttlv(error) = error else {
            panic!("{error}");
        };
        let found = Tag::new(DATA);
        assert_eq!(error.kind, DecodeErrorKind::Unread { found }, "{operation}");
    }
}

#[test]
fn a_strict_reader_refuses_the_fields_of_later_versions() {
    let cases = [
        (
            Operation::ENCRYPT,
            tree::bytes(CORRELATION, &[1]),
            V1_2,
            CORRELATION,
        ),
        (
            Operation::DECRYPT,
            tree::bytes(AEAD_TAG, &[1]),
            V1_3,
            AEAD_TAG,
        ),
        (Operation::SIGN, tree::bytes(DIGESTED, &[1]), V1_3, DIGESTED),
        (Operation::MAC, tree::boolean(INIT, true), V1_2, INIT),
    ];
    for (operation, item, version, tag) in cases {
        let error = refusal(version, operation, &[id(), item]);
        let tag = Tag::new(tag);
        assert_eq!(error, MessageError::NotInVersion { tag, version });
    }
}

/// Streams came with 1.3.
const STREAM: Later = &[(CORRELATION, V1_3), (INIT, V1_3), (FINAL, V1_3)];

fn full_requests() -> Vec<(Request, Later)> {
    macro_rules! streamed {
        ($request:ident) => {
            $request.correlation_value = Some(vec![1]);
            $request.init_indicator = Some(true);
            $request.final_indicator = Some(true);
        };
    }
    let data = || Data::copy_from(&[1]);
    let mut encrypt = EncryptRequest::new("1", data());
    streamed!(encrypt);
    encrypt.authenticated_encryption_additional_data = Some(vec![1]);
    let mut decrypt = DecryptRequest::new("1", data());
    streamed!(decrypt);
    decrypt.authenticated_encryption_additional_data = Some(vec![1]);
    decrypt.authenticated_encryption_tag = Some(vec![1]);
    let mut sign = SignRequest::new("1", data());
    streamed!(sign);
    sign.digested_data = Some(vec![1]);
    let mut verify = SignatureVerifyRequest::new("1", data(), vec![1]);
    streamed!(verify);
    verify.digested_data = Some(vec![1]);
    let mut mac = MacRequest::new("1", data());
    streamed!(mac);
    let mut mac_verify = MacVerifyRequest::new("1", data(), vec![1]);
    streamed!(mac_verify);
    let mut hash = HashRequest::new(CryptographicParameters::default(), data());
    streamed!(hash);
    vec![
        (
            Request::Encrypt(encrypt),
            &[
                (CORRELATION, V1_3),
                (INIT, V1_3),
                (FINAL, V1_3),
                (ADDITIONAL, V1_4),
            ],
        ),
        (
            Request::Decrypt(decrypt),
            &[
                (CORRELATION, V1_3),
                (INIT, V1_3),
                (FINAL, V1_3),
                (ADDITIONAL, V1_4),
                (AEAD_TAG, V1_4),
            ],
        ),
        (
            Request::Sign(sign),
            &[
                (DIGESTED, V1_4),
                (CORRELATION, V1_3),
                (INIT, V1_3),
                (FINAL, V1_3),
            ],
        ),
        (
            Request::SignatureVerify(verify),
            &[
                (DIGESTED, V1_4),
                (CORRELATION, V1_3),
                (INIT, V1_3),
                (FINAL, V1_3),
            ],
        ),
        (Request::Mac(mac), STREAM),
        (Request::MacVerify(mac_verify), STREAM),
        (Request::Hash(hash), STREAM),
    ]
}

#[test]
fn a_request_names_the_field_that_its_version_lacks() {
    for (request, later) in full_requests() {
        a_field_too_new_is_named(&request, later);
        let error = request.to_ttlv(ProtocolVersion::V1_1).unwrap_err();
        let words = format!(
            "operation {} does not exist in KMIP 1.1",
            request.operation()
        );
        assert_eq!(error.to_string(), words);
    }
}

#[test]
fn an_answer_leaves_out_what_its_version_lacks() {
    let mark = || Some(vec![1]);
    let mut encrypt = EncryptResponse::new("1", vec![1]);
    encrypt.correlation_value = mark();
    encrypt.authenticated_encryption_tag = mark();
    let mut decrypt = DecryptResponse::new("1", SecretBytes::copy_from(&[1]));
    decrypt.correlation_value = mark();
    let mut sign = SignResponse::new("1", vec![1]);
    sign.correlation_value = mark();
    let mut verify = SignatureVerifyResponse::new("1", ValidityIndicator::VALID);
    verify.correlation_value = mark();
    let mut mac = MacResponse::new("1", vec![1]);
    mac.correlation_value = mark();
    let mut mac_verify = MacVerifyResponse::new("1", ValidityIndicator::VALID);
    mac_verify.correlation_value = mark();
    let mut hash = HashResponse::new(vec![1]);
    hash.correlation_value = mark();
    let both: Later = &[(CORRELATION, V1_3), (AEAD_TAG, V1_4)];
    let one: Later = &[(CORRELATION, V1_3)];
    let cases = [
        (Response::Encrypt(encrypt), both),
        (Response::Decrypt(decrypt), one),
        (Response::Sign(sign), one),
        (Response::SignatureVerify(verify), one),
        (Response::Mac(mac), one),
        (Response::MacVerify(mac_verify), one),
        (Response::Hash(hash), one),
    ];
    for (response, later) in cases {
        a_field_too_new_is_left_out(&response, later);
    }
}

#[test]
fn no_plaintext_is_printed() {
    let secret = [0x5A; 32];
    let printed = [
        format!("{:?}", EncryptRequest::new("1", Data::copy_from(&secret))),
        format!(
            "{:?}",
            DecryptResponse::new("1", SecretBytes::copy_from(&secret))
        ),
    ];
    for text in printed {
        assert!(
            !text.contains("90, 90") && text.contains("32 octets"),
            "{text}"
        );
    }
}

#[test]
fn published_payloads_are_typed_and_written_back() {
    let Some(found) = payloads::published_payloads_come_back(&OPERATIONS) else {
        return;
    };
    for operation in OPERATIONS {
        for is_request in [true, false] {
            let one = (operation, is_request);
            let count = found.iter().filter(|found| **found == one).count();
            assert!(count >= 5, "{count} of {operation}, request: {is_request}");
        }
    }
}
