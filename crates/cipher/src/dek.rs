//! A data encryption key and its check value.
//!
//! May touch: the operating system's random generator.

use std::fmt;

use strongroom_secret::SecretBytes;
use subtle::ConstantTimeEq as _;

use crate::envelope::{self, Hkdf};
use crate::error::{DekLengthError, ProviderError};
use crate::id::{DekGeneration, KeyId, StoreId};
use crate::provider::KEY_LEN;

/// Octets of a DEK.
pub const DEK_LEN: usize = KEY_LEN;
/// Octets of a check value.
pub const CHECK_VALUE_LEN: usize = 16;
/// Domain of the check value (`docs/formats/unit.md`, section 5).
pub(crate) const CHECK_LABEL: &[u8] = b"strongroom dek check v1";

/// A data encryption key (DEK): 32 octets, boxed and wiped. It encrypts nothing itself; subkeys
/// are derived from it.
pub struct Dek(SecretBytes);

impl Dek {
    /// A fresh random DEK.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Random`].
    pub fn generate() -> Result<Self, ProviderError> {
        envelope::random_secret(DEK_LEN).map(Self)
    }

    /// Takes a DEK that was unwrapped from a keystore.
    ///
    /// # Errors
    ///
    /// [`DekLengthError`] when it does not have 32 octets.
    pub fn from_secret(octets: SecretBytes) -> Result<Self, DekLengthError> {
        match octets.len() {
            DEK_LEN => Ok(Self(octets)),
            len => Err(DekLengthError { len }),
        }
    }

    /// The 32 octets, to wrap them.
    #[must_use]
    pub const fn secret(&self) -> &SecretBytes {
        &self.0
    }

    /// A second copy, asked for by name.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(self.0.duplicate())
    }

    /// 16 octets that tell this DEK from another without opening a unit
    /// (`docs/formats/unit.md`, section 5). Public: they say nothing about the DEK.
    ///
    /// # Errors
    ///
    /// [`ProviderError`], when the library fails.
    pub fn check_value(
        &self,
        store: &StoreId,
        key_id: &KeyId,
        generation: DekGeneration,
    ) -> Result<[u8; CHECK_VALUE_LEN], ProviderError> {
        check_value(&Hkdf::from_prk(self.0.expose())?, store, key_id, generation)
    }

    /// Whether `expected` is this DEK's check value, compared in constant time.
    ///
    /// # Errors
    ///
    /// [`ProviderError`], when the library fails.
    pub fn matches(
        &self,
        store: &StoreId,
        key_id: &KeyId,
        generation: DekGeneration,
        expected: &[u8; CHECK_VALUE_LEN],
    ) -> Result<bool, ProviderError> {
        let value = self.check_value(store, key_id, generation)?;
        Ok(value.ct_eq(expected).into())
    }
}

/// The check value of the DEK that is the pseudorandom key of `dek`.
pub(crate) fn check_value(
    dek: &Hkdf,
    store: &StoreId,
    key_id: &KeyId,
    generation: DekGeneration,
) -> Result<[u8; CHECK_VALUE_LEN], ProviderError> {
    let mut value = [0; CHECK_VALUE_LEN];
    let info: [&[u8]; 5] = [
        CHECK_LABEL,
        store.octets(),
        &[key_id.length_octet()],
        key_id.as_str().as_bytes(),
        &generation.value().to_be_bytes(),
    ];
    dek.expand(&info, &mut value)?;
    Ok(value)
}

impl fmt::Debug for Dek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dek(..)")
    }
}
