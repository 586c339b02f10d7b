//! What a reader is willing to take from bytes that someone else wrote.

use crate::tolerance::{Tolerance, Tolerances};

/// Bounds on a message, checked before anything is allocated or waited for.
///
/// The defaults suit a client and a development server; see each constant for its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Octets of the whole message, its header included.
    pub message_len: usize,
    /// Structures inside one another, the message itself included; above
    /// [`Limits::MAX_DEPTH`] the latter counts.
    pub depth: usize,
    /// Items in the whole message, structures included.
    pub items: usize,
    /// Octets of one Text String.
    pub text_len: usize,
    /// Octets of one Byte String or Big Integer.
    pub bytes_len: usize,
    /// Breaches of the format that are taken all the same.
    pub tolerances: Tolerances,
}

impl Limits {
    /// The deepest nesting that any configuration allows: the checker's stack has this
    /// many slots. 756 captured messages of KMIP 1.0 to 2.0 have at most 8 levels.
    pub const MAX_DEPTH: usize = 64;

    /// 1 MiB, 32 levels, 4096 items, 64 KiB of text, 1 MiB of bytes.
    ///
    /// A Get answer has 312 octets, 20 items and 6 levels. 1 MiB leaves room for
    /// certificates and long batches; 4096 items bound what a typed decoder may build from
    /// one message; names, ids and error texts stay far below 64 KiB.
    pub const DEFAULT: Self = Self {
        message_len: 1 << 20,
        depth: 32,
        items: 4096,
        text_len: 1 << 16,
        bytes_len: 1 << 20,
        tolerances: Tolerances::NONE,
    };

    /// No bound but those of the format itself and [`Limits::MAX_DEPTH`]. For bytes that
    /// are in memory anyway and not turned into anything larger.
    pub const FORMAT: Self = Self {
        message_len: usize::MAX,
        depth: Self::MAX_DEPTH,
        items: usize::MAX,
        text_len: usize::MAX,
        bytes_len: usize::MAX,
        tolerances: Tolerances::NONE,
    };

    /// The same with another [`message_len`](Self::message_len), in octets.
    #[must_use]
    pub const fn with_message_len(self, message_len: usize) -> Self {
        Self {
            message_len,
            ..self
        }
    }

    /// The same with another [`depth`](Self::depth).
    #[must_use]
    pub const fn with_depth(self, depth: usize) -> Self {
        Self { depth, ..self }
    }

    /// The same with another number of [`items`](Self::items).
    #[must_use]
    pub const fn with_items(self, items: usize) -> Self {
        Self { items, ..self }
    }

    /// The same with another [`text_len`](Self::text_len), in octets.
    #[must_use]
    pub const fn with_text_len(self, text_len: usize) -> Self {
        Self { text_len, ..self }
    }

    /// The same with another [`bytes_len`](Self::bytes_len), in octets.
    #[must_use]
    pub const fn with_bytes_len(self, bytes_len: usize) -> Self {
        Self { bytes_len, ..self }
    }

    /// The same, and `tolerance` is granted too.
    #[must_use]
    pub const fn with_tolerance(self, tolerance: Tolerance) -> Self {
        let tolerances = self.tolerances.with(tolerance);
        Self { tolerances, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
