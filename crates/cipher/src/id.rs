//! The names that a unit is bound to: store, key id, DEK generation, epoch.
//!
//! May touch: values only.

use std::{fmt, sync::Arc};

use crate::error::{KeyIdError, ProviderError};
use crate::provider::{Provider as _, RingProvider};

/// Which store: 16 random octets, drawn once, kept in the keystore; the same in every copy of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StoreId([u8; 16]);

impl StoreId {
    /// An id that was drawn before.
    #[must_use]
    pub const fn new(octets: [u8; 16]) -> Self {
        Self(octets)
    }

    /// A fresh random id.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Random`].
    pub fn generate() -> Result<Self, ProviderError> {
        let mut octets = [0; 16];
        RingProvider.random(&mut octets)?;
        Ok(Self(octets))
    }

    /// The 16 octets.
    #[must_use]
    pub const fn octets(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for StoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

impl fmt::Debug for StoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreId({self})")
    }
}

/// Which DEK: a database, a keyspace, a tenant. 1 to 255 octets of UTF-8; cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId {
    text: Arc<str>,
    /// The length of `text`, as it stands before it in hashed and authenticated input.
    len: u8,
}

impl KeyId {
    /// Longest key id, in octets.
    pub const LEN_MAX: usize = 255;

    /// Takes `text` as it is: compared octet by octet, never normalised.
    ///
    /// # Errors
    ///
    /// [`KeyIdError`] when `text` is empty or longer than 255 octets.
    pub fn new(text: &str) -> Result<Self, KeyIdError> {
        let refused = KeyIdError { len: text.len() };
        let len = u8::try_from(text.len()).map_err(|_| refused)?;
        if len == 0 {
            return Err(refused);
        }
        Ok(Self {
            text: Arc::from(text),
            len,
        })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Length in octets, 1 to 255.
    pub(crate) const fn length_octet(&self) -> u8 {
        self.len
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({:?})", self.as_str())
    }
}

/// Which DEK of a key id: it grows by one when `keys rotate` makes a new one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DekGeneration(u32);

impl DekGeneration {
    /// The generation of a key id's first DEK.
    pub const FIRST: Self = Self(1);

    /// Generation number `value`.
    #[must_use]
    pub const fn new(value: u32) -> Self {
        Self(value)
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.0
    }

    /// The generation after this one; `None` after 2^32 - 1.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }
}

impl fmt::Display for DekGeneration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for DekGeneration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DekGeneration({})", self.0)
    }
}

/// Which epoch: 16 octets drawn at random when the epoch began. Public.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EpochId(pub(crate) [u8; 16]);

impl EpochId {
    /// The 16 octets.
    #[must_use]
    pub const fn octets(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for EpochId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

impl fmt::Debug for EpochId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EpochId({self})")
    }
}

fn hex(octets: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    octets.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_id_has_1_to_255_octets() {
        for (text, accepted) in [
            (String::new(), false),
            ("a".to_owned(), true),
            ("k".repeat(255), true),
            ("k".repeat(256), false),
            // Counted in octets: 128 characters of two octets each.
            ("\u{e9}".repeat(128), false),
        ] {
            assert_eq!(KeyId::new(&text).is_ok(), accepted, "{} octets", text.len());
        }
    }

    #[test]
    fn ids_print_as_hexadecimal() {
        let octets = std::array::from_fn(|at| u8::try_from(at).unwrap());
        assert_eq!(
            StoreId::new(octets).to_string(),
            "000102030405060708090a0b0c0d0e0f"
        );
    }

    #[test]
    fn the_last_generation_has_no_next() {
        assert_eq!(DekGeneration::FIRST.next(), Some(DekGeneration::new(2)));
        assert_eq!(DekGeneration::new(u32::MAX).next(), None);
    }
}
