//! Obtain Lease (KMIP 1.0, 4.16): for how long a client may use an object without asking again.

use strongroom_kmip::operation::{ObtainLeaseRequest, ObtainLeaseResponse};
use strongroom_kmip::{DateTime, Interval};

use super::Context;
use crate::lifecycle::ObjectState;
use crate::refusal::Refusal;

/// One hour: long enough to be no burden, short enough that a revoked key is noticed.
const LEASE: Interval = Interval(3600);

impl Context<'_> {
    pub(crate) fn obtain_lease(
        &self,
        request: &ObtainLeaseRequest,
    ) -> Result<ObtainLeaseResponse, Refusal> {
        let object = self.object(request.unique_identifier.as_ref())?;
        object.refuse_destroyed(self.now)?;
        object.refuse_archived()?;
        if object.life.state_at(self.now) == ObjectState::Compromised {
            return Err(Refusal::NoLease);
        }
        let changed = DateTime(object.life.last_change);
        Ok(ObtainLeaseResponse::new(object.uid.clone(), LEASE, changed))
    }
}
