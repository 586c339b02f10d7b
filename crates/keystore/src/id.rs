//! Names that a store and its attempts bear in files and on the key server.
//!
//! May touch: randomness (by the cipher's provider), nothing else.

use std::fmt;

use strongroom_cipher::ProviderError;

use crate::crypto;

/// Sixteen lower-case hex characters made from eight random octets.
///
/// Stands in the names and labels of master keys on the key server; no secret, and nothing
/// is granted by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoreLabel([u8; Self::LEN]);

impl StoreLabel {
    /// Octets (and characters) of a label.
    pub const LEN: usize = 16;

    /// A new random label.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Random`].
    pub fn generate() -> Result<Self, ProviderError> {
        let octets = crypto::random::<8>()?;
        let mut label = [0; Self::LEN];
        for (pair, octet) in label.chunks_exact_mut(2).zip(octets) {
            pair.copy_from_slice(&hex_digits(octet));
        }
        Ok(Self(label))
    }

    /// Reads a label; `None` unless it is exactly sixteen of `0-9a-f`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_octets(text.as_bytes().try_into().ok()?)
    }

    pub(crate) fn from_octets(octets: [u8; Self::LEN]) -> Option<Self> {
        let hex = |octet: &u8| matches!(octet, b'0'..=b'9' | b'a'..=b'f');
        octets.iter().all(hex).then_some(Self(octets))
    }

    pub(crate) fn octets(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// The label as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Hex characters by construction.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for StoreLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for StoreLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreLabel({self})")
    }
}

/// An id of sixteen random octets, shown as 32 hex characters.
macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; Self::LEN]);

        impl $name {
            /// Octets of an id.
            pub const LEN: usize = 16;

            /// A new random id.
            ///
            /// # Errors
            ///
            /// [`ProviderError::Random`].
            pub fn generate() -> Result<Self, ProviderError> {
                crypto::random().map(Self)
            }

            /// An id read from somewhere else.
            #[must_use]
            pub const fn from_octets(octets: [u8; Self::LEN]) -> Self {
                Self(octets)
            }

            /// Its octets.
            #[must_use]
            pub const fn octets(&self) -> &[u8; Self::LEN] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

random_id! {
    /// Names one attempt to make a master key (the intent of a first start, or the attempt of a
    /// rotation), as in the `strongroom-intent` label on the key server.
    AttemptId
}

random_id! {
    /// Names one registered backup.
    BackupId
}

fn hex_digits(octet: u8) -> [u8; 2] {
    let digit = |value: u8| match value {
        0..=9 => b'0'.saturating_add(value),
        _ => b'a'.saturating_add(value.saturating_sub(10)),
    };
    [digit(octet >> 4), digit(octet & 0xf)]
}
