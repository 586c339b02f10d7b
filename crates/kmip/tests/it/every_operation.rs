//! Every operation in every version that has it, as request and as answer: what is written is read
//! as the same.

use std::collections::BTreeSet;
use std::fmt::Debug;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use strongroom_kmip::{Operation, ProtocolVersion};

use crate::payloads::{Payload, comes_back};
use crate::strategies::{self, Table, VERSIONS};

/// Payloads of each operation in each version and direction.
const CASES: u32 = 48;

/// The operations that `version` has, by the specification's table.
fn operations(version: ProtocolVersion) -> BTreeSet<Operation> {
    let all = Operation::KNOWN.iter().copied();
    all.filter(|operation| version.has(operation.versions()))
        .collect()
}

fn all_come_back<T>(version: ProtocolVersion, table: Table<T>, operation: fn(&T) -> Operation)
where
    T: Payload + Debug + 'static,
{
    let rows = table.len();
    let made: BTreeSet<Operation> = table.iter().map(|(operation, _)| *operation).collect();
    assert_eq!(made.len(), rows, "{version}: an operation stands twice");
    assert_eq!(made, operations(version), "{version}: not every operation");
    for (of, payloads) in table {
        let mut runner = TestRunner::new(Config::with_cases(CASES));
        let outcome = runner.run(&payloads, |payload| {
            prop_assert_eq!(operation(&payload), of);
            comes_back(version, &payload);
            Ok(())
        });
        assert!(outcome.is_ok(), "{of} in {version}: {outcome:?}");
    }
}

#[test]
fn requests_come_back() {
    for version in VERSIONS {
        let operation = strongroom_kmip::Request::operation;
        all_come_back(version, strategies::requests(version), operation);
    }
}

#[test]
fn answers_come_back() {
    for version in VERSIONS {
        let operation = strongroom_kmip::Response::operation;
        all_come_back(version, strategies::responses(version), operation);
    }
}

#[test]
fn there_are_59_operations() {
    assert_eq!(operations(ProtocolVersion::V2_1).len(), 59);
    assert_eq!(Operation::KNOWN.len(), 59);
}
