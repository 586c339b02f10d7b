//! `Wrapping Method`: how a key value is wrapped (KMIP 1.0, 9.1.3.2.4).
//!
//! May touch: numbers and names only.

open_enum! {
    /// How a key value is wrapped (KMIP 1.0, 9.1.3.2.4).
    WrappingMethod {
        ENCRYPT = 0x01, "Encrypt", V1_0;
        MAC_SIGN = 0x02, "MAC/sign", V1_0;
        ENCRYPT_THEN_MAC_SIGN = 0x03, "Encrypt then MAC/sign", V1_0;
        MAC_SIGN_THEN_ENCRYPT = 0x04, "MAC/sign then encrypt", V1_0;
        TR_31 = 0x05, "TR-31", V1_0;
    }
}
