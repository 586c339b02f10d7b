//! `Ticket`: what stands for a login (KMIP 2.1, 7.39).
//!
//! May touch: tickets, in wiped memory only.

use strongroom_secret::SecretBytes;

use crate::enumeration::TicketType;

structure! {
    /// What stands for a login: whoever has it is taken for the one who logged in (KMIP 2.1, 7.39).
    #[derive(Debug)]
    pub struct Ticket {
        /// What the ticket is for.
        ticket_type: TicketType = TICKET_TYPE,
        /// The ticket itself, as the server made it.
        ticket_value: SecretBytes = TICKET_VALUE,
    }
}

impl Ticket {
    /// The ticket of a login.
    #[must_use]
    pub const fn login(ticket_value: SecretBytes) -> Self {
        Self {
            ticket_type: TicketType::LOGIN,
            ticket_value,
        }
    }

    /// A second copy, asked for by name.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self {
            ticket_type: self.ticket_type,
            ticket_value: self.ticket_value.duplicate(),
        }
    }
}
