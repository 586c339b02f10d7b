//! `strongroom kmip send`: one request as it stands in a file, and the answer in the same form.
//!
//! May touch: a file or stdin, stdout.

use std::path::Path;

use strongroom::Class;
use strongroom_client::Session;
use strongroom_kmip::tag;
use strongroom_ttlv::Fields;
use zeroize::Zeroizing;

use super::super::ttlv;
use super::form::Form;
use crate::failure::Failure;

/// The request in a file.
pub(super) struct Sendable {
    form: Form,
    octets: Zeroizing<Vec<u8>>,
}

impl Sendable {
    /// Reads `file`, or stdin.
    pub(super) fn read(file: Option<&Path>) -> Result<Self, Failure> {
        let (form, octets) = Form::read(file)?;
        Fields::message(tag::REQUEST_MESSAGE, &octets, &ttlv::LIMITS)
            .map(Fields::skip_rest)
            .map_err(|error| Failure::new(Class::Input, format!("no request: {error}")))?;
        Ok(Self { form, octets })
    }

    /// Sends it and prints the answer.
    pub(super) async fn send(&self, session: &mut Session) -> Result<(), Failure> {
        let sent = session.send_octets(&self.octets).await;
        self.form.show(&sent.map_err(super::failed)?)
    }
}
