//! Attributes in the published OASIS cases are typed and written back octet for octet.

use strongroom_kmip::text::from_xml;
use strongroom_kmip::vocabulary::attribute_by_name;
use strongroom_kmip::{AttributeValue, Limits, ProtocolVersion, TemplateAttribute};
use strongroom_ttlv::{Fields, Tag, Value};

use super::around;
use crate::cases;

/// The attributes of one message, and whether it is of 2.x.
fn attributes(message: &[u8]) -> (ProtocolVersion, Vec<Vec<u8>>) {
    let mut version = ProtocolVersion::V1_0;
    let mut found = Vec::new();
    let root = Fields::item(message, &Limits::default()).unwrap();
    walk(&root.value, &mut |tag, value, encoded| match (tag, value) {
        (0x42_006A, Value::Integer(major)) => version.major = *major,
        (0x42_006B, Value::Integer(minor)) => version.minor = *minor,
        (0x42_0008, _) if version < ProtocolVersion::V2_0 => found.push(encoded.to_vec()),
        (0x42_0125..=0x42_0128 | 0x42_013C | 0x42_013D, Value::Structure(inside)) => {
            let mut inside = inside.clone();
            while let Some(item) = inside.next_item().unwrap() {
                found.push(item.encoded().to_vec());
            }
        }
        _ => {}
    });
    (version, found)
}

fn walk(value: &Value<'_>, see: &mut impl FnMut(u32, &Value<'_>, &[u8])) {
    let Value::Structure(fields) = value else {
        return;
    };
    let mut fields = fields.clone();
    while let Some(item) = fields.next_item().unwrap() {
        see(Tag::value(item.tag), &item.value, item.encoded());
        walk(&item.value, see);
    }
}

#[test]
fn every_published_attribute_is_typed_and_written_back() {
    let Some(cases) = cases::all() else { return };
    let (mut old, mut new, mut later) = (0, 0, Vec::new());
    for case in cases {
        let message = from_xml(&case.xml, &Limits::default()).unwrap();
        let (version, found) = attributes(&message);
        for item in found {
            let bytes = around(version, &[item]);
            let limits = Limits::default();
            let read = match TemplateAttribute::from_ttlv(&bytes, version, &limits) {
                Ok(read) => read,
                Err(error) => {
                    later.push(format!("{} {error}", case.name));
                    continue;
                }
            };
            let value = &read.attributes[0].value;
            if read.check(version).is_err() {
                later.push(format!("{} {}", case.name, value.name()));
                continue;
            }
            if let AttributeValue::Other { name, .. } = value {
                assert!(attribute_by_name(name).is_none(), "{} {name}", case.name);
                assert!(name.starts_with("x-") || name.starts_with("y-"), "{name}");
            }
            let written = read.to_ttlv(version).unwrap();
            assert_eq!(*written, bytes, "{} {version}", case.name);
            if version < ProtocolVersion::V2_0 {
                old += 1;
            } else {
                new += 1;
            }
        }
    }
    assert!(old > 5_000 && new > 1_500, "{old} and {new}");
    // One has the header of another version, two have a usage that 2.0 gave up.
    let files = [
        "TC_NP_2_12_Notify_Put",
        "TC-CERTATTR-1-20",
        "TC-PKCS12-1-20",
    ];
    later.retain(|name| !files.iter().any(|file| name.contains(file)));
    assert!(later.is_empty(), "{later:?}");
}
