//! Authenticated encryption of storage units with nonces that survive restored backups and copies.
#![forbid(unsafe_code)]
