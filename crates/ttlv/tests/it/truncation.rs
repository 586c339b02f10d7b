//! Messages cut short, with the length of the whole left as it was or made to fit.

use bytes::BytesMut;
use strongroom_ttlv::{DecodeErrorKind as Kind, Limits, dump, validate};

use crate::build::Get;
use crate::changes::read_all;
use crate::golden::golden;

fn verdict(message: &[u8]) -> Result<(), Kind> {
    validate(message, &Limits::DEFAULT).map_err(|error| error.kind)
}

/// The first `len` octets of `message`, their length field saying so.
pub(crate) fn fitted(message: &[u8], len: usize) -> Vec<u8> {
    let mut cut = message[..len].to_vec();
    if let Some(field) = cut.get_mut(4..8) {
        field.copy_from_slice(&u32::try_from(len - 8).unwrap().to_be_bytes());
    }
    cut
}

#[test]
fn every_truncation_is_refused_and_shown() {
    for message in golden() {
        for len in 0..message.len() {
            let cut = &message[..len];
            // No golden message ends in padding of its own: all are structures or a Big Integer.
            let length = u32::try_from(message.len() - 8).unwrap();
            let expected = match len {
                0 => Kind::Empty,
                1..8 => Kind::Truncated { left: len },
                _ => Kind::BeyondEnd {
                    length,
                    left: len - 8,
                },
            };
            assert_eq!(verdict(cut), Err(expected), "{len}");
            assert!(dump(cut).contains("error: "), "{len}");
            read_all(&fitted(&message, len), &mut BytesMut::new());
        }
    }
}

/// Where other decoders take the end of the octets for an absent field.
#[test]
fn a_get_answer_cut_at_any_word_is_refused_unless_whole_items_remain() {
    let message = Get::new().message();
    let cuts: Vec<usize> = (8..=304).step_by(8).collect();
    assert_eq!(cuts.len(), 38);
    let mut accepted = Vec::new();
    for cut in cuts {
        let (length, left) = (304, cut - 8);
        let as_it_was = verdict(&message[..cut]);
        assert_eq!(as_it_was, Err(Kind::BeyondEnd { length, left }), "{cut}");
        match verdict(&fitted(&message, cut)) {
            Ok(()) => accepted.push(cut),
            Err(Kind::BeyondEnd { .. }) => {}
            Err(other) => panic!("{cut}: {other}"),
        }
    }
    // An empty structure, and one with the header alone: sound octets, of which a typed reader
    // will say what is missing.
    assert_eq!(accepted, [8, 88]);
}
