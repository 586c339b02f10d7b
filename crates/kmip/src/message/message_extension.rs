//! `Message Extension`: what a vendor adds to a batch item (KMIP 1.0, 6.16).
//!
//! May touch: whatever a vendor puts there, in wiped memory only.

use strongroom_ttlv::OwnedItem;

structure! {
    /// What a vendor adds to a batch item (KMIP 1.0, 6.16; KMIP 2.1, 9.13). Kept as it came.
    #[derive(Debug)]
    pub struct MessageExtension {
        /// Whose extension it is.
        vendor_identification: String = VENDOR_IDENTIFICATION,
        /// Whether a recipient that does not know it must refuse the message.
        criticality_indicator: bool = CRITICALITY_INDICATOR,
        /// The item Vendor Extension, a structure whose fields the vendor names.
        vendor_extension: OwnedItem = VENDOR_EXTENSION,
    }
}
