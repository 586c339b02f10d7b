//! Boxed, wiped key octets that never print themselves.
//!
//! May touch: memory only. The one crate of the libraries that may hold unsafe code.

mod bytes;

pub use bytes::SecretBytes;
