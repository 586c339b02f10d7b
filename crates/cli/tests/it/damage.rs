//! Every flipped octet is found by `strongroom keystore verify`, and a damaged store never opens.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::harness::{DAMAGED_KEYSTORE, Demo, INTEGRITY, Ran, WARNINGS, run, text};

/// Flips one bit at `at` in each of `paths`, looks, and puts the files back.
fn flipped(paths: &[&Path], at: usize, look: impl FnOnce()) {
    let sound: Vec<_> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    for (path, octets) in paths.iter().zip(&sound) {
        let mut octets = octets.clone();
        octets[at] ^= 1 << (at % 8);
        fs::write(path, octets).unwrap();
    }
    look();
    for (path, octets) in paths.iter().zip(&sound) {
        fs::write(path, octets).unwrap();
    }
}

fn len(path: &Path) -> usize {
    usize::try_from(fs::metadata(path).unwrap().len()).unwrap()
}

/// About `count` offsets from the first octet to the last.
fn spread(len: usize, count: usize) -> BTreeSet<usize> {
    (0..count)
        .map(|step| step * len / count)
        .chain([len - 1])
        .collect()
}

#[test]
fn one_damaged_copy_of_the_keystore_is_reported_and_the_other_opens_the_store() {
    let demo = Demo::new();
    let dir = demo.dir();
    let verify = ["keystore", "verify", "--dbpath", text(&dir)];
    for name in ["keystore.a", "keystore.b"] {
        let path = demo.file(name);
        for at in spread(len(&path), 20) {
            flipped(&[&path], at, || {
                let ran = run(&verify).fails(DAMAGED_KEYSTORE, &[name]);
                assert!(!ran.out.contains("everything is sound"), "{at}: {ran:#?}");
            });
        }
    }
    run(&verify).ok();
    for at in [0, 100] {
        flipped(&[&demo.file("keystore.a")], at, || {
            let words = ["warnings", "keystore.a is damaged", "strongroom unlock"];
            let ran = run(&["status", "--dbpath", text(&dir)]).fails(WARNINGS, &words);
            assert!(ran.out.contains("warning: keystore.a: damaged"), "{ran:#?}");
        });
    }
    let _served = demo.serve();
    flipped(&[&demo.file("keystore.a")], 100, || {
        demo.on_store(&["unlock"]).ok();
        run(&verify).ok();
    });
}

#[test]
fn two_damaged_copies_of_the_keystore_are_a_damaged_keystore() {
    let demo = Demo::new();
    let _served = demo.serve();
    let (a, b) = (demo.file("keystore.a"), demo.file("keystore.b"));
    for at in spread(len(&a), 8) {
        flipped(&[&a, &b], at, || {
            for command in [&["unlock"][..], &["rotate"], &["keystore", "verify"]] {
                let ran = demo.on_store(command);
                let ran = ran.fails(DAMAGED_KEYSTORE, &["keystore.a", "keystore.b"]);
                assert_eq!(
                    ran.code,
                    Some(DAMAGED_KEYSTORE),
                    "{at} {command:?}: {ran:#?}"
                );
            }
        });
    }
    demo.on_store(&["unlock"]).ok();
}

#[test]
fn a_flipped_octet_anywhere_in_the_data_file_is_found() {
    let demo = Demo::new();
    let _served = demo.serve();
    let path = demo.file("quickstart.redb");
    let len = len(&path);
    // Both header copies lie in the first two pages; the last page is its own case.
    let offsets = spread(len, 40)
        .into_iter()
        .chain([7, 40, 100, 511, 4096, 4103, 4136, 4200, len - 4096])
        .filter(|at| *at < len);
    for at in offsets.collect::<BTreeSet<_>>() {
        flipped(&[&path], at, || {
            let ran = demo.on_store(&["keystore", "verify"]);
            assert_eq!(ran.code, Some(INTEGRITY), "octet {at}: {ran:#?}");
            assert!(ran.err.contains("quickstart.redb"), "octet {at}: {ran:#?}");
        });
    }
    demo.on_store(&["keystore", "verify"]).ok();
}

#[test]
fn a_data_file_that_was_cut_is_found() {
    let demo = Demo::new();
    let _served = demo.serve();
    let path = demo.file("quickstart.redb");
    let sound = fs::read(&path).unwrap();
    for keep in [0, 1, 4096, sound.len() / 2, sound.len() - 1] {
        fs::write(&path, &sound[..keep]).unwrap();
        let ran = demo.on_store(&["keystore", "verify"]);
        assert_eq!(ran.code, Some(INTEGRITY), "{keep} octets left: {ran:#?}");
    }
    fs::write(&path, &sound).unwrap();
    demo.on_store(&["keystore", "verify"]).ok();
}

#[test]
fn a_damaged_server_store_is_found_and_not_served() {
    let demo = Demo::new();
    let dir = demo.dir();
    let path = demo.file("key-server/objects.store");
    for at in spread(len(&path), 24) {
        flipped(&[&path], at, || {
            run(&["keystore", "verify", "--dbpath", text(&dir)])
                .fails(INTEGRITY, &["objects.store"]);
            let output = demo.server_command().output().unwrap();
            let ran = Ran::of(&output).fails(INTEGRITY, &["objects.store"]);
            assert_eq!(ran.out, "", "octet {at}");
        });
    }
    let _served = demo.serve();
    demo.on_store(&["keystore", "verify"]).ok();
}
