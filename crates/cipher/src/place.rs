//! Where a unit belongs and which writing of it this is. Authenticated, never stored.
//!
//! May touch: values only.

use crate::error::PlaceError;

/// The place of a unit: an object (a file, a table) and the unit's number in it.
///
/// A unit opens only at the place it was sealed for, so units cannot be swapped unseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    object: &'a [u8],
    object_len: u8,
    unit: u64,
}

impl<'a> Place<'a> {
    /// No place: for an engine that does not know the address when it seals. Units sealed so can
    /// be swapped with each other within one key id and nobody notices.
    pub const UNPLACED: Place<'static> = Place {
        object: &[],
        object_len: 0,
        unit: 0,
    };

    /// Unit number `unit` of `object`, which has 1 to 255 octets.
    ///
    /// # Errors
    ///
    /// [`PlaceError`] when `object` is empty or longer than 255 octets.
    pub fn new(object: &'a [u8], unit: u64) -> Result<Self, PlaceError> {
        let refused = PlaceError { len: object.len() };
        let object_len = u8::try_from(object.len()).map_err(|_| refused)?;
        if object_len == 0 {
            return Err(refused);
        }
        Ok(Self {
            object,
            object_len,
            unit,
        })
    }

    /// The same object, another unit.
    #[must_use]
    pub const fn at(self, unit: u64) -> Self {
        Self { unit, ..self }
    }

    /// The object.
    #[must_use]
    pub const fn object(&self) -> &'a [u8] {
        self.object
    }

    /// The unit's number.
    #[must_use]
    pub const fn unit(&self) -> u64 {
        self.unit
    }

    pub(crate) const fn object_len(&self) -> u8 {
        self.object_len
    }
}

/// Which writing of the unit this is, where the engine keeps count in a place of its own.
///
/// With it, an old version of a unit put back in its place is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteVersion {
    /// The engine keeps no count: an old version of a unit opens in its old place.
    Unversioned,
    /// Writing number so and so.
    At(u64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_has_1_to_255_octets() {
        for (len, accepted) in [(0, false), (1, true), (255, true), (256, false)] {
            assert_eq!(
                Place::new(&vec![b'o'; len], 0).is_ok(),
                accepted,
                "{len} octets"
            );
        }
    }
}
