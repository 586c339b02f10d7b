//! Header and item fields of every version: credentials, nonce, hashes; what a version lacks is named.

use strongroom_kmip::message::{
    AttestationCredential, Authentication, Credential, HashedPasswordCredential, Nonce,
    OneTimePasswordCredential, RequestHeader, RequestItem, ResponseHeader,
};
use strongroom_kmip::operation::{GetRequest, QueryRequest};
use strongroom_kmip::{
    DateTimeExtended, Element, EncodeError, Limits, MessageError, ProtocolVersion, Request,
    RequestMessage, ResponseMessage, SecretText, enumeration, tag,
};
use strongroom_secret::SecretBytes;

use crate::tree;

const LIMITS: Limits = Limits::DEFAULT;

fn nonce() -> Nonce {
    Nonce {
        nonce_id: vec![1],
        nonce_value: vec![2; 16],
    }
}

fn credentials() -> Vec<(Credential, Vec<u8>, &'static str)> {
    let secret = || SecretText::copy_from("s3cret-word");
    let value = |number, fields: &[Vec<u8>]| {
        let fields = [
            tree::enumeration(0x42_0024, number),
            tree::structure(0x42_0025, fields),
        ];
        tree::structure(0x42_0023, &fields)
    };
    let nonce_item = || {
        let fields = [
            tree::bytes(0x42_00C9, &[1]),
            tree::bytes(0x42_00CA, &[2; 16]),
        ];
        tree::structure(0x42_00C8, &fields)
    };
    let attestation = AttestationCredential {
        nonce: nonce(),
        attestation_type: enumeration::AttestationType::TPM_QUOTE,
        attestation_measurement: Some(vec![3]),
        attestation_assertion: None,
    };
    let once = OneTimePasswordCredential {
        username: "ann".to_owned(),
        password: Some(secret()),
        one_time_password: secret(),
    };
    let hashed = HashedPasswordCredential {
        username: "ann".to_owned(),
        time_stamp: DateTimeExtended(7),
        hashing_algorithm: None,
        hashed_password: SecretBytes::copy_from(b"s3cret-word"),
    };
    let name = || tree::text(0x42_0099, "ann");
    vec![
        (
            Credential::Attestation(attestation),
            value(
                3,
                &[
                    nonce_item(),
                    tree::enumeration(0x42_00C7, 1),
                    tree::bytes(0x42_00CB, &[3]),
                ],
            ),
            "Attestation",
        ),
        (
            Credential::OneTimePassword(once),
            value(
                4,
                &[
                    name(),
                    tree::text(0x42_00A1, "s3cret-word"),
                    tree::text(0x42_0156, "s3cret-word"),
                ],
            ),
            "One Time Password",
        ),
        (
            Credential::HashedPassword(hashed),
            value(
                5,
                &[
                    name(),
                    tree::date_time_extended(0x42_0092, 7),
                    tree::bytes(0x42_0157, b"s3cret-word"),
                ],
            ),
            "Hashed Password",
        ),
    ]
}

fn query(header: RequestHeader) -> RequestMessage {
    RequestMessage::single(header, Request::Query(QueryRequest::default()))
}

#[test]
fn credentials_stand_as_the_specification_has_them_and_show_nothing() {
    for (credential, octets, name) in credentials() {
        let mut header = RequestHeader::new(ProtocolVersion::V2_1);
        header.authentication = Some(Authentication::new(vec![credential]));
        let message = query(header);
        let bytes = message.encode().unwrap();
        let found = bytes.windows(octets.len()).any(|window| window == octets);
        assert!(found, "{name}");
        let again = RequestMessage::decode(&bytes, &LIMITS).unwrap();
        assert_eq!(again.encode().unwrap(), bytes, "{name}");
        assert!(
            !format!("{message:?}{again:?}").contains("s3cret"),
            "{name}"
        );
    }
}

#[test]
fn a_version_without_a_credential_refuses_it_both_ways() {
    let version = ProtocolVersion::V1_1;
    for (credential, octets, name) in credentials() {
        let mut header = RequestHeader::new(version);
        header.authentication = Some(Authentication::new(vec![credential]));
        let what = Element::Value(name);
        let error = query(header).encode().unwrap_err();
        assert_eq!(error, EncodeError::NotInVersion { what, version });
        let header = [
            tree::version(1),
            tree::structure(0x42_000C, &[octets]),
            tree::integer(0x42_000D, 1),
        ];
        let error = RequestMessage::decode(&request(&header, &[]), &LIMITS).unwrap_err();
        let tag = tag::CREDENTIAL_TYPE;
        assert_eq!(error, MessageError::NotInVersion { tag, version });
    }
}

fn request(header: &[Vec<u8>], more: &[Vec<u8>]) -> Vec<u8> {
    let mut item = vec![tree::enumeration(0x42_005C, 0x18)];
    item.extend_from_slice(more);
    item.push(tree::structure(0x42_0079, &[]));
    let fields = [
        tree::structure(0x42_0077, header),
        tree::structure(0x42_000F, &item),
    ];
    tree::structure(0x42_0078, &fields)
}

#[test]
fn a_strict_message_names_the_field_that_came_later() {
    let version = ProtocolVersion::V1_3;
    let count = || tree::integer(0x42_000D, 1);
    let correlated = [tree::version(3), tree::text(0x42_0105, "me"), count()];
    let plain = [tree::version(3), count()];
    let cases = [
        (request(&correlated, &[]), tag::CLIENT_CORRELATION_VALUE),
        (
            request(&plain, &[tree::boolean(0x42_0154, true)]),
            tag::EPHEMERAL,
        ),
    ];
    for (bytes, tag) in cases {
        let error = RequestMessage::decode(&bytes, &LIMITS).unwrap_err();
        assert_eq!(error, MessageError::NotInVersion { tag, version });
    }
    let mut item = RequestItem::new(Request::Get(GetRequest::new("7")));
    item.ephemeral = Some(true);
    let message = RequestMessage::new(RequestHeader::new(version), vec![item]);
    let what = Element::Tag(tag::EPHEMERAL);
    let error = message.encode().unwrap_err();
    assert_eq!(error, EncodeError::NotInVersion { what, version });
}

#[test]
fn an_answers_header_holds_what_its_version_has() {
    for &version in ProtocolVersion::SUPPORTED {
        let mut header = ResponseHeader::new(version, 7);
        header.nonce = Some(nonce());
        header.server_hashed_password = Some(SecretBytes::copy_from(&[5; 32]));
        header.attestation_types = vec![enumeration::AttestationType::TPM_QUOTE];
        let bytes = ResponseMessage::new(header, Vec::new()).encode().unwrap();
        let again = ResponseMessage::decode(&bytes, &LIMITS).unwrap().header;
        let attests = version >= ProtocolVersion::V1_2;
        let hashes = version >= ProtocolVersion::V2_0;
        assert_eq!(again.nonce.is_some(), attests, "{version}");
        assert_eq!(again.attestation_types.len(), usize::from(attests));
        assert_eq!(again.server_hashed_password.is_some(), hashes, "{version}");
    }
}
