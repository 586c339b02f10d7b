//! Interop (KMIP 2.0, 6.1.25; KMIP 2.1, 6.1.26): a client under test says where a case begins and
//! ends.

use strongroom_kmip::enumeration::InteropFunction;
use strongroom_kmip::operation::{InteropRequest, InteropResponse};

use super::Context;
use crate::refusal::Refusal;

impl Context<'_> {
    /// Begin and End are heard. Reset would throw objects away, and is refused.
    #[expect(clippy::unused_self, reason = "called as all operations are")]
    pub(crate) fn interop(&self, request: &InteropRequest) -> Result<InteropResponse, Refusal> {
        match request.interop_function {
            InteropFunction::BEGIN | InteropFunction::END => Ok(InteropResponse::default()),
            _ => Err(Refusal::Parameter("Interop Function is Begin or End here")),
        }
    }
}
