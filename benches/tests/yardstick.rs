//! The benches measure the messages that they name, and their walk checks what a reader must.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../benches/ttlv/messages.rs"]
mod messages;
#[path = "../benches/ttlv/walk.rs"]
mod walk;

use strongroom_ttlv::{Limits, Writer, encode, validate};

use messages::tag;
use walk::walk;

fn written(write: impl Fn(&mut Writer<'_>)) -> Vec<u8> {
    encode(write).unwrap().to_vec()
}

fn all() -> [Vec<u8>; 5] {
    [
        written(|w| messages::get::<0>(w, &messages::key(messages::GET_KEY))),
        written(messages::batch),
        written(messages::attributes),
        written(messages::attributes_without_dates),
        written(messages::create),
    ]
}

/// The digest is of the file `ok-get`, which two other writers made, one of them in Python.
#[test]
fn the_get_answer_is_octet_for_octet_what_another_writer_made() {
    let key = std::array::from_fn(|at| u8::try_from(at).unwrap());
    let message = written(|w| messages::get::<0>(w, &key));
    let digest = ring::digest::digest(&ring::digest::SHA256, &message);
    let hex: String = digest
        .as_ref()
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect();
    assert_eq!(
        hex,
        "a40ab472a76cd70381e8a7dfda74986a07b8c087dfd5786861bcf9280dde673c"
    );
}

#[test]
fn the_keys_of_a_batch_differ() {
    assert_eq!(messages::key(0)[..3], [0, 1, 2]);
    assert_eq!(messages::key(messages::GET_KEY)[0], 217);
    assert_eq!(u32::from(messages::key(999)[31]), (31 * 999 + 31) % 256);
}

#[test]
fn the_walk_takes_every_message_that_is_measured() {
    for message in all() {
        assert!(walk(&message), "{} octets", message.len());
    }
}

/// Every bit of the Get answer, of the attributes and of the request, flipped alone; every cut.
#[test]
fn the_walk_says_what_the_reader_says_of_damage() {
    let limits = Limits::DEFAULT;
    let mut refused = 0;
    let [get, _, attributes, _, create] = all();
    for message in [get, attributes, create] {
        for at in 0..message.len() {
            for bit in 0..8 {
                let mut damaged = message.clone();
                damaged[at] ^= 1 << bit;
                let sound = validate(&damaged, &limits).is_ok();
                assert_eq!(walk(&damaged), sound, "bit {bit} of octet {at}");
                refused += u32::from(!sound);
            }
            assert!(!walk(&message[..at]), "cut at {at}");
        }
    }
    assert!(refused > 1000, "only {refused}");
}

/// Each type with each length from 0 to 17, and with dirty padding.
#[test]
fn the_walk_says_what_the_reader_says_of_types_and_lengths() {
    let mut taken = 0;
    for (code, length, fill) in (0..=255_u8)
        .flat_map(|code| (0..=17_u8).map(move |length| (code, length)))
        .flat_map(|(code, length)| [0, 1, 0x41, 0xFF].map(|fill| (code, length, fill)))
    {
        let padded = usize::from(length).next_multiple_of(8);
        for (value, pad) in [(fill, 0), (0, fill)] {
            let mut field = vec![value; usize::from(length)];
            field.resize(padded, pad);
            let mut message = vec![0x42, 0, 0x7B, 1, 0, 0, 0, 0];
            message.extend([0x42, 0, 1, code, 0, 0, 0, length]);
            message.extend(field);
            message[7] = u8::try_from(message.len() - 8).unwrap();
            let sound = validate(&message, &Limits::DEFAULT).is_ok();
            assert_eq!(walk(&message), sound, "type {code}, {length} of {fill}");
            taken += u32::from(sound);
        }
    }
    assert!(taken > 100, "only {taken}");
}

#[test]
fn the_walk_goes_as_deep_as_the_default_limit_and_no_deeper() {
    fn nest(w: &mut Writer<'_>, levels: u32) {
        if levels > 0 {
            w.structure(tag(0x7B), |w| nest(w, levels - 1));
        }
    }
    for (levels, sound) in [(1, true), (32, true), (33, false)] {
        let message = written(|w| nest(w, levels));
        assert_eq!(validate(&message, &Limits::DEFAULT).is_ok(), sound);
        assert_eq!(walk(&message), sound, "{levels} levels");
    }
}

#[test]
fn the_walk_wants_one_item_and_text_that_is_utf_8() {
    let [get, ..] = all();
    for message in [vec![], [get.as_slice(), &get].concat(), get[..8].to_vec()] {
        assert!(!walk(&message));
    }
    let text = |octets: &str| written(|w| w.structure(tag(0x7B), |w| w.text(tag(1), octets)));
    let accented = text("\u{e9}t\u{e9}");
    assert!(walk(&accented));
    let mut cut = accented;
    let at = cut.len() - 8;
    cut[at + 1] = b'x';
    assert!(!walk(&cut));
}
