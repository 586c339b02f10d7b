//! The published OASIS cases of 1.0 to 2.1, one message after the other, with their placeholders
//! bound to values of the right type. Read from the folder `oasis` under `STRONGROOM_KMIP_DATA`.

use std::fs;
use std::path::{Path, PathBuf};

/// One message of a case.
pub(crate) struct Case {
    /// File and position of the message in it.
    pub(crate) name: String,
    /// The message as XML.
    pub(crate) xml: String,
}

/// Every message, or `None` where there is no data.
#[expect(
    clippy::print_stderr,
    reason = "a skipped test must say that it was skipped"
)]
pub(crate) fn all() -> Option<Vec<Case>> {
    let Some(data) = std::env::var_os("STRONGROOM_KMIP_DATA") else {
        eprintln!("skipped: STRONGROOM_KMIP_DATA is not set");
        return None;
    };
    let folder = PathBuf::from(data).join("oasis");
    let mut files = Vec::new();
    collect(&folder, &mut files);
    files.sort();
    let cases: Vec<Case> = files
        .iter()
        .flat_map(|file| messages(&folder, file))
        .collect();
    assert!(cases.len() > 8_700, "only {} messages", cases.len());
    Some(cases)
}

/// Every XML file below `folder` but those of the draft 3.0.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("v3.0") {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            found.push(path);
        }
    }
}

fn messages(folder: &Path, file: &Path) -> Vec<Case> {
    let text = uncommented(&fs::read_to_string(file).unwrap());
    let name = file.strip_prefix(folder).unwrap().display().to_string();
    let mut found = Vec::new();
    let mut rest = text.as_str();
    while let Some(start) = ["<RequestMessage", "<ResponseMessage"]
        .iter()
        .filter_map(|open| rest.find(open))
        .min()
    {
        let element = &rest[start..];
        let close = if element.starts_with("<RequestMessage") {
            "</RequestMessage>"
        } else {
            "</ResponseMessage>"
        };
        let Some((inside, after)) = element.split_once(close) else {
            break;
        };
        found.push(Case {
            name: format!("{name}#{}", found.len()),
            xml: bound(inside) + close,
        });
        rest = after;
    }
    found
}

/// The document without its comments.
fn uncommented(xml: &str) -> String {
    let mut parts = xml.split("<!--");
    let first = parts.next().unwrap().to_owned();
    let after = parts.map(|part| part.split_once("-->").map_or("", |(_, rest)| rest));
    first + &after.collect::<String>()
}

/// Placeholders of a type that has no `$` become values of that type; in text they may stay.
fn bound(xml: &str) -> String {
    xml.split_inclusive('>').map(element).collect()
}

fn element(text: &str) -> String {
    let Some((before, after)) = text.split_once("value=\"$") else {
        return text.to_owned();
    };
    let Some((placeholder, rest)) = after.split_once('"') else {
        return text.to_owned();
    };
    let whole = |value: &str| format!("{before}value=\"{value}\"{rest}");
    let item_type = attribute(text, "type");
    match item_type {
        "DateTime" => whole(date(placeholder)),
        "ByteString" => whole(&hex(placeholder)),
        "BigInteger" => whole(&hex(placeholder)[..16]),
        "Integer" => whole("7"),
        _ => text.to_owned(),
    }
}

fn date(placeholder: &str) -> &'static str {
    if placeholder.contains('-') {
        "2020-09-13T11:26:40+00:00"
    } else {
        "2020-09-13T12:26:40+00:00"
    }
}

/// Octets that differ from one placeholder to the other.
fn hex(placeholder: &str) -> String {
    let octets = placeholder.bytes().chain(*b"12345678");
    octets.map(|octet| format!("{octet:02x}")).collect()
}

/// The value of an attribute of the element that `text` opens; empty where there is none.
pub(crate) fn attribute<'x>(text: &'x str, name: &str) -> &'x str {
    let key = format!(" {name}=\"");
    let after = text.split_once(key.as_str()).map_or("", |(_, after)| after);
    after.split('"').next().unwrap_or_default()
}
