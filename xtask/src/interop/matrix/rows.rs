//! The rows of the matrix: an operation, the case of it, the versions that have it, its play.
//!
//! May touch: nothing.

use strongroom_kmip::{ObjectType, Operation, ProtocolVersion};

use super::play::{ask, attributes, cipher, derive, keys, life, locate, objects, sign};
use super::player::{Played, Player};

type Play = fn(&mut Player) -> Played;

/// One row.
pub(super) struct Row {
    pub(super) operation: Operation,
    /// Which use of the operation; empty where there is one only.
    pub(super) case: &'static str,
    /// The object type without which the row makes no sense.
    pub(super) object_type: Option<ObjectType>,
    since: ProtocolVersion,
    /// Another operation without which the play does not come to its own.
    needs: Option<Operation>,
    pub(super) play: Play,
}

impl Row {
    const fn of(operation: Operation, case: &'static str, play: Play) -> Self {
        Self {
            operation,
            case,
            object_type: None,
            since: ProtocolVersion::V1_0,
            needs: None,
            play,
        }
    }

    const fn object(case: &'static str, object_type: ObjectType, play: Play) -> Self {
        Self {
            object_type: Some(object_type),
            ..Self::of(Operation::REGISTER, case, play)
        }
    }

    const fn since(self, since: ProtocolVersion) -> Self {
        Self { since, ..self }
    }

    const fn needs(self, operation: Operation) -> Self {
        Self {
            needs: Some(operation),
            ..self
        }
    }

    /// The operations that the play is about; besides, all use the life of a key.
    pub(super) fn operations(&self) -> impl Iterator<Item = Operation> {
        self.needs.into_iter().chain([self.operation])
    }

    /// Whether KMIP has this in that version.
    pub(super) fn is_in(&self, version: ProtocolVersion) -> bool {
        let object = self.object_type;
        version >= self.since
            && version.has(self.operation.versions())
            && object.is_none_or(|object| version.has(object.versions()))
    }

    /// As the table shows it.
    pub(super) fn label(&self) -> String {
        label(self.operation, self.case)
    }
}

/// An operation and its case in one text.
pub(super) fn label(operation: Operation, case: &str) -> String {
    if case.is_empty() {
        operation.to_string()
    } else {
        format!("{operation}: {case}")
    }
}

const V1_1: ProtocolVersion = ProtocolVersion::V1_1;
const V1_3: ProtocolVersion = ProtocolVersion::V1_3;
const V1_4: ProtocolVersion = ProtocolVersion::V1_4;
const V2_0: ProtocolVersion = ProtocolVersion::V2_0;

/// All rows, in the order in which the table has them.
pub(super) const ROWS: &[Row] = &[
    Row::of(Operation::QUERY, "", ask::query),
    Row::of(Operation::DISCOVER_VERSIONS, "", ask::discover_versions),
    Row::of(Operation::CREATE, "AES-256", keys::create),
    Row::of(
        Operation::CREATE_KEY_PAIR,
        "RSA-2048",
        keys::create_rsa_pair,
    ),
    Row::of(Operation::CREATE_KEY_PAIR, "P-256", keys::create_p256_pair),
    Row::object(
        "Symmetric Key",
        ObjectType::SYMMETRIC_KEY,
        objects::symmetric_key,
    ),
    Row::object("Public Key", ObjectType::PUBLIC_KEY, objects::public_key),
    Row::object("Private Key", ObjectType::PRIVATE_KEY, objects::private_key),
    Row::object("Certificate", ObjectType::CERTIFICATE, objects::certificate),
    Row::object("Secret Data", ObjectType::SECRET_DATA, objects::secret_data),
    Row::object(
        "Opaque Object",
        ObjectType::OPAQUE_OBJECT,
        objects::opaque_object,
    ),
    Row::object("Split Key", ObjectType::SPLIT_KEY, objects::split_key),
    Row::object("Template", ObjectType::TEMPLATE, objects::template),
    Row::object("PGP Key", ObjectType::PGP_KEY, objects::pgp_key),
    Row::object(
        "Certificate Request",
        ObjectType::CERTIFICATE_REQUEST,
        objects::certificate_request,
    ),
    Row::of(Operation::RE_KEY, "", keys::re_key),
    Row::of(Operation::DERIVE_KEY, "PBKDF2", derive::pbkdf2),
    Row::of(Operation::DERIVE_KEY, "HASH", derive::hash),
    Row::of(Operation::DERIVE_KEY, "HMAC", derive::hmac),
    Row::of(Operation::DERIVE_KEY, "ENCRYPT", derive::encrypt),
    Row::of(Operation::LOCATE, "by Name", locate::by_name),
    Row::of(Operation::LOCATE, "nothing", locate::nothing),
    Row::of(Operation::LOCATE, "by five attributes", locate::by_several),
    Row::of(Operation::LOCATE, "by label", locate::by_application),
    Row::of(Operation::LOCATE, "Maximum Items", locate::at_most),
    Row::of(Operation::LOCATE, "Offset Items", locate::in_pages).since(V1_3),
    // Before 1.1 no Encoding Option says what is wrapped.
    Row::of(Operation::GET, "wrapped", keys::get_wrapped).since(V1_1),
    Row::of(Operation::GET_ATTRIBUTES, "by name", attributes::get_named),
    Row::of(Operation::GET_ATTRIBUTES, "all", attributes::get_all),
    Row::of(Operation::GET_ATTRIBUTE_LIST, "", attributes::list),
    Row::of(Operation::ADD_ATTRIBUTE, "", attributes::add),
    Row::of(Operation::MODIFY_ATTRIBUTE, "", attributes::modify),
    Row::of(
        Operation::DELETE_ATTRIBUTE,
        "by name",
        attributes::delete_named,
    ),
    Row::of(
        Operation::DELETE_ATTRIBUTE,
        "Name by value",
        attributes::delete_name,
    )
    .since(V2_0),
    Row::of(
        Operation::DELETE_ATTRIBUTE,
        "label by value",
        attributes::delete_label,
    )
    .since(V2_0),
    Row::of(Operation::SET_ATTRIBUTE, "", attributes::set),
    Row::of(Operation::ACTIVATE, "", life::activate),
    Row::of(Operation::CHECK, "", life::check),
    Row::of(Operation::OBTAIN_LEASE, "", life::obtain_lease),
    Row::of(Operation::REVOKE, "to Deactivated", life::deactivate),
    Row::of(Operation::REVOKE, "to Compromised", life::compromise),
    Row::of(Operation::DESTROY, "", life::destroy),
    Row::of(Operation::DESTROY, "Active key", life::destroy_active),
    Row::of(Operation::ENCRYPT, "AES-CBC", cipher::encrypt_cbc),
    Row::of(Operation::DECRYPT, "AES-CBC", cipher::decrypt_cbc).needs(Operation::ENCRYPT),
    // Before 1.4 no field holds the tag.
    Row::of(Operation::ENCRYPT, "AES-GCM", cipher::encrypt_gcm).since(V1_4),
    Row::of(Operation::DECRYPT, "AES-GCM", cipher::decrypt_gcm).since(V1_4),
    Row::of(Operation::SIGN, "RSA", sign::sign_rsa),
    Row::of(Operation::SIGN, "P-256", sign::sign_p256).needs(Operation::CREATE_KEY_PAIR),
    Row::of(Operation::SIGNATURE_VERIFY, "RSA", sign::verify_rsa),
    Row::of(Operation::SIGNATURE_VERIFY, "P-256", sign::verify_p256),
    Row::of(Operation::MAC, "HMAC-SHA-256", cipher::mac),
    Row::of(Operation::MAC_VERIFY, "HMAC-SHA-256", cipher::mac_verify),
    Row::of(Operation::HASH, "SHA-256", ask::hash),
    Row::of(Operation::RNG_RETRIEVE, "", ask::rng_retrieve),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_rows_have_one_label() {
        let mut labels: Vec<String> = ROWS.iter().map(Row::label).collect();
        labels.sort();
        let count = labels.len();
        labels.dedup();
        assert_eq!(labels.len(), count);
    }

    #[test]
    fn a_row_is_in_the_versions_of_its_operation_its_object_and_its_case() {
        let is_in = |label: &str, version| {
            let row = ROWS.iter().find(|row| row.label() == label).unwrap();
            row.is_in(version)
        };
        assert!(!is_in("Discover Versions", ProtocolVersion::V1_0));
        assert!(is_in("Discover Versions", ProtocolVersion::V1_1));
        assert!(is_in("Register: Template", V1_4));
        assert!(!is_in("Register: Template", V2_0));
        assert!(!is_in("Encrypt: AES-GCM", V1_3));
        assert!(is_in("Encrypt: AES-GCM", V1_4));
    }
}
