//! Encrypted PKCS#8 (RFC 5958, 3) with PBES2.
//!
//! May touch: memory only.

use pkcs8::der::asn1::AnyRef;
use pkcs8::der::{Decode as _, SliceReader};
use pkcs8::spki::AlgorithmIdentifierRef;
use pkcs8::{EncryptedPrivateKeyInfoRef, Error, pkcs5};
use strongroom_secret::SecretBytes;

use super::IdentityErrorKind;

/// The private key in PKCS#8 inside `der`.
pub(super) fn decrypt(
    der: &[u8],
    password: &SecretBytes,
) -> Result<SecretBytes, IdentityErrorKind> {
    let encrypted = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| {
        if names_an_algorithm(der) {
            IdentityErrorKind::UnsupportedEncryption
        } else {
            IdentityErrorKind::DamagedKey
        }
    })?;
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

/// Whether `der` begins as an encrypted key does, `SEQUENCE { AlgorithmIdentifier, ...`: then the
/// algorithm is at fault, such as PBES1 of `openssl pkcs8 -v1`.
fn names_an_algorithm(der: &[u8]) -> bool {
    AnyRef::from_der(der)
        .and_then(|outer| SliceReader::new(outer.value()))
        .and_then(|mut inner| AlgorithmIdentifierRef::decode(&mut inner))
        .is_ok()
}
