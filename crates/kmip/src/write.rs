//! Small helpers over `strongroom_ttlv::Writer`.
//!
//! May touch: the writer.

use strongroom_ttlv::{OwnedItem, Tag, Value, Writer};

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

/// Writes an item that was read before, octet for octet.
pub(crate) fn owned_item(out: &mut Writer<'_>, item: &OwnedItem) {
    // An owned item was checked when it was made; reading it again does not fail.
    if let Ok(item) = item.get() {
        out.item(&item);
    }
}

/// Writes an item that was read before, under the tag `tag`.
pub(crate) fn owned_item_as(out: &mut Writer<'_>, tag: Tag, item: &OwnedItem) {
    // As above.
    let Ok(item) = item.get() else { return };
    if item.tag == tag {
        return out.item(&item);
    }
    match &item.value {
        Value::Structure(fields) => out.structure(tag, |out| {
            let mut fields = fields.clone();
            while let Ok(Some(inner)) = fields.next_item() {
                out.item(&inner);
            }
        }),
        Value::Integer(value) => out.integer(tag, *value),
        Value::LongInteger(value) => out.long_integer(tag, *value),
        Value::BigInteger(value) => out.big_integer(tag, value),
        Value::Enumeration(value) => out.enumeration(tag, *value),
        Value::Boolean(value) => out.boolean(tag, *value),
        Value::Text(value) => out.text(tag, value),
        Value::Bytes(value) => out.bytes(tag, value),
        Value::DateTime(value) => out.date_time(tag, *value),
        Value::Interval(value) => out.interval(tag, *value),
        Value::DateTimeExtended(value) => out.date_time_extended(tag, *value),
        // Nothing else is a type of KMIP 2.1.
        _ => out.item(&item),
    }
}
