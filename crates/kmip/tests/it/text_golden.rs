//! The golden messages of KMIP Additional Message Encodings: one message as XML, TTLV and JSON in
//! each. Read from the folder `oasis-json` under `STRONGROOM_KMIP_DATA`.

use std::fs;
use std::path::PathBuf;

use strongroom_kmip::Limits;
use strongroom_kmip::text::{from_json, from_xml, to_json, to_xml};

/// Parts of a file, by their first character: an element, digits, or an object.
#[derive(Default)]
struct Golden {
    xml: Vec<String>,
    ttlv: Vec<Vec<u8>>,
    json: Vec<String>,
}

impl Golden {
    fn read(text: &str) -> Self {
        let mut golden = Self::default();
        let mut rest = text;
        while let Some(start) = rest.find(['<', '{', '4']) {
            rest = &rest[start..];
            let end = rest.find("\n\n").unwrap_or(rest.len());
            let part = rest[..end].trim();
            if let Some(name) = part.strip_prefix('<') {
                let close = format!("</{}>", name.split('>').next().unwrap());
                let Some((inside, after)) = rest.split_once(&close) else {
                    break;
                };
                golden.xml.push(inside.to_owned() + &close);
                rest = after;
                continue;
            }
            if part.starts_with('{') {
                let object = &part[..=part.rfind([']', '}']).unwrap()];
                golden.json.push(mended(object));
                rest = &rest[object.len()..];
                continue;
            }
            if let Some(octets) = octets(part) {
                golden.ttlv.push(octets);
            }
            rest = &rest[end..];
        }
        golden
    }
}

/// One object of a published file lacks its last brace.
fn mended(object: &str) -> String {
    let count = |brace| object.matches(brace).count();
    let missing = count('{').checked_sub(count('}')).unwrap();
    assert!(missing <= 1);
    object.to_owned() + &"}".repeat(missing)
}

fn octets(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.split_whitespace().collect();
    digits.len().is_multiple_of(2).then_some(())?;
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// The message as XML without its Time Stamp, which differs from form to form in some files.
fn timeless(ttlv: &[u8]) -> String {
    let xml = to_xml(ttlv, &Limits::DEFAULT).unwrap();
    let lines = xml.lines().filter(|line| !line.contains("<TimeStamp "));
    lines.collect()
}

#[test]
#[expect(
    clippy::print_stderr,
    reason = "a skipped test must say that it was skipped"
)]
fn golden_messages_are_the_same_in_xml_ttlv_and_json() {
    let Some(data) = std::env::var_os("STRONGROOM_KMIP_DATA") else {
        eprintln!("skipped: STRONGROOM_KMIP_DATA is not set");
        return;
    };
    let (mut in_xml, mut in_json) = (0, 0);
    for entry in fs::read_dir(PathBuf::from(data).join("oasis-json")).unwrap() {
        let path = entry.unwrap().path();
        let golden = Golden::read(&fs::read_to_string(&path).unwrap());
        assert!(!golden.ttlv.is_empty(), "{}", path.display());
        for (xml, ttlv) in golden.xml.iter().zip(&golden.ttlv) {
            let found = from_xml(xml, &Limits::DEFAULT).unwrap();
            assert_eq!(timeless(&found), timeless(ttlv), "{}", path.display());
            let again = from_xml(&to_xml(ttlv, &Limits::DEFAULT).unwrap(), &Limits::DEFAULT);
            assert_eq!(*again.unwrap(), *ttlv);
            in_xml += 1;
        }
        for (json, ttlv) in golden.json.iter().zip(&golden.ttlv) {
            let found = from_json(json, &Limits::DEFAULT).unwrap();
            assert_eq!(timeless(&found), timeless(ttlv), "{}", path.display());
            let again = from_json(&to_json(ttlv, &Limits::DEFAULT).unwrap(), &Limits::DEFAULT);
            assert_eq!(*again.unwrap(), *ttlv);
            in_json += 1;
        }
    }
    assert!(
        in_xml >= 12 && in_json >= 6,
        "{in_xml} in XML, {in_json} in JSON"
    );
}
