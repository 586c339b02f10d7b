//! One function a fuzz target. A function returns when the input is handled as it must be, accepted or
//! refused, and panics when a promise is broken: so the same functions serve libFuzzer (see
//! `fuzz_targets/`, nightly) and the replay of the committed seeds (`tests/replay.rs`, stable).
#![forbid(unsafe_code)]
#![warn(missing_docs, unreachable_pub)]

mod config;
mod kmip;
pub mod seeds;
mod store;
mod ttlv;
mod vectors;

pub use config::config_text;
pub use kmip::{kmip_request, kmip_response};
pub use store::{keystore_open, unit_open};
pub use ttlv::{frame_stream, ttlv_item, ttlv_round_trip};

/// A target: its name, which is also that of its seeds' folder, and its function.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: &[Target] = &[
    ("config_text", config_text),
    ("frame_stream", frame_stream),
    ("keystore_open", keystore_open),
    ("kmip_request", kmip_request),
    ("kmip_response", kmip_response),
    ("ttlv_item", ttlv_item),
    ("ttlv_round_trip", ttlv_round_trip),
    ("unit_open", unit_open),
];
