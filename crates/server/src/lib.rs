//! KMIP server for development, tests and embedding; persists its objects, demands client certificates.
#![forbid(unsafe_code)]
