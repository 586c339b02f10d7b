//! The readers of [`Fields`] on a message that was accepted.

use strongroom_ttlv::{DecodeError, DecodeErrorKind, Fields, Item, ItemType, Limits, Tag, Value};

use crate::tree::Leaf;
use crate::{See, Seen};

/// Reads every item in each way that there is; of one in the middle, one of `items`, asks for what it is not.
/// Gives the message with other octets wherever the dump may show none.
pub(super) fn check(message: &[u8], item: &Item<'_>, items: usize, see: See<'_>) -> Vec<u8> {
    let mut reading = Reading {
        message,
        concealed: message.to_vec(),
        path: [item.tag; Limits::MAX_DEPTH + 1],
        read: 0,
        middle: items / 2,
        see,
    };
    reading.enter(item, 0);
    reading.concealed
}

struct Reading<'m, 's> {
    message: &'m [u8],
    concealed: Vec<u8>,
    /// Tags of the structures around the item at hand, as many as it is deep, then its own.
    path: [Tag; Limits::MAX_DEPTH + 1],
    /// Items in structures that were read so far.
    read: usize,
    middle: usize,
    see: See<'s>,
}

impl Reading<'_, '_> {
    /// `item` inside `depth` structures, and what is in it.
    fn enter(&mut self, item: &Item<'_>, depth: usize) {
        (self.see)(Seen::Item(item.value.item_type()));
        let end = item.offset + item.encoded().len();
        assert!(item.encoded() == &self.message[item.offset..end]);
        self.path[depth] = item.tag;
        match &item.value {
            Value::Structure(fields) => self.structure(fields.clone(), depth + 1),
            Value::Bytes(octets) | Value::BigInteger(octets) => {
                let value = &mut self.concealed[item.offset + 8..][..octets.len()];
                // The dump looks for headers in hidden octets: the first five of a word stay.
                for word in value.chunks_mut(8) {
                    word.iter_mut().skip(5).for_each(|octet| *octet = !*octet);
                }
            }
            _ => {}
        }
    }

    fn structure(&mut self, mut fields: Fields<'_>, depth: usize) {
        assert_eq!(fields.within(), self.path[depth - 1]);
        loop {
            let before = fields.clone();
            let Some(item) = fields.next_item().expect("checked before") else {
                break;
            };
            assert_eq!(before.offset(), item.offset);
            assert_eq!(fields.offset(), item.offset + item.encoded().len());
            assert_eq!(before.peek(), Some(item.tag));
            assert_eq!(before.peek_type(), Some(item.value.item_type()));
            match Leaf::of(&item.value) {
                Some(leaf) => assert!(leaf.is_read_by(&mut before.clone(), item.tag)),
                None => same_structure(&before, &item),
            }
            self.enter(&item, depth);
            self.read += 1;
            if self.read == self.middle {
                self.refusals(&before, &item, depth);
            }
        }
        assert_eq!((fields.remaining(), fields.peek()), (0, None));
        assert_eq!(fields.finish(), Ok(()));
    }

    /// What readers say where `item` is next and something else is asked for.
    fn refusals(&mut self, before: &Fields<'_>, item: &Item<'_>, depth: usize) {
        self.path[depth] = item.tag;
        let (tag, found) = (item.tag, item.value.item_type());
        let other = Tag::new(tag.value() ^ 1);
        assert_eq!(before.clone().text_opt(other), Ok(None));
        self.is_at(before.clone().text(other), item.offset, depth, {
            let (expected, found) = (other, tag);
            DecodeErrorKind::UnexpectedTag { expected, found }
        });
        let expected = match found {
            ItemType::Interval => ItemType::Integer,
            _ => ItemType::Interval,
        };
        let (once, twin) = match found {
            ItemType::Interval => (
                before.clone().integer(tag).map(drop),
                before.clone().integer_opt(tag).map(drop),
            ),
            _ => (
                before.clone().interval(tag).map(drop),
                before.clone().interval_opt(tag).map(drop),
            ),
        };
        assert_eq!(once, twin);
        let kind = DecodeErrorKind::WrongType {
            tag,
            expected,
            found,
        };
        self.is_at(once, item.offset, depth, kind);
        let kind = DecodeErrorKind::Unread { found: tag };
        self.is_at(before.clone().finish(), item.offset, depth, kind);
        // As a reader of any order reports.
        for kind in [
            DecodeErrorKind::Duplicate { tag },
            DecodeErrorKind::BadValue { tag },
        ] {
            let error = before.error_at(kind, item.offset);
            self.is_at(Err::<(), _>(error), item.offset, depth, kind);
        }
        self.missing(before.clone(), tag, depth);
    }

    /// At the end of the structure.
    fn missing(&mut self, mut fields: Fields<'_>, expected: Tag, depth: usize) {
        while fields.skip().expect("checked before").is_some() {}
        assert_eq!(fields.clone().text_opt(expected), Ok(None));
        let offset = fields.offset();
        let error = fields.text(expected).expect_err("nothing is left");
        let kind = DecodeErrorKind::Missing { expected };
        assert_eq!((error.kind, error.offset), (kind, offset));
        assert_eq!(error.path.tags(), &self.path[..depth]);
        assert_eq!(error.path.structures(), &self.path[..depth]);
        (self.see)(Seen::Decode(kind));
    }

    /// `outcome` is this error, at the item at `offset` and on the way to it.
    fn is_at<T: std::fmt::Debug>(
        &mut self,
        outcome: Result<T, DecodeError>,
        offset: usize,
        depth: usize,
        kind: DecodeErrorKind,
    ) {
        let error = outcome.expect_err("not what is there");
        assert_eq!((error.kind, error.offset), (kind, offset));
        assert_eq!(error.path.tags(), &self.path[..=depth]);
        assert_eq!(error.path.structures(), &self.path[..depth]);
        (self.see)(Seen::Decode(kind));
    }
}

/// The structure `item`, which is next in `before`, read by its tag.
fn same_structure(before: &Fields<'_>, item: &Item<'_>) {
    let Value::Structure(fields) = &item.value else {
        panic!("a type that no reader knows: {item:?}");
    };
    let place = (fields.offset(), fields.remaining());
    let read = before.clone().structure(item.tag).expect("it is next");
    assert_eq!((read.offset(), read.remaining()), place);
    let twin = before.clone().structure_opt(item.tag).expect("it is next");
    assert_eq!(
        twin.map(|read| (read.offset(), read.remaining())),
        Some(place)
    );
}
