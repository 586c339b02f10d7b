//! Which items of a message were read, so that the others can be kept aside.
//!
//! May touch: offsets.

use std::cell::RefCell;

use strongroom_ttlv::{DecodeError, Fields, Item, Tag, Value};

/// How an item was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// As a whole.
    Whole,
    /// As a structure whose fields are read one by one.
    Fields,
}

/// The items that were read, by their place in the message.
#[derive(Debug, Default)]
pub(crate) struct Record {
    read: RefCell<Vec<(usize, Extent)>>,
}

impl Record {
    /// The item at `offset` was read.
    pub(super) fn note(&self, offset: usize, extent: Extent) {
        self.read.borrow_mut().push((offset, extent));
    }

    /// How many notes there are.
    pub(super) fn mark(&self) -> usize {
        self.read.borrow().len()
    }

    /// Takes back what was noted after `mark`: nothing came of it.
    pub(super) fn roll_back(&self, mark: usize) {
        self.read.borrow_mut().truncate(mark);
    }

    /// Calls `keep` with each item of `fields` that nobody read, in the order of the message, and
    /// with the tags of the structures that it stands in.
    pub(crate) fn unread<'a>(
        self,
        fields: Fields<'a>,
        keep: &mut dyn FnMut(&[Tag], &Item<'a>),
    ) -> Result<(), DecodeError> {
        let mut read = self.read.into_inner();
        read.sort_unstable_by_key(|&(offset, extent)| (offset, extent as u8));
        let path = &mut vec![fields.within()];
        walk(&read, fields, path, keep)
    }
}

/// The depth is bounded: the limits of the message hold for it.
fn walk<'a>(
    read: &[(usize, Extent)],
    mut fields: Fields<'a>,
    path: &mut Vec<Tag>,
    keep: &mut dyn FnMut(&[Tag], &Item<'a>),
) -> Result<(), DecodeError> {
    while let Some(item) = fields.next_item()? {
        match (extent(read, item.offset), &item.value) {
            (None, _) => keep(path, &item),
            (Some(Extent::Fields), Value::Structure(inner)) => {
                path.push(item.tag);
                walk(read, inner.clone(), path, keep)?;
                path.pop();
            }
            (Some(_), _) => {}
        }
    }
    Ok(())
}

/// How the item at `offset` was read; as a whole, where it was read in both ways.
fn extent(read: &[(usize, Extent)], offset: usize) -> Option<Extent> {
    let at = read.partition_point(|&(found, _)| found < offset);
    let (found, extent) = read.get(at)?;
    (*found == offset).then_some(*extent)
}
