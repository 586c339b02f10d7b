//! Which answer each request has.
//!
//! May touch: memory. A further operation is a line in the table below.

use strongroom_kmip::exchange::Mismatch;
use strongroom_kmip::{Operation, Request, Response, operation};

/// A request payload, with the type of its answer. Of every operation that a client may ask for but
/// Poll, whose answer is that of the operation that is polled.
pub trait RequestPayload: Into<Request> + sealed::Sealed {
    /// The payload of the answer.
    type Response: ResponsePayload;
}

/// The payload of an answer.
pub trait ResponsePayload: Sized + sealed::Sealed {
    /// The operation.
    const OPERATION: Operation;

    /// The payload in `response`.
    ///
    /// # Errors
    ///
    /// [`Mismatch::Operation`] when the answer is another operation's.
    fn of(response: Response) -> Result<Self, Mismatch>;
}

mod sealed {
    #[expect(
        unnameable_types,
        reason = "nobody outside may name it: that seals the traits"
    )]
    pub trait Sealed {}
}

macro_rules! payloads {
    ($($number:ident: $name:ident($request:ident, $response:ident),)*) => {
        $(
            impl sealed::Sealed for operation::$request {}
            impl sealed::Sealed for operation::$response {}

            impl RequestPayload for operation::$request {
                type Response = operation::$response;
            }

            impl ResponsePayload for operation::$response {
                const OPERATION: Operation = Operation::$number;

                fn of(response: Response) -> Result<Self, Mismatch> {
                    match response {
                        Response::$name(payload) => Ok(payload),
                        other => Err(Mismatch::Operation {
                            asked: Operation::$number,
                            found: other.operation(),
                        }),
                    }
                }
            }
        )*
    };
}

payloads! {
    CREATE: Create(CreateRequest, CreateResponse),
    CREATE_KEY_PAIR: CreateKeyPair(CreateKeyPairRequest, CreateKeyPairResponse),
    REGISTER: Register(RegisterRequest, RegisterResponse),
    RE_KEY: ReKey(ReKeyRequest, ReKeyResponse),
    RE_KEY_KEY_PAIR: ReKeyKeyPair(ReKeyKeyPairRequest, ReKeyKeyPairResponse),
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
