//! The operation `Ping` (KMIP 2.1, 6.1.36).
//!
//! May touch: nothing.

structure! {
    /// Asks whether the server is there (KMIP 2.1, 6.1.36).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct PingRequest {}
}

structure! {
    /// The server is there (KMIP 2.1, 6.1.36).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct PingResponse {}
}
