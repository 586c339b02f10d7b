//! Values of item types that Rust has no type of its own for (KMIP 1.0, 9.1.1.4).
//!
//! May touch: key octets (big integers may be parts of private keys), in wiped memory only.

use strongroom_secret::SecretBytes;

/// A Date-Time: seconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateTime(
    /// Seconds since 1970-01-01 00:00 UTC.
    pub i64,
);

/// A Date-Time Extended: microseconds since 1970-01-01 00:00 UTC (KMIP 2.0 on).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateTimeExtended(
    /// Microseconds since 1970-01-01 00:00 UTC.
    pub i64,
);

/// An Interval: a length of time in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Interval(
    /// Seconds.
    pub u32,
);

/// A Long Integer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LongInteger(
    /// The number.
    pub i64,
);

/// A Text String that is a secret, such as a password: wiped when dropped, never printed, copied by
/// name only.
pub struct SecretText(SecretBytes);

impl SecretText {
    /// A copy of `text`.
    #[must_use]
    pub fn copy_from(text: &str) -> Self {
        Self(SecretBytes::copy_from(text.as_bytes()))
    }

    /// The text.
    #[must_use]
    pub fn expose(&self) -> &str {
        // Only ever made from text.
        std::str::from_utf8(self.0.expose()).unwrap_or_default()
    }

    /// A second copy, asked for by name.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(self.0.duplicate())
    }
}

impl std::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SecretText({} octets)", self.0.len())
    }
}

impl PartialEq for SecretText {
    /// In constant time for texts of the same length.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(other.0.expose())
    }
}

impl Eq for SecretText {}

/// A Big Integer: two's complement, big endian, a positive multiple of 8 octets. It may be part
/// of a private key: wiped when dropped, never printed, copied by name only.
pub struct BigInteger(SecretBytes);

impl BigInteger {
    /// The number with these octets, of any length: the sign is extended to a multiple of 8.
    /// No octets are the number 0.
    #[must_use]
    pub fn from_octets(octets: &[u8]) -> Self {
        let negative = octets.first().is_some_and(|first| *first >= 0x80);
        let len = octets.len().max(1);
        let len = len.checked_next_multiple_of(8).unwrap_or(len);
        Self(SecretBytes::build(len, |whole| {
            whole.fill(if negative { 0xFF } else { 0 });
            let start = len.saturating_sub(octets.len());
            if let Some(end) = whole.get_mut(start..) {
                end.copy_from_slice(octets);
            }
        }))
    }

    /// The octets, a positive multiple of 8.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        self.0.expose()
    }

    /// A second copy, asked for by name.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(self.0.duplicate())
    }
}

impl std::fmt::Debug for BigInteger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BigInteger({} octets)", self.octets().len())
    }
}

impl PartialEq for BigInteger {
    /// In constant time for numbers of the same length.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(other.octets())
    }
}

impl Eq for BigInteger {}
