//! What was answered is on disk, whatever happens next.

use std::path::Path;

use strongroom_kmip::attribute::RevocationReason;
use strongroom_kmip::operation::{
    ActivateRequest, DestroyRequest, GetAttributesRequest, GetRequest, Request, Response,
    RevokeRequest,
};
use strongroom_kmip::{AttributeValue, RevocationReasonCode, State};
use strongroom_server::store::{Objects, StoreError};
use strongroom_server::testing::TestServer;
use strongroom_server::{FileStore, Object, ObjectStore};

use crate::client::{Client, name};

async fn start(path: &Path) -> TestServer {
    let store = FileStore::open(path).unwrap();
    TestServer::start_with(|options| options.store = Box::new(store))
        .await
        .unwrap()
}

async fn state(client: &mut Client, uid: &str) -> State {
    let request = Request::GetAttributes(GetAttributesRequest::new(uid, &["State"]));
    match client.send(request).await.unwrap() {
        Response::GetAttributes(answer) => answer.state().unwrap(),
        other => panic!("{other:?}"),
    }
}

/// After each answer the file is copied, as a power cut would leave it, and opened.
#[tokio::test]
async fn every_answered_change_is_in_the_file_already() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("keys").join("store");
    let server = start(&path).await;
    let mut client = Client::connect(&server, "node-1").await;
    let mut snapshots = 0;
    let mut on_disk = |uid: &str| {
        snapshots += 1;
        let copy = root.path().join(format!("copy-{snapshots}")).join("store");
        std::fs::create_dir(copy.parent().unwrap()).unwrap();
        std::fs::copy(&path, &copy).unwrap();
        let objects = FileStore::open(&copy).unwrap().load().unwrap();
        let object = objects
            .into_iter()
            .find(|object| object.unique_identifier() == uid)
            .unwrap();
        (
            object.lifecycle().state_at(i64::MAX).name(),
            object.has_material(),
        )
    };
    let uid = client.create(vec![name("k1")]).await.unwrap();
    assert_eq!(on_disk(&uid), ("Pre-Active", true));
    client
        .send(Request::Activate(ActivateRequest::new(&*uid)))
        .await
        .unwrap();
    assert_eq!(on_disk(&uid), ("Active", true));
    let reason = RevocationReason::new(RevocationReasonCode::SUPERSEDED);
    client
        .send(Request::Revoke(RevokeRequest::new(&*uid, reason)))
        .await
        .unwrap();
    assert_eq!(on_disk(&uid), ("Deactivated", true));
    client
        .send(Request::Destroy(DestroyRequest::new(&*uid)))
        .await
        .unwrap();
    assert_eq!(on_disk(&uid), ("Destroyed", false));
}

#[tokio::test]
async fn objects_outlive_the_server_and_destroyed_keys_leave_no_octet() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("keys").join("store");
    let server = start(&path).await;
    let mut client = Client::connect(&server, "node-1").await;
    let kept = client.create(vec![name("kept")]).await.unwrap();
    let gone = client.create(vec![name("gone")]).await.unwrap();
    let Response::Get(answer) = client
        .send(Request::Get(GetRequest::new(&*gone)))
        .await
        .unwrap()
    else {
        panic!("not an answer to Get");
    };
    let octets = answer
        .object
        .key_block()
        .unwrap()
        .plain_key()
        .unwrap()
        .duplicate();
    let in_file = |octets: &[u8]| {
        std::fs::read(&path)
            .unwrap()
            .windows(octets.len())
            .any(|window| window == octets)
    };
    assert!(
        in_file(octets.expose()),
        "the store is in clear, as its document says"
    );
    client
        .send(Request::Destroy(DestroyRequest::new(&*gone)))
        .await
        .unwrap();
    assert!(!in_file(octets.expose()));
    server.stop().await;

    let server = start(&path).await;
    let mut client = Client::connect(&server, "node-1").await;
    assert_eq!(state(&mut client, &kept).await, State::PRE_ACTIVE);
    assert_eq!(state(&mut client, &gone).await, State::DESTROYED);
    assert_eq!(FileStore::verify(&path).unwrap().objects, 2);
    // Names are remembered as well.
    assert!(client.create(vec![name("kept")]).await.is_err());
}

#[tokio::test]
async fn sixty_four_clients_at_once_lose_and_double_nothing() {
    let server = TestServer::start().await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for at in 0..64 {
        let mut client = Client::connect(&server, "node-1").await;
        tasks.spawn(async move {
            let mut uids = Vec::new();
            for number in 0..20 {
                uids.push(
                    client
                        .create(vec![name(&format!("{at}-{number}"))])
                        .await
                        .unwrap(),
                );
            }
            uids
        });
    }
    let mut all: Vec<String> = tasks.join_all().await.concat();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 64 * 20);
    let mut client = Client::connect(&server, "node-1").await;
    let request = Request::Locate(strongroom_kmip::operation::LocateRequest::new(vec![]));
    let Response::Locate(answer) = client.send(request).await.unwrap() else {
        panic!("not an answer to Locate");
    };
    let mut located = answer.unique_identifiers;
    located.sort();
    assert_eq!(located, all);
}

/// A store whose disk is full after so many changes.
#[derive(Debug)]
struct Full {
    left: u32,
}

impl ObjectStore for Full {
    fn load(&mut self) -> Result<Vec<Object>, StoreError> {
        Ok(Vec::new())
    }

    fn save(&mut self, _: &Objects<'_>) -> Result<(), StoreError> {
        self.left = self.left.checked_sub(1).ok_or(StoreError::Stopping)?;
        Ok(())
    }
}

#[tokio::test]
async fn a_change_that_cannot_be_saved_is_refused_and_not_made() {
    let server = TestServer::start_with(|options| options.store = Box::new(Full { left: 1 }))
        .await
        .unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let uid = client.create(vec![]).await.unwrap();
    let error = client
        .send(Request::Activate(ActivateRequest::new(&*uid)))
        .await
        .unwrap_err();
    assert_eq!(
        error.reason(),
        Some(strongroom_kmip::ResultReason::GENERAL_FAILURE)
    );
    assert_eq!(state(&mut client, &uid).await, State::PRE_ACTIVE);
    client.create(vec![]).await.unwrap_err();
    let request = Request::Locate(strongroom_kmip::operation::LocateRequest::new(vec![
        AttributeValue::State(State::PRE_ACTIVE).into(),
    ]));
    let Response::Locate(answer) = client.send(request).await.unwrap() else {
        panic!("not an answer to Locate");
    };
    assert_eq!(answer.unique_identifiers, [uid]);
}
