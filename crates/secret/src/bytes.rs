//! Secret octets of any length.

use std::fmt;

use subtle::ConstantTimeEq;

use crate::arena::Slot;

/// Secret octets: in key memory, so that a move copies a pointer, and wiped when dropped.
///
/// No `Clone`, no serialisation; `Debug` shows the length only. A forked child has none of the
/// secrets that its parent made: [`Self::expose`] gives no octets there.
pub struct SecretBytes {
    slot: Slot,
    /// A copy of what was lost already.
    is_lost: bool,
}

impl SecretBytes {
    /// Copies `octets` into a place of its own. The caller wipes the original.
    #[must_use]
    pub fn copy_from(octets: &[u8]) -> Self {
        Self::build(octets.len(), |place| place.copy_from_slice(octets))
    }

    /// `len` octets that `fill` writes in place, so that no other copy exists.
    pub fn build(len: usize, fill: impl FnOnce(&mut [u8])) -> Self {
        let mut slot = Slot::new(len);
        fill(slot.octets_mut());
        let is_lost = false;
        Self { slot, is_lost }
    }

    /// As [`Self::build`], where filling may fail.
    ///
    /// # Errors
    ///
    /// What `fill` returns; the octets are wiped.
    pub fn try_build<E>(
        len: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut slot = Slot::new(len);
        fill(slot.octets_mut())?;
        let is_lost = false;
        Ok(Self { slot, is_lost })
    }

    /// The octets. The one name under which secrets are read; `grep expose`.
    ///
    /// Empty in a child forked since they were made, whatever [`Self::len`] says: the kernel wiped
    /// them, and zeros must not pass for a key.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        match self.is_lost() {
            true => &[],
            false => self.slot.octets(),
        }
    }

    /// Whether the octets are gone: this is a child forked since they were made.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.is_lost || !self.slot.is_alive()
    }

    /// Length in octets.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.slot.len()
    }

    /// Whether there are no octets.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A second copy, asked for by name.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        let mut slot = Slot::new(self.len());
        slot.octets_mut().copy_from_slice(self.slot.octets());
        let is_lost = self.is_lost();
        Self { slot, is_lost }
    }

    /// Compares in constant time (of equal lengths). Nothing equals octets that are lost.
    #[must_use]
    pub fn ct_eq(&self, other: &[u8]) -> bool {
        !self.is_lost() && self.slot.octets().ct_eq(other).into()
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretBytes({} octets)", self.len())
    }
}
