//! PEM sections whose contents are wiped: labels, encryption headers, decoded octets (RFC 7468).
//!
//! May touch: memory, and the one file it is told to read. rustls-pki-types reads PEM too, but it
//! leaves the text of a private key in memory, and it passes over encrypted keys in silence.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use strongroom_secret::SecretBytes;
use zeroize::Zeroizing;

/// Longest PEM file that is read, in octets. A chain of ten certificates and a key take 30 KiB;
/// a bundle of every public CA takes 250 KiB.
const FILE_LEN_MAX: u64 = 4 << 20;

/// Reads a whole file into memory that is wiped.
pub(crate) fn read_file(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path)?;
    let too_long = || io::Error::new(io::ErrorKind::FileTooLarge, "longer than 4 MiB");
    let len = file.metadata()?.len();
    if len > FILE_LEN_MAX {
        return Err(too_long());
    }
    let capacity = usize::try_from(len).map_err(|_| too_long())?;
    // One octet more, so that reading to the end of an unchanged file never reallocates.
    let mut text = Zeroizing::new(Vec::with_capacity(capacity.saturating_add(1)));
    file.take(FILE_LEN_MAX).read_to_end(&mut text)?;
    Ok(text)
}

/// One section, `-----BEGIN label-----` to `-----END label-----`.
#[derive(Debug)]
pub(crate) struct Section {
    /// What stands after `BEGIN`, such as `CERTIFICATE`.
    pub(crate) label: String,
    /// The line of `BEGIN`, counted from 1.
    pub(crate) line: usize,
    /// The decoded contents; of no use when `legacy_encryption` is set.
    pub(crate) der: SecretBytes,
    /// `Proc-Type: 4,ENCRYPTED` stands in the section (RFC 1421).
    pub(crate) legacy_encryption: bool,
}

/// A PEM section that cannot be read. Names the line, never the contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {kind}")]
#[non_exhaustive]
pub struct PemError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub kind: PemErrorKind,
}

/// What is wrong with a PEM section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PemErrorKind {
    /// `BEGIN` without its `END`.
    #[error("this section has no END line of its own")]
    NoEnd,
    /// The contents are not base64.
    #[error("the contents of this section are not base64")]
    NotBase64,
}

/// All sections of `text`, in order. Text outside of sections is skipped.
pub(crate) fn sections(text: &[u8]) -> Result<Vec<Section>, PemError> {
    let mut lines = (1_usize..).zip(text.split(|octet| *octet == b'\n'));
    let mut found = Vec::new();
    while let Some((line, begin)) = lines.next() {
        let Some(label) = marker(begin, b"-----BEGIN ") else {
            continue;
        };
        let fail = |kind| PemError { line, kind };
        // Sized once, so that no half-grown copy of a key is left behind.
        let mut base64 = Zeroizing::new(Vec::with_capacity(text.len()));
        let mut legacy_encryption = false;
        loop {
            let (_, body) = lines.next().ok_or(fail(PemErrorKind::NoEnd))?;
            if let Some(end) = marker(body, b"-----END ") {
                if end == label {
                    break;
                }
                return Err(fail(PemErrorKind::NoEnd));
            }
            if body.starts_with(b"-----BEGIN ") {
                return Err(fail(PemErrorKind::NoEnd));
            }
            if body.contains(&b':') {
                legacy_encryption |= body.starts_with(b"Proc-Type:") && ends_encrypted(body);
                continue;
            }
            base64.extend(body.iter().filter(|octet| !octet.is_ascii_whitespace()));
        }
        found.push(Section {
            label: String::from_utf8_lossy(label).into_owned(),
            line,
            der: decode(&base64).ok_or(fail(PemErrorKind::NotBase64))?,
            legacy_encryption,
        });
    }
    Ok(found)
}

/// The label of a `BEGIN` or `END` line.
fn marker<'a>(line: &'a [u8], start: &[u8]) -> Option<&'a [u8]> {
    line.trim_ascii_end()
        .strip_prefix(start)?
        .strip_suffix(b"-----")
}

fn ends_encrypted(line: &[u8]) -> bool {
    line.trim_ascii_end().ends_with(b"ENCRYPTED")
}

/// Decodes base64 with padding (RFC 4648, 4), without tables that a cache could betray.
fn decode(base64: &[u8]) -> Option<SecretBytes> {
    if !base64.len().is_multiple_of(4) {
        return None;
    }
    let padding = base64
        .iter()
        .rev()
        .take_while(|octet| **octet == b'=')
        .count();
    let digits = base64.get(..base64.len().checked_sub(padding)?)?;
    if padding > 2 {
        return None;
    }
    let len = digits.len().checked_mul(6)?.checked_div(8)?;
    SecretBytes::try_build(len, |out| {
        let mut out = out.iter_mut();
        for group in digits.chunks(4) {
            let mut bits: u32 = 0;
            for digit in group {
                bits = (bits << 6) | value(*digit).ok_or(())?;
            }
            let missing = u32::try_from(4_usize.saturating_sub(group.len())).map_err(drop)?;
            bits <<= missing.saturating_mul(6);
            let octets = bits.to_be_bytes();
            let whole = group.len().saturating_sub(1);
            for octet in octets.iter().skip(1).take(whole) {
                *out.next().ok_or(())? = *octet;
            }
        }
        Ok::<(), ()>(())
    })
    .ok()
}

/// The six bits of a base64 digit.
fn value(digit: u8) -> Option<u32> {
    let (first, base) = match digit {
        b'A'..=b'Z' => (b'A', 0),
        b'a'..=b'z' => (b'a', 26),
        b'0'..=b'9' => (b'0', 52),
        b'+' => return Some(62),
        b'/' => return Some(63),
        _ => return None,
    };
    u32::from(digit)
        .checked_sub(u32::from(first))?
        .checked_add(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648, section 10.
    #[test]
    fn base64_known_answers() {
        let cases: &[(&str, &[u8])] = &[
            ("", b""),
            ("Zg==", b"f"),
            ("Zm8=", b"fo"),
            ("Zm9v", b"foo"),
            ("Zm9vYg==", b"foob"),
            ("Zm9vYmE=", b"fooba"),
            ("Zm9vYmFy", b"foobar"),
            ("+/+/", &[0xfb, 0xff, 0xbf]),
        ];
        for (text, octets) in cases {
            assert_eq!(decode(text.as_bytes()).unwrap().expose(), *octets, "{text}");
        }
        for text in ["Z", "Zg", "Zg=", "Z===", "====", "Zm=v", "Zm9*", "Zg==Zg=="] {
            assert!(decode(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn sections_come_with_label_line_and_contents() {
        let text = b"Bag Attributes\r\n    friendlyName: x\r\n-----BEGIN A B-----\r\nZm9v\r\nYmFy\r\n-----END A B-----\r\n\
            -----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nZg==\n-----END RSA PRIVATE KEY-----";
        let found = sections(text).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].label.as_str(), found[0].line), ("A B", 3));
        assert_eq!(found[0].der.expose(), b"foobar");
        assert!(!found[0].legacy_encryption);
        assert_eq!(
            (found[1].label.as_str(), found[1].line),
            ("RSA PRIVATE KEY", 7)
        );
        assert!(found[1].legacy_encryption);
    }

    #[test]
    fn damage_is_named_by_line_and_kind() {
        let cases: &[(&[u8], usize, PemErrorKind)] = &[
            (b"\n-----BEGIN A-----\nZg==\n", 2, PemErrorKind::NoEnd),
            (
                b"-----BEGIN A-----\nZg==\n-----END B-----",
                1,
                PemErrorKind::NoEnd,
            ),
            (
                b"-----BEGIN A-----\nZg==\n-----BEGIN A-----\nZg==\n-----END A-----",
                1,
                PemErrorKind::NoEnd,
            ),
            (
                b"x\n-----BEGIN A-----\nZg=\n-----END A-----",
                2,
                PemErrorKind::NotBase64,
            ),
            (
                b"-----BEGIN A-----\nZ!==\n-----END A-----",
                1,
                PemErrorKind::NotBase64,
            ),
        ];
        for (text, line, kind) in cases {
            let error = sections(text).unwrap_err();
            assert_eq!((error.line, error.kind), (*line, *kind), "{:?}", text);
        }
    }

    #[test]
    fn no_cut_and_no_changed_octet_makes_the_reader_panic() {
        let text = b"-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nZm9vYg==\n-----END A-----\n";
        for cut in 0..text.len() {
            drop(sections(&text[..cut]));
        }
        for at in 0..text.len() {
            for octet in 0..=u8::MAX {
                let mut changed = text.to_vec();
                changed[at] = octet;
                drop(sections(&changed));
            }
        }
    }
}
