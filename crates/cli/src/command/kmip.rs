//! `strongroom kmip OPERATION`: one KMIP operation at a shell.

mod form;
mod payload;
mod send;
mod show;

use strongroom::{Class, KeyServers, LABEL_STORE};
use strongroom_cipher::envelope;
use strongroom_client::{ClientError, Session};
use strongroom_kmip::CryptographicUsageMask;
use strongroom_kmip::attribute::{
    ApplicationSpecificInformation, Attribute, AttributeValue, Name, RevocationReason,
};
use strongroom_kmip::enumeration::{
    CryptographicAlgorithm, ObjectType, QueryFunction, RevocationReasonCode,
};
use strongroom_kmip::object::{KeyBlock, ManagedObject};
use strongroom_kmip::operation::{CreateRequest, LocateRequest, ReKeyRequest, RegisterRequest};

use super::Context;
use crate::args::{KmipCommand, MakeArgs, ObjectCommand};
use crate::failure::Failure;

const KEY_LEN: usize = 32;
const LENGTH_BITS: i32 = 256;

/// Connects, does the operation, prints its answer.
pub(crate) fn run(context: &Context, command: &KmipCommand) -> Result<(), Failure> {
    let config = context.config(command.config())?;
    let servers = KeyServers::from_config(&config)?;
    context.wait(async {
        let mut session = servers
            .client()
            .ok_or(strongroom::Error::NoKeyServer)?
            .connect()
            .await
            .map_err(failed)?;
        let result = operate(&mut session, command).await;
        session.close().await;
        result
    })
}

async fn operate(session: &mut Session, command: &KmipCommand) -> Result<(), Failure> {
    match command {
        KmipCommand::Create(args) => {
            let request = CreateRequest::symmetric_key(template(args)?);
            let made = session.create(request).await.map_err(failed)?;
            show::ids(&[made.unique_identifier], args.json)
        }
        KmipCommand::Register(args) => register(session, args).await,
        KmipCommand::Locate { name, json, .. } => {
            let attributes = name.iter().map(|name| Name::text(name).into()).collect();
            let found = session
                .locate(LocateRequest::new(attributes))
                .await
                .map_err(failed)?;
            show::ids(&found.unique_identifiers, *json)
        }
        KmipCommand::Send { file, .. } => {
            let sendable = send::Sendable::read(file.as_deref())?;
            sendable.send(session).await
        }
        KmipCommand::Query(args) => {
            let functions = [
                QueryFunction::OPERATIONS,
                QueryFunction::OBJECTS,
                QueryFunction::SERVER_INFORMATION,
            ];
            let answer = session.query(&functions).await.map_err(failed)?;
            show::query(&answer, args.json)
        }
        KmipCommand::DiscoverVersions(args) => {
            let versions = session.discover_versions().await.map_err(failed)?;
            let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
            show::ids(&versions, args.json)
        }
        KmipCommand::OnObject(command) => on_object(session, command).await,
        KmipCommand::WithPayload(command) => payload::operate(session, command).await,
    }
}

/// The operations on one object.
async fn on_object(session: &mut Session, command: &ObjectCommand) -> Result<(), Failure> {
    match command {
        ObjectCommand::Get { object, reveal } => {
            let got = session.get(&object.id).await.map_err(failed)?;
            show::object(&got, (*reveal, object.json))
        }
        ObjectCommand::GetAttributes(object) => {
            let attributes = attributes(session, &object.id).await?;
            show::attributes(&object.id, &attributes, object.json)
        }
        ObjectCommand::Activate(object) => {
            session.activate(&object.id).await.map_err(failed)?;
            show::ids(std::slice::from_ref(&object.id), object.json)
        }
        ObjectCommand::Revoke {
            object,
            compromised,
        } => {
            revoke(session, &object.id, *compromised).await?;
            show::ids(std::slice::from_ref(&object.id), object.json)
        }
        ObjectCommand::Destroy {
            object,
            not_checked,
        } => {
            if !not_checked {
                refuse_labelled(session, &object.id).await?;
            }
            session.destroy(&object.id).await.map_err(failed)?;
            show::ids(std::slice::from_ref(&object.id), object.json)
        }
        ObjectCommand::Rekey(object) => {
            let request = ReKeyRequest::new(object.id.as_str());
            let made = session.re_key(request).await.map_err(failed)?;
            show::ids(&[made.unique_identifier], object.json)
        }
        ObjectCommand::GetAttributeList(object) => {
            let found = session.get_attribute_list(&object.id).await;
            let names = found.map_err(failed)?.attribute_names;
            show::ids(&names, object.json)
        }
        ObjectCommand::Archive(object) => {
            session.archive(&object.id).await.map_err(failed)?;
            show::ids(std::slice::from_ref(&object.id), object.json)
        }
        ObjectCommand::Recover(object) => {
            session.recover(&object.id).await.map_err(failed)?;
            show::ids(std::slice::from_ref(&object.id), object.json)
        }
    }
}

async fn register(session: &mut Session, args: &MakeArgs) -> Result<(), Failure> {
    let octets = envelope::random_secret(KEY_LEN)
        .map_err(|error| Failure::because(Class::Storage, "no random octets", &error))?;
    let key = ManagedObject::SymmetricKey(KeyBlock::raw(CryptographicAlgorithm::AES, octets));
    let request = RegisterRequest::new(key, template(args)?);
    let made = session.register(request).await.map_err(failed)?;
    show::ids(&[made.unique_identifier], args.json)
}

async fn revoke(session: &mut Session, id: &str, compromised: bool) -> Result<(), Failure> {
    let code = match compromised {
        true => RevocationReasonCode::KEY_COMPROMISE,
        false => RevocationReasonCode::CESSATION_OF_OPERATION,
    };
    let reason = RevocationReason::new(code);
    session.revoke(id, reason).await.map_err(failed)?;
    Ok(())
}

fn failed(error: ClientError) -> Failure {
    strongroom::Error::from(error).into()
}

async fn attributes(session: &mut Session, id: &str) -> Result<Vec<Attribute>, Failure> {
    let answer = session.get_attributes(id, &[]).await.map_err(failed)?;
    Ok(answer.attributes)
}

/// I6: a key that bears a store's label is not destroyed by accident.
async fn refuse_labelled(session: &mut Session, id: &str) -> Result<(), Failure> {
    let labelled = attributes(session, id)
        .await?
        .into_iter()
        .find_map(|attribute| match attribute.value {
            AttributeValue::ApplicationSpecificInformation(label)
                if label.namespace == LABEL_STORE =>
            {
                label.data
            }
            _ => None,
        });
    match labelled {
        None => Ok(()),
        Some(store) => Err(Failure::new(
            Class::KeyState,
            format!("key {id:?} is or was a master key of the store with label {store}; destroying it may lose that store and its backups"),
        )
        .help("Give --not-checked to destroy it all the same.")),
    }
}

fn template(args: &MakeArgs) -> Result<Vec<Attribute>, Failure> {
    let mask = CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT;
    let mut attributes: Vec<Attribute> = vec![
        AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES).into(),
        AttributeValue::CryptographicLength(LENGTH_BITS).into(),
        AttributeValue::CryptographicUsageMask(mask).into(),
    ];
    attributes.extend(
        args.name
            .iter()
            .map(|name| Attribute::from(Name::text(name))),
    );
    for (index, label) in (0..).zip(&args.labels.labels) {
        let (namespace, data) = label.split_once('=').ok_or_else(|| {
            Failure::new(
                Class::Configuration,
                format!("--label {label:?} is not NAMESPACE=DATA"),
            )
        })?;
        let label = ApplicationSpecificInformation::new(namespace, data);
        let label = Attribute::new(AttributeValue::ApplicationSpecificInformation(label));
        attributes.push(label.with_index(index));
    }
    Ok(attributes)
}

/// The Object Type that a printed object has.
fn kind(object: &ManagedObject) -> ObjectType {
    object.object_type()
}
