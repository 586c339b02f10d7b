//! An encrypted storage backend for redb.
#![forbid(unsafe_code)]
