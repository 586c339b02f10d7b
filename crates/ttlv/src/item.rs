//! The words of TTLV: tags, item types, items and their values. No reading or writing here.

use core::fmt;

use zeroize::Zeroizing;

use crate::decode::value;
use crate::fields::Fields;
use crate::tolerance::Tolerances;

/// Octets of tag, type and length before every value (KMIP 1.0, 9.1.1).
pub const HEADER_LEN: usize = 8;
/// Values are padded with zeros to a multiple of this many octets (KMIP 1.0, 9.1.1.3).
pub const ALIGN: usize = 8;

/// An item tag: a number of three octets (KMIP 1.0, 9.1.1.1).
///
/// ```text
/// 42 xx xx   assigned by the specification
/// 54 xx xx   extensions
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(u32);

impl Tag {
    /// The largest number that three octets hold.
    pub const MAX: u32 = 0xFF_FFFF;

    /// The tag with this number. A number above [`Tag::MAX`] equals no tag that is read,
    /// and writing it is an error.
    #[must_use]
    pub const fn new(value: u32) -> Self {
        Self(value)
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.0
    }

    /// Whether three octets hold it.
    #[inline(always)]
    pub(crate) const fn is_sound(self) -> bool {
        self.0 <= Self::MAX
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06X}", self.0)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The type code of an item (KMIP 1.0, 9.1.1.2; Date-Time Extended: KMIP 2.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ItemType {
    /// 01: a sequence of items.
    Structure = 1,
    /// 02: 4 octets, signed.
    Integer = 2,
    /// 03: 8 octets, signed.
    LongInteger = 3,
    /// 04: a positive multiple of 8 octets, two's complement.
    BigInteger = 4,
    /// 05: 4 octets, unsigned.
    Enumeration = 5,
    /// 06: 8 octets, 0 or 1.
    Boolean = 6,
    /// 07: UTF-8.
    TextString = 7,
    /// 08: any octets.
    ByteString = 8,
    /// 09: 8 octets, signed seconds since 1970.
    DateTime = 9,
    /// 0A: 4 octets, unsigned seconds.
    Interval = 10,
    /// 0B: 8 octets, signed microseconds since 1970 (KMIP 2.0 on).
    DateTimeExtended = 11,
}

impl ItemType {
    /// The type with this code, if there is one.
    #[must_use]
    #[inline]
    pub const fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::Structure,
            2 => Self::Integer,
            3 => Self::LongInteger,
            4 => Self::BigInteger,
            5 => Self::Enumeration,
            6 => Self::Boolean,
            7 => Self::TextString,
            8 => Self::ByteString,
            9 => Self::DateTime,
            10 => Self::Interval,
            11 => Self::DateTimeExtended,
            _ => return None,
        })
    }

    /// The code on the wire.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The specification's name, for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Structure => "Structure",
            Self::Integer => "Integer",
            Self::LongInteger => "Long Integer",
            Self::BigInteger => "Big Integer",
            Self::Enumeration => "Enumeration",
            Self::Boolean => "Boolean",
            Self::TextString => "Text String",
            Self::ByteString => "Byte String",
            Self::DateTime => "Date-Time",
            Self::Interval => "Interval",
            Self::DateTimeExtended => "Date-Time Extended",
        }
    }
}

impl ItemType {
    /// The octets that a value of this type has, for people.
    pub(crate) const fn length_rule(self) -> &'static str {
        match self {
            Self::Integer | Self::Enumeration | Self::Interval => "4",
            Self::LongInteger | Self::Boolean | Self::DateTime | Self::DateTimeExtended => "8",
            Self::Structure => "a multiple of 8",
            Self::BigInteger => "a positive multiple of 8",
            Self::TextString | Self::ByteString => "any number",
        }
    }
}

impl fmt::Display for ItemType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One item of a message that was checked. `Debug` shows no string and no big integer.
#[derive(Clone)]
#[non_exhaustive]
pub struct Item<'a> {
    /// Its tag.
    pub tag: Tag,
    /// Where its first octet stands in the message.
    pub offset: usize,
    /// Its value.
    pub value: Value<'a>,
    pub(crate) encoded: &'a [u8],
    /// Breaches of the format that may be in `encoded`.
    pub(crate) tolerances: Tolerances,
}

impl<'a> Item<'a> {
    /// The octets of the whole item: header, value and padding.
    #[must_use]
    pub fn encoded(&self) -> &'a [u8] {
        self.encoded
    }

    /// A copy that outlives the message; its octets are wiped when it is dropped.
    #[must_use]
    pub fn to_owned_item(&self) -> OwnedItem {
        OwnedItem {
            encoded: Zeroizing::new(self.encoded.to_vec()),
            tolerances: self.tolerances,
        }
    }
}

impl fmt::Debug for Item<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            tag, offset, value, ..
        } = self;
        write!(f, "Item({tag} at {offset}, {value:?})")
    }
}

/// What an item says. `Debug` shows type and length of strings and big integers, never
/// their content.
#[derive(Clone)]
#[non_exhaustive]
pub enum Value<'a> {
    /// The fields of a structure.
    Structure(Fields<'a>),
    /// Signed, 32 bits.
    Integer(i32),
    /// Signed, 64 bits.
    LongInteger(i64),
    /// Two's complement, big endian, a positive multiple of 8 octets.
    BigInteger(&'a [u8]),
    /// Unsigned, 32 bits.
    Enumeration(u32),
    /// True or false.
    Boolean(bool),
    /// UTF-8.
    Text(&'a str),
    /// Any octets.
    Bytes(&'a [u8]),
    /// Seconds since 1970.
    DateTime(i64),
    /// Seconds.
    Interval(u32),
    /// Microseconds since 1970.
    DateTimeExtended(i64),
}

impl Value<'_> {
    /// The item type of this value.
    #[must_use]
    pub const fn item_type(&self) -> ItemType {
        match self {
            Self::Structure(_) => ItemType::Structure,
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
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Structure(fields) => fmt::Debug::fmt(fields, f),
            Self::Integer(value) => write!(f, "Integer({value})"),
            Self::LongInteger(value) => write!(f, "LongInteger({value})"),
            Self::BigInteger(value) => write!(f, "BigInteger({} octets)", value.len()),
            Self::Enumeration(value) => write!(f, "Enumeration({value:#X})"),
            Self::Boolean(value) => write!(f, "Boolean({value})"),
            Self::Text(value) => write!(f, "Text({} octets)", value.len()),
            Self::Bytes(value) => write!(f, "Bytes({} octets)", value.len()),
            Self::DateTime(value) => write!(f, "DateTime({value})"),
            Self::Interval(value) => write!(f, "Interval({value})"),
            Self::DateTimeExtended(value) => write!(f, "DateTimeExtended({value})"),
        }
    }
}

/// An item that owns its octets and wipes them when dropped.
///
/// It comes from [`Item::to_owned_item`] only, so its octets were checked.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnedItem {
    encoded: Zeroizing<alloc::vec::Vec<u8>>,
    tolerances: Tolerances,
}

impl OwnedItem {
    /// The item, borrowed; offsets count from the item's first octet.
    ///
    /// # Errors
    ///
    /// None for an item that [`Item::to_owned_item`] made; the type says that the octets
    /// are read again.
    pub fn get(&self) -> Result<Item<'_>, crate::DecodeError> {
        value::whole(&self.encoded, self.tolerances)
    }

    /// The octets of the whole item: header, value and padding.
    #[must_use]
    pub fn encoded(&self) -> &[u8] {
        &self.encoded
    }
}

impl fmt::Debug for OwnedItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.get() {
            Ok(item) => fmt::Debug::fmt(&item, f),
            Err(error) => fmt::Debug::fmt(&error, f),
        }
    }
}
