//! Messages that others made: read from the folder that `STRONGROOM_KMIP_DATA` names.

use std::path::{Path, PathBuf};

use strongroom_ttlv::{Fields, Limits, dump};

use crate::writing::rewritten;

fn folder(sub: &str) -> Option<PathBuf> {
    let Some(root) = std::env::var_os("STRONGROOM_KMIP_DATA") else {
        eprintln!("skipped: STRONGROOM_KMIP_DATA is not set");
        return None;
    };
    Some(Path::new(&root).join(sub))
}

fn octets(hex: &str) -> Vec<u8> {
    let hex = hex.trim();
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

/// Whether the bytes are accepted; what is accepted must write back the same.
fn accepted(name: &str, message: &[u8]) -> bool {
    let text = dump(message);
    match Fields::item(message, &Limits::DEFAULT) {
        Ok(item) => {
            assert_eq!(rewritten(&item).as_deref(), Ok(message), "{name}");
            assert!(!text.contains("error: "), "{name}");
            true
        }
        Err(error) => {
            assert!(!error.kind.is_limit(), "{name}: {error}");
            assert!(text.contains("error: "), "{name}");
            false
        }
    }
}

#[test]
fn captured_messages_are_read_and_written_back_byte_for_byte() {
    let Some(folder) = folder("pykmip-wire") else {
        return;
    };
    let mut good = 0;
    let mut refused = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "hex") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let message = octets(&std::fs::read_to_string(&path).unwrap());
        if accepted(&name, &message) {
            good += 1;
        } else {
            refused.push(name);
        }
    }
    refused.sort();
    assert_eq!(good, 756);
    let probes: Vec<_> = refused.iter().map(|name| &name[..8]).collect();
    assert_eq!(probes, ["probe-58", "probe-59", "probe-60"], "{refused:?}");
    assert!(refused.iter().all(|name| name.ends_with(".req.hex")));
}

/// Whether the bytes are accepted as items one after the other: some vectors are several.
fn all_accepted(name: &str, mut octets: &[u8]) -> bool {
    while !octets.is_empty() {
        let len = strongroom_ttlv::item(octets).map_or(0, |(rest, _)| rest.len());
        let first = &octets[..octets.len() - len];
        if !accepted(name, first) {
            return false;
        }
        octets = &octets[first.len()..];
    }
    true
}

/// The table's verdict is about lengths, padding and nesting; this one breaks another rule.
const BOOLEAN_OF_2: &str = "42000006000000080000000000000002";

#[test]
fn vectors_of_other_libraries_get_their_verdicts() {
    let Some(folder) = folder("ttlv-vectors") else {
        return;
    };
    let table = std::fs::read_to_string(folder.join("vectors.tsv")).unwrap();
    let mut wrong = Vec::new();
    let mut rows = 0;
    for row in table.lines().skip(1) {
        let [source, file, name, verdict, hex] = *row.split('\t').collect::<Vec<_>>().as_slice()
        else {
            panic!("{row}");
        };
        rows += 1;
        let expected = verdict == "1" && hex != BOOLEAN_OF_2;
        if all_accepted(name, &octets(hex)) != expected {
            wrong.push(format!("{source} {file} {name} {verdict} {hex}"));
        }
    }
    assert_eq!(rows, 570);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
