//! `Credential Type`: form of a credential in a request header (KMIP 1.0, 9.1.3.2.1).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Form of a credential in a request header (KMIP 1.0, 9.1.3.2.1).
    CredentialType {
        USERNAME_AND_PASSWORD = 0x01, "Username and Password", V1_0;
        DEVICE = 0x02, "Device", V1_1;
        ATTESTATION = 0x03, "Attestation", V1_2;
        ONE_TIME_PASSWORD = 0x04, "One Time Password", V2_0;
        HASHED_PASSWORD = 0x05, "Hashed Password", V2_0;
        TICKET = 0x06, "Ticket", V2_0;
    }
}
