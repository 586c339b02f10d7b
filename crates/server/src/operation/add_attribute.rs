//! Add Attribute (KMIP 1.0, 4.13).

use strongroom_kmip::UniqueIdentifier;
use strongroom_kmip::attribute::Attribute;
use strongroom_kmip::operation::{AddAttributeRequest, AddAttributeResponse};

use super::Context;
use crate::instances;
use crate::object::Object;
use crate::refusal::Refusal;

impl Context<'_> {
    pub(crate) fn add_attribute(
        &self,
        request: AddAttributeRequest,
    ) -> Result<AddAttributeResponse, Refusal> {
        if request.attribute.index.is_some() {
            return Err(Refusal::HasIndex);
        }
        let (value, uid) = (request.attribute.value, request.unique_identifier);
        let (uid, attribute) = self.change_attribute(uid.as_ref(), |object| {
            instances::add(object, value, self.now)
        })?;
        Ok(AddAttributeResponse::new(uid, attribute))
    }

    /// Changes attributes of the caller's object. A Name that it did not have must be free.
    pub(super) fn change_attribute(
        &self,
        uid: Option<&UniqueIdentifier>,
        change: impl FnOnce(&mut Object) -> Result<Attribute, Refusal>,
    ) -> Result<(String, Attribute), Refusal> {
        let uid = uid
            .and_then(UniqueIdentifier::as_text)
            .ok_or(Refusal::NoIdentifier)?;
        let mut outcome = None;
        let object = self.vault.update(|table| {
            let before = self.find(table, uid)?;
            before.refuse_archived()?;
            let mut object = Object::clone(&*before);
            outcome = Some(change(&mut object)?);
            let mut new = object.names.clone();
            for old in &before.names {
                if let Some(at) = new.iter().position(|name| name == old) {
                    new.remove(at);
                }
            }
            // Create and Register say Invalid Field (KMIP 1.4, 11.2, 11.4), these say
            // Illegal Operation (11.15, 11.16).
            self.refuse_taken_names(table, &new)
                .map_err(|refusal| match refusal {
                    Refusal::NameTaken(name) => Refusal::NameBorne(name),
                    refusal => refusal,
                })?;
            object.life.last_change = self.now;
            Ok::<_, Refusal>(object)
        })?;
        let attribute = outcome.ok_or(Refusal::NoIdentifier)?;
        Ok((object.uid.clone(), attribute))
    }
}
