//! `Attestation Type`: how a client proves its state (KMIP 1.2, 9.1.3.2).
//!
//! May touch: numbers and names only.

open_enum! {
    /// How a client proves its state (KMIP 1.2, 9.1.3.2).
    AttestationType {
        TPM_QUOTE = 0x01, "TPM Quote", V1_2;
        TCG_INTEGRITY_REPORT = 0x02, "TCG Integrity Report", V1_2;
        SAML_ASSERTION = 0x03, "SAML Assertion", V1_2;
    }
}
