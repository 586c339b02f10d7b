//! `Encoding Option`: whether wrapped octets hold TTLV or the bare key (KMIP 1.1, 9.1.3.2).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Whether wrapped octets hold TTLV or the bare key (KMIP 1.1, 9.1.3.2).
    EncodingOption {
        NO_ENCODING = 0x01, "No Encoding", V1_1;
        TTLV_ENCODING = 0x02, "TTLV Encoding", V1_1;
    }
}
