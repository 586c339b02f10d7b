//! `Mask Generator`: mask generation function of a padding method (KMIP 1.4, 9.1.3.2).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Mask generation function of a padding method (KMIP 1.4, 9.1.3.2).
    MaskGenerator {
        MGF1 = 0x01, "MGF1", V1_4;
    }
}
