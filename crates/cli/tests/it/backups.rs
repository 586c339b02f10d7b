//! `backups add|list|forget` and `keystore verify --against`, from the shell.

use std::fs;
use std::sync::Arc;

use strongroom::config::{Config, Environment, Overrides};
use strongroom::{Options, RunOptions, Running};

use crate::harness::{CONFIGURATION, Demo, text};

const FAILED: i32 = 1;
const FOREIGN: i32 = 15;
const KEY_NEEDED: i32 = 19;

#[test]
fn a_registered_backup_spares_its_master_key_until_it_is_forgotten() {
    let demo = Demo::new();
    let _served = demo.serve();
    let manifest = demo.file("backup.json");
    let added = demo.on_store(&[
        "backups",
        "add",
        "--label",
        "before 8.0",
        "--manifest",
        text(&manifest),
    ]);
    let id = added.ok().out.trim().to_owned();
    let written: serde_json::Value = serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
    assert_eq!(written["backup"], id);
    assert_eq!(written["label"], "before 8.0");
    let master = written["masters"][0].as_str().unwrap().to_owned();

    let listed = demo.without_config(&["backups", "list", "--json"]).ok();
    let listed = listed.json();
    assert_eq!(listed[0]["id"], id);
    assert_eq!(listed[0]["masters"][0], master);
    assert_eq!(listed[0]["keys"], 1);

    demo.on_store(&["rotate"]).ok();
    let spared = demo.on_store(&["master", "destroy", &master, "--yes"]);
    spared.fails(KEY_NEEDED, &[&id]);
    demo.on_store(&["backups", "forget", &id]).ok();
    let gone = demo.on_store(&["backups", "forget", &id]);
    gone.fails(CONFIGURATION, &[&id, "backups list"]);
    let no_id = demo.on_store(&["backups", "forget", "yesterday"]);
    no_id.fails(CONFIGURATION, &["32 hexadecimal digits"]);
    // The key from before quickstart's own rotation goes first.
    let masters = demo.without_config(&["master", "list", "--json"]).ok();
    let oldest = masters.json()["retired"][0]["uniqueIdentifier"].clone();
    let oldest = oldest.as_str().unwrap().to_owned();
    assert_ne!(oldest, master);
    for id in [&oldest, &master] {
        demo.on_store(&["master", "destroy", id, "--yes"]).ok();
    }
}

#[test]
fn a_keystore_is_compared_with_a_backup() {
    let demo = Demo::new();
    let _served = demo.serve();
    let manifest = demo.file("backup.json");
    let copies = ["keystore.a", "keystore.b"].map(|name| demo.file(name));
    let older = copies.each_ref().map(|path| fs::read(path).unwrap());
    let against = ["keystore", "verify", "--against", text(&manifest)];
    demo.on_store(&["keys", "rotate", "quickstart"]).ok();
    demo.on_store(&["backups", "add", "--manifest", text(&manifest)])
        .ok();
    let fits = demo.without_config(&against).ok();
    assert!(fits.out.contains("all 2 keys"), "{fits:#?}");
    // A rotated master key changes nothing, a retired data key does.
    demo.on_store(&["rotate"]).ok();
    demo.without_config(&against).ok();
    demo.on_store(&["keys", "retire", "quickstart", "1", "--not-needed"])
        .ok();
    let retired = demo.without_config(&against);
    let retired = retired.fails(FAILED, &["does not open backup"]);
    assert!(
        retired.out.contains("quickstart generation 1: retired"),
        "{retired:#?}"
    );

    for (path, octets) in copies.iter().zip(&older) {
        fs::write(path, octets).unwrap();
    }
    let missing = demo.without_config(&against);
    let missing = missing.fails(FAILED, &["does not open backup"]);
    assert!(
        missing.out.contains("quickstart generation 2: missing"),
        "{missing:#?}"
    );

    let text = fs::read_to_string(&manifest).unwrap();
    let store = text.split('"').nth(5).unwrap().to_owned();
    fs::write(&manifest, text.replace(&store, &"0".repeat(32))).unwrap();
    demo.without_config(&against)
        .fails(FOREIGN, &["does not open backup"]);
    fs::write(&manifest, text.replacen(":1,", ":2,", 1)).unwrap();
    demo.without_config(&against)
        .fails(CONFIGURATION, &["version 2"]);
    fs::write(&manifest, &text[1..]).unwrap();
    demo.without_config(&against)
        .fails(CONFIGURATION, &["is no manifest"]);
    fs::remove_file(&manifest).unwrap();
    demo.without_config(&against)
        .fails(CONFIGURATION, &["there is no manifest"]);
}

#[test]
fn a_live_store_registers_its_backups_through_its_socket() {
    let demo = Demo::new();
    let _served = demo.serve();
    let file = demo.file("strongroom.yaml");
    let config = Config::load(Some(&file), &Overrides::none(), &Environment::empty());
    let (config, dir) = (config.unwrap().0, demo.dir());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let options = Options::default();
    let unlocked = runtime.block_on(strongroom::unlock(&config, &dir, &options));
    let unlocked = unlocked.unwrap();
    let running = Running::start(unlocked, Arc::new(config), &dir, RunOptions::default()).unwrap();
    let manifest = demo.file("backup.json");
    let added = demo.without_config(&["backups", "add", "--manifest", text(&manifest)]);
    let id = added.ok().out.trim().to_owned();
    let fits = demo.without_config(&["keystore", "verify", "--against", text(&manifest)]);
    assert!(fits.ok().out.contains(&id));
    demo.without_config(&["backups", "forget", &id]).ok();
    assert_eq!(demo.without_config(&["backups", "list"]).ok().out, "");
    drop(running);
}
