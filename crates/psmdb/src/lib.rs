#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod cbc;
mod error;
mod file;
mod gcm;

pub use cbc::{BATCH_LANES, CBC_GROWTH_MAX, CbcIv, CbcIvs, CbcJob, CbcKey};
pub use error::{DecryptError, EncryptError, IvError, KeyLengthError};
pub use file::{CBC_SUFFIX, GCM_SUFFIX, ProtectedFile};
pub use gcm::{GCM_GROWTH, GcmForm, GcmIv, GcmIvs, GcmKey};

/// Octets of every key of PSMDB.
pub const KEY_LEN: usize = 32;
