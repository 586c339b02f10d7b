//! The operation `Log` (KMIP 2.0, 6.1.28; KMIP 2.1, 6.1.29).
//!
//! May touch: nothing.

structure! {
    /// Puts a message into the server's log (KMIP 2.0, 6.1.28; KMIP 2.1, 6.1.29).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LogRequest {
        /// The message.
        log_message: String = LOG_MESSAGE,
    }
}

impl LogRequest {
    /// Logs `log_message`.
    #[must_use]
    pub fn new(log_message: impl Into<String>) -> Self {
        Self {
            log_message: log_message.into(),
        }
    }
}

structure! {
    /// The message is logged (KMIP 2.0, 6.1.28; KMIP 2.1, 6.1.29).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct LogResponse {}
}
