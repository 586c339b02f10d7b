//! Encrypted PKCS#8 (RFC 5958, 3) with PBES2.
//!
//! May touch: memory only.

use pkcs8::{EncryptedPrivateKeyInfoRef, Error, pkcs5};
use strongroom_secret::SecretBytes;

use super::IdentityErrorKind;

/// The private key in PKCS#8 inside `der`.
pub(super) fn decrypt(
    der: &[u8],
    password: &SecretBytes,
) -> Result<SecretBytes, IdentityErrorKind> {
    let encrypted =
        EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| IdentityErrorKind::DamagedKey)?;
    let plain = encrypted
        .decrypt(password.expose())
        .map_err(|error| match error {
            // The padding came out right, the contents did not: one wrong password in 256.
            Error::Asn1(_)
            | Error::KeyMalformed(_)
            | Error::EncryptedPrivateKey(pkcs5::Error::DecryptFailed) => {
                IdentityErrorKind::WrongPassword
            }
            _ => IdentityErrorKind::UnsupportedEncryption,
        })?;
    Ok(SecretBytes::copy_from(plain.as_bytes()))
}
