//! RNG Retrieve (KMIP 1.2, 4.35): octets of the system's random source.

use ring::rand::{SecureRandom, SystemRandom};
use strongroom_kmip::operation::{RngRetrieveRequest, RngRetrieveResponse};
use strongroom_secret::SecretBytes;

use super::Context;
use crate::refusal::Refusal;

/// Octets for one request; an answer of more is not worth a message.
const MOST: usize = 64 * 1024;

impl Context<'_> {
    #[expect(clippy::unused_self, reason = "called as all operations are")]
    pub(crate) fn rng_retrieve(
        &self,
        request: &RngRetrieveRequest,
    ) -> Result<RngRetrieveResponse, Refusal> {
        let len = usize::try_from(request.data_length).unwrap_or(0);
        if !(1..=MOST).contains(&len) {
            return Err(Refusal::Parameter("Data Length is 1 to 65536"));
        }
        let octets = SecretBytes::try_build(len, |octets| SystemRandom::new().fill(octets));
        octets
            .map(RngRetrieveResponse::new)
            .map_err(|_| Refusal::Random)
    }
}
