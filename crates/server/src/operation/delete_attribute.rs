//! Delete Attribute (KMIP 1.0, 4.15).

use strongroom_kmip::operation::{DeleteAttributeRequest, DeleteAttributeResponse};

use super::Context;
use crate::instances;
use crate::refusal::Refusal;

impl Context<'_> {
    pub(crate) fn delete_attribute(
        &self,
        request: DeleteAttributeRequest,
    ) -> Result<DeleteAttributeResponse, Refusal> {
        let name = request.attribute_name.ok_or(Refusal::NoData)?;
        let index = request.attribute_index.unwrap_or(0);
        let index = usize::try_from(index).map_err(|_| Refusal::Index(name.as_str().to_owned()))?;
        let (uid, attribute) = self
            .change_attribute(request.unique_identifier.as_ref(), |object| {
                instances::delete(object, &name, index)
            })?;
        Ok(DeleteAttributeResponse::new(uid, attribute))
    }
}
