//! What PyKMIP 0.11.0 cannot do, each with its reason: measured on the wire.
//!
//! May touch: nothing.

use strongroom_kmip::ProtocolVersion;

use super::cell::Pin;

const V1_0: ProtocolVersion = ProtocolVersion::V1_0;
const V1_1: ProtocolVersion = ProtocolVersion::V1_1;
const V1_2: ProtocolVersion = ProtocolVersion::V1_2;
const V1_4: ProtocolVersion = ProtocolVersion::V1_4;
const V2_0: ProtocolVersion = ProtocolVersion::V2_0;

const fn pin(
    row: &'static str,
    (first, last): (ProtocolVersion, ProtocolVersion),
    shows: &'static str,
    why: &'static str,
) -> Pin {
    Pin {
        row,
        first,
        last,
        shows,
        why,
    }
}

const UNREAD: &str = "PyKMIP cannot read the request: it answers Invalid Message for all of it.";
const LACKS: &str = "PyKMIP reads the request and says that it lacks the operation.";

/// Our client against PyKMIP's server.
pub(super) const PYKMIP_SERVER: &[Pin] = &[
    pin(
        "Register: Template",
        (V1_0, V1_4),
        "Invalid Field",
        "PyKMIP has no objects of type Template.",
    ),
    pin("Register: PGP Key", (V1_2, V2_0), "Invalid Message", UNREAD),
    pin(
        "Register: Certificate Request",
        (V2_0, V2_0),
        "Invalid Message",
        UNREAD,
    ),
    pin("Re-key", (V1_0, V2_0), "Operation Not Supported", LACKS),
    pin(
        "Derive Key: HMAC",
        (V1_0, V2_0),
        "the derived octets are not those of the standard",
        "PyKMIP derives with HKDF (RFC 5869) where KMIP says HMAC.",
    ),
    pin(
        "Derive Key: ENCRYPT",
        (V1_0, V1_1),
        "Encryption algorithm is required",
        "PyKMIP wants a Cryptographic Algorithm in the Cryptographic Parameters, which have none before 1.2.",
    ),
    pin(
        "Get: wrapped",
        (V1_0, V1_0),
        "Encoding Option Error",
        "PyKMIP wants an Encoding Option, which 1.0 does not have.",
    ),
    pin("Add Attribute", (V1_0, V2_0), "Invalid Message", UNREAD),
    pin(
        "Delete Attribute: by name",
        (V2_0, V2_0),
        "Invalid Message",
        "PyKMIP reads an Attribute Reference only as a structure; KMIP 2.0 has an enumeration for standard attributes.",
    ),
    pin(
        "Delete Attribute: Name by value",
        (V2_0, V2_0),
        "General Failure",
        "PyKMIP fails on a Name as Current Attribute; other attributes go.",
    ),
    pin("Check", (V1_0, V2_0), "Operation Not Supported", LACKS),
    pin("Obtain Lease", (V1_0, V2_0), "Invalid Message", UNREAD),
    pin(
        "MAC Verify: HMAC-SHA-256",
        (V1_2, V2_0),
        "Invalid Message",
        UNREAD,
    ),
    pin("Hash: SHA-256", (V1_2, V2_0), "Invalid Message", UNREAD),
    pin("RNG Retrieve", (V1_2, V2_0), "Invalid Message", UNREAD),
];

#[cfg(test)]
mod tests {
    use super::super::rows::ROWS;
    use super::*;

    #[test]
    fn every_pin_belongs_to_a_row_that_is_in_its_versions() {
        for pin in PYKMIP_SERVER {
            let row = ROWS.iter().find(|row| row.label() == pin.row);
            let row = row.unwrap_or_else(|| panic!("no row {}", pin.row));
            assert!(row.is_in(pin.first) && row.is_in(pin.last), "{}", pin.row);
            assert!(pin.first <= pin.last, "{}", pin.row);
            assert!(!pin.shows.is_empty() && !pin.why.is_empty(), "{}", pin.row);
        }
    }
}
