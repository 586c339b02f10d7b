//! Export (KMIP 1.4, 4.40; KMIP 2.1, 6.1.18): an object with all its attributes.

use strongroom_kmip::operation::{ExportRequest, ExportResponse, GetRequest};

use super::Context;
use crate::attributes;
use crate::refusal::Refusal;

impl Context<'_> {
    /// What Get would give, and its attributes.
    pub(crate) fn export(&self, request: &ExportRequest) -> Result<ExportResponse, Refusal> {
        let mut get = GetRequest::default();
        get.unique_identifier.clone_from(&request.unique_identifier);
        get.key_format_type = request.key_format_type;
        get.key_compression_type = request.key_compression_type;
        get.key_wrapping_specification
            .clone_from(&request.key_wrapping_specification);
        let (object, found) = self.get_with(&get)?;
        let all = attributes::all(&object, self.now);
        Ok(ExportResponse::new(
            found.unique_identifier,
            found.object,
            all,
        ))
    }
}
