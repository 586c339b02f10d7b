//! Register and Get: what a client brings comes back.

use strongroom_kmip::attribute::{Attribute, AttributeValue};
use strongroom_kmip::enumeration::{CertificateType, SecretDataType};
use strongroom_kmip::object::{
    Certificate, KeyBlock, KeyMaterial, KeyValue, ManagedObject, OpaqueDataType, OpaqueObject,
    SecretData,
};
use strongroom_kmip::operation::{GetRequest, Request, Response};
use strongroom_kmip::{KeyFormatType, ResultReason};
use strongroom_secret::SecretBytes;
use strongroom_server::testing::TestServer;

use crate::client::Client;

use crate::calls::*;

#[tokio::test]
async fn registered_objects_come_back_as_they_were_brought() {
    let server = TestServer::start().await.unwrap();
    for version in VERSIONS {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let seed = KeyBlock::new(KeyFormatType::OPAQUE, SecretBytes::copy_from(&[7; 96]));
        let objects = [
            ManagedObject::SymmetricKey(raw(&[5; 16])),
            ManagedObject::SecretData(SecretData::new(SecretDataType::SEED, seed)),
            ManagedObject::OpaqueObject(OpaqueObject::new(
                OpaqueDataType::new(0x8000_0000),
                SecretBytes::copy_from(b"anything"),
            )),
        ];
        for object in objects {
            let brought = object.to_ttlv(version).unwrap();
            let Response::Register(answer) = client.send(register(object, vec![])).await.unwrap()
            else {
                panic!("not an answer to Register");
            };
            let request = Request::Get(GetRequest::new(answer.unique_identifier));
            let Response::Get(answer) = client.send(request).await.unwrap() else {
                panic!("not an answer to Get");
            };
            assert_eq!(*answer.object.to_ttlv(version).unwrap(), *brought);
        }
    }
}

#[tokio::test]
async fn register_refuses_what_does_not_fit() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let block = |change: fn(&mut KeyBlock)| {
        let mut block = raw(&[1; 32]);
        change(&mut block);
        ManagedObject::SymmetricKey(block)
    };
    let length: Attribute = AttributeValue::CryptographicLength(128).into();
    let rows = [
        (
            block(|block| block.cryptographic_length = Some(128)),
            vec![],
            ResultReason::INVALID_FIELD,
        ),
        (block(|_| {}), vec![length], ResultReason::INVALID_FIELD),
        (
            block(|block| block.cryptographic_algorithm = None),
            vec![],
            ResultReason::MISSING_DATA,
        ),
        (
            block(|block| block.key_format_type = KeyFormatType::PKCS_1),
            vec![],
            ResultReason::KEY_FORMAT_TYPE_NOT_SUPPORTED,
        ),
        (
            ManagedObject::SymmetricKey(raw(&[])),
            vec![],
            ResultReason::MISSING_DATA,
        ),
        (
            ManagedObject::SymmetricKey(raw(&[1; 13])),
            vec![],
            ResultReason::INVALID_FIELD,
        ),
        (
            ManagedObject::PublicKey(raw(&[1; 32])),
            vec![],
            ResultReason::KEY_FORMAT_TYPE_NOT_SUPPORTED,
        ),
    ];
    for (at, (object, more, expected)) in rows.into_iter().enumerate() {
        assert_eq!(
            reason(client.send(register(object, more)).await),
            expected,
            "row {at}"
        );
    }
}

#[tokio::test]
async fn get_refuses_forms_that_it_cannot_give() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let uid = client.create(vec![]).await.unwrap();
    let mut request = GetRequest::new(&*uid);
    request.key_format_type = Some(KeyFormatType::PKCS_1);
    let result = client.send(Request::Get(request)).await;
    assert_eq!(reason(result), ResultReason::KEY_FORMAT_TYPE_NOT_SUPPORTED);
    let mut request = GetRequest::new(&*uid);
    request.key_format_type = Some(KeyFormatType::RAW);
    client.send(Request::Get(request)).await.unwrap();
    assert_eq!(
        reason(key(&mut client, "absent").await),
        ResultReason::ITEM_NOT_FOUND
    );
    let no_id = client.send(Request::Get(GetRequest::default())).await;
    assert_eq!(reason(no_id), ResultReason::MISSING_DATA);
}

#[tokio::test]
async fn an_opaque_object_has_no_state() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let object = OpaqueObject::new(
        OpaqueDataType::new(0x8000_0000),
        SecretBytes::copy_from(b"x"),
    );
    let request = register(ManagedObject::OpaqueObject(object), vec![]);
    let Response::Register(answer) = client.send(request).await.unwrap() else {
        panic!("not an answer to Register");
    };
    let uid = answer.unique_identifier.to_string();
    assert_eq!(
        attributes(&mut client, &uid, &["State", "Digest"]).await,
        []
    );
    assert_eq!(
        reason(activate(&mut client, &uid).await),
        ResultReason::ILLEGAL_OPERATION
    );
    destroy(&mut client, &uid).await.unwrap();
    let get = client.send(Request::Get(GetRequest::new(&*uid))).await;
    assert_eq!(reason(get), ResultReason::ITEM_NOT_FOUND);
}

#[tokio::test]
async fn a_certificate_comes_back_with_its_type_and_length() {
    let server = TestServer::start().await.unwrap();
    let issued = server.client("somebody").unwrap();
    let pem = issued.certificate_pem().as_bytes();
    let der = rustls_pki_types::pem::PemObject::from_pem_slice(pem);
    let der: rustls_pki_types::CertificateDer<'_> = der.unwrap();
    let x509 = CertificateType::X_509;
    let certificate =
        |octets: &[u8]| ManagedObject::Certificate(Certificate::new(x509, octets.to_vec()));
    for version in VERSIONS {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let named = AttributeValue::CertificateType(x509);
        let request = register(certificate(&der), vec![named.clone().into()]);
        let Response::Register(made) = client.send(request).await.unwrap() else {
            panic!("not an answer to Register");
        };
        let uid = made.unique_identifier.to_string();
        let request = Request::Get(GetRequest::new(&*uid));
        let Response::Get(answer) = client.send(request).await.unwrap() else {
            panic!("not an answer to Get");
        };
        let found = answer.object.to_ttlv(version).unwrap();
        assert_eq!(*found, *certificate(&der).to_ttlv(version).unwrap());
        let found = attributes(&mut client, &uid, &["Certificate Type"]).await;
        assert_eq!(found, std::slice::from_ref(&named));
        if version >= strongroom_kmip::ProtocolVersion::V1_1 {
            let len = AttributeValue::CertificateLength(i32::try_from(der.len()).unwrap());
            let found = attributes(&mut client, &uid, &["Certificate Length"]).await;
            assert_eq!(found, [len]);
        }
        activate(&mut client, &uid).await.unwrap();
    }
    let mut client = Client::connect(&server, "node-1").await;
    let pgp = AttributeValue::CertificateType(CertificateType::PGP);
    for (object, more) in [
        (certificate(b"rubbish"), vec![]),
        (certificate(&der), vec![pgp.clone().into()]),
        (ManagedObject::SymmetricKey(raw(&[1; 32])), vec![pgp.into()]),
    ] {
        let refused = client.send(register(object, more)).await;
        assert_eq!(reason(refused), ResultReason::INVALID_FIELD);
    }
}

#[tokio::test]
async fn a_transparent_symmetric_key_is_the_raw_one_in_a_structure() {
    let server = TestServer::start().await.unwrap();
    for version in VERSIONS {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let transparent = || {
            let format = KeyFormatType::TRANSPARENT_SYMMETRIC_KEY;
            let mut block = raw(&[7; 16]);
            block.key_format_type = format;
            block.key_value = Some(KeyValue::Plain {
                material: KeyMaterial::TransparentSymmetricKey(SecretBytes::copy_from(&[7; 16])),
                attributes: Vec::new(),
            });
            ManagedObject::SymmetricKey(block)
        };
        let plain = || ManagedObject::SymmetricKey(raw(&[7; 16]));
        for brought in [transparent(), plain()] {
            let as_brought = brought.to_ttlv(version).unwrap();
            let Response::Register(made) = client.send(register(brought, vec![])).await.unwrap()
            else {
                panic!("not an answer to Register");
            };
            for (format, expected) in [
                (None, as_brought),
                (Some(KeyFormatType::RAW), plain().to_ttlv(version).unwrap()),
                (
                    Some(KeyFormatType::TRANSPARENT_SYMMETRIC_KEY),
                    transparent().to_ttlv(version).unwrap(),
                ),
            ] {
                let mut request = GetRequest::new(made.unique_identifier.clone());
                request.key_format_type = format;
                let Response::Get(found) = client.send(Request::Get(request)).await.unwrap() else {
                    panic!("not an answer to Get");
                };
                assert_eq!(
                    *found.object.to_ttlv(version).unwrap(),
                    *expected,
                    "{version}"
                );
            }
        }
    }
}
