//! `Lease Time` of a ticket (KMIP 2.0, 6.1.29; KMIP 2.1, 6.1.30).
//!
//! May touch: nothing.

use strongroom_ttlv::{ItemType, Tag, Writer};

use crate::error::MessageError;
use crate::field::Field;
use crate::reader::Reader;
use crate::{DateTime, Interval, ProtocolVersion};

/// How long a ticket is good (KMIP 2.0, 6.1.29; KMIP 2.1, 6.1.30).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LeaseTime {
    /// For so long.
    Interval(Interval),
    /// Until then.
    DateTime(DateTime),
}

impl From<Interval> for LeaseTime {
    fn from(interval: Interval) -> Self {
        Self::Interval(interval)
    }
}

impl From<DateTime> for LeaseTime {
    fn from(date_time: DateTime) -> Self {
        Self::DateTime(date_time)
    }
}

impl Field for LeaseTime {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Ok(match fields.type_of(tag)? {
            Some(ItemType::DateTime) => Self::DateTime(DateTime::read(fields, tag)?),
            _ => Self::Interval(Interval::read(fields, tag)?),
        })
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, version: ProtocolVersion) {
        match self {
            Self::Interval(interval) => interval.write(out, tag, version),
            Self::DateTime(date_time) => date_time.write(out, tag, version),
        }
    }
}
