//! `Name Type`: how to read a Name Value (KMIP 1.0, 9.1.3.2.10).
//!
//! May touch: numbers and names only.

open_enum! {
    /// How to read a Name Value (KMIP 1.0, 9.1.3.2.10).
    NameType {
        UNINTERPRETED_TEXT_STRING = 0x01, "Uninterpreted Text String", V1_0;
        URI = 0x02, "URI", V1_0;
    }
}
