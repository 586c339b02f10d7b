//! Text forms of messages: XML and JSON (KMIP Additional Message Encodings 1.0, 4 and 6; KMIP
//! Profiles 1.2 to 2.1).
//!
//! For tools and test cases, not for the wire: the text holds keys as they are, and the library
//! that parses JSON leaves copies of it in memory. May touch: key octets.

mod date;
mod error;
mod json;
mod names;
mod read;
mod tree;
mod write;
mod xml;

pub use error::{TextError, TextErrorKind};
pub use json::{from_json, to_json};
pub use xml::{from_xml, to_xml};
