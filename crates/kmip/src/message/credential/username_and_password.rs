//! A user and a password (KMIP 1.0, 2.1.2).
//!
//! May touch: a password, in wiped memory only.

use crate::SecretText;

structure! {
    /// A user and a password (KMIP 1.0, 2.1.2; KMIP 2.1, 9.11).
    #[derive(Debug)]
    pub struct UsernameAndPassword {
        /// The user.
        username: String = USERNAME,
        /// The password.
        password: Option<SecretText> = PASSWORD,
    }
}
