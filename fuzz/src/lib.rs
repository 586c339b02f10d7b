//! One function a fuzz target. A function returns when the input is handled as it must be, accepted or
//! refused, and panics when a promise is broken: so the same functions serve libFuzzer (see
//! `fuzz_targets/`), the replay of the committed seeds (`tests/`) and the count of what inputs reach
//! (`examples/reach.rs`).
#![forbid(unsafe_code)]
#![warn(missing_docs, unreachable_pub)]

// What strongroom-ttlv's own tests are made of; the files name each other by these paths.
#[path = "../../crates/ttlv/tests/it/build.rs"]
mod build;
#[path = "../../crates/ttlv/tests/it/golden.rs"]
mod golden;
#[path = "../../crates/ttlv/tests/it/plain.rs"]
mod plain;
#[path = "../../crates/ttlv/tests/it/tree.rs"]
mod tree;

// The generators of strongroom-kmip's own tests; properties and fuzz targets share them.
#[path = "../../crates/kmip/tests/it/strategies/mod.rs"]
#[allow(dead_code, reason = "targets take no single operation")]
mod strategies;

mod config;
mod kmip;
mod mutate;
mod psmdb;
pub mod seeds;
mod seen;
mod store;
mod ttlv;
mod vectors;

pub use config::config_text;
pub use kmip::{kmip_request, kmip_response, kmip_text};
pub use mutate::mutate;
pub use psmdb::psmdb_open;
pub use seen::{Group, Seen, Tally};
pub use store::{keystore_open, unit_open};
pub use ttlv::{frame_stream, ttlv_item, ttlv_round_trip};

/// Called by a target with what it came upon; a fuzzer passes one that does nothing.
pub type See<'s> = &'s mut dyn FnMut(Seen);

/// A target: its name, which is also that of its seeds' folder, and its function.
pub type Target = (&'static str, fn(&[u8], See<'_>));

/// All targets.
pub const TARGETS: &[Target] = &[
    ("config_text", |input, _| config_text(input)),
    ("frame_stream", frame_stream),
    ("keystore_open", |input, _| keystore_open(input)),
    ("kmip_request", kmip_request),
    ("kmip_response", kmip_response),
    ("kmip_text", |input, _| kmip_text(input)),
    ("psmdb_open", |input, _| psmdb_open(input)),
    ("ttlv_item", ttlv_item),
    ("ttlv_round_trip", ttlv_round_trip),
    ("unit_open", |input, _| unit_open(input)),
];
