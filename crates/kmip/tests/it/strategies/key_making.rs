//! Create Key Pair, Re-key, Re-key Key Pair, Derive Key, Certify, Re-certify, Validate.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use strongroom_kmip::enumeration::{CertificateRequestType, CertificateType, DerivationMethod};
use strongroom_kmip::object::Certificate;
use strongroom_kmip::operation::{
    CertifyRequest, CertifyResponse, CreateKeyPairRequest, CreateKeyPairResponse, DeriveKeyRequest,
    DeriveKeyResponse, ReCertifyRequest, ReCertifyResponse, ReKeyKeyPairRequest,
    ReKeyKeyPairResponse, ReKeyRequest, ReKeyResponse, ValidateRequest, ValidateResponse,
};
use strongroom_kmip::structure::{
    CertificateRequestValue, DerivationParameters, ProtectionStorageMasks,
};
use strongroom_kmip::{
    DateTime, Interval, ObjectType, ProtocolVersion, Request, Response, TemplateAttribute,
    UniqueIdentifier,
};

use super::query::masks;
use super::vocabulary::named;
use super::{O, Table, parameters, row, secret, template, text};

const V2_0: ProtocolVersion = ProtocolVersion::V2_0;

fn id() -> BoxedStrategy<UniqueIdentifier> {
    text().prop_map(UniqueIdentifier::from).boxed()
}

fn attributes(version: ProtocolVersion) -> BoxedStrategy<Option<TemplateAttribute>> {
    option::of(template(version)).boxed()
}

/// Attributes in an answer: up to 1.4 alone.
fn told(version: ProtocolVersion) -> BoxedStrategy<Option<TemplateAttribute>> {
    attributes(version)
        .prop_map(move |told| told.filter(|_| version < V2_0))
        .boxed()
}

fn storage(version: ProtocolVersion) -> BoxedStrategy<Option<ProtectionStorageMasks>> {
    option::of(masks())
        .prop_map(move |masks| masks.filter(|_| version >= V2_0))
        .boxed()
}

fn offset() -> BoxedStrategy<Option<Interval>> {
    option::of(any::<u32>().prop_map(Interval)).boxed()
}

fn create_key_pair(version: ProtocolVersion) -> BoxedStrategy<CreateKeyPairRequest> {
    let attributes = || attributes(version);
    let storage = || storage(version);
    (
        (attributes(), attributes(), attributes()),
        (storage(), storage(), storage()),
    )
        .prop_map(|(attributes, storage)| {
            let mut request = CreateKeyPairRequest::default();
            (
                request.common_attributes,
                request.private_key_attributes,
                request.public_key_attributes,
            ) = attributes;
            (
                request.common_storage_masks,
                request.private_storage_masks,
                request.public_storage_masks,
            ) = storage;
            request
        })
        .boxed()
}

fn re_key_key_pair(version: ProtocolVersion) -> BoxedStrategy<ReKeyKeyPairRequest> {
    (option::of(id()), offset(), create_key_pair(version))
        .prop_map(|(id, offset, pair)| {
            let mut request = ReKeyKeyPairRequest::default();
            request.private_key_unique_identifier = id;
            request.offset = offset;
            request.common_attributes = pair.common_attributes;
            request.private_key_attributes = pair.private_key_attributes;
            request.public_key_attributes = pair.public_key_attributes;
            request.common_storage_masks = pair.common_storage_masks;
            request.private_storage_masks = pair.private_storage_masks;
            request.public_storage_masks = pair.public_storage_masks;
            request
        })
        .boxed()
}

fn re_key(version: ProtocolVersion) -> BoxedStrategy<ReKeyRequest> {
    let rest = (attributes(version), storage(version));
    (option::of(id()), offset(), rest)
        .prop_map(|(id, offset, (attributes, storage))| {
            let mut request = ReKeyRequest::default();
            request.unique_identifier = id;
            request.offset = offset;
            request.template_attribute = attributes;
            request.protection_storage_masks = storage;
            request
        })
        .boxed()
}

fn derivation(version: ProtocolVersion) -> BoxedStrategy<DerivationParameters> {
    let octets = || option::of(vec(any::<u8>(), 0..20));
    let data = vec(secret(), 0..if version >= V2_0 { 3 } else { 2 });
    let numbers = (octets(), octets(), option::of(any::<i32>()));
    (option::of(parameters(version)), data, numbers)
        .prop_map(|(parameters, data, (vector, salt, count))| {
            let mut derivation = DerivationParameters::default();
            derivation.cryptographic_parameters = parameters;
            derivation.initialization_vector = vector;
            derivation.derivation_data = data;
            derivation.salt = salt;
            derivation.iteration_count = count;
            derivation
        })
        .boxed()
}

fn derive_key(version: ProtocolVersion) -> BoxedStrategy<DeriveKeyRequest> {
    let method = named(DerivationMethod::KNOWN, version, DerivationMethod::versions);
    (
        vec(id(), 1..3),
        method,
        derivation(version),
        template(version),
    )
        .prop_map(|(ids, method, derivation, template)| DeriveKeyRequest {
            object_type: ObjectType::SYMMETRIC_KEY,
            unique_identifiers: ids,
            derivation_method: method,
            derivation_parameters: derivation,
            template_attribute: template,
        })
        .boxed()
}

fn certify(version: ProtocolVersion) -> BoxedStrategy<CertifyRequest> {
    let form = named(
        CertificateRequestType::KNOWN,
        version,
        CertificateRequestType::versions,
    );
    let value = vec(any::<u8>(), 0..40).prop_map(CertificateRequestValue);
    let rest = (attributes(version), storage(version));
    (option::of(id()), option::of(form), option::of(value), rest)
        .prop_map(|(id, form, value, (attributes, storage))| {
            let mut request = CertifyRequest::default();
            request.unique_identifier = id;
            request.certificate_request_type = form;
            request.certificate_request = value;
            request.template_attribute = attributes;
            request.protection_storage_masks = storage;
            request
        })
        .boxed()
}

fn re_certify(version: ProtocolVersion) -> BoxedStrategy<ReCertifyRequest> {
    (certify(version), offset(), option::of(id()))
        .prop_map(move |(certify, offset, kept)| {
            let mut request = ReCertifyRequest::default();
            request.unique_identifier = certify.unique_identifier;
            request.certificate_request_unique_identifier = kept.filter(|_| version >= V2_0);
            request.certificate_request_type = certify.certificate_request_type;
            request.certificate_request = certify.certificate_request;
            request.offset = offset;
            request.template_attribute = certify.template_attribute;
            request.protection_storage_masks = certify.protection_storage_masks;
            request
        })
        .boxed()
}

fn validate() -> BoxedStrategy<ValidateRequest> {
    let certificate =
        vec(any::<u8>(), 0..40).prop_map(|der| Certificate::new(CertificateType::X_509, der));
    let date = option::of(any::<i64>().prop_map(DateTime));
    (vec(certificate, 0..3), vec(id(), 0..3), date)
        .prop_map(|(certificates, ids, date)| {
            let mut request = ValidateRequest::default();
            request.certificates = certificates;
            request.unique_identifiers = ids;
            request.validity_date = date;
            request
        })
        .boxed()
}

pub(crate) fn requests(version: ProtocolVersion) -> Table<Request> {
    vec![
        row(
            O::CREATE_KEY_PAIR,
            create_key_pair(version).prop_map(Into::into),
        ),
        row(O::RE_KEY, re_key(version).prop_map(Into::into)),
        row(
            O::RE_KEY_KEY_PAIR,
            re_key_key_pair(version).prop_map(Into::into),
        ),
        row(O::DERIVE_KEY, derive_key(version).prop_map(Into::into)),
        row(O::CERTIFY, certify(version).prop_map(Into::into)),
        row(O::RE_CERTIFY, re_certify(version).prop_map(Into::into)),
        row(O::VALIDATE, validate().prop_map(Into::into)),
    ]
}

pub(crate) fn responses(version: ProtocolVersion) -> Table<Response> {
    let told = || told(version);
    let pair = || (id(), id(), told(), told());
    vec![
        row(
            O::CREATE_KEY_PAIR,
            pair().prop_map(|(private, public, ours, theirs)| {
                let mut response = CreateKeyPairResponse::new(private, public);
                response.private_key_attributes = ours;
                response.public_key_attributes = theirs;
                response.into()
            }),
        ),
        row(
            O::RE_KEY_KEY_PAIR,
            pair().prop_map(|(private, public, ours, theirs)| {
                let mut response = ReKeyKeyPairResponse::new(private, public);
                response.private_key_attributes = ours;
                response.public_key_attributes = theirs;
                response.into()
            }),
        ),
        row(
            O::RE_KEY,
            (id(), told()).prop_map(|(id, told)| {
                let mut response = ReKeyResponse::new(id);
                response.template_attribute = told;
                response.into()
            }),
        ),
        row(
            O::DERIVE_KEY,
            (id(), told()).prop_map(|(id, told)| {
                let mut response = DeriveKeyResponse::new(id);
                response.template_attribute = told;
                response.into()
            }),
        ),
        row(
            O::CERTIFY,
            (id(), told()).prop_map(|(id, told)| {
                let mut response = CertifyResponse::new(id);
                response.template_attribute = told;
                response.into()
            }),
        ),
        row(
            O::RE_CERTIFY,
            (id(), told()).prop_map(|(id, told)| {
                let mut response = ReCertifyResponse::new(id);
                response.template_attribute = told;
                response.into()
            }),
        ),
        row(
            O::VALIDATE,
            (1_u32..=3).prop_map(|found| ValidateResponse::new(found.into()).into()),
        ),
    ]
}
