//! `Server Information`: who and what the server is (KMIP 1.0, 4.24; KMIP 2.0, 7.24; KMIP 2.1, 7.37).
//!
//! May touch: nothing.

use strongroom_ttlv::{OwnedItem, Tag, Writer};

use crate::error::{EncodeError, MessageError};
use crate::field::{Place, Slot, Structure};
use crate::reader::{self, Mode, Reader};
use crate::{ProtocolVersion, tag, write};

/// Who and what the server is (KMIP 1.0, 4.24; KMIP 2.1, 7.37). Every field may be absent.
///
/// ```text
/// Server Information 0x420088 Structure
///   Server Name                  0x42012D Text String              2.0
///   Server Serial Number         0x42012E Text String              2.0
///   Server Version               0x42012F Text String              2.0
///   Server Load                  0x420130 Text String              2.0
///   Product Name                 0x420131 Text String              2.0
///   Build Level                  0x420132 Text String              2.0
///   Build Date                   0x420133 Text String              2.0
///   Cluster Info                 0x420134 Text String              2.0
///   Alternate Failover Endpoints 0x420135 Text String, any number  2.0
///   the vendor's own items, any number
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerInformation {
    /// Its name (2.0 on).
    pub server_name: Option<String>,
    /// Its serial number (2.0 on).
    pub server_serial_number: Option<String>,
    /// Its version (2.0 on).
    pub server_version: Option<String>,
    /// How busy it is, in the vendor's words (2.0 on).
    pub server_load: Option<String>,
    /// The product (2.0 on).
    pub product_name: Option<String>,
    /// Its build (2.0 on).
    pub build_level: Option<String>,
    /// When it was built (2.0 on).
    pub build_date: Option<String>,
    /// The cluster that it belongs to (2.0 on).
    pub cluster_info: Option<String>,
    /// Where else to ask (2.0 on).
    pub alternate_failover_endpoints: Vec<String>,
    /// The vendor's own items, as they came.
    pub vendor_specific: Vec<OwnedItem>,
}

structure_field!(ServerInformation);

const SERVER_NAME: Place = Place::of(tag::SERVER_NAME);
const SERVER_SERIAL_NUMBER: Place = Place::of(tag::SERVER_SERIAL_NUMBER);
const SERVER_VERSION: Place = Place::of(tag::SERVER_VERSION);
const SERVER_LOAD: Place = Place::of(tag::SERVER_LOAD);
const PRODUCT_NAME: Place = Place::of(tag::PRODUCT_NAME);
const BUILD_LEVEL: Place = Place::of(tag::BUILD_LEVEL);
const BUILD_DATE: Place = Place::of(tag::BUILD_DATE);
const CLUSTER_INFO: Place = Place::of(tag::CLUSTER_INFO);
const ENDPOINTS: Place = Place::of(tag::ALTERNATE_FAILOVER_ENDPOINTS);

impl ServerInformation {
    /// The fields with their places, in the order of the wire.
    fn texts(&self) -> [(&Option<String>, Place); 8] {
        [
            (&self.server_name, SERVER_NAME),
            (&self.server_serial_number, SERVER_SERIAL_NUMBER),
            (&self.server_version, SERVER_VERSION),
            (&self.server_load, SERVER_LOAD),
            (&self.product_name, PRODUCT_NAME),
            (&self.build_level, BUILD_LEVEL),
            (&self.build_date, BUILD_DATE),
            (&self.cluster_info, CLUSTER_INFO),
        ]
    }
}

impl Structure for ServerInformation {
    fn read_fields(fields: &mut Reader<'_>) -> Result<Self, MessageError> {
        Ok(Self {
            server_name: Slot::take(fields, SERVER_NAME)?,
            server_serial_number: Slot::take(fields, SERVER_SERIAL_NUMBER)?,
            server_version: Slot::take(fields, SERVER_VERSION)?,
            server_load: Slot::take(fields, SERVER_LOAD)?,
            product_name: Slot::take(fields, PRODUCT_NAME)?,
            build_level: Slot::take(fields, BUILD_LEVEL)?,
            build_date: Slot::take(fields, BUILD_DATE)?,
            cluster_info: Slot::take(fields, CLUSTER_INFO)?,
            alternate_failover_endpoints: Slot::take(fields, ENDPOINTS)?,
            vendor_specific: vendor_items(fields)?,
        })
    }

    fn write_fields(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        for (text, place) in self.texts() {
            text.put(out, place, version);
        }
        self.alternate_failover_endpoints
            .put(out, ENDPOINTS, version);
        for item in &self.vendor_specific {
            write::owned_item(out, item);
        }
    }

    fn check_fields(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        for (text, place) in self.texts() {
            Slot::check(text, place, version)?;
        }
        Slot::check(&self.alternate_failover_endpoints, ENDPOINTS, version)
    }
}

/// What is left (strict), or whatever has none of the tags above (tolerant).
fn vendor_items(fields: &mut Reader<'_>) -> Result<Vec<OwnedItem>, MessageError> {
    let strict = fields.mode() == Mode::Strict;
    let mut items = Vec::new();
    let mut rest = fields.clone().strict();
    while let Some(next) = rest.peek() {
        let item = rest.need(next, reader::any_item)?;
        if strict || !is_typed(next) {
            items.push(item.to_owned_item());
        }
    }
    *fields = rest;
    Ok(items)
}

const fn is_typed(found: Tag) -> bool {
    matches!(
        found,
        tag::SERVER_NAME
            | tag::SERVER_SERIAL_NUMBER
            | tag::SERVER_VERSION
            | tag::SERVER_LOAD
            | tag::PRODUCT_NAME
            | tag::BUILD_LEVEL
            | tag::BUILD_DATE
            | tag::CLUSTER_INFO
            | tag::ALTERNATE_FAILOVER_ENDPOINTS
    )
}
