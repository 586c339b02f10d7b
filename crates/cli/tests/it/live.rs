//! A store that a process has open: status, rotate and keys go through its socket by themselves.

use std::sync::Arc;

use strongroom::config::{Config, Environment, Overrides};
use strongroom::{Options, RunOptions, Running, Unlocked};
use strongroom_cipher::{DekGeneration, KeyId, Place, WriteVersion};

use crate::harness::{CONFIGURATION, Demo, LOCKED, Ran, text};

fn config(demo: &Demo) -> Config {
    let file = demo.file("strongroom.yaml");
    Config::load(Some(&file), &Overrides::none(), &Environment::empty())
        .unwrap()
        .0
}

fn unlock(demo: &Demo) -> Unlocked {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let options = Options::default();
    let (config, dir) = (config(demo), demo.dir());
    let unlocked = strongroom::unlock(&config, &dir, &options);
    runtime.block_on(unlocked).unwrap()
}

#[test]
fn a_live_store_is_rotated_and_tells_how_it_stands() {
    let demo = Demo::new();
    let _served = demo.serve();
    let config = Arc::new(config(&demo));
    let running =
        Running::start(unlock(&demo), config, &demo.dir(), RunOptions::default()).unwrap();
    let ring = running
        .key_ring(&KeyId::new("quickstart").unwrap())
        .unwrap();
    let place = Place::new(b"object", 1).unwrap();
    let mut unit = *b"a page";
    let old = ring
        .seal(&place, WriteVersion::Unversioned, &mut unit)
        .unwrap();

    let before = demo.on_store(&["status", "--json"]).ok().json();
    assert_eq!(before["running"]["process"], std::process::id());
    assert_eq!(before["running"]["rings"][0]["id"], "quickstart");
    assert_eq!(before["authenticated"], true);
    // The process asks with its own configuration; the command needs none.
    let bare = demo.without_config(&["status"]).ok();
    assert!(bare.out.contains("running: process"), "{bare:#?}");
    assert!(bare.out.contains("answers; key Active"), "{bare:#?}");
    assert!(
        bare.out
            .contains("key state: looked at every 900 s, not yet"),
        "{bare:#?}"
    );

    let rotated = demo.on_store(&["rotate", "--json"]).ok();
    assert!(
        rotated.err.contains("rotated: master key from"),
        "{rotated:#?}"
    );
    let after = rotated.json();
    assert_ne!(
        before["masterKey"]["uniqueIdentifier"],
        after["masterKey"]["uniqueIdentifier"]
    );
    assert_eq!(after["masterKey"]["state"], "Active");

    let again = demo.without_config(&["rotate"]).ok();
    assert!(again.out.contains("running: process"), "{again:#?}");
    let added = demo.without_config(&["keys", "add", "orders"]).ok();
    assert_eq!(added.out, "orders generation 1\n");
    let rotated = demo.without_config(&["keys", "rotate", "quickstart"]).ok();
    assert_eq!(rotated.out, "quickstart generation 2\n");
    assert!(
        rotated.err.contains("the running process goes by it"),
        "{rotated:#?}"
    );
    assert_eq!(ring.active(), DekGeneration::new(2));
    let retire = ["keys", "retire", "quickstart", "1"];
    demo.without_config(&retire)
        .fails(CONFIGURATION, &["no unit needs it", "--not-needed"]);
    let opened = ring.open(&place, WriteVersion::Unversioned, &mut unit, &old);
    assert!(opened.unwrap().stale);
    let retired = demo
        .without_config(&[&retire[..], &["--not-needed"]].concat())
        .ok();
    assert_eq!(retired.out, "quickstart generation 1 retired\n");
    let opened = ring.open(&place, WriteVersion::Unversioned, &mut unit, &old);
    assert!(opened.is_err());

    drop((running, ring));
    let list = demo.without_config(&["keys", "list"]).ok();
    assert_eq!(
        list.out,
        "orders\t1\tactive\nquickstart\t1\tretired\nquickstart\t2\tactive\n"
    );
    assert!(demo.on_store(&["status", "--json"]).ok().json()["running"].is_null());
}

#[test]
fn what_needs_a_live_store_to_itself_says_so() {
    let demo = Demo::new();
    let _served = demo.serve();
    let config = Arc::new(config(&demo));
    let running = Running::start(unlock(&demo), config, &demo.dir(), RunOptions::default());
    let (input, output) = (demo.input(), demo.beside("sealed"));
    let seal = [
        "file",
        "seal",
        "--key",
        "quickstart",
        text(&input),
        text(&output),
    ];
    let destroy = ["master", "destroy", "1", "--yes"];
    for args in [&seal[..], &destroy] {
        let words = ["`file` and `master destroy` need the store to themselves"];
        demo.on_store(args).fails(LOCKED, &words);
    }
    assert!(!output.exists());
    // The process that has the store open knows its own key servers, not those of a move.
    let old = demo.file("strongroom.yaml");
    let moves = ["rotate", "--kmipMigrateFrom", text(&old)];
    demo.on_store(&moves)
        .fails(LOCKED, &["does not move meanwhile"]);
    drop(running);
    demo.on_store(&seal).ok();
}

#[test]
fn a_live_store_shreds_no_key_that_its_process_uses() {
    let demo = Demo::new();
    let _served = demo.serve();
    let config = Arc::new(config(&demo));
    let running =
        Running::start(unlock(&demo), config, &demo.dir(), RunOptions::default()).unwrap();
    let ring = running.key_ring(&KeyId::new("people").unwrap()).unwrap();
    let shred = ["keys", "shred", "people", "--yes"];
    demo.without_config(&shred)
        .fails(LOCKED, &["seals and opens with key people"]);
    drop(ring);
    let shredded = demo.without_config(&shred).ok();
    assert!(
        shredded.out.starts_with("people: shredded, not yet"),
        "{shredded:#?}"
    );
    drop(running);
    let list = demo.without_config(&["keys", "list"]).ok();
    assert_eq!(list.out, "quickstart\t1\tactive\n");
}

#[test]
fn a_store_that_is_held_without_a_socket_is_locked() {
    let demo = Demo::new();
    let _served = demo.serve();
    let unlocked = unlock(&demo);
    let retire = ["keys", "retire", "quickstart", "1", "--not-needed"];
    let shred = ["keys", "shred", "quickstart", "--yes"];
    for args in [
        &["rotate"][..],
        &["keys", "rotate", "quickstart"],
        &retire,
        &shred,
    ] {
        demo.on_store(args).fails(LOCKED, &["strongroom.lock"]);
    }
    demo.on_store(&["status"]).ok();
    drop(unlocked);
    // Closed, the same refusals and the same end without a process.
    demo.on_store(&["keys", "rotate", "quickstart"]).ok();
    demo.on_store(&retire[..4])
        .fails(CONFIGURATION, &["--not-needed"]);
    let retired = demo.on_store(&retire).ok();
    assert_eq!(retired.out, "quickstart generation 1 retired\n");
    demo.on_store(&["keys", "retire", "quickstart", "2", "--not-needed"])
        .fails(CONFIGURATION, &["active"]);
}

#[test]
fn a_configuration_that_says_rotate_rotates_once_each_time_and_serves_nothing() {
    let demo = Demo::new();
    let _served = demo.serve();
    let file = demo.file("strongroom.yaml");
    let yaml = std::fs::read_to_string(&file).unwrap();
    let port = format!("port: {}\n", demo.port());
    let told = yaml.replace(&port, &format!("{port}    rotateMasterKey: true\n"));
    let master = |ran: &Ran| ran.json()["masterKey"]["uniqueIdentifier"].clone();
    let first = master(&demo.on_store(&["status", "--json"]).ok());
    std::fs::write(&file, told).unwrap();
    let rotated = demo.on_store(&["unlock", "--json"]).ok();
    assert_ne!(master(&rotated), first);
    assert!(rotated.json()["running"].is_null());
    assert!(!demo.file("strongroom.socket").exists());
    // Nobody opens a store with it for another purpose.
    demo.on_store(&["keys", "add", "orders"])
        .fails(CONFIGURATION, &["rotateMasterKey"]);
    std::fs::write(&file, yaml).unwrap();
    demo.on_store(&["unlock"]).ok();
}
