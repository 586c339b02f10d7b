//! A store that is running: rotations through its socket, rings that follow, and its end.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use strongroom::cipher::{
    DekGeneration, KeyId, KeyRing, OpenErrorKind, Place, UnitMeta, WriteVersion,
};
use strongroom::config::Config;
use strongroom::kmip::enumeration::{Operation, State};
use strongroom::{
    Class, LiveError, LiveKey, LiveRequest, LiveRotation, LiveStore, Options, RunOptions, Running,
    ShredReport, Status,
};
use strongroom_server::FaultAction;

use crate::harness::{Harness, files};

const NAMED: &[&str] = &["keyIdentifier: key_name"];
/// No key server is given up as long as a test runs.
const PATIENT: &[&str] = &["keyIdentifier: key_name", "connectTimeoutMS: 600000"];
const ROTATE: LiveRequest = LiveRequest::Rotate {
    key_identifier: None,
    shared_key: false,
};
const VERSION: WriteVersion = WriteVersion::Unversioned;

fn id(text: &str) -> KeyId {
    KeyId::new(text).unwrap()
}

async fn run(harness: &Harness, lines: &[&str], dbpath: &Path) -> Running {
    let unlocked = harness.unlock(lines, dbpath).await.unwrap();
    let config = Arc::new(harness.config(lines));
    Running::start(unlocked, config, dbpath, RunOptions::default()).unwrap()
}

fn live(dbpath: &Path) -> LiveStore {
    LiveStore::find(dbpath).unwrap().unwrap()
}

fn refused(result: Result<LiveKey, LiveError>) -> Class {
    let error = result.unwrap_err();
    assert!(matches!(error, LiveError::Refused(_)), "{error}");
    error.class()
}

struct Sealed(UnitMeta, Vec<u8>);

fn seal(ring: &KeyRing) -> Sealed {
    let mut unit = b"a page of plaintext".to_vec();
    let place = Place::new(b"object", 1).unwrap();
    let meta = ring.seal(&place, VERSION, &mut unit).unwrap();
    Sealed(meta, unit)
}

fn open(ring: &KeyRing, Sealed(meta, unit): &Sealed) -> Result<(), OpenErrorKind> {
    let mut unit = unit.clone();
    let place = Place::new(b"object", 1).unwrap();
    let opened = ring.open(&place, VERSION, &mut unit, meta);
    opened.map_err(|error| error.kind)?;
    assert_eq!(unit, b"a page of plaintext");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_master_key_is_rotated_under_a_live_host() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let running = run(&harness, NAMED, &dbpath).await;
    let ring = running.key_ring(&id("orders")).unwrap();
    let before = seal(&ring);
    let rotated: LiveRotation = live(&dbpath).ask(&ROTATE).unwrap();
    assert_ne!(rotated.old.as_deref(), Some(rotated.new.as_str()));
    assert!(!rotated.resumed && rotated.warnings.is_empty());
    // The same ring goes on, in the same epoch.
    let after = seal(&ring);
    assert_eq!(after.0.to_octets()[..24], before.0.to_octets()[..24]);
    assert_eq!(open(&ring, &before), Ok(()));
    // New data keys are sealed under the new master.
    running.key_ring(&id("later")).unwrap();
    let again = running.rotate().await.unwrap();
    assert_eq!(again.old, Some(rotated.new));
    drop((running, ring));

    let unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    let masters = unlocked.keystore.metadata().masters();
    assert_eq!(
        masters
            .map(|entry| entry.unique_identifier.as_str())
            .collect::<Vec<_>>(),
        [again.new.as_str()]
    );
    let ring = unlocked.keystore.key_ring(&id("orders")).unwrap();
    assert_eq!(
        (open(&ring, &before), open(&ring, &after)),
        (Ok(()), Ok(()))
    );
    assert!(unlocked.keystore.key_ring(&id("later")).is_ok());
    let active = harness.keys().await;
    let active = active.iter().filter(|key| key.state == State::ACTIVE);
    assert_eq!(active.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_given_at_the_socket_is_taken_and_the_key_in_use_is_not() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let running = run(&harness, NAMED, &dbpath).await;
    let request = |name: &str| LiveRequest::Rotate {
        key_identifier: Some(name.to_owned()),
        shared_key: false,
    };
    let rotated: LiveRotation = live(&dbpath).ask(&request("new_name")).unwrap();
    let keys = harness.keys().await;
    let new = keys.iter().find(|key| key.id == rotated.new).unwrap();
    assert_eq!(new.name, "new_name");
    let again = live(&dbpath).ask::<LiveRotation>(&request(&rotated.new));
    assert_eq!(again.unwrap_err().class(), Class::Configuration);
    drop(running);
    let new = &["keyIdentifier: new_name"];
    drop(harness.unlock(new, &dbpath).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_data_key_seals_at_once_and_a_retired_one_opens_no_more() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let running = run(&harness, NAMED, &dbpath).await;
    let ring = running.key_ring(&id("orders")).unwrap();
    assert!(Arc::ptr_eq(
        &ring,
        &running.key_ring(&id("orders")).unwrap()
    ));
    let first = seal(&ring);
    let rotate = LiveRequest::KeysRotate {
        id: "orders".to_owned(),
    };
    let made: LiveKey = live(&dbpath).ask(&rotate).unwrap();
    assert_eq!((made.generation, made.live), (2, true));
    let second = seal(&ring);
    assert_eq!(second.0.generation(), DekGeneration::new(2));
    assert_eq!(
        (open(&ring, &first), open(&ring, &second)),
        (Ok(()), Ok(()))
    );

    let retire = |generation, not_needed| LiveRequest::KeysRetire {
        id: "orders".to_owned(),
        generation,
        not_needed,
    };
    for (generation, not_needed) in [(1, false), (2, true), (9, true)] {
        let retired = live(&dbpath).ask(&retire(generation, not_needed));
        assert_eq!(refused(retired), Class::Configuration);
    }
    assert_eq!(open(&ring, &first), Ok(()));
    let retired: LiveKey = live(&dbpath).ask(&retire(1, true)).unwrap();
    assert!(retired.live);
    let gone = OpenErrorKind::UnknownGeneration(DekGeneration::FIRST);
    assert_eq!(
        (open(&ring, &first), open(&ring, &second)),
        (Err(gone), Ok(()))
    );
    drop((running, ring));
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    let ring = unlocked.key_ring(&id("orders")).unwrap();
    assert_eq!(
        (open(&ring, &first), open(&ring, &second)),
        (Err(gone), Ok(()))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_not_shredded_while_the_host_seals_under_it() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let running = run(&harness, NAMED, &dbpath).await;
    let orders = running.key_ring(&id("orders")).unwrap();
    let people = running.key_ring(&id("people")).unwrap();
    let (kept, lost) = (seal(&orders), seal(&people));
    let shred = |id: &str| LiveRequest::KeysShred { id: id.to_owned() };
    let ask = |id| live(&dbpath).ask::<ShredReport>(&shred(id));
    let error = ask("people").unwrap_err();
    assert!(matches!(error, LiveError::Refused(_)), "{error}");
    assert_eq!(error.class(), Class::Locked);
    assert_eq!(open(&people, &lost), Ok(()));
    assert_eq!(ask("nobody").unwrap_err().class(), Class::Configuration);

    drop(people);
    let report = ask("people").unwrap();
    assert!(report.shredded && !report.was_shredded && !report.effective);
    assert!(ask("people").unwrap().was_shredded);
    // The host may make a key id of that name again: it is another key.
    let again = running.key_ring(&id("people")).unwrap();
    assert_eq!(again.active(), DekGeneration::new(2));
    let gone = OpenErrorKind::UnknownGeneration(DekGeneration::FIRST);
    assert_eq!(
        (open(&again, &lost), open(&orders, &kept)),
        (Err(gone), Ok(()))
    );
    drop((running, orders, again));
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    let orders = unlocked.key_ring(&id("orders")).unwrap();
    assert_eq!(open(&orders, &kept), Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_added_and_listed_and_the_status_says_who_runs() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let running = run(&harness, NAMED, &dbpath).await;
    let ring = running.key_ring(&id("orders")).unwrap();
    let add = LiveRequest::KeysAdd {
        id: "bills".to_owned(),
    };
    let added: LiveKey = live(&dbpath).ask(&add).unwrap();
    assert_eq!((added.generation, added.live), (1, false));
    assert_eq!(refused(live(&dbpath).ask(&add)), Class::Configuration);
    let longer = LiveRequest::KeysAdd {
        id: "x".repeat(256),
    };
    assert_eq!(refused(live(&dbpath).ask(&longer)), Class::Configuration);
    let keys: serde_json::Value = live(&dbpath).ask(&LiveRequest::KeysList {}).unwrap();
    assert_eq!(keys[0]["id"], "bills");
    assert_eq!(
        keys[1],
        serde_json::json!({"id": "orders", "generation": 1, "state": "active"})
    );

    let status: Status = live(&dbpath).ask(&LiveRequest::Status {}).unwrap();
    assert!(status.authenticated);
    assert_eq!(status.master_key.unwrap().state.as_deref(), Some("Active"));
    assert!(status.servers[0].answers);
    let report = status.running.unwrap();
    assert_eq!(report.process, std::process::id());
    assert_eq!(
        (report.rings[0].id.as_str(), report.rings.len()),
        ("orders", 1)
    );
    drop(ring);
    assert!(
        running
            .status()
            .await
            .unwrap()
            .running
            .unwrap()
            .rings
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_rotation_at_a_time_and_the_host_goes_on_meanwhile() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let running = run(&harness, PATIENT, &dbpath).await;
    harness.faults().clear();
    harness.faults().at(1, FaultAction::Silence);
    let path = dbpath.clone();
    let first = thread::spawn(move || live(&path).ask::<LiveRotation>(&ROTATE));
    wait_for(|| harness.faults().seen() >= 1);
    let second = live(&dbpath).ask::<LiveRotation>(&ROTATE);
    assert_eq!(second.unwrap_err().class(), Class::Locked);
    let ring = running.key_ring(&id("meanwhile")).unwrap();
    assert_eq!(open(&ring, &seal(&ring)), Ok(()));
    drop(running);
    let cut = first.join().unwrap().unwrap_err();
    assert!(matches!(cut, LiveError::NoAnswer), "{cut}");
}

/// Waits for something that another thread does.
fn wait_for(happened: impl Fn() -> bool) {
    let begun = Instant::now();
    while !happened() {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "it never happened"
        );
        thread::yield_now();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_host_cuts_a_rotation_anywhere_and_the_next_one_goes_on() {
    for k in 1..60 {
        let harness = Harness::start().await;
        let dbpath = harness.dbpath("db");
        let running = run(&harness, PATIENT, &dbpath).await;
        let sealed = seal(&running.key_ring(&id("orders")).unwrap());
        harness.faults().clear();
        harness.faults().at(k, FaultAction::Silence);
        let path = dbpath.clone();
        let rotation = thread::spawn(move || live(&path).ask::<LiveRotation>(&ROTATE));
        wait_for(|| harness.faults().seen() >= k || rotation.is_finished());
        let struck = harness.faults().seen() >= k;
        drop(running);
        let rotated = rotation.join().unwrap();
        assert!(LiveStore::find(&dbpath).unwrap().is_none(), "at {k}");
        harness.faults().clear();
        drop(harness.unlock(PATIENT, &dbpath).await.unwrap());
        if !struck {
            rotated.unwrap();
            assert!(k > 10, "only {k} requests were sent");
            return;
        }
        // It was cut: nobody waited until the key server was given up.
        let cut = rotated.unwrap_err();
        assert!(matches!(cut, LiveError::NoAnswer), "at {k}: {cut}");
        drop(harness.rotate(PATIENT, &dbpath).await.unwrap());
        let mut unlocked = harness.unlock(PATIENT, &dbpath).await.unwrap();
        assert!(unlocked.keystore.metadata().rotation().is_none(), "at {k}");
        let ring = unlocked.key_ring(&id("orders")).unwrap();
        assert_eq!(open(&ring, &sealed), Ok(()), "at {k}");
    }
    panic!("the rotation sends more requests than expected");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_socket_goes_with_the_handle_and_the_lock_after_it() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let running = run(&harness, NAMED, &dbpath).await;
    let error = harness.unlock(NAMED, &dbpath).await.unwrap_err();
    assert_eq!(error.class(), Class::Locked);
    drop(running);
    assert_eq!(
        files(&dbpath),
        ["keystore.a", "keystore.b", "strongroom.lock"]
    );
    // As a killed process leaves it.
    drop(UnixListener::bind(dbpath.join("strongroom.socket")).unwrap());
    let running = run(&harness, NAMED, &dbpath).await;
    let _: Status = live(&dbpath).ask(&LiveRequest::Status {}).unwrap();
    drop(running);
    drop(harness.unlock(NAMED, &dbpath).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_runs_without_a_socket_and_says_so() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    drop(harness.unlock(NAMED, &dbpath).await.unwrap());
    std::fs::create_dir(dbpath.join("strongroom.socket")).unwrap();
    let running = run(&harness, NAMED, &dbpath).await;
    let warnings: Vec<String> = running.warnings().iter().map(ToString::to_string).collect();
    let said = warnings
        .iter()
        .any(|warning| warning.contains("no socket can be made"));
    assert!(said, "{warnings:?}");
    running.rotate().await.unwrap();
    drop(running);
    assert!(dbpath.join("strongroom.socket").is_dir());
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_at_the_socket_is_answered_and_harms_nobody() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let _running = run(&harness, NAMED, &dbpath).await;
    let raw = |octets: &[u8]| {
        let mut stream = UnixStream::connect(dbpath.join("strongroom.socket")).unwrap();
        // The server may have closed before all was written.
        let _ = stream.write_all(octets);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    };
    for octets in [
        &b"\n"[..],
        b"{\n",
        b"\xff\xfe\n",
        b"{\"v\":1,\"do\":\"status\"",
        b"",
    ] {
        let answer = raw(octets);
        // A whole request whose line end is missing ends with the stream.
        let expected = if octets.ends_with(b"\"") {
            "\"v\":1"
        } else {
            "\"code\":2"
        };
        assert!(answer.contains(expected), "{octets:?}: {answer}");
    }
    raw(&vec![b'x'; 1 << 20]);
    // Connections that say nothing keep nobody out.
    let idle: Vec<_> = (0..7)
        .map(|_| UnixStream::connect(dbpath.join("strongroom.socket")).unwrap())
        .collect();
    let _: Status = live(&dbpath).ask(&LiveRequest::Status {}).unwrap();
    drop(idle);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_under_a_key_file_runs_and_moves_to_the_key_server_while_it_does() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let file = harness.file("key");
    std::fs::write(&file, "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let beside = format!("\n  encryptionKeyFile: {}", file.display());
    let start = async |config: Config| {
        let unlocked = strongroom::unlock(&config, &dbpath, &Options::default()).await;
        let options = RunOptions::default();
        Running::start(unlocked.unwrap(), Arc::new(config), &dbpath, options).unwrap()
    };

    let running = start(harness.key_file_config(&file)).await;
    let sealed = seal(&running.key_ring(&id("orders")).unwrap());
    let refused = live(&dbpath).ask::<LiveRotation>(&ROTATE).unwrap_err();
    assert_eq!(refused.class(), Class::Configuration);
    let status: Status = live(&dbpath).ask(&LiveRequest::Status {}).unwrap();
    assert!(status.running.unwrap().polling.is_none());
    drop(running);

    let running = start(harness.config(&[&beside])).await;
    let ring = running.key_ring(&id("orders")).unwrap();
    let rotated: LiveRotation = live(&dbpath).ask(&ROTATE).unwrap();
    assert!(rotated.old.unwrap().starts_with("keyfile:"));
    assert_eq!(harness.keys().await.len(), 1);
    assert_eq!(open(&ring, &sealed), Ok(()));
    drop((running, ring));

    let running = start(harness.config(&[])).await;
    let ring = running.key_ring(&id("orders")).unwrap();
    assert_eq!(open(&ring, &sealed), Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_master_key_that_never_leaves_its_server_is_rotated_under_a_live_host() {
    const WRAP: &[&str] = &["masterKeyMode: wrap"];
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let running = run(&harness, WRAP, &dbpath).await;
    let ring = running.key_ring(&id("orders")).unwrap();
    let before = seal(&ring);
    harness.operations();
    let rotated: LiveRotation = live(&dbpath).ask(&ROTATE).unwrap();
    assert_ne!(rotated.old.as_deref(), Some(rotated.new.as_str()));
    assert!(harness.operations().contains(&Operation::ENCRYPT));
    assert_eq!(open(&ring, &before), Ok(()));
    drop((running, ring));
    let mut unlocked = harness.unlock(WRAP, &dbpath).await.unwrap();
    let ring = unlocked.key_ring(&id("orders")).unwrap();
    assert_eq!(open(&ring, &before), Ok(()));
}
