//! `Object Type`: kind of a managed object (KMIP 1.0, 9.1.3.2.11).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Kind of a managed object (KMIP 1.0, 9.1.3.2.11).
    ObjectType {
        CERTIFICATE = 0x01, "Certificate", V1_0;
        SYMMETRIC_KEY = 0x02, "Symmetric Key", V1_0;
        PUBLIC_KEY = 0x03, "Public Key", V1_0;
        PRIVATE_KEY = 0x04, "Private Key", V1_0;
        SPLIT_KEY = 0x05, "Split Key", V1_0;
        TEMPLATE = 0x06, "Template", V1_0;
        SECRET_DATA = 0x07, "Secret Data", V1_0;
        OPAQUE_OBJECT = 0x08, "Opaque Object", V1_0;
        PGP_KEY = 0x09, "PGP Key", V1_2;
        CERTIFICATE_REQUEST = 0x0A, "Certificate Request", V2_0;
    }
}
