//! The walk over a whole message, without recursion: every rule and every limit, in order.

mod plain;

use crate::decode::{RawItem, careful, sound_item};
use crate::error::{DecodeError, DecodeErrorKind};
use crate::item::{HEADER_LEN, ItemType};
use crate::limits::Limits;

/// Checks that `message` is exactly one well-formed item within `limits`.
///
/// Allocates nothing; its stack has a fixed size.
///
/// # Errors
///
/// The first thing that is wrong, in the order of the octets.
#[inline]
pub fn validate(message: &[u8], limits: &Limits) -> Result<(), DecodeError> {
    if plain::is_sound(message, limits) {
        Ok(())
    } else {
        walk(message, limits)
    }
}

/// The check that can say what is wrong and where, and that knows tolerances.
#[cold]
fn walk(message: &[u8], limits: &Limits) -> Result<(), DecodeError> {
    let mut ends = Ends::default();
    let mut walk = Walk::new(message, limits, &mut ends);
    loop {
        match walk.step() {
            Ok(Some(_)) => {}
            Ok(None) => return Ok(()),
            Err(kind) => return Err(walk.error(kind)),
        }
    }
}

/// An item that the walk came upon.
pub(crate) struct Visit<'a> {
    pub(crate) raw: RawItem<'a>,
    /// Offset of its first octet in the message.
    pub(crate) offset: usize,
    /// Structures around it.
    pub(crate) depth: usize,
}

/// The walk's stack: where the structure around each open structure ends.
pub(crate) struct Ends([usize; Limits::MAX_DEPTH]);

impl Default for Ends {
    fn default() -> Self {
        Self([0; Limits::MAX_DEPTH])
    }
}

/// A walk over a message, item by item, structures before what is in them.
pub(crate) struct Walk<'a> {
    message: &'a [u8],
    limits: &'a Limits,
    at: usize,
    end: usize,
    items: usize,
    depth: usize,
    /// `depth` of them count. Borrowed, so that the other fields fit into registers.
    ends: &'a mut Ends,
}

impl<'a> Walk<'a> {
    pub(crate) const fn new(message: &'a [u8], limits: &'a Limits, ends: &'a mut Ends) -> Self {
        Self {
            message,
            limits,
            at: 0,
            end: message.len(),
            items: 0,
            depth: 0,
            ends,
        }
    }

    /// The next item, or `None` after the last.
    ///
    /// The error is the kind only; [`Walk::error`] adds the place.
    #[inline(always)]
    pub(crate) fn step(&mut self) -> Result<Option<Visit<'a>>, DecodeErrorKind> {
        while self.at >= self.end && self.depth > 0 {
            self.depth = self.depth.saturating_sub(1);
            self.end = self.ends.0.get(self.depth).copied().unwrap_or_default();
        }
        if self.depth == 0 && !self.begin()? {
            return Ok(None);
        }
        if self.items >= self.limits.items {
            let limit = self.limits.items;
            return Err(DecodeErrorKind::TooManyItems { limit });
        }
        let rest = self.message.get(self.at..self.end).unwrap_or_default();
        let (after, raw) = match sound_item(rest) {
            Some(found) => found,
            None => careful::item(rest, self.limits.tolerances)?,
        };
        self.admit_value(&raw)?;
        let visit = Visit {
            raw,
            offset: self.at,
            depth: self.depth,
        };
        self.items = self.items.saturating_add(1);
        if raw.item_type == ItemType::Structure {
            self.enter(after.len())?;
        } else {
            self.at = self.end.saturating_sub(after.len());
        }
        Ok(Some(visit))
    }

    /// The error `kind` at the place where the walk stands.
    #[cold]
    pub(crate) fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        match kind {
            DecodeErrorKind::Empty
            | DecodeErrorKind::TrailingBytes { .. }
            | DecodeErrorKind::MessageTooLong { .. } => DecodeError::of_message(kind, self.at),
            _ => DecodeError::at_item(kind, self.message, self.at),
        }
    }

    /// Where the walk stands.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// Before the message's item: true. After it: false, if that is the end.
    fn begin(&self) -> Result<bool, DecodeErrorKind> {
        let (len, limit) = (self.message.len(), self.limits.message_len);
        let count = len.saturating_sub(self.at);
        match (self.items, count) {
            (0, 0) => Err(DecodeErrorKind::Empty),
            (0, _) if len > limit => Err(DecodeErrorKind::MessageTooLong { len, limit }),
            (0, _) => Ok(true),
            (_, 0) => Ok(false),
            _ => Err(DecodeErrorKind::TrailingBytes { count }),
        }
    }

    #[inline(always)]
    fn admit_value(&self, raw: &RawItem<'_>) -> Result<(), DecodeErrorKind> {
        let len = raw.value.len();
        match raw.item_type {
            ItemType::TextString if len > self.limits.text_len => {
                let limit = self.limits.text_len;
                Err(DecodeErrorKind::TextTooLong { len, limit })
            }
            ItemType::ByteString | ItemType::BigInteger if len > self.limits.bytes_len => {
                let limit = self.limits.bytes_len;
                Err(DecodeErrorKind::BytesTooLong { len, limit })
            }
            _ => Ok(()),
        }
    }

    /// Goes into the structure at hand, after which `after` octets of its parent remain.
    #[inline(always)]
    fn enter(&mut self, after: usize) -> Result<(), DecodeErrorKind> {
        let limit = self.limits.depth.min(Limits::MAX_DEPTH);
        let slot = self.ends.0.get_mut(self.depth);
        let (true, Some(slot)) = (self.depth < limit, slot) else {
            return Err(DecodeErrorKind::TooDeep { limit });
        };
        *slot = self.end;
        self.depth = self.depth.saturating_add(1);
        self.end = self.end.saturating_sub(after);
        self.at = self.at.saturating_add(HEADER_LEN);
        Ok(())
    }
}
