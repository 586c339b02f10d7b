//! TTLV, the wire encoding of KMIP: parser over borrowed bytes, writer, limits, frames, redacted dump.
#![forbid(unsafe_code)]
