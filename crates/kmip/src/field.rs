//! How a value stands under a tag: one trait for all item types, structures included, and one
//! for how often a field may stand in its structure. `structure!` puts them together.
//!
//! May touch: the message's bytes, through `Reader` and `Writer`.

mod base;
#[macro_use]
mod enumeration;
mod slot;

use strongroom_ttlv::{Tag, Writer};

pub(crate) use slot::{Place, Slot};

use crate::ProtocolVersion;
use crate::error::{Element, EncodeError, MessageError};
use crate::reader::Reader;

/// A value that stands under one tag.
pub(crate) trait Field: Sized {
    /// Reads the item `tag`, which must be there.
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError>;

    /// Writes the item, without what `version` does not have (I10).
    fn write(&self, out: &mut Writer<'_>, tag: Tag, version: ProtocolVersion);

    /// Refuses what `version` does not have inside the value.
    fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        let _ = version;
        Ok(())
    }

    /// Whether the value itself may be written in `version`: an enumeration's value may not, nor
    /// a structure whose required field would be missing.
    fn is_in(&self, version: ProtocolVersion) -> bool {
        let _ = version;
        true
    }

    /// Refuses, for a required field `tag`, a value that `version` does not have.
    fn require(&self, tag: Tag, version: ProtocolVersion) -> Result<(), EncodeError> {
        if self.is_in(version) {
            return Ok(());
        }
        let what = Element::ValueOf(tag);
        Err(EncodeError::NotInVersion { what, version })
    }

    /// The tag under which the value stands in `version` where the table of fields says `tag`.
    fn tag_in(tag: Tag, version: ProtocolVersion) -> Tag {
        let _ = version;
        tag
    }

    /// Reads any number of values, where the table of fields says `tag`.
    fn read_list(fields: &mut Reader<'_>, tag: Tag) -> Result<Vec<Self>, MessageError> {
        let tag = Self::tag_in(tag, fields.version());
        fields.fields(tag, |item| Self::read(item, tag))
    }

    /// Writes those of the values that may be written in `version`.
    fn write_list(list: &[Self], out: &mut Writer<'_>, tag: Tag, version: ProtocolVersion) {
        let tag = Self::tag_in(tag, version);
        for value in list.iter().filter(|value| value.is_in(version)) {
            value.write(out, tag, version);
        }
    }
}

/// The fields of one structure, whatever its tag.
pub(crate) trait Structure: Sized {
    /// Reads the fields. What is left is for the caller.
    fn read_fields(fields: &mut Reader<'_>) -> Result<Self, MessageError>;

    /// Writes the fields, without what `version` does not have (I10).
    fn write_fields(&self, out: &mut Writer<'_>, version: ProtocolVersion);

    /// Refuses a field or value that `version` does not have.
    fn check_fields(&self, version: ProtocolVersion) -> Result<(), EncodeError>;

    /// Refuses a structure that would lack a required field in `version`: the version has the
    /// field, and not its value.
    fn check_whole(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        let _ = version;
        Ok(())
    }

    /// Reads the fields, and refuses others in a strict reader.
    fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let value = Self::read_fields(&mut fields)?;
        fields.finish()?;
        Ok(value)
    }
}

/// Makes a `Structure` a `Field`: its fields inside an item.
macro_rules! structure_field {
    ($name:ty) => {
        impl $crate::field::Field for $name {
            fn read(
                fields: &mut $crate::reader::Reader<'_>,
                tag: strongroom_ttlv::Tag,
            ) -> Result<Self, $crate::MessageError> {
                <Self as $crate::field::Structure>::decode(fields.structure(tag)?)
            }

            fn write(
                &self,
                out: &mut strongroom_ttlv::Writer<'_>,
                tag: strongroom_ttlv::Tag,
                version: $crate::ProtocolVersion,
            ) {
                out.structure(tag, |out| {
                    $crate::field::Structure::write_fields(self, out, version);
                });
            }

            fn check(&self, version: $crate::ProtocolVersion) -> Result<(), $crate::EncodeError> {
                $crate::field::Structure::check_fields(self, version)
            }

            fn is_in(&self, version: $crate::ProtocolVersion) -> bool {
                $crate::field::Structure::check_whole(self, version).is_ok()
            }

            fn require(
                &self,
                _: strongroom_ttlv::Tag,
                version: $crate::ProtocolVersion,
            ) -> Result<(), $crate::EncodeError> {
                $crate::field::Structure::check_whole(self, version)
            }
        }
    };
}

/// Defines a structure of the specification: its fields in the order of the wire, each with its
/// tag and, where that is not the tag's own, the versions in which it may stand there.
///
/// ```text
/// structure! {
///     #[derive(Clone, Debug, Default, PartialEq, Eq)]
///     #[non_exhaustive]
///     pub struct GetRequest {
///         /// The object.
///         unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
///         /// As registered, or unwrapped.
///         key_wrap_type: Option<KeyWrapType> = KEY_WRAP_TYPE since V1_4,
///     }
/// }
/// ```
///
/// A structure with `Default` is `non_exhaustive`; one without is not, so that callers can build it:
/// there a field of a later version of KMIP is a new major version of this crate.
///
/// `T` is required, `Option<T>` may be absent, `Vec<T>` may repeat. The versions are those of the
/// tag, narrowed by `since` (the first) and `until` (the last).
macro_rules! structure {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(
                $(#[$field_meta:meta])*
                $field:ident: $type:ty = $tag:ident $(since $since:ident)? $(until $until:ident)?
            ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[doc = concat!(
                    "\n\nTag `", stringify!($tag), "`",
                    $(", from ", stringify!($since), )?
                    $(", until ", stringify!($until), )?
                    "."
                )]
                pub $field: $type,
            )*
        }

        impl $name {
            $(
                #[expect(non_upper_case_globals, reason = "named as the field is")]
                const $field: $crate::field::Place = $crate::field::Place::of($crate::tag::$tag)
                    $(.since($crate::ProtocolVersion::$since))?
                    $(.until($crate::ProtocolVersion::$until))?;
            )*
        }

        structure_field!($name);

        impl $crate::field::Structure for $name {
            fn read_fields(
                fields: &mut $crate::reader::Reader<'_>,
            ) -> Result<Self, $crate::MessageError> {
                let _ = &fields;
                Ok(Self {
                    $($field: $crate::field::Slot::take(fields, Self::$field)?,)*
                })
            }

            fn write_fields(
                &self,
                out: &mut strongroom_ttlv::Writer<'_>,
                version: $crate::ProtocolVersion,
            ) {
                let _ = (&out, version);
                $($crate::field::Slot::put(&self.$field, out, Self::$field, version);)*
            }

            fn check_fields(
                &self,
                version: $crate::ProtocolVersion,
            ) -> Result<(), $crate::EncodeError> {
                let _ = version;
                $($crate::field::Slot::check(&self.$field, Self::$field, version)?;)*
                Ok(())
            }

            fn check_whole(
                &self,
                version: $crate::ProtocolVersion,
            ) -> Result<(), $crate::EncodeError> {
                let _ = version;
                $($crate::field::Slot::check_whole(&self.$field, Self::$field, version)?;)*
                Ok(())
            }
        }
    };
}

impl<T: Field> Field for Box<T> {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        T::read(fields, tag).map(Self::new)
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, version: ProtocolVersion) {
        (**self).write(out, tag, version);
    }

    fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        (**self).check(version)
    }

    fn is_in(&self, version: ProtocolVersion) -> bool {
        (**self).is_in(version)
    }

    fn require(&self, tag: Tag, version: ProtocolVersion) -> Result<(), EncodeError> {
        (**self).require(tag, version)
    }

    fn tag_in(tag: Tag, version: ProtocolVersion) -> Tag {
        T::tag_in(tag, version)
    }
}
