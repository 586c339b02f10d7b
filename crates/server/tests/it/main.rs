//! Tests of the server over TLS, through its public API.

mod client;
mod durability;
mod faults;
mod operations;
mod peers;
mod psmdb;
mod versions;
