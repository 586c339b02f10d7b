//! `unlock --restore` and `unlock --clone`, from the shell.

use std::fs;

use crate::harness::{CONFIGURATION, Demo, Ran};

const RETIRED_MASTER: i32 = 20;

fn value(status: &Ran, key: &str) -> serde_json::Value {
    status.json()[key].clone()
}

#[test]
fn an_old_backup_is_refused_restored_and_opens_with_the_unchanged_configuration() {
    let demo = Demo::new();
    let _served = demo.serve();
    let copies = ["keystore.a", "keystore.b"].map(|name| demo.file(name));
    let backup = copies.each_ref().map(|path| fs::read(path).unwrap());
    let before = demo.on_store(&["status", "--json"]).ok();
    demo.on_store(&["rotate"]).ok();
    let put_back = || {
        for (path, octets) in copies.iter().zip(&backup) {
            fs::write(path, octets).unwrap();
        }
    };
    put_back();
    let refused = demo.on_store(&["unlock"]);
    refused.fails(RETIRED_MASTER, &["Deactivated", "--restore"]);
    let both = demo.on_store(&["unlock", "--restore", "--clone"]);
    both.fails(CONFIGURATION, &["cannot be used with"]);

    let restored = demo.on_store(&["unlock", "--restore", "--json"]).ok();
    assert_eq!(value(&restored, "storeId"), value(&before, "storeId"));
    assert_eq!(value(&restored, "storeLabel"), value(&before, "storeLabel"));
    assert!(value(&restored, "generation").as_u64() > value(&before, "generation").as_u64());
    demo.on_store(&["unlock"]).ok();
    let verified = demo.on_store(&["keystore", "verify"]).ok();
    assert!(
        verified.out.contains("everything is sound"),
        "{verified:#?}"
    );

    put_back();
    let cloned = demo.on_store(&["unlock", "--clone", "--json"]).ok();
    assert_eq!(value(&cloned, "storeId"), value(&before, "storeId"));
    assert_ne!(value(&cloned, "storeLabel"), value(&before, "storeLabel"));
    demo.on_store(&["unlock"]).ok();
}
