//! `tag/`: constants in a file for each version that brought some, the table of names, and what the
//! values of an item are.

use std::fmt::Write as _;

use super::Generated;
use super::enumerations::{rows, text_order};
use super::spec::{Spec, TAGS, Tag, Term, version};

const TABLE: &str = "tags.tsv";

pub(super) fn files(spec: &Spec) -> Vec<Generated> {
    let mut files = Vec::new();
    let mut rest = spec.tags.as_slice();
    // Numbers ascend with versions; a tag out of that order would begin a file a second time, which
    // the compiler refuses.
    while let Some(tag) = rest.first() {
        let first = &tag.term.versions.first;
        let same = |tag: &Tag| tag.term.versions.first == *first;
        let count = rest.iter().take_while(|tag| same(tag)).count();
        let (group, after) = rest.split_at(count);
        files.push(constants(first, group));
        rest = after;
    }
    files.push(table(spec));
    files.push(values(spec));
    files
}

fn constants(first: &str, tags: &[Tag]) -> Generated {
    let mut body = format!(
        "//! The {} tags that KMIP {first} brought. May touch: numbers only.\n\n\
         use strongroom_ttlv::Tag;\n\n",
        tags.len()
    );
    for tag in tags {
        let Term {
            number,
            name,
            constant,
            ..
        } = &tag.term;
        // Writing to a String cannot fail.
        let _ = writeln!(
            body,
            "/// {name} (KMIP {}).\npub const {constant}: Tag = Tag::new({number:#08X});",
            history(&tag.term)
        );
    }
    let path = format!("tag/{}.rs", version(first).to_lowercase());
    Generated::new(path, TABLE, &body.replace("0X", "0x"))
}

fn history(term: &Term) -> String {
    let versions = term.versions.text();
    match &term.deprecated_in {
        Some(since) => format!("{versions}, deprecated in {since}"),
        None => versions,
    }
}

fn table(spec: &Spec) -> Generated {
    let terms: Vec<&Term> = spec.tags.iter().map(|tag| &tag.term).collect();
    let body = format!(
        "//! All {} tags of KMIP 1.0 to 2.1 by number. May touch: constants only.\n\n\
         use crate::vocabulary::Vocabulary;\n\n\
         /// Names and versions of all tags.\n\
         pub const VOCABULARY: &Vocabulary = vocabulary! {{\n    \"{TAGS}\", Tags, {{\n{}    }}\n{}}};\n",
        terms.len(),
        rows(terms.iter().copied(), 6, |_| String::new()),
        text_order(&terms),
    );
    Generated::new("tag/table.rs", TABLE, &body)
}

fn values(spec: &Spec) -> Generated {
    let mut body = "//! What names the numbers of an item, by tag. May touch: constants only.\n\n\
         use crate::enumeration as e;\n\
         use crate::vocabulary::Vocabulary;\n\n\
         /// Numbers of tags with what their items carry.\n\
         pub(super) const VALUES: &[(u32, &Vocabulary)] = &[\n"
        .to_owned();
    for tag in &spec.tags {
        let Some(values) = &tag.values else {
            continue;
        };
        let vocabulary = match spec.type_name(values) {
            Some(type_name) => format!("e::{type_name}::VOCABULARY"),
            None => "super::VOCABULARY".to_owned(),
        };
        let _ = writeln!(body, "    (0x{:06X}, {vocabulary}),", tag.term.number);
    }
    body.push_str("];\n");
    Generated::new("tag/values.rs", TABLE, &body)
}
