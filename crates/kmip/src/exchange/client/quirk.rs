//! Named ways in which servers depart from the specification, and which of them are put up with.
//!
//! May touch: names and numbers only.

use std::fmt;

/// A way in which a server's answer departs from the specification of its version.
///
/// Those that servers in use are known for are put up with always, since an answer is not less sure for
/// them. The last three are put up with only where [`Exchange::tolerating`] names them, and never in an
/// answer that brings a key or another secret. Key material itself is read strictly whatever is put up
/// with: a key with a field that it should not have is refused.
///
/// [`Exchange::tolerating`]: super::Exchange::tolerating
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quirk {
    /// A field that came after the version of the answer, or that no version has.
    LaterField,
    /// `Server Correlation Value` (1.4) in the header of an older version: Vault up to 1.15.2
    /// (hashicorp/vault #24309), Entrust KeyControl (PyKMIP #695).
    EarlyServerCorrelationValue,
    /// `Object Type` in the answer to Register: Vault (hashicorp/vault #9147).
    ObjectTypeOfRegistered,
    /// Attributes beside the key material in a Key Value: Cosmian KMS (Cosmian/kms #687). They are
    /// read by tag; the key material beside them is not.
    AttributesInKeyValue,
    /// A Result Reason that came after the version of the answer: Cosmian KMS says Object Not Found
    /// and Wrong Key Lifecycle State (2.0) to clients of 1.x.
    LaterReason,
    /// A refusal that names no operation: PyKMIP and Cosmian KMS, where they cannot read the request.
    RefusalWithoutOperation,
    /// Invalid Message in place of Operation Not Supported: PyKMIP, for an operation that it cannot
    /// read. Told from a message that is really damaged by nothing but the lack of an operation.
    InvalidForUnsupported,
    /// A refusal in another version than the request's: PyKMIP says 1.0 where it cannot read the
    /// request.
    RefusalInOtherVersion,
    /// A success in another version than the request's. Off unless named.
    AnswerInOtherVersion,
    /// A `Unique Batch Item ID` in the answer to a request that had none: it may be the answer to
    /// another request. Off unless named.
    ForeignBatchItemId,
    /// A success that does not say of which operation. Off unless named.
    SuccessWithoutOperation,
}

impl Quirk {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::LaterField,
        Self::EarlyServerCorrelationValue,
        Self::ObjectTypeOfRegistered,
        Self::AttributesInKeyValue,
        Self::LaterReason,
        Self::RefusalWithoutOperation,
        Self::InvalidForUnsupported,
        Self::RefusalInOtherVersion,
        Self::AnswerInOtherVersion,
        Self::ForeignBatchItemId,
        Self::SuccessWithoutOperation,
    ];

    /// Whether it is put up with although nobody named it.
    #[must_use]
    pub const fn is_always_tolerated(self) -> bool {
        !matches!(
            self,
            Self::AnswerInOtherVersion | Self::ForeignBatchItemId | Self::SuccessWithoutOperation
        )
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// What the server does, in a few words.
impl fmt::Display for Quirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LaterField => "a field that this version does not have",
            Self::EarlyServerCorrelationValue => "Server Correlation Value before KMIP 1.4",
            Self::ObjectTypeOfRegistered => "Object Type in the answer to Register",
            Self::AttributesInKeyValue => "attributes in a Key Value",
            Self::LaterReason => "a Result Reason that this version does not have",
            Self::RefusalWithoutOperation => "a refusal without an operation",
            Self::InvalidForUnsupported => "Invalid Message for an operation that it does not have",
            Self::RefusalInOtherVersion => "a refusal in another version",
            Self::AnswerInOtherVersion => "an answer in another version",
            Self::ForeignBatchItemId => "a Unique Batch Item ID that the request did not have",
            Self::SuccessWithoutOperation => "a success without an operation",
        })
    }
}

/// A set of [`Quirk`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Quirks(u16);

impl Quirks {
    /// None.
    pub const NONE: Self = Self(0);

    /// The same with `quirk`.
    #[must_use]
    pub const fn with(self, quirk: Quirk) -> Self {
        Self(self.0 | quirk.bit())
    }

    /// Whether `quirk` is one of them.
    #[must_use]
    pub const fn contains(self, quirk: Quirk) -> bool {
        self.0 & quirk.bit() != 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order of [`Quirk::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Quirk> {
        Quirk::ALL
            .iter()
            .copied()
            .filter(move |quirk| self.contains(*quirk))
    }

    pub(super) const fn note(&mut self, quirk: Quirk, seen: bool) {
        if seen {
            *self = self.with(quirk);
        }
    }
}

impl FromIterator<Quirk> for Quirks {
    fn from_iter<I: IntoIterator<Item = Quirk>>(quirks: I) -> Self {
        quirks.into_iter().fold(Self::NONE, Self::with)
    }
}
