//! The verdict on each hostile input, and on lengths, nesting and counts beyond what they hold.

use strongroom_ttlv::{
    DecodeErrorKind as Kind, Fields, FrameError, ItemType, Limits, Tag, Value, dump, validate,
};

use crate::build::{UID, answer, bytes, deep, raw, structure, text};
use crate::corpus::{self, Want};
use crate::golden::golden;
use crate::typed::RESPONSE;
use crate::{frames, plain};

/// All defaults but the length of the message.
const LONG: Limits = Limits::DEFAULT.with_message_len(usize::MAX);

fn verdict(message: &[u8], limits: &Limits) -> Result<(), Kind> {
    validate(message, limits).map_err(|error| error.kind)
}

#[test]
fn each_input_gets_its_verdict() {
    for input in corpus::inputs() {
        let found = verdict(&input.octets, &LONG);
        let expected = match input.want {
            Want::Accept => Ok(()),
            Want::Refuse(kind) | Want::Limit(kind) => Err(kind),
            Want::RefuseDeep => Err(Kind::TooDeep { limit: 32 }),
        };
        assert_eq!(found, expected, "{}", input.name);
        let (len, limit) = (input.octets.len(), 1 << 20);
        let by_default = match len > limit {
            true => Err(Kind::MessageTooLong { len, limit }),
            false => expected,
        };
        let found = verdict(&input.octets, &Limits::DEFAULT);
        assert_eq!(found, by_default, "{}", input.name);
    }
}

#[test]
fn only_what_a_limit_refuses_is_let_through_by_raising_it() {
    for input in corpus::inputs() {
        let expected = match input.want {
            Want::Accept | Want::Limit(_) => Ok(()),
            Want::Refuse(kind) => Err(kind),
            Want::RefuseDeep => Err(Kind::TooDeep { limit: 64 }),
        };
        let raised = LONG.with_items(usize::MAX).with_depth(usize::MAX);
        let found = verdict(&input.octets, &raised);
        assert_eq!(found, expected, "{}", input.name);
    }
}

#[test]
fn a_refusal_names_a_place_in_the_message_and_is_short() {
    for input in corpus::inputs() {
        for limits in [Limits::DEFAULT, LONG, Limits::FORMAT] {
            let Err(error) = validate(&input.octets, &limits) else {
                continue;
            };
            assert!(error.offset <= input.octets.len(), "{}", input.name);
            assert!(error.path.tags().len() <= 65, "{}", input.name);
            assert!(error.to_string().len() < 600, "{}", input.name);
        }
    }
}

#[test]
fn depths_beside_the_limit_are_told_apart() {
    for (levels, default, highest) in [
        (32, true, true),
        (33, false, true),
        (64, false, true),
        (65, false, false),
    ] {
        let bomb = deep(0x7B, levels);
        let too_deep = |limit, fits| match fits {
            true => Ok(()),
            false => Err(Kind::TooDeep { limit }),
        };
        assert_eq!(verdict(&bomb, &LONG), too_deep(32, default));
        assert_eq!(verdict(&bomb, &Limits::FORMAT), too_deep(64, highest));
    }
}

/// Lengths near 4 GiB, and near where a signed number or a sum with the padding would wrap.
const CLAIMS: [u32; 7] = [
    u32::MAX,
    0xFFFF_FFF9,
    0xFFFF_FFF8,
    0xFFFF_FFF0,
    0x8000_0000,
    0x7FFF_FFFF,
    0x7FFF_FFF8,
];

/// An item of each type with each claim, 8 octets after its header: alone, and inside a message.
pub(crate) struct Claim {
    code: u8,
    length: u32,
    /// Of the item in the message.
    offset: usize,
    pub(crate) message: Vec<u8>,
}

pub(crate) fn claims() -> Vec<Claim> {
    let mut claims = Vec::new();
    for (length, code) in CLAIMS
        .into_iter()
        .flat_map(|length| (1..=11).map(move |code| (length, code)))
    {
        let alone = raw(0x54_0001, code, length, &[0; 8]);
        let inside = structure(0x7B, &[structure(0x0F, std::slice::from_ref(&alone))]);
        claims.extend([(0, alone), (16, inside)].map(|(offset, message)| Claim {
            code,
            length,
            offset,
            message,
        }));
    }
    claims
}

impl Claim {
    fn expected(&self) -> Kind {
        let length = self.length;
        let item_type = ItemType::from_code(self.code).unwrap();
        let fits = match item_type {
            ItemType::TextString | ItemType::ByteString => true,
            ItemType::Structure | ItemType::BigInteger => length.is_multiple_of(8),
            _ => false,
        };
        match fits {
            true => Kind::BeyondEnd { length, left: 8 },
            false => Kind::BadLength { item_type, length },
        }
    }
}

#[test]
fn lengths_near_4_gib_are_refused_in_every_type_at_the_top_and_inside() {
    for claim in claims() {
        let message = &claim.message;
        for limits in [Limits::DEFAULT, LONG, Limits::FORMAT] {
            let error = validate(message, &limits).unwrap_err();
            assert_eq!((error.kind, error.offset), (claim.expected(), claim.offset));
        }
        assert!(dump(message).lines().count() <= 3);
        plain::assert_agrees(message);
    }
}

#[test]
fn lengths_near_4_gib_are_refused_by_the_frame_reader() {
    for length in CLAIMS {
        let message = raw(0x7B, 1, length, &[0; 8]);
        let (len, limit) = (u64::from(length) + 8, 1 << 20);
        let expected = match length.is_multiple_of(8) {
            true => FrameError::TooLong { len, limit },
            false => FrameError::BadLength { length },
        };
        assert_eq!(frames::collect(&message, &[16]), Err(expected));
    }
}

/// The Unique Identifier of this number.
fn id(number: u32) -> String {
    format!("{number:08x}{}", &UID[8..])
}

/// An answer to Locate with as many identifiers.
pub(crate) fn locate_100_000() -> Vec<u8> {
    let ids = (0..100_000).map(|number| text(0x94, &id(number)));
    answer(8, &ids.collect::<Vec<_>>())
}

#[test]
fn a_locate_answer_of_100_000_ids_is_read_when_the_limits_are_raised() {
    let message = locate_100_000();
    let (len, limit) = (message.len(), 1 << 20);
    let too_long = Err(Kind::MessageTooLong { len, limit });
    assert_eq!(verdict(&message, &Limits::DEFAULT), too_long);
    let too_many = Err(Kind::TooManyItems { limit: 4096 });
    assert_eq!(verdict(&message, &LONG), too_many);

    let limits = Limits::DEFAULT
        .with_message_len(8 << 20)
        .with_items(101_000);
    let mut answer = Fields::message(RESPONSE, &message, &limits).unwrap();
    answer.skip().unwrap();
    let mut item = answer.structure(Tag::new(0x42_000F)).unwrap();
    item.skip().unwrap();
    item.skip().unwrap();
    let mut payload = item.structure(Tag::new(0x42_007C)).unwrap();
    assert_eq!(payload.remaining(), 100_000 * 48);
    for number in 0..100_000 {
        assert_eq!(payload.text(Tag::new(0x42_0094)), Ok(id(number).as_str()));
    }
    payload.finish().unwrap();
}

/// The smallest limits that let `message` through.
fn needs(message: &[u8]) -> Limits {
    let item = Fields::item(message, &Limits::FORMAT).unwrap();
    let none = Limits::FORMAT
        .with_depth(0)
        .with_items(0)
        .with_text_len(0)
        .with_bytes_len(0);
    needed_by(&item.value, 0, none.with_message_len(message.len()))
}

/// `limits`, raised to what `value` needs `depth` structures deep.
fn needed_by(value: &Value<'_>, depth: usize, limits: Limits) -> Limits {
    let mut limits = limits.with_items(limits.items + 1);
    match value {
        Value::Text(text) => limits.with_text_len(limits.text_len.max(text.len())),
        Value::Bytes(octets) | Value::BigInteger(octets) => {
            limits.with_bytes_len(limits.bytes_len.max(octets.len()))
        }
        Value::Structure(fields) => {
            let mut fields = fields.clone();
            limits = limits.with_depth(limits.depth.max(depth + 1));
            while let Some(item) = fields.next_item().unwrap() {
                limits = needed_by(&item.value, depth + 1, limits);
            }
            limits
        }
        _ => limits,
    }
}

#[test]
fn each_limit_lets_through_what_it_says_and_nothing_more() {
    for message in golden() {
        let exact = needs(&message);
        assert_eq!(verdict(&message, &exact), Ok(()));
        let refused = |limits: Limits| verdict(&message, &limits).unwrap_err();

        let (len, limit) = (message.len(), message.len() - 1);
        let found = refused(exact.with_message_len(limit));
        assert_eq!(found, Kind::MessageTooLong { len, limit });
        let limit = exact.items - 1;
        let found = refused(exact.with_items(limit));
        assert_eq!(found, Kind::TooManyItems { limit });
        if let Some(limit) = exact.depth.checked_sub(1) {
            let found = refused(exact.with_depth(limit));
            assert_eq!(found, Kind::TooDeep { limit });
        }
        if let Some(limit) = exact.text_len.checked_sub(1) {
            let (len, found) = (exact.text_len, refused(exact.with_text_len(limit)));
            assert_eq!(found, Kind::TextTooLong { len, limit });
        }
        if let Some(limit) = exact.bytes_len.checked_sub(1) {
            let (len, found) = (exact.bytes_len, refused(exact.with_bytes_len(limit)));
            assert_eq!(found, Kind::BytesTooLong { len, limit });
        }
    }
}

#[test]
fn long_strings_end_at_their_limits() {
    let long = "a".repeat(65_537);
    let (len, limit) = (65_537, 65_536);
    assert_eq!(
        verdict(&text(0x94, &long), &Limits::DEFAULT),
        Err(Kind::TextTooLong { len, limit })
    );
    assert_eq!(verdict(&text(0x94, &long[1..]), &Limits::DEFAULT), Ok(()));
    let limits = Limits::DEFAULT.with_bytes_len(16);
    let too_long = |len| Err(Kind::BytesTooLong { len, limit: 16 });
    assert_eq!(verdict(&bytes(0x43, &[7; 17]), &limits), too_long(17));
    assert_eq!(verdict(&raw(0x52, 4, 24, &[0; 24]), &limits), too_long(24));
}

#[test]
fn an_accepted_bomb_is_read_and_dropped_without_recursion() {
    let message = deep(0x08, 64);
    let item = Fields::item(&message, &Limits::FORMAT).unwrap();
    let mut value = item.value;
    let mut levels = 0;
    while let Value::Structure(mut fields) = value {
        levels += 1;
        let Some(item) = fields.next_item().unwrap() else {
            break;
        };
        value = item.value;
    }
    assert_eq!(levels, 64);
}

/// Each step of a walk takes at least 8 octets, looks at one header and at one value once: what a
/// message costs grows with its length, not faster. (How fast is for the benches to say.)
#[test]
fn no_walk_takes_more_steps_than_the_message_has_words() {
    for input in corpus::inputs() {
        let steps = input.octets.len() / 8;
        let found = verdict(&input.octets, &Limits::FORMAT.with_items(steps));
        let within = !matches!(found, Err(Kind::TooManyItems { .. }));
        assert!(within, "{}", input.name);
        // One line an item, one for the error.
        assert!(
            dump(&input.octets).lines().count() <= steps + 1,
            "{}",
            input.name
        );
    }
}
