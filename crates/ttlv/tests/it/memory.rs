//! What reading costs in memory: nothing where octets are sound, a short path where they are not.
//! Counts the allocations of this thread; how large they are is read off what is handed out.

use std::fmt::{self, Write as _};
use std::hint::black_box;
use std::sync::LazyLock;

use strongroom_secret::count::{Counting, allocations};
use strongroom_ttlv::{DecodeError, Fields, FrameReader, Limits, dump, dump_hex, validate};

use crate::build::{Get, bytes, structure};
use crate::corpus::inputs;
use crate::golden::golden;
use crate::hostile::{claims, locate_100_000};
use crate::typed::{get_answer, items_below};

#[global_allocator]
static COUNTING: Counting = Counting;

/// Every input of these tests that is there to waste memory, and the golden messages.
pub(crate) fn messages() -> impl Iterator<Item = &'static [u8]> {
    static MORE: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        let mut more: Vec<_> = claims().into_iter().map(|claim| claim.message).collect();
        more.extend([locate_100_000(), longest_lines()]);
        more.extend(golden());
        more
    });
    let more = MORE.iter().map(Vec::as_slice);
    inputs()
        .iter()
        .map(|input| input.octets.as_slice())
        .chain(more)
}

/// As often as a list of `len` small things is moved when it at least doubles each time.
fn moves(len: usize) -> usize {
    (len.max(1).ilog2() + 1).try_into().unwrap()
}

/// Takes text and keeps its length alone.
struct Length(usize);

impl fmt::Write for Length {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

#[test]
fn the_allocator_counts() {
    assert_eq!(allocations(|| drop(black_box(Box::new(1)))), 1);
    assert_eq!(allocations(|| ()), 0);
}

#[test]
fn a_get_answer_is_checked_and_read_without_an_allocation() {
    let message = Get::new().message();
    let limits = Limits::DEFAULT;
    assert_eq!(allocations(|| validate(&message, &limits).unwrap()), 0);
    let read = || assert_eq!(get_answer(&message, &limits).unwrap().length, 256);
    assert_eq!(allocations(read), 0);
}

/// Checks and reads all of `message`; items in it, and allocations meanwhile.
fn read(message: &[u8], limits: &Limits) -> (Result<usize, DecodeError>, usize) {
    let mut outcome = Ok(0);
    let count = allocations(|| {
        outcome = Fields::item(message, limits).map(|item| 1 + items_below(&item.value));
    });
    (outcome, count)
}

#[test]
fn sound_messages_are_read_to_the_end_without_an_allocation() {
    let mut sound = 0;
    for message in messages() {
        if let (Ok(items), count) = read(message, &Limits::FORMAT) {
            assert_eq!(count, 0);
            assert!(items <= message.len() / 8);
            sound += 1;
        }
    }
    // Hostile ones that are sound or limited; a long answer, a deep message, the golden ones.
    assert_eq!(sound, 28 + 2 + 2 + 20);
}

#[test]
fn a_refusal_allocates_its_path_and_prints_itself_without_more() {
    let limits = [
        Limits::DEFAULT,
        Limits::DEFAULT.with_message_len(usize::MAX),
        Limits::FORMAT.with_items(4096),
    ];
    for message in messages() {
        for limits in &limits {
            let (Err(error), count) = read(message, limits) else {
                continue;
            };
            assert!(count <= moves(Limits::MAX_DEPTH + 1), "{count}");
            let mut length = Length(0);
            let printing = allocations(|| write!(length, "{error} {error:?}").unwrap());
            assert_eq!(printing, 0);
            assert!(length.0 < 2_000);
        }
    }
}

#[test]
fn the_frame_reader_allocates_what_has_arrived_and_little_more() {
    for stream in messages() {
        let mut message = None;
        let mut reader = FrameReader::new(Limits::FORMAT);
        let count = allocations(|| message = reader.feed(&mut &*stream).ok().flatten());
        assert!(
            count <= 2,
            "one for the header, one for the message: {count}"
        );
        if let Some(message) = message {
            assert_eq!(message.capacity(), message.len());
        }

        let mut reader = FrameReader::new(Limits::DEFAULT);
        let feed = |mut piece: &[u8]| reader.feed(&mut piece).is_ok();
        let count = allocations(|| {
            black_box(stream.chunks(100).all(feed));
        });
        // A piece may end one message and begin another.
        assert!(count <= 2 * moves(stream.len()), "{count}");
    }
}

/// The most that a line is longer than what it is about: `(not shown)` 64 levels deep.
pub(crate) const TEXT_FACTOR: usize = 22;
/// The same of the octets, 16 a line.
pub(crate) const HEX_FACTOR: usize = 4;
/// Above the factor: the error at the end.
pub(crate) const TEXT_MORE: usize = 1024;

/// Prints; the text must grow by doubling, to at most `factor` times `len`.
fn assert_bounded(print: impl FnOnce() -> String, factor: usize, len: usize) {
    let mut text = String::new();
    let count = allocations(|| text = print());
    assert!(text.len() <= factor * len + TEXT_MORE);
    assert!(text.capacity() <= 2 * text.len());
    // The text as it grows, the path of the error, and the error while it waits for its place.
    let most = 2 * moves(text.len()) + moves(Limits::MAX_DEPTH + 1);
    assert!(count <= most, "{count}");
}

#[test]
fn a_dump_grows_with_the_message_and_no_faster() {
    for message in messages() {
        assert_bounded(|| dump(message), TEXT_FACTOR, message.len());
    }
    for message in messages().filter(|message| message.len() <= Limits::DEFAULT.message_len) {
        assert_bounded(|| dump_hex(message), HEX_FACTOR, message.len());
    }
    assert!(dump(&longest_lines()).len() > 21 * longest_lines().len());
}

/// 64 levels around many empty Byte Strings.
pub(crate) fn longest_lines() -> Vec<u8> {
    let mut message = bytes(0x43, &[]).repeat(50_000);
    for _ in 0..64 {
        message = structure(0x08, &[message]);
    }
    message
}
