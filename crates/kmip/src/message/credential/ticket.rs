//! What an earlier login gave (KMIP 2.0, 7; KMIP 2.1, 7.10).
//!
//! May touch: a ticket, in wiped memory only.

use crate::operation::Ticket;

structure! {
    /// What an earlier login gave (KMIP 2.0, 7; KMIP 2.1, 7.10).
    #[derive(Debug)]
    pub struct TicketCredential {
        /// The ticket.
        ticket: Ticket = TICKET,
    }
}
