//! Hash (KMIP 1.2, 4.37), in one part.

use strongroom_kmip::operation::{HashRequest, HashResponse};

use super::Context;
use super::usable::whole_data;
use crate::crypto::hash;
use crate::refusal::Refusal;

impl Context<'_> {
    #[expect(clippy::unused_self, reason = "called as all operations are")]
    pub(crate) fn hash(&self, request: &HashRequest) -> Result<HashResponse, Refusal> {
        let named = request.cryptographic_parameters.hashing_algorithm;
        let algorithm = named.ok_or(Refusal::Parameter("Hashing Algorithm is required"))?;
        let data = whole_data!(request)?;
        hash::digest(algorithm, data.expose()).map(HashResponse::new)
    }
}
