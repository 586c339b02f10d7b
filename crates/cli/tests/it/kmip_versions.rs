//! Our client against the bundled server, held to each protocol version.

use strongroom_client::kmip::attribute::{
    AttributeValue, CryptographicParameters, Name, RevocationReason,
};
use strongroom_client::kmip::enumeration::{
    HashingAlgorithm, RevocationReasonCode, State, ValidityIndicator,
};
use strongroom_client::kmip::operation::{
    CreateKeyPairRequest, CreateRequest, Data, DeleteAttributeRequest, LocateRequest,
    ModifyAttributeRequest, ReKeyRequest, SetAttributeRequest, SignRequest, SignatureVerifyRequest,
};
use strongroom_client::kmip::{
    CryptographicAlgorithm, CryptographicUsageMask, DateTime, ProtocolVersion,
};
use strongroom_client::{Client, ClientError, ClientOptions, Identity, ServerList, Session, Trust};

use crate::harness::Demo;

fn client(demo: &Demo, versions: &[ProtocolVersion]) -> Client {
    let file = |name: &str| demo.file("key-server").join(name);
    let server = format!("127.0.0.1:{}", demo.port());
    Client::builder()
        .servers(ServerList::parse(&server, 5696).unwrap())
        .trust(Trust::from_ca_file(file("ca.pem")).unwrap())
        .identity(Identity::from_files(file("client.pem"), None, None).unwrap())
        .options(ClientOptions::default().versions(versions))
        .build()
        .unwrap()
}

fn aes(name: &str) -> CreateRequest {
    let usage = CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT;
    let mut request = CreateRequest::aes(256, usage);
    request
        .template_attribute
        .attributes
        .push(Name::text(name).into());
    request
}

async fn life(session: &mut Session, name: &str) -> Result<(), ClientError> {
    let version = session.version();
    let by_name = |name: &str| LocateRequest::by_name(Name::text(name));
    let id = session.create(aes(name)).await?.unique_identifier;
    let found = session.locate(by_name(name)).await?.unique_identifiers;
    assert_eq!(found, std::slice::from_ref(&id), "{version}");
    session.activate(id.clone()).await?;
    let got = session.get(id.clone()).await?.object;
    assert_eq!(got.key_block().unwrap().plain_key().unwrap().len(), 32);

    let other = format!("{name}, renamed");
    let renamed = ModifyAttributeRequest::new(id.clone(), Name::text(&*other));
    session.modify_attribute(renamed).await?;
    let contact = AttributeValue::ContactInformation("ops".into());
    session.add_attribute(id.clone(), contact.clone()).await?;
    let told = session.get_attributes(id.clone(), &[]).await?;
    assert_eq!(told.state(), Some(State::ACTIVE));
    assert!(told.attributes.iter().any(|has| has.value == contact));
    let list = session.get_attribute_list(id.clone()).await?;
    assert!(
        list.attribute_names
            .iter()
            .any(|name| name.as_str() == "Contact Information")
    );
    let gone = DeleteAttributeRequest::new(id.clone(), "Contact Information");
    session.delete_attribute(gone).await?;
    if version >= ProtocolVersion::V2_0 {
        let until = AttributeValue::DeactivationDate(DateTime(i64::from(i32::MAX)));
        let set = SetAttributeRequest::new(id.clone(), until);
        session.set_attribute(set).await?;
    }

    let new = session
        .re_key(ReKeyRequest::new(id.clone()))
        .await?
        .unique_identifier;
    let found = session.locate(by_name(&other)).await?.unique_identifiers;
    assert_eq!(found, std::slice::from_ref(&new), "{version}");
    session.archive(new.clone()).await?;
    let archived = session.get(new.clone()).await.unwrap_err();
    assert!(archived.to_string().contains("archived"), "{archived}");
    session.recover(new.clone()).await?;
    for id in [id, new] {
        let reason = RevocationReason::new(RevocationReasonCode::SUPERSEDED);
        session.revoke(id.clone(), reason).await?;
        session.destroy(id.clone()).await?;
        let gone = session.get(id).await.unwrap_err();
        assert_eq!(
            gone.kind(),
            strongroom_client::ErrorKind::NotFound,
            "{version}"
        );
    }
    Ok(())
}

async fn pair(session: &mut Session) -> Result<(), ClientError> {
    let both = CryptographicUsageMask::SIGN | CryptographicUsageMask::VERIFY;
    let request = CreateKeyPairRequest::new(vec![
        AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::ECDSA).into(),
        AttributeValue::CryptographicLength(256).into(),
        AttributeValue::CryptographicUsageMask(both).into(),
    ]);
    let made = session.create_key_pair(request).await?;
    let private = made.private_key_unique_identifier;
    let public = made.public_key_unique_identifier;
    session.activate(private.clone()).await?;
    session.activate(public.clone()).await?;
    if session.version() < ProtocolVersion::V1_2 {
        return Ok(());
    }
    let how = || {
        let hash = Some(HashingAlgorithm::SHA_256);
        Some(Box::new(CryptographicParameters {
            hashing_algorithm: hash,
            ..CryptographicParameters::default()
        }))
    };
    let mut sign = SignRequest::new(private, Data::copy_from(b"message"));
    sign.cryptographic_parameters = how();
    let signature = session.sign(sign).await?.signature_data.unwrap();
    let message = Data::copy_from(b"message");
    let mut verify = SignatureVerifyRequest::new(public, message, signature);
    verify.cryptographic_parameters = how();
    let validity = session.signature_verify(verify).await?.validity_indicator;
    assert_eq!(validity, Some(ValidityIndicator::VALID));
    Ok(())
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(work)
}

#[test]
fn our_client_does_the_same_at_every_version() {
    let demo = Demo::new();
    let _served = demo.serve();
    for &version in ProtocolVersion::SUPPORTED {
        let client = client(&demo, &[version]);
        wait(async {
            let mut session = client.connect().await.unwrap();
            assert_eq!(session.version(), version);
            life(&mut session, &format!("life-{version}"))
                .await
                .unwrap();
            pair(&mut session).await.unwrap();
            session.close().await;
        });
    }
}

#[test]
fn the_highest_common_version_is_agreed_on_and_1_4_by_default() {
    let demo = Demo::new();
    let _served = demo.serve();
    let agreed = |client: Client| {
        wait(async {
            let session = client.connect().await.unwrap();
            let version = session.version();
            session.close().await;
            version
        })
    };
    let all = client(&demo, ProtocolVersion::SUPPORTED);
    assert_eq!(agreed(all), ProtocolVersion::V2_1);
    let ours = ClientOptions::default().versions;
    assert_eq!(agreed(client(&demo, &ours)), ProtocolVersion::V1_4);
}
