//! The operation `Logout` (KMIP 2.0, 6.1.30; KMIP 2.1, 6.1.31).
//!
//! May touch: tickets, in wiped memory only.

use super::Ticket;

structure! {
    /// Makes a ticket void (KMIP 2.0, 6.1.30; KMIP 2.1, 6.1.31).
    #[derive(Debug)]
    pub struct LogoutRequest {
        /// The ticket.
        ticket: Ticket = TICKET,
    }
}

impl LogoutRequest {
    /// Makes `ticket` void.
    #[must_use]
    pub const fn new(ticket: Ticket) -> Self {
        Self { ticket }
    }
}

structure! {
    /// The ticket is void (KMIP 2.0, 6.1.30; KMIP 2.1, 6.1.31).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct LogoutResponse {}
}
