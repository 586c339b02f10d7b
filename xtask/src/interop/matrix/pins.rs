//! What the peers cannot do, each with its reason: measured on the wire.
//!
//! May touch: nothing.

use strongroom_kmip::{Operation, ProtocolVersion};

use super::cell::Pin;

const V1_0: ProtocolVersion = ProtocolVersion::V1_0;
const V1_1: ProtocolVersion = ProtocolVersion::V1_1;
const V1_2: ProtocolVersion = ProtocolVersion::V1_2;
const V1_4: ProtocolVersion = ProtocolVersion::V1_4;
const V2_0: ProtocolVersion = ProtocolVersion::V2_0;
const V2_1: ProtocolVersion = ProtocolVersion::V2_1;

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
    pin(
        "Create Key Pair: P-256",
        (V1_0, V2_0),
        "Create Key Pair: Invalid Field",
        "PyKMIP makes pairs of RSA keys alone.",
    ),
    pin(
        "Sign: P-256",
        (V1_2, V2_0),
        "Create Key Pair: Invalid Field",
        "PyKMIP makes pairs of RSA keys alone.",
    ),
    pin(
        "Signature Verify: P-256",
        (V1_2, V2_0),
        "Signature Verify: Invalid Field",
        "PyKMIP verifies RSA signatures alone.",
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

/// Requests that PyKMIP reads although it does not do them.
pub(super) const PYKMIP_READS: &[Operation] = &[
    Operation::RE_KEY,
    Operation::CHECK,
    Operation::RE_KEY_KEY_PAIR,
    Operation::CREATE_KEY_PAIR,
];

/// Any client against the bundled server, beside the operations that a profile does not have and
/// the object types that Query does not tell.
pub(super) const BUNDLED: &[Pin] = &[pin(
    "Create Key Pair: RSA-2048",
    (V1_0, V2_1),
    "Invalid Field",
    "The bundled server makes pairs of EC keys alone: ring makes no RSA keys.",
)];

/// PyKMIP's client against the bundled server: what that client does against KMIP.
pub(super) const PYKMIP_CLIENT: &[Pin] = &[
    pin(
        "Re-key",
        (V2_0, V2_0),
        "Invalid Message",
        "PyKMIP's client sends a Template-Attribute, which 2.0 does not have.",
    ),
    pin(
        "Get Attributes: all",
        (V1_0, V1_0),
        "error: unpack requires a buffer of 4 bytes",
        "PyKMIP's client cannot read a Digest without Key Format Type, which came with 1.1.",
    ),
    pin(
        "Delete Attribute: by name",
        (V2_0, V2_0),
        "Attribute Not Found",
        "PyKMIP's client can refer to attributes of a vendor only.",
    ),
];

#[cfg(test)]
mod tests {
    use super::super::rows::ROWS;
    use super::*;

    #[test]
    fn every_pin_belongs_to_a_row_that_is_in_its_versions() {
        for pin in PYKMIP_SERVER.iter().chain(BUNDLED).chain(PYKMIP_CLIENT) {
            let row = ROWS.iter().find(|row| row.label() == pin.row);
            let row = row.unwrap_or_else(|| panic!("no row {}", pin.row));
            assert!(row.is_in(pin.first) && row.is_in(pin.last), "{}", pin.row);
            assert!(pin.first <= pin.last, "{}", pin.row);
            assert!(!pin.shows.is_empty() && !pin.why.is_empty(), "{}", pin.row);
        }
    }
}
