//! `Nonce`: what a server wants an attestation to be made over (KMIP 1.2, 2.1.14).
//!
//! May touch: nothing.

structure! {
    /// What a server wants an attestation to be made over (KMIP 1.2, 2.1.14; KMIP 2.1, 9.14).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Nonce {
        /// Which nonce it is.
        nonce_id: Vec<u8> = NONCE_ID,
        /// Its octets.
        nonce_value: Vec<u8> = NONCE_VALUE,
    }
}
