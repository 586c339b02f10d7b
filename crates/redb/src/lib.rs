#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod backend;
mod choose;
mod convert;
mod create;
mod error;
mod file;
mod header;
mod journal;
pub mod layout;
mod meta;
mod open;
mod reseal;
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
pub use header::{FORMAT, FORMAT_WITHOUT_JOURNAL, HeaderCopy, HeaderFault, MAGIC};
pub use open::{OpenOptions, Opened, open_database, open_database_with};
pub use reseal::{ResealError, ResealProgress, Resealer};
pub use sealer::ObjectId;
pub use status::{OtherCopy, Status, StatusReport, UnitError, UnitFault};
pub use verify::{CheckReport, DamagedUnit, VerifyReport, check_database, verify_file};
