//! A message for people: offsets, tags, types, lengths, and values that are no secret; of bytes
//! that are no message, what is before the fault.

mod hex;
mod listing;
mod text;

use alloc::string::String;

use crate::item::Tag;

/// Prints `message`, one item a line: hexadecimal offset, tag, type, octets, value.
///
/// Byte Strings, Big Integers, and everything in Key Material, Credentials, Passwords and their
/// like show their length only, and so does a Text String with a zero octet in it. Other texts
/// are printed, up to 256 characters: names, ids, error messages.
///
/// Of bytes that are no well-formed message the items before the fault are printed, then the
/// error, and how many octets are not shown. At most 100,000 items are printed.
///
/// ```
/// # use strongroom_ttlv::{dump, encode, Tag};
/// # fn main() -> Result<(), strongroom_ttlv::EncodeError> {
/// let message = encode(|w| {
///     w.structure(Tag::new(0x42_0045), |w| {
///         w.bytes(Tag::new(0x42_0043), b"an AES key: 16 o");
///     });
/// })?;
/// let expected = "\
/// 00000000 420045 Structure 24
/// 00000008   420043 Byte String 16: (not shown)
/// ";
/// assert_eq!(dump(&message), expected);
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn dump(message: &[u8]) -> String {
    dump_named(message, |_| None)
}

/// [`dump`] with the name that `name` knows for a tag behind its number.
#[must_use]
pub fn dump_named(message: &[u8], name: impl Fn(Tag) -> Option<&'static str>) -> String {
    let mut out = String::new();
    // Writing to a `String` does not fail.
    let _ = text::write(&mut out, message, &name);
    out
}

/// Prints `message` as octets, 16 a line behind their hexadecimal offset, for bug reports: two
/// dots stand for each octet of a value that [`dump`] does not print. Headers, lengths, padding
/// and other values remain.
///
/// `*` stands for lines that are all dots like the one before it; the last offset is the end of
/// the message. Of bytes that are no well-formed message, everything from the fault on is dots,
/// but for the header at fault where no octet of a hidden value can have been taken for it; the
/// error closes the text. At most 100,000 items are printed.
///
/// ```
/// # use strongroom_ttlv::{dump_hex, encode, Tag};
/// # fn main() -> Result<(), strongroom_ttlv::EncodeError> {
/// let message = encode(|w| {
///     w.structure(Tag::new(0x42_0045), |w| {
///         w.bytes(Tag::new(0x42_0043), b"an AES key: 16 o");
///     });
/// })?;
/// let expected = "\
/// 00000000  42 00 45 01 00 00 00 18  42 00 43 08 00 00 00 10
/// 00000010  .. .. .. .. .. .. .. ..  .. .. .. .. .. .. .. ..
/// 00000020
/// ";
/// assert_eq!(dump_hex(&message), expected);
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn dump_hex(message: &[u8]) -> String {
    let mut out = String::new();
    // Writing to a `String` does not fail.
    let _ = hex::write(&mut out, message);
    out
}
