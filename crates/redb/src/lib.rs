#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod backend;
mod choose;
mod convert;
mod create;
mod error;
mod file;
mod header;
pub mod layout;
mod meta;
mod open;
mod sealer;
mod status;
#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a test that overflows panics, and so fails"
)]
mod tests;
mod verify;

pub use convert::{PlainFile, decrypt_file, encrypt_file};
pub use error::OpenError;
pub use header::{FORMAT, HeaderCopy, HeaderFault, MAGIC};
pub use open::{OpenOptions, Opened, open_database, open_database_with};
pub use sealer::ObjectId;
pub use status::{OtherCopy, Status, StatusReport, UnitError, UnitFault};
pub use verify::{CheckReport, DamagedUnit, VerifyReport, check_database, verify_file};
