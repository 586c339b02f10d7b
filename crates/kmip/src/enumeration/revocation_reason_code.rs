//! `Revocation Reason Code`: why an object was revoked (KMIP 1.0, 9.1.3.2.18).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Why an object was revoked (KMIP 1.0, 9.1.3.2.18).
    RevocationReasonCode {
        UNSPECIFIED = 0x01, "Unspecified", V1_0;
        KEY_COMPROMISE = 0x02, "Key Compromise", V1_0;
        CA_COMPROMISE = 0x03, "CA Compromise", V1_0;
        AFFILIATION_CHANGED = 0x04, "Affiliation Changed", V1_0;
        SUPERSEDED = 0x05, "Superseded", V1_0;
        CESSATION_OF_OPERATION = 0x06, "Cessation of Operation", V1_0;
        PRIVILEGE_WITHDRAWN = 0x07, "Privilege Withdrawn", V1_0;
    }
}
