//! Secret octets of any length.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Secret octets: boxed, so that a move copies a pointer, and wiped when dropped.
///
/// No `Clone`, no serialisation; `Debug` shows the length only.
pub struct SecretBytes(Zeroizing<Box<[u8]>>);

impl SecretBytes {
    /// Copies `octets` into a box of its own. The caller wipes the original.
    #[must_use]
    pub fn copy_from(octets: &[u8]) -> Self {
        Self(Zeroizing::new(Box::from(octets)))
    }

    /// `len` octets that `fill` writes in place, so that no other copy exists.
    pub fn build(len: usize, fill: impl FnOnce(&mut [u8])) -> Self {
        let mut octets = Zeroizing::new(vec![0; len].into_boxed_slice());
        fill(&mut octets);
        Self(octets)
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
        let mut octets = Zeroizing::new(vec![0; len].into_boxed_slice());
        fill(&mut octets)?;
        Ok(Self(octets))
    }

    /// The octets. The one name under which secrets are read; `grep expose`.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Length in octets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no octets.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A second copy, asked for by name.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self::copy_from(self.expose())
    }

    /// Compares in constant time (of equal lengths).
    #[must_use]
    pub fn ct_eq(&self, other: &[u8]) -> bool {
        self.0.ct_eq(other).into()
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretBytes({} octets)", self.len())
    }
}
