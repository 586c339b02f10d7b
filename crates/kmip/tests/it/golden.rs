//! Golden messages: a request and an answer of every operation, across the versions. Every
//! truncation and every change of one octet gives a typed error or a sound message.
//!
//! `tests/golden/messages.tsv` holds them: version, direction, operation, octets. They were made once
//! from the shared generators, with the message around the payload by [`crate::tree`]; with
//! `STRONGROOM_BLESS` set, they are made anew.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "counts and places of a test's own table"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, thread};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRng, TestRunner};
use strongroom_kmip::{
    EncodeError, Limits, MessageError, Operation, ProtocolVersion, Request, RequestMessage,
    Response, ResponseMessage,
};
use strongroom_ttlv::Fields;

use crate::payloads::{Payload, versions_of};
use crate::strategies::{self, Table};
use crate::tree;

/// One line of the table.
pub(crate) struct Golden {
    pub(crate) version: ProtocolVersion,
    pub(crate) is_request: bool,
    pub(crate) operation: Operation,
    pub(crate) octets: Vec<u8>,
}

const TABLE: &str = "tests/golden/messages.tsv";

/// Payloads of about this length are long enough to hold something, and short enough to damage each
/// octet in every way.
const PAYLOAD_LEN: usize = 128;

/// The committed messages.
pub(crate) fn all() -> Vec<Golden> {
    let table = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE)).unwrap();
    table.lines().skip(1).map(Golden::parse).collect()
}

impl Golden {
    fn parse(line: &str) -> Self {
        let fields: Vec<&str> = line.split('\t').collect();
        let [version, direction, operation, hex] = fields.try_into().unwrap();
        let is_version = |one: &ProtocolVersion| one.to_string() == version;
        let is_operation = |one: &Operation| one.to_string() == operation;
        let octet = |at: usize| u8::from_str_radix(hex.get(at..at + 2).unwrap(), 16).unwrap();
        Self {
            version: strategies::VERSIONS.into_iter().find(is_version).unwrap(),
            is_request: direction == "request",
            operation: Operation::KNOWN.iter().copied().find(is_operation).unwrap(),
            octets: (0..hex.len()).step_by(2).map(octet).collect(),
        }
    }

    fn line(&self) -> String {
        let direction = if self.is_request { "request" } else { "answer" };
        let hex: String = self.octets.iter().map(|o| format!("{o:02x}")).collect();
        format!("{}\t{direction}\t{}\t{hex}\n", self.version, self.operation)
    }

    /// Reads `octets` as a message of this one's direction, and writes what was read.
    fn read(&self, octets: &[u8]) -> Result<Vec<u8>, Refusal> {
        if !self.version.is_supported() {
            return self.read_payload(octets);
        }
        let limits = Limits::default();
        let written = if self.is_request {
            RequestMessage::decode(octets, &limits)?.encode()?
        } else {
            ResponseMessage::decode(octets, &limits)?.encode()?
        };
        Ok(written.to_vec())
    }

    /// The same for the payload alone, where whole messages are not read.
    fn read_payload(&self, octets: &[u8]) -> Result<Vec<u8>, Refusal> {
        let limits = Limits::default();
        let (of, version) = (self.operation, self.version);
        let mut message = octets.to_vec();
        let start = self.payload_at();
        let payload = message.split_off(start.min(message.len()));
        Fields::item(&payload, &limits).map_err(MessageError::Ttlv)?;
        let written = if self.is_request {
            Request::from_ttlv(of, version, &payload, &limits)?.to_ttlv(version)?
        } else {
            Response::from_ttlv(of, version, &payload, &limits)?.to_ttlv(version)?
        };
        message.extend(written.iter());
        Ok(message)
    }

    /// Where the payload begins: it is the last item of the only batch item.
    fn payload_at(&self) -> usize {
        let tag: &[u8] = if self.is_request {
            b"\x42\x00\x79\x01"
        } else {
            b"\x42\x00\x7C\x01"
        };
        let mut windows = self.octets.windows(4);
        windows.position(|window| window == tag).unwrap()
    }
}

/// Why a damaged message is not read, or not written again.
#[derive(Debug)]
enum Refusal {
    Decode(MessageError),
    Encode(EncodeError),
}

impl From<MessageError> for Refusal {
    fn from(error: MessageError) -> Self {
        Self::Decode(error)
    }
}

impl From<EncodeError> for Refusal {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

/// A payload near [`PAYLOAD_LEN`] out of some.
fn payload<T: Payload + 'static>(
    version: ProtocolVersion,
    operation: Operation,
    table: Table<T>,
) -> Vec<u8> {
    let algorithm = Config::default().rng_algorithm;
    let rng = TestRng::deterministic_rng(algorithm);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let (_, payloads) = table.into_iter().find(|(of, _)| *of == operation).unwrap();
    let some = (0..200).map(|_| payloads.new_tree(&mut runner).unwrap().current());
    some.map(|one| one.write(version))
        .min_by_key(|bytes| bytes.len().abs_diff(PAYLOAD_LEN))
        .unwrap()
}

fn make(version: ProtocolVersion, is_request: bool, operation: Operation) -> Golden {
    let payload = if is_request {
        payload(version, operation, strategies::requests(version))
    } else {
        payload(version, operation, strategies::responses(version))
    };
    let version_item = tree::structure(
        0x42_0069,
        &[
            tree::integer(0x42_006A, version.major),
            tree::integer(0x42_006B, version.minor),
        ],
    );
    let count = tree::integer(0x42_000D, 1);
    let of = tree::enumeration(0x42_005C, operation.into());
    let octets = if is_request {
        let header = tree::structure(0x42_0077, &[version_item, count]);
        let item = tree::structure(0x42_000F, &[of, payload]);
        tree::structure(0x42_0078, &[header, item])
    } else {
        let time = tree::date_time(0x42_0092, tree::NOW);
        let header = tree::structure(0x42_007A, &[version_item, time, count]);
        let success = tree::enumeration(0x42_007F, 0);
        let item = tree::structure(0x42_000F, &[of, success, payload]);
        tree::structure(0x42_007B, &[header, item])
    };
    Golden {
        version,
        is_request,
        operation,
        octets,
    }
}

/// Every operation takes two of its versions, and all of them together every version.
fn make_all() -> Vec<Golden> {
    let operations = Operation::KNOWN.iter().enumerate();
    let both = operations.flat_map(|(number, operation)| {
        let versions = versions_of(&[*operation]);
        let at = |number: usize| *versions.get(number % versions.len()).unwrap();
        [
            make(at(number), true, *operation),
            make(at(number + versions.len().div_ceil(2)), false, *operation),
        ]
    });
    both.collect()
}

#[test]
fn the_table_has_every_operation_both_ways_and_every_version() {
    if std::env::var_os("STRONGROOM_BLESS").is_some() {
        let lines = make_all().iter().map(Golden::line).collect::<String>();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(
            path,
            format!("version\tdirection\toperation\toctets\n{lines}"),
        )
        .unwrap();
    }
    let all = all();
    let both: BTreeSet<_> = all
        .iter()
        .map(|one| (one.operation, one.is_request))
        .collect();
    assert_eq!(both.len(), 2 * Operation::KNOWN.len());
    for version in strategies::VERSIONS {
        for is_request in [true, false] {
            let is_here = |one: &&Golden| one.version == version && one.is_request == is_request;
            let count = all.iter().filter(is_here).count();
            assert!(count >= 4, "{version}: {count}");
        }
    }
}

#[test]
fn golden_messages_are_written_as_they_were() {
    for golden in all() {
        let again = golden.read(&golden.octets).unwrap();
        assert_eq!(again, golden.octets, "{}", golden.line());
    }
}

#[test]
fn every_truncation_is_refused() {
    for golden in all() {
        for len in 0..golden.octets.len() {
            let cut = golden.octets.get(..len).unwrap();
            let result = golden.read(cut);
            let refused = matches!(result, Err(Refusal::Decode(_)));
            assert!(refused, "{len} octets of {}", golden.line());
        }
    }
}

/// Changes each octet into every other: the count of changes, and of those that were read.
fn damage(golden: &Golden) -> (usize, usize) {
    let mut octets = golden.octets.clone();
    let (mut changes, mut read) = (0, 0);
    for (at, good) in golden.octets.iter().enumerate() {
        for change in 1..=u8::MAX {
            *octets.get_mut(at).unwrap() = good ^ change;
            changes += 1;
            match golden.read(&octets) {
                // What is written means what was read, which is not always what was there: a
                // response leaves out what it does not know.
                Ok(written) if golden.is_request => assert_eq!(written, octets, "octet {at}"),
                Ok(_) => {}
                Err(Refusal::Decode(error)) => {
                    assert!(change.count_ones() > 1 || !error.to_string().is_empty());
                    continue;
                }
                Err(Refusal::Encode(error)) => assert!(!error.to_string().is_empty()),
            }
            read += 1;
        }
        *octets.get_mut(at).unwrap() = *good;
    }
    (changes, read)
}

#[test]
fn every_change_of_one_octet_gives_a_typed_error_or_a_sound_message() {
    // The request of one operation, the answer of the next: half of them, for the time it takes.
    let half = all().into_iter().enumerate();
    let half = half.filter(|(number, _)| matches!(number % 4, 0 | 3));
    let half: Vec<Golden> = half.map(|(_, golden)| golden).collect();
    assert!(half.len() >= 50, "only {} messages", half.len());
    let (changes, read) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(golden) = half.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = damage(golden);
                    changes.fetch_add(found.0, Ordering::Relaxed);
                    read.fetch_add(found.1, Ordering::Relaxed);
                }
            });
        }
    });
    let (changes, read) = (changes.into_inner(), read.into_inner());
    assert!(
        changes > 1_000_000 && read > changes / 20 && read < changes / 2,
        "{read} of {changes}"
    );
}
