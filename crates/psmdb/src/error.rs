//! Errors: one type per family of operations. None holds a secret.
//!
//! May touch: values only.

/// A key that does not have 32 octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key of PSMDB has 32 octets, this one has {len}")]
#[non_exhaustive]
pub struct KeyLengthError {
    /// Its length in octets.
    pub len: usize,
}

/// Nothing was encrypted; the room is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncryptError {
    /// The room is too short.
    #[error("the encrypted form has {needed} octets, the room for it only {len}")]
    RoomTooShort {
        /// Octets that it must have.
        needed: usize,
        /// Octets that it has.
        len: usize,
    },
    /// Longer than the cipher takes (`docs/formats/psmdb.md`, section 5).
    #[error("a plaintext of {len} octets is too long: split it")]
    TooLong {
        /// Its length in octets.
        len: usize,
    },
    /// The key was made before this process was forked from its parent: the kernel wiped it here.
    #[error("the key is lost: a forked process has none of its parent's keys, give it anew")]
    KeyLost,
}

/// Nothing was decrypted; the room is zeroed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecryptError {
    /// Shorter than the shortest form: cut off, or no encrypted form.
    #[error("{len} octets are no encrypted page or file, which has {least} at least: cut off?")]
    TooShort {
        /// Its length in octets.
        len: usize,
        /// What it must have.
        least: usize,
    },
    /// A CBC ciphertext that ends within a block.
    #[error("{len} octets of CBC ciphertext are no whole blocks of 16: cut off?")]
    NotWholeBlocks {
        /// Octets after checksum and IV.
        len: usize,
    },
    /// The room is too short.
    #[error("the plaintext needs a room of {needed} octets, this one has {len}")]
    RoomTooShort {
        /// Octets that it must have at least.
        needed: usize,
        /// Octets that it has.
        len: usize,
    },
    /// Longer than GCM takes (`docs/formats/psmdb.md`, section 5).
    #[error("{len} octets are more than AES-256-GCM encrypts at once: not encrypted so")]
    TooLong {
        /// Its length in octets.
        len: usize,
    },
    /// The key was made before this process was forked from its parent: the kernel wiped it here.
    #[error("the key is lost: a forked process has none of its parent's keys, give it anew")]
    KeyLost,
    /// Padding, checksum or tag does not fit; which of them is not told, nor can the cause be known.
    #[error(
        "damaged, or the wrong key (a file of before a rotation needs the old master key); \
         take it from a backup"
    )]
    Damaged,
}

/// No IV was given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IvError {
    /// The operating system gave no random octets.
    #[error("the operating system's random generator failed")]
    Random,
    /// All that was reserved is used.
    #[error("all GCM counters below {ceiling} are used: reserve more, durably, before going on")]
    Exhausted {
        /// The end of what is reserved.
        ceiling: u64,
    },
    /// This process was forked from the one whose counter this is.
    #[error("a forked process must not use its parent's IVs: give it a counter of its own")]
    Forked,
}
