//! The ID Placeholder and the other names for an object of the same batch (KMIP 1.0, chapter 4;
//! KMIP 2.1, 4.63 and 11.58).
//!
//! Lives for one batch. PyKMIP lets it leak into other messages and connections; that a new
//! one begins with each message is the whole defence. May touch: nothing.

use crate::UniqueIdentifier;
use crate::enumeration::UniqueIdentifierEnumeration as Made;
use crate::operation::{CheckResponse as Checked, Request, Response};

/// The objects that earlier items of the batch made, found or answered.
#[derive(Debug, Default)]
pub(super) struct Placeholder {
    current: Option<UniqueIdentifier>,
    /// What each operation made or found last, for the references of 2.x.
    made: Vec<(Made, UniqueIdentifier)>,
    /// Every Unique Identifier in the answer so far, in its order.
    answered: Vec<UniqueIdentifier>,
}

/// Why a request has no object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unresolved {
    /// It names none, and there is none in the placeholder.
    #[error("no Unique Identifier, and no earlier item of this batch made or found an object")]
    Empty,
    /// It points into the batch, where nothing is.
    #[error("no earlier item of this batch made or answered what {0} points to")]
    Reference(UniqueIdentifier),
}

impl Placeholder {
    /// The object that a request without Unique Identifier means.
    pub(super) const fn current(&self) -> Option<&UniqueIdentifier> {
        self.current.as_ref()
    }

    /// Puts the placeholder where `request` names no object and must, and the object itself where
    /// it points into the batch.
    pub(super) fn fill(&self, request: &mut Request) -> Result<(), Unresolved> {
        for identifier in request.references_mut() {
            *identifier = self.resolve(identifier)?;
        }
        match request.unique_identifier_mut() {
            Some(left_out @ None) => {
                *left_out = Some(self.current.clone().ok_or(Unresolved::Empty)?);
                Ok(())
            }
            Some(Some(_)) | None => Ok(()),
        }
    }

    fn resolve(&self, identifier: &UniqueIdentifier) -> Result<UniqueIdentifier, Unresolved> {
        let found = match identifier {
            UniqueIdentifier::Text(_) => Some(identifier),
            UniqueIdentifier::Enumeration(number) => self.made_by(Made::new(*number)),
            UniqueIdentifier::Index(index) => self.nth(*index),
        };
        let unresolved = || Unresolved::Reference(identifier.clone());
        found.cloned().ok_or_else(unresolved)
    }

    fn made_by(&self, operation: Made) -> Option<&UniqueIdentifier> {
        if operation == Made::ID_PLACEHOLDER {
            return self.current();
        }
        let mut newest_first = self.made.iter().rev();
        newest_first
            .find(|(made, _)| *made == operation)
            .map(|(_, identifier)| identifier)
    }

    /// From 0; below 0 counted back from the current item.
    fn nth(&self, index: i32) -> Option<&UniqueIdentifier> {
        let back = usize::try_from(index.unsigned_abs()).ok()?;
        let at = if index < 0 {
            self.answered.len().checked_sub(back)?
        } else {
            back
        };
        self.answered.get(at)
    }

    /// Takes over what `response` made or found; a Locate with none or several
    /// hits empties it, and so does a Check that denies the use of the object.
    pub(super) fn note(&mut self, response: &Response) {
        match response {
            Response::Locate(located) => self.current = only(&located.unique_identifiers),
            // The object may not be used as was asked (KMIP 1.0, 4.9; KMIP 2.1, 6.1.7).
            Response::Check(Checked {
                unique_identifier: None,
                ..
            }) => self.current = None,
            Response::Recover(recovered) => {
                self.current = Some(recovered.unique_identifier.clone());
            }
            response => {
                if let Some((_, identifier)) = made(response).first() {
                    self.current = Some((*identifier).clone());
                }
            }
        }
        let made = made(response).into_iter();
        self.made
            .extend(made.map(|(by, identifier)| (by, identifier.clone())));
        self.answered.extend(named(response).into_iter().cloned());
    }

    /// An item failed: what follows must not work on the object of an item before it.
    pub(super) fn clear(&mut self) {
        self.current = None;
    }
}

/// Whether an item may leave its object out after a success of `request` (KMIP 1.0, chapter 4).
pub(super) const fn sets(request: &Request) -> bool {
    matches!(
        request,
        Request::Create(_)
            | Request::CreateKeyPair(_)
            | Request::Register(_)
            | Request::DeriveKey(_)
            | Request::Certify(_)
            | Request::ReCertify(_)
            | Request::ReKey(_)
            | Request::ReKeyKeyPair(_)
            | Request::Locate(_)
            | Request::Recover(_)
            | Request::CreateSplitKey(_)
            | Request::JoinSplitKey(_)
            | Request::Import(_)
    )
}

/// What `response` made or found, under the names that 2.x has for it; the first one becomes the
/// ID Placeholder. Of a key pair that is the private key, of a split key the first part.
fn made(response: &Response) -> Vec<(Made, &UniqueIdentifier)> {
    match response {
        Response::Create(new) => vec![(Made::CREATE, &new.unique_identifier)],
        Response::CreateKeyPair(pair) => vec![
            (Made::CREATE_KEY_PAIR, &pair.private_key_unique_identifier),
            (
                Made::CREATE_KEY_PAIR_PRIVATE_KEY,
                &pair.private_key_unique_identifier,
            ),
            (
                Made::CREATE_KEY_PAIR_PUBLIC_KEY,
                &pair.public_key_unique_identifier,
            ),
        ],
        Response::Register(new) => vec![(Made::REGISTER, &new.unique_identifier)],
        Response::DeriveKey(new) => vec![(Made::DERIVE_KEY, &new.unique_identifier)],
        Response::Certify(new) => vec![(Made::CERTIFY, &new.unique_identifier)],
        Response::ReCertify(new) => vec![(Made::RE_CERTIFY, &new.unique_identifier)],
        Response::ReKey(new) => vec![(Made::RE_KEY, &new.unique_identifier)],
        Response::ReKeyKeyPair(pair) => vec![
            (Made::RE_KEY_KEY_PAIR, &pair.private_key_unique_identifier),
            (
                Made::RE_KEY_KEY_PAIR_PRIVATE_KEY,
                &pair.private_key_unique_identifier,
            ),
            (
                Made::RE_KEY_KEY_PAIR_PUBLIC_KEY,
                &pair.public_key_unique_identifier,
            ),
        ],
        Response::CreateSplitKey(parts) => {
            let first = parts.unique_identifiers.first();
            first
                .map(|id| (Made::CREATE_SPLIT_KEY, id))
                .into_iter()
                .collect()
        }
        Response::JoinSplitKey(new) => vec![(Made::JOIN_SPLIT_KEY, &new.unique_identifier)],
        Response::Import(new) => vec![(Made::IMPORT, &new.unique_identifier)],
        Response::Locate(found) => match found.unique_identifiers.as_slice() {
            [id] => vec![(Made::LOCATE, id)],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Every Unique Identifier in `response`, in the order of the wire.
fn named(response: &Response) -> Vec<&UniqueIdentifier> {
    match response {
        Response::CreateKeyPair(pair) => vec![
            &pair.private_key_unique_identifier,
            &pair.public_key_unique_identifier,
        ],
        Response::ReKeyKeyPair(pair) => vec![
            &pair.private_key_unique_identifier,
            &pair.public_key_unique_identifier,
        ],
        Response::Locate(found) => found.unique_identifiers.iter().collect(),
        Response::CreateSplitKey(parts) => parts.unique_identifiers.iter().collect(),
        Response::Certify(new) => vec![&new.unique_identifier],
        Response::ReCertify(new) => vec![&new.unique_identifier],
        Response::ReKey(new) => vec![&new.unique_identifier],
        response => response.unique_identifier().into_iter().collect(),
    }
}

fn only(identifiers: &[UniqueIdentifier]) -> Option<UniqueIdentifier> {
    match identifiers {
        [only] => Some(only.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
