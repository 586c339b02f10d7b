//! One managed object as the server keeps it, in memory and in the store.
//!
//! May touch: nothing.

use std::sync::Arc;

use ring::digest;
use strongroom_kmip::attribute::AttributeValue;
use strongroom_kmip::enumeration::ObjectType;
use strongroom_secret::SecretBytes;

use crate::further::Further;
use crate::identity::Identity;
use crate::lifecycle::Lifecycle;

/// A managed object: attributes, life cycle and, until it is destroyed, key material.
///
/// Numbers are KMIP enumeration values as they came over the wire. A clone shares the key
/// material, which is wiped when the last holder drops it.
#[derive(Clone, Debug)]
pub struct Object {
    /// Creation order on this server; unique.
    pub(crate) sequence: u64,
    /// Unique Identifier.
    pub(crate) uid: String,
    /// Who created it.
    pub(crate) owner: Identity,
    /// Object Type.
    pub(crate) object_type: u32,
    /// Secret Data Type, Opaque Data Type or Certificate Type, where the object type has one.
    pub(crate) data_type: Option<u32>,
    /// Cryptographic Algorithm.
    pub(crate) algorithm: Option<u32>,
    /// Cryptographic Length, in bits.
    pub(crate) length_bits: Option<u32>,
    /// Cryptographic Usage Mask.
    pub(crate) usage_mask: Option<u32>,
    /// Name instances, in order of their index.
    pub(crate) names: Vec<ObjectName>,
    /// Application Specific Information instances, in order of their index.
    pub(crate) application: Vec<ApplicationInformation>,
    /// Object Group instances, in order of their index.
    pub(crate) groups: Vec<String>,
    /// Operation Policy Name.
    pub(crate) policy: String,
    /// SHA-256 of the key material.
    pub(crate) digest: [u8; 32],
    /// Attributes that have no field here.
    pub(crate) further: Further,
    /// State and dates.
    pub(crate) life: Lifecycle,
    /// Key Format Type; none for an Opaque Object and a Certificate. Stays when the material is destroyed, since
    /// the Digest names it.
    pub(crate) key_format: Option<u32>,
    /// The key material; none once destroyed.
    pub(crate) material: Option<Arc<SecretBytes>>,
}

impl Object {
    /// Unique Identifier.
    #[must_use]
    pub fn unique_identifier(&self) -> &str {
        &self.uid
    }

    /// The identity that created the object and alone may use it.
    #[must_use]
    pub const fn owner(&self) -> &Identity {
        &self.owner
    }

    /// State and dates.
    #[must_use]
    pub const fn lifecycle(&self) -> &Lifecycle {
        &self.life
    }

    /// Whether it is an Opaque Object: no State, no Digest, no Key Format Type.
    pub(crate) const fn is_opaque(&self) -> bool {
        self.object_type == ObjectType::OPAQUE_OBJECT.value()
    }

    /// Whether it is archived: it has an Archive Date.
    pub(crate) fn is_archived(&self) -> bool {
        let dated = |value: &AttributeValue| matches!(value, AttributeValue::ArchiveDate(_));
        self.further.values().iter().any(dated)
    }

    /// Whether the key material is still there.
    #[must_use]
    pub const fn has_material(&self) -> bool {
        self.material.is_some()
    }
}

/// The Name attribute (KMIP 1.0, 3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ObjectName {
    pub(crate) value: String,
    pub(crate) name_type: u32,
}

/// The Application Specific Information attribute (KMIP 1.0, 3.30).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApplicationInformation {
    pub(crate) namespace: String,
    pub(crate) data: String,
}

/// SHA-256 over octets.
pub(crate) fn sha256(octets: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    for (to, from) in out
        .iter_mut()
        .zip(digest::digest(&digest::SHA256, octets).as_ref())
    {
        *to = *from;
    }
    out
}
