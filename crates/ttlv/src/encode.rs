//! Writing messages: into an exact-size wiped buffer, or to the end of a `BytesMut`.

use alloc::vec::Vec;
use core::fmt;

use bytes::BytesMut;
use zeroize::Zeroizing;

use crate::error::DecodeErrorKind;
use crate::item::{ALIGN, HEADER_LEN, Item, ItemType, Tag};
use crate::limits::Limits;
use crate::validate::validate;

/// Writes one message into a buffer of its exact size that is wiped when dropped.
///
/// `write` runs twice, first to count: it must write the same both times. Nothing is copied
/// while the buffer grows, because it does not grow. For messages that carry keys.
///
/// # Errors
///
/// When `write` wrote something that a reader would refuse; see [`EncodeErrorKind`].
pub fn encode(write: impl Fn(&mut Writer)) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
    let mut counter = Writer::new(Sink::Count(0));
    write(&mut counter);
    counter.check()?;
    let len = counter.sink.len();
    let mut writer = Writer::new(Sink::Exact(Zeroizing::new(Vec::with_capacity(len))));
    write(&mut writer);
    writer.check()?;
    match writer.sink {
        Sink::Exact(octets) if octets.len() == len => Ok(octets),
        _ => Err(EncodeError::of_message(EncodeErrorKind::Unstable)),
    }
}

/// Appends one message to `out`, which is not wiped: for messages without keys.
///
/// # Errors
///
/// When `write` wrote something that a reader would refuse; `out` is then as it was.
pub fn encode_into(out: &mut BytesMut, write: impl FnOnce(&mut Writer)) -> Result<(), EncodeError> {
    let start = out.len();
    let mut writer = Writer::new(Sink::Frame {
        octets: core::mem::take(out),
        start,
    });
    write(&mut writer);
    let outcome = writer.check();
    if let Sink::Frame { octets, .. } = writer.sink {
        *out = octets;
    }
    if outcome.is_err() {
        out.truncate(start);
    }
    outcome
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
pub struct Writer {
    sink: Sink,
    depth: usize,
    top_items: usize,
    failed: Option<EncodeError>,
}

enum Sink {
    /// Counts.
    Count(usize),
    /// Has the exact capacity from the start.
    Exact(Zeroizing<Vec<u8>>),
    /// Grows; the message begins at `start`.
    Frame { octets: BytesMut, start: usize },
}

impl Sink {
    fn len(&self) -> usize {
        match self {
            Self::Count(len) => *len,
            Self::Exact(octets) => octets.len(),
            Self::Frame { octets, .. } => octets.len(),
        }
    }

    /// Appends `input`; false if there is no room in the exact buffer. Inlined everywhere, so
    /// that octets of a known count become one store.
    #[inline(always)]
    fn put(&mut self, input: &[u8]) -> bool {
        match self {
            Self::Count(len) => *len = len.saturating_add(input.len()),
            Self::Exact(octets) => {
                if octets.capacity().saturating_sub(octets.len()) < input.len() {
                    return false;
                }
                octets.extend_from_slice(input);
            }
            Self::Frame { octets, .. } => octets.extend_from_slice(input),
        }
        true
    }

    /// Puts the length field of the header at `at` right.
    fn set_length(&mut self, at: usize, length: u32) {
        let octets: &mut [u8] = match self {
            Self::Count(_) => return,
            Self::Exact(octets) => octets,
            Self::Frame { octets, .. } => octets,
        };
        let header = octets.get_mut(at..).unwrap_or_default();
        if let Some([_, _, _, _, field @ ..]) = header.first_chunk_mut::<HEADER_LEN>() {
            *field = length.to_be_bytes();
        }
    }
}

impl Writer {
    fn new(sink: Sink) -> Self {
        Self {
            sink,
            depth: 0,
            top_items: 0,
            failed: None,
        }
    }

    /// Octets of the message written so far.
    #[must_use]
    pub fn written(&self) -> usize {
        match &self.sink {
            Sink::Frame { octets, start } => octets.len().saturating_sub(*start),
            sink => sink.len(),
        }
    }

    /// Writes a structure whose fields `body` writes. `body` does not run for a structure
    /// that is nested too deep.
    pub fn structure(&mut self, tag: Tag, body: impl FnOnce(&mut Self)) {
        if self.depth >= Limits::MAX_DEPTH {
            return self.fail(tag, EncodeErrorKind::TooDeep);
        }
        let header_at = self.sink.len();
        self.header(tag, ItemType::Structure, 0);
        let value_at = self.sink.len();
        self.depth = self.depth.saturating_add(1);
        body(self);
        self.depth = self.depth.saturating_sub(1);
        let length = self.sink.len().saturating_sub(value_at);
        match u32::try_from(length) {
            Ok(length) => self.sink.set_length(header_at, length),
            Err(_) => self.fail(tag, EncodeErrorKind::TooLong),
        }
    }

    /// Writes an Integer.
    pub fn integer(&mut self, tag: Tag, value: i32) {
        self.four(tag, ItemType::Integer, value.to_be_bytes());
    }

    /// Writes a Long Integer.
    pub fn long_integer(&mut self, tag: Tag, value: i64) {
        self.eight(tag, ItemType::LongInteger, value.to_be_bytes());
    }

    /// Writes a Big Integer: two's complement, big endian, sign-extended by the caller to a
    /// positive multiple of 8 octets.
    pub fn big_integer(&mut self, tag: Tag, value: &[u8]) {
        let len = value.len();
        if len == 0 || !len.is_multiple_of(ALIGN) {
            return self.fail(tag, EncodeErrorKind::BadBigInteger { len });
        }
        self.padded(tag, ItemType::BigInteger, value);
    }

    /// Writes an Enumeration.
    pub fn enumeration(&mut self, tag: Tag, value: impl Into<u32>) {
        self.four(tag, ItemType::Enumeration, value.into().to_be_bytes());
    }

    /// Writes a Boolean.
    pub fn boolean(&mut self, tag: Tag, value: bool) {
        self.eight(tag, ItemType::Boolean, u64::from(value).to_be_bytes());
    }

    /// Writes a Text String.
    pub fn text(&mut self, tag: Tag, value: &str) {
        self.padded(tag, ItemType::TextString, value.as_bytes());
    }

    /// Writes a Byte String.
    pub fn bytes(&mut self, tag: Tag, value: &[u8]) {
        self.padded(tag, ItemType::ByteString, value);
    }

    /// Writes a Date-Time, in seconds since 1970.
    pub fn date_time(&mut self, tag: Tag, seconds: i64) {
        self.eight(tag, ItemType::DateTime, seconds.to_be_bytes());
    }

    /// Writes an Interval, in seconds.
    pub fn interval(&mut self, tag: Tag, seconds: u32) {
        self.four(tag, ItemType::Interval, seconds.to_be_bytes());
    }

    /// Writes a Date-Time Extended, in microseconds since 1970 (KMIP 2.0 on).
    pub fn date_time_extended(&mut self, tag: Tag, microseconds: i64) {
        self.eight(tag, ItemType::DateTimeExtended, microseconds.to_be_bytes());
    }

    /// Writes an item that was read, octet for octet.
    pub fn item(&mut self, item: &Item<'_>) {
        let limits = Limits::FORMAT.with_depth(Limits::MAX_DEPTH.saturating_sub(self.depth));
        match validate(item.encoded(), &limits) {
            Ok(()) => self.begin(item.tag).put(item.tag, item.encoded()),
            Err(error) if matches!(error.kind, DecodeErrorKind::TooDeep { .. }) => {
                self.fail(item.tag, EncodeErrorKind::TooDeep);
            }
            Err(_) => self.fail(item.tag, EncodeErrorKind::Unstable),
        }
    }

    #[inline]
    fn four(&mut self, tag: Tag, item_type: ItemType, value: [u8; 4]) {
        let [a, b, c, d] = value;
        self.fixed(tag, item_type, 4, [a, b, c, d, 0, 0, 0, 0]);
    }

    #[inline]
    fn eight(&mut self, tag: Tag, item_type: ItemType, value: [u8; 8]) {
        self.fixed(tag, item_type, 8, value);
    }

    /// Header and value in one store.
    #[inline]
    fn fixed(&mut self, tag: Tag, item_type: ItemType, length: u32, value: [u8; 8]) {
        let header = u128::from(header(tag, item_type, length));
        let whole = (header << 64) | u128::from(u64::from_be_bytes(value));
        self.begin(tag).put(tag, &whole.to_be_bytes());
    }

    fn padded(&mut self, tag: Tag, item_type: ItemType, value: &[u8]) {
        let Ok(length) = u32::try_from(value.len()) else {
            return self.fail(tag, EncodeErrorKind::TooLong);
        };
        self.header(tag, item_type, length);
        self.put(tag, value);
        // Most strings are ids and keys of a multiple of 8 octets, or nearly.
        match value.len() % ALIGN {
            0 => {}
            4 => self.put(tag, &[0; 4]),
            used => self.put(tag, [0; ALIGN].get(used..).unwrap_or_default()),
        }
    }

    #[inline]
    fn header(&mut self, tag: Tag, item_type: ItemType, length: u32) {
        let header = header(tag, item_type, length);
        self.begin(tag).put(tag, &header.to_be_bytes());
    }

    /// What every item begins with: its tag must fit, the top has one item.
    #[inline(always)]
    fn begin(&mut self, tag: Tag) -> &mut Self {
        if tag.value() > Tag::MAX {
            self.fail(tag, EncodeErrorKind::BadTag);
        }
        if self.depth == 0 {
            self.top_items = self.top_items.saturating_add(1);
        }
        self
    }

    #[inline(always)]
    fn put(&mut self, tag: Tag, octets: &[u8]) {
        if !self.sink.put(octets) {
            self.fail(tag, EncodeErrorKind::Unstable);
        }
    }

    #[cold]
    fn fail(&mut self, tag: Tag, kind: EncodeErrorKind) {
        self.failed.get_or_insert(EncodeError { kind, tag });
    }

    fn check(&self) -> Result<(), EncodeError> {
        match (self.failed, self.top_items) {
            (Some(error), _) => Err(error),
            (None, 1) => Ok(()),
            (None, count) => Err(EncodeError::of_message(EncodeErrorKind::NotOneItem {
                count,
            })),
        }
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Writer({} octets)", self.written())
    }
}

/// The eight octets of a header. A tag that does not fit is cut here and reported by
/// [`Writer::begin`].
const fn header(tag: Tag, item_type: ItemType, length: u32) -> u64 {
    let [_, a, b, c] = tag.value().to_be_bytes();
    let [e, f, g, h] = length.to_be_bytes();
    u64::from_be_bytes([a, b, c, item_type.code(), e, f, g, h])
}
