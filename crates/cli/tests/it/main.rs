//! The binary, end to end: every test runs it as a shell would, in a directory of its own.
#![cfg(test)]
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow must fail its test"
)]

mod after;
mod backups;
mod bad_input;
mod bad_keystore;
mod damage;
mod doctor;
mod file;
mod full_disk;
mod harness;
mod kmip;
mod kmip_objects;
mod kmip_payloads;
mod kmip_versions;
mod live;
mod quickstart;
mod restore;
mod server;
mod shred;
#[cfg(test)]
mod smoke;
