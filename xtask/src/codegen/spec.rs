//! The tables as values, each row checked against the others. What is wrong is named with its file
//! and line.

use std::collections::BTreeSet;

use super::names;
use super::table::{Row, Table};
use crate::Outcome;

/// The versions that there are, oldest first.
const VERSIONS: &[&str] = &["1.0", "1.1", "1.2", "1.3", "1.4", "2.0", "2.1"];
/// In the column `values`: the number of a tag.
pub(super) const TAGS: &str = "Tag";

/// All tables.
pub(super) struct Spec {
    pub(super) tags: Vec<Tag>,
    pub(super) enumerations: Vec<Enumeration>,
    pub(super) attributes: Vec<Attribute>,
}

/// From the first version to the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) first: String,
    pub(super) last: String,
}

/// A number with its names.
pub(super) struct Term {
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) text_name: String,
    pub(super) other_text_names: Vec<String>,
    pub(super) versions: Range,
    pub(super) deprecated_in: Option<String>,
    pub(super) constant: String,
}

pub(super) struct Tag {
    pub(super) term: Term,
    /// The enumeration or mask that an item of this tag carries, or [`TAGS`].
    pub(super) values: Option<String>,
}

pub(super) struct Enumeration {
    pub(super) name: String,
    pub(super) is_mask: bool,
    pub(super) type_name: String,
    pub(super) meaning: String,
    pub(super) source: String,
    /// The table that has the terms.
    pub(super) table: &'static str,
    /// By number.
    pub(super) terms: Vec<Term>,
}

pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) attribute_name: Option<String>,
    /// Constant and number.
    pub(super) tag: Option<(String, u32)>,
    pub(super) item_types: Vec<String>,
    pub(super) values: Option<String>,
    pub(super) many: bool,
    pub(super) versions: Range,
}

impl Spec {
    /// Reads the tables that `text` gives for a file's name.
    pub(super) fn read(text: impl Fn(&str) -> Outcome<String>) -> Outcome<Self> {
        let table = |file: &'static str| Table::read(file, &text(file)?);
        let enumerations = enumerations(
            &table("enumerations.tsv")?,
            &table("values.tsv")?,
            &table("operations.tsv")?,
        )?;
        let tags = tags(&table("tags.tsv")?, &enumerations)?;
        let attributes = attributes(&table("attributes.tsv")?, &tags)?;
        Ok(Self {
            tags,
            enumerations,
            attributes,
        })
    }

    /// The type of an enumeration or mask.
    pub(super) fn type_name(&self, enumeration: &str) -> Option<&str> {
        let mut all = self.enumerations.iter();
        all.find(|known| known.name == enumeration)
            .map(|known| known.type_name.as_str())
    }
}

fn enumerations(list: &Table, values: &Table, operations: &Table) -> Outcome<Vec<Enumeration>> {
    let mut found: Vec<Enumeration> = Vec::new();
    for row in list.rows() {
        let name = row.need("name")?;
        let terms = match name {
            "Operation" => terms(operations.rows())?,
            _ => terms(
                values
                    .rows()
                    .filter(|row| row.cell("enumeration").ok() == Some(name)),
            )?,
        };
        let enumeration = Enumeration {
            name: name.to_owned(),
            is_mask: one_of(&row, "kind", &["enumeration", "mask"])? == "mask",
            type_name: row.need("type")?.to_owned(),
            meaning: row.need("meaning")?.to_owned(),
            source: row.need("source")?.to_owned(),
            table: if name == "Operation" {
                "operations.tsv"
            } else {
                "values.tsv"
            },
            terms,
        };
        check_enumeration(&row, &enumeration, found.last())?;
        found.push(enumeration);
    }
    for row in values.rows() {
        let name = row.need("enumeration")?;
        if !found.iter().any(|known| known.name == name) {
            return Err(row.error(format!("no enumeration {name:?}")));
        }
    }
    Ok(found)
}

fn check_enumeration(row: &Row<'_>, new: &Enumeration, last: Option<&Enumeration>) -> Outcome {
    if last.is_some_and(|last| last.type_name.to_lowercase() >= new.type_name.to_lowercase()) {
        return Err(row.error("not in the order of types"));
    }
    if new.is_mask && new.terms.iter().any(|term| !term.number.is_power_of_two()) {
        return Err(row.error("a value of the mask is not one bit"));
    }
    Ok(())
}

/// The terms of one vocabulary: numbers ascend, names and constants are there once.
fn terms<'t>(rows: impl Iterator<Item = Row<'t>>) -> Outcome<Vec<Term>> {
    let mut found: Vec<Term> = Vec::new();
    let mut taken = BTreeSet::new();
    for row in rows {
        let term = term(&row)?;
        if found.last().is_some_and(|last| last.number >= term.number) {
            return Err(row.error("numbers do not ascend"));
        }
        let text_names = [&term.text_name].into_iter().chain(&term.other_text_names);
        for text_name in text_names {
            if !taken.insert(format!("text name {text_name}")) {
                return Err(row.error(format!("text name {text_name} is there twice")));
            }
        }
        for other in [&term.name, &format!("constant {}", term.constant)] {
            if !taken.insert(other.clone()) {
                return Err(row.error(format!("{other} is there twice")));
            }
        }
        found.push(term);
    }
    Ok(found)
}

fn term(row: &Row<'_>) -> Outcome<Term> {
    let name = row.need("name")?;
    let text_name = row.need("text name")?;
    if text_name != names::text_name(name) && row.cell("note")?.is_empty() {
        let by_rule = names::text_name(name);
        return Err(row.error(format!(
            "the name rule gives {by_rule}: a note must say why not"
        )));
    }
    // Tags have neither column.
    let other = row.cell("other text names").unwrap_or_default();
    let constant = match row.cell("constant").unwrap_or_default() {
        "" => names::constant(name),
        constant => constant.to_owned(),
    };
    Ok(Term {
        number: row.number("number")?,
        name: name.to_owned(),
        text_name: text_name.to_owned(),
        other_text_names: list(other),
        versions: range(row)?,
        deprecated_in: optional(row, "deprecated in")?,
        constant,
    })
}

fn tags(table: &Table, enumerations: &[Enumeration]) -> Outcome<Vec<Tag>> {
    let terms = terms(table.rows())?;
    let mut found = Vec::new();
    for (row, term) in table.rows().zip(terms) {
        let values = optional(&row, "values")?;
        let is_known =
            |name: &String| name == TAGS || enumerations.iter().any(|known| known.name == *name);
        if let Some(unknown) = values.as_ref().filter(|name| !is_known(name)) {
            return Err(row.error(format!("no enumeration {unknown:?}")));
        }
        found.push(Tag { term, values });
    }
    Ok(found)
}

fn attributes(table: &Table, tags: &[Tag]) -> Outcome<Vec<Attribute>> {
    let mut found: Vec<Attribute> = Vec::new();
    for row in table.rows() {
        let new = attribute(&row, tags)?;
        if found.last().is_some_and(|last| last.name >= new.name) {
            return Err(row.error("not in the order of names"));
        }
        found.push(new);
    }
    Ok(found)
}

fn attribute(row: &Row<'_>, tags: &[Tag]) -> Outcome<Attribute> {
    let name = row.need("name")?;
    let named = |name: &str| tags.iter().find(|tag| tag.term.name == name);
    let attribute_name = optional(row, "1.x name")?;
    if attribute_name.as_ref().is_some_and(|in_1_x| in_1_x != name) {
        return Err(row.error("the Attribute Name of 1.x is not the heading"));
    }
    let tag = match row.cell("2.x tag")? {
        "" => None,
        tag => {
            let tag = named(tag).ok_or_else(|| row.error(format!("no tag {tag:?}")))?;
            Some((tag.term.constant.clone(), tag.term.number))
        }
    };
    let values = optional(row, "values")?;
    if values != named(name).and_then(|tag| tag.values.clone()) {
        return Err(row.error("the tag of this name carries other values"));
    }
    Ok(Attribute {
        name: name.to_owned(),
        attribute_name,
        tag,
        item_types: item_types(row)?,
        values,
        many: one_of(row, "instances", &["one", "many"])? == "many",
        versions: range(row)?,
    })
}

/// Item types in Rust's spelling; none where any is allowed.
fn item_types(row: &Row<'_>) -> Outcome<Vec<String>> {
    const KNOWN: &[&str] = &[
        "Structure",
        "Integer",
        "Enumeration",
        "Boolean",
        "Text String",
        "Byte String",
        "Date-Time",
        "Interval",
    ];
    let mut types = Vec::new();
    for name in list(row.cell("item type")?) {
        if name == "any" {
            continue;
        }
        if !KNOWN.contains(&name.as_str()) {
            return Err(row.error(format!("no item type {name:?}")));
        }
        types.push(name.replace([' ', '-'], ""));
    }
    Ok(types)
}

fn range(row: &Row<'_>) -> Outcome<Range> {
    let first = one_of(row, "first", VERSIONS)?;
    let last = one_of(row, "last", VERSIONS)?;
    let age = |version: &str| VERSIONS.iter().position(|known| *known == version);
    if age(first) > age(last) {
        return Err(row.error("the last version is older than the first"));
    }
    Ok(Range {
        first: first.to_owned(),
        last: last.to_owned(),
    })
}

fn one_of<'r>(row: &'r Row<'_>, column: &str, known: &[&str]) -> Outcome<&'r str> {
    let cell = row.need(column)?;
    if known.contains(&cell) {
        return Ok(cell);
    }
    Err(row.error(format!(
        "{column} is {cell:?}, not one of {}",
        known.join(", ")
    )))
}

fn optional(row: &Row<'_>, column: &str) -> Outcome<Option<String>> {
    let cell = row.cell(column)?;
    Ok((!cell.is_empty()).then(|| cell.to_owned()))
}

/// Parts with `|` between them.
fn list(cell: &str) -> Vec<String> {
    let parts = cell.split('|').filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

impl Range {
    /// `V1_0..=V2_1`.
    pub(super) fn code(&self) -> String {
        format!("{}..={}", version(&self.first), version(&self.last))
    }

    /// For people: `1.0`, or `1.0 to 1.4` where it is gone.
    pub(super) fn text(&self) -> String {
        match self.last.as_str() {
            "2.1" => self.first.clone(),
            last => format!("{} to {last}", self.first),
        }
    }
}

/// The constant of a version: `V1_0`.
pub(super) fn version(version: &str) -> String {
    format!("V{}", version.replace('.', "_"))
}
