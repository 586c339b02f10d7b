//! The published OASIS cases of 1.0 to 2.1: every tag, every named value and every mask has its number
//! here, that number is written with the same name again, the version of the message has it, and
//! attributes are of the item type that the table says.

use std::fs;
use std::path::{Path, PathBuf};

use strongroom_kmip::vocabulary::{
    AttributeTerm, Kind, Part, Vocabulary, attribute_by_name, attribute_by_tag,
};
use strongroom_kmip::{ProtocolVersion, Versions, tag};
use strongroom_ttlv::{ItemType, Tag};

use super::data;

/// Elements of the files that are no items: the document, and an item that names its tag in an
/// attribute.
const NO_TAGS: &[&str] = &["KMIP", "KmipTestCase", "TTLV"];

/// What stands in a message of a version without it: 2.0 has no Content Commitment, and the
/// certificates of TC-CERTATTR-1-20 and TC-PKCS12-1-20 have it all the same; one message of
/// TC_NP_2_12 for 1.2 says that it is of 1.0.
const NOT_IN_VERSION: &[(&str, ProtocolVersion)] = &[
    (
        "Content Commitment (Non Repudiation)",
        ProtocolVersion::V2_0,
    ),
    ("Fresh", ProtocolVersion::V1_0),
];

/// One element: its name and its attributes `type` and `value`.
struct Element<'x> {
    name: &'x str,
    item_type: &'x str,
    value: &'x str,
}

/// The opening tags of a document.
fn elements(xml: &str) -> impl Iterator<Item = Element<'_>> {
    let opened = |part: &&str| !part.starts_with(['/', '!', '?']);
    xml.split('<').skip(1).filter(opened).map(|part| {
        let name = part.split(|c: char| "/>".contains(c) || c.is_whitespace());
        Element {
            name: name.clone().next().unwrap(),
            item_type: attribute(part, "type"),
            value: attribute(part, "value"),
        }
    })
}

/// The value of an attribute, which may hold a `>`; empty where there is none.
fn attribute<'x>(part: &'x str, name: &str) -> &'x str {
    let mut quoted = part.split('"');
    while let (Some(before), Some(value)) = (quoted.next(), quoted.next()) {
        // A `>` outside the quotes closes the tag.
        if before.contains('>') {
            break;
        }
        if before
            .trim_start()
            .strip_suffix('=')
            .is_some_and(|key| key.ends_with(name))
        {
            return value;
        }
    }
    ""
}

/// The document without its comments.
fn uncommented(xml: &str) -> String {
    let mut parts = xml.split("<!--");
    let first = parts.next().unwrap().to_owned();
    let after = parts.map(|part| part.split_once("-->").map_or("", |(_, rest)| rest));
    first + &after.collect::<String>()
}

/// Every XML file below `folder` but those of the draft 3.0.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("v3.0") {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            found.push(path);
        }
    }
    found
}

/// Reads one file after the other.
#[derive(Default)]
struct Cases {
    /// What was looked up.
    tags: usize,
    values: usize,
    masks: usize,
    attributes: usize,
    /// What is not as it should be.
    wrong: Vec<String>,
    /// Of the message.
    version: Option<ProtocolVersion>,
    major: Option<i32>,
    in_header: bool,
    /// Of the last Attribute Name.
    attribute: Option<&'static AttributeTerm>,
}

impl Cases {
    fn read(&mut self, file: &Path) {
        let xml = uncommented(&fs::read_to_string(file).unwrap());
        for element in elements(&xml) {
            if NO_TAGS.contains(&element.name) {
                continue;
            }
            let before = self.wrong.len();
            self.element(&element);
            for wrong in self.wrong.iter_mut().skip(before) {
                let (name, value) = (element.name, element.value);
                *wrong = format!("{}: {name} {value}: {wrong}", file.display());
            }
        }
    }

    fn element(&mut self, element: &Element<'_>) {
        let Some(found) = tag::from_text(element.name) else {
            self.wrong.push("no such tag".to_owned());
            return;
        };
        self.context(found, element.value);
        assert_eq!(tag::text_name(found), Some(element.name));
        self.tags = self.tags.saturating_add(1);
        let term = tag::term(found).unwrap();
        self.check_version(term.name, term.versions);
        let attribute = match found {
            tag::ATTRIBUTE_VALUE => self.attribute,
            _ => attribute_by_tag(found),
        };
        if let Some(attribute) = attribute.filter(|attribute| !attribute.item_types.is_empty()) {
            self.attributes = self.attributes.saturating_add(1);
            let types = attribute.item_types;
            if !types
                .iter()
                .any(|known| xml_type(*known) == element.item_type)
            {
                self.wrong.push(format!("is not one of {types:?}"));
            }
        }
        let vocabulary = match found {
            tag::ATTRIBUTE_VALUE => attribute.and_then(|attribute| attribute.values),
            _ => tag::values(found),
        };
        self.number(vocabulary, element);
    }

    /// Keeps the version of the message and the last attribute's name.
    fn context(&mut self, found: Tag, value: &str) {
        match found {
            tag::REQUEST_MESSAGE | tag::RESPONSE_MESSAGE => self.version = None,
            tag::REQUEST_HEADER | tag::RESPONSE_HEADER => self.in_header = true,
            tag::PROTOCOL_VERSION_MAJOR if self.in_header => self.major = value.parse().ok(),
            tag::PROTOCOL_VERSION_MINOR if self.in_header => {
                let minor = value.parse().unwrap();
                self.version = self.major.map(|major| ProtocolVersion::new(major, minor));
                self.in_header = false;
            }
            tag::ATTRIBUTE_NAME => {
                // Some files double the blanks in names; that is damage of the files.
                let words: Vec<_> = value.split_whitespace().collect();
                let name = words.join(" ");
                self.attribute = attribute_by_name(&name);
                if let Some(attribute) = self.attribute {
                    self.check_version(attribute.name, attribute.versions);
                }
            }
            _ => {}
        }
    }

    fn check_version(&mut self, name: &str, versions: Versions) {
        let Some(version) = self.version else {
            return;
        };
        let excepted = NOT_IN_VERSION.contains(&(name, version));
        if version.has(Some(versions)) == excepted {
            self.wrong
                .push(format!("{version:?} has {name}: {excepted}"));
        }
    }

    /// An enumeration or a mask.
    fn number(&mut self, names: Option<&Vocabulary>, element: &Element<'_>) {
        let Element {
            item_type, value, ..
        } = element;
        let is_decimal = value.parse::<i32>().is_ok();
        let read = match (names, *item_type) {
            (Some(names), "Enumeration") => self.value(names, value),
            (Some(names), "Integer") if !is_decimal => self.mask(names, value),
            (_, "Integer") => is_decimal,
            (None, "Enumeration") => false,
            _ => true,
        };
        if !read {
            self.wrong.push("is not read and written again".to_owned());
        }
    }

    fn value(&mut self, names: &Vocabulary, value: &str) -> bool {
        self.values = self.values.saturating_add(1);
        let Some(number) = names.number_from_text(value) else {
            return false;
        };
        let Some(term) = names.by_number(number) else {
            return value == format!("{number:#010x}");
        };
        // The tag of an Attribute Reference is a number, not an item of the message.
        if names.kind() == Kind::Enumeration {
            self.check_version(term.name, term.versions);
        }
        term.text_name == value
    }

    fn mask(&mut self, names: &Vocabulary, value: &str) -> bool {
        self.masks = self.masks.saturating_add(1);
        let Some(mask) = names.mask_from_text(value) else {
            return false;
        };
        let mut written = Vec::new();
        for part in names.parts(mask) {
            let Part::Named(term) = part else {
                return false;
            };
            self.check_version(term.name, term.versions);
            written.push(term.text_name);
        }
        let mut read: Vec<_> = value.split_whitespace().collect();
        written.sort_unstable();
        read.sort_unstable();
        names.kind() == Kind::Mask && written == read
    }
}

/// An item type as the files write it.
fn xml_type(item_type: ItemType) -> &'static str {
    match item_type {
        ItemType::Structure => "",
        ItemType::Integer => "Integer",
        ItemType::Enumeration => "Enumeration",
        ItemType::Boolean => "Boolean",
        ItemType::TextString => "TextString",
        ItemType::ByteString => "ByteString",
        ItemType::DateTime => "DateTime",
        ItemType::Interval => "Interval",
        _ => "no attribute has this type",
    }
}

#[test]
fn every_name_in_the_oasis_cases_has_its_number_type_and_version() {
    let Some(folder) = data("oasis") else {
        return;
    };
    let mut cases = Cases::default();
    for file in files(&folder) {
        cases.read(&file);
    }
    assert_eq!(cases.wrong, [] as [String; 0]);
    for count in [cases.tags, cases.values, cases.masks, cases.attributes] {
        assert!(count > 500, "{} is not the folder it was", folder.display());
    }
}
