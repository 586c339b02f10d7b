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
mod damage;
mod dump;
mod format_page;
mod frames;
mod hostile;
mod known_answers;
mod outside_data;
mod properties;
mod reading;
mod tolerances;
mod writing;
