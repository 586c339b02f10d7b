//! A user and a password for one use (KMIP 2.1, 9.11).
//!
//! May touch: passwords, in wiped memory only.

use crate::SecretText;

structure! {
    /// A user and a password for one use (KMIP 2.1, 9.11).
    #[derive(Debug)]
    pub struct OneTimePasswordCredential {
        /// The user.
        username: String = USERNAME,
        /// The password that stays the same.
        password: Option<SecretText> = PASSWORD,
        /// The password for this one use.
        one_time_password: SecretText = ONE_TIME_PASSWORD,
    }
}
