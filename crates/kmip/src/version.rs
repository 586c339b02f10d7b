//! Protocol versions, and the one rule for what a version knows (I10).
//!
//! May touch: numbers only. Tags, values and attributes say in their own tables which version
//! brought them (`since`); whether something may stand in a message is asked here.

use std::fmt;

use crate::enumeration::ResultReason;

/// A protocol version (KMIP 1.0, 6.1). Versions are ordered by age.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProtocolVersion {
    /// Protocol Version Major.
    pub major: i32,
    /// Protocol Version Minor.
    pub minor: i32,
}

impl ProtocolVersion {
    /// KMIP 1.0, the only version that PSMDB speaks.
    pub const V1_0: Self = Self::new(1, 0);
    /// KMIP 1.1: Discover Versions.
    pub const V1_1: Self = Self::new(1, 1);
    /// KMIP 1.2: Encrypt, Decrypt, attestation.
    pub const V1_2: Self = Self::new(1, 2);
    /// KMIP 1.3: Offset Items, Located Items, profiles in Query.
    pub const V1_3: Self = Self::new(1, 3);
    /// KMIP 1.4: correlation values in headers, Sensitive, authenticated encryption.
    pub const V1_4: Self = Self::new(1, 4);
    /// KMIP 2.0: attributes as typed fields.
    pub const V2_0: Self = Self::new(2, 0);
    /// KMIP 2.1.
    pub const V2_1: Self = Self::new(2, 1);

    /// The versions that this crate reads and writes, newest first, as Discover Versions wants them.
    pub const SUPPORTED: &'static [Self] = &[
        Self::V2_1,
        Self::V2_0,
        Self::V1_4,
        Self::V1_3,
        Self::V1_2,
        Self::V1_1,
        Self::V1_0,
    ];

    /// The versions of 1.x, newest first: what to offer and to answer unless 2.x is asked for. Its
    /// attributes have another form, and few servers have it.
    pub const ONE: &'static [Self] = &[Self::V1_4, Self::V1_3, Self::V1_2, Self::V1_1, Self::V1_0];

    /// The version `major.minor`.
    #[must_use]
    pub const fn new(major: i32, minor: i32) -> Self {
        Self { major, minor }
    }

    /// Whether this crate reads and writes this version.
    #[must_use]
    pub fn is_supported(self) -> bool {
        Self::SUPPORTED.contains(&self)
    }

    /// Whether a message of this version may hold what `versions` have: not what came later, and
    /// not what is gone.
    ///
    /// `None` stands for what no version names, such as vendor values: these pass.
    #[must_use]
    pub fn has(self, versions: Option<Versions>) -> bool {
        versions.is_none_or(|versions| versions.contains(self))
    }
}

/// The versions that have something: from the first to the last, both included.
///
/// What is still there has the newest version that this crate knows as its last.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Versions {
    first: ProtocolVersion,
    last: ProtocolVersion,
}

impl Versions {
    /// From `first` to `last`.
    #[must_use]
    pub const fn new(first: ProtocolVersion, last: ProtocolVersion) -> Self {
        Self { first, last }
    }

    /// The version that brought it.
    #[must_use]
    pub const fn first(self) -> ProtocolVersion {
        self.first
    }

    /// The last version that has it.
    #[must_use]
    pub const fn last(self) -> ProtocolVersion {
        self.last
    }

    /// Whether `version` is one of them.
    #[must_use]
    pub fn contains(self, version: ProtocolVersion) -> bool {
        self.first <= version && version <= self.last
    }
}

impl fmt::Debug for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KMIP {} to {}", self.first, self.last)
    }
}

impl fmt::Display for ProtocolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl fmt::Debug for ProtocolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KMIP {self}")
    }
}

impl ResultReason {
    /// The reason to give in a message of `version`: itself, or the nearest that `version` has.
    ///
    /// A client of 1.0 that is told "Object Not Found" (KMIP 2.0) does not know that the key is
    /// absent; Item Not Found says it. 2.0 in turn gave up two reasons.
    #[must_use]
    pub fn in_version(self, version: ProtocolVersion) -> Self {
        if version.has(self.versions()) {
            return self;
        }
        match self {
            Self::OBJECT_NOT_FOUND | Self::OBJECT_DESTROYED => Self::ITEM_NOT_FOUND,
            Self::WRONG_KEY_LIFECYCLE_STATE
            | Self::NOT_AUTHORISED
            | Self::SENSITIVE
            | Self::NOT_EXTRACTABLE => Self::PERMISSION_DENIED,
            Self::UNSUPPORTED_PROTOCOL_VERSION | Self::UNKNOWN_TAG | Self::CODEC_ERROR => {
                Self::INVALID_MESSAGE
            }
            Self::UNSUPPORTED_ATTRIBUTE
            | Self::INVALID_ATTRIBUTE
            | Self::INVALID_ATTRIBUTE_VALUE
            | Self::ENCODING_OPTION_ERROR => Self::INVALID_FIELD,
            Self::INDEX_OUT_OF_BOUNDS => Self::ATTRIBUTE_INSTANCE_NOT_FOUND,
            _ => Self::GENERAL_FAILURE,
        }
    }
}
