//! Create (KMIP 1.0, 4.1; KMIP 2.1, 6.1.8): the server makes a symmetric key.

use strongroom_kmip::enumeration::{KeyFormatType, ObjectType};
use strongroom_kmip::operation::{CreateRequest, CreateResponse};

use super::Context;
use super::insert::{Kind, refuse_storage};
use crate::attributes::{ALGORITHM, LENGTH, Template, USAGE_MASK};
use crate::crypto::symmetric;
use crate::refusal::Refusal;

impl Context<'_> {
    pub(crate) fn create(&self, request: CreateRequest) -> Result<CreateResponse, Refusal> {
        if request.object_type != ObjectType::SYMMETRIC_KEY {
            return Err(Refusal::ObjectType(request.object_type));
        }
        refuse_storage(request.protection_storage_masks.as_ref())?;
        let template = Template::read(request.template_attribute)?;
        let algorithm = template
            .algorithm
            .ok_or(Refusal::MissingAttribute(ALGORITHM))?;
        let bits = template
            .length_bits
            .ok_or(Refusal::MissingAttribute(LENGTH))?;
        self.refuse_no_mask(&template)?;
        let key = symmetric::generate(algorithm, bits)?;
        let kind = Kind {
            object_type: request.object_type,
            data_type: None,
            key_format: Some(KeyFormatType::RAW),
        };
        let object = self.add(template, kind, key)?;
        Ok(CreateResponse::new(request.object_type, object.uid.clone()))
    }

    /// A key has a Cryptographic Usage Mask (KMIP 1.0, 3.14).
    pub(super) fn refuse_no_mask(&self, template: &Template) -> Result<(), Refusal> {
        match template.usage_mask {
            Some(_) => Ok(()),
            None if self.profile.vault_usage_mask => Err(Refusal::VaultMask),
            None => Err(Refusal::MissingAttribute(USAGE_MASK)),
        }
    }
}
