//! The listing and the redacted octets: offsets, and nothing that is secret.

mod secrecy;

use strongroom_ttlv::{Tag, dump, dump_hex, dump_named, encode};

use crate::build::{self, Get};

#[test]
fn a_get_answer_is_printed_without_its_key() {
    let names = |tag: Tag| (tag == Tag::new(0x42_0094)).then_some("Unique Identifier");
    let expected = "\
00000000 42007B Structure 304
00000008   42007A Structure 72
00000010     420069 Structure 32
00000018       42006A Integer 4: 1
00000028       42006B Integer 4: 2
00000038     420092 Date-Time 8: 1700000000
00000048     42000D Integer 4: 1
00000058   42000F Structure 216
00000060     42005C Enumeration 4: 0x0000000a
00000070     42007F Enumeration 4: 0x00000000
00000080     42007C Structure 176
00000088       420057 Enumeration 4: 0x00000002
00000098       420094 Unique Identifier Text String 36: \"fb4b5b9c-6188-4c63-8142-fe9c328129fc\"
000000c8       42008F Structure 104
000000d0         420040 Structure 96
000000d8           420042 Enumeration 4: 0x00000001
000000e8           420045 Structure 40
000000f0             420043 Byte String 32: (not shown)
00000118           420028 Enumeration 4: 0x00000003
00000128           42002A Integer 4: 256
";
    assert_eq!(dump_named(&Get::new().message(), names), expected);
}

#[test]
fn a_get_answer_has_dots_for_its_key_and_all_other_octets() {
    let expected = "\
00000000  42 00 7b 01 00 00 01 30  42 00 7a 01 00 00 00 48
00000010  42 00 69 01 00 00 00 20  42 00 6a 02 00 00 00 04
00000020  00 00 00 01 00 00 00 00  42 00 6b 02 00 00 00 04
00000030  00 00 00 02 00 00 00 00  42 00 92 09 00 00 00 08
00000040  00 00 00 00 65 53 f1 00  42 00 0d 02 00 00 00 04
00000050  00 00 00 01 00 00 00 00  42 00 0f 01 00 00 00 d8
00000060  42 00 5c 05 00 00 00 04  00 00 00 0a 00 00 00 00
00000070  42 00 7f 05 00 00 00 04  00 00 00 00 00 00 00 00
00000080  42 00 7c 01 00 00 00 b0  42 00 57 05 00 00 00 04
00000090  00 00 00 02 00 00 00 00  42 00 94 07 00 00 00 24
000000a0  66 62 34 62 35 62 39 63  2d 36 31 38 38 2d 34 63
000000b0  36 33 2d 38 31 34 32 2d  66 65 39 63 33 32 38 31
000000c0  32 39 66 63 00 00 00 00  42 00 8f 01 00 00 00 68
000000d0  42 00 40 01 00 00 00 60  42 00 42 05 00 00 00 04
000000e0  00 00 00 01 00 00 00 00  42 00 45 01 00 00 00 28
000000f0  42 00 43 08 00 00 00 20  .. .. .. .. .. .. .. ..
00000100  .. .. .. .. .. .. .. ..  .. .. .. .. .. .. .. ..
00000110  .. .. .. .. .. .. .. ..  42 00 28 05 00 00 00 04
00000120  00 00 00 03 00 00 00 00  42 00 2a 02 00 00 00 04
00000130  00 00 01 00 00 00 00 00
00000138
";
    assert_eq!(dump_hex(&Get::new().message()), expected);
}

#[test]
fn padding_stays_behind_a_hidden_value_and_lines_of_dots_are_folded() {
    let message = build::structure(0x7B, &[build::bytes(0xC2, &[0xA5; 1021])]);
    let expected = "\
00000000  42 00 7b 01 00 00 04 08  42 00 c2 08 00 00 03 fd
00000010  .. .. .. .. .. .. .. ..  .. .. .. .. .. .. .. ..
*
00000400  .. .. .. .. .. .. .. ..  .. .. .. .. .. 00 00 00
00000410
";
    assert_eq!(dump_hex(&message), expected);
}

#[test]
fn nothing_in_a_secret_item_is_printed_whatever_its_type() {
    let secrets = [
        build::text(0x0A, "text-in-secret"),
        build::integer(0x0B, 77_777_777),
        build::enumeration(0x0C, 0x77_777),
        build::structure(0x0D, &[build::date_time(0x0E, 777_777_777)]),
    ];
    for tag in SECRET {
        let message = build::structure(
            0x7B,
            &[
                build::structure(tag, &secrets),
                build::text(tag, "text-in-secret"),
                build::text(0x94, "shown after"),
            ],
        );
        let text = dump(&message);
        assert!(!text.contains("text-in-secret"), "{text}");
        assert!(!text.contains("777"), "{text}");
        assert!(text.contains("\"shown after\""), "{text}");
        assert_eq!(text.lines().count(), 9);
        let octets = shown_octets(&dump_hex(&message));
        let shows = |part: &[u8]| octets.windows(part.len()).any(|window| window == part);
        assert!(!shows(b"in-sec") && shows(b"shown after"));
        assert!(!shows(&77_777_777_i32.to_be_bytes()) && !shows(&777_777_777_i32.to_be_bytes()));
        assert!(!shows(&[0x07, 0x77, 0x77]));
    }
}

const SECRET: [u32; 11] = [
    0x23, 0x25, 0x43, 0x45, 0x5A, 0xA1, 0xC2, 0x14B, 0x155, 0x156, 0x157,
];

/// Names and tags of rule TTLV-22 of `docs/formats/ttlv.md`. None outside the repository.
fn rule_22() -> Option<Vec<(String, u32)>> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats/ttlv.md");
    let Ok(page) = std::fs::read_to_string(page) else {
        eprintln!("skipped: docs/formats/ttlv.md is in the repository only");
        return None;
    };
    let (_, rule) = page.split_once("[TTLV-22]").unwrap();
    let rule = rule.split_once("\n- ").unwrap().0;
    let rule = rule.split_once("anything in ").unwrap().1;
    let words = rule.split_whitespace().collect::<Vec<_>>().join(" ");
    let named = words.split(", ").flat_map(|part| part.split(" and "));
    let row = |part: &str| {
        let (name, tag) = part.split_once(" (42")?;
        let tag = u32::from_str_radix(tag.strip_suffix(')')?, 16).unwrap();
        Some((name.to_owned(), tag))
    };
    Some(named.filter_map(row).collect())
}

#[test]
fn the_secret_tags_are_those_of_the_page() {
    let Some(rule) = rule_22() else { return };
    assert_eq!(rule.iter().map(|(_, tag)| *tag).collect::<Vec<_>>(), SECRET);
}

#[test]
fn the_secret_tags_of_the_page_have_the_names_of_the_specification() {
    let Some(rule) = rule_22() else { return };
    let Some(root) = std::env::var_os("STRONGROOM_KMIP_DATA") else {
        eprintln!("skipped: STRONGROOM_KMIP_DATA is not set");
        return;
    };
    let tags = std::path::Path::new(&root).join("spec/kmip-tags.tsv");
    let tags = std::fs::read_to_string(tags).unwrap();
    for (name, tag) in rule {
        let row = format!("0x42{tag:04X}\t{name}\t");
        assert!(tags.lines().any(|line| line.starts_with(&row)), "{row}");
    }
}

/// The octets that are not dots.
fn shown_octets(hex: &str) -> Vec<u8> {
    let lines = hex.lines().filter(|line| !line.starts_with("error"));
    lines
        .flat_map(|line| line.split_whitespace().skip(1))
        .filter(|cell| *cell != "..")
        .map(|cell| u8::from_str_radix(cell, 16).unwrap())
        .collect()
}

#[test]
fn byte_strings_and_big_integers_are_never_printed() {
    let message = encode(|w| {
        w.structure(Tag::new(0x42_007B), |w| {
            w.bytes(Tag::new(0x42_001E), b"ABCDEFGH");
            w.big_integer(Tag::new(0x42_0052), b"ABCDEFGH");
        });
    });
    let message = message.unwrap();
    let text = dump(&message);
    assert!(!text.contains("ABC") && !text.contains("414243"), "{text}");
    assert_eq!(text.matches(" 8: (not shown)").count(), 2);
    assert!(!shown_octets(&dump_hex(&message)).contains(&b'D'));
}

#[test]
fn of_malformed_bytes_the_readable_part_comes_first() {
    let mut message = Get::new().message();
    message[0x98 + 8] = 0xFF;
    let text = dump(&message);
    assert_eq!(text.lines().count(), 13);
    assert_eq!(
        text.lines().last().unwrap(),
        "00000098 error: text is not UTF-8 at byte 152 of the message \
         (42007B/42000F/42007C/420094); 152 octets not shown"
    );
    let hex = dump_hex(&message);
    let last: Vec<&str> = hex.lines().skip(9).collect();
    assert_eq!(
        last,
        [
            "00000090  00 00 00 02 00 00 00 00  42 00 94 07 00 00 00 24",
            "000000a0  .. .. .. .. .. .. .. ..  .. .. .. .. .. .. .. ..",
            "*",
            "00000130  .. .. .. .. .. .. .. ..",
            "00000138",
            "error: text is not UTF-8 at byte 152 of the message \
             (42007B/42000F/42007C/420094); 152 octets not shown"
        ]
    );
    assert_eq!(
        dump(&[]),
        "00000000 error: empty message at byte 0 of the message\n"
    );
    assert_eq!(
        dump_hex(&[]),
        "00000000\nerror: empty message at byte 0 of the message\n"
    );
}

#[test]
fn a_header_that_may_be_of_a_hidden_value_is_not_shown() {
    // The length of the key says 16, it has 32 octets: the next "header" is made of the key, and
    // may look like one.
    for half in [
        [0xA5; 16],
        *b"B\0\xA5\xA5 the old key",
        *b"T\xA5\xA5\xA5 the old key",
    ] {
        let key = [half, half].concat();
        let material = build::structure(0x45, &[build::raw(0x43, 8, 16, &key)]);
        let message = build::structure(0x7B, &[build::structure(0x40, &[material])]);
        let error = "unknown item type at byte 48 of the message, in 42007B/420040/420045; \
                     16 octets not shown";
        let text = dump(&message);
        assert!(
            text.ends_with(&format!("\n00000030 error: {error}\n")),
            "{text}"
        );
        let hex = dump_hex(&message);
        assert!(hex.ends_with(&format!("\nerror: {error}\n")), "{hex}");
        assert!(!shown_octets(&hex).contains(&0xA5));
    }
}

#[test]
fn a_header_at_fault_is_shown_where_it_is_surely_one() {
    let key = build::structure(0x45, &[build::bytes(0x43, &[1; 16])]);
    for (before, is_shown) in [
        (build::text(0x94, "id"), true),
        // The structure around the key ended where it says: nothing of the key is left over.
        (build::structure(0x40, std::slice::from_ref(&key)), true),
        (key, false),
    ] {
        let message = build::structure(0x7B, &[before, build::raw(0x0D, 0xA5, 4, &[1; 4])]);
        let (text, hex) = (dump(&message), dump_hex(&message));
        assert_eq!(text.contains("unknown item type 0xA5"), is_shown, "{text}");
        assert_eq!(shown_octets(&hex).contains(&0xA5), is_shown, "{hex}");
    }
}

#[test]
fn octets_behind_a_message_are_not_shown() {
    let message = [build::text(0x94, "id"), build::text(0x94, "more")].concat();
    let error = "octets follow the message at byte 16 of the message; 16 octets not shown";
    assert_eq!(
        dump(&message),
        format!("00000000 420094 Text String 2: \"id\"\n00000010 error: {error}\n")
    );
    assert!(dump_hex(&message).ends_with(&format!("\n00000020\nerror: {error}\n")));
}

#[test]
fn a_text_with_a_zero_octet_is_not_printed() {
    // The id's length, too large by one octet, takes the key behind it for a part of the id.
    let mut message = build::structure(
        0x7C,
        &[
            build::text(0x94, "some-id!"),
            build::structure(0x4E, &[build::bytes(0x5A, b"key! key! key! !")]),
        ],
    );
    message[15] = 40;
    let text = dump(&message);
    assert_eq!(
        text,
        "00000000 42007C Structure 48\n00000008   420094 Text String 40: (not shown)\n"
    );
    assert!(!shown_octets(&dump_hex(&message)).contains(&b'k'));
}

#[test]
fn text_is_escaped_and_cut() {
    let text = dump(&build::text(0x94, "a\n\u{1b}[31m\"\u{202e}"));
    assert!(
        text.ends_with(": \"a\\n\\u{1b}[31m\\\"\\u{202e}\"\n"),
        "{text}"
    );
    let long = build::text(0x94, &"\u{e4}".repeat(300));
    let text = dump(&long);
    assert!(text.ends_with("\" (cut)\n"));
    assert_eq!(text.matches('\u{e4}').count(), 256);
    assert_eq!(shown_octets(&dump_hex(&long)).len(), 8 + 256);
}

#[test]
fn the_output_is_bounded_for_hostile_input() {
    let text = dump(&build::deep(0x7B, 100_000));
    assert!(text.lines().count() == 65 && text.len() < 20_000);
    let many = build::structure(0x7B, &vec![build::structure(0x08, &[]); 200_000]);
    let text = dump(&many);
    assert_eq!(text.lines().count(), 100_001);
    assert!(text.lines().last().unwrap().contains("error: more items"));
    assert_eq!(shown_octets(&dump_hex(&many)).len(), 8 * 100_000);

    let deepest: Vec<_> = (0..64).flat_map(|_| build::deep(0x7B, 63)).collect();
    for message in [
        build::deep(0x7B, 100_000),
        build::structure(0x7B, &[deepest]),
        build::structure(0x7B, &vec![build::text(0x0A, "\u{1}\u{7f}"); 10_000]),
        build::structure(0x7B, &[build::bytes(0xC2, &[0; 1 << 20])]),
        build::structure(0x7B, &[build::text(0x0A, &"\u{ad}".repeat(1 << 19))]),
        vec![0xFF; 1 << 20],
    ] {
        let (text, hex) = (dump(&message), dump_hex(&message));
        assert!(text.len() <= 22 * message.len() + 200, "{}", text.len());
        assert!(hex.len() <= 4 * message.len() + 200, "{}", hex.len());
    }
    assert!(dump_hex(&vec![0xFF; 1 << 20]).len() < 300);
}
