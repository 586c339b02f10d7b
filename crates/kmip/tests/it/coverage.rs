//! What was proved with which operation in which version: `tests/coverage.tsv`, from which
//! `cargo xtask coverage` makes `docs/kmip/coverage.md`.
//!
//! Own cases are counted from the proofs themselves; outside messages from the folders `oasis` and
//! `pykmip-wire` under `STRONGROOM_KMIP_DATA`, else their counts stay those of the table. With
//! `STRONGROOM_BLESS` set, the table is written anew.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::print_stderr,
    reason = "counts; a skipped part must say that it was skipped"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use strongroom_kmip::text::from_xml;
use strongroom_kmip::{Limits, Operation, ProtocolVersion};
use strongroom_ttlv::{Fields, Value};

use crate::strategies::{VERSIONS, requests, responses};
use crate::{cases, golden, pykmip_wire};

/// An operation in a version.
type Cell = (ProtocolVersion, Operation);

/// Counts of one cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    /// Requests and responses of the published OASIS cases.
    oasis: usize,
    /// Requests and responses captured from PyKMIP.
    captures: usize,
    /// Directions with a property: random payloads come back.
    properties: usize,
    golden: usize,
}

type Counted = BTreeMap<Cell, Counts>;

const COLUMNS: &str = "operation\tversion\toasis\tcaptures\tproperties\tgolden\n";

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/coverage.tsv")
}

/// Every operation in every version that has it.
fn cells() -> Vec<Cell> {
    let of = |operation: &Operation| {
        let operation = *operation;
        let has = move |version: &ProtocolVersion| version.has(operation.versions());
        let versions = VERSIONS.into_iter().filter(has);
        versions.map(move |version| (version, operation))
    };
    Operation::KNOWN.iter().flat_map(of).collect()
}

fn own() -> Counted {
    let mut counted: Counted = cells()
        .into_iter()
        .map(|cell| (cell, Counts::default()))
        .collect();
    for version in VERSIONS {
        let requests = requests(version).into_iter().map(|(of, _)| of);
        let answers = responses(version).into_iter().map(|(of, _)| of);
        for of in requests.chain(answers) {
            counted.get_mut(&(version, of)).unwrap().properties += 1;
        }
    }
    for golden in golden::all() {
        let cell = (golden.version, golden.operation);
        counted.get_mut(&cell).unwrap().golden += 1;
    }
    counted
}

/// The operations of a message's batch items, each once, with the version in its header.
fn operations(message: &[u8]) -> Option<(ProtocolVersion, BTreeSet<Operation>)> {
    let root = Fields::item(message, &Limits::default()).ok()?;
    let mut version = ProtocolVersion::new(0, 0);
    let mut found = BTreeSet::new();
    for (tag, value) in inside(&root.value) {
        for (inner, value) in inside(&value) {
            match (tag, inner, value) {
                (0x42_000F, 0x42_005C, Value::Enumeration(operation)) => {
                    found.insert(Operation::new(operation));
                }
                (0x42_0077 | 0x42_007A, 0x42_0069, value) => {
                    for (part, value) in inside(&value) {
                        match (part, value) {
                            (0x42_006A, Value::Integer(major)) => version.major = major,
                            (0x42_006B, Value::Integer(minor)) => version.minor = minor,
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
    }
    Some((version, found))
}

/// The items of a structure.
fn inside<'a>(value: &Value<'a>) -> Vec<(u32, Value<'a>)> {
    let Value::Structure(fields) = value else {
        return Vec::new();
    };
    let mut fields = fields.clone();
    let next = std::iter::from_fn(|| fields.next_item().unwrap());
    next.map(|item| (item.tag.value(), item.value)).collect()
}

/// Counts `messages` into the cells that there are.
fn count(
    counted: &mut Counted,
    messages: impl Iterator<Item = Vec<u8>>,
    field: fn(&mut Counts) -> &mut usize,
) {
    for (version, found) in messages.filter_map(|message| operations(&message)) {
        for operation in found {
            if let Some(counts) = counted.get_mut(&(version, operation)) {
                *field(counts) += 1;
            }
        }
    }
}

/// Adds the counts of the outside messages; `false` where there are none.
fn add_outside(counted: &mut Counted) -> bool {
    let (Some(cases), Some(requests), Some(answers)) = (
        cases::all(),
        pykmip_wire::captures(".req"),
        pykmip_wire::captures(".resp"),
    ) else {
        return false;
    };
    let cases = cases
        .iter()
        .filter_map(|case| from_xml(&case.xml, &Limits::DEFAULT).ok());
    count(counted, cases.map(|octets| octets.to_vec()), |counts| {
        &mut counts.oasis
    });
    let captures = requests.into_values().chain(answers.into_values());
    count(counted, captures, |counts| &mut counts.captures);
    true
}

fn read(table: &str) -> Counted {
    let of = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [operation, version, counts @ ..] = fields.as_slice() else {
            return None;
        };
        let cells = cells();
        let is_this =
            |cell: &&Cell| cell.0.to_string() == *version && cell.1.to_string() == *operation;
        let cell = cells.iter().find(is_this)?;
        let counts: Vec<usize> = counts.iter().map(|count| count.parse().unwrap()).collect();
        let [oasis, captures, properties, golden] = counts.try_into().ok()?;
        let counts = Counts {
            oasis,
            captures,
            properties,
            golden,
        };
        Some((*cell, counts))
    };
    table.lines().filter_map(of).collect()
}

fn table(counted: &Counted) -> String {
    let mut text = COLUMNS.to_owned();
    for (version, operation) in cells() {
        let counts = counted.get(&(version, operation)).unwrap();
        let Counts {
            oasis,
            captures,
            properties,
            golden,
        } = counts;
        writeln!(
            text,
            "{operation}\t{version}\t{oasis}\t{captures}\t{properties}\t{golden}"
        )
        .unwrap();
    }
    text
}

#[test]
fn the_table_says_what_the_proofs_hold() {
    let committed = fs::read_to_string(path()).unwrap_or_default();
    let mut counted = own();
    if !add_outside(&mut counted) {
        eprintln!("not counted anew: outside messages");
        for (cell, counts) in read(&committed) {
            let mine = counted.get_mut(&cell).unwrap();
            (mine.oasis, mine.captures) = (counts.oasis, counts.captures);
        }
    }
    let table = table(&counted);
    if std::env::var_os("STRONGROOM_BLESS").is_some() {
        fs::write(path(), &table).unwrap();
        return;
    }
    assert_eq!(committed, table, "run `cargo xtask coverage`");
}

#[test]
fn every_operation_has_both_properties_in_every_version() {
    for (cell, counts) in own() {
        assert_eq!(counts.properties, 2, "{cell:?}");
    }
}
