#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod blocks;
mod error;
mod header;
mod layout;
mod open;
mod random;
mod read;
mod seal;
mod write;

#[cfg(test)]
mod tests;

pub use blocks::{Progress, Threads};
pub use error::{OpenError, SealError};
pub use header::{FORMAT, Header};
pub use layout::{plaintext_len, sealed_len};
pub use open::open_stream;
pub use random::SealedFile;
pub use read::OpenReader;
pub use seal::seal_stream;
pub use write::SealWriter;
