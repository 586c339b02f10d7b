//! `cargo xtask coverage`: `docs/kmip/coverage.md`, from what the tests of `strongroom-kmip` count.
//!
//! Without `--check` the tests count anew first, outside messages too where `STRONGROOM_KMIP_DATA`
//! names them. With it, the page is compared with the committed counts; that these are what the
//! proofs hold is a test of the crate.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use crate::Outcome;
use crate::shell::{Cmd, root};
use crate::suite::KMIP_DATA;

const PAGE: &str = "docs/kmip/coverage.md";
const COUNTS: &str = "crates/kmip/tests/coverage.tsv";
const OPERATIONS: &str = "crates/kmip/spec/operations.tsv";
const VERSIONS: [&str; 7] = ["1.0", "1.1", "1.2", "1.3", "1.4", "2.0", "2.1"];

const HEAD: &str = "\
# What is proved of each operation

Written by `cargo xtask coverage`: edit nothing here. Each cell says how many outside cases have the operation in
that version, and how many own cases; `\u{2013}` stands where the version lacks the operation.

An **outside case** is one request or one response with the operation in one of its batch items, counted by the version
in its header: the published OASIS cases of 1.0 to 2.1, and messages captured from PyKMIP 0.11.0. The tests of
`strongroom-kmip` run them where `STRONGROOM_KMIP_DATA` names their folder. 0 stands where neither has a message.

**Own** counts properties and golden messages. A property is one direction, request or answer, for which 48 random
payloads of that operation and version are written, read and written again, the same each time
(`tests/it/every_operation.rs`); a test fails when one is missing. A golden message is a line of
`tests/golden/messages.tsv`: it is read and written back octet for octet, every truncation of it is refused, and in
every second one every octet is changed to every other value (`tests/it/golden.rs`). Tests of one operation by hand,
and fuzzing, are not counted.
";

/// What one cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counts {
    outside: u32,
    own: u32,
}

/// By operation and version.
type Cells<'t> = BTreeMap<(&'t str, &'t str), Counts>;

pub(crate) fn run(check: bool) -> Outcome {
    if !check {
        if std::env::var_os(KMIP_DATA).is_none() {
            println!("{KMIP_DATA} is not set: outside messages keep their counts");
        }
        Cmd::new("cargo test -q -p strongroom-kmip --test it coverage::the_table")
            .variable("STRONGROOM_BLESS", "1")
            .run()?;
    }
    let read = |path: &str| fs::read_to_string(root().join(path));
    let page = page(&read(OPERATIONS)?, &read(COUNTS)?)?;
    if read(PAGE).ok().as_ref() == Some(&page) {
        println!("coverage: {PAGE} is what the counts say");
        return Ok(());
    }
    if check {
        return Err(format!("{PAGE} is not what {COUNTS} says: run `cargo xtask coverage`").into());
    }
    let path = root().join(PAGE);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, page)?;
    println!("wrote {PAGE}");
    Ok(())
}

fn page(operations: &str, counts: &str) -> Outcome<String> {
    let cells = cells(counts)?;
    let mut text = format!("{HEAD}\n| operation | {} |\n", VERSIONS.join(" | "));
    text.push_str(&format!("|---|{}\n", "---|".repeat(VERSIONS.len())));
    let mut used = 0_usize;
    for line in operations.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [_, name, _, _, first, last, ..] = columns.as_slice() else {
            return Err(format!("{OPERATIONS}: {line:?}").into());
        };
        let mut row = format!("| {name} |");
        for version in VERSIONS {
            if version < *first || version > *last {
                row.push_str(" \u{2013} |");
                continue;
            }
            let found = cells.get(&(*name, version)).filter(|found| found.own > 0);
            let found = found.ok_or_else(|| format!("nothing proved of {name} in {version}"))?;
            write!(row, " {} outside cases, {} own |", found.outside, found.own)?;
            used = used.saturating_add(1);
        }
        writeln!(text, "{row}")?;
    }
    if used != cells.len() {
        return Err(format!("{COUNTS} counts {}, not {used} cells", cells.len()).into());
    }
    writeln!(text, "\n{}", sums(&cells))?;
    Ok(text)
}

fn sums(cells: &Cells<'_>) -> String {
    let sum = |of: fn(&Counts) -> u32| cells.values().map(of).fold(0_u32, u32::saturating_add);
    let without = cells.values().filter(|found| found.outside == 0).count();
    format!(
        "{} cells; {} outside, {} own; {without} cells without an outside message.",
        cells.len(),
        sum(|found| found.outside),
        sum(|found| found.own),
    )
}

fn cells(counts: &str) -> Outcome<Cells<'_>> {
    let mut cells = Cells::new();
    for line in counts.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [operation, version, oasis, captures, properties, golden] = *columns else {
            return Err(format!("{COUNTS}: {line:?}").into());
        };
        let sum =
            |a: &str, b: &str| -> Outcome<u32> { Ok(a.parse::<u32>()?.saturating_add(b.parse()?)) };
        let found = Counts {
            outside: sum(oasis, captures)?,
            own: sum(properties, golden)?,
        };
        if cells.insert((operation, version), found).is_some() {
            return Err(format!("{COUNTS} has {operation} in {version} twice").into());
        }
    }
    Ok(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPERATIONS: &str =
        "number\tname\ttext name\tother\tfirst\tlast\n1\tPing\tPing\t\t2.1\t2.1\n";
    const COLUMNS: &str = "operation\tversion\toasis\tcaptures\tproperties\tgolden\n";

    #[test]
    fn a_cell_has_both_counts_or_a_dash() {
        let counts = format!("{COLUMNS}Ping\t2.1\t3\t1\t2\t0\n");
        let page = page(OPERATIONS, &counts).unwrap();
        let dashes = "\u{2013} | ".repeat(6);
        let row = format!("| Ping | {dashes}4 outside cases, 2 own |\n");
        assert!(page.contains(&row), "{page}");
        assert!(page.ends_with("1 cells; 4 outside, 2 own; 0 cells without an outside message.\n"));
    }

    #[test]
    fn an_empty_cell_and_one_too_many_are_errors() {
        let error = |counts: &str| {
            let counts = format!("{COLUMNS}{counts}");
            page(OPERATIONS, &counts).unwrap_err().to_string()
        };
        assert_eq!(error(""), "nothing proved of Ping in 2.1");
        assert_eq!(
            error("Ping\t2.1\t9\t9\t0\t0\n"),
            "nothing proved of Ping in 2.1"
        );
        let both = "Ping\t2.1\t0\t0\t2\t0\nPing\t2.0\t0\t0\t2\t0\n";
        assert!(
            error(both).contains("counts 2, not 1 cells"),
            "{}",
            error(both)
        );
    }
}
