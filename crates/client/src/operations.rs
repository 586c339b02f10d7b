//! One method per KMIP operation, under KMIP's name: the table for the async and the blocking session.
//!
//! May touch: memory. Notify and Put are missing, since a server asks for them (KMIP 1.0, 5); Poll and
//! Cancel take a [`Pending`](crate::Pending).

use strongroom_kmip::ProtocolVersion;
use strongroom_kmip::operation::DiscoverVersionsResponse;

/// Hands the table to `$methods`: `name(arguments) -> result = request [=> what is taken of the answer]`.
macro_rules! operation_table {
    ($methods:ident) => {
        $methods! {
            /// Create (KMIP 1.0, 4.1): the server makes a symmetric key.
            ///
            /// After [`Unknown`](crate::Outcome::Unknown) the key may exist, and nobody knows its
            /// identifier.
            create(request: CreateRequest) -> CreateResponse = request;
            /// Create Key Pair (KMIP 1.0, 4.2): the server makes a private key and its public key.
            ///
            /// After [`Unknown`](crate::Outcome::Unknown) the keys may exist, and nobody knows their
            /// identifiers.
            create_key_pair(request: CreateKeyPairRequest) -> CreateKeyPairResponse = request;
            /// Register (KMIP 1.0, 4.3): the server keeps an object that we made.
            ///
            /// After [`Unknown`](crate::Outcome::Unknown) the object may be there, and nobody knows
            /// its identifier.
            register(request: RegisterRequest) -> RegisterResponse = request;
            /// Re-key (KMIP 1.0, 4.4): the server makes a key in place of a symmetric key.
            re_key(request: ReKeyRequest) -> ReKeyResponse = request;
            /// Re-key Key Pair (KMIP 1.1, 4.5): the server makes a key pair in place of another.
            re_key_key_pair(request: ReKeyKeyPairRequest) -> ReKeyKeyPairResponse = request;
            /// Derive Key (KMIP 1.0, 4.5): the server derives an object from others.
            derive_key(request: DeriveKeyRequest) -> DeriveKeyResponse = request;
            /// Certify (KMIP 1.0, 4.6): the server gets a certificate for a public key.
            certify(request: CertifyRequest) -> CertifyResponse = request;
            /// Re-certify (KMIP 1.0, 4.7): the server renews a certificate for the same key pair.
            re_certify(request: ReCertifyRequest) -> ReCertifyResponse = request;
            /// Locate (KMIP 1.0, 4.8): identifiers of the objects that have these attributes, in one
            /// answer. Nothing found is no error but an empty list. For many, `locate_pages`.
            locate(request: LocateRequest) -> LocateResponse = request;
            /// Check (KMIP 1.0, 4.9): whether the server's policy lets an object be used so.
            check(request: CheckRequest) -> CheckResponse = request;
            /// Get (KMIP 1.0, 4.10): an object as the server keeps it.
            ///
            /// [`NotFound`](crate::ErrorKind::NotFound) means that this server has no such object.
            get(unique_identifier: impl Into<UniqueIdentifier>) -> GetResponse
                = GetRequest::new(unique_identifier);
            /// Get Attributes (KMIP 1.0, 4.11): attributes by name; all of them when `names` is empty.
            get_attributes(unique_identifier: impl Into<UniqueIdentifier>, names: &[&str])
                -> GetAttributesResponse
                = GetAttributesRequest::new(unique_identifier, names);
            /// Get Attribute List (KMIP 1.0, 4.12): which attributes an object has.
            get_attribute_list(unique_identifier: impl Into<UniqueIdentifier>)
                -> GetAttributeListResponse
                = GetAttributeListRequest::new(unique_identifier);
            /// Add Attribute (KMIP 1.0, 4.13): a further attribute, or a further instance of one.
            add_attribute(
                unique_identifier: impl Into<UniqueIdentifier>,
                attribute: impl Into<Attribute>
            ) -> AddAttributeResponse
                = AddAttributeRequest::new(unique_identifier, attribute);
            /// Modify Attribute (KMIP 1.0, 4.14): an attribute gets another value.
            modify_attribute(request: ModifyAttributeRequest) -> ModifyAttributeResponse = request;
            /// Delete Attribute (KMIP 1.0, 4.15): an object loses an attribute.
            delete_attribute(request: DeleteAttributeRequest) -> DeleteAttributeResponse = request;
            /// Set Attribute (KMIP 2.0, 6.1.47): sets an attribute that has one instance at most.
            set_attribute(request: SetAttributeRequest) -> SetAttributeResponse = request;
            /// Adjust Attribute (KMIP 2.0, 6.1.3): an attribute becomes greater, less or its opposite.
            adjust_attribute(request: AdjustAttributeRequest) -> AdjustAttributeResponse = request;
            /// Obtain Lease (KMIP 1.0, 4.16): for how long the client may use an object.
            obtain_lease(unique_identifier: impl Into<UniqueIdentifier>) -> ObtainLeaseResponse
                = ObtainLeaseRequest::new(unique_identifier);
            /// Get Usage Allocation (KMIP 1.0, 4.17): a part of what a key's Usage Limits still allow.
            get_usage_allocation(request: GetUsageAllocationRequest) -> GetUsageAllocationResponse
                = request;
            /// Activate (KMIP 1.0, 4.18): from Pre-Active to Active.
            ///
            /// PyKMIP says Permission Denied of an object that is active already.
            activate(unique_identifier: impl Into<UniqueIdentifier>) -> ()
                = ActivateRequest::new(unique_identifier) => nothing;
            /// Revoke (KMIP 1.0, 4.19): to Deactivated, or to Compromised, by the reason.
            revoke(unique_identifier: impl Into<UniqueIdentifier>, reason: RevocationReason) -> ()
                = RevokeRequest::new(unique_identifier, reason) => nothing;
            /// Destroy (KMIP 1.0, 4.20): the server forgets the key material for ever.
            destroy(unique_identifier: impl Into<UniqueIdentifier>) -> ()
                = DestroyRequest::new(unique_identifier) => nothing;
            /// Archive (KMIP 1.0, 4.21): the object goes where it takes longer to get.
            archive(unique_identifier: impl Into<UniqueIdentifier>) -> ()
                = ArchiveRequest::new(unique_identifier) => nothing;
            /// Recover (KMIP 1.0, 4.22): brings an archived object back, so that Get gives it.
            recover(unique_identifier: impl Into<UniqueIdentifier>) -> ()
                = RecoverRequest::new(unique_identifier) => nothing;
            /// Validate (KMIP 1.0, 4.23): whether certificates make a valid chain.
            validate(request: ValidateRequest) -> ValidateResponse = request;
            /// Query (KMIP 1.0, 4.24): what the server can do.
            query(functions: &[QueryFunction]) -> QueryResponse
                = QueryRequest::new(functions.to_vec());
            /// Discover Versions (KMIP 1.1, 4.26): the versions that the server speaks, its favourite
            /// first.
            ///
            /// [`Request`](crate::ErrorKind::Request) means that the session speaks KMIP 1.0, which
            /// lacks this operation.
            discover_versions() -> Vec<ProtocolVersion>
                = DiscoverVersionsRequest::default() => versions;
            /// Encrypt (KMIP 1.2, 4.29): with a key of the server.
            encrypt(request: EncryptRequest) -> EncryptResponse = request;
            /// Decrypt (KMIP 1.2, 4.30): with a key of the server.
            decrypt(request: DecryptRequest) -> DecryptResponse = request;
            /// Sign (KMIP 1.2, 4.31): with a private key of the server.
            sign(request: SignRequest) -> SignResponse = request;
            /// Signature Verify (KMIP 1.2, 4.32): with a public key of the server.
            signature_verify(request: SignatureVerifyRequest) -> SignatureVerifyResponse = request;
            /// MAC (KMIP 1.2, 4.33): a message authentication code with a key of the server.
            mac(request: MacRequest) -> MacResponse = request;
            /// MAC Verify (KMIP 1.2, 4.34): verifies a message authentication code.
            mac_verify(request: MacVerifyRequest) -> MacVerifyResponse = request;
            /// RNG Retrieve (KMIP 1.2, 4.35): random octets.
            rng_retrieve(octets: i32) -> RngRetrieveResponse = RngRetrieveRequest::new(octets);
            /// RNG Seed (KMIP 1.2, 4.36): a seed for the server's random number generator.
            rng_seed(data: impl Into<Data>) -> RngSeedResponse = RngSeedRequest::new(data);
            /// Hash (KMIP 1.2, 4.37): the server hashes data; no key is needed.
            hash(request: HashRequest) -> HashResponse = request;
            /// Create Split Key (KMIP 1.2, 4.38): the server splits a key, or makes a new one in parts.
            create_split_key(request: CreateSplitKeyRequest) -> CreateSplitKeyResponse = request;
            /// Join Split Key (KMIP 1.2, 4.39): the server makes a key of its parts.
            join_split_key(request: JoinSplitKeyRequest) -> JoinSplitKeyResponse = request;
            /// Export (KMIP 1.4, 4.40): an object with all its attributes.
            export(request: ExportRequest) -> ExportResponse = request;
            /// Import (KMIP 1.4, 4.41): the server keeps an object under the identifier that we name.
            import(request: ImportRequest) -> ImportResponse = request;
            /// Log (KMIP 2.0, 6.1.28): a message for the server's log.
            log(log_message: impl Into<String>) -> () = LogRequest::new(log_message) => nothing;
            /// Login (KMIP 2.0, 6.1.29): a ticket that stands for our credentials in later requests.
            login(request: LoginRequest) -> LoginResponse = request;
            /// Delegated Login (KMIP 2.0, 6.1.12): a ticket for somebody else, with fewer rights.
            delegated_login(request: DelegatedLoginRequest) -> DelegatedLoginResponse = request;
            /// Logout (KMIP 2.0, 6.1.30): makes a ticket void.
            logout(ticket: Ticket) -> () = LogoutRequest::new(ticket) => nothing;
            /// PKCS#11 (KMIP 2.0, 6.1.35): calls a function of PKCS#11 on the server.
            pkcs_11(request: Pkcs11Request) -> Pkcs11Response = request;
            /// Interop (KMIP 2.0, 6.1.25): tells a server under test where a case begins and ends.
            interop(request: InteropRequest) -> InteropResponse = request;
            /// Re-Provision (KMIP 2.0, 6.1.44): a new credential of this connection in place of the
            /// old one.
            re_provision(request: ReProvisionRequest) -> ReProvisionResponse = request;
            /// Set Defaults (KMIP 2.1, 6.1.53): attributes of objects for which a client names none.
            set_defaults(request: SetDefaultsRequest) -> SetDefaultsResponse = request;
            /// Set Constraints (KMIP 2.1, 6.1.52): which objects the server shall take from now on.
            set_constraints(constraints: Constraints) -> SetConstraintsResponse
                = SetConstraintsRequest::new(constraints);
            /// Get Constraints (KMIP 2.1, 6.1.22): which objects the server takes.
            get_constraints() -> GetConstraintsResponse = GetConstraintsRequest::default();
            /// Query Asynchronous Requests (KMIP 2.1, 6.1.41): requests whose answers were not polled.
            query_asynchronous_requests(request: QueryAsynchronousRequestsRequest)
                -> QueryAsynchronousRequestsResponse = request;
            /// Process (KMIP 2.1, 6.1.39): lets the server do a pending request now, so that the next
            /// Poll has its answer.
            process(pending: &crate::Pending) -> ProcessResponse
                = ProcessRequest::new(pending.asynchronous_correlation_value().to_vec());
            /// Set Endpoint Role (KMIP 2.0, 6.1.48): asks the other end to be client or server from
            /// now on. A session can only ask: after the roles have changed, use it no more.
            set_endpoint_role(endpoint_role: EndpointRole) -> SetEndpointRoleResponse
                = SetEndpointRoleRequest::new(endpoint_role);
            /// Ping (KMIP 2.1, 6.1.36): whether the server is there.
            ping() -> () = PingRequest::default() => nothing;
        }
    };
}

pub(crate) use operation_table;

/// For answers that say no more than that it was done.
pub(crate) fn nothing<T>(_answer: T) {}

pub(crate) fn versions(answer: DiscoverVersionsResponse) -> Vec<ProtocolVersion> {
    answer.protocol_versions
}

#[cfg(test)]
mod tests {
    use strongroom_kmip::Operation;

    macro_rules! names {
        ($(
            $(#[$doc:meta])*
            $name:ident($($argument:ident: $type:ty),*) -> $result:ty = $request:expr $(=> $take:path)?;
        )*) => {
            const NAMES: &[&str] = &[$(stringify!($name)),*];
        };
    }

    operation_table!(names);

    #[test]
    fn every_operation_of_a_client_has_a_method_of_its_name() {
        // A server asks for Notify and Put; Poll and Cancel are no lines of the table.
        let elsewhere = ["notify", "put", "poll", "cancel"];
        let mut expected: Vec<String> = (1..=0x3B)
            .map(|number| Operation::from(number).to_string())
            .map(|name| {
                name.to_lowercase()
                    .replace([' ', '-'], "_")
                    .replace('#', "_")
            })
            .filter(|name| !elsewhere.contains(&name.as_str()))
            .collect();
        let mut names = NAMES.to_vec();
        expected.sort_unstable();
        names.sort_unstable();
        assert_eq!(names, expected);
        assert_eq!(names.len(), 55);
    }
}
