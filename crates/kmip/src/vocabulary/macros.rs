//! The forms that generated files fill: terms, enumerations, masks, attributes.
//!
//! A row is `number, "name", "text name", first..=last version;`. May touch: nothing.

/// A constant vocabulary of these rows, sorted by number.
macro_rules! vocabulary {
    ($name:literal, $kind:ident, {
        $($number:literal, $text:literal, $text_name:literal, $first:ident..=$last:ident
            $(, deprecated $deprecated:ident)?;)*
    } text order [$($at:literal),*] other text names [$($other:literal = $meant:literal),*]) => {{
        const TERMS: &[$crate::vocabulary::Term] = &[$(
            $crate::vocabulary::Term::new(
                $number,
                $text,
                $text_name,
                $crate::version::Versions::new(
                    $crate::ProtocolVersion::$first,
                    $crate::ProtocolVersion::$last,
                ),
            )$(.deprecated($crate::ProtocolVersion::$deprecated))?,
        )*];
        const TEXT_ORDER: &[u16] = &[$($at),*];
        const OTHER: &[(&str, u32)] = &[$(($other, $meant)),*];
        const VOCABULARY: $crate::vocabulary::Vocabulary = $crate::vocabulary::Vocabulary::new(
            ($name, $crate::vocabulary::Kind::$kind),
            TERMS,
            TEXT_ORDER,
            OTHER,
        );
        &VOCABULARY
    }};
}

/// Defines one enumeration, open: a number that a later version or a vendor brings survives.
///
/// `Debug` and `Display` print the specification's name, or the number in hex.
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident = $spec:literal {
        $($value:ident = $number:literal, $text:literal, $text_name:literal,
            $first:ident..=$last:ident $(, deprecated $deprecated:ident)?;)*
    } text order $order:tt other text names $other:tt) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u32);

        impl $name {
            $(
                #[doc = concat!("`", $text, "`.")]
                pub const $value: Self = Self($number);
            )*

            /// The values that KMIP names, by number.
            pub const KNOWN: &'static [Self] = &[$(Self::$value),*];

            /// Names and versions of the values.
            pub const VOCABULARY: &'static $crate::vocabulary::Vocabulary = vocabulary!(
                $spec, Enumeration, {
                    $($number, $text, $text_name, $first..=$last $(, deprecated $deprecated)?;)*
                } text order $order other text names $other
            );

            /// The value with this number, known or not.
            #[must_use]
            pub const fn new(number: u32) -> Self {
                Self(number)
            }

            /// The number on the wire.
            #[must_use]
            pub const fn value(self) -> u32 {
                self.0
            }

            /// Names and versions of this value; `None` for a number that KMIP does not name.
            #[must_use]
            pub const fn term(self) -> Option<&'static $crate::vocabulary::Term> {
                Self::VOCABULARY.by_number(self.0)
            }

            /// The name in the specification; `None` for a number that it does not name.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.term() {
                    Some(term) => Some(term.name),
                    None => None,
                }
            }

            /// The versions that have this value; `None` for a number without a name.
            #[must_use]
            pub const fn versions(self) -> Option<$crate::version::Versions> {
                match self.term() {
                    Some(term) => Some(term.versions),
                    None => None,
                }
            }

            /// The first version that has this value; `None` for a number without a name.
            #[must_use]
            pub const fn since(self) -> Option<$crate::ProtocolVersion> {
                match self.term() {
                    Some(term) => Some(term.versions.first()),
                    None => None,
                }
            }

            /// The value of this name, spelled as in the specification; case does not matter.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::VOCABULARY.by_name(name).map(|term| Self(term.number))
            }
        }

        enumeration_field!($name);

        impl $crate::vocabulary::Enumeration for $name {
            const VOCABULARY: &'static $crate::vocabulary::Vocabulary = Self::VOCABULARY;
        }

        impl From<u32> for $name {
            fn from(number: u32) -> Self {
                Self(number)
            }
        }

        impl From<$name> for u32 {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, concat!(stringify!($name), "({:#010x})"), self.0),
                }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, "{:#010x}", self.0),
                }
            }
        }
    };
}

/// Defines one mask, open: a bit that a later version or a vendor brings survives.
///
/// `Display` prints the specification's names, and in hex what has none.
macro_rules! open_mask {
    ($(#[$doc:meta])* $name:ident = $spec:literal {
        $($bit:ident = $number:literal, $text:literal, $text_name:literal,
            $first:ident..=$last:ident $(, deprecated $deprecated:ident)?;)*
    } text order $order:tt other text names $other:tt) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
        pub struct $name(u32);

        impl $name {
            $(
                #[doc = concat!("`", $text, "`.")]
                pub const $bit: Self = Self($number);
            )*

            /// Names and versions of the bits.
            pub const VOCABULARY: &'static $crate::vocabulary::Vocabulary = vocabulary!(
                $spec, Mask, {
                    $($number, $text, $text_name, $first..=$last $(, deprecated $deprecated)?;)*
                } text order $order other text names $other
            );

            /// The mask with these bits, named or not.
            #[must_use]
            pub const fn new(bits: u32) -> Self {
                Self(bits)
            }

            /// The bits.
            #[must_use]
            pub const fn bits(self) -> u32 {
                self.0
            }

            /// Whether every bit of `other` is set here.
            #[must_use]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// The mask without the bits that `version` does not have (I10). Vendor bits stay.
            #[must_use]
            pub fn in_version(self, version: $crate::ProtocolVersion) -> Self {
                let mut bits = self.0;
                for term in Self::VOCABULARY.terms() {
                    if !version.has(Some(term.versions)) {
                        bits &= !term.number;
                    }
                }
                Self(bits)
            }

            /// The mask as the Integer on the wire; bit 31 is the sign.
            #[must_use]
            pub const fn to_wire(self) -> i32 {
                self.0.cast_signed()
            }

            /// The mask of an Integer on the wire.
            #[must_use]
            pub const fn from_wire(integer: i32) -> Self {
                Self(integer.cast_unsigned())
            }
        }

        mask_field!($name, $spec);

        impl $crate::vocabulary::Mask for $name {
            const VOCABULARY: &'static $crate::vocabulary::Vocabulary = Self::VOCABULARY;

            fn from_wire(integer: i32) -> Self {
                Self::from_wire(integer)
            }

            fn to_wire(self) -> i32 {
                self.to_wire()
            }

            fn in_version(self, version: $crate::ProtocolVersion) -> Self {
                self.in_version(version)
            }
        }

        impl core::ops::BitOr for $name {
            type Output = Self;

            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }

        impl core::ops::BitOrAssign for $name {
            fn bitor_assign(&mut self, other: Self) {
                self.0 |= other.0;
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                use $crate::vocabulary::Part;

                if self.0 == 0 {
                    return f.write_str("0x00000000");
                }
                let mut separator = "";
                for part in Self::VOCABULARY.parts(self.0) {
                    match part {
                        Part::Named(term) => write!(f, "{separator}{}", term.name)?,
                        Part::Unnamed(bits) => write!(f, "{separator}{bits:#010x}")?,
                    }
                    separator = " | ";
                }
                Ok(())
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

/// The rows of attributes,
/// `"name", attribute name, tag, [item types], values, many, first..=last version;`,
/// and the positions of those with a tag in the order of tags.
macro_rules! attributes {
    ($($name:literal, $attribute_name:expr, $tag:expr, [$($item_type:ident),*], $values:expr,
        $many:literal, $first:ident..=$last:ident;)* tag order [$($at:literal),*]) => {
        (
            &[$(
                $crate::vocabulary::AttributeTerm {
                    name: $name,
                    attribute_name: $attribute_name,
                    tag: $tag,
                    item_types: &[$(strongroom_ttlv::ItemType::$item_type),*],
                    values: $values,
                    many: $many,
                    versions: $crate::version::Versions::new(
                        $crate::ProtocolVersion::$first,
                        $crate::ProtocolVersion::$last,
                    ),
                },
            )*],
            &[$($at),*],
        )
    };
}
