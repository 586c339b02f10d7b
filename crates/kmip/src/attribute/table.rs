//! The one table of typed attributes: `AttributeValue` is made from it.
//!
//! May touch: what the values touch.

/// Defines `AttributeValue`: `Variant(type of the value) = TAG,` for each attribute that stands
/// under one tag, then, as it is, what does not.
///
/// The attribute's name is the tag's.
macro_rules! attribute_values {
    (
        $(#[$enum_doc:meta])*
        pub enum $enum:ident {
            $( $(#[$doc:meta])* $variant:ident($type:ty) = $tag:ident, )*
        }
        and { $($rest:tt)* }
    ) => {
        $(#[$enum_doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $enum {
            $(
                $(#[$doc])*
                $variant($type),
            )*
            $($rest)*
        }

        /// Names of the attributes.
        struct Heading;

        #[expect(non_upper_case_globals, reason = "named as the variants are")]
        impl Heading {
            $(const $variant: &'static str = heading($crate::tag::$tag);)*
        }

        impl $enum {
            /// Name and tag of a value in the table.
            const fn row(&self) -> Option<(&'static str, strongroom_ttlv::Tag)> {
                match self {
                    $(Self::$variant(_) => Some((Heading::$variant, $crate::tag::$tag)),)*
                    _ => None,
                }
            }

            /// Reads the item `tag` as the value of the attribute `name`; `None` for a name that
            /// is not in the table.
            fn read_row(
                name: &str,
                fields: &mut $crate::reader::Reader<'_>,
                tag: strongroom_ttlv::Tag,
            ) -> Result<Option<Self>, $crate::MessageError> {
                Ok(Some(match name {
                    $(Heading::$variant => {
                        Self::$variant($crate::field::Field::read(fields, tag)?)
                    })*
                    _ => return Ok(None),
                }))
            }

            /// Writes a value in the table as the item `tag`; says whether it is one.
            fn write_row(
                &self,
                out: &mut strongroom_ttlv::Writer<'_>,
                tag: strongroom_ttlv::Tag,
                version: $crate::ProtocolVersion,
            ) -> bool {
                match self {
                    $(Self::$variant(value) => {
                        $crate::field::Field::write(value, out, tag, version);
                    })*
                    _ => return false,
                }
                true
            }

            /// Refuses what `version` does not have inside a value in the table.
            fn check_row(
                &self,
                version: $crate::ProtocolVersion,
            ) -> Result<(), $crate::EncodeError> {
                match self {
                    $(Self::$variant(value) => $crate::field::Field::check(value, version),)*
                    _ => Ok(()),
                }
            }

            /// Whether the value of a row may be written in `version`.
            fn row_is_in(&self, version: $crate::ProtocolVersion) -> bool {
                match self {
                    $(Self::$variant(value) => $crate::field::Field::is_in(value, version),)*
                    _ => true,
                }
            }
        }
    };
}
