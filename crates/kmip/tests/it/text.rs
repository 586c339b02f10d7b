//! XML and JSON: published messages go through TTLV and back with nothing lost; what is no
//! message is refused with the way to the item at fault.

use proptest::prelude::*;
use strongroom_kmip::text::{TextErrorKind as Kind, from_json, from_xml, to_json, to_xml};
use strongroom_kmip::{Limits, tag};
use strongroom_ttlv::{ItemType, Tag, encode};

use crate::cases::{self, attribute};

const LIMITS: Limits = Limits::DEFAULT;

/// Name, type and value of each element, the value in one spelling.
fn elements(xml: &str) -> Vec<(String, String, String)> {
    let opened = |part: &&str| !part.starts_with(['/', '!', '?']) && !part.trim().is_empty();
    xml.split('<')
        .filter(opened)
        .map(|part| {
            let end = |c: char| "/>".contains(c) || c.is_whitespace();
            let name = part.split(end).next().unwrap();
            let item_type = match attribute(part, "type") {
                "" => "Structure",
                item_type => item_type,
            };
            let value = attribute(part, "value");
            (
                name.to_owned(),
                item_type.to_owned(),
                spelled(name, item_type, value),
            )
        })
        .collect()
}

fn spelled(name: &str, item_type: &str, value: &str) -> String {
    match item_type {
        "ByteString" | "BigInteger" => value.to_lowercase(),
        // The published files have dates in other zones; here the text only says that one is there.
        "DateTime" if !value.ends_with("+00:00") => String::new(),
        "Integer" if value.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            let mut bits: Vec<&str> = value.split_whitespace().collect();
            bits.sort_unstable();
            bits.join(" ")
        }
        "TextString" if name == "AttributeName" => {
            value.split_whitespace().collect::<Vec<_>>().join(" ")
        }
        _ => value.to_owned(),
    }
}

#[test]
fn published_cases_go_through_ttlv_and_back_in_both_forms() {
    let Some(cases) = cases::all() else {
        return;
    };
    let mut wrong = Vec::new();
    for case in &cases {
        let check = || -> Result<(), String> {
            let octets = from_xml(&case.xml, &LIMITS).map_err(|error| error.to_string())?;
            let xml = to_xml(&octets, &LIMITS).map_err(|error| error.to_string())?;
            let again = from_xml(&xml, &LIMITS).map_err(|error| error.to_string())?;
            let json = to_json(&octets, &LIMITS).map_err(|error| error.to_string())?;
            let from = from_json(&json, &LIMITS).map_err(|error| error.to_string())?;
            if *again != *octets || *from != *octets {
                return Err("other octets".to_owned());
            }
            let (before, after) = (elements(&case.xml), elements(&xml));
            for (before, after) in before.iter().zip(&after) {
                let same = before.0 == after.0 && before.1 == after.1;
                if !same
                    || (before.2 != after.2 && !before.2.is_empty() && !same_value(before, after))
                {
                    return Err(format!("{before:?} became {after:?}"));
                }
            }
            if before.len() != after.len() {
                return Err(format!("{} elements became {}", before.len(), after.len()));
            }
            Ok(())
        };
        if let Err(error) = check() {
            wrong.push(format!("{}: {error}", case.name));
        }
    }
    let all = cases.len();
    assert!(
        wrong.is_empty(),
        "{} of {all}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Two spellings of one number.
fn same_value(before: &(String, String, String), after: &(String, String, String)) -> bool {
    let ttlv = |(name, item_type, value): &(String, String, String)| {
        let xml = format!("<{name} type=\"{item_type}\" value=\"{value}\"/>");
        from_xml(&xml, &LIMITS).unwrap().to_vec()
    };
    ttlv(before) == ttlv(after)
}

#[test]
fn a_message_of_the_specification_reads_the_same_in_both_forms() {
    let xml = "<RequestMessage>\n  <RequestHeader>\n    <ProtocolVersion>\n      \
        <ProtocolVersionMajor type=\"Integer\" value=\"1\"/>\n      \
        <ProtocolVersionMinor type=\"Integer\" value=\"2\"/>\n    </ProtocolVersion>\n    \
        <MaximumResponseSize type=\"Integer\" value=\"256\"/>\n    \
        <BatchCount type=\"Integer\" value=\"1\"/>\n  </RequestHeader>\n  <BatchItem>\n    \
        <Operation type=\"Enumeration\" value=\"Query\"/>\n    <RequestPayload>\n      \
        <QueryFunction type=\"Enumeration\" value=\"QueryOperations\"/>\n    \
        </RequestPayload>\n  </BatchItem>\n</RequestMessage>\n";
    let octets = from_xml(xml, &LIMITS).unwrap();
    assert_eq!(
        octets.get(..8),
        Some(&[0x42, 0, 0x78, 1, 0, 0, 0, 0x80][..])
    );
    assert_eq!(*to_xml(&octets, &LIMITS).unwrap(), xml);
    let json = to_json(&octets, &LIMITS).unwrap();
    assert!(json.contains(
        "{\"tag\":\"MaximumResponseSize\", \"type\":\"Integer\", \"value\":\"0x00000100\"}"
    ));
    assert!(json.contains("\"type\":\"Enumeration\", \"value\":\"QueryOperations\"}"));
    assert_eq!(from_json(&json, &LIMITS).unwrap(), octets);
}

#[test]
fn every_spelling_of_a_value_is_read() {
    let item = |tag: Tag, write: &dyn Fn(&mut strongroom_ttlv::Writer<'_>, Tag)| {
        encode(|out| write(out, tag)).unwrap().to_vec()
    };
    let mask = tag::CRYPTOGRAPHIC_USAGE_MASK;
    let integer = |value| item(mask, &move |out, tag| out.integer(tag, value));
    let cases = [
        (
            "CryptographicUsageMask",
            "Integer",
            "Encrypt Decrypt",
            integer(12),
        ),
        (
            "CryptographicUsageMask",
            "Integer",
            "Encrypt|Decrypt",
            integer(12),
        ),
        ("CryptographicUsageMask", "Integer", "12", integer(12)),
        (
            "CryptographicUsageMask",
            "Integer",
            "0x000000c",
            integer(12),
        ),
        (
            "CryptographicUsageMask",
            "Integer",
            "Encrypt 0x00000008",
            integer(12),
        ),
        (
            "CryptographicUsageMask",
            "Integer",
            "0xffffffff",
            integer(-1),
        ),
        (
            "State",
            "Enumeration",
            "0x00000002",
            item(tag::STATE, &|out, tag| out.enumeration(tag, 2_u32)),
        ),
        (
            "State",
            "Enumeration",
            "Active",
            item(tag::STATE, &|out, tag| out.enumeration(tag, 2_u32)),
        ),
        (
            "Fresh",
            "Boolean",
            "0x0000000000000001",
            item(tag::FRESH, &|out, tag| out.boolean(tag, true)),
        ),
        (
            "LeaseTime",
            "Interval",
            "0x00000e10",
            item(tag::LEASE_TIME, &|out, tag| out.interval(tag, 3600)),
        ),
        (
            "InitialDate",
            "DateTime",
            "0xffffffffffffffff",
            item(tag::INITIAL_DATE, &|out, tag| out.date_time(tag, -1)),
        ),
        (
            "Modulus",
            "BigInteger",
            "ff01",
            item(tag::MODULUS, &|out, tag| {
                out.big_integer(tag, &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]);
            }),
        ),
    ];
    for (name, item_type, value, wanted) in cases {
        let xml = format!("<{name} type=\"{item_type}\" value=\"{value}\"/>");
        assert_eq!(*from_xml(&xml, &LIMITS).unwrap(), wanted, "{xml}");
        let json = format!("{{\"tag\":\"{name}\",\"type\":\"{item_type}\",\"value\":\"{value}\"}}");
        assert_eq!(*from_json(&json, &LIMITS).unwrap(), wanted, "{json}");
    }
}

#[test]
fn what_is_no_message_is_refused_with_its_place() {
    let bad = |item_type, expected| Kind::BadValue {
        item_type,
        expected,
    };
    let cases = [
        ("<RequestMessage", None, ""),
        (
            "<Nonsense/>",
            Some(Kind::UnknownTag {
                name: "Nonsense".to_owned(),
            }),
            "Nonsense",
        ),
        (
            "<Attributes><State type=\"Word\" value=\"1\"/></Attributes>",
            Some(Kind::UnknownType {
                name: "Word".to_owned(),
            }),
            "Attributes/State",
        ),
        (
            "<Attributes><State type=\"Enumeration\" value=\"Asleep\"/></Attributes>",
            Some(bad(ItemType::Enumeration, "a name, or 0x and 8 digits")),
            "Attributes/State",
        ),
        (
            "<State type=\"Enumeration\"/>",
            Some(Kind::NoValue),
            "State",
        ),
        (
            "<KeyMaterial type=\"ByteString\" value=\"abc\"/>",
            Some(bad(
                ItemType::ByteString,
                "hexadecimal digits, two an octet",
            )),
            "KeyMaterial",
        ),
        (
            "<Attributes>words</Attributes>",
            Some(Kind::Shape("text stands between the items")),
            "Attributes",
        ),
        (
            "<TTLV type=\"Integer\" value=\"1\"/>",
            Some(Kind::Shape("a TTLV element needs its tag")),
            "TTLV",
        ),
        ("<!DOCTYPE a [<!ENTITY b \"c\">]><Attributes/>", None, ""),
    ];
    for (xml, kind, path) in cases {
        let error = from_xml(xml, &LIMITS).unwrap_err();
        assert_eq!(error.path, path, "{xml}");
        match kind {
            Some(kind) => assert_eq!(error.kind, kind, "{xml}"),
            None => assert!(matches!(error.kind, Kind::Xml(_)), "{xml}: {error}"),
        }
    }
    for json in ["", "[]", "{}", "{\"tag\":1}", "{\"tag\":\"State\",\"x\":1}"] {
        assert!(from_json(json, &LIMITS).is_err(), "{json}");
    }
}

#[test]
fn errors_show_nothing_of_a_value() {
    let secret = "zz6d792d736563726574";
    for item_type in [
        "ByteString",
        "BigInteger",
        "Integer",
        "DateTime",
        "Boolean",
        "Interval",
    ] {
        let xml = format!("<KeyMaterial type=\"{item_type}\" value=\"{secret}\"/>");
        let error = from_xml(&xml, &LIMITS).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(secret));
    }
}

#[test]
fn depth_and_number_of_items_are_bounded() {
    let nested = |levels: usize| "<Attributes>".repeat(levels) + &"</Attributes>".repeat(levels);
    assert!(from_xml(&nested(32), &LIMITS).is_ok());
    let error = from_xml(&nested(40), &LIMITS).unwrap_err();
    assert!(
        matches!(
            error.kind,
            Kind::Limit {
                what: "levels",
                limit: 32
            }
        ),
        "{error}"
    );
    let many = format!("<Attributes>{}</Attributes>", "<Attributes/>".repeat(5000));
    let error = from_xml(&many, &LIMITS).unwrap_err();
    assert!(
        matches!(
            error.kind,
            Kind::Limit {
                what: "items",
                limit: 4096
            }
        ),
        "{error}"
    );
    let deep = "{\"tag\":\"Attributes\",\"value\":[".repeat(40) + &"]}".repeat(40);
    assert!(from_json(&deep, &LIMITS).is_err());
    let long = " ".repeat(64 << 20);
    assert!(from_json(&long, &LIMITS).is_err());
}

#[test]
fn unknown_tags_and_values_are_written_as_numbers() {
    let octets = encode(|out| {
        out.structure(Tag::new(0x54_0001), |out| {
            out.enumeration(tag::STATE, 0x8000_0001_u32);
            out.integer(tag::CRYPTOGRAPHIC_USAGE_MASK, 0x0100_0004);
            out.text(Tag::new(0x54_0002), "a \"b\" <c> & d\n\te");
        });
    })
    .unwrap();
    let xml = to_xml(&octets, &LIMITS).unwrap();
    assert!(xml.contains("<TTLV tag=\"0x540001\">"), "{}", *xml);
    assert!(xml.contains("value=\"0x80000001\""), "{}", *xml);
    assert!(xml.contains("value=\"Encrypt 0x01000000\""), "{}", *xml);
    assert_eq!(from_xml(&xml, &LIMITS).unwrap(), octets);
    assert_eq!(
        from_json(&to_json(&octets, &LIMITS).unwrap(), &LIMITS).unwrap(),
        octets
    );
    let control = encode(|out| out.text(tag::RESULT_MESSAGE, "\u{1}")).unwrap();
    let error = to_xml(&control, &LIMITS).unwrap_err();
    assert_eq!(
        (error.kind, error.path.as_str()),
        (Kind::NotInXml, "ResultMessage")
    );
}

/// Items of every type with any value.
fn items() -> impl Strategy<Value = Vec<u8>> {
    (
        any::<i32>(),
        any::<i64>(),
        any::<u32>(),
        any::<bool>(),
        "[ -~\u{A0}-\u{FFF}]{0,20}",
        any::<Vec<u8>>(),
    )
        .prop_map(|(integer, long, number, flag, text, octets)| {
            encode(|out| {
                out.structure(tag::ATTRIBUTES, |out| {
                    out.integer(tag::CRYPTOGRAPHIC_LENGTH, integer);
                    out.integer(tag::CRYPTOGRAPHIC_USAGE_MASK, integer);
                    out.long_integer(tag::USAGE_LIMITS_COUNT, long);
                    out.big_integer(tag::MODULUS, &long.to_be_bytes());
                    out.enumeration(tag::CRYPTOGRAPHIC_ALGORITHM, number % 80);
                    out.enumeration(tag::STATE, number);
                    out.boolean(tag::FRESH, flag);
                    out.text(tag::COMMENT, &text);
                    out.bytes(tag::KEY_MATERIAL, &octets);
                    out.date_time(tag::INITIAL_DATE, long);
                    out.date_time(tag::ACTIVATION_DATE, i64::from(number));
                    out.interval(tag::LEASE_TIME, number);
                    out.date_time_extended(tag::TIME_STAMP, long);
                    out.structure(tag::NAME, |_| {});
                });
            })
            .unwrap()
            .to_vec()
        })
}

#[test]
fn blanks_of_attribute_names_are_mended_in_names_of_kmip_alone() {
    let name = |text: &str| encode(|out| out.text(tag::ATTRIBUTE_NAME, text)).unwrap();
    for (written, read) in [
        ("Cryptographic  Usage   Mask", "Cryptographic Usage Mask"),
        ("x-two  blanks", "x-two  blanks"),
        ("x-blank at the end ", "x-blank at the end "),
        ("  ", "  "),
    ] {
        let xml = to_xml(&name(written), &LIMITS).unwrap();
        assert_eq!(*from_xml(&xml, &LIMITS).unwrap(), *name(read));
        let json = to_json(&name(written), &LIMITS).unwrap();
        assert_eq!(*from_json(&json, &LIMITS).unwrap(), *name(read));
    }
}

proptest! {
    #[test]
    fn every_item_comes_back_from_both_forms(octets in items()) {
        let xml = to_xml(&octets, &LIMITS).unwrap();
        prop_assert_eq!(&*from_xml(&xml, &LIMITS).unwrap(), &octets);
        let json = to_json(&octets, &LIMITS).unwrap();
        prop_assert_eq!(&*from_json(&json, &LIMITS).unwrap(), &octets);
    }

    #[test]
    fn any_text_is_a_message_or_an_error(text in "\\PC{0,200}") {
        let _ = from_xml(&text, &LIMITS);
        let _ = from_json(&text, &LIMITS);
    }
}
