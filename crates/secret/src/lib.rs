#![doc = include_str!("../README.md")]

mod bytes;
mod wiped;

pub use bytes::SecretBytes;
pub use wiped::{SCRUB_LEN, WipedBox, scrubbed};
