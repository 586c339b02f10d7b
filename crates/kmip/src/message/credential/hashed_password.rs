//! A user and the hash of a password (KMIP 2.1, 9.11).
//!
//! May touch: the hash of a password, in wiped memory only.

use strongroom_secret::SecretBytes;

use crate::DateTimeExtended;
use crate::enumeration::HashingAlgorithm;

structure! {
    /// A user and the hash of a password and a time (KMIP 2.1, 9.11). The server
    /// answers with its own hash, Server Hashed Password.
    #[derive(Debug)]
    pub struct HashedPasswordCredential {
        /// The user.
        username: String = USERNAME,
        /// The time that was hashed, in microseconds since 1970; it only ever grows.
        time_stamp: DateTimeExtended = TIME_STAMP,
        /// How it was hashed; absent: with SHA-256.
        hashing_algorithm: Option<HashingAlgorithm> = HASHING_ALGORITHM,
        /// The hash.
        hashed_password: SecretBytes = HASHED_PASSWORD,
    }
}
