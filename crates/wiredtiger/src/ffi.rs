//! Everything that crosses the C boundary; the only files of this crate with unsafe code.

#![expect(
    unsafe_code,
    reason = "the host is a C program that calls us and is called by raw pointers"
)]

pub(crate) mod abi;
pub(crate) mod encryptor;
pub(crate) mod entry;
pub(crate) mod host;
#[cfg(test)]
#[expect(
    clippy::undocumented_unsafe_blocks,
    reason = "SAFETY of all of them: the tests play the host, every pointer is to a value that the test \
              owns and that outlives the call, and every function is called once with its own arguments"
)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a test that overflows panics, and so fails"
)]
mod tests;
