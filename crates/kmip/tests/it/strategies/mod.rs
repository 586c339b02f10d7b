//! Random requests and responses of one version: everything that the version has, nothing else.
//!
//! `mod.rs`, because the fuzz targets take this folder by its path.

pub(crate) mod asynchronous;
pub(crate) mod attribute;
pub(crate) mod attribute_changes;
pub(crate) mod basic;
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
use strongroom_kmip::Operation as O;
use strongroom_kmip::attribute::AttributeName;
use strongroom_kmip::enumeration::{
    CertificateType, EncodingOption, RecommendedCurve, SecretDataType, SplitKeyMethod,
    WrappingMethod,
};
use strongroom_kmip::object::transparent_key::{
    DhPrivateKey, DhPublicKey, DsaPrivateKey, DsaPublicKey, EcPrivateKey, EcPublicKey,
    RsaPrivateKey, RsaPublicKey,
};
use strongroom_kmip::object::{
    Certificate, KeyInformation, KeyMaterial, KeyValue, KeyWrappingData, KeyWrappingSpecification,
    OpaqueDataType, OpaqueObject, PgpKey, SecretData, SplitKey, Template,
};
use strongroom_kmip::{
    BigInteger, CryptographicAlgorithm, KeyBlock, KeyFormatType, ManagedObject, ProtocolVersion,
    Request, Response,
};
use strongroom_secret::SecretBytes;

use attribute::{attribute_names, attributes, parameters, reason, template};

/// Every version that there is.
pub(crate) const VERSIONS: [ProtocolVersion; 7] = [
    ProtocolVersion::V1_0,
    ProtocolVersion::V1_1,
    ProtocolVersion::V1_2,
    ProtocolVersion::V1_3,
    ProtocolVersion::V1_4,
    ProtocolVersion::V2_0,
    ProtocolVersion::V2_1,
];

/// Operations, each with what makes its payloads.
pub(crate) type Table<T> = Vec<(O, BoxedStrategy<T>)>;

fn row<T>(operation: O, payloads: impl Strategy<Value = T> + 'static) -> (O, BoxedStrategy<T>) {
    (operation, payloads.boxed())
}

/// Requests of each operation that `version` has.
pub(crate) fn requests(version: ProtocolVersion) -> Table<Request> {
    let all = [
        basic::requests(version),
        key_making::requests(version),
        attribute_changes::requests(version),
        usage::requests(version),
        asynchronous::requests(),
        server_sent::requests(version),
        crypto::requests(version),
        objects::requests(version),
        later::requests(version),
        policy::requests(version),
    ];
    of_version(version, all.into_iter().flatten().collect())
}

/// Answers of each operation that `version` has.
pub(crate) fn responses(version: ProtocolVersion) -> Table<Response> {
    let all = [
        basic::responses(version),
        key_making::responses(version),
        attribute_changes::responses(version),
        usage::responses(version),
        asynchronous::responses(version),
        server_sent::responses(),
        crypto::responses(version),
        objects::responses(version),
        later::responses(version),
        policy::responses(version),
    ];
    of_version(version, all.into_iter().flatten().collect())
}

/// The rows that `version` has.
fn of_version<T>(version: ProtocolVersion, mut table: Table<T>) -> Table<T> {
    table.retain(|(operation, _)| version.has(operation.versions()));
    table
}

/// A payload of any of these operations that `version` has.
pub(crate) fn any_of<T: std::fmt::Debug + 'static>(
    version: ProtocolVersion,
    table: Table<T>,
) -> BoxedStrategy<T> {
    let rows = of_version(version, table).into_iter();
    Union::new(rows.map(|(_, payloads)| payloads)).boxed()
}

/// A request of any operation that `version` has.
pub(crate) fn request(version: ProtocolVersion) -> BoxedStrategy<Request> {
    any_of(version, requests(version))
}

/// A response of any operation that `version` has.
pub(crate) fn response(version: ProtocolVersion) -> BoxedStrategy<Response> {
    any_of(version, responses(version))
}

/// A version in which whole messages can be read and written.
pub(crate) fn version() -> BoxedStrategy<ProtocolVersion> {
    proptest::sample::select(ProtocolVersion::SUPPORTED).boxed()
}

fn text() -> BoxedStrategy<String> {
    prop_oneof!["[a-zA-Z0-9-]{1,36}", "\\PC{0,12}"].boxed()
}

fn secret() -> BoxedStrategy<SecretBytes> {
    vec(any::<u8>(), 0..48)
        .prop_map(|octets| SecretBytes::copy_from(&octets))
        .boxed()
}

fn algorithm(version: ProtocolVersion) -> BoxedStrategy<CryptographicAlgorithm> {
    let versions = CryptographicAlgorithm::versions;
    vocabulary::named(CryptographicAlgorithm::KNOWN, version, versions)
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
    // Up to 1.4 a name may be any text.
    let names = if version < ProtocolVersion::V2_0 {
        let any = text().prop_map(AttributeName::from);
        prop_oneof![vec(any, 0..3), attribute_names(version)].boxed()
    } else {
        attribute_names(version)
    };
    (keys, names, any::<bool>())
        .prop_map(move |(key, names, encoded)| {
            let mut specification = KeyWrappingSpecification::new(WrappingMethod::ENCRYPT);
            specification.encryption_key_information = key;
            specification.attribute_names = names;
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
