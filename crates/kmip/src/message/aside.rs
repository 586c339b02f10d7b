//! What a response holds beyond the types of this crate, kept aside.
//!
//! May touch: whatever a server puts there, in wiped memory only.

use std::fmt;

use strongroom_ttlv::{Fields, Item, OwnedItem, Tag};

use crate::error::MessageError;
use crate::reader::Record;
use crate::tag;

/// An item of a response that no type here has a field for: of a later version of KMIP, of a
/// vendor (KMIP 1.0, 9.1.3.1: tags beyond the table), one too many, or in a place that is not looked
/// at. `Debug` shows no octets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Aside {
    /// The structures that it stands in, from Response Message on.
    pub path: Vec<Tag>,
    /// The batch item that it stands in, from 0; `None` outside of batch items.
    pub batch_item: Option<usize>,
    /// Where it begins in the message, in octets.
    pub offset: usize,
    /// The item, as it came.
    pub item: OwnedItem,
}

impl Aside {
    /// Every item of the message `fields` that is not in `record`. No item is in another one, so
    /// that together they are shorter than the message.
    pub(super) fn all(record: Record, fields: Fields<'_>) -> Result<Vec<Self>, MessageError> {
        let starts = batch_items(fields.clone())?;
        let mut asides = Vec::new();
        record.unread(fields, &mut |path, item| {
            asides.push(Self::new(path, &starts, item));
        })?;
        Ok(asides)
    }

    fn new(path: &[Tag], starts: &[usize], item: &Item<'_>) -> Self {
        let inside = path.get(1) == Some(&tag::BATCH_ITEM);
        let before = starts.partition_point(|start| *start < item.offset);
        Self {
            path: path.to_vec(),
            batch_item: before.checked_sub(1).filter(|_| inside),
            offset: item.offset,
            item: item.to_owned_item(),
        }
    }

    /// The tag of the item.
    #[must_use]
    pub fn tag(&self) -> Option<Tag> {
        self.item.get().ok().map(|item| item.tag)
    }
}

/// Names the item and where it stands; shows nothing of its value.
impl fmt::Display for Aside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for tag in self.path.iter().copied().chain(self.tag()) {
            match tag::name(tag) {
                Some(name) => write!(f, "/{name}")?,
                None => write!(f, "/{tag}")?,
            }
        }
        write!(f, " at octet {}", self.offset)
    }
}

/// Where the batch items begin.
fn batch_items(mut fields: Fields<'_>) -> Result<Vec<usize>, MessageError> {
    let mut starts = Vec::new();
    while let Some(item) = fields.next_item()? {
        if item.tag == tag::BATCH_ITEM {
            starts.push(item.offset);
        }
    }
    Ok(starts)
}
