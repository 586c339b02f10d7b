//! The client against peers made here: certificates by rcgen, answers by hand, all on 127.0.0.1.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking; clippy.toml covers only the test functions"
)]

mod answer;
mod bad_certificates;
mod bad_servers;
#[cfg(feature = "blocking")]
mod blocking;
mod clock;
mod failover;
mod forge;
mod good;
mod good_certificates;
mod identities;
mod making;
mod operations;
#[cfg(feature = "aws-lc-rs")]
mod p521;
mod peer;
mod pki;
mod pool;
mod quirks;
mod renewal;
