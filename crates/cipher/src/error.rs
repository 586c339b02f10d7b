//! Errors: one type per family of operations. None holds a secret.
//!
//! May touch: values only.

use crate::id::{DekGeneration, KeyId};
use crate::suite::Suite;

/// The cryptographic library refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProviderError {
    /// The operating system gave no random octets.
    #[error("the operating system's random generator failed")]
    Random,
    /// A length that the algorithm does not take: a key that is not 32 octets, an HKDF output
    /// above 8,160 octets, an HKDF key below 32 octets, a plaintext beyond the limit.
    #[error("a length that the algorithm does not take")]
    Length,
    /// The key was made before this process was forked from its parent: the kernel wiped it here.
    #[error("the key is lost: a forked process has none of its parent's keys, open the store anew")]
    KeyLost,
    /// A cipher suite that the library does not know.
    #[error("{0} is not among what the cryptographic library does")]
    Suite(Suite),
}

/// A key id that is empty or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key id has 1 to 255 octets, this one has {len}")]
#[non_exhaustive]
pub struct KeyIdError {
    /// Its length in octets.
    pub len: usize,
}

/// An object name that is empty or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the object of a place has 1 to 255 octets, this one has {len}")]
#[non_exhaustive]
pub struct PlaceError {
    /// Its length in octets.
    pub len: usize,
}

/// A DEK that does not have 32 octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a data encryption key has 32 octets, this one has {len}")]
#[non_exhaustive]
pub struct DekLengthError {
    /// Its length in octets.
    pub len: usize,
}

/// A key ring cannot be made from, or extended by, these DEKs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRingError {
    /// Two DEKs bear one generation number.
    #[error("key {key_id}: generation {generation} is there twice")]
    Twice {
        /// Whose DEKs.
        key_id: KeyId,
        /// The number.
        generation: DekGeneration,
    },
    /// The active generation is not among the DEKs.
    #[error("key {key_id}: generation {generation} is to be active, but its DEK is missing")]
    ActiveMissing {
        /// Whose DEKs.
        key_id: KeyId,
        /// The number.
        generation: DekGeneration,
    },
    /// The ring has no DEK of this generation.
    #[error("key {key_id}: generation {generation} is not here")]
    UnknownGeneration {
        /// Whose DEK.
        key_id: KeyId,
        /// The number.
        generation: DekGeneration,
    },
    /// The DEK is another than the one that the check value was made from.
    #[error(
        "key {key_id}: the DEK of generation {generation} is a wrong one, its check value differs"
    )]
    WrongDek {
        /// Whose DEK.
        key_id: KeyId,
        /// The number.
        generation: DekGeneration,
    },
    /// A suite that the provider does not know.
    #[error("key {key_id}: {provider} does not know {suite}")]
    Suite {
        /// Whose ring.
        key_id: KeyId,
        /// The suite.
        suite: Suite,
        /// The provider's name.
        provider: &'static str,
    },
    /// A ring that is to be followed is of another key, or older.
    #[error("key {key_id}: the ring to follow is another key's, or older than this one")]
    NotNewer {
        /// Whose ring was to follow.
        key_id: KeyId,
    },
    /// The ring belongs to the process that this one was forked from.
    #[error("key {key_id}: the ring is the parent process's, begin an epoch first")]
    Forked {
        /// Whose ring.
        key_id: KeyId,
    },
    /// See [`ProviderError`].
    #[error("key {key_id}: no epoch could begin")]
    Provider {
        /// Whose DEKs.
        key_id: KeyId,
        /// What failed.
        source: ProviderError,
    },
}

/// A unit was not sealed. A buffer that was to be sealed in place holds the plaintext still, one that
/// was to be sealed into is zeroed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unit {unit} under key {key_id} was not sealed")]
#[non_exhaustive]
pub struct SealError {
    /// The key.
    pub key_id: KeyId,
    /// The unit's number in its object.
    pub unit: u64,
    /// Why.
    #[source]
    pub kind: SealErrorKind,
}

/// Why a unit was not sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealErrorKind {
    /// The unit alone is more than an epoch may seal. Only with limits below the default ones.
    #[error("the unit has {len} octets, more than an epoch may seal: split it")]
    Exhausted {
        /// Its length in octets.
        len: usize,
    },
    /// Longer than [`crate::KeyRing::UNIT_LEN_MAX`].
    #[error("the unit has {len} octets, more than 2^30: split it")]
    TooLong {
        /// Its length in octets.
        len: usize,
    },
    /// A buffer that has not the length that is needed.
    #[error("a buffer has {len} octets, {needed} are needed")]
    WrongLength {
        /// Its length in octets.
        len: usize,
        /// What it must have.
        needed: usize,
    },
    /// The process was forked since its epoch began, and has not begun one of its own.
    #[error("this process was forked: begin an epoch first, or open the store anew")]
    Forked,
    /// See [`ProviderError`].
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

/// A unit was not opened. Every buffer of the call that could hold plaintext is zeroed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unit {unit} under key {key_id} was not opened")]
#[non_exhaustive]
pub struct OpenError {
    /// The key.
    pub key_id: KeyId,
    /// The unit's number in its object.
    pub unit: u64,
    /// Why.
    #[source]
    pub kind: OpenErrorKind,
}

/// Why a unit was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenErrorKind {
    /// The tag does not verify. A wrong DEK is ruled out beforehand by its check value.
    #[error(
        "its tag does not verify: damaged, forged, moved from another place, or an older version; \
         take it from a backup"
    )]
    WrongTag,
    /// A generation whose DEK the ring does not hold.
    #[error(
        "it was sealed with DEK generation {0}, which is not here: was it retired, or is the keystore older than the data?"
    )]
    UnknownGeneration(DekGeneration),
    /// A suite that this version does not know.
    #[error("cipher suite {0} is unknown here: written by a newer version, or no sealed unit")]
    UnknownSuite(u8),
    /// A format version that this version does not know.
    #[error("unit format {0} is unknown here: written by a newer version, or no sealed unit")]
    UnknownFormat(u8),
    /// A flag that this version does not know.
    #[error("unit flags {0:#06x} are unknown here: written by a newer version, or damaged")]
    UnknownFlags(u16),
    /// A counter that no writer of this format reaches.
    #[error("the counter {0} is outside 1 to 2^36: damaged")]
    BadCounter(u64),
    /// Longer than [`crate::KeyRing::UNIT_LEN_MAX`].
    #[error("the unit has {len} octets, more than 2^30: no sealed unit")]
    TooLong {
        /// Its length in octets.
        len: usize,
    },
    /// The tag verifies in another place: the unit was moved from there. Only
    /// [`crate::KeyRing::diagnose`] says so, which is told the places to try.
    #[error("it belongs in place {unit} of the same key: units were swapped")]
    Swapped {
        /// The unit's number there.
        unit: u64,
    },
    /// A buffer that has not the length that is needed.
    #[error("a buffer has {len} octets, {needed} are needed")]
    WrongLength {
        /// Its length in octets.
        len: usize,
        /// What it must have.
        needed: usize,
    },
    /// The process was forked since its epoch began, and has not begun one of its own.
    #[error("this process was forked: begin an epoch first, or open the store anew")]
    Forked,
    /// See [`ProviderError`].
    #[error(transparent)]
    Provider(#[from] ProviderError),
}
