//! Modify Attribute (KMIP 1.0, 4.14; KMIP 2.1, 6.1.34).

use strongroom_kmip::ProtocolVersion;
use strongroom_kmip::attribute::{Attribute, AttributeValue};
use strongroom_kmip::operation::{ModifyAttributeRequest, ModifyAttributeResponse};

use super::Context;
use crate::instances;
use crate::object::Object;
use crate::refusal::Refusal;

impl Context<'_> {
    pub(crate) fn modify_attribute(
        &self,
        request: ModifyAttributeRequest,
    ) -> Result<ModifyAttributeResponse, Refusal> {
        let (current, new) = (request.current_attribute, request.attribute);
        let uid = request.unique_identifier.as_ref();
        let (uid, attribute) = self.change_attribute(uid, |object| {
            let index = match current {
                Some(current) => self.instance(object, &current.value, &new.value)?,
                None => self.index(object, &new)?,
            };
            instances::modify(object, new.value, index, self.now)
        })?;
        Ok(ModifyAttributeResponse::new(uid, attribute))
    }

    /// The instance that is to become `new`, by its value.
    fn instance(
        &self,
        object: &Object,
        current: &AttributeValue,
        new: &AttributeValue,
    ) -> Result<usize, Refusal> {
        if current.name() != new.name() {
            return Err(Refusal::Parameter(
                "Current Attribute and New Attribute are instances of one attribute",
            ));
        }
        instances::position(object, current, self.now)
    }

    /// The instance that is to become `new`, by its index; 2.x has none, so there must not be
    /// several to choose from.
    fn index(&self, object: &Object, new: &Attribute) -> Result<usize, Refusal> {
        let indexed = self.version < ProtocolVersion::V2_0;
        if !indexed && instances::count(object, &new.value.attribute_name(), self.now) > 1 {
            return Err(Refusal::Several(new.name().to_owned()));
        }
        Ok(usize::try_from(new.index.unwrap_or(0)).unwrap_or(usize::MAX))
    }
}
