//! Crash-safe keystore files that hold wrapped data encryption keys.
#![forbid(unsafe_code)]
