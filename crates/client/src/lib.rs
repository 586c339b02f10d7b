//! KMIP client with mutual TLS, server lists, deadlines and typed outcomes.
#![forbid(unsafe_code)]
