//! RNG Seed (KMIP 1.2, 4.36; KMIP 2.1, 6.1.50): the system's random source takes no seeds from
//! clients, and the answer says so.

use strongroom_kmip::operation::{Data, RngSeedRequest, RngSeedResponse};

use super::Context;
use crate::refusal::Refusal;

impl Context<'_> {
    #[expect(clippy::unused_self, reason = "called as all operations are")]
    pub(crate) fn rng_seed(&self, request: &RngSeedRequest) -> Result<RngSeedResponse, Refusal> {
        match &request.data {
            // None of the octets is used, which the specification allows.
            Data::Octets(_) => Ok(RngSeedResponse::new(0)),
            _ => Err(Refusal::Parts),
        }
    }
}
