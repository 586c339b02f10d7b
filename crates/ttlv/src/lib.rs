#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![no_std]

extern crate alloc;

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
pub use dump::{dump, dump_named};
pub use encode::{EncodeError, EncodeErrorKind, Writer, encode, encode_into, encode_over};
pub use error::{DecodeError, DecodeErrorKind, TagPath};
pub use fields::Fields;
pub use frame::{FrameError, FrameReader, Need};
pub use item::{ALIGN, HEADER_LEN, Item, ItemType, OwnedItem, Tag, Value};
pub use limits::Limits;
pub use tolerance::{Tolerance, Tolerances};
pub use validate::validate;
