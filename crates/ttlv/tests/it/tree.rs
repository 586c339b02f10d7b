//! Messages made from any octets: what properties and fuzz targets write and read back. Allocates nothing,
//! because fuzzing makes millions of them; of the crate under test it uses the writer and the typed readers.

use strongroom_ttlv::{EncodeErrorKind, Fields, Item, ItemType, Limits, Tag, Value, Writer};

/// One thing that a message is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// A structure begins.
    Open(Tag),
    /// The innermost open structure ends.
    Close,
    /// Any other item.
    Leaf(Tag, Leaf<'a>),
}

/// An item that is no structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaf<'a> {
    Integer(i32),
    LongInteger(i64),
    BigInteger(&'a [u8]),
    Enumeration(u32),
    Boolean(bool),
    Text(&'a str),
    Bytes(&'a [u8]),
    DateTime(i64),
    Interval(u32),
    DateTimeExtended(i64),
}

/// The steps that octets stand for. Any octets stand for some; a clone starts where the original stands.
///
/// ```text
/// step     1 octet; low 4 bits: the type code of the item that begins, 0 ends a structure
/// tag      3 octets if bit 4 is set, else 2, behind 42
/// value    4 or 8 octets of a number, 1 of a Boolean, a length octet before others; none of a structure
/// ```
///
/// Where octets are missing, numbers are filled with zeros, strings are shorter, open structures end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tree<'a> {
    rest: &'a [u8],
    /// Whether steps may be ones that the writer must refuse.
    faulty: bool,
    depth: usize,
    /// Items at the top so far.
    top: usize,
}

impl<'a> Tree<'a> {
    /// A message that can be written.
    pub(crate) const fn sound(octets: &'a [u8]) -> Self {
        Self {
            rest: octets,
            faulty: false,
            depth: 0,
            top: 0,
        }
    }

    /// The same, but structures may nest too deep, and a step with bits 5 and 6 set may be a tag of
    /// four octets, a Big Integer of any length, or a second item at the top; and there may be none.
    pub(crate) const fn faulty(octets: &'a [u8]) -> Self {
        Self {
            faulty: true,
            ..Self::sound(octets)
        }
    }

    /// Writes the whole message.
    pub(crate) fn write(mut self, w: &mut Writer<'_>) {
        self.write_items(w);
    }

    fn write_items(&mut self, w: &mut Writer<'_>) {
        while let Some(step) = self.next() {
            match step {
                Step::Close => return,
                Step::Leaf(tag, leaf) => leaf.write(w, tag),
                Step::Open(tag) => {
                    let mut runs = false;
                    w.structure(tag, |w| {
                        runs = true;
                        self.write_items(w);
                    });
                    if !runs {
                        self.skip();
                    }
                }
            }
        }
    }

    /// Passes over the rest of the structure that was opened last.
    fn skip(&mut self) {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside && self.next().is_some() {}
    }

    /// What the writer must say, if it must refuse: the first fault and the item that has it.
    pub(crate) fn fault(mut self) -> Option<(EncodeErrorKind, Tag)> {
        let whole = Tag::new(0);
        while let Some(step) = self.next() {
            match step {
                Step::Open(tag) if self.depth > Limits::MAX_DEPTH => {
                    return Some((EncodeErrorKind::TooDeep, tag));
                }
                Step::Leaf(tag, Leaf::BigInteger(value))
                    if value.is_empty() || value.len() % 8 != 0 =>
                {
                    let len = value.len();
                    return Some((EncodeErrorKind::BadBigInteger { len }, tag));
                }
                Step::Open(tag) | Step::Leaf(tag, _) if tag.value() > Tag::MAX => {
                    return Some((EncodeErrorKind::BadTag, tag));
                }
                _ => {}
            }
        }
        match self.top {
            1 => None,
            count => Some((EncodeErrorKind::NotOneItem { count }, whole)),
        }
    }

    /// Whether `item` is this message.
    pub(crate) fn is(mut self, item: &Item<'_>) -> bool {
        match (self.next(), &item.value) {
            (Some(Step::Open(tag)), Value::Structure(fields)) => {
                tag == item.tag && self.is_read_by(fields.clone())
            }
            (Some(Step::Leaf(tag, leaf)), value) => {
                tag == item.tag && Leaf::of(value) == Some(leaf)
            }
            _ => false,
        }
    }

    /// Whether `fields` are those of the structure that is open, to its end, by the typed reader for each.
    fn is_read_by(&mut self, mut fields: Fields<'_>) -> bool {
        while let Some(step) = self.next() {
            let same = match step {
                Step::Close => break,
                Step::Leaf(tag, leaf) => leaf.is_read_by(&mut fields, tag),
                Step::Open(tag) => match fields.structure(tag) {
                    Ok(inner) => self.is_read_by(inner),
                    Err(_) => false,
                },
            };
            if !same {
                return false;
            }
        }
        fields.finish().is_ok()
    }

    fn octet(&mut self) -> u8 {
        let Some((&octet, rest)) = self.rest.split_first() else {
            return 0;
        };
        self.rest = rest;
        octet
    }

    /// A number of `N` octets.
    fn number<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.octet())
    }

    fn string(&mut self) -> &'a [u8] {
        let len = usize::from(self.octet()).min(self.rest.len());
        let (string, rest) = self.rest.split_at(len);
        self.rest = rest;
        string
    }

    fn text(&mut self) -> &'a str {
        let octets = self.string();
        let valid = match std::str::from_utf8(octets) {
            Ok(text) => return text,
            Err(error) => error.valid_up_to(),
        };
        std::str::from_utf8(&octets[..valid]).unwrap_or_default()
    }

    fn big_integer(&mut self) -> &'a [u8] {
        let octets = self.string();
        match octets.len() / 8 * 8 {
            0 => &[0; 8],
            len => &octets[..len],
        }
    }
}

/// Octet of a step: both set, and it may be a fault.
const FAULT: u8 = 0x60;
/// Octet of a step: a tag of three octets follows, not one of two behind 42.
const WHOLE_TAG: u8 = 0x10;

impl<'a> Tree<'a> {
    /// At the top: whether the message is complete.
    fn is_complete(&self) -> bool {
        let next = self.rest.first();
        match self.top {
            0 => self.faulty && next.is_none(),
            _ => !(self.faulty && next.is_some_and(|octet| octet & FAULT == FAULT)),
        }
    }

    fn close(&mut self) -> Option<Step<'a>> {
        self.depth -= 1;
        Some(Step::Close)
    }

    fn tag(&mut self, step: u8) -> u32 {
        let [high, middle, low] = if step & WHOLE_TAG == 0 {
            let [middle, low] = self.number();
            [0x42, middle, low]
        } else {
            self.number()
        };
        u32::from_be_bytes([0, high, middle, low])
    }

    /// The item that `step` stands for, or none for a structure.
    fn leaf(&mut self, step: u8, faulty: bool) -> Option<Leaf<'a>> {
        Some(match step & 0x0F {
            2 => Leaf::Integer(i32::from_be_bytes(self.number())),
            3 => Leaf::LongInteger(i64::from_be_bytes(self.number())),
            4 if faulty => Leaf::BigInteger(self.string()),
            4 => Leaf::BigInteger(self.big_integer()),
            5 => Leaf::Enumeration(u32::from_be_bytes(self.number())),
            6 => Leaf::Boolean(self.octet() & 1 == 1),
            7 | 12 => Leaf::Text(self.text()),
            8 | 13 => Leaf::Bytes(self.string()),
            9 => Leaf::DateTime(i64::from_be_bytes(self.number())),
            10 => Leaf::Interval(u32::from_be_bytes(self.number())),
            11 => Leaf::DateTimeExtended(i64::from_be_bytes(self.number())),
            _ => return None,
        })
    }
}

impl<'a> Iterator for Tree<'a> {
    type Item = Step<'a>;

    fn next(&mut self) -> Option<Step<'a>> {
        match self.depth {
            0 if self.is_complete() => return None,
            0 => self.top += 1,
            _ if self.rest.is_empty() => return self.close(),
            _ => {}
        }
        let step = self.octet();
        let faulty = self.faulty && step & FAULT == FAULT;
        if step & 0x0F == 0 && self.depth > 0 {
            return self.close();
        }
        let mut tag = self.tag(step);
        if faulty && step & 0x0F == 13 {
            tag |= 0x0100_0000;
        }
        let tag = Tag::new(tag);
        Some(match self.leaf(step, faulty) {
            Some(leaf) => Step::Leaf(tag, leaf),
            None if self.depth == Limits::MAX_DEPTH && !self.faulty => {
                Step::Leaf(tag, Leaf::Boolean(false))
            }
            None => {
                self.depth += 1;
                Step::Open(tag)
            }
        })
    }
}

impl<'a> Leaf<'a> {
    /// The value of an item that was read; none for a structure.
    pub(crate) fn of(value: &Value<'a>) -> Option<Self> {
        Some(match value {
            Value::Integer(value) => Self::Integer(*value),
            Value::LongInteger(value) => Self::LongInteger(*value),
            Value::BigInteger(value) => Self::BigInteger(value),
            Value::Enumeration(value) => Self::Enumeration(*value),
            Value::Boolean(value) => Self::Boolean(*value),
            Value::Text(value) => Self::Text(value),
            Value::Bytes(value) => Self::Bytes(value),
            Value::DateTime(value) => Self::DateTime(*value),
            Value::Interval(value) => Self::Interval(*value),
            Value::DateTimeExtended(value) => Self::DateTimeExtended(*value),
            _ => return None,
        })
    }

    pub(crate) const fn item_type(self) -> ItemType {
        match self {
            Self::Integer(_) => ItemType::Integer,
            Self::LongInteger(_) => ItemType::LongInteger,
            Self::BigInteger(_) => ItemType::BigInteger,
            Self::Enumeration(_) => ItemType::Enumeration,
            Self::Boolean(_) => ItemType::Boolean,
            Self::Text(_) => ItemType::TextString,
            Self::Bytes(_) => ItemType::ByteString,
            Self::DateTime(_) => ItemType::DateTime,
            Self::Interval(_) => ItemType::Interval,
            Self::DateTimeExtended(_) => ItemType::DateTimeExtended,
        }
    }

    /// Writes the item with `tag`.
    pub(crate) fn write(self, w: &mut Writer<'_>, tag: Tag) {
        match self {
            Self::Integer(value) => w.integer(tag, value),
            Self::LongInteger(value) => w.long_integer(tag, value),
            Self::BigInteger(value) => w.big_integer(tag, value),
            Self::Enumeration(value) => w.enumeration(tag, value),
            Self::Boolean(value) => w.boolean(tag, value),
            Self::Text(value) => w.text(tag, value),
            Self::Bytes(value) => w.bytes(tag, value),
            Self::DateTime(value) => w.date_time(tag, value),
            Self::Interval(value) => w.interval(tag, value),
            Self::DateTimeExtended(value) => w.date_time_extended(tag, value),
        }
    }

    /// Whether the next of `fields` is this item, by the typed reader and by its twin.
    pub(crate) fn is_read_by(self, fields: &mut Fields<'_>, tag: Tag) -> bool {
        if fields.peek_type() != Some(self.item_type()) {
            return false;
        }
        let twin = &mut fields.clone();
        let same = match self {
            Self::Integer(value) => {
                fields.integer(tag) == Ok(value) && twin.integer_opt(tag) == Ok(Some(value))
            }
            Self::LongInteger(value) => {
                fields.long_integer(tag) == Ok(value)
                    && twin.long_integer_opt(tag) == Ok(Some(value))
            }
            Self::BigInteger(value) => {
                fields.big_integer(tag) == Ok(value) && twin.big_integer_opt(tag) == Ok(Some(value))
            }
            Self::Enumeration(value) => {
                fields.enumeration::<u32>(tag) == Ok(value)
                    && twin.enumeration_opt(tag) == Ok(Some(value))
            }
            Self::Boolean(value) => {
                fields.boolean(tag) == Ok(value) && twin.boolean_opt(tag) == Ok(Some(value))
            }
            Self::Text(value) => {
                fields.text(tag) == Ok(value) && twin.text_opt(tag) == Ok(Some(value))
            }
            Self::Bytes(value) => {
                fields.bytes(tag) == Ok(value) && twin.bytes_opt(tag) == Ok(Some(value))
            }
            Self::DateTime(value) => {
                fields.date_time(tag) == Ok(value) && twin.date_time_opt(tag) == Ok(Some(value))
            }
            Self::Interval(value) => {
                fields.interval(tag) == Ok(value) && twin.interval_opt(tag) == Ok(Some(value))
            }
            Self::DateTimeExtended(value) => {
                fields.date_time_extended(tag) == Ok(value)
                    && twin.date_time_extended_opt(tag) == Ok(Some(value))
            }
        };
        same && fields.offset() == twin.offset()
    }
}
