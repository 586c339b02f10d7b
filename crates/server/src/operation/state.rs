//! Activate, Revoke, Destroy (KMIP 1.0, 4.18 to 4.20).

use strongroom_kmip::operation::{
    ActivateRequest, ActivateResponse, DestroyRequest, DestroyResponse, RevokeRequest,
    RevokeResponse,
};

use strongroom_kmip::UniqueIdentifier;

use super::Context;
use crate::lifecycle::Revocation;
use crate::object::Object;
use crate::refusal::Refusal;
use crate::vault::Change;

impl Context<'_> {
    pub(crate) fn activate(&self, request: &ActivateRequest) -> Result<ActivateResponse, Refusal> {
        let object = self.change(request.unique_identifier.as_ref(), |object| {
            refuse_stateless(object)?;
            Ok(object.life.activate(self.now)?)
        })?;
        Ok(ActivateResponse::new(object.uid.clone()))
    }

    pub(crate) fn revoke(&self, request: RevokeRequest) -> Result<RevokeResponse, Refusal> {
        let revocation = Revocation {
            code: request.revocation_reason.code.value(),
            message: request.revocation_reason.message,
        };
        let occurrence = request.compromise_occurrence_date.map(|date| date.0);
        let object = self.change(request.unique_identifier.as_ref(), |object| {
            refuse_stateless(object)?;
            Ok(object.life.revoke(self.now, revocation, occurrence)?)
        })?;
        Ok(RevokeResponse::new(object.uid.clone()))
    }

    /// The store has forgotten the key material before the client hears of it; memory is wiped
    /// when the last reader of the old object is done.
    pub(crate) fn destroy(&self, request: &DestroyRequest) -> Result<DestroyResponse, Refusal> {
        if self.profile.forgets_destroyed {
            return self.forget(request);
        }
        let object = self.change(request.unique_identifier.as_ref(), |object| {
            object.life.destroy(self.now)?;
            object.material = None;
            Ok(())
        })?;
        Ok(DestroyResponse::new(object.uid.clone()))
    }

    /// As [`Self::destroy`], and nothing of the object stays.
    fn forget(&self, request: &DestroyRequest) -> Result<DestroyResponse, Refusal> {
        let uid = request.unique_identifier.as_ref();
        let uid = uid
            .and_then(UniqueIdentifier::as_text)
            .ok_or(Refusal::NoIdentifier)?;
        self.vault.change(|table, _| {
            let object = self.find(table, uid)?;
            object.refuse_archived()?;
            object.life.clone().destroy(self.now)?;
            let removed = vec![object.sequence];
            let put = Vec::new();
            Ok::<_, Refusal>(((), Change { put, removed }))
        })?;
        Ok(DestroyResponse::new(uid))
    }
}

const fn refuse_stateless(object: &Object) -> Result<(), Refusal> {
    if object.is_opaque() {
        Err(Refusal::Stateless)
    } else {
        Ok(())
    }
}
