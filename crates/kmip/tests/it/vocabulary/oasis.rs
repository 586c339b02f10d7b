//! Every tag, every named value and every mask in the published OASIS cases of 1.0 to 2.1 has its
//! number here, and that number is written with the same name again.

use std::fs;
use std::path::{Path, PathBuf};

use strongroom_kmip::tag;
use strongroom_kmip::vocabulary::{Kind, Part, Vocabulary, attribute_by_name};
use strongroom_ttlv::Tag;

use super::data;

/// Elements of the files that are no items: the document, and an item that names its tag in an
/// attribute.
const NO_TAGS: &[&str] = &["KMIP", "KmipTestCase", "TTLV"];

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

/// What was looked up: tags, named values, masks.
#[derive(Default)]
struct Seen {
    tags: Vec<Tag>,
    values: Vec<u32>,
    masks: Vec<u32>,
    unknown: Vec<String>,
}

impl Seen {
    fn see(&mut self, element: &Element<'_>, attribute_name: &str, file: &Path) {
        if NO_TAGS.contains(&element.name) {
            return;
        }
        let place = || format!("{} {}: {}", file.display(), element.name, element.value);
        let Some(found) = tag::from_text(element.name) else {
            self.unknown.push(place());
            return;
        };
        assert_eq!(tag::text_name(found), Some(element.name));
        self.tags.push(found);
        let vocabulary = if found == tag::ATTRIBUTE_VALUE {
            attribute_by_name(attribute_name).and_then(|attribute| attribute.values)
        } else {
            tag::values(found)
        };
        let is_decimal = element.value.parse::<i32>().is_ok();
        let resolved = match element.item_type {
            "Enumeration" => vocabulary.is_some_and(|names| self.value(names, element.value)),
            "Integer" if !is_decimal => {
                vocabulary.is_some_and(|names| self.mask(names, element.value))
            }
            _ => true,
        };
        if !resolved {
            self.unknown.push(place());
        }
    }

    fn value(&mut self, names: &Vocabulary, value: &str) -> bool {
        let Some(number) = names.number_from_text(value) else {
            return false;
        };
        self.values.push(number);
        match names.by_number(number) {
            Some(term) => term.text_name == value,
            None => value == format!("{number:#010x}"),
        }
    }

    fn mask(&mut self, names: &Vocabulary, value: &str) -> bool {
        let Some(mask) = names.mask_from_text(value) else {
            return false;
        };
        self.masks.push(mask);
        let mut written: Vec<_> = names
            .parts(mask)
            .map(|part| match part {
                Part::Named(term) => term.text_name,
                _ => "a bit without a name",
            })
            .collect();
        let mut read: Vec<_> = value.split_whitespace().collect();
        written.sort_unstable();
        read.sort_unstable();
        names.kind() == Kind::Mask && written == read
    }
}

#[test]
fn every_name_in_the_oasis_cases_has_its_number() {
    let Some(folder) = data("oasis") else {
        return;
    };
    let mut seen = Seen::default();
    for file in files(&folder) {
        let xml = uncommented(&fs::read_to_string(&file).unwrap());
        let mut attribute_name = String::new();
        for element in elements(&xml) {
            if element.name == "AttributeName" {
                // Some files double the blanks in names; that is damage of the files.
                attribute_name = element
                    .value
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ");
            }
            seen.see(&element, &attribute_name, &file);
        }
    }
    assert_eq!(seen.unknown, [] as [String; 0]);
    for count in [seen.tags.len(), seen.values.len(), seen.masks.len()] {
        assert!(count > 500, "{} is not the folder it was", folder.display());
    }
}
