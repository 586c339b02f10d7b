//! Tests of the server over TLS, through its public API.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "helpers of tests fail the test"
)]

mod batches;
mod calls;
mod captured;
mod changing;
mod client;
mod cryptography;
mod deriving;
mod durability;
mod faults;
mod locating;
mod oasis;
mod operations;
mod peers;
mod psmdb;
mod pykmip;
mod registering;
mod replacing;
mod replicas;
mod signing;
mod vault;
mod versions;
mod wrapping;
