//! Query and Discover Versions (KMIP 1.0, 4.24 and KMIP 1.1, 4.26; KMIP 2.1, 6.1.40 and 6.1.17).

use strongroom_kmip::enumeration::{ObjectType, Operation, QueryFunction};
use strongroom_kmip::operation::{
    DiscoverVersionsRequest, DiscoverVersionsResponse, QueryRequest, QueryResponse,
};

use super::{Context, register};

/// What this server does; each answer lists those that its version has.
pub(crate) const OPERATIONS: [Operation; 34] = [
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
    Operation::CHECK,
    Operation::ADD_ATTRIBUTE,
    Operation::MODIFY_ATTRIBUTE,
    Operation::DELETE_ATTRIBUTE,
    Operation::SET_ATTRIBUTE,
    Operation::OBTAIN_LEASE,
    Operation::ENCRYPT,
    Operation::DECRYPT,
    Operation::MAC,
    Operation::MAC_VERIFY,
    Operation::RNG_RETRIEVE,
    Operation::HASH,
    Operation::RE_KEY,
    Operation::ARCHIVE,
    Operation::RECOVER,
    Operation::RNG_SEED,
    Operation::CREATE_KEY_PAIR,
    Operation::SIGN,
    Operation::SIGNATURE_VERIFY,
    Operation::DERIVE_KEY,
    Operation::IMPORT,
    Operation::EXPORT,
    Operation::INTEROP,
];

impl Context<'_> {
    pub(crate) fn query(&self, request: &QueryRequest) -> QueryResponse {
        let asked = |function| request.functions.contains(&function);
        let mut response = QueryResponse::default();
        if asked(QueryFunction::OPERATIONS) {
            let known = self.profile.operations.iter().copied();
            response.operations = known
                .filter(|operation| self.version.has(operation.versions()))
                .filter(|operation| !self.profile.unlisted.contains(operation))
                .collect();
        }
        if asked(QueryFunction::OBJECTS) && !self.profile.pykmip_ways {
            let mut types: Vec<ObjectType> = register::OBJECT_TYPES.to_vec();
            types.retain(|object_type| self.version.has(object_type.versions()));
            response.object_types = types;
        }
        if asked(QueryFunction::SERVER_INFORMATION) {
            response.vendor_identification = Some(self.profile.vendor.to_owned());
        }
        response
    }

    /// Those of the versions asked for that are spoken here, newest first; all when none is named.
    pub(crate) fn discover_versions(
        &self,
        request: &DiscoverVersionsRequest,
    ) -> DiscoverVersionsResponse {
        let asked = &request.protocol_versions;
        let spoken = self.profile.versions.iter().copied();
        let wanted = spoken.filter(|version| asked.is_empty() || asked.contains(version));
        DiscoverVersionsResponse::new(wanted.collect())
    }
}
