//! `strongroom kmip send`: one request as it stands in a file, and the answer in the same form.
//!
//! May touch: a file or stdin, stdout. The answer is shown whole, keys and all: that is asked for.

use std::path::Path;

use strongroom::Class;
use strongroom_client::Session;
use strongroom_kmip::{tag, text};
use strongroom_ttlv::Fields;
use zeroize::Zeroizing;

use super::super::ttlv;
use crate::failure::Failure;
use crate::output;

/// How the request is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
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
}

/// The request in a file.
pub(super) struct Sendable {
    form: Form,
    octets: Zeroizing<Vec<u8>>,
}

impl Sendable {
    /// Reads `file`, or stdin.
    pub(super) fn read(file: Option<&Path>) -> Result<Self, Failure> {
        let octets = Zeroizing::new(ttlv::read(file)?);
        let form = Form::of(&octets);
        let message = match form {
            Form::Xml => ttlv::from_text(&octets, text::from_xml)?,
            Form::Json => ttlv::from_text(&octets, text::from_json)?,
            Form::Hex => only(ttlv::from_hex(&octets)?)?,
        };
        let octets = Zeroizing::new(message);
        Fields::message(tag::REQUEST_MESSAGE, &octets, &ttlv::LIMITS)
            .map(Fields::skip_rest)
            .map_err(|error| Failure::new(Class::Input, format!("no request: {error}")))?;
        Ok(Self { form, octets })
    }

    /// Sends it and prints the answer.
    pub(super) async fn send(&self, session: &mut Session) -> Result<(), Failure> {
        let answer = session
            .send_octets(&self.octets)
            .await
            .map_err(super::failed)?;
        match self.form {
            Form::Xml => ttlv::to_text(&answer, text::to_xml),
            Form::Json => ttlv::to_text(&answer, text::to_json),
            Form::Hex => output::data(&output::hex(&answer)),
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
