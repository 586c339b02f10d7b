//! What an earlier login gave (KMIP 2.1, 9.11).
//!
//! May touch: a ticket, in wiped memory only.

use crate::operation::Ticket;

structure! {
    /// What an earlier login gave (KMIP 2.1, 9.11).
    #[derive(Debug)]
    pub struct TicketCredential {
        /// The ticket.
        ticket: Ticket = TICKET,
    }
}
