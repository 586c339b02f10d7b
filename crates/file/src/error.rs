//! Why something was not sealed or not opened. None holds a secret.
//!
//! May touch: values only.

use std::io;

use strongroom_cipher::{KeyId, KeyRingError, ProviderError, StoreId};

use crate::header::FORMAT;

/// Nothing whole was written: throw away what came out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The operating system refused.
    #[error("cannot {doing}")]
    Io {
        /// What was to be done.
        doing: &'static str,
        /// The refusal.
        source: io::Error,
    },
    /// No key to seal with.
    #[error(transparent)]
    Key(#[from] KeyRingError),
    /// The cryptographic library failed, or the key was lost in a fork.
    #[error("a chunk was not sealed")]
    Provider(#[from] ProviderError),
    /// More than can be numbered.
    #[error("more than 4 PiB: seal it in parts")]
    TooLong,
    /// A thread of this crate was killed, or could not be started.
    #[error("a thread that seals was lost: out of memory or of threads?")]
    ThreadLost,
}

/// Not opened. What was given out before is authentic, and stands in front of what is missing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The operating system refused.
    #[error("cannot {doing}")]
    Io {
        /// What was to be done.
        doing: &'static str,
        /// The refusal.
        source: io::Error,
    },
    /// It does not begin as a sealed file does.
    #[error("not a file that Strongroom sealed")]
    NotSealed,
    /// A format that this version does not read.
    #[error("format {found}; this version reads format {FORMAT}: use a newer one")]
    OtherFormat {
        /// Its format number.
        found: u8,
    },
    /// A cipher that this version does not know.
    #[error("sealed with cipher {found}, which this version does not know: use a newer one")]
    OtherCipher {
        /// Its number.
        found: u8,
    },
    /// The key id in the header is none.
    #[error("the header's key id is damaged")]
    BadKeyId,
    /// Another store's file.
    #[error("belongs to store {found}, not {expected}: open it with that store's keystore")]
    OtherStore {
        /// The file's store.
        found: StoreId,
        /// The key ring's.
        expected: StoreId,
    },
    /// Sealed under another key id.
    #[error("sealed under key id {found}, not {expected}")]
    OtherKeyId {
        /// The file's key id.
        found: KeyId,
        /// The key ring's.
        expected: KeyId,
    },
    /// The DEK is not at hand.
    #[error(
        "the DEK of this file is not in the keystore: was it retired, or the keystore restored?"
    )]
    Key(#[from] KeyRingError),
    /// The commitment is not that of the key which the header names.
    #[error("the header is damaged, or the DEK is another one: take the file from a backup")]
    WrongCommitment,
    /// A chunk is not authentic: changed, moved, of another file, or the message goes on behind its
    /// end.
    #[error("damaged in chunk {chunk}: octets {at} of the plaintext and later are lost")]
    Damaged {
        /// Number of the chunk, from 0.
        chunk: u64,
        /// Octets of plaintext before it.
        at: u64,
    },
    /// It ends before its last chunk.
    #[error("cut off: octets {at} of the plaintext and later are missing")]
    Truncated {
        /// Octets of plaintext before the end.
        at: u64,
    },
    /// More chunks than can be numbered.
    #[error("more than 4 PiB: no sealed file")]
    TooLong,
    /// The cryptographic library failed, or the key was lost in a fork.
    #[error("a chunk was not opened")]
    Provider(#[from] ProviderError),
    /// A thread of this crate was killed, or could not be started.
    #[error("a thread that opens was lost: out of memory or of threads?")]
    ThreadLost,
}

impl From<SealError> for io::Error {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Io { source, .. } => source,
            other => Self::other(other),
        }
    }
}

impl From<OpenError> for io::Error {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Io { source, .. } => source,
            cut @ OpenError::Truncated { .. } => Self::new(io::ErrorKind::UnexpectedEof, cut),
            other => Self::new(io::ErrorKind::InvalidData, other),
        }
    }
}
