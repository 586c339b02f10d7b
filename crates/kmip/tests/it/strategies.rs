//! Random requests and responses of one version: everything that the version has, nothing else.

pub(crate) mod asynchronous;
pub(crate) mod attribute;
pub(crate) mod attribute_changes;
pub(crate) mod crypto;
pub(crate) mod key_making;
pub(crate) mod later;
pub(crate) mod objects;
pub(crate) mod policy;
pub(crate) mod query;
pub(crate) mod server_sent;
pub(crate) mod usage;
mod vocabulary;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::strategy::Union;
use strongroom_kmip::enumeration::{
    CertificateType, EncodingOption, ObjectGroupMember, RecommendedCurve, SecretDataType,
    SplitKeyMethod, StorageStatusMask, WrappingMethod,
};
use strongroom_kmip::object::transparent_key::{
    DhPrivateKey, DhPublicKey, DsaPrivateKey, DsaPublicKey, EcPrivateKey, EcPublicKey,
    RsaPrivateKey, RsaPublicKey,
};
use strongroom_kmip::object::{
    Certificate, KeyInformation, KeyMaterial, KeyValue, KeyWrappingData, KeyWrappingSpecification,
    OpaqueDataType, OpaqueObject, PgpKey, SecretData, SplitKey, Template,
};
use strongroom_kmip::operation::{
    ActivateRequest, ActivateResponse, CreateRequest, CreateResponse, DestroyRequest,
    DestroyResponse, DiscoverVersionsRequest, DiscoverVersionsResponse, GetAttributesRequest,
    GetAttributesResponse, GetRequest, GetResponse, LocateRequest, LocateResponse, RegisterRequest,
    RegisterResponse, RevokeRequest, RevokeResponse,
};
use strongroom_kmip::{
    BigInteger, CryptographicAlgorithm, DateTime, KeyBlock, KeyFormatType, ManagedObject,
    ObjectType, ProtocolVersion, Request, Response,
};
use strongroom_secret::SecretBytes;

use attribute::{attribute_names, attributes, parameters, reason, template};

pub(crate) fn version() -> BoxedStrategy<ProtocolVersion> {
    (0..=4)
        .prop_map(|minor| ProtocolVersion::new(1, minor))
        .boxed()
}

fn text() -> BoxedStrategy<String> {
    prop_oneof!["[a-zA-Z0-9-]{1,36}", "\\PC{0,12}"].boxed()
}

fn secret() -> BoxedStrategy<SecretBytes> {
    vec(any::<u8>(), 0..48)
        .prop_map(|octets| SecretBytes::copy_from(&octets))
        .boxed()
}

/// One of the values that `version` has, or a vendor's.
fn known<T: Copy + std::fmt::Debug + From<u32> + 'static>(
    values: &'static [T],
    version: ProtocolVersion,
    since: fn(T) -> Option<ProtocolVersion>,
) -> BoxedStrategy<T> {
    let values: Vec<T> = values
        .iter()
        .copied()
        .filter(|value| version.knows(since(*value)))
        .collect();
    prop_oneof![
        9 => proptest::sample::select(values),
        1 => (0x8000_0000_u32..).prop_map(T::from),
    ]
    .boxed()
}

fn algorithm(version: ProtocolVersion) -> BoxedStrategy<CryptographicAlgorithm> {
    let since = CryptographicAlgorithm::since;
    known(CryptographicAlgorithm::KNOWN, version, since).boxed()
}

fn key_information(version: ProtocolVersion) -> BoxedStrategy<KeyInformation> {
    (text(), option::of(parameters(version)))
        .prop_map(|(id, parameters)| {
            let mut information = KeyInformation::new(id);
            information.cryptographic_parameters = parameters;
            information
        })
        .boxed()
}

fn wrapping_data(version: ProtocolVersion) -> BoxedStrategy<KeyWrappingData> {
    let keys = (
        option::of(key_information(version)),
        option::of(key_information(version)),
    );
    (keys, any::<[bool; 3]>())
        .prop_map(move |((encryption, mac), set)| {
            let mut data = KeyWrappingData::new(WrappingMethod::ENCRYPT);
            data.encryption_key_information = encryption;
            data.mac_signature_key_information = mac;
            data.mac_signature = set[0].then(|| vec![7; 20]);
            data.iv_counter_nonce = set[1].then(|| vec![8; 12]);
            if set[2] && version >= ProtocolVersion::V1_1 {
                data.encoding_option = Some(EncodingOption::TTLV_ENCODING);
            }
            data
        })
        .boxed()
}

fn wrapping_specification(version: ProtocolVersion) -> BoxedStrategy<KeyWrappingSpecification> {
    let keys = option::of(key_information(version));
    (keys, vec(text(), 0..3), any::<bool>())
        .prop_map(move |(key, names, encoded)| {
            let mut specification = KeyWrappingSpecification::new(WrappingMethod::ENCRYPT);
            specification.encryption_key_information = key;
            specification.attribute_names = names.into_iter().map(Into::into).collect();
            if encoded && version >= ProtocolVersion::V1_1 {
                specification.encoding_option = Some(EncodingOption::NO_ENCODING);
            }
            specification
        })
        .boxed()
}

fn key_block(version: ProtocolVersion) -> BoxedStrategy<KeyBlock> {
    let plain = (secret(), attributes(version), any::<bool>());
    let rest = (option::of(algorithm(version)), option::of(any::<i32>()));
    let wrapping = option::weighted(0.3, wrapping_data(version));
    (plain, rest, wrapping, any::<bool>())
        .prop_map(|(plain, rest, wrapping, compressed)| {
            let (secret, attributes, transparent) = plain;
            let mut block = KeyBlock::new(KeyFormatType::RAW, SecretBytes::copy_from(&[]));
            if compressed {
                block.key_compression_type = Some(1.into());
            }
            if wrapping.is_some() {
                block.key_value = Some(KeyValue::Wrapped(secret));
            } else {
                let material = if transparent {
                    block.key_format_type = KeyFormatType::TRANSPARENT_SYMMETRIC_KEY;
                    KeyMaterial::TransparentSymmetricKey(secret)
                } else {
                    KeyMaterial::Bytes(secret)
                };
                block.key_value = Some(KeyValue::Plain {
                    material,
                    attributes,
                });
            }
            (block.cryptographic_algorithm, block.cryptographic_length) = rest;
            block.key_wrapping_data = wrapping.map(Box::new);
            block
        })
        .boxed()
}

fn number() -> BoxedStrategy<BigInteger> {
    vec(any::<u8>(), 1..40)
        .prop_map(|octets| BigInteger::from_octets(&octets))
        .boxed()
}

/// Key material of every transparent form, with its format.
fn transparent(version: ProtocolVersion) -> BoxedStrategy<(KeyFormatType, KeyMaterial)> {
    use KeyFormatType as F;
    use KeyMaterial as M;
    let numbers = || (number(), number(), number(), number());
    let curve = RecommendedCurve::P_256;
    let ec = if version >= ProtocolVersion::V1_3 {
        (F::TRANSPARENT_EC_PRIVATE_KEY, F::TRANSPARENT_EC_PUBLIC_KEY)
    } else {
        (
            F::TRANSPARENT_ECDH_PRIVATE_KEY,
            F::TRANSPARENT_ECDSA_PUBLIC_KEY,
        )
    };
    prop_oneof![
        numbers().prop_map(|(p, q, g, x)| {
            let key = DsaPrivateKey { p, q, g, x };
            (F::TRANSPARENT_DSA_PRIVATE_KEY, M::DsaPrivateKey(key.into()))
        }),
        numbers().prop_map(|(p, q, g, y)| {
            let key = DsaPublicKey { p, q, g, y };
            (F::TRANSPARENT_DSA_PUBLIC_KEY, M::DsaPublicKey(key.into()))
        }),
        (number(), vec(option::of(number()), 7)).prop_map(|(modulus, mut parts)| {
            let mut next = || parts.pop().flatten();
            let key = RsaPrivateKey {
                modulus,
                private_exponent: next(),
                public_exponent: next(),
                p: next(),
                q: next(),
                prime_exponent_p: next(),
                prime_exponent_q: next(),
                crt_coefficient: next(),
            };
            (F::TRANSPARENT_RSA_PRIVATE_KEY, M::RsaPrivateKey(key.into()))
        }),
        (number(), number()).prop_map(|(modulus, public_exponent)| {
            let key = RsaPublicKey {
                modulus,
                public_exponent,
            };
            (F::TRANSPARENT_RSA_PUBLIC_KEY, M::RsaPublicKey(key.into()))
        }),
        (numbers(), option::of(number())).prop_map(|((p, q, g, x), j)| {
            let q = Some(q);
            let key = DhPrivateKey { p, q, g, j, x };
            (F::TRANSPARENT_DH_PRIVATE_KEY, M::DhPrivateKey(key.into()))
        }),
        (numbers(), option::of(number())).prop_map(|((p, _, g, y), j)| {
            let q = None;
            let key = DhPublicKey { p, q, g, j, y };
            (F::TRANSPARENT_DH_PUBLIC_KEY, M::DhPublicKey(key.into()))
        }),
        number().prop_map(move |d| {
            let recommended_curve = curve;
            let key = EcPrivateKey {
                recommended_curve,
                d,
            };
            (ec.0, M::EcPrivateKey(key.into()))
        }),
        vec(any::<u8>(), 0..70).prop_map(move |q_string| {
            let recommended_curve = curve;
            let key = EcPublicKey {
                recommended_curve,
                q_string,
            };
            (ec.1, M::EcPublicKey(key.into()))
        }),
    ]
    .boxed()
}

fn transparent_block(version: ProtocolVersion) -> BoxedStrategy<KeyBlock> {
    transparent(version)
        .prop_map(|(format, material)| {
            let mut block = KeyBlock::new(format, SecretBytes::copy_from(&[]));
            block.key_value = Some(KeyValue::Plain {
                material,
                attributes: Vec::new(),
            });
            block
        })
        .boxed()
}

fn split_key(version: ProtocolVersion) -> BoxedStrategy<ManagedObject> {
    (any::<[i32; 3]>(), option::of(number()), key_block(version))
        .prop_map(|(numbers, prime_field_size, key_block)| {
            ManagedObject::SplitKey(Box::new(SplitKey {
                split_key_parts: numbers[0],
                key_part_identifier: numbers[1],
                split_key_threshold: numbers[2],
                split_key_method: SplitKeyMethod::XOR,
                prime_field_size,
                key_block,
            }))
        })
        .boxed()
}

/// Objects that some versions have only.
fn object_of(version: ProtocolVersion) -> BoxedStrategy<ManagedObject> {
    let mut kinds = vec![split_key(version)];
    if version <= ProtocolVersion::V1_4 {
        let template = attributes(version)
            .prop_map(|attributes| ManagedObject::Template(Template { attributes }));
        kinds.push(template.boxed());
    }
    if version >= ProtocolVersion::V1_2 {
        let key = (any::<i32>(), key_block(version)).prop_map(|(pgp_key_version, key_block)| {
            ManagedObject::PgpKey(PgpKey {
                pgp_key_version,
                key_block,
            })
        });
        kinds.push(key.boxed());
    }
    Union::new(kinds).boxed()
}

fn object(version: ProtocolVersion) -> BoxedStrategy<ManagedObject> {
    use ManagedObject as O;
    prop_oneof![
        2 => object_of(version),
        1 => transparent_block(version).prop_map(O::PrivateKey),
        1 => transparent_block(version).prop_map(O::PublicKey),
        4 => key_block(version).prop_map(O::SymmetricKey),
        1 => key_block(version).prop_map(O::PublicKey),
        1 => key_block(version).prop_map(O::PrivateKey),
        1 => vec(any::<u8>(), 0..64).prop_map(|der| {
            O::Certificate(Certificate::new(CertificateType::X_509, der))
        }),
        1 => key_block(version).prop_map(|block| {
            O::SecretData(SecretData::new(SecretDataType::SEED, block))
        }),
        1 => secret().prop_map(|value| {
            O::OpaqueObject(OpaqueObject::new(OpaqueDataType::new(0x8000_0001), value))
        }),
    ]
    .boxed()
}

fn versions() -> BoxedStrategy<Vec<ProtocolVersion>> {
    vec(
        (0..4, 0..5).prop_map(|(major, minor)| ProtocolVersion::new(major, minor)),
        0..6,
    )
    .boxed()
}

fn get_request(version: ProtocolVersion) -> BoxedStrategy<GetRequest> {
    let specification = option::of(wrapping_specification(version));
    let set = any::<[bool; 3]>();
    (option::of(text()), specification, set)
        .prop_map(move |(id, specification, set)| {
            let mut request = GetRequest::default();
            request.unique_identifier = id.map(Into::into);
            request.key_format_type = set[0].then_some(KeyFormatType::RAW);
            request.key_compression_type = set[1].then(|| 2.into());
            if set[2] && version >= ProtocolVersion::V1_4 {
                request.key_wrap_type = Some(1.into());
            }
            request.key_wrapping_specification = specification.map(Box::new);
            request
        })
        .boxed()
}

fn locate_request(version: ProtocolVersion) -> BoxedStrategy<LocateRequest> {
    let numbers = any::<[Option<i32>; 3]>();
    (numbers, any::<bool>(), attributes(version))
        .prop_map(move |(numbers, group, attributes)| {
            let mut request = LocateRequest::new(attributes);
            request.maximum_items = numbers[0];
            let storage = |bits: i32| StorageStatusMask::from_wire(bits & 3);
            request.storage_status_mask = numbers[1].map(storage);
            if version >= ProtocolVersion::V1_3 {
                request.offset_items = numbers[2];
            }
            if group && version >= ProtocolVersion::V1_1 {
                request.object_group_member = Some(ObjectGroupMember::GROUP_MEMBER_FRESH);
            }
            request
        })
        .boxed()
}

/// A request of any operation that `version` has.
pub(crate) fn request(version: ProtocolVersion) -> BoxedStrategy<Request> {
    use Request as R;
    let id = || option::of(text());
    let others = prop_oneof![
        versions().prop_map(|list| R::DiscoverVersions(DiscoverVersionsRequest::new(list))),
        query::request(version).prop_map(R::Query),
        template(version).prop_map(|template| R::Create(CreateRequest::symmetric_key(template))),
        (object(version), template(version))
            .prop_map(|(object, template)| R::Register(RegisterRequest::new(object, template))),
        get_request(version).prop_map(R::Get),
        (id(), attribute_names(version)).prop_map(|(id, names)| {
            let mut request = GetAttributesRequest::default();
            request.unique_identifier = id.map(Into::into);
            request.attribute_names = names;
            R::GetAttributes(request)
        }),
        locate_request(version).prop_map(R::Locate),
        text().prop_map(|id| R::Activate(ActivateRequest::new(id))),
        (text(), reason(), option::of(any::<i64>())).prop_map(|(id, reason, date)| {
            let mut request = RevokeRequest::new(id, reason);
            request.compromise_occurrence_date = date.map(DateTime);
            R::Revoke(request)
        }),
        text().prop_map(|id| R::Destroy(DestroyRequest::new(id))),
        server_sent::request(version),
        attribute_changes::request(version),
        key_making::request(version),
        asynchronous::request(),
        usage::request(version),
    ]
    .prop_filter("of this version", move |request: &Request| {
        version.knows(request.operation().since())
    })
    .boxed();
    let mut all = vec![(4, others)];
    if version >= ProtocolVersion::V1_2 {
        all.push((2, crypto::request(version)));
        all.push((1, objects::request(version)));
    }
    if version >= ProtocolVersion::V2_0 {
        all.push((1, later::request(version)));
        all.push((1, policy::request(version)));
    }
    Union::new_weighted(all).boxed()
}

/// A response of any operation that `version` has.
pub(crate) fn response(version: ProtocolVersion) -> BoxedStrategy<Response> {
    use Response as R;
    let others = prop_oneof![
        versions().prop_map(|list| R::DiscoverVersions(DiscoverVersionsResponse::new(list))),
        query::response(version).prop_map(R::Query),
        (text(), option::of(template(version))).prop_map(|(id, template)| {
            let mut response = CreateResponse::new(ObjectType::SYMMETRIC_KEY, id);
            response.template_attribute = template;
            R::Create(response)
        }),
        (text(), option::of(template(version))).prop_map(|(id, template)| {
            let mut response = RegisterResponse::new(id);
            response.template_attribute = template;
            R::Register(response)
        }),
        (text(), object(version)).prop_map(|(id, object)| R::Get(GetResponse::new(id, object))),
        (text(), attributes(version))
            .prop_map(|(id, list)| R::GetAttributes(GetAttributesResponse::new(id, list))),
        (option::of(any::<i32>()), vec(text(), 0..5)).prop_map(move |(count, ids)| {
            let mut response = LocateResponse::new(ids);
            if version >= ProtocolVersion::V1_3 {
                response.located_items = count;
            }
            R::Locate(response)
        }),
        text().prop_map(|id| R::Activate(ActivateResponse::new(id))),
        text().prop_map(|id| R::Revoke(RevokeResponse::new(id))),
        text().prop_map(|id| R::Destroy(DestroyResponse::new(id))),
        server_sent::response(),
        attribute_changes::response(version),
        key_making::response(version),
        asynchronous::response(version),
        usage::response(version),
    ]
    .prop_filter("of this version", move |response: &Response| {
        version.knows(response.operation().since())
    })
    .boxed();
    let mut all = vec![(4, others)];
    if version >= ProtocolVersion::V1_2 {
        all.push((2, crypto::response(version)));
        all.push((1, objects::response(version)));
    }
    if version >= ProtocolVersion::V2_0 {
        all.push((1, later::response(version)));
        all.push((1, policy::response(version)));
    }
    Union::new_weighted(all).boxed()
}
