//! `keys shred`, from the shell: the confirmation, the report until it is effective, each copy of the keystore.

use std::fs;

use crate::harness::{CONFIGURATION, DAMAGED_KEYSTORE, Demo, text};

const SHRED: &[&str] = &["keys", "shred", "people", "--yes"];
const DRY: &[&str] = &["keys", "shred", "people", "--dry-run"];

/// The demonstration's key ids, as its keystore says without the key.
fn listed(demo: &Demo) -> String {
    demo.without_config(&["keys", "list"]).ok().out
}

fn master(demo: &Demo) -> String {
    let list = demo.without_config(&["master", "list", "--json"]).ok();
    let id = list.json()["current"][0]["uniqueIdentifier"].clone();
    id.as_str().unwrap().to_owned()
}

#[test]
fn a_key_is_shredded_when_told_twice_and_the_report_follows_until_it_is_effective() {
    let demo = Demo::new();
    let served = demo.serve();
    demo.on_store(&["keys", "add", "people"]).ok();
    demo.on_store(&["keys", "rotate", "people"]).ok();
    let backup = demo.on_store(&["backups", "add"]).ok().out;
    let backup = backup.trim();
    let before = fs::read(demo.file("keystore.a")).unwrap();
    demo.on_store(&SHRED[..3])
        .fails(CONFIGURATION, &["not shredded", "--yes", "--dry-run"]);
    for nobody in [
        &["keys", "shred", "nobody", "--yes"],
        &["keys", "shred", "nobody", "--dry-run"],
    ] {
        demo.on_store(nobody).fails(CONFIGURATION, &["nobody"]);
    }
    let planned = demo.without_config(DRY).ok();
    assert!(
        planned
            .out
            .starts_with("people: would be shredded, not yet"),
        "{planned:#?}"
    );
    assert_eq!(fs::read(demo.file("keystore.a")).unwrap(), before);

    let shredded = demo.on_store(SHRED).ok();
    let mut lines = shredded.out.lines();
    assert_eq!(lines.next(), Some("people: shredded, not yet effective"));
    let old = master(&demo);
    assert!(
        shredded
            .out
            .contains(&format!("held by: master key {old}\n"))
    );
    assert!(
        shredded
            .out
            .contains(&format!("held by: backup {backup}\n"))
    );
    assert!(shredded.err.contains("master destroy"), "{shredded:#?}");
    assert_eq!(listed(&demo), "quickstart\t1\tactive\n");

    demo.on_store(&["backups", "forget", backup]).ok();
    demo.on_store(&["rotate"]).ok();
    let masters = demo.without_config(&["master", "list", "--json"]).ok();
    let retired = masters.json()["retired"].as_array().unwrap().clone();
    for key in &retired {
        let left = demo.without_config(DRY).ok();
        assert!(
            left.out.starts_with("people: was shredded before, not yet"),
            "{left:#?}"
        );
        assert!(left.out.contains(&format!("held by: master key {old}\n")));
        assert!(!left.out.contains(backup), "{left:#?}");
        let id = key["uniqueIdentifier"].as_str().unwrap();
        demo.on_store(&["master", "destroy", id, "--yes"]).ok();
    }
    let again = demo.on_store(SHRED).ok();
    assert_eq!(again.out, "people: was shredded before, effective\n");
    // How it stands is told without a key server.
    drop(served);
    let left = demo
        .without_config(&[DRY, &["--json"]].concat())
        .ok()
        .json();
    assert_eq!(left["shredded"], true);
    assert_eq!(left["effective"], true);
    assert_eq!(left["masters"], serde_json::json!([]));
}

#[test]
fn each_copy_of_the_keystore_has_lost_a_shredded_key_and_opens_the_others() {
    let demo = Demo::new();
    let _served = demo.serve();
    demo.on_store(&["keys", "add", "people"]).ok();
    let (input, sealed, opened) = (demo.input(), demo.beside("sealed"), demo.beside("opened"));
    let seal = [
        "file",
        "seal",
        "--key",
        "quickstart",
        text(&input),
        text(&sealed),
    ];
    demo.on_store(&seal).ok();
    demo.on_store(SHRED).ok();
    let copies = ["keystore.a", "keystore.b"].map(|name| demo.file(name));
    let octets = copies.each_ref().map(|path| fs::read(path).unwrap());
    for (place, path) in copies.iter().enumerate() {
        fs::remove_file(&copies[1 - place]).unwrap();
        fs::write(path, &octets[place]).unwrap();
        assert_eq!(listed(&demo), "quickstart\t1\tactive\n");
        let _ = fs::remove_file(&opened);
        demo.on_store(&["file", "open", text(&sealed), text(&opened)])
            .ok();
        assert_eq!(fs::read(&opened).unwrap(), fs::read(&input).unwrap());
    }
    for path in &copies {
        fs::write(path, b"").unwrap();
    }
    demo.without_config(DRY)
        .fails(DAMAGED_KEYSTORE, &["keystore"]);
}
