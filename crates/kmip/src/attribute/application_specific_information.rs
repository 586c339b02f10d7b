//! The `Application Specific Information` attribute (KMIP 1.0, 3.30).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, Writer};

use crate::error::MessageError;
use crate::reader::Reader;
use crate::tag;

/// A label of an application: a namespace and data in it (KMIP 1.0, 3.30).
///
/// ```text
/// Attribute Value 0x42000B Structure
///   Application Namespace 0x420003 Text String   required
///   Application Data      0x420002 Text String   required below 1.3
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ApplicationSpecificInformation {
    /// Whose label it is, for instance `strongroom-store`.
    pub namespace: String,
    /// What it says. Absent: the server makes it up (KMIP 1.3 on).
    pub data: Option<String>,
}

impl ApplicationSpecificInformation {
    /// The label `data` in `namespace`.
    #[must_use]
    pub fn new(namespace: impl Into<String>, data: impl Into<String>) -> Self {
        Self {
            namespace: namespace.into(),
            data: Some(data.into()),
        }
    }

    pub(crate) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let namespace = fields.need(tag::APPLICATION_NAMESPACE, Fields::text)?;
        let data = fields.opt(tag::APPLICATION_DATA, Fields::text)?;
        fields.finish()?;
        Ok(Self {
            namespace: namespace.to_owned(),
            data: data.map(str::to_owned),
        })
    }

    pub(crate) fn encode_fields(&self, out: &mut Writer<'_>) {
        out.text(tag::APPLICATION_NAMESPACE, &self.namespace);
        if let Some(data) = &self.data {
            out.text(tag::APPLICATION_DATA, data);
        }
    }
}
