//! Set Attribute (KMIP 2.0, 6.1.47; KMIP 2.1, 6.1.51).

use strongroom_kmip::operation::{SetAttributeRequest, SetAttributeResponse};

use super::Context;
use crate::instances;
use crate::refusal::Refusal;

impl Context<'_> {
    pub(crate) fn set_attribute(
        &self,
        request: SetAttributeRequest,
    ) -> Result<SetAttributeResponse, Refusal> {
        let (uid, attribute) = (request.unique_identifier, request.new_attribute);
        let (uid, _) = self.change_attribute(uid.as_ref(), |object| {
            instances::set(object, &attribute.value, self.now)?;
            Ok(attribute)
        })?;
        Ok(SetAttributeResponse::new(uid))
    }
}
