//! `Result Status`: how an operation ended (KMIP 1.0, 9.1.3.2.27).
//!
//! May touch: numbers and names only.

open_enum! {
    /// How an operation ended (KMIP 1.0, 9.1.3.2.27).
    ResultStatus {
        SUCCESS = 0x00, "Success", V1_0;
        OPERATION_FAILED = 0x01, "Operation Failed", V1_0;
        OPERATION_PENDING = 0x02, "Operation Pending", V1_0;
        OPERATION_UNDONE = 0x03, "Operation Undone", V1_0;
    }
}
