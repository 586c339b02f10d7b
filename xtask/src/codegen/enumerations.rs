//! `enumeration.rs` and a file for each enumeration and mask.

use std::fmt::Write as _;

use super::Generated;
use super::names;
use super::spec::{Enumeration, Spec, Term, version};

/// Columns of generated lines.
const WIDTH: usize = 100;
/// A shorter array stays on its line.
const ONE_LINE: usize = 60;

pub(super) fn files(spec: &Spec) -> Vec<Generated> {
    let mut files = vec![list(spec)];
    files.extend(spec.enumerations.iter().map(one));
    files
}

/// `enumeration.rs`.
fn list(spec: &Spec) -> Generated {
    let masks = spec.enumerations.iter().filter(|one| one.is_mask).count();
    let enumerations = spec.enumerations.len().saturating_sub(masks);
    let mut body = format!(
        "//! Enumerations ({enumerations}) and masks ({masks}) of KMIP 1.0 to 2.1, open: a number that a later version or a\n\
         //! vendor brings survives a round trip.\n\
         //!\n\
         //! One per file, each with its values, their names as the specification spells them and in text\n\
         //! forms, and the versions that have them. May touch: numbers and names only.\n\n"
    );
    for one in &spec.enumerations {
        // Writing to a String cannot fail.
        let _ = writeln!(body, "mod {};", names::module(&one.type_name));
    }
    body.push_str("\nuse crate::vocabulary::Vocabulary;\n\n");
    for one in &spec.enumerations {
        let _ = writeln!(
            body,
            "pub use {}::{};",
            names::module(&one.type_name),
            one.type_name
        );
    }
    body.push_str("\n/// Every enumeration and mask, in the order of their types' names.\n");
    body.push_str("pub const ALL: &[&Vocabulary] = &[\n");
    for one in &spec.enumerations {
        let _ = writeln!(body, "    {}::VOCABULARY,", one.type_name);
    }
    body.push_str("];\n");
    Generated::new("enumeration.rs", "enumerations.tsv", &body)
}

fn one(enumeration: &Enumeration) -> Generated {
    let Enumeration {
        name,
        is_mask,
        type_name,
        meaning,
        source,
        table,
        terms,
    } = enumeration;
    let form = if *is_mask { "open_mask" } else { "open_enum" };
    let digits = if *is_mask { 8 } else { 2 };
    let terms: Vec<&Term> = terms.iter().collect();
    let constant = |term: &Term| format!("{} = ", term.constant);
    let body = format!(
        "//! `{name}`: {} ({source}).\n\
         //!\n\
         //! May touch: numbers and names only.\n\n\
         {form}! {{\n    \
         /// {meaning} ({source}).\n    \
         {type_name} = \"{name}\" {{\n{}    }}\n{}}}\n",
        small(meaning),
        rows(terms.iter().copied(), digits, constant),
        text_order(&terms),
    );
    let path = format!("enumeration/{}.rs", names::module(type_name));
    Generated::new(path, table, &body)
}

/// The first letter small, but for a word of capitals.
fn small(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// The rows of a vocabulary; `before` goes before the number.
pub(super) fn rows<'t>(
    terms: impl Iterator<Item = &'t Term>,
    digits: usize,
    before: impl Fn(&Term) -> String,
) -> String {
    let mut lines = String::new();
    for term in terms {
        let number = format!("0x{:0digits$X}", term.number);
        let deprecated = term.deprecated_in.as_ref().map_or(String::new(), |since| {
            format!(", deprecated {}", version(since))
        });
        let _ = writeln!(
            lines,
            "        {}{number}, {:?}, {:?}, {}{deprecated};",
            before(term),
            term.name,
            term.text_name,
            term.versions.code(),
        );
    }
    lines
}

/// Positions of the terms in the order of their text names, and the other text names.
pub(super) fn text_order(terms: &[&Term]) -> String {
    let mut order: Vec<usize> = (0..terms.len()).collect();
    order.sort_by_key(|&at| terms.get(at).map(|term| &term.text_name));
    let mut others = String::new();
    for term in terms {
        for other in &term.other_text_names {
            let _ = write!(others, "\n        {other:?} = 0x{:02X},", term.number);
        }
    }
    let others = match others.strip_suffix(',') {
        Some(others) => format!("{others}\n    "),
        None => others,
    };
    let order = positions(order);
    format!("    text order [{order}]\n    other text names [{others}]\n")
}

/// Positions for an array inside a macro: on one line, or on lines of their own when they are many.
pub(super) fn positions(positions: impl IntoIterator<Item = usize>) -> String {
    const INDENT: usize = 8;
    let words: Vec<String> = positions.into_iter().map(|at| format!("{at},")).collect();
    let line = words.join(" ");
    if line.len() < ONE_LINE {
        return line.trim_end_matches(',').to_owned();
    }
    let mut lines = String::new();
    let mut width = WIDTH;
    for word in &words {
        let wider = width.saturating_add(word.len()).saturating_add(1);
        if wider > WIDTH {
            let _ = write!(lines, "\n{:INDENT$}{word}", "");
            width = INDENT.saturating_add(word.len());
        } else {
            let _ = write!(lines, " {word}");
            width = wider;
        }
    }
    format!("{}\n    ", lines.trim_end_matches(','))
}
