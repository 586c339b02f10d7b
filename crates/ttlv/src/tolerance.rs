//! Breaches of the format that a reader may be told to take, one by one. None is taken by default.

/// One breach of the format, seen from servers in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Tolerance {
    /// An Integer, Enumeration or Interval whose length field says 8: it counts the padding.
    /// The value is in the first four octets, the other four are zero.
    ///
    /// One server in use sends such items, and four decoders of nine that were tried take
    /// them, so that a server's authors may not notice.
    LengthCountsPadding,
    /// A Boolean that is neither 0 nor 1: it is true, as in C.
    ///
    /// Six decoders of nine that were tried take a 2, so that a server's authors may not notice.
    AnyTrue,
}

impl Tolerance {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::LengthCountsPadding, Self::AnyTrue];

    const fn bit(self) -> usize {
        match self {
            Self::LengthCountsPadding => 1,
            Self::AnyTrue => 1 << 1,
        }
    }
}

/// A set of [`Tolerance`]s, for [`Limits::with_tolerance`](crate::Limits::with_tolerance).
///
/// A tolerated message has a second encoding: what [`Writer::item`](crate::Writer::item) writes
/// of it is the right one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
// A whole word: what holds it is copied in words, and a word is not loaded from an octet just stored.
pub struct Tolerances(usize);

impl Tolerances {
    /// Nothing but the format.
    pub const NONE: Self = Self(0);

    /// The same set with `tolerance`.
    #[must_use]
    pub const fn with(self, tolerance: Tolerance) -> Self {
        Self(self.0 | tolerance.bit())
    }

    /// Whether `tolerance` is in the set.
    #[must_use]
    pub const fn has(self, tolerance: Tolerance) -> bool {
        self.0 & tolerance.bit() != 0
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}
