//! `State`: life cycle state of a cryptographic object (KMIP 1.0, 9.1.3.2.17).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Life cycle state of a cryptographic object (KMIP 1.0, 9.1.3.2.17).
    State {
        PRE_ACTIVE = 0x01, "Pre-Active", V1_0;
        ACTIVE = 0x02, "Active", V1_0;
        DEACTIVATED = 0x03, "Deactivated", V1_0;
        COMPROMISED = 0x04, "Compromised", V1_0;
        DESTROYED = 0x05, "Destroyed", V1_0;
        DESTROYED_COMPROMISED = 0x06, "Destroyed Compromised", V1_0;
    }
}
