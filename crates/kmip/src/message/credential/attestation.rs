//! A proof of the client's own state (KMIP 1.2, 2.1.2).
//!
//! May touch: nothing.

use crate::enumeration::AttestationType;
use crate::message::Nonce;

structure! {
    /// A proof of the client's own state, made over a nonce of the server (KMIP 1.2, 2.1.2;
    /// KMIP 2.1, 9.11). One of measurement and assertion is there.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AttestationCredential {
        /// The server's nonce, from an earlier answer.
        nonce: Nonce = NONCE,
        /// In which way it is proved.
        attestation_type: AttestationType = ATTESTATION_TYPE,
        /// What the client measured.
        attestation_measurement: Option<Vec<u8>> = ATTESTATION_MEASUREMENT,
        /// What a third party says about the client.
        attestation_assertion: Option<Vec<u8>> = ATTESTATION_ASSERTION,
    }
}
