//! The commands that need no store.

use std::io::{Read, Write};
use std::process::Stdio;

use crate::harness::{CONFIGURATION, Demo, INPUT, Ran, binary, run};

#[test]
fn explain_knows_every_code_of_the_documentation() {
    let table = include_str!("../../../../docs/operate/exit-codes.md");
    let rows = table.lines().filter_map(|line| {
        let mut cells = line.split('|').skip(1).map(str::trim);
        let code: u8 = cells.next()?.parse().ok()?;
        Some((code, cells.next()?))
    });
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows.len(), strongroom::Class::ALL.len() + 1);
    let all = run(&["explain"]).ok();
    for (code, word) in rows {
        let one = run(&["explain", &code.to_string()]).ok();
        assert!(one.out.starts_with(&format!("{code} {word}")), "{one:#?}");
        assert!(all.out.contains(word), "{word}");
    }
    run(&["explain", "99"]).fails(CONFIGURATION, &["99"]);
}

#[test]
fn completions_and_manual_page_are_printed() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = run(&["completions", shell]).ok();
        assert!(ran.out.contains("quickstart"), "{shell}");
        assert!(ran.out.contains("kmipServerName"), "{shell}");
    }
    let ran = run(&["man"]).ok();
    assert!(ran.out.contains(".TH strongroom 1"), "{ran:#?}");
    run(&["--version"]).ok();
    for command in ["quickstart", "unlock", "server", "kmip"] {
        let ran = run(&[command, "--help"]).ok();
        assert!(ran.out.contains("Usage: strongroom"), "{ran:#?}");
    }
}

#[test]
fn a_reader_that_goes_away_ends_the_command_quietly() {
    let mut child = binary()
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let status = child.wait().unwrap();
    let mut err = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    assert_eq!((status.code(), err.as_str()), (Some(141), ""));
}

#[test]
fn config_show_names_values_and_where_they_come_from() {
    let demo = Demo::new();
    let ran = demo
        .run(&["config", "show", "--json", "--kmipPort", "5777"])
        .ok();
    let rows = ran.json();
    let row = |option: &str| {
        let rows = rows.as_array().unwrap();
        rows.iter()
            .find(|row| row["option"] == option)
            .unwrap()
            .clone()
    };
    assert_eq!(row("security.kmip.port")["value"], "5777");
    assert!(
        row("security.kmip.port")["origin"]
            .as_str()
            .unwrap()
            .contains("--kmipPort")
    );
    assert_eq!(row("security.kmip.serverName")["value"], "127.0.0.1");
    let origin = row("security.kmip.serverName")["origin"].clone();
    assert!(
        origin.as_str().unwrap().contains("strongroom.yaml:"),
        "{origin}"
    );
    let secret = [
        "config",
        "show",
        "--kmipClientCertificatePassword",
        "hunter2-hunter2",
    ];
    let ran = demo.run(&secret).ok();
    assert!(!ran.out.contains("hunter2"), "{ran:#?}");
    demo.run(&["config", "check"]).ok();
}

fn convert(args: &[&str], input: &[u8]) -> Ran {
    let mut child = binary()
        .args(["ttlv", "convert"])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    Ran::of(&child.wait_with_output().unwrap())
}

#[test]
fn ttlv_is_converted_and_rubbish_is_named() {
    // KMIP 1.0, 9.1.2: a structure with an enumeration and an integer.
    let hex = "42002001000000204200040500000004000000fe000000004200050200000004000000ff00000000";
    let text = convert(&["--from", "hex", "--to", "text"], hex.as_bytes()).ok();
    assert!(text.out.lines().count() >= 3, "{text:#?}");
    let back = convert(&["--from", "hex", "--to", "hex"], hex.as_bytes()).ok();
    assert_eq!(back.out.trim(), hex);
    let octets: Vec<u8> = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect();
    let from_octets = convert(&["--from", "bin", "--to", "hex"], &octets).ok();
    assert_eq!(from_octets.out.trim(), hex);
    convert(&["--from", "hex", "--to", "text"], b"42xy").fails(INPUT, &["line 1"]);
    convert(&["--from", "bin", "--to", "hex"], &octets[..30]).fails(INPUT, &["byte 0"]);
}

/// A Key Value with a key in it, then the same cut short.
const KEY_TWICE: &[u8] =
    b"\x42\x00\x45\x01\x00\x00\x00\x20\x42\x00\x43\x08\x00\x00\x00\x18a key, to be kept hidden\
      \x42\x00\x45\x01\x00\x00\x00\x20\x42\x00\x43\x08\x00\x00\x00\x18a key, t";

#[test]
fn ttlv_goes_to_xml_and_json_and_back() {
    let hex = "42007a01000000104200920900000008000000005f5e1000\n";
    let xml = convert(&["--from", "hex", "--to", "xml"], hex.as_bytes()).ok();
    let line = "<TimeStamp type=\"DateTime\" value=\"2020-09-13T12:26:40+00:00\"/>";
    assert!(xml.out.contains(line), "{xml:#?}");
    let json = convert(&["--from", "xml", "--to", "json"], xml.out.as_bytes()).ok();
    assert!(json.out.contains("\"tag\":\"TimeStamp\""), "{json:#?}");
    let back = convert(&["--from", "json", "--to", "hex"], json.out.as_bytes()).ok();
    assert_eq!(back.out, hex);
    let wrong = "<RequestMessage><BatchCount type=\"Integer\" value=\"many\"/></RequestMessage>";
    convert(&["--from", "xml", "--to", "hex"], wrong.as_bytes())
        .fails(INPUT, &["RequestMessage/BatchCount", "Integer"]);
}

#[test]
fn what_ttlv_is_converted_to_for_bug_reports_holds_no_key() {
    let (whole, cut) = KEY_TWICE.split_at(40);
    let redacted = convert(&["--from", "bin", "--to", "redacted-hex"], whole).ok();
    let expected = "\
00000000  42 00 45 01 00 00 00 20  42 00 43 08 00 00 00 18
00000010  .. .. .. .. .. .. .. ..  .. .. .. .. .. .. .. ..
00000020  .. .. .. .. .. .. .. ..
00000028
";
    assert_eq!(redacted.out, expected);
    let hex = |octets: &[u8]| -> String {
        let digits = octets.iter().map(|octet| format!("{octet:02x}"));
        digits.collect()
    };
    let lines = format!("{}\n{}\n", hex(whole), hex(cut));
    for to in ["text", "redacted-hex"] {
        // What is damaged is shown as far as it may be, and said.
        let damaged = convert(&["--from", "bin", "--to", to], KEY_TWICE)
            .fails(INPUT, &["message 1 at byte 40: not well formed"]);
        let lines = convert(&["--from", "hex", "--to", to], lines.as_bytes()).ok();
        assert_eq!(damaged.out, lines.out);
        assert!(
            lines.out.contains("length 32 runs past the end"),
            "{lines:#?}"
        );
        for told in ["a key", "61 20 6b", "61206b"] {
            assert!(!damaged.out.contains(told), "{damaged:#?}");
        }
    }
    convert(&["--from", "bin", "--to", "hex"], KEY_TWICE)
        .fails(INPUT, &["message 1 at byte 40: 16 bytes are missing"]);
}

#[test]
fn the_help_says_which_output_may_be_posted() {
    let help = binary()
        .args(["ttlv", "convert", "--help"])
        .output()
        .unwrap();
    let help = Ran::of(&help).ok().out;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, forms) = help.rsplit_once("--to <TO>").unwrap();
    for (form, may) in [
        ("hex", false),
        ("bin", false),
        ("text", true),
        ("redacted-hex", true),
    ] {
        let (_, says) = forms.split_once(&format!("- {form}:")).unwrap();
        let says = says.split(" - ").next().unwrap();
        assert_eq!(
            says.contains("may be posted once you have read it"),
            may,
            "{help}"
        );
        assert_eq!(says.contains("not to be posted"), !may, "{help}");
    }
}
