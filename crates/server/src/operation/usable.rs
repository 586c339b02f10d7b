//! May this key be used so: its usage mask, its state, its octets.
//!
//! May touch: the vault, for reading.

use std::sync::Arc;

use strongroom_kmip::UniqueIdentifier;
use strongroom_kmip::attribute::{AttributeValue, CryptographicParameters};
use strongroom_kmip::enumeration::CryptographicUsageMask;
use strongroom_kmip::operation::Data;
use strongroom_secret::SecretBytes;

use super::Context;
use crate::lifecycle::ObjectState;
use crate::object::Object;
use crate::refusal::Refusal;

/// Whether a key protects data, or processes what is protected (KMIP 1.2, 3.22): the one wants an
/// Active key, the other one that is or was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Protect,
    Process,
}

impl Context<'_> {
    /// The caller's key, if usage mask and state allow this use.
    pub(super) fn usable(
        &self,
        uid: Option<&UniqueIdentifier>,
        mask: CryptographicUsageMask,
        purpose: Use,
    ) -> Result<(Arc<Object>, Arc<SecretBytes>), Refusal> {
        let object = self.object(uid)?;
        object.refuse_destroyed(self.now)?;
        object.refuse_archived()?;
        if object.is_opaque() {
            return Err(Refusal::Stateless);
        }
        let state = object.life.state_at(self.now);
        let allowed = match purpose {
            Use::Protect => state == ObjectState::Active,
            Use::Process => state != ObjectState::PreActive,
        };
        if !allowed {
            return Err(Refusal::KeyState(state));
        }
        refuse_untimely(&object, purpose, self.now)?;
        let has = CryptographicUsageMask::new(object.usage_mask.unwrap_or_default());
        if !has.contains(mask) {
            return Err(Refusal::Usage);
        }
        let material = object.material.clone().ok_or(Refusal::NoMaterial)?;
        Ok((object, material))
    }
}

/// A key may process from its Process Start Date on, and protect until its Protect Stop Date
/// (KMIP 1.0, 3.20 and 3.21).
fn refuse_untimely(object: &Object, purpose: Use, now: i64) -> Result<(), Refusal> {
    let outside = |value: &AttributeValue| match (value, purpose) {
        (AttributeValue::ProcessStartDate(start), Use::Process) => now < start.0,
        (AttributeValue::ProtectStopDate(stop), Use::Protect) => stop.0 <= now,
        _ => false,
    };
    match object.further.values().iter().any(outside) {
        true => Err(Refusal::KeyTime),
        false => Ok(()),
    }
}

/// How to use the key: as the request says, else as the key's first Cryptographic Parameters do
/// (KMIP 1.2, 4.29 to 4.34).
pub(super) fn parameters(
    object: &Object,
    given: Option<&CryptographicParameters>,
) -> Option<CryptographicParameters> {
    let own = |value: &AttributeValue| match value {
        AttributeValue::CryptographicParameters(own) => Some(own.clone()),
        _ => None,
    };
    given.cloned().or_else(|| object.further.find(own))
}

/// [`whole`] of a request of any operation on data: their fields have the same names.
macro_rules! whole_data {
    ($request:expr) => {
        $crate::operation::usable::whole(
            $request.data.as_ref(),
            $request.correlation_value.as_ref(),
            $request.init_indicator,
            $request.final_indicator,
        )
    };
}
pub(super) use whole_data;

/// The octets of a request in one part; those of several parts are not done here.
pub(super) fn whole<'a>(
    data: Option<&'a Data>,
    correlation: Option<&Vec<u8>>,
    first: Option<bool>,
    last: Option<bool>,
) -> Result<&'a SecretBytes, Refusal> {
    let parts = match (first, last) {
        (None, None) | (Some(true), Some(true)) => false,
        (first, last) => first == Some(true) || last.is_some(),
    };
    if parts || correlation.is_some() {
        return Err(Refusal::Parts);
    }
    match data {
        Some(data) => data.as_octets().ok_or(Refusal::Parts),
        None => Err(Refusal::NoData),
    }
}
