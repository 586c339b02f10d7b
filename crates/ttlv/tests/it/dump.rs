//! The text form: offsets, and nothing that is secret.

use strongroom_ttlv::{Tag, dump, dump_named, encode};

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
fn nothing_in_key_material_or_a_credential_is_printed() {
    let secrets = [
        build::text(0x0A, "text-in-secret"),
        build::integer(0x0B, 77_777_777),
        build::enumeration(0x0C, 0x77_777),
        build::structure(0x0D, &[build::date_time(0x0E, 777_777_777)]),
    ];
    for tag in [0x25, 0x43, 0xA1, 0x14B, 0x155, 0x156, 0x157] {
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
    }
}

#[test]
fn byte_strings_and_big_integers_are_never_printed() {
    let message = encode(|w| {
        w.structure(Tag::new(0x42_007B), |w| {
            w.bytes(Tag::new(0x42_00C2), b"ABCDEFGH");
            w.big_integer(Tag::new(0x42_0052), b"ABCDEFGH");
        });
    });
    let text = dump(&message.unwrap());
    assert!(!text.contains("ABC") && !text.contains("414243"), "{text}");
    assert_eq!(text.matches(" 8: (not shown)").count(), 2);
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
         (42007B/42000F/42007C/420094)"
    );
    assert_eq!(
        dump(&[]),
        "00000000 error: empty message at byte 0 of the message (no tag)\n"
    );
}

#[test]
fn text_is_escaped_and_cut() {
    let text = dump(&build::text(0x94, "a\n\u{1b}[31m\"\u{202e}"));
    assert!(
        text.ends_with(": \"a\\n\\u{1b}[31m\\\"\\u{202e}\"\n"),
        "{text}"
    );
    let text = dump(&build::text(0x94, &"\u{e4}".repeat(300)));
    assert!(text.ends_with("\" (cut)\n"));
    assert_eq!(text.matches('\u{e4}').count(), 256);
}

#[test]
fn the_output_is_bounded_for_hostile_input() {
    let text = dump(&build::deep(0x7B, 100_000));
    assert!(text.lines().count() == 65 && text.len() < 20_000);
    let many = build::structure(0x7B, &vec![build::structure(0x08, &[]); 200_000]);
    let text = dump(&many);
    assert_eq!(text.lines().count(), 100_001);
    assert!(text.lines().last().unwrap().contains("error: more items"));
}
