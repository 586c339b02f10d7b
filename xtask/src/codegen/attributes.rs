//! `attribute/attribute_name.rs` and the table of attributes.

use std::fmt::Write as _;

use super::Generated;
use super::enumerations::positions;
use super::names;
use super::spec::{Attribute, Spec, version};

const TABLE: &str = "attributes.tsv";

pub(super) fn files(spec: &Spec) -> Vec<Generated> {
    vec![constants(spec), table(spec)]
}

/// `attribute/attribute_name.rs`: the Attribute Names of 1.x.
fn constants(spec: &Spec) -> Generated {
    let named: Vec<_> = spec
        .attributes
        .iter()
        .filter(|attribute| attribute.attribute_name.is_some())
        .collect();
    let mut body = "\
//! Names of attributes, spelled exactly as the specification spells them, and their versions.
//!
//! A misspelt name makes a server find nothing, and a client make a second key. Use these.
//! May touch: constant tables.

use crate::version::{ProtocolVersion, Versions};
use crate::vocabulary::attribute_by_name;

"
    .to_owned();
    for attribute in &named {
        let (name, versions) = (&attribute.name, attribute.versions.text());
        // Writing to a String cannot fail.
        let _ = writeln!(
            body,
            "/// `{name}` (KMIP {versions}).\npub const {}: &str = {name:?};",
            names::constant(name)
        );
    }
    body.push_str("\n/// Every Attribute Name of KMIP 1.0-1.4 with the version that brought it.\n");
    body.push_str("pub const KNOWN: &[(&str, ProtocolVersion)] = &[\n");
    for attribute in &named {
        let _ = writeln!(
            body,
            "    ({}, ProtocolVersion::{}),",
            names::constant(&attribute.name),
            version(&attribute.versions.first)
        );
    }
    body.push_str("];\n");
    body.push_str(
        "
/// The first version that has the attribute `name`; `None` for custom (`x-`, `y-`) and vendor names.
#[must_use]
pub fn since(name: &str) -> Option<ProtocolVersion> {
    versions(name).map(Versions::first)
}

/// The versions that have the attribute `name`; `None` for custom (`x-`, `y-`) and vendor names.
#[must_use]
pub fn versions(name: &str) -> Option<Versions> {
    attribute_by_name(name).map(|attribute| attribute.versions)
}
",
    );
    Generated::new("attribute/attribute_name.rs", TABLE, &body)
}

/// `vocabulary/attribute/table.rs`.
fn table(spec: &Spec) -> Generated {
    let mut body = "\
//! All attributes of KMIP 1.0 to 2.1 by name. May touch: constants only.

use super::AttributeTerm;
use crate::enumeration as e;
use crate::tag;

/// Every attribute in the order of names, and the positions of those with a tag in the order of tags.
pub(super) const TABLE: (&[AttributeTerm], &[u16]) = attributes! {
"
    .to_owned();
    for attribute in &spec.attributes {
        let _ = writeln!(body, "    {}", row(spec, attribute));
    }
    let _ = writeln!(body, "    tag order [{}]\n}};", tag_order(spec));
    Generated::new("vocabulary/attribute/table.rs", TABLE, &body)
}

fn row(spec: &Spec, attribute: &Attribute) -> String {
    let some = |value: Option<String>| value.map_or("None".to_owned(), |it| format!("Some({it})"));
    let type_name = attribute
        .values
        .as_ref()
        .and_then(|name| spec.type_name(name));
    format!(
        "{:?}, {}, {}, [{}], {}, {}, {};",
        attribute.name,
        some(
            attribute
                .attribute_name
                .as_ref()
                .map(|name| format!("{name:?}"))
        ),
        some(
            attribute
                .tag
                .as_ref()
                .map(|(constant, _)| format!("tag::{constant}"))
        ),
        attribute.item_types.join(", "),
        some(type_name.map(|name| format!("e::{name}::VOCABULARY"))),
        attribute.many,
        attribute.versions.code(),
    )
}

fn tag_order(spec: &Spec) -> String {
    let with_tag = |(at, one): (usize, &Attribute)| Some((one.tag.as_ref()?.1, at));
    let mut order: Vec<_> = spec
        .attributes
        .iter()
        .enumerate()
        .filter_map(with_tag)
        .collect();
    order.sort_unstable();
    positions(order.into_iter().map(|(_, at)| at))
}
