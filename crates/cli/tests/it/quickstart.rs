//! `strongroom quickstart`: what it makes, what it refuses, and that it goes on.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::harness::{
    CONFIGURATION, Demo, INPUT, INTEGRITY, SECRET, contents, holds, quickstart, text,
};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_default_data_ends_in_one_verdict_and_private_files() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("demo");
    let ran = quickstart(&dir, None).ok();
    assert_eq!(ran.out.lines().count(), 1, "{ran:#?}");
    assert!(ran.out.contains("5 checks passed"), "{ran:#?}");
    assert!(ran.err.contains("[1] 10000 records"), "{ran:#?}");
    assert!(ran.err.contains("master key rotated"), "{ran:#?}");
    assert!(ran.err.contains("lies beside the data"), "{ran:#?}");
    assert_eq!(mode(&dir), 0o700);
    assert_eq!(mode(&dir.join("key-server")), 0o700);
    for (path, _) in contents(&dir) {
        let public = path.ends_with("ca.pem") || path.ends_with("server.pem");
        let wanted = if public { 0o644 } else { 0o600 };
        assert_eq!(mode(&path), wanted, "{}", path.display());
    }

    let again = quickstart(&dir, None).ok();
    assert!(
        again.err.contains("store of an earlier run opened"),
        "{again:#?}"
    );
    assert!(again.err.contains("were there already"), "{again:#?}");
    assert!(
        again.err.contains("0 of 10000 records differ"),
        "{again:#?}"
    );
}

#[test]
fn given_records_are_sealed_and_no_octet_of_them_is_on_disk() {
    let demo = Demo::new();
    assert!(holds(&fs::read(demo.input()).unwrap(), SECRET.as_bytes()));
    for (path, octets) in contents(&demo.dir()) {
        assert!(!holds(&octets, SECRET.as_bytes()), "{}", path.display());
    }
}

#[test]
fn a_second_run_takes_other_records_beside_the_first() {
    let demo = Demo::new();
    let csv = demo.beside("in.csv");
    fs::write(&csv, format!("a,b\n1,\"{SECRET}, quoted\"\n2,{SECRET}\n")).unwrap();
    let ran = quickstart(&demo.dir(), Some(&csv)).ok();
    assert!(
        ran.err.contains("[1] 2 records read from in.csv"),
        "{ran:#?}"
    );
    assert!(ran.err.contains("2 records sealed"), "{ran:#?}");
    let first = demo.quickstart().ok();
    assert!(
        first.err.contains("40 records were there already"),
        "{first:#?}"
    );
}

#[test]
fn a_rubbish_line_is_named_and_nothing_is_made() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("demo");
    let table: [(&str, &[u8], &str); 7] = [
        ("cut.ndjson", b"{\"a\":1}\n{\"a\":\n", "line 2"),
        ("list.ndjson", b"{\"a\":1}\n{\"a\":2}\n[3]\n", "line 3"),
        ("words.ndjson", b"hello\n", "line 1"),
        ("utf8.ndjson", b"{\"a\":1}\n{\"a\":\"\xff\"}\n", "line 2"),
        ("short.csv", b"a,b\n1,2\n3\n", "line 3"),
        ("long.csv", b"a,b\n1,2\n1,2\n3,4,5\n", "line 4"),
        ("utf8.csv", b"a,b\n1,2\n3,\xff\n", "line 3"),
    ];
    for (name, octets, line) in table {
        let input = temp.path().join(name);
        fs::write(&input, octets).unwrap();
        let ran = quickstart(&dir, Some(&input)).fails(INPUT, &[name, line, "--input"]);
        assert_eq!(ran.out, "", "{name}");
        assert!(!dir.exists(), "{name}");
    }
    for (name, octets) in [("empty.ndjson", &b""[..]), ("head.csv", b"a,b\n")] {
        let input = temp.path().join(name);
        fs::write(&input, octets).unwrap();
        quickstart(&dir, Some(&input)).fails(INPUT, &[name, "no records"]);
        assert!(!dir.exists(), "{name}");
    }
    let absent = temp.path().join("absent.csv");
    quickstart(&dir, Some(&absent)).fails(CONFIGURATION, &["absent.csv"]);
    assert!(!dir.exists());
}

#[test]
fn a_rubbish_line_leaves_an_earlier_store_as_it_was() {
    let demo = Demo::new();
    let before = contents(&demo.dir());
    let bad = demo.beside("bad.ndjson");
    fs::write(&bad, "{\"a\":1}\n{\n").unwrap();
    quickstart(&demo.dir(), Some(&bad)).fails(INPUT, &["bad.ndjson", "line 2"]);
    assert_eq!(contents(&demo.dir()), before);
}

#[test]
fn a_directory_that_holds_something_else_is_refused_and_unchanged() {
    let temp = tempfile::tempdir().unwrap();
    for name in ["WiredTiger.wt", "keystore.c", ".profile"] {
        let dir = temp.path().join(format!("with-{name}"));
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join(name), b"mine").unwrap();
        let before = contents(&dir);
        quickstart(&dir, None).fails(CONFIGURATION, &["--dbpath", name, "something else"]);
        assert_eq!(contents(&dir), before, "{name}");
    }
    let file = temp.path().join("file");
    fs::write(&file, b"mine").unwrap();
    quickstart(&file, None).fails(CONFIGURATION, &["--dbpath", text(&file)]);
    assert_eq!(fs::read(&file).unwrap(), b"mine");
    let orphan = temp.path().join("no/where");
    quickstart(&orphan, None).fails(CONFIGURATION, &[text(&orphan)]);
    assert!(!temp.path().join("no").exists());
}

#[test]
fn a_flipped_octet_of_the_data_file_between_runs_fails_and_is_never_served() {
    let demo = Demo::new();
    let path = demo.file("quickstart.redb");
    let sound = fs::read(&path).unwrap();
    let middle = sound.len() / 2;
    let mut refused = 0;
    for at in (middle..sound.len()).step_by(sound.len() / 8).chain([8]) {
        let mut octets = sound.clone();
        octets[at] ^= 1;
        fs::write(&path, &octets).unwrap();
        let ran = demo.quickstart();
        if ran.code == Some(0) {
            // Nobody read the octet, or a write replaced it; then the file must be sound again.
            assert!(
                ran.err
                    .contains("every byte of keystore and data is authentic")
            );
        } else {
            assert!(matches!(ran.code, Some(1 | INTEGRITY)), "{at}: {ran:#?}");
            assert!(!ran.out.contains("checks passed"), "{at}: {ran:#?}");
            refused += 1;
        }
        fs::write(&path, &sound).unwrap();
    }
    assert!(refused > 0);
    demo.quickstart().ok();
}

#[test]
fn words_of_our_own_files_as_values_are_no_false_alarm() {
    let temp = tempfile::tempdir().unwrap();
    let csv = temp.path().join("in.csv");
    fs::write(&csv, "a,b,c\nquickstart,enableEncryption,strongroom\n").unwrap();
    quickstart(&temp.path().join("demo"), Some(&csv)).ok();
}
