//! An answer with all that came beside it, for tools.
//!
//! May touch: whatever a server puts there, in wiped memory only.

use strongroom_kmip::Response;
use strongroom_kmip::exchange::Quirks;
use strongroom_kmip::message::Aside;

use crate::error::ClientError;

/// An answer with all that came beside it; see [`Session::send_keeping`](crate::Session::send_keeping).
#[derive(Debug)]
#[non_exhaustive]
pub struct Kept {
    /// What [`Session::send`](crate::Session::send) gives: a refusal is kept too.
    pub answer: Result<Response, ClientError>,
    /// What no type here has a field for: later fields, a vendor's, and what stands twice.
    pub asides: Vec<Aside>,
    /// Where the server departs from the specification, put up with or not.
    pub quirks: Quirks,
}
