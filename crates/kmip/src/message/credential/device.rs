//! What identifies a device (KMIP 1.1, 2.1.2).
//!
//! May touch: a password, in wiped memory only.

use crate::SecretText;

structure! {
    /// What identifies a device (KMIP 1.1, 2.1.2; KMIP 2.1, 9.11). Every field may be absent.
    #[derive(Debug, Default)]
    #[non_exhaustive]
    pub struct DeviceCredential {
        /// Its serial number.
        device_serial_number: Option<String> = DEVICE_SERIAL_NUMBER,
        /// A password.
        password: Option<SecretText> = PASSWORD,
        /// Its identifier.
        device_identifier: Option<String> = DEVICE_IDENTIFIER,
        /// The network that it is in.
        network_identifier: Option<String> = NETWORK_IDENTIFIER,
        /// The machine that it is in.
        machine_identifier: Option<String> = MACHINE_IDENTIFIER,
        /// The medium in it.
        media_identifier: Option<String> = MEDIA_IDENTIFIER,
    }
}
