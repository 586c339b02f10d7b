#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod aes_path;
mod dek;
pub mod envelope;
mod error;
mod id;
mod keyring;
mod meta;
mod place;
mod provider;
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
pub use keyring::{EpochLimits, KeyRing, Opened};
pub use meta::{FORMAT, META_LEN, SUITE_AES_256_GCM, TAG_LEN, UnitMeta};
pub use place::{Place, WriteVersion};
