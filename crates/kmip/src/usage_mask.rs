//! `Cryptographic Usage Mask`: what a key may be used for (KMIP 1.0, 3.14 and 9.1.3.3.1).
//!
//! May touch: numbers and names only.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

use crate::ProtocolVersion;

/// What a key may be used for: a set of bits (KMIP 1.0, 3.14 and 9.1.3.3.1). Item type Integer.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct CryptographicUsageMask(u32);

impl CryptographicUsageMask {
    /// Sign (KMIP 1.0).
    pub const SIGN: Self = Self(0x1);
    /// Verify (KMIP 1.0).
    pub const VERIFY: Self = Self(0x2);
    /// Encrypt (KMIP 1.0).
    pub const ENCRYPT: Self = Self(0x4);
    /// Decrypt (KMIP 1.0).
    pub const DECRYPT: Self = Self(0x8);
    /// Wrap Key (KMIP 1.0).
    pub const WRAP_KEY: Self = Self(0x10);
    /// Unwrap Key (KMIP 1.0).
    pub const UNWRAP_KEY: Self = Self(0x20);
    /// Export (KMIP 1.0).
    pub const EXPORT: Self = Self(0x40);
    /// MAC Generate (KMIP 1.0).
    pub const MAC_GENERATE: Self = Self(0x80);
    /// MAC Verify (KMIP 1.0).
    pub const MAC_VERIFY: Self = Self(0x100);
    /// Derive Key (KMIP 1.0).
    pub const DERIVE_KEY: Self = Self(0x200);
    /// Content Commitment (Non Repudiation) (KMIP 1.0).
    pub const CONTENT_COMMITMENT: Self = Self(0x400);
    /// Key Agreement (KMIP 1.0).
    pub const KEY_AGREEMENT: Self = Self(0x800);
    /// Certificate Sign (KMIP 1.0).
    pub const CERTIFICATE_SIGN: Self = Self(0x1000);
    /// CRL Sign (KMIP 1.0).
    pub const CRL_SIGN: Self = Self(0x2000);
    /// Generate Cryptogram (KMIP 1.0).
    pub const GENERATE_CRYPTOGRAM: Self = Self(0x4000);
    /// Validate Cryptogram (KMIP 1.0).
    pub const VALIDATE_CRYPTOGRAM: Self = Self(0x8000);
    /// Translate Encrypt (KMIP 1.0).
    pub const TRANSLATE_ENCRYPT: Self = Self(0x10000);
    /// Translate Decrypt (KMIP 1.0).
    pub const TRANSLATE_DECRYPT: Self = Self(0x20000);
    /// Translate Wrap (KMIP 1.0).
    pub const TRANSLATE_WRAP: Self = Self(0x40000);
    /// Translate Unwrap (KMIP 1.0).
    pub const TRANSLATE_UNWRAP: Self = Self(0x80000);
    /// Authenticate (KMIP 2.0).
    pub const AUTHENTICATE: Self = Self(0x100000);
    /// Unrestricted (KMIP 2.0).
    pub const UNRESTRICTED: Self = Self(0x200000);
    /// FPE Encrypt (KMIP 2.0).
    pub const FPE_ENCRYPT: Self = Self(0x400000);
    /// FPE Decrypt (KMIP 2.0).
    pub const FPE_DECRYPT: Self = Self(0x800000);

    /// The mask with these bits, named or not.
    #[must_use]
    pub const fn new(bits: u32) -> Self {
        Self(bits)
    }

    /// The bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether every bit of `other` is set here.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The mask without the bits that `version` does not have (I10). Vendor bits stay.
    #[must_use]
    pub fn in_version(self, version: ProtocolVersion) -> Self {
        let of_2_0 =
            Self::AUTHENTICATE | Self::UNRESTRICTED | Self::FPE_ENCRYPT | Self::FPE_DECRYPT;
        if version < ProtocolVersion::V2_0 {
            Self(self.0 & !of_2_0.0)
        } else {
            self
        }
    }

    /// The mask as the Integer on the wire; bit 31 is the sign.
    pub(crate) const fn to_wire(self) -> i32 {
        i32::from_be_bytes(self.0.to_be_bytes())
    }

    /// The mask of an Integer on the wire.
    pub(crate) const fn from_wire(integer: i32) -> Self {
        Self(u32::from_be_bytes(integer.to_be_bytes()))
    }
}

impl BitOr for CryptographicUsageMask {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for CryptographicUsageMask {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// Names of the bits, lowest first.
const NAMES: &[(CryptographicUsageMask, &str)] = &[
    (CryptographicUsageMask::SIGN, "Sign"),
    (CryptographicUsageMask::VERIFY, "Verify"),
    (CryptographicUsageMask::ENCRYPT, "Encrypt"),
    (CryptographicUsageMask::DECRYPT, "Decrypt"),
    (CryptographicUsageMask::WRAP_KEY, "Wrap Key"),
    (CryptographicUsageMask::UNWRAP_KEY, "Unwrap Key"),
    (CryptographicUsageMask::EXPORT, "Export"),
    (CryptographicUsageMask::MAC_GENERATE, "MAC Generate"),
    (CryptographicUsageMask::MAC_VERIFY, "MAC Verify"),
    (CryptographicUsageMask::DERIVE_KEY, "Derive Key"),
    (
        CryptographicUsageMask::CONTENT_COMMITMENT,
        "Content Commitment (Non Repudiation)",
    ),
    (CryptographicUsageMask::KEY_AGREEMENT, "Key Agreement"),
    (CryptographicUsageMask::CERTIFICATE_SIGN, "Certificate Sign"),
    (CryptographicUsageMask::CRL_SIGN, "CRL Sign"),
    (
        CryptographicUsageMask::GENERATE_CRYPTOGRAM,
        "Generate Cryptogram",
    ),
    (
        CryptographicUsageMask::VALIDATE_CRYPTOGRAM,
        "Validate Cryptogram",
    ),
    (
        CryptographicUsageMask::TRANSLATE_ENCRYPT,
        "Translate Encrypt",
    ),
    (
        CryptographicUsageMask::TRANSLATE_DECRYPT,
        "Translate Decrypt",
    ),
    (CryptographicUsageMask::TRANSLATE_WRAP, "Translate Wrap"),
    (CryptographicUsageMask::TRANSLATE_UNWRAP, "Translate Unwrap"),
    (CryptographicUsageMask::AUTHENTICATE, "Authenticate"),
    (CryptographicUsageMask::UNRESTRICTED, "Unrestricted"),
    (CryptographicUsageMask::FPE_ENCRYPT, "FPE Encrypt"),
    (CryptographicUsageMask::FPE_DECRYPT, "FPE Decrypt"),
];

impl fmt::Display for CryptographicUsageMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        let mut separator = "";
        for (bit, name) in NAMES {
            if self.contains(*bit) {
                write!(f, "{separator}{name}")?;
                separator = " | ";
                rest &= !bit.0;
            }
        }
        if rest != 0 || self.0 == 0 {
            write!(f, "{separator}{rest:#010x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for CryptographicUsageMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CryptographicUsageMask({self})")
    }
}
