//! The operation `Delegated Login` (KMIP 2.0, 6.1.12; KMIP 2.1, 6.1.12).
//!
//! May touch: tickets, in wiped memory only.

use super::{LeaseTime, Rights, Ticket};
use crate::attribute::UsageLimits;

structure! {
    /// Asks for a ticket for somebody else, with fewer rights (KMIP 2.0, 6.1.12; KMIP 2.1, 6.1.12).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DelegatedLoginRequest {
        /// How long it shall be good; absent: as the server says.
        lease_time: Option<LeaseTime> = LEASE_TIME,
        /// For how many requests it shall be good; absent: as the server says.
        request_count: Option<i32> = REQUEST_COUNT,
        /// How much it may be used for; absent: as the server says.
        usage_limits: Option<UsageLimits> = USAGE_LIMITS,
        /// What its holder may do.
        rights: Rights = RIGHTS,
    }
}

impl DelegatedLoginRequest {
    /// A ticket with these rights, not limited otherwise.
    #[must_use]
    pub const fn new(rights: Rights) -> Self {
        Self {
            lease_time: None,
            request_count: None,
            usage_limits: None,
            rights,
        }
    }
}

structure! {
    /// The ticket (KMIP 2.0, 6.1.12; KMIP 2.1, 6.1.12).
    #[derive(Debug)]
    pub struct DelegatedLoginResponse {
        /// The ticket.
        ticket: Ticket = TICKET,
    }
}

impl DelegatedLoginResponse {
    /// This ticket.
    #[must_use]
    pub const fn new(ticket: Ticket) -> Self {
        Self { ticket }
    }
}
