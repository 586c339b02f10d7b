//! The operation `Login` (KMIP 2.0, 6.1.29; KMIP 2.1, 6.1.30).
//!
//! May touch: tickets, in wiped memory only.

use super::{LeaseTime, Ticket};
use crate::attribute::UsageLimits;

structure! {
    /// Asks for a ticket that stands for the credentials of this request in later ones
    /// (KMIP 2.0, 6.1.29; KMIP 2.1, 6.1.30). What is absent is not limited by the client.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct LoginRequest {
        /// How long it shall be good.
        lease_time: Option<LeaseTime> = LEASE_TIME,
        /// For how many requests it shall be good.
        request_count: Option<i32> = REQUEST_COUNT,
        /// How much it may be used for.
        usage_limits: Option<UsageLimits> = USAGE_LIMITS,
    }
}

structure! {
    /// The ticket (KMIP 2.0, 6.1.29; KMIP 2.1, 6.1.30).
    #[derive(Debug)]
    pub struct LoginResponse {
        /// The ticket.
        ticket: Ticket = TICKET,
    }
}

impl LoginResponse {
    /// This ticket.
    #[must_use]
    pub const fn new(ticket: Ticket) -> Self {
        Self { ticket }
    }
}
