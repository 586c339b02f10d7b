//! Targets of strongroom-ttlv.

use strongroom_ttlv::{Fields, item};
use strongroom_ttlv::{FrameReader, Item, Limits, Value, Writer, dump, encode, validate};

/// Any octets: the parser, the checker and the dump agree and stay within their bounds.
pub fn ttlv_item(input: &[u8]) {
    let checked = validate(input, &Limits::FORMAT);
    match item(input) {
        Ok((rest, raw)) => assert!(rest.len() + raw.value.len() + 8 <= input.len()),
        Err(_) => assert!(
            checked.is_err(),
            "the checker accepts what the parser refuses"
        ),
    }
    match &checked {
        Ok(()) => assert!(Fields::item(input, &Limits::FORMAT).is_ok()),
        Err(error) => {
            assert!(error.offset <= input.len());
            assert!(error.path.tags().len() <= Limits::MAX_DEPTH + 1);
        }
    }
    if validate(input, &Limits::DEFAULT).is_ok() {
        assert!(checked.is_ok(), "narrower limits accept more");
    }
    let text = dump(input);
    let last = text.lines().last().unwrap_or_default();
    assert_eq!(
        last.get(9..15) == Some("error:"),
        checked.is_err(),
        "{last}"
    );
}

/// Octets that are accepted come out the same when every item is read and written again.
pub fn ttlv_round_trip(input: &[u8]) {
    let Ok(item) = Fields::item(input, &Limits::DEFAULT) else {
        return;
    };
    let written = encode(|w| write(w, &item)).expect("what was read can be written");
    assert_eq!(*written, input);
    let copied = encode(|w| w.item(&item)).expect("what was read can be copied");
    assert_eq!(*copied, input);
    let owned = item.to_owned_item();
    assert_eq!(owned.get().expect("checked before").encoded(), input);
}

fn write(w: &mut Writer<'_>, item: &Item<'_>) {
    let tag = item.tag;
    match &item.value {
        Value::Structure(fields) => w.structure(tag, |w| {
            let mut fields = fields.clone();
            while let Some(item) = fields.next_item().expect("checked before") {
                write(w, &item);
            }
            fields.finish().expect("at the end");
        }),
        Value::Integer(value) => w.integer(tag, *value),
        Value::LongInteger(value) => w.long_integer(tag, *value),
        Value::BigInteger(value) => w.big_integer(tag, value),
        Value::Enumeration(value) => w.enumeration(tag, *value),
        Value::Boolean(value) => w.boolean(tag, *value),
        Value::Text(value) => w.text(tag, value),
        Value::Bytes(value) => w.bytes(tag, value),
        Value::DateTime(value) => w.date_time(tag, *value),
        Value::Interval(value) => w.interval(tag, *value),
        Value::DateTimeExtended(value) => w.date_time_extended(tag, *value),
        other => panic!("a type that this target does not know: {other:?}"),
    }
}

/// The first octet is the length of the pieces in which the rest arrives: the pieces make no
/// difference to what comes out.
pub fn frame_stream(input: &[u8]) {
    let Some((&piece, stream)) = input.split_first() else {
        return;
    };
    let (whole, whole_end) = collect(stream, stream.len());
    let (pieces, pieces_end) = collect(stream, usize::from(piece));
    assert_eq!(whole, pieces);
    assert_eq!(whole_end, pieces_end);
    assert!(stream.starts_with(&whole));
}

/// The messages that come out, one after the other, and how the stream ended.
fn collect(stream: &[u8], piece: usize) -> (Vec<u8>, Result<(), strongroom_ttlv::FrameError>) {
    let mut reader = FrameReader::new(Limits::DEFAULT);
    let mut messages = Vec::new();
    for mut piece in stream.chunks(piece.max(1)) {
        while !piece.is_empty() {
            match reader.feed(&mut piece) {
                Ok(Some(message)) => messages.extend_from_slice(&message),
                Ok(None) => {}
                Err(error) => return (messages, Err(error)),
            }
        }
    }
    (messages, reader.end())
}
