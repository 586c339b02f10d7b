//! The base64 of a 256-bit key (RFC 4648, 4), as old PSMDB put it on key servers and into key files.
//!
//! May touch: key memory only.

use base64ct::{Base64, Encoding};
use strongroom_secret::SecretBytes;

/// Characters of 32 octets in base64.
pub(crate) const LEN: usize = 44;
const KEY_LEN: usize = 32;

/// The 32 octets; `None` for any other text. In constant time for the characters of the alphabet.
pub(crate) fn decode(text: &[u8]) -> Option<SecretBytes> {
    if text.len() != LEN {
        return None;
    }
    let decoded = SecretBytes::try_build(KEY_LEN, |octets| match Base64::decode(text, octets) {
        Ok(written) if written.len() == KEY_LEN => Ok(()),
        _ => Err(()),
    });
    decoded.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_four_characters_are_thirty_two_octets_and_nothing_else_is() {
        // From Python: base64.b64encode(bytes(range(32))).
        let text = b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let want: Vec<u8> = (0..32).collect();
        assert_eq!(decode(text).unwrap().expose(), want);
        for bad in [
            &b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"[..],
            b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
            b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh==",
            b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=",
            b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH-8=",
            b"",
        ] {
            assert!(decode(bad).is_none());
        }
    }
}
