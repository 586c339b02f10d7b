//! Encryption at rest for storage engines, with the master key on any KMIP server.
#![forbid(unsafe_code)]
