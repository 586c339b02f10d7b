//! Cipher suites: the octet of the meta that says how a unit is sealed (`docs/formats/unit.md`, 2).
//!
//! May touch: values only.

use std::fmt;

/// How a unit is sealed. The owner of a ring chooses the one that seals; each unit names its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Suite {
    /// AES-256-GCM (NIST SP 800-38D), the counter as nonce. The fast one.
    #[default]
    Aes256Gcm,
    /// AES-256-GCM-SIV (RFC 8452), the counter as nonce. Where one nonce is used twice, as by a copy
    /// of a running machine, it shows whether two units are equal and nothing else.
    Aes256GcmSiv,
    /// AES-256-GCM with a nonce of 96 bits that the provider draws for each unit: for libraries that
    /// let nobody else choose it. Epochs end after 2^32 units.
    Aes256GcmDrawnNonce,
}

/// Who chooses the nonce of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NonceMode {
    /// The key ring: a counter, unique in its epoch.
    Caller,
    /// The provider, at random, while it seals; the meta says which it was.
    Provider,
}

impl Suite {
    /// All suites.
    pub const ALL: [Self; 3] = [
        Self::Aes256Gcm,
        Self::Aes256GcmSiv,
        Self::Aes256GcmDrawnNonce,
    ];

    /// The octet in the meta.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Aes256Gcm => 1,
            Self::Aes256GcmSiv => 2,
            Self::Aes256GcmDrawnNonce => 3,
        }
    }

    /// The suite with this octet.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Aes256Gcm),
            2 => Some(Self::Aes256GcmSiv),
            3 => Some(Self::Aes256GcmDrawnNonce),
            _ => None,
        }
    }

    /// Who chooses its nonces.
    #[must_use]
    pub const fn nonce_mode(self) -> NonceMode {
        match self {
            Self::Aes256Gcm | Self::Aes256GcmSiv => NonceMode::Caller,
            Self::Aes256GcmDrawnNonce => NonceMode::Provider,
        }
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Aes256Gcm => "AES-256-GCM",
            Self::Aes256GcmSiv => "AES-256-GCM-SIV",
            Self::Aes256GcmDrawnNonce => "AES-256-GCM with drawn nonces",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_both_ways() {
        for suite in Suite::ALL {
            assert_eq!(Suite::from_number(suite.number()), Some(suite), "{suite}");
        }
        let known = (0..=255).filter_map(Suite::from_number).count();
        assert_eq!(known, Suite::ALL.len());
    }
}
