//! Tests of the public interface: known answers, captures, round trips, damage, versions,
//! exchanges.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "helpers of tests: a failure here is a failing test"
)]

mod aside;
mod attributes;
mod cases;
mod client_asynchronous;
mod client_batch;
mod client_exchange;
mod coverage;
mod damage;
mod every_operation;
mod golden;
mod headers;
mod known_answers;
mod operations_1x;
mod operations_2x;
mod operations_2x_policy;
mod operations_crypto;
mod operations_crypto_objects;
mod payloads;
mod published_messages;
mod pykmip_wire;
mod quirks;
mod round_trip;
mod server_dispatch;
mod server_refusals;
mod strategies;
mod text;
mod text_golden;
mod tolerance;
mod tree;
mod version_gate;
mod vocabulary;
