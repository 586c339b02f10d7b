#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod decode;
mod dump;
mod encode;
mod error;
mod fields;
pub mod frame;
mod item;
mod limits;
mod tolerance;
mod validate;

pub use decode::{Fault, RawItem, item};
pub use dump::{dump, dump_hex, dump_named};
pub use encode::{EncodeError, EncodeErrorKind, Writer, encode, encode_into, encode_over};
pub use error::{DecodeError, DecodeErrorKind, TagPath};
pub use fields::Fields;
#[cfg(feature = "tokio")]
pub use frame::FrameCodec;
pub use frame::{FrameError, FrameReader, Need};
#[cfg(feature = "std")]
pub use frame::{MessageReader, StreamError};
pub use item::{ALIGN, HEADER_LEN, Item, ItemType, OwnedItem, Tag, Value};
pub use limits::Limits;
pub use tolerance::{Tolerance, Tolerances};
pub use validate::validate;
