//! Modify Attribute (KMIP 1.0, 4.14).

use strongroom_kmip::operation::{ModifyAttributeRequest, ModifyAttributeResponse};

use super::Context;
use crate::instances;
use crate::refusal::Refusal;

impl Context<'_> {
    pub(crate) fn modify_attribute(
        &self,
        request: ModifyAttributeRequest,
    ) -> Result<ModifyAttributeResponse, Refusal> {
        let index = usize::try_from(request.attribute.index.unwrap_or(0)).unwrap_or(usize::MAX);
        let (value, uid) = (request.attribute.value, request.unique_identifier);
        let (uid, attribute) = self.change_attribute(uid.as_ref(), |object| {
            instances::modify(object, value, index, self.now)
        })?;
        Ok(ModifyAttributeResponse::new(uid, attribute))
    }
}
