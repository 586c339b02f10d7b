//! The project task runner.
#![forbid(unsafe_code)]
fn main() {}
