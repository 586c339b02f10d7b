//! Tests of strongroom-ttlv through its public functions.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod build;
mod changes;
mod corpus;
mod coverage;
mod damage;
mod dump;
mod format_page;
mod frames;
mod golden;
mod hostile;
mod known_answers;
mod memory;
mod outside_data;
mod peak;
mod plain;
mod properties;
mod reading;
mod stack;
mod tolerances;
mod tree;
mod truncation;
mod typed;
mod writing;
