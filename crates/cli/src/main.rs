//! The `strongroom` command.
#![forbid(unsafe_code)]
fn main() {}
