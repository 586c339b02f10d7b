//! `Key Wrap Type`: form in which Get gives a wrapped key (KMIP 1.4, 9.1.3.2).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Form in which Get gives a wrapped key (KMIP 1.4, 9.1.3.2).
    KeyWrapType {
        NOT_WRAPPED = 0x01, "Not Wrapped", V1_4;
        AS_REGISTERED = 0x02, "As Registered", V1_4;
    }
}
