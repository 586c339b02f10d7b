//! One TTLV item as people write it: XML, JSON or hexadecimal.
//!
//! May touch: a file or stdin, stdout. What is shown is shown whole, keys and all: that is asked for.

use std::path::Path;

use strongroom::Class;
use strongroom_kmip::text;
use zeroize::Zeroizing;

use super::super::ttlv;
use crate::failure::Failure;
use crate::output;

/// How an item is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Xml,
    Json,
    Hex,
}

impl Form {
    /// By the first octet that is no blank.
    fn of(octets: &[u8]) -> Self {
        match octets.trim_ascii_start().first() {
            Some(b'<') => Self::Xml,
            Some(b'{' | b'[') => Self::Json,
            _ => Self::Hex,
        }
    }

    /// Reads the one item in `file`, or in stdin.
    pub(super) fn read(file: Option<&Path>) -> Result<(Self, Zeroizing<Vec<u8>>), Failure> {
        let octets = Zeroizing::new(ttlv::read(file)?);
        let form = Self::of(&octets);
        let item = match form {
            Self::Xml => ttlv::from_text(&octets, text::from_xml)?,
            Self::Json => ttlv::from_text(&octets, text::from_json)?,
            Self::Hex => only(ttlv::from_hex(&octets)?)?,
        };
        Ok((form, Zeroizing::new(item)))
    }

    /// Prints an item.
    pub(super) fn show(self, item: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Xml => ttlv::to_text(item, text::to_xml),
            Self::Json => ttlv::to_text(item, text::to_json),
            Self::Hex => output::data(&output::hex(item)),
        }
    }
}

/// The one message among those read.
fn only(messages: Vec<Vec<u8>>) -> Result<Vec<u8>, Failure> {
    let count = messages.len();
    match <[Vec<u8>; 1]>::try_from(messages) {
        Ok([message]) => Ok(message),
        Err(_) => Err(Failure::new(
            Class::Input,
            format!("{count} messages: give one request"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_seen_by_the_first_octet() {
        assert_eq!(Form::of(b"\n <RequestMessage>"), Form::Xml);
        assert_eq!(Form::of(b" {\"tag\""), Form::Json);
        assert_eq!(Form::of(b"4200 78"), Form::Hex);
        assert_eq!(Form::of(b""), Form::Hex);
    }

    #[test]
    fn one_request_is_sent_and_no_more() {
        assert_eq!(only(vec![vec![1]]).unwrap(), [1]);
        for messages in [Vec::new(), vec![vec![1], vec![2]]] {
            assert!(
                only(messages)
                    .unwrap_err()
                    .to_string()
                    .contains("one request")
            );
        }
    }
}
