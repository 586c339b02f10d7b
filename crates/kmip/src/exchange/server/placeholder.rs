//! The ID Placeholder: the object that an earlier item of the same batch made or found
//! (KMIP 1.0, chapter 4).
//!
//! Lives for one batch. PyKMIP lets it leak into other messages and connections; that a new
//! one begins with each message is the whole defence. May touch: nothing.

use super::Failure;
use crate::UniqueIdentifier;
use crate::enumeration::ResultReason;
use crate::operation::{Request, Response};

/// The object that an earlier item of the batch made or found.
#[derive(Debug, Default)]
pub(super) struct Placeholder(Option<UniqueIdentifier>);

impl Placeholder {
    /// Puts the placeholder where `request` names no object and must.
    pub(super) fn fill(&self, request: &mut Request) -> Result<(), Failure> {
        let Some(unique_identifier) = request.unique_identifier_mut() else {
            return Ok(());
        };
        if unique_identifier.is_none() {
            let Some(id) = &self.0 else {
                return Err(Failure::new(
                    ResultReason::MISSING_DATA,
                    "no Unique Identifier, and no earlier item of this batch made or found an object",
                ));
            };
            *unique_identifier = Some(id.clone());
        }
        Ok(())
    }

    /// Takes over what `response` made or found; a Locate with none or several hits empties it.
    pub(super) fn note(&mut self, response: &Response) {
        match response {
            Response::Create(created) => self.0 = Some(created.unique_identifier.clone()),
            Response::Register(registered) => {
                self.0 = Some(registered.unique_identifier.clone());
            }
            Response::Locate(located) => {
                self.0 = match located.unique_identifiers.as_slice() {
                    [only] => Some(only.clone()),
                    _ => None,
                };
            }
            _ => {}
        }
    }
}
