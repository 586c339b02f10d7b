//! `Batch Error Continuation Option`: what a server does with the rest of a batch after a failed item (KMIP 1.0, 9.1.3.2.29).
//!
//! May touch: numbers and names only.

open_enum! {
    /// What a server does with the rest of a batch after a failed item (KMIP 1.0, 9.1.3.2.29).
    BatchErrorContinuationOption {
        CONTINUE = 0x01, "Continue", V1_0;
        STOP = 0x02, "Stop", V1_0;
        UNDO = 0x03, "Undo", V1_0;
    }
}
