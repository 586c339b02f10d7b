//! Enumerations and masks as fields; `open_enum!` and `open_mask!` call these macros.
//!
//! May touch: the message's bytes, through `Reader` and `Writer`.

/// Makes an enumeration a `Field`. A value that a version does not have is refused in requests,
/// read or written, and left out of answers (I10).
macro_rules! enumeration_field {
    ($name:ident) => {
        impl $crate::field::Field for $name {
            fn read(
                fields: &mut $crate::reader::Reader<'_>,
                tag: strongroom_ttlv::Tag,
            ) -> Result<Self, $crate::MessageError> {
                let value: Self = fields.need(tag, strongroom_ttlv::Fields::enumeration)?;
                let name = value.name().unwrap_or(stringify!($name));
                fields.admit_value(tag, value.versions(), name)?;
                Ok(value)
            }

            fn write(
                &self,
                out: &mut strongroom_ttlv::Writer<'_>,
                tag: strongroom_ttlv::Tag,
                _: $crate::ProtocolVersion,
            ) {
                out.enumeration(tag, *self);
            }

            fn check(&self, version: $crate::ProtocolVersion) -> Result<(), $crate::EncodeError> {
                if $crate::field::Field::is_in(self, version) {
                    return Ok(());
                }
                let what = $crate::Element::Value(self.name().unwrap_or(stringify!($name)));
                Err($crate::EncodeError::NotInVersion { what, version })
            }

            fn is_in(&self, version: $crate::ProtocolVersion) -> bool {
                version.has(self.versions())
            }
        }
    };
}

/// Makes a mask a `Field`. A bit that a version does not have is refused in requests that are
/// written, and left out of answers (I10). Read it is always: published messages of 2.0 have a bit
/// that 2.0 does not name.
macro_rules! mask_field {
    ($name:ident, $spec:literal) => {
        impl $crate::field::Field for $name {
            fn read(
                fields: &mut $crate::reader::Reader<'_>,
                tag: strongroom_ttlv::Tag,
            ) -> Result<Self, $crate::MessageError> {
                Ok(Self::from_wire(
                    fields.need(tag, strongroom_ttlv::Fields::integer)?,
                ))
            }

            fn write(
                &self,
                out: &mut strongroom_ttlv::Writer<'_>,
                tag: strongroom_ttlv::Tag,
                version: $crate::ProtocolVersion,
            ) {
                out.integer(tag, self.in_version(version).to_wire());
            }

            fn check(&self, version: $crate::ProtocolVersion) -> Result<(), $crate::EncodeError> {
                if self.in_version(version) == *self {
                    return Ok(());
                }
                let what = $crate::Element::Field(concat!("a bit of ", $spec));
                Err($crate::EncodeError::NotInVersion { what, version })
            }
        }
    };
}
