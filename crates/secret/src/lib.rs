#![doc = include_str!("../README.md")]

mod arena;
mod bytes;
#[cfg(feature = "count")]
pub mod count;
#[cfg(all(unix, feature = "fork"))]
pub mod fork;
mod process;
#[cfg(any(test, feature = "scan"))]
pub mod scan;
mod wiped;

pub use arena::{
    KeyMemory, KeyMemoryError, Protection, key_memory, key_memory_warning, require_key_memory,
};
pub use bytes::SecretBytes;
pub use process::process_mark;
pub use wiped::{SCRUB_LEN, SHALLOW_SCRUB_LEN, WipedBox, scrubbed, scrubbed_shallow};
