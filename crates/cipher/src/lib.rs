#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod aes_path;
pub mod chunked;
mod dek;
pub mod envelope;
mod error;
mod id;
mod keyring;
mod meta;
mod place;
mod provider;
mod suite;
#[cfg(test)]
#[path = "../tests/vectors/text.rs"]
mod vectors;

pub use aes_path::AesPath;
pub use dek::{CHECK_VALUE_LEN, DEK_LEN, Dek};
pub use error::{
    DekLengthError, KeyIdError, KeyRingError, OpenError, OpenErrorKind, PlaceError, ProviderError,
    SealError, SealErrorKind,
};
pub use id::{DekGeneration, EpochId, KeyId, StoreId};
pub use keyring::{
    BatchUnit, EpochLimits, Followed, KeyRing, OnAuthFailure, Opened, POISON, Recovered, Recovery,
};
pub use meta::{FORMAT, META_LEN, TAG_LEN, UnitMeta};
pub use place::{Place, WriteVersion};
#[cfg(feature = "aws-lc")]
pub use provider::AwsLcProvider;
pub use provider::{KEY_LEN, NONCE_LEN, Nonce, Provider, RingProvider, Tag, UnitKey};
pub use suite::{NonceMode, Suite};
