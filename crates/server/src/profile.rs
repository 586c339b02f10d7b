//! Which other server to behave like.
//!
//! May touch: nothing.

use std::time::Duration;

use strongroom_kmip::ProtocolVersion;
use strongroom_kmip::attribute::attribute_name;
use strongroom_kmip::enumeration::Operation;

use crate::operation::OPERATIONS;

/// Which answers bear a Server Correlation Value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Correlation {
    /// None.
    Never,
    /// Those of versions that have it: 1.4 on.
    Allowed,
    /// All, against the specification.
    Always,
}

/// Which quirks a server shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// What it is called on a command line.
    pub name: &'static str,
    /// Several objects may bear one Name. KMIP wants Names unique (KMIP 1.0, 3.2); PyKMIP does
    /// not.
    pub duplicate_names: bool,
    /// TLS 1.2 alone.
    pub tls12_only: bool,
    /// The longest handshake, where it is shorter than that of the limits.
    pub handshake: Option<Duration>,
    /// A key or Secret Data is registered only with a Cryptographic Usage Mask, and Create without
    /// one fails in Vault's words.
    pub vault_usage_mask: bool,
    /// As PyKMIP answers: some messages are refused as a whole, dates are refused at Create and
    /// Register, Query tells no object types, and what is not there or another's "could not be
    /// located".
    pub pykmip_ways: bool,
    /// Destroy leaves nothing of the object; else its attributes stay.
    pub forgets_destroyed: bool,
    /// Attributes that Locate refuses with Invalid Field.
    pub not_located: &'static [&'static str],
    /// Which answers bear a Server Correlation Value.
    pub correlation: Correlation,
    /// The answer to Register has an Object Type before the Unique Identifier, which no version
    /// of KMIP has.
    pub register_object_type: bool,
    /// Protocol versions answered, newest first.
    pub versions: &'static [ProtocolVersion],
    /// What the server does; anything else is Operation Not Supported.
    pub operations: &'static [Operation],
    /// Of these, what the answer to Query does not tell.
    pub unlisted: &'static [Operation],
    /// Vendor Identification in the answer to Query.
    pub vendor: &'static str,
}

/// Those of PyKMIP 0.11, in its order.
const PYKMIP_VERSIONS: &[ProtocolVersion] = &[
    ProtocolVersion::V2_0,
    ProtocolVersion::V1_4,
    ProtocolVersion::V1_3,
    ProtocolVersion::V1_2,
    ProtocolVersion::V1_1,
    ProtocolVersion::V1_0,
];

impl Profile {
    /// No quirks.
    pub const STRONGROOM: Self = Self {
        name: "strongroom",
        duplicate_names: false,
        tls12_only: false,
        handshake: None,
        vault_usage_mask: false,
        pykmip_ways: false,
        forgets_destroyed: false,
        not_located: &[],
        correlation: Correlation::Never,
        register_object_type: false,
        versions: ProtocolVersion::SUPPORTED,
        operations: &OPERATIONS,
        unlisted: &[],
        vendor: concat!("Strongroom ", env!("CARGO_PKG_VERSION")),
    };

    /// What PyKMIP 0.11 does otherwise and clients trip over: duplicate Names, TLS 1.2
    /// alone, no 2.1, fewer operations, three of which Query does not tell, objects that are gone
    /// when destroyed, no dates at Create, whole messages that are refused.
    pub const PYKMIP: Self = Self {
        name: "pykmip",
        duplicate_names: true,
        tls12_only: true,
        pykmip_ways: true,
        forgets_destroyed: true,
        versions: PYKMIP_VERSIONS,
        operations: &[
            Operation::CREATE,
            Operation::REGISTER,
            Operation::LOCATE,
            Operation::GET,
            Operation::GET_ATTRIBUTES,
            Operation::GET_ATTRIBUTE_LIST,
            Operation::ACTIVATE,
            Operation::REVOKE,
            Operation::DESTROY,
            Operation::QUERY,
            Operation::DISCOVER_VERSIONS,
            Operation::ENCRYPT,
            Operation::DECRYPT,
            Operation::MAC,
            Operation::MODIFY_ATTRIBUTE,
            Operation::DELETE_ATTRIBUTE,
            Operation::SET_ATTRIBUTE,
            Operation::DERIVE_KEY,
            Operation::SIGN,
            Operation::SIGNATURE_VERIFY,
        ],
        unlisted: &[
            Operation::MODIFY_ATTRIBUTE,
            Operation::DELETE_ATTRIBUTE,
            Operation::SET_ATTRIBUTE,
        ],
        vendor: "PyKMIP 0.11.0 Software Server",
        ..Self::STRONGROOM
    };

    /// As the KMIP engine of Vault Enterprise, as far as its documents and public issues tell:
    /// its operations, a usage mask always, a Server Correlation Value at 1.4, a handshake within
    /// a second. With it go [`crate::ServerOptions::roles`].
    pub const VAULT: Self = Self {
        name: "vault",
        handshake: Some(Duration::from_secs(1)),
        vault_usage_mask: true,
        versions: ProtocolVersion::ONE,
        not_located: &[attribute_name::KEY_VALUE_LOCATION],
        correlation: Correlation::Allowed,
        operations: &[
            Operation::CREATE,
            Operation::REGISTER,
            Operation::LOCATE,
            Operation::GET,
            Operation::GET_ATTRIBUTES,
            Operation::GET_ATTRIBUTE_LIST,
            Operation::ADD_ATTRIBUTE,
            Operation::MODIFY_ATTRIBUTE,
            Operation::DELETE_ATTRIBUTE,
            Operation::ACTIVATE,
            Operation::REVOKE,
            Operation::DESTROY,
            Operation::QUERY,
            Operation::DISCOVER_VERSIONS,
            Operation::ENCRYPT,
            Operation::DECRYPT,
            Operation::MAC,
            Operation::MAC_VERIFY,
            Operation::RNG_RETRIEVE,
            Operation::RNG_SEED,
            Operation::RE_KEY,
            Operation::IMPORT,
            Operation::CREATE_KEY_PAIR,
            Operation::SIGN,
            Operation::SIGNATURE_VERIFY,
        ],
        vendor: "HashiCorp Vault (as Strongroom imitates it)",
        ..Self::STRONGROOM
    };

    /// [`Self::VAULT`] with the faults of 1.15 that broke clients: a Server Correlation Value in
    /// answers of every version, and an Object Type in the answer to Register.
    pub const VAULT_1_15_BUG: Self = Self {
        name: "vault-1.15-bug",
        correlation: Correlation::Always,
        register_object_type: true,
        ..Self::VAULT
    };

    /// All profiles.
    pub const ALL: [Self; 4] = [
        Self::STRONGROOM,
        Self::PYKMIP,
        Self::VAULT,
        Self::VAULT_1_15_BUG,
    ];

    /// The profile with this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name == name)
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self::STRONGROOM
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_names_only_what_the_server_does_and_is_found_by_its_name() {
        for profile in Profile::ALL {
            assert_eq!(Profile::by_name(profile.name), Some(profile));
            for operation in profile.operations.iter().chain(profile.unlisted) {
                assert!(
                    OPERATIONS.contains(operation),
                    "{}: {operation}",
                    profile.name
                );
            }
            for operation in profile.unlisted {
                assert!(profile.operations.contains(operation), "{operation}");
            }
        }
    }
}
