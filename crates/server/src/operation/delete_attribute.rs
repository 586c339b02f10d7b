//! Delete Attribute (KMIP 1.0, 4.15; KMIP 2.1, 6.1.13).

use strongroom_kmip::ProtocolVersion;
use strongroom_kmip::operation::{DeleteAttributeRequest, DeleteAttributeResponse};

use super::Context;
use crate::instances;
use crate::refusal::Refusal;

impl Context<'_> {
    pub(crate) fn delete_attribute(
        &self,
        request: DeleteAttributeRequest,
    ) -> Result<DeleteAttributeResponse, Refusal> {
        let uid = request.unique_identifier.as_ref();
        if let Some(current) = request.current_attribute {
            let (uid, attribute) = self.change_attribute(uid, |object| {
                let index = instances::position(object, &current.value, self.now)?;
                instances::delete(object, &current.value.attribute_name(), index)
            })?;
            return Ok(DeleteAttributeResponse::new(uid, attribute));
        }
        let name = request.attribute_name.ok_or(Refusal::NoData)?;
        let index = request.attribute_index.unwrap_or(0);
        let index = usize::try_from(index).map_err(|_| Refusal::Index(name.as_str().to_owned()))?;
        // A reference of 2.x means all instances.
        let all = self.version >= ProtocolVersion::V2_0;
        let (uid, attribute) = self.change_attribute(uid, |object| match all {
            true => instances::delete_all(object, &name),
            false => instances::delete(object, &name, index),
        })?;
        Ok(DeleteAttributeResponse::new(uid, attribute))
    }
}
