//! KMIP messages, operations and attributes as Rust types, for client and server; no I/O.
#![forbid(unsafe_code)]
