//! After quickstart: the same directory, the server started again, the unchanged configuration.

use std::fs;

use crate::harness::{CONFIGURATION, Demo, LOCKED, Ran, text};

fn master(status: &Ran) -> (String, u64) {
    let key = &status.json()["masterKey"];
    let id = key["uniqueIdentifier"].as_str().unwrap().to_owned();
    (id, key["number"].as_u64().unwrap())
}

#[test]
fn unlock_status_rotate_and_unlock_work_with_the_unchanged_configuration() {
    let demo = Demo::new();
    let yaml = fs::read(demo.file("strongroom.yaml")).unwrap();
    let _served = demo.serve();
    demo.on_store(&["unlock"]).ok();
    let before = demo.on_store(&["status", "--json"]).ok();
    assert_eq!(before.json()["servers"][0]["answers"], true, "{before:#?}");
    assert_eq!(before.json()["masterKey"]["state"], "Active", "{before:#?}");
    let (old, number) = master(&before);

    let plan = demo.on_store(&["rotate", "--dry-run"]).ok();
    assert!(plan.out.contains("nothing was changed"), "{plan:#?}");
    assert_eq!(master(&demo.on_store(&["status", "--json"]).ok()).0, old);

    let rotated = demo.on_store(&["rotate", "--json"]).ok();
    let (new, next) = master(&rotated);
    assert_ne!(new, old);
    assert_eq!(next, number + 1);
    let unlocked = demo.on_store(&["unlock", "--json"]).ok();
    assert_eq!(master(&unlocked), (new.clone(), next));
    let verified = demo.on_store(&["keystore", "verify"]).ok();
    assert!(
        verified.out.contains("everything is sound"),
        "{verified:#?}"
    );
    assert_eq!(fs::read(demo.file("strongroom.yaml")).unwrap(), yaml);

    let located = demo.run(&["kmip", "locate"]).ok();
    assert!(located.out.lines().any(|id| id == new), "{located:#?}");
    assert!(located.out.lines().any(|id| id == old), "{located:#?}");
    let got = demo.run(&["kmip", "get", &new]).ok();
    assert!(
        !got.out.contains("key:"),
        "only --reveal prints it: {got:#?}"
    );
    let kept = demo.run(&["kmip", "destroy", &old]);
    let kept = kept.fails(7, &["--not-checked"]);
    assert_eq!(kept.out, "");
}

#[test]
fn data_keys_are_listed_added_and_rotated() {
    let demo = Demo::new();
    let dir = demo.dir();
    let list = || {
        crate::harness::run(&["keys", "list", "--dbpath", text(&dir)])
            .ok()
            .out
    };
    assert_eq!(list(), "quickstart\t1\tactive\n");
    let _served = demo.serve();
    demo.on_store(&["keys", "add", "orders"]).ok();
    let rotated = demo.on_store(&["keys", "rotate", "quickstart"]).ok();
    assert_eq!(rotated.out, "quickstart generation 2\n");
    assert_eq!(
        list(),
        "orders\t1\tactive\nquickstart\t1\tread-only\nquickstart\t2\tactive\n"
    );
    let again = demo.on_store(&["keys", "add", "orders"]);
    assert!(
        again.code != Some(0) && again.err.contains("orders"),
        "{again:#?}"
    );
    demo.on_store(&["keystore", "verify"]).ok();
}

#[test]
fn a_second_server_on_the_same_store_is_locked_out() {
    let demo = Demo::new();
    let _served = demo.serve();
    let output = demo.server_command().output().unwrap();
    Ran::of(&output).fails(LOCKED, &["objects.store", "in use"]);
}

#[test]
fn quickstart_goes_on_after_another_took_its_port() {
    let demo = Demo::new();
    let taken = std::net::TcpListener::bind(("127.0.0.1", demo.port()));
    let Ok(taken) = taken else {
        // Another process has it already, which is the case under test.
        demo.quickstart().ok();
        return;
    };
    demo.quickstart().ok();
    assert_ne!(demo.port(), taken.local_addr().unwrap().port());
    let _served = demo.serve();
    demo.on_store(&["unlock"]).ok();
}

#[test]
fn a_key_is_not_added_where_there_is_no_store() {
    let demo = Demo::new();
    let served = demo.serve();
    let empty = demo.beside("typo");
    fs::create_dir(&empty).unwrap();
    let config = demo.file("strongroom.yaml");
    crate::harness::run(&[
        "keys",
        "add",
        "orders",
        "--config",
        text(&config),
        "--dbpath",
        text(&empty),
    ])
    .fails(CONFIGURATION, &["holds no keystore"]);
    assert_eq!(fs::read_dir(&empty).unwrap().count(), 0);
    drop(served);
}
