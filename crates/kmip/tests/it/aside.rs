//! What a client keeps aside of a response: what no type has a field for.

use strongroom_kmip::message::Aside;
use strongroom_kmip::{Limits, ResponseMessage, tag};
use strongroom_ttlv::Tag;

use crate::tree;

/// A tag of KMIP 3.0, which no version here has.
const LATER: u32 = 0x42_01F0;
const ATTRIBUTES: u32 = 0x42_0125;

fn keeping(bytes: &[u8]) -> (ResponseMessage, Vec<Aside>) {
    let limits = Limits::default();
    let (message, asides) = ResponseMessage::decode_keeping(bytes, &limits).unwrap();
    let plain = ResponseMessage::decode(bytes, &limits).unwrap();
    assert_eq!(format!("{message:?}"), format!("{plain:?}"));
    for aside in &asides {
        let item = aside.item.get().unwrap();
        let there = bytes.split_at(aside.offset).1;
        assert!(there.starts_with(item.encoded()), "{aside}");
    }
    let kept: usize = asides
        .iter()
        .map(|aside| aside.item.get().unwrap().encoded().len())
        .sum();
    assert!(kept < bytes.len());
    (message, asides)
}

fn shown(asides: &[Aside]) -> Vec<String> {
    let cut = |shown: String| shown.split(" at octet").next().unwrap().to_owned();
    asides.iter().map(|aside| cut(aside.to_string())).collect()
}

fn message(minor: i32, header: &[Vec<u8>], items: &[Vec<Vec<u8>>]) -> Vec<u8> {
    let count = i32::try_from(items.len()).unwrap();
    let version = tree::structure(
        0x42_0069,
        &[tree::integer(0x42_006A, 2), tree::integer(0x42_006B, minor)],
    );
    let mut fields = vec![version];
    fields.extend_from_slice(header);
    fields.push(tree::integer(0x42_000D, count));
    let mut parts = vec![tree::structure(0x42_007A, &fields)];
    parts.extend(items.iter().map(|item| tree::structure(0x42_000F, item)));
    tree::structure(0x42_007B, &parts)
}

fn success(operation: u32, payload: &[Vec<u8>]) -> Vec<Vec<u8>> {
    vec![
        tree::enumeration(0x42_005C, operation),
        tree::enumeration(0x42_007F, 0),
        tree::structure(0x42_007C, payload),
    ]
}

#[test]
fn a_later_field_in_header_item_payload_and_attributes_is_kept_and_named() {
    let later = || tree::structure(LATER, &[tree::text(0x54_0001, "what is this?")]);
    let id = || tree::text(0x42_0094, "7");
    // Get Attributes: the payload, and Name inside Attributes, hold a later field; a later
    // attribute is an attribute of an unknown name.
    let name = tree::structure(
        0x42_0053,
        &[
            tree::text(0x42_0055, "key"),
            tree::enumeration(0x42_0054, 1),
        ],
    );
    let attributes = tree::structure(ATTRIBUTES, &[name, later()]);
    let mut item = success(0x0B, &[id(), attributes, later()]);
    item.push(later());
    let bytes = message(1, &[later()], &[success(0x12, &[id()]), item]);
    let (message, asides) = keeping(&bytes);
    assert_eq!(message.batch.len(), 2);
    let in_item = "/Response Message/Batch Item";
    let expected = [
        format!("/Response Message/Response Header/{}", Tag::new(LATER)),
        format!("{in_item}/Response Payload/{}", Tag::new(LATER)),
        format!("{in_item}/{}", Tag::new(LATER)),
    ];
    assert_eq!(shown(&asides), expected);
    let batch_items: Vec<_> = asides.iter().map(|aside| aside.batch_item).collect();
    assert_eq!(batch_items, [None, Some(1), Some(1)]);
    for aside in &asides {
        assert_eq!(aside.tag(), Some(Tag::new(LATER)));
        assert_eq!(aside.item.get().unwrap().encoded(), later());
        let debug = format!("{aside:?}");
        assert!(!debug.contains("what is this"), "{debug}");
    }
    // The attribute of the unknown name is no aside: it is among the attributes.
    let debug = format!("{:?}", message.batch[1].response);
    assert!(debug.contains("Other"), "{debug}");
}

#[test]
fn a_field_inside_an_attribute_or_a_structure_is_kept() {
    // In a 1.x attribute: beside its value. In Server Information: whatever stands there is kept
    // by the type itself. In Nonce and Protocol Version: aside.
    let extra = || tree::boolean(0x54_0003, true);
    let attribute = tree::structure(
        0x42_0008,
        &[
            tree::text(0x42_000A, "State"),
            tree::enumeration(0x42_000B, 2),
            extra(),
        ],
    );
    let bytes = tree::response(0, 0x0B, &[tree::text(0x42_0094, "7"), attribute]);
    let (_, asides) = keeping(&bytes);
    let path = "/Response Message/Batch Item/Response Payload/Attribute";
    assert_eq!(shown(&asides), [format!("{path}/{}", Tag::new(0x54_0003))]);
    assert_eq!(asides[0].path.last(), Some(&tag::ATTRIBUTE));

    let information = tree::structure(0x42_0088, &[extra(), tree::text(0x42_0131, "product")]);
    let bytes = message(0, &[], &[success(0x18, &[information])]);
    let (message, asides) = keeping(&bytes);
    assert_eq!(asides, []);
    assert!(message.batch[0].response.is_some());
}

#[test]
fn fields_of_a_later_version_that_a_type_has_are_in_the_type() {
    // An object of 1.0 whose wrapping says Encoding Option, of 1.1.
    let wrapping = tree::structure(
        0x42_0046,
        &[
            tree::enumeration(0x42_009E, 1),
            tree::enumeration(0x42_00A3, 1),
        ],
    );
    let block = [
        tree::enumeration(0x42_0042, 1),
        tree::bytes(0x42_0045, &[0x5A; 40]),
        wrapping,
    ];
    let key = tree::structure(0x42_008F, &[tree::structure(0x42_0040, &block)]);
    let payload = [
        tree::enumeration(0x42_0057, 2),
        tree::text(0x42_0094, "7"),
        key,
        tree::boolean(0x54_0003, true),
    ];
    let (message, asides) = keeping(&tree::response(0, 0x0A, &payload));
    let debug = format!("{message:?}");
    assert!(debug.contains("encoding_option: Some"), "{debug}");
    assert_eq!(asides.len(), 1, "{asides:?}");
    assert_eq!(asides[0].tag(), Some(Tag::new(0x54_0003)));
}

#[test]
fn what_stands_twice_or_is_not_looked_at_is_kept() {
    let id = |id: &str| tree::text(0x42_0094, id);
    let failed = vec![
        tree::enumeration(0x42_005C, 0x0A),
        tree::enumeration(0x42_007F, 1),
        tree::enumeration(0x42_007E, 1),
        tree::structure(0x42_007C, &[id("7")]),
    ];
    // A message extension that lacks two of its fields: whole, although one of them can be read.
    let half = tree::structure(0x42_0051, &[tree::text(0x42_009D, "vendor")]);
    let mut twice = success(0x12, &[id("7"), id("8")]);
    twice.push(half.clone());
    let (_, asides) = keeping(&message(1, &[], &[failed, twice]));
    let item = "/Response Message/Batch Item";
    let expected = [
        format!("{item}/Response Payload"),
        format!("{item}/Response Payload/Unique Identifier"),
        format!("{item}/Message Extension"),
    ];
    assert_eq!(shown(&asides), expected);
    assert_eq!(asides[2].item.get().unwrap().encoded(), half);
}

#[test]
fn an_undone_items_payload_that_cannot_be_read_is_kept_and_written_back() {
    let payload = tree::structure(0x42_007C, &[tree::boolean(0x42_0094, true)]);
    for operation in [Some(0x12), None] {
        let mut item = vec![tree::enumeration(0x42_007F, 3), payload.clone()];
        if let Some(operation) = operation {
            item.insert(0, tree::enumeration(0x42_005C, operation));
        }
        let bytes = message(1, &[], &[item]);
        let (message, asides) = keeping(&bytes);
        assert_eq!(asides, []);
        let undone = &message.batch[0];
        assert!(undone.response.is_none());
        let unread = undone.unread_payload.as_ref().unwrap();
        assert_eq!(unread.get().unwrap().encoded(), payload);
        assert_eq!(message.encode().unwrap().as_slice(), bytes);
    }
}

#[test]
fn messages_of_the_types_own_leave_nothing_aside() {
    use proptest::prelude::*;
    use strongroom_kmip::message::{ResponseHeader, ResponseItem};

    let version = crate::strategies::version();
    let answers = version.prop_flat_map(|version| {
        let response = crate::strategies::response(version);
        (Just(version), response)
    });
    proptest!(|((version, response) in answers)| {
        let header = ResponseHeader::new(version, 1);
        let message = ResponseMessage::new(header, vec![ResponseItem::success(response)]);
        let bytes = message.encode().unwrap();
        let (_, asides) = keeping(&bytes);
        prop_assert!(asides.is_empty(), "{asides:?} of {message:?}");
    });
}

#[test]
fn an_exchange_gives_what_is_aside_beside_the_answer() {
    use strongroom_kmip::exchange::Exchange;
    use strongroom_kmip::operation::ActivateRequest;
    use strongroom_kmip::{ProtocolVersion, Request};

    let request = Request::from(ActivateRequest::new("7"));
    let (exchange, _) = Exchange::new(ProtocolVersion::V1_0, &request).unwrap();
    let payload = [tree::text(0x42_0094, "7"), tree::boolean(0x54_0003, true)];
    let kept = exchange
        .finish_keeping(&tree::response(0, 0x12, &payload))
        .unwrap();
    assert_eq!(kept.answer.unwrap().unique_identifier(), Some(&"7".into()));
    let path = "/Response Message/Batch Item/Response Payload";
    assert_eq!(
        shown(&kept.asides),
        [format!("{path}/{}", Tag::new(0x54_0003))]
    );
}

#[test]
fn a_refusal_is_kept_with_what_stands_beside_it() {
    use strongroom_kmip::exchange::{Exchange, Quirk, Quirks};
    use strongroom_kmip::operation::ActivateRequest;
    use strongroom_kmip::{ProtocolVersion, Request};

    let request = Request::from(ActivateRequest::new("7"));
    let (exchange, _) = Exchange::new(ProtocolVersion::V2_0, &request).unwrap();
    let item = vec![
        tree::enumeration(0x42_005C, 0x12),
        tree::enumeration(0x42_007F, 1),
        tree::enumeration(0x42_007E, 0x0C),
        tree::text(LATER, "why"),
    ];
    let kept = exchange.finish_keeping(&message(0, &[], &[item])).unwrap();
    assert!(kept.answer.unwrap_err().is_permission_denied());
    assert_eq!(kept.quirks, Quirks::NONE.with(Quirk::LaterField));
    let path = "/Response Message/Batch Item";
    assert_eq!(shown(&kept.asides), [format!("{path}/{}", Tag::new(LATER))]);
}
