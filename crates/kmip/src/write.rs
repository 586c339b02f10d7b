//! Small helpers over `strongroom_ttlv::Writer`.
//!
//! May touch: the writer.

use strongroom_ttlv::{OwnedItem, Tag, Writer};

use crate::ProtocolVersion;
use crate::enumeration::Since;

/// Writes `value` with `write`, one of the methods of `Writer`, when there is one.
pub(crate) fn opt<'w, T>(
    out: &mut Writer<'w>,
    tag: Tag,
    value: Option<T>,
    write: impl FnOnce(&mut Writer<'w>, Tag, T),
) {
    if let Some(value) = value {
        write(out, tag, value);
    }
}

/// Writes an enumeration, when there is one and `version` has its value (I10).
pub(crate) fn opt_enumeration(
    out: &mut Writer<'_>,
    tag: Tag,
    value: Option<impl Since>,
    version: ProtocolVersion,
) {
    let known = value.filter(|value| version.knows(value.first_version()));
    opt(out, tag, known, Writer::enumeration);
}

/// Writes an item that was read before, octet for octet.
pub(crate) fn owned_item(out: &mut Writer<'_>, item: &OwnedItem) {
    // An owned item was checked when it was made; reading it again does not fail.
    if let Ok(item) = item.get() {
        out.item(&item);
    }
}
