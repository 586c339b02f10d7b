//! Octets that were read, written; a message that was written, read.

use bytes::BytesMut;
use strongroom_ttlv::frame::needed;
use strongroom_ttlv::{
    EncodeErrorKind, Fields, Item, ItemType, Limits, Need, Tag, Value, Writer, encode, encode_into,
    encode_over,
};

use crate::plain;
use crate::tree::{Leaf, Step, Tree};
use crate::{See, Seen};

/// The input as a message: if it is accepted, the same octets come out when every item is written again. And
/// as a plan for a message: it is written and read as planned, or refused for its first fault. Without bit 7
/// of the first octet the plan has no faults.
pub fn ttlv_round_trip(input: &[u8], see: See<'_>) {
    if let Ok(item) = Fields::item(input, &Limits::FORMAT) {
        rewritten(input, &item);
    }
    let tree = match input.first() {
        Some(0..=0x7F) => Tree::sound(input),
        _ => Tree::faulty(input),
    };
    planned(tree, see);
    undecided(input, see);
}

fn rewritten(input: &[u8], item: &Item<'_>) {
    let written = encode(|w| write(w, item)).expect("what was read can be written");
    assert_eq!(*written, input);
    let copied = encode(|w| w.item(item)).expect("what was read can be copied");
    assert_eq!(*copied, input);
    let owned = item.to_owned_item();
    assert_eq!(owned.get().expect("checked before").encoded(), input);
}

fn write(w: &mut Writer<'_>, item: &Item<'_>) {
    match (&item.value, Leaf::of(&item.value)) {
        (_, Some(leaf)) => leaf.write(w, item.tag),
        (Value::Structure(fields), None) => w.structure(item.tag, |w| {
            let mut fields = fields.clone();
            while let Some(item) = fields.next_item().expect("checked before") {
                write(w, &item);
            }
            fields.finish().expect("at the end");
        }),
        (other, None) => panic!("a type that this target does not know: {other:?}"),
    }
}

fn planned(tree: Tree<'_>, see: See<'_>) {
    let before = b"before";
    let mut frame = BytesMut::from(&before[..]);
    let framed = encode_into(&mut frame, |w| tree.write(w));
    let mut over = frame.clone();
    let put_over = encode_over(&mut over, |w| tree.write(w));
    let written = encode(|w| tree.write(w));
    let message = match (written, tree.fault()) {
        (Ok(message), None) => message,
        (Err(error), Some(fault)) => {
            assert_eq!((error.kind, error.tag), fault);
            assert_eq!((framed, &frame[..]), (Err(error), &before[..]));
            assert_eq!((put_over, &over[..]), (Err(error), &[][..]));
            return see(Seen::Encode(error.kind));
        }
        (written, fault) => panic!("{fault:?} was planned, {written:?} came out"),
    };
    assert_eq!(framed, Ok(()));
    assert_eq!(frame.strip_prefix(before), Some(message.as_slice()));
    assert_eq!((put_over, &over[..]), (Ok(()), message.as_slice()));
    assert!(plain::assert_agrees(&message).is_some());
    let item = Fields::item(&message, &Limits::FORMAT).expect("written by us");
    assert!(tree.is(&item), "{tree:?} became {item:?}");
    if let Value::Structure(_) = item.value {
        let need = needed(&message, &Limits::FORMAT);
        assert_eq!(need, Ok(Need::Message(message.len())));
    }
    for step in tree {
        match step {
            Step::Open(_) => see(Seen::Item(ItemType::Structure)),
            Step::Leaf(_, leaf) => see(Seen::Item(leaf.item_type())),
            Step::Close => {}
        }
    }
}

/// A writing function that writes one text the first time and another the second time.
fn undecided(input: &[u8], see: See<'_>) {
    let Some((&at, octets)) = input.split_first() else {
        return;
    };
    let (first, second) = octets.split_at(usize::from(at).min(octets.len()));
    let runs = std::cell::Cell::new(0);
    let written = encode(|w| {
        let octets = if runs.replace(1) == 0 { first } else { second };
        w.bytes(Tag::new(0x42_0043), octets);
    });
    let padded = |octets: &[u8]| octets.len().next_multiple_of(8);
    match written {
        Ok(message) => assert_eq!(&message[8..][..second.len()], second),
        Err(error) => {
            assert_eq!(error.kind, EncodeErrorKind::Unstable);
            assert_ne!(padded(first), padded(second));
            see(Seen::Encode(error.kind));
        }
    }
}
