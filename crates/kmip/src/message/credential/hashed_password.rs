//! A user and the hash of a password (KMIP 2.0, 7; KMIP 2.1, 7.10).
//!
//! May touch: the hash of a password, in wiped memory only.

use strongroom_secret::SecretBytes;

use crate::DateTime;
use crate::enumeration::HashingAlgorithm;

structure! {
    /// A user and the hash of a password and a time (KMIP 2.0, 7; KMIP 2.1, 7.10). The server
    /// answers with its own hash, Server Hashed Password.
    #[derive(Debug)]
    pub struct HashedPasswordCredential {
        /// The user.
        username: String = USERNAME,
        /// The time that was hashed.
        time_stamp: DateTime = TIME_STAMP,
        /// How it was hashed; absent: with SHA-256.
        hashing_algorithm: Option<HashingAlgorithm> = HASHING_ALGORITHM,
        /// The hash.
        hashed_password: SecretBytes = HASHED_PASSWORD,
    }
}
