//! Writing messages: into an exact-size wiped buffer, or to the end of a `BytesMut`.

use alloc::vec;
use alloc::vec::Vec;
use core::{fmt, mem};

use bytes::BytesMut;
use zeroize::Zeroizing;

use crate::decode::{Header, sound_item};
use crate::error::DecodeErrorKind;
use crate::item::{ALIGN, HEADER_LEN, Item, ItemType, Tag, Value};
use crate::limits::Limits;
use crate::validate::validate;

/// Room that [`encode_into`] tries first: enough for nearly every request of a client, and
/// small enough that filling it with zeros costs less than counting.
const FIRST_ROOM: usize = 384;

/// Writes one message into a buffer of its exact size that is wiped when dropped.
///
/// `write` runs twice, first to count: it must write the same both times. Nothing is copied
/// while the buffer grows, because it does not grow. For messages that carry keys.
///
/// # Errors
///
/// When `write` wrote something that a reader would refuse; see [`EncodeErrorKind`].
pub fn encode(write: impl Fn(&mut Writer<'_>)) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
    let len = run(&mut [], &write)?;
    let mut octets = Zeroizing::new(vec![0; len]);
    expect(len, run(&mut octets, &write)?)?;
    Ok(octets)
}

/// Appends one message to `out`, which is not wiped: for messages without keys.
///
/// `write` runs a second time when the message has more than 384 octets: it must write the
/// same both times.
///
/// # Errors
///
/// When `write` wrote something that a reader would refuse; `out` is then as it was.
pub fn encode_into(out: &mut BytesMut, write: impl Fn(&mut Writer<'_>)) -> Result<(), EncodeError> {
    let start = out.len();
    write_from(out, start, &write)
}

/// Puts one message in place of what is in `out`, which is not wiped: for a buffer that is used
/// again and again. Faster than [`BytesMut::clear`] and [`encode_into`], because octets that
/// are there need not be made. `write` runs as for [`encode_into`].
///
/// # Errors
///
/// When `write` wrote something that a reader would refuse; `out` is then empty.
pub fn encode_over(out: &mut BytesMut, write: impl Fn(&mut Writer<'_>)) -> Result<(), EncodeError> {
    write_from(out, 0, &write)
}

/// Writes behind the first `start` octets of `out`, over what is there.
#[inline]
fn write_from(
    out: &mut BytesMut,
    start: usize,
    write: &impl Fn(&mut Writer<'_>),
) -> Result<(), EncodeError> {
    let outcome = fill_from(out, start, write);
    out.truncate(outcome.map_or(start, |len| start.saturating_add(len)));
    outcome.map(|_| ())
}

/// The length of the message that stands from `start` on; more octets may follow it.
#[inline]
fn fill_from(
    out: &mut BytesMut,
    start: usize,
    write: &impl Fn(&mut Writer<'_>),
) -> Result<usize, EncodeError> {
    let mut end = start.saturating_add(FIRST_ROOM).max(out.len());
    let mut counted = None;
    // Once if the room suffices, else twice: one call of `write`, so that it is in here.
    loop {
        if out.len() < end {
            out.resize(end, 0);
        }
        let room = out.get_mut(start..end).unwrap_or_default();
        let has = room.len();
        let len = run(room, write)?;
        match counted {
            Some(counted) => return expect(counted, len),
            None if len <= has => return Ok(len),
            None => counted = Some(len),
        }
        end = start.saturating_add(len);
    }
}

/// Lets `write` fill `room` from the front, and gives the octets of the whole message. If that
/// is more than `room` has, what is in `room` is rubbish.
#[inline]
fn run(room: &mut [u8], write: &impl Fn(&mut Writer<'_>)) -> Result<usize, EncodeError> {
    let (words, _) = room.as_chunks_mut();
    let mut writer = Writer {
        room: words,
        at: 0,
        levels: Limits::MAX_DEPTH,
        failed: None,
    };
    write(&mut writer);
    let (len, failed) = (writer.written(), writer.failed);
    match (failed, room.get(..len)) {
        (Some(error), _) => Err(error),
        (None, Some(message)) => one_item(message),
        (None, None) => Ok(len),
    }
}

/// The octets of `message` if it is one item, which is well formed whatever its number.
#[inline]
fn one_item(message: &[u8]) -> Result<usize, EncodeError> {
    let len = message.len();
    match Header::of(message) {
        Some(header) if header.padded_len() == len.saturating_sub(HEADER_LEN) => Ok(len),
        _ => Err(EncodeError::of_message(EncodeErrorKind::NotOneItem {
            count: count_items(message),
        })),
    }
}

#[cold]
fn count_items(mut message: &[u8]) -> usize {
    let mut count = 0_usize;
    while let Some((rest, _)) = sound_item(message) {
        count = count.saturating_add(1);
        message = rest;
    }
    count
}

#[cold]
fn expect(counted: usize, written: usize) -> Result<usize, EncodeError> {
    if counted == written {
        Ok(written)
    } else {
        Err(EncodeError::of_message(EncodeErrorKind::Unstable))
    }
}

/// Why a message cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot write item {tag}: {kind}")]
#[non_exhaustive]
pub struct EncodeError {
    /// What is wrong.
    pub kind: EncodeErrorKind,
    /// The item, or 000000 for the message as a whole.
    pub tag: Tag,
}

impl EncodeError {
    const fn of_message(kind: EncodeErrorKind) -> Self {
        let tag = Tag::new(0);
        Self { kind, tag }
    }
}

/// What a reader would refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeErrorKind {
    /// The value is longer than a length field can say.
    #[error("longer than its 32-bit length field can say")]
    TooLong,
    /// Structures are nested deeper than [`Limits::MAX_DEPTH`].
    #[error("structures nest deeper than 64")]
    TooDeep,
    /// The tag is above [`Tag::MAX`].
    #[error("the tag does not fit three octets")]
    BadTag,
    /// A Big Integer has no octets, or not a multiple of 8.
    #[error("a Big Integer of {len} octets: must be a positive multiple of 8")]
    BadBigInteger {
        /// Its octets.
        len: usize,
    },
    /// A message is one item, neither none nor several.
    #[error("a message must be one item, not {count}")]
    NotOneItem {
        /// Items that were written at the top.
        count: usize,
    },
    /// The closure given to [`encode`] wrote another message the second time.
    #[error("the writing function wrote something else the second time")]
    Unstable,
}

/// Writes items one after the other.
///
/// The methods return nothing: the first thing that cannot be written is remembered, and
/// [`encode`] or [`encode_into`] reports it.
pub struct Writer<'a> {
    /// Every item has a multiple of 8 octets. What does not fit is counted, not written.
    room: &'a mut [Word],
    /// Words of the message so far. An item adds less than 2^30: it cannot wrap in a lifetime.
    at: usize,
    /// How much deeper structures may nest.
    levels: usize,
    failed: Option<EncodeError>,
}

type Word = [u8; ALIGN];

impl Writer<'_> {
    /// Octets of the message written so far.
    #[must_use]
    #[inline]
    pub const fn written(&self) -> usize {
        self.at.saturating_mul(ALIGN)
    }

    /// Writes a structure whose fields `body` writes. `body` does not run for a structure
    /// that is nested too deep.
    #[inline(always)]
    pub fn structure(&mut self, tag: Tag, body: impl FnOnce(&mut Self)) {
        let Some(levels) = self.levels.checked_sub(1) else {
            return self.fail(tag, EncodeErrorKind::TooDeep);
        };
        // The header is written last, when the length is known.
        let header_at = self.at;
        let start = header_at.wrapping_add(1);
        self.at = start;
        let outer = mem::replace(&mut self.levels, levels);
        body(self);
        self.levels = outer;
        // `body` only adds.
        let words = self.at.wrapping_sub(start);
        let Some(length) = u32::try_from(words)
            .ok()
            .and_then(|words| words.checked_mul(8))
        else {
            return self.fail(tag, EncodeErrorKind::TooLong);
        };
        let header = self.header(tag, ItemType::Structure, length);
        if let Some(word) = self.room.get_mut(header_at) {
            *word = header;
        }
    }

    /// Writes an Integer.
    #[inline]
    pub fn integer(&mut self, tag: Tag, value: i32) {
        self.four(tag, ItemType::Integer, value.to_be_bytes());
    }

    /// Writes a Long Integer.
    #[inline]
    pub fn long_integer(&mut self, tag: Tag, value: i64) {
        self.eight(tag, ItemType::LongInteger, value.to_be_bytes());
    }

    /// Writes a Big Integer: two's complement, big endian, sign-extended by the caller to a
    /// positive multiple of 8 octets.
    #[inline]
    pub fn big_integer(&mut self, tag: Tag, value: &[u8]) {
        let len = value.len();
        if len == 0 || !len.is_multiple_of(ALIGN) {
            return self.fail(tag, EncodeErrorKind::BadBigInteger { len });
        }
        self.padded(tag, ItemType::BigInteger, value);
    }

    /// Writes an Enumeration.
    #[inline]
    pub fn enumeration(&mut self, tag: Tag, value: impl Into<u32>) {
        self.four(tag, ItemType::Enumeration, value.into().to_be_bytes());
    }

    /// Writes a Boolean.
    #[inline]
    pub fn boolean(&mut self, tag: Tag, value: bool) {
        self.eight(tag, ItemType::Boolean, u64::from(value).to_be_bytes());
    }

    /// Writes a Text String.
    #[inline]
    pub fn text(&mut self, tag: Tag, value: &str) {
        self.padded(tag, ItemType::TextString, value.as_bytes());
    }

    /// Writes a Byte String.
    #[inline]
    pub fn bytes(&mut self, tag: Tag, value: &[u8]) {
        self.padded(tag, ItemType::ByteString, value);
    }

    /// Writes a Date-Time, in seconds since 1970.
    #[inline]
    pub fn date_time(&mut self, tag: Tag, seconds: i64) {
        self.eight(tag, ItemType::DateTime, seconds.to_be_bytes());
    }

    /// Writes an Interval, in seconds.
    #[inline]
    pub fn interval(&mut self, tag: Tag, seconds: u32) {
        self.four(tag, ItemType::Interval, seconds.to_be_bytes());
    }

    /// Writes a Date-Time Extended, in microseconds since 1970 (KMIP 2.0 on).
    #[inline]
    pub fn date_time_extended(&mut self, tag: Tag, microseconds: i64) {
        self.eight(tag, ItemType::DateTimeExtended, microseconds.to_be_bytes());
    }

    /// Writes an item that was read: octet for octet if it is sound; one that was tolerated,
    /// in its right encoding.
    pub fn item(&mut self, item: &Item<'_>) {
        let limits = Limits::FORMAT.with_depth(self.levels);
        match validate(item.encoded(), &limits) {
            Ok(()) => self.copy(item.encoded()),
            Err(error) if matches!(error.kind, DecodeErrorKind::TooDeep { .. }) => {
                self.fail(item.tag, EncodeErrorKind::TooDeep);
            }
            Err(_) => self.anew(item),
        }
    }

    /// Writes what the item says. No deeper than [`Limits::MAX_DEPTH`], as the item was read.
    fn anew(&mut self, item: &Item<'_>) {
        let tag = item.tag;
        match item.value.clone() {
            Value::Structure(mut fields) => self.structure(tag, |out| {
                while let Ok(Some(item)) = fields.next_item() {
                    out.anew(&item);
                }
            }),
            Value::Integer(value) => self.integer(tag, value),
            Value::LongInteger(value) => self.long_integer(tag, value),
            Value::BigInteger(value) => self.big_integer(tag, value),
            Value::Enumeration(value) => self.enumeration(tag, value),
            Value::Boolean(value) => self.boolean(tag, value),
            Value::Text(value) => self.text(tag, value),
            Value::Bytes(value) => self.bytes(tag, value),
            Value::DateTime(value) => self.date_time(tag, value),
            Value::Interval(value) => self.interval(tag, value),
            Value::DateTimeExtended(value) => self.date_time_extended(tag, value),
        }
    }

    #[inline(always)]
    fn four(&mut self, tag: Tag, item_type: ItemType, value: [u8; 4]) {
        let [a, b, c, d] = value;
        self.fixed(tag, item_type, 4, [a, b, c, d, 0, 0, 0, 0]);
    }

    #[inline(always)]
    fn eight(&mut self, tag: Tag, item_type: ItemType, value: [u8; 8]) {
        self.fixed(tag, item_type, 8, value);
    }

    #[inline(always)]
    fn fixed(&mut self, tag: Tag, item_type: ItemType, length: u32, value: Word) {
        let header = self.header(tag, item_type, length);
        if let Some(words) = self.room().first_chunk_mut() {
            *words = [header, value];
        }
        self.at = self.at.wrapping_add(2);
    }

    #[inline(always)]
    fn padded(&mut self, tag: Tag, item_type: ItemType, value: &[u8]) {
        let Ok(length) = u32::try_from(value.len()) else {
            return self.fail(tag, EncodeErrorKind::TooLong);
        };
        let header = self.header(tag, item_type, length);
        if let Some(word) = self.room().first_mut() {
            *word = header;
        }
        self.at = self.at.wrapping_add(1);
        self.copy(value);
    }

    /// Copies octets into as many words as they need, with zeros in the rest of the last.
    #[inline(always)]
    fn copy(&mut self, octets: &[u8]) {
        let count = octets.len().div_ceil(ALIGN);
        if let Some(words) = self.room().get_mut(..count) {
            put(words, octets);
        }
        self.at = self.at.wrapping_add(count);
    }

    /// The room that is not written on yet.
    #[inline(always)]
    fn room(&mut self) -> &mut [Word] {
        self.room.get_mut(self.at..).unwrap_or_default()
    }

    /// The eight octets of a header. A tag that does not fit is cut, and the message fails.
    #[inline(always)]
    fn header(&mut self, tag: Tag, item_type: ItemType, length: u32) -> [u8; HEADER_LEN] {
        if tag.value() > Tag::MAX {
            self.fail(tag, EncodeErrorKind::BadTag);
        }
        let [_, a, b, c] = tag.value().to_be_bytes();
        let [e, f, g, h] = length.to_be_bytes();
        [a, b, c, item_type.code(), e, f, g, h]
    }

    #[cold]
    fn fail(&mut self, tag: Tag, kind: EncodeErrorKind) {
        self.failed.get_or_insert(EncodeError { kind, tag });
    }
}

/// Copies octets into as many words as they need, with zeros in the rest of the last.
#[inline(always)]
fn put(words: &mut [Word], octets: &[u8]) {
    if let Some(last) = words.last_mut() {
        *last = [0; ALIGN];
    }
    if let Some(field) = words.as_flattened_mut().get_mut(..octets.len()) {
        field.copy_from_slice(octets);
    }
}

impl fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Writer({} octets)", self.written())
    }
}
