//! The most memory that reading any input of these tests holds at once.

use std::hint::black_box;

use strongroom_secret::count::peak;
use strongroom_ttlv::{Fields, FrameReader, Limits, dump, dump_hex, validate};

use crate::build::raw;
use crate::corpus::inputs;
use crate::memory::{HEX_FACTOR, TEXT_FACTOR, TEXT_MORE, messages};
use crate::typed::{get_answer, items_below};

/// What an input may cost: twice its length and a page.
fn allowed(message: &[u8]) -> usize {
    2 * message.len() + 4096
}

#[test]
fn the_allocator_knows_the_most_that_was_held() {
    let one = || drop(black_box(vec![0_u8; 1000]));
    assert_eq!(peak(one), 1000);
    assert_eq!(peak(|| (0..3).for_each(|_| one())), 1000);
    let two = || drop(black_box((vec![0_u8; 1000], vec![0_u8; 500])));
    assert_eq!(peak(two), 1500);
    let held = vec![0_u8; 1000];
    assert_eq!(peak(|| drop(black_box(held))), 0);
    let grown = || black_box(&mut vec![0_u8; 1000]).reserve_exact(2000);
    assert_eq!(peak(grown), 4000);
}

/// Checks, reads and prints what it says; all of it is dropped at the end.
fn read(message: &[u8], limits: &Limits) {
    let shown = match Fields::item(message, limits) {
        Ok(item) => format!("{item:?} {}", items_below(&item.value)),
        Err(error) => format!("{error} {error:?}"),
    };
    let checked = validate(message, limits).is_ok();
    let typed = get_answer(message, limits).map_err(|error| error.to_string());
    black_box((shown, checked, typed.is_ok()));
}

#[test]
fn reading_holds_at_most_twice_the_input_and_a_page() {
    let long = Limits::DEFAULT.with_message_len(usize::MAX);
    for message in messages() {
        for limits in [Limits::DEFAULT, long] {
            let most = peak(|| read(message, &limits));
            assert!(most <= allowed(message), "{} octets: {most}", message.len());
        }
    }
}

#[test]
fn framing_whole_messages_holds_at_most_twice_the_input_and_a_page() {
    for stream in messages() {
        for (limits, piece) in [
            (Limits::DEFAULT, 100),
            (Limits::DEFAULT, 1 << 20),
            (Limits::DEFAULT, 1460),
        ] {
            let most = peak(|| {
                let mut reader = FrameReader::new(limits);
                black_box(
                    stream
                        .chunks(piece)
                        .all(|mut piece| reader.feed(&mut piece).is_ok()),
                );
            });
            assert!(most <= allowed(stream), "{} octets: {most}", stream.len());
        }
    }
}

/// While a buffer is moved into one of twice its size, both are there.
#[test]
fn framing_a_message_that_never_ends_holds_at_most_three_times_what_arrived() {
    let header = raw(0x7B, 1, (1 << 20) - 8, &[]);
    for arrived in (8..200_000).step_by(4096) {
        let stream = [header.clone(), vec![0; arrived]].concat();
        let most = peak(|| {
            let mut reader = FrameReader::new(Limits::DEFAULT);
            for mut piece in stream.chunks(100) {
                assert_eq!(reader.feed(&mut piece), Ok(None));
            }
        });
        assert!(most <= 3 * stream.len(), "{} octets: {most}", stream.len());
    }
}

/// What a text may cost that grows by doubling.
fn assert_grown(print: impl Fn() -> String, factor: usize, len: usize) {
    let mut text = 0;
    let most = peak(|| text = black_box(print()).len());
    assert!(text <= factor * len + TEXT_MORE, "{text}");
    assert!(most <= 3 * text + 1024, "{text}: {most}");
}

#[test]
fn a_dump_holds_at_most_three_times_its_text() {
    for message in messages() {
        assert_grown(|| dump(message), TEXT_FACTOR, message.len());
    }
    for message in messages().filter(|message| message.len() <= Limits::DEFAULT.message_len) {
        assert_grown(|| dump_hex(message), HEX_FACTOR, message.len());
    }
}

/// More than a dump promises: of many short items the text is longer than the octets.
#[test]
fn dumping_a_hostile_input_holds_at_most_twice_the_input_and_a_page() {
    for input in inputs() {
        let most = peak(|| drop(black_box(dump(&input.octets))));
        assert!(most <= allowed(&input.octets), "{}: {most}", input.name);
    }
}
