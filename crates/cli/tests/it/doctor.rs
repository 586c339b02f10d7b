//! `strongroom doctor` as a shell sees it: lines, JSON, exit codes.

use std::fs;

use crate::harness::{CONFIGURATION, DAMAGED_KEYSTORE, Demo, UNREACHABLE, contents, run, text};

/// Findings that depend on the machine of the test.
const MACHINE: &[&str] = &["AES path", "key memory", "core dumps"];

#[test]
fn a_sound_store_is_sound_and_nothing_is_changed() {
    let demo = Demo::new();
    let _served = demo.serve();
    let before = contents(&demo.dir());
    let ran = demo.on_store(&["doctor", "--json"]);
    let document = ran.json();
    assert_eq!(ran.err, "");
    let bad: Vec<_> = document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["verdict"] == "warning" || finding["verdict"] == "error")
        .map(|finding| finding["check"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        bad.iter().all(|check| MACHINE.contains(&check.as_str())),
        "{ran:#?}"
    );
    let expected = if bad.is_empty() { 0 } else { 10 };
    assert_eq!(ran.code, Some(expected), "{ran:#?}");
    assert_eq!(document["exitCode"], expected);
    let lines = demo.on_store(&["doctor"]);
    assert_eq!(lines.code, Some(expected));
    assert!(
        lines.out.contains("ok      keystore: opens under"),
        "{lines:#?}"
    );
    assert!(lines.out.lines().last().unwrap().starts_with("0 errors, "));
    assert!(contents(&demo.dir()) == before);
}

#[test]
fn the_exit_code_is_that_of_the_worst_finding_and_the_report_says_it() {
    let demo = Demo::new();
    let config = demo.beside("bad.yaml");
    fs::write(&config, "security:\n  kmip:\n    servrName: x\n").unwrap();
    let ran = run(&["doctor", "--json", "--config", text(&config)]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(CONFIGURATION), ""));
    let finding = &ran.json()["findings"][0];
    assert_eq!(finding["check"], "configuration");
    assert_eq!(finding["class"], "configuration");
    assert!(finding["evidence"].as_str().unwrap().contains("servrName"));

    let silent = demo.on_store(&["doctor"]);
    assert_eq!(silent.code, Some(UNREACHABLE), "{silent:#?}");
    assert!(silent.out.contains("error   key server: ") && silent.out.contains("fix: "));

    for name in ["keystore.a", "keystore.b"] {
        fs::write(demo.file(name), b"rubbish").unwrap();
    }
    let damaged = demo.on_store(&["doctor"]);
    assert_eq!(damaged.code, Some(DAMAGED_KEYSTORE), "{damaged:#?}");
}
