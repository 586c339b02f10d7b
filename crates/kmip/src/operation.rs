//! Operations: the payloads of requests and responses, one operation per file.
//!
//! Nothing but the two `match` tables of each enum here knows all operations: a further one
//! is a file of its own and a line in each table. May touch: what the payloads touch.

#[macro_use]
mod table;

mod activate;
mod add_attribute;
mod adjust_attribute;
mod archive;
mod cancel;
mod certify;
mod check;
mod constraint;
mod create;
mod create_key_pair;
mod create_split_key;
mod data;
mod decrypt;
mod delegated_login;
mod delete_attribute;
mod derive_key;
mod destroy;
mod discover_versions;
mod encrypt;
mod export;
mod get;
mod get_attribute_list;
mod get_attributes;
mod get_constraints;
mod get_usage_allocation;
mod hash;
mod import;
mod interop;
mod join_split_key;
mod lease_time;
mod locate;
mod log;
mod login;
mod logout;
mod mac;
mod mac_verify;
mod modify_attribute;
mod notify;
mod obtain_lease;
mod operation_list;
mod payload;
mod ping;
mod pkcs_11;
mod poll;
mod process;
mod put;
mod query;
mod query_asynchronous_requests;
mod re_certify;
mod re_key;
mod re_key_key_pair;
mod re_provision;
mod recover;
mod register;
mod revoke;
mod right;
mod rng_retrieve;
mod rng_seed;
mod set_attribute;
mod set_constraints;
mod set_defaults;
mod set_endpoint_role;
mod sign;
mod signature_verify;
mod ticket;
mod validate;

pub use activate::{ActivateRequest, ActivateResponse};
pub use add_attribute::{AddAttributeRequest, AddAttributeResponse};
pub use adjust_attribute::{AdjustAttributeRequest, AdjustAttributeResponse, AdjustmentValue};
pub use archive::{ArchiveRequest, ArchiveResponse};
pub use cancel::{CancelRequest, CancelResponse};
pub use certify::{CertifyRequest, CertifyResponse};
pub use check::{CheckRequest, CheckResponse};
pub use constraint::{Constraint, Constraints};
pub use create::{CreateRequest, CreateResponse};
pub use create_key_pair::{CreateKeyPairRequest, CreateKeyPairResponse};
pub use create_split_key::{CreateSplitKeyRequest, CreateSplitKeyResponse};
pub use data::Data;
pub use decrypt::{DecryptRequest, DecryptResponse};
pub use delegated_login::{DelegatedLoginRequest, DelegatedLoginResponse};
pub use delete_attribute::{DeleteAttributeRequest, DeleteAttributeResponse};
pub use derive_key::{DeriveKeyRequest, DeriveKeyResponse};
pub use destroy::{DestroyRequest, DestroyResponse};
pub use discover_versions::{DiscoverVersionsRequest, DiscoverVersionsResponse};
pub use encrypt::{EncryptRequest, EncryptResponse};
pub use export::{ExportRequest, ExportResponse};
pub use get::{GetRequest, GetResponse};
pub use get_attribute_list::{GetAttributeListRequest, GetAttributeListResponse};
pub use get_attributes::{GetAttributesRequest, GetAttributesResponse};
pub use get_constraints::{GetConstraintsRequest, GetConstraintsResponse};
pub use get_usage_allocation::{GetUsageAllocationRequest, GetUsageAllocationResponse};
pub use hash::{HashRequest, HashResponse};
pub use import::{ImportRequest, ImportResponse};
pub use interop::{InteropRequest, InteropResponse};
pub use join_split_key::{JoinSplitKeyRequest, JoinSplitKeyResponse};
pub use lease_time::LeaseTime;
pub use locate::{LocateRequest, LocateResponse};
pub use log::{LogRequest, LogResponse};
pub use login::{LoginRequest, LoginResponse};
pub use logout::{LogoutRequest, LogoutResponse};
pub use mac::{MacRequest, MacResponse};
pub use mac_verify::{MacVerifyRequest, MacVerifyResponse};
pub use modify_attribute::{ModifyAttributeRequest, ModifyAttributeResponse};
pub use notify::{DeletedAttribute, NotifyRequest, NotifyResponse};
pub use obtain_lease::{ObtainLeaseRequest, ObtainLeaseResponse};
pub use operation_list::Operations;
pub use ping::{PingRequest, PingResponse};
pub use pkcs_11::{Pkcs11FunctionCode, Pkcs11Request, Pkcs11Response};
pub use poll::{PollRequest, PollResponse};
pub use process::{ProcessRequest, ProcessResponse};
pub use put::{PutRequest, PutResponse};
pub use query::{QueryRequest, QueryResponse};
pub use query_asynchronous_requests::{
    AsynchronousCorrelationValues, AsynchronousRequest, QueryAsynchronousRequestsRequest,
    QueryAsynchronousRequestsResponse,
};
pub use re_certify::{ReCertifyRequest, ReCertifyResponse};
pub use re_key::{ReKeyRequest, ReKeyResponse};
pub use re_key_key_pair::{ReKeyKeyPairRequest, ReKeyKeyPairResponse};
pub use re_provision::{ReProvisionRequest, ReProvisionResponse};
pub use recover::{RecoverRequest, RecoverResponse};
pub use register::{RegisterRequest, RegisterResponse};
pub use revoke::{RevokeRequest, RevokeResponse};
pub use right::{Objects, Right, Rights};
pub use rng_retrieve::{RngRetrieveRequest, RngRetrieveResponse};
pub use rng_seed::{RngSeedRequest, RngSeedResponse};
pub use set_attribute::{SetAttributeRequest, SetAttributeResponse};
pub use set_constraints::{SetConstraintsRequest, SetConstraintsResponse};
pub use set_defaults::{SetDefaultsRequest, SetDefaultsResponse};
pub use set_endpoint_role::{SetEndpointRoleRequest, SetEndpointRoleResponse};
pub use sign::{SignRequest, SignResponse};
pub use signature_verify::{SignatureVerifyRequest, SignatureVerifyResponse};
pub use ticket::Ticket;
pub use validate::{ValidateRequest, ValidateResponse};

use crate::UniqueIdentifier;

operations! {
    CREATE: Create(CreateRequest, CreateResponse),
    CREATE_KEY_PAIR: CreateKeyPair(CreateKeyPairRequest, CreateKeyPairResponse),
    REGISTER: Register(RegisterRequest, RegisterResponse),
    RE_KEY: ReKey(ReKeyRequest, ReKeyResponse),
    DERIVE_KEY: DeriveKey(DeriveKeyRequest, DeriveKeyResponse),
    CERTIFY: Certify(CertifyRequest, CertifyResponse),
    RE_CERTIFY: ReCertify(ReCertifyRequest, ReCertifyResponse),
    LOCATE: Locate(LocateRequest, LocateResponse),
    CHECK: Check(CheckRequest, CheckResponse),
    GET: Get(GetRequest, GetResponse),
    GET_ATTRIBUTES: GetAttributes(GetAttributesRequest, GetAttributesResponse),
    GET_ATTRIBUTE_LIST: GetAttributeList(GetAttributeListRequest, GetAttributeListResponse),
    ADD_ATTRIBUTE: AddAttribute(AddAttributeRequest, AddAttributeResponse),
    MODIFY_ATTRIBUTE: ModifyAttribute(ModifyAttributeRequest, ModifyAttributeResponse),
    DELETE_ATTRIBUTE: DeleteAttribute(DeleteAttributeRequest, DeleteAttributeResponse),
    OBTAIN_LEASE: ObtainLease(ObtainLeaseRequest, ObtainLeaseResponse),
    GET_USAGE_ALLOCATION: GetUsageAllocation(GetUsageAllocationRequest, GetUsageAllocationResponse),
    ACTIVATE: Activate(ActivateRequest, ActivateResponse),
    REVOKE: Revoke(RevokeRequest, RevokeResponse),
    DESTROY: Destroy(DestroyRequest, DestroyResponse),
    ARCHIVE: Archive(ArchiveRequest, ArchiveResponse),
    RECOVER: Recover(RecoverRequest, RecoverResponse),
    VALIDATE: Validate(ValidateRequest, ValidateResponse),
    QUERY: Query(QueryRequest, QueryResponse),
    CANCEL: Cancel(CancelRequest, CancelResponse),
    POLL: Poll(PollRequest, PollResponse),
    NOTIFY: Notify(NotifyRequest, NotifyResponse),
    PUT: Put(PutRequest, PutResponse),
    RE_KEY_KEY_PAIR: ReKeyKeyPair(ReKeyKeyPairRequest, ReKeyKeyPairResponse),
    DISCOVER_VERSIONS: DiscoverVersions(DiscoverVersionsRequest, DiscoverVersionsResponse),
    ENCRYPT: Encrypt(EncryptRequest, EncryptResponse),
    DECRYPT: Decrypt(DecryptRequest, DecryptResponse),
    SIGN: Sign(SignRequest, SignResponse),
    SIGNATURE_VERIFY: SignatureVerify(SignatureVerifyRequest, SignatureVerifyResponse),
    MAC: Mac(MacRequest, MacResponse),
    MAC_VERIFY: MacVerify(MacVerifyRequest, MacVerifyResponse),
    RNG_RETRIEVE: RngRetrieve(RngRetrieveRequest, RngRetrieveResponse),
    RNG_SEED: RngSeed(RngSeedRequest, RngSeedResponse),
    HASH: Hash(HashRequest, HashResponse),
    CREATE_SPLIT_KEY: CreateSplitKey(CreateSplitKeyRequest, CreateSplitKeyResponse),
    JOIN_SPLIT_KEY: JoinSplitKey(JoinSplitKeyRequest, JoinSplitKeyResponse),
    IMPORT: Import(ImportRequest, ImportResponse),
    EXPORT: Export(ExportRequest, ExportResponse),
    LOG: Log(LogRequest, LogResponse),
    LOGIN: Login(LoginRequest, LoginResponse),
    LOGOUT: Logout(LogoutRequest, LogoutResponse),
    DELEGATED_LOGIN: DelegatedLogin(DelegatedLoginRequest, DelegatedLoginResponse),
    ADJUST_ATTRIBUTE: AdjustAttribute(AdjustAttributeRequest, AdjustAttributeResponse),
    SET_ATTRIBUTE: SetAttribute(SetAttributeRequest, SetAttributeResponse),
    SET_ENDPOINT_ROLE: SetEndpointRole(SetEndpointRoleRequest, SetEndpointRoleResponse),
    PKCS_11: Pkcs11(Pkcs11Request, Pkcs11Response),
    INTEROP: Interop(InteropRequest, InteropResponse),
    RE_PROVISION: ReProvision(ReProvisionRequest, ReProvisionResponse),
    SET_DEFAULTS: SetDefaults(SetDefaultsRequest, SetDefaultsResponse),
    SET_CONSTRAINTS: SetConstraints(SetConstraintsRequest, SetConstraintsResponse),
    GET_CONSTRAINTS: GetConstraints(GetConstraintsRequest, GetConstraintsResponse),
    QUERY_ASYNCHRONOUS_REQUESTS: QueryAsynchronousRequests(QueryAsynchronousRequestsRequest, QueryAsynchronousRequestsResponse),
    PROCESS: Process(ProcessRequest, ProcessResponse),
    PING: Ping(PingRequest, PingResponse),
}

/// Where a request keeps the Unique Identifier that the ID Placeholder may stand in for.
macro_rules! placeholder_field {
    ($request:expr $(, $mut:tt)?) => {
        match $request {
            Request::ReKey(request) => Some(&$($mut)? request.unique_identifier),
            Request::Certify(request) if request.certificate_request.is_none() => {
                Some(&$($mut)? request.unique_identifier)
            }
            Request::ReCertify(request) => Some(&$($mut)? request.unique_identifier),
            Request::Check(request) => Some(&$($mut)? request.unique_identifier),
            Request::Get(request) => Some(&$($mut)? request.unique_identifier),
            Request::GetAttributes(request) => Some(&$($mut)? request.unique_identifier),
            Request::GetAttributeList(request) => Some(&$($mut)? request.unique_identifier),
            Request::AddAttribute(request) => Some(&$($mut)? request.unique_identifier),
            Request::ModifyAttribute(request) => Some(&$($mut)? request.unique_identifier),
            Request::DeleteAttribute(request) => Some(&$($mut)? request.unique_identifier),
            Request::ObtainLease(request) => Some(&$($mut)? request.unique_identifier),
            Request::GetUsageAllocation(request) => Some(&$($mut)? request.unique_identifier),
            Request::Activate(request) => Some(&$($mut)? request.unique_identifier),
            Request::Revoke(request) => Some(&$($mut)? request.unique_identifier),
            Request::Destroy(request) => Some(&$($mut)? request.unique_identifier),
            Request::Archive(request) => Some(&$($mut)? request.unique_identifier),
            Request::Recover(request) => Some(&$($mut)? request.unique_identifier),
            Request::ReKeyKeyPair(request) => Some(&$($mut)? request.private_key_unique_identifier),
            Request::Encrypt(request) => Some(&$($mut)? request.unique_identifier),
            Request::Decrypt(request) => Some(&$($mut)? request.unique_identifier),
            Request::Sign(request) => Some(&$($mut)? request.unique_identifier),
            Request::SignatureVerify(request) => Some(&$($mut)? request.unique_identifier),
            Request::Mac(request) => Some(&$($mut)? request.unique_identifier),
            Request::MacVerify(request) => Some(&$($mut)? request.unique_identifier),
            Request::Export(request) => Some(&$($mut)? request.unique_identifier),
            Request::AdjustAttribute(request) => Some(&$($mut)? request.unique_identifier),
            Request::SetAttribute(request) => Some(&$($mut)? request.unique_identifier),
            _ => None,
        }
    };
}

impl Request {
    /// The object that the request names; `None` when it names none.
    #[must_use]
    pub fn unique_identifier(&self) -> Option<&UniqueIdentifier> {
        match self {
            Self::Certify(request) => request.unique_identifier.as_ref(),
            Self::Notify(request) => Some(&request.unique_identifier),
            Self::Put(request) => Some(&request.unique_identifier),
            Self::CreateSplitKey(request) => request.unique_identifier.as_ref(),
            Self::Import(request) => Some(&request.unique_identifier),
            request => placeholder_field!(request).and_then(Option::as_ref),
        }
    }

    /// Whether the request means the object in the ID Placeholder: it names none, and must.
    pub(crate) const fn leaves_object_out(&self) -> bool {
        matches!(placeholder_field!(self), Some(None))
    }

    /// Where the request keeps its Unique Identifier, for operations that fall back to the
    /// ID Placeholder.
    pub(crate) const fn unique_identifier_mut(&mut self) -> Option<&mut Option<UniqueIdentifier>> {
        placeholder_field!(self, mut)
    }

    /// The identifiers in the request of objects that exist already: what of them points into the
    /// batch is to be resolved. Not those inside attributes and key wrapping.
    pub(crate) fn references_mut(&mut self) -> Vec<&mut UniqueIdentifier> {
        match self {
            Self::DeriveKey(request) => request.unique_identifiers.iter_mut().collect(),
            Self::JoinSplitKey(request) => request.unique_identifiers.iter_mut().collect(),
            Self::Validate(request) => request.unique_identifiers.iter_mut().collect(),
            Self::CreateSplitKey(request) => request.unique_identifier.iter_mut().collect(),
            Self::Certify(request) => request.unique_identifier.iter_mut().collect(),
            Self::ReCertify(request) => {
                let certificate = request.unique_identifier.iter_mut();
                let of_request = request.certificate_request_unique_identifier.iter_mut();
                certificate.chain(of_request).collect()
            }
            request => match request.unique_identifier_mut() {
                Some(identifier) => identifier.iter_mut().collect(),
                None => Vec::new(),
            },
        }
    }
}

impl Response {
    /// The one object that the answer is about; `None` for answers about none or several, and for
    /// those with a new object in place of the one that was named, such as Re-key's.
    #[must_use]
    pub fn unique_identifier(&self) -> Option<&UniqueIdentifier> {
        match self {
            Self::Create(response) => Some(&response.unique_identifier),
            Self::Register(response) => Some(&response.unique_identifier),
            Self::DeriveKey(response) => Some(&response.unique_identifier),
            Self::Check(response) => response.unique_identifier.as_ref(),
            Self::Get(response) => Some(&response.unique_identifier),
            Self::GetAttributes(response) => Some(&response.unique_identifier),
            Self::GetAttributeList(response) => Some(&response.unique_identifier),
            Self::AddAttribute(response) => Some(&response.unique_identifier),
            Self::ModifyAttribute(response) => Some(&response.unique_identifier),
            Self::DeleteAttribute(response) => Some(&response.unique_identifier),
            Self::ObtainLease(response) => Some(&response.unique_identifier),
            Self::GetUsageAllocation(response) => Some(&response.unique_identifier),
            Self::Activate(response) => Some(&response.unique_identifier),
            Self::Revoke(response) => Some(&response.unique_identifier),
            Self::Destroy(response) => Some(&response.unique_identifier),
            Self::Archive(response) => Some(&response.unique_identifier),
            Self::Recover(response) => Some(&response.unique_identifier),
            Self::Encrypt(response) => response.unique_identifier.as_ref(),
            Self::Decrypt(response) => response.unique_identifier.as_ref(),
            Self::Sign(response) => response.unique_identifier.as_ref(),
            Self::SignatureVerify(response) => response.unique_identifier.as_ref(),
            Self::Mac(response) => response.unique_identifier.as_ref(),
            Self::MacVerify(response) => response.unique_identifier.as_ref(),
            Self::JoinSplitKey(response) => Some(&response.unique_identifier),
            Self::Import(response) => Some(&response.unique_identifier),
            Self::Export(response) => Some(&response.unique_identifier),
            Self::AdjustAttribute(response) => Some(&response.unique_identifier),
            Self::SetAttribute(response) => Some(&response.unique_identifier),
            Self::ReProvision(response) => response.unique_identifier.as_ref(),
            _ => None,
        }
    }
}
