//! The SHA-256 of a certificate: what a pin is compared with.
//!
//! May touch: memory only.

use std::fmt;
use std::str::FromStr;

use ring::digest::{SHA256, SHA256_OUTPUT_LEN, digest};

/// The SHA-256 of a whole certificate in DER (FIPS 180-4, 6.2).
///
/// Read from 64 hexadecimal digits, with or without colons, and also from the whole line that
/// `openssl x509 -in CERT -noout -fingerprint -sha256` prints. Shown with colons, as openssl does.
///
/// ```
/// use strongroom_client::Fingerprint;
///
/// let digits = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
/// let fingerprint: Fingerprint = digits.parse()?;
/// assert!(fingerprint.to_string().starts_with("9F:86:D0:81"));
/// # Ok::<(), strongroom_client::FingerprintError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; SHA256_OUTPUT_LEN]);

impl Fingerprint {
    /// The fingerprint of a certificate in DER.
    #[must_use]
    pub fn of(der: &[u8]) -> Self {
        let mut octets = [0; SHA256_OUTPUT_LEN];
        // The lengths are equal by definition of the algorithm.
        for (octet, digested) in octets.iter_mut().zip(digest(&SHA256, der).as_ref()) {
            *octet = *digested;
        }
        Self(octets)
    }

    /// The 32 octets.
    #[must_use]
    pub fn octets(&self) -> &[u8; SHA256_OUTPUT_LEN] {
        &self.0
    }
}

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        // `sha256 Fingerprint=AB:CD:...` of openssl, `sha256:abcd...` of others.
        let digits = match text.split_once(['=', ':']) {
            Some((name, digits)) if name.to_ascii_lowercase().starts_with("sha256") => digits,
            _ => text,
        };
        let mut octets = [0; SHA256_OUTPUT_LEN];
        let mut digits = digits.trim().chars().filter(|digit| *digit != ':');
        for octet in &mut octets {
            let high = digit(digits.next())?;
            *octet = (high << 4) | digit(digits.next())?;
        }
        match digits.next() {
            None => Ok(Self(octets)),
            Some(_) => Err(FingerprintError::Length),
        }
    }
}

fn digit(digit: Option<char>) -> Result<u8, FingerprintError> {
    let digit = digit.ok_or(FingerprintError::Length)?;
    digit
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
        .ok_or(FingerprintError::NotHexadecimal)
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, octet) in self.0.iter().enumerate() {
            let colon = if at == 0 { "" } else { ":" };
            write!(f, "{colon}{octet:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// The text is no SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FingerprintError {
    /// More or fewer than 64 digits.
    #[error("a SHA-256 fingerprint has 64 hexadecimal digits")]
    Length,
    /// Another character than a hexadecimal digit or a colon.
    #[error("a SHA-256 fingerprint has hexadecimal digits and colons only")]
    NotHexadecimal,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4's example: SHA-256 of `abc`.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn every_spelling_gives_the_same_octets() {
        let expected = Fingerprint::of(b"abc");
        let colons = expected.to_string();
        assert_eq!(colons.len(), 95);
        for text in [
            ABC.to_owned(),
            ABC.to_uppercase(),
            format!(" {ABC}\n"),
            format!("sha256:{ABC}"),
            format!("SHA256={colons}"),
            format!("sha256 Fingerprint={colons}"),
            colons,
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        assert_eq!(expected.octets()[..2], [0xba, 0x78]);
    }

    #[test]
    fn rubbish_is_refused_by_kind() {
        let cases = [
            ("", FingerprintError::Length),
            (&ABC[..63], FingerprintError::Length),
            (&format!("{ABC}0"), FingerprintError::Length),
            (&ABC.replacen('b', "g", 1), FingerprintError::NotHexadecimal),
            (
                &format!("sha1:{}", &ABC[..40]),
                FingerprintError::NotHexadecimal,
            ),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<Fingerprint>(), Err(error), "{text:?}");
        }
    }
}
