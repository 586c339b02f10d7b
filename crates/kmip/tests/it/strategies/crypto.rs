//! Random payloads of the cryptographic operations of 1.2: everything that a version has.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use strongroom_kmip::enumeration::{DataEnumeration, ValidityIndicator};
use strongroom_kmip::operation::{
    Data, DecryptRequest, DecryptResponse, EncryptRequest, EncryptResponse, HashRequest,
    HashResponse, MacRequest, MacResponse, MacVerifyRequest, MacVerifyResponse, RngRetrieveRequest,
    RngRetrieveResponse, RngSeedRequest, RngSeedResponse, SignRequest, SignResponse,
    SignatureVerifyRequest, SignatureVerifyResponse,
};
use strongroom_kmip::{ProtocolVersion, Request, Response, UniqueIdentifier};
use strongroom_secret::SecretBytes;

use super::vocabulary::named;
use super::{O, Table, parameters, row, secret, text};

fn octets() -> BoxedStrategy<Option<Vec<u8>>> {
    option::of(vec(any::<u8>(), 0..40)).boxed()
}

/// A value only where `version` has the field.
fn from<T: std::fmt::Debug + 'static>(
    first: ProtocolVersion,
    version: ProtocolVersion,
    values: BoxedStrategy<Option<T>>,
) -> BoxedStrategy<Option<T>> {
    if first <= version {
        return values;
    }
    values.prop_map(|_| None).boxed()
}

pub(super) fn id(version: ProtocolVersion) -> BoxedStrategy<UniqueIdentifier> {
    let plain = text().prop_map(UniqueIdentifier::Text);
    if version < ProtocolVersion::V2_0 {
        return plain.boxed();
    }
    prop_oneof![
        4 => plain,
        1 => (1_u32..=17).prop_map(UniqueIdentifier::Enumeration),
        1 => any::<i32>().prop_map(UniqueIdentifier::Index),
    ]
    .boxed()
}

fn data(version: ProtocolVersion) -> BoxedStrategy<Data> {
    let plain = secret().prop_map(Data::Octets);
    if version < ProtocolVersion::V2_0 {
        return plain.boxed();
    }
    let output = named(DataEnumeration::KNOWN, version, DataEnumeration::versions);
    prop_oneof![
        4 => plain,
        1 => output.prop_map(Data::Output),
        1 => any::<i32>().prop_map(Data::Index),
    ]
    .boxed()
}

/// Correlation Value, Init Indicator, Final Indicator.
type Stream = (Option<Vec<u8>>, Option<bool>, Option<bool>);

fn stream(version: ProtocolVersion) -> BoxedStrategy<Stream> {
    let v1_3 = ProtocolVersion::V1_3;
    let flag = || from(v1_3, version, any::<Option<bool>>().boxed());
    (from(v1_3, version, octets()), flag(), flag()).boxed()
}

fn correlation(version: ProtocolVersion) -> BoxedStrategy<Option<Vec<u8>>> {
    from(ProtocolVersion::V1_3, version, octets())
}

fn of_1_4(version: ProtocolVersion) -> BoxedStrategy<Option<Vec<u8>>> {
    from(ProtocolVersion::V1_4, version, octets())
}

/// Sets the fields that nearly all of these requests have.
macro_rules! common {
    ($request:ident, $common:expr) => {{
        let (id, parameters, data, stream) = $common;
        $request.unique_identifier = id;
        $request.cryptographic_parameters = parameters.map(Box::new);
        $request.data = data;
        (
            $request.correlation_value,
            $request.init_indicator,
            $request.final_indicator,
        ) = stream;
    }};
}

/// A request of one of these operations, all of which `version` must have.
pub(crate) fn requests(version: ProtocolVersion) -> Table<Request> {
    let common = || {
        (
            option::of(id(version)),
            option::of(parameters(version)),
            option::of(data(version)),
            stream(version),
        )
    };
    vec![
        row(
            O::ENCRYPT,
            (common(), octets(), of_1_4(version)).prop_map(|(common, nonce, additional)| {
                let mut request = EncryptRequest::default();
                common!(request, common);
                request.iv_counter_nonce = nonce;
                request.authenticated_encryption_additional_data = additional;
                Request::Encrypt(request)
            }),
        ),
        row(
            O::DECRYPT,
            (common(), octets(), of_1_4(version), of_1_4(version)).prop_map(
                |(common, nonce, additional, tag)| {
                    let mut request = DecryptRequest::default();
                    common!(request, common);
                    request.iv_counter_nonce = nonce;
                    request.authenticated_encryption_additional_data = additional;
                    request.authenticated_encryption_tag = tag;
                    Request::Decrypt(request)
                },
            ),
        ),
        row(
            O::SIGN,
            (common(), of_1_4(version)).prop_map(|(common, digested)| {
                let mut request = SignRequest::default();
                common!(request, common);
                request.digested_data = digested;
                Request::Sign(request)
            }),
        ),
        row(
            O::SIGNATURE_VERIFY,
            (common(), of_1_4(version), octets()).prop_map(|(common, digested, signature)| {
                let mut request = SignatureVerifyRequest::default();
                common!(request, common);
                request.digested_data = digested;
                request.signature_data = signature;
                Request::SignatureVerify(request)
            }),
        ),
        row(
            O::MAC,
            common().prop_map(|common| {
                let mut request = MacRequest::default();
                common!(request, common);
                Request::Mac(request)
            }),
        ),
        row(
            O::MAC_VERIFY,
            (common(), octets()).prop_map(|(common, mac)| {
                let mut request = MacVerifyRequest::default();
                common!(request, common);
                request.mac_data = mac;
                Request::MacVerify(request)
            }),
        ),
        row(
            O::RNG_RETRIEVE,
            any::<i32>().prop_map(|length| Request::RngRetrieve(RngRetrieveRequest::new(length))),
        ),
        row(
            O::RNG_SEED,
            data(version).prop_map(|data| Request::RngSeed(RngSeedRequest::new(data))),
        ),
        row(
            O::HASH,
            (
                parameters(version),
                option::of(data(version)),
                stream(version),
            )
                .prop_map(|(parameters, data, stream)| {
                    let mut request = HashRequest::new(parameters, Data::copy_from(&[]));
                    request.data = data;
                    (
                        request.correlation_value,
                        request.init_indicator,
                        request.final_indicator,
                    ) = stream;
                    Request::Hash(request)
                }),
        ),
    ]
}

/// An answer of one of these operations, all of which `version` must have.
pub(crate) fn responses(version: ProtocolVersion) -> Table<Response> {
    let common = || (option::of(id(version)), correlation(version));
    let validity = || option::of((1_u32..=3).prop_map(ValidityIndicator::new));
    vec![
        row(
            O::ENCRYPT,
            (common(), octets(), octets(), of_1_4(version)).prop_map(
                |(common, data, nonce, tag)| {
                    let mut response = EncryptResponse::default();
                    (response.unique_identifier, response.correlation_value) = common;
                    response.data = data;
                    response.iv_counter_nonce = nonce;
                    response.authenticated_encryption_tag = tag;
                    Response::Encrypt(response)
                },
            ),
        ),
        row(
            O::DECRYPT,
            (common(), option::of(secret())).prop_map(|(common, data)| {
                let mut response = DecryptResponse::default();
                (response.unique_identifier, response.correlation_value) = common;
                response.data = data;
                Response::Decrypt(response)
            }),
        ),
        row(
            O::SIGN,
            (common(), octets()).prop_map(|(common, signature)| {
                let mut response = SignResponse::default();
                (response.unique_identifier, response.correlation_value) = common;
                response.signature_data = signature;
                Response::Sign(response)
            }),
        ),
        row(
            O::SIGNATURE_VERIFY,
            (common(), validity(), octets()).prop_map(|(common, validity, data)| {
                let mut response = SignatureVerifyResponse::default();
                (response.unique_identifier, response.correlation_value) = common;
                response.validity_indicator = validity;
                response.data = data;
                Response::SignatureVerify(response)
            }),
        ),
        row(
            O::MAC,
            (common(), octets()).prop_map(|(common, mac)| {
                let mut response = MacResponse::default();
                (response.unique_identifier, response.correlation_value) = common;
                response.mac_data = mac;
                Response::Mac(response)
            }),
        ),
        row(
            O::MAC_VERIFY,
            (common(), validity()).prop_map(|(common, validity)| {
                let mut response = MacVerifyResponse::default();
                (response.unique_identifier, response.correlation_value) = common;
                response.validity_indicator = validity;
                Response::MacVerify(response)
            }),
        ),
        row(
            O::RNG_RETRIEVE,
            option::of(secret()).prop_map(|data| {
                let mut response = RngRetrieveResponse::new(SecretBytes::copy_from(&[]));
                response.data = data;
                Response::RngRetrieve(response)
            }),
        ),
        row(
            O::RNG_SEED,
            any::<i32>().prop_map(|length| Response::RngSeed(RngSeedResponse::new(length))),
        ),
        row(
            O::HASH,
            (octets(), correlation(version)).prop_map(|(data, correlation)| {
                let mut response = HashResponse::new(Vec::new());
                response.data = data;
                response.correlation_value = correlation;
                Response::Hash(response)
            }),
        ),
    ]
}
