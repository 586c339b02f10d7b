//! The examples of KMIP 1.0, 9.1.2, typed from the specification, read and written.

use strongroom_ttlv::{Fields, Limits, Tag, Value, Writer, encode};

const EXAMPLE: Tag = Tag::new(0x42_0020);

fn octets(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap())
        .collect()
}

/// Reads `hex` with `is`, and wants `write` to make the same octets.
fn example(hex: &str, is: impl Fn(&Value<'_>) -> bool, write: impl Fn(&mut Writer<'_>)) {
    let octets = octets(hex);
    let item = Fields::item(&octets, &Limits::DEFAULT).unwrap();
    assert_eq!(item.tag, EXAMPLE);
    assert!(is(&item.value), "{:?}", item.value);
    assert_eq!(encode(write).unwrap().as_slice(), octets);
}

#[test]
fn numbers_of_the_specification() {
    example(
        "42 00 20 | 02 | 00 00 00 04 | 00 00 00 08 00 00 00 00",
        |value| matches!(value, Value::Integer(8)),
        |w| w.integer(EXAMPLE, 8),
    );
    example(
        "42 00 20 | 03 | 00 00 00 08 | 01 B6 9B 4B A5 74 92 00",
        |value| matches!(value, Value::LongInteger(123_456_789_000_000_000)),
        |w| w.long_integer(EXAMPLE, 123_456_789_000_000_000),
    );
    let big = 1_234_567_890_000_000_000_000_000_000_i128.to_be_bytes();
    example(
        "42 00 20 | 04 | 00 00 00 10 | 00 00 00 00 03 FD 35 EB 6B C2 DF 46 18 08 00 00",
        |value| matches!(value, Value::BigInteger(octets) if *octets == big),
        |w| w.big_integer(EXAMPLE, &big),
    );
    example(
        "42 00 20 | 05 | 00 00 00 04 | 00 00 00 FF 00 00 00 00",
        |value| matches!(value, Value::Enumeration(255)),
        |w| w.enumeration(EXAMPLE, 255_u32),
    );
    example(
        "42 00 20 | 06 | 00 00 00 08 | 00 00 00 00 00 00 00 01",
        |value| matches!(value, Value::Boolean(true)),
        |w| w.boolean(EXAMPLE, true),
    );
}

#[test]
fn strings_and_times_of_the_specification() {
    example(
        "42 00 20 | 07 | 00 00 00 0B | 48 65 6C 6C 6F 20 57 6F 72 6C 64 00 00 00 00 00",
        |value| matches!(value, Value::Text("Hello World")),
        |w| w.text(EXAMPLE, "Hello World"),
    );
    example(
        "42 00 20 | 08 | 00 00 00 03 | 01 02 03 00 00 00 00 00",
        |value| matches!(value, Value::Bytes([1, 2, 3])),
        |w| w.bytes(EXAMPLE, &[1, 2, 3]),
    );
    // Friday, 14 March 2008, 11:56:40 GMT
    example(
        "42 00 20 | 09 | 00 00 00 08 | 00 00 00 00 47 DA 67 F8",
        |value| matches!(value, Value::DateTime(1_205_495_800)),
        |w| w.date_time(EXAMPLE, 1_205_495_800),
    );
    // 10 days
    example(
        "42 00 20 | 0A | 00 00 00 04 | 00 0D 2F 00 00 00 00 00",
        |value| matches!(value, Value::Interval(864_000)),
        |w| w.interval(EXAMPLE, 864_000),
    );
}

#[test]
fn structure_of_the_specification() {
    let (first, second) = (Tag::new(0x42_0004), Tag::new(0x42_0005));
    let octets = octets(
        "42 00 20 | 01 | 00 00 00 20
           | 42 00 04 | 05 | 00 00 00 04 | 00 00 00 FE 00 00 00 00
           | 42 00 05 | 02 | 00 00 00 04 | 00 00 00 FF 00 00 00 00",
    );
    let mut fields = Fields::message(EXAMPLE, &octets, &Limits::DEFAULT).unwrap();
    assert_eq!(fields.enumeration::<u32>(first).unwrap(), 254);
    assert_eq!(fields.integer(second).unwrap(), 255);
    fields.finish().unwrap();

    let written = encode(|w| {
        w.structure(EXAMPLE, |w| {
            w.enumeration(first, 254_u32);
            w.integer(second, 255);
        });
    });
    assert_eq!(written.unwrap().as_slice(), octets);
}
