//! Breaches of the format that a reader may be told to take: each by its own name and no other,
//! read as meant, written again in the right encoding.

use strongroom_ttlv::{
    DecodeErrorKind as Kind, Fields, ItemType, Limits, Tag, Tolerance, Tolerances, encode, validate,
};

use crate::build::{Get, boolean, deep, enumeration, integer, interval, raw, structure};

const TOP: Tag = Tag::new(0x42_007B);
const FIELD: Tag = Tag::new(0x42_002A);

/// What is wrong, what it is in its right encoding, the tolerance that takes it, and why it is
/// refused without.
fn breaches() -> Vec<(Vec<u8>, Vec<u8>, Tolerance, Kind)> {
    let counts = Tolerance::LengthCountsPadding;
    let bad = |item_type| Kind::BadLength {
        item_type,
        length: 8,
    };
    let wide = |code| raw(0x2A, code, 8, &[0, 0, 1, 0, 0, 0, 0, 0]);
    vec![
        (wide(2), integer(0x2A, 256), counts, bad(ItemType::Integer)),
        (
            wide(5),
            enumeration(0x2A, 256),
            counts,
            bad(ItemType::Enumeration),
        ),
        (
            wide(10),
            interval(0x2A, 256),
            counts,
            bad(ItemType::Interval),
        ),
        (
            boolean(0x2A, 2),
            boolean(0x2A, 1),
            Tolerance::AnyTrue,
            Kind::BadBoolean,
        ),
        (
            boolean(0x2A, u64::MAX),
            boolean(0x2A, 1),
            Tolerance::AnyTrue,
            Kind::BadBoolean,
        ),
    ]
}

#[test]
fn each_breach_is_taken_by_its_own_tolerance_only() {
    for (item, _, tolerance, kind) in breaches() {
        let message = structure(0x7B, &[item]);
        for granted in Tolerance::ALL {
            let limits = Limits::DEFAULT.with_tolerance(granted);
            let found = validate(&message, &limits).map_err(|error| error.kind);
            let wanted = if granted == tolerance {
                Ok(())
            } else {
                Err(kind)
            };
            assert_eq!(found, wanted, "{granted:?}");
        }
        let error = validate(&message, &Limits::DEFAULT).unwrap_err();
        assert_eq!((error.kind, error.offset), (kind, 8));
    }
}

#[test]
fn no_limits_of_ours_tolerate_anything() {
    for limits in [Limits::DEFAULT, Limits::FORMAT, Limits::default()] {
        assert!(limits.tolerances.is_empty());
    }
    let both = Tolerances::NONE
        .with(Tolerance::AnyTrue)
        .with(Tolerance::LengthCountsPadding);
    assert!(Tolerance::ALL.into_iter().all(|one| both.has(one)));
    assert!(
        !Tolerances::NONE
            .with(Tolerance::AnyTrue)
            .has(Tolerance::LengthCountsPadding)
    );
}

#[test]
fn a_tolerated_item_is_read_as_meant_and_written_right() {
    for (item, right, tolerance, _) in breaches() {
        let limits = Limits::DEFAULT.with_tolerance(tolerance);
        let message = structure(0x7B, &[item.clone(), integer(0x2B, 7)]);
        let wanted = structure(0x7B, &[right, integer(0x2B, 7)]);
        let whole = Fields::item(&message, &limits).unwrap();
        assert_eq!(*encode(|w| w.item(&whole)).unwrap(), wanted);
        let owned = whole.to_owned_item();
        assert_eq!(owned.encoded(), message, "kept as it came");
        assert_eq!(*encode(|w| w.item(&owned.get().unwrap())).unwrap(), wanted);

        let mut fields = Fields::message(TOP, &message, &limits).unwrap();
        match ItemType::from_code(item[3]).unwrap() {
            ItemType::Integer => assert_eq!(fields.clone().integer(FIELD), Ok(256)),
            ItemType::Enumeration => assert_eq!(fields.clone().enumeration(FIELD), Ok(256_u32)),
            ItemType::Interval => assert_eq!(fields.clone().interval_opt(FIELD), Ok(Some(256))),
            _ => assert_eq!(fields.clone().boolean(FIELD), Ok(true)),
        }
        let first = fields.next_item().unwrap().unwrap();
        assert_eq!(first.encoded(), item);
        assert_eq!(fields.integer(Tag::new(0x42_002B)), Ok(7));
        fields.finish().unwrap();
    }
}

#[test]
fn a_length_of_8_is_tolerated_only_with_zeros_behind_the_value() {
    let limits = Limits::DEFAULT.with_tolerance(Tolerance::LengthCountsPadding);
    let item = raw(0x2A, 2, 8, &[0, 0, 1, 0, 0, 0, 0, 1]);
    let error = validate(&structure(0x7B, &[item]), &limits).unwrap_err();
    assert_eq!(error.kind, Kind::NonZeroPadding);
    for len in [0_u32, 2, 12, 16] {
        let octets = vec![0; len as usize];
        let message = structure(0x7B, &[raw(0x2A, 2, len, &octets)]);
        let error = validate(&message, &limits).unwrap_err();
        let item_type = ItemType::Integer;
        assert_eq!(
            error.kind,
            Kind::BadLength {
                item_type,
                length: len
            }
        );
    }
}

#[test]
fn limits_hold_for_tolerated_messages() {
    let limits = Limits::DEFAULT
        .with_message_len(usize::MAX)
        .with_tolerance(Tolerance::AnyTrue);
    let bad = boolean(0x26, 2);
    let many = structure(0x7B, &[bad.repeat(5000)]);
    let error = validate(&many, &limits).unwrap_err();
    assert_eq!(error.kind, Kind::TooManyItems { limit: 4096 });
    let nested = structure(0x7B, &[bad, deep(0x08, 40)]);
    let error = validate(&nested, &limits).unwrap_err();
    assert_eq!(error.kind, Kind::TooDeep { limit: 32 });
}

#[test]
fn a_sound_message_reads_the_same_whatever_is_tolerated() {
    let message = Get::new().message();
    let all = Tolerance::ALL
        .into_iter()
        .fold(Limits::DEFAULT, Limits::with_tolerance);
    let (strict, lenient) = (
        Fields::item(&message, &Limits::DEFAULT).unwrap(),
        Fields::item(&message, &all).unwrap(),
    );
    assert_eq!(format!("{strict:?}"), format!("{lenient:?}"));
    assert_eq!(*encode(|w| w.item(&lenient)).unwrap(), message);
}
