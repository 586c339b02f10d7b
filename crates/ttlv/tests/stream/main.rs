//! Tests of the stream adapters: whatever the pieces, every reader finds the same messages.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod agree;
mod blocking;
#[path = "../it/build.rs"]
#[expect(dead_code, reason = "the other tests use more of it")]
mod build;
mod codec;
mod source;
