//! `strongroom file seal|open` with the store of a quickstart.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use crate::harness::{CONFIGURATION, Demo, INPUT, INTEGRITY, Ran, SECRET, binary, holds, text};

/// An archive with text that would be seen, longer than a block of chunks.
fn archive() -> Vec<u8> {
    let lines = (0..60_000).map(|number| format!("{SECRET} {number}\n"));
    lines.collect::<String>().into_bytes()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = (entries.map(|entry| entry.unwrap().file_name()))
        .map(|name| name.into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn an_archive_is_sealed_opened_and_refused_when_one_octet_changed() {
    let demo = Demo::new();
    let _server = demo.serve();
    demo.on_store(&["keys", "add", "backups"]).ok();
    let [plain, sealed, opened] = ["plain", "sealed", "opened"].map(|name| demo.beside(name));
    fs::write(&plain, archive()).unwrap();
    let folder = plain.parent().unwrap();

    demo.on_store(&[
        "file",
        "seal",
        "--key",
        "backups",
        text(&plain),
        text(&sealed),
    ])
    .ok();
    let octets = fs::read(&sealed).unwrap();
    assert!(!holds(&octets, SECRET.as_bytes()));
    demo.on_store(&["file", "open", text(&sealed), text(&opened)])
        .ok();
    assert!(fs::read(&opened).unwrap() == archive());
    let before = names(folder);

    // What is there is not replaced by accident.
    let again = ["file", "open", text(&sealed), text(&opened)];
    demo.on_store(&again)
        .fails(CONFIGURATION, &["there already", "--force"]);
    demo.on_store(&[&again[..], &["--force"]].concat()).ok();
    // The key that was asked for, or none.
    demo.on_store(&[
        "file",
        "open",
        "--key",
        "other",
        text(&sealed),
        text(&demo.beside("x")),
    ])
    .fails(INPUT, &["backups", "other"]);
    demo.on_store(&[
        "file",
        "seal",
        "--key",
        "nobody",
        text(&plain),
        text(&demo.beside("x")),
    ])
    .fails(INPUT, &["no key nobody", "keys add"]);
    demo.on_store(&["file", "seal", text(&plain), text(&demo.beside("x"))])
        .fails(CONFIGURATION, &["--key"]);
    demo.on_store(&["file", "open", text(&plain), text(&demo.beside("x"))])
        .fails(INPUT, &["not a file that Strongroom sealed"]);

    for at in [octets.len() / 2, octets.len() - 1, 90] {
        let mut other = octets.clone();
        other[at] ^= 1;
        fs::write(&sealed, other).unwrap();
        demo.on_store(&["file", "open", text(&sealed), text(&demo.beside("x"))])
            .fails(INTEGRITY, &["backup"]);
    }
    fs::write(&sealed, &octets[..octets.len() - 17_000]).unwrap();
    demo.on_store(&["file", "open", text(&sealed), text(&demo.beside("x"))])
        .fails(INTEGRITY, &[]);
    // Refusals leave nothing behind, half-written files neither.
    assert_eq!(names(folder), before);
}

#[test]
fn a_stream_goes_through_pipes_and_survives_a_rotated_key() {
    let demo = Demo::new();
    let _server = demo.serve();
    demo.on_store(&["keys", "add", "backups"]).ok();
    let (config, dir) = (demo.file("strongroom.yaml"), demo.dir());
    let pipe = |args: &[&str], input: Vec<u8>| {
        let mut child = (binary().args(args))
            .args(["--config", text(&config), "--dbpath", text(&dir)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        Ran::of(&output).ok();
        output.stdout
    };
    let sealed = pipe(&["file", "seal", "--key", "backups"], archive());
    demo.on_store(&["keys", "rotate", "backups"]).ok();
    assert!(pipe(&["file", "open", "-", "-"], sealed) == archive());
    assert!(
        pipe(
            &["file", "open"],
            pipe(&["file", "seal", "--key", "backups"], vec![])
        )
        .is_empty()
    );
}
