//! Random attributes: everything that a version has, in the style of the version.

use std::fmt::Debug;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use strongroom_kmip::attribute::{
    AlternativeName, ApplicationSpecificInformation, AttributeName, CertificateAttribute,
    CertificateIdentifier, CertificateIssuer, CertificatePart, CertificateSubject,
    CryptographicDomainParameters, CryptographicParameters, Digest, KeyValueLocation, Link,
    RevocationReason, RotateName, UsageLimits, X509CertificateIdentifier, X509CertificateIssuer,
    X509CertificateSubject,
};
use strongroom_kmip::enumeration::{
    AlternativeNameType, BlockCipherMode, CertificateType, DigitalSignatureAlgorithm,
    HashingAlgorithm, KeyRoleType, KeyValueLocationType, LinkType, MaskGenerator, NameType,
    NistKeyType, OpaqueDataType, PaddingMethod, ProtectionLevel, ProtectionStorageMask,
    RecommendedCurve, RngAlgorithm, RotateNameType, UsageLimitsUnit,
};
use strongroom_kmip::structure::RngParameters;
use strongroom_kmip::vocabulary::{ATTRIBUTES, Enumeration};
use strongroom_kmip::{
    Attribute, AttributeValue, CryptographicAlgorithm, CryptographicUsageMask, DateTime, Interval,
    KeyFormatType, LongInteger, Name, ObjectType, ProtocolVersion, RevocationReasonCode, State,
    TemplateAttribute, UniqueIdentifier, tag,
};
use strongroom_ttlv::{Fields, Limits, OwnedItem};

use super::text;
use super::vocabulary::named;

fn value<T: Enumeration + Debug + 'static>(
    known: &'static [T],
    version: ProtocolVersion,
) -> BoxedStrategy<T> {
    if known.iter().any(|value| version.has(value.versions())) {
        return named(known, version, T::versions);
    }
    (0x8000_0000_u32..).prop_map(T::from).boxed()
}

fn octets() -> BoxedStrategy<Vec<u8>> {
    vec(any::<u8>(), 0..40).boxed()
}

fn date() -> BoxedStrategy<DateTime> {
    any::<i64>().prop_map(DateTime).boxed()
}

fn interval() -> BoxedStrategy<Interval> {
    any::<u32>().prop_map(Interval).boxed()
}

/// Nothing in versions before `first`.
fn since<T: Debug + 'static>(
    first: ProtocolVersion,
    version: ProtocolVersion,
    values: BoxedStrategy<T>,
) -> BoxedStrategy<Option<T>> {
    if version < first {
        return Just(()).prop_map(|()| None).boxed();
    }
    option::of(values).boxed()
}

/// Cryptographic Parameters with every field that `version` has.
pub(crate) fn parameters(version: ProtocolVersion) -> BoxedStrategy<CryptographicParameters> {
    const V1_2: ProtocolVersion = ProtocolVersion::V1_2;
    const V1_4: ProtocolVersion = ProtocolVersion::V1_4;
    let hashing = value(HashingAlgorithm::KNOWN, version);
    let first = (
        option::of(value(BlockCipherMode::KNOWN, version)),
        option::of(value(PaddingMethod::KNOWN, version)),
        option::of(hashing.clone()),
        option::of(value(KeyRoleType::KNOWN, version)),
    );
    let signature = value(DigitalSignatureAlgorithm::KNOWN, version);
    let algorithm = value(CryptographicAlgorithm::KNOWN, version);
    let second = (
        since(V1_2, version, signature),
        since(V1_2, version, algorithm),
        since(V1_2, version, any::<bool>().boxed()),
        since(V1_2, version, any::<[i32; 6]>().boxed()),
    );
    let third = (
        since(V1_4, version, any::<[i32; 2]>().boxed()),
        since(V1_4, version, value(MaskGenerator::KNOWN, version)),
        since(V1_4, version, hashing),
        since(V1_4, version, octets()),
    );
    (first, second, third)
        .prop_map(|(first, second, third)| {
            let mut out = CryptographicParameters::default();
            (
                out.block_cipher_mode,
                out.padding_method,
                out.hashing_algorithm,
                out.key_role_type,
            ) = first;
            (
                out.digital_signature_algorithm,
                out.cryptographic_algorithm,
                out.random_iv,
                _,
            ) = second;
            [
                out.iv_length,
                out.tag_length,
                out.fixed_field_length,
                out.invocation_field_length,
                out.counter_length,
                out.initial_counter_value,
            ] = second.3.map_or([None; 6], |numbers| numbers.map(Some));
            [out.salt_length, out.trailer_field] =
                third.0.map_or([None; 2], |numbers| numbers.map(Some));
            (
                _,
                out.mask_generator,
                out.mask_generator_hashing_algorithm,
                out.p_source,
            ) = third;
            out
        })
        .boxed()
}

pub(crate) fn reason() -> BoxedStrategy<RevocationReason> {
    (1_u32..=7, option::of(text()))
        .prop_map(|(code, message)| {
            let mut reason = RevocationReason::new(RevocationReasonCode::new(code));
            reason.message = message;
            reason
        })
        .boxed()
}

fn digest(version: ProtocolVersion) -> BoxedStrategy<Digest> {
    let format = value(KeyFormatType::KNOWN, version);
    (
        value(HashingAlgorithm::KNOWN, version),
        option::of(octets()),
        since(ProtocolVersion::V1_1, version, format),
    )
        .prop_map(|(algorithm, value, format)| {
            let mut digest = Digest::new(algorithm, Vec::new());
            digest.value = value;
            digest.key_format_type = format;
            digest
        })
        .boxed()
}

/// An identifier as an attribute has it: something else than text from 2.0 on only.
fn identifier(version: ProtocolVersion) -> BoxedStrategy<UniqueIdentifier> {
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

fn rng(version: ProtocolVersion) -> BoxedStrategy<RngParameters> {
    let algorithm = value(CryptographicAlgorithm::KNOWN, version);
    (
        value(RngAlgorithm::KNOWN, version),
        option::of(algorithm),
        option::of(any::<i32>()),
        option::of(any::<bool>()),
    )
        .prop_map(|(rng, algorithm, length, resistance)| {
            let mut parameters = RngParameters::new(rng);
            parameters.cryptographic_algorithm = algorithm;
            parameters.cryptographic_length = length;
            parameters.prediction_resistance = resistance;
            parameters
        })
        .boxed()
}

fn usage_limits() -> BoxedStrategy<UsageLimits> {
    (any::<i64>(), option::of(any::<i64>()), 1_u32..=2)
        .prop_map(|(total, count, unit)| {
            let mut limits = UsageLimits::new(total, UsageLimitsUnit::new(unit));
            limits.count = count.map(LongInteger);
            limits
        })
        .boxed()
}

fn domain(version: ProtocolVersion) -> BoxedStrategy<CryptographicDomainParameters> {
    let curve = value(RecommendedCurve::KNOWN, version);
    (option::of(any::<i32>()), option::of(curve))
        .prop_map(
            |(qlength, recommended_curve)| CryptographicDomainParameters {
                qlength,
                recommended_curve,
            },
        )
        .boxed()
}

fn certificates() -> BoxedStrategy<AttributeValue> {
    use AttributeValue as A;
    let part = proptest::sample::select(CertificatePart::ALL);
    prop_oneof![
        (text(), option::of(text())).prop_map(|(issuer, serial)| {
            let mut identifier = CertificateIdentifier::new(issuer, "");
            identifier.serial_number = serial;
            A::CertificateIdentifier(identifier)
        }),
        (text(), vec(text(), 0..3)).prop_map(|(name, others)| {
            let mut subject = CertificateSubject::new(name);
            subject.alternative_names = others;
            A::CertificateSubject(subject)
        }),
        (text(), vec(text(), 0..3)).prop_map(|(name, others)| {
            let mut issuer = CertificateIssuer::new(name);
            issuer.alternative_names = others;
            A::CertificateIssuer(issuer)
        }),
        (octets(), octets()).prop_map(|(issuer, serial)| {
            A::X509CertificateIdentifier(X509CertificateIdentifier::new(issuer, &serial))
        }),
        (octets(), vec(octets(), 0..3)).prop_map(|(name, others)| {
            let mut subject = X509CertificateSubject::new(name);
            subject.alternative_names = others;
            A::X509CertificateSubject(subject)
        }),
        (octets(), vec(octets(), 0..3)).prop_map(|(name, others)| {
            let mut issuer = X509CertificateIssuer::new(name);
            issuer.alternative_names = others;
            A::X509CertificateIssuer(issuer)
        }),
        any::<i32>().prop_map(A::CertificateLength),
        (1_u32..=2).prop_map(|code| A::CertificateType(CertificateType::new(code))),
        (part, text()).prop_map(|(part, value)| A::CertificateAttribute(
            CertificateAttribute::new(part, value)
        )),
    ]
    .boxed()
}

fn dates() -> BoxedStrategy<AttributeValue> {
    use AttributeValue as A;
    let kinds = [
        A::InitialDate,
        A::ActivationDate,
        A::ProcessStartDate,
        A::ProtectStopDate,
        A::DeactivationDate,
        A::DestroyDate,
        A::CompromiseOccurrenceDate,
        A::CompromiseDate,
        A::ArchiveDate,
        A::LastChangeDate,
        A::OriginalCreationDate,
        A::RotateDate,
    ];
    (proptest::sample::select(kinds.to_vec()), date())
        .prop_map(|(kind, date)| kind(date))
        .boxed()
}

fn flags() -> BoxedStrategy<AttributeValue> {
    use AttributeValue as A;
    let kinds = [
        A::Fresh,
        A::KeyValuePresent,
        A::Sensitive,
        A::AlwaysSensitive,
        A::Extractable,
        A::NeverExtractable,
        A::QuantumSafe,
        A::RotateAutomatic,
        A::RotateLatest,
    ];
    (proptest::sample::select(kinds.to_vec()), any::<bool>())
        .prop_map(|(kind, flag)| kind(flag))
        .boxed()
}

fn texts() -> BoxedStrategy<AttributeValue> {
    use AttributeValue as A;
    let kinds = [
        A::OperationPolicyName,
        A::ObjectGroup,
        A::ContactInformation,
        A::Pkcs12FriendlyName,
        A::Description,
        A::Comment,
    ];
    (proptest::sample::select(kinds.to_vec()), text())
        .prop_map(|(kind, text)| kind(text))
        .boxed()
}

fn numbers() -> BoxedStrategy<AttributeValue> {
    use AttributeValue as A;
    prop_oneof![
        any::<i32>().prop_map(A::CryptographicLength),
        any::<i32>().prop_map(A::RotateGeneration),
        interval().prop_map(A::LeaseTime),
        interval().prop_map(A::ProtectionPeriod),
        interval().prop_map(A::RotateInterval),
        interval().prop_map(A::RotateOffset),
        octets().prop_map(A::ShortUniqueIdentifier),
        (0_u32..1 << 14)
            .prop_map(|bits| A::ProtectionStorageMask(ProtectionStorageMask::new(bits))),
    ]
    .boxed()
}

fn enumerations(version: ProtocolVersion) -> BoxedStrategy<AttributeValue> {
    use AttributeValue as A;
    let signature = value(DigitalSignatureAlgorithm::KNOWN, version);
    prop_oneof![
        value(ObjectType::KNOWN, version).prop_map(A::ObjectType),
        value(CryptographicAlgorithm::KNOWN, version).prop_map(A::CryptographicAlgorithm),
        signature.prop_map(A::DigitalSignatureAlgorithm),
        value(State::KNOWN, version).prop_map(A::State),
        value(KeyFormatType::KNOWN, version).prop_map(A::KeyFormatType),
        (1_u32..=19).prop_map(|code| A::NistKeyType(NistKeyType::new(code))),
        (0x8000_0000_u32..).prop_map(|code| A::OpaqueDataType(OpaqueDataType::new(code))),
        (1_u32..=2).prop_map(|code| A::ProtectionLevel(ProtectionLevel::new(code))),
        any::<u32>().prop_map(move |bits| {
            let mask = CryptographicUsageMask::new(bits);
            A::CryptographicUsageMask(mask.in_version(version))
        }),
    ]
    .boxed()
}

fn structures(version: ProtocolVersion) -> BoxedStrategy<AttributeValue> {
    use AttributeValue as A;
    prop_oneof![
        identifier(version).prop_map(A::UniqueIdentifier),
        (text(), value(NameType::KNOWN, version))
            .prop_map(|(value, kind)| A::Name(Name::new(value, kind))),
        parameters(version).prop_map(A::CryptographicParameters),
        domain(version).prop_map(A::CryptographicDomainParameters),
        digest(version).prop_map(A::Digest),
        usage_limits().prop_map(A::UsageLimits),
        reason().prop_map(A::RevocationReason),
        (value(LinkType::KNOWN, version), identifier(version))
            .prop_map(|(kind, id)| A::Link(Link::new(kind, id))),
        (text(), option::of(text())).prop_map(|(namespace, data)| {
            let mut label = ApplicationSpecificInformation::new(namespace, "");
            label.data = data;
            A::ApplicationSpecificInformation(label)
        }),
        (text(), 1_u32..=7).prop_map(|(value, kind)| {
            A::AlternativeName(AlternativeName::new(value, AlternativeNameType::new(kind)))
        }),
        (text(), 1_u32..=2).prop_map(|(value, kind)| {
            A::KeyValueLocation(KeyValueLocation::new(
                value,
                KeyValueLocationType::new(kind),
            ))
        }),
        rng(version).prop_map(A::RandomNumberGenerator),
        (text(), 1_u32..=2).prop_map(|(value, kind)| {
            A::RotateName(RotateName::new(value, RotateNameType::new(kind)))
        }),
    ]
    .boxed()
}

/// An item `Attribute Value` with a text or a structure.
pub(crate) fn custom_item(text: &str, nested: bool) -> OwnedItem {
    let bytes = strongroom_ttlv::encode(|out| {
        if nested {
            out.structure(tag::ATTRIBUTE_VALUE, |out| out.text(tag::NAME_VALUE, text));
        } else {
            out.text(tag::ATTRIBUTE_VALUE, text);
        }
    });
    let bytes = bytes.unwrap();
    let item = Fields::item(&bytes, &Limits::FORMAT).unwrap();
    item.to_owned_item()
}

fn custom(version: ProtocolVersion) -> BoxedStrategy<AttributeValue> {
    let vendors = if version < ProtocolVersion::V2_0 {
        vec!["x", "y"]
    } else {
        vec!["x", "y", "acme.example", "", "a-b"]
    };
    let vendor = proptest::sample::select(vendors);
    (vendor, text(), text(), any::<bool>())
        .prop_map(|(vendor, name, value, nested)| {
            AttributeValue::vendor(vendor, &name, custom_item(&value, nested))
        })
        .boxed()
}

/// A value of any attribute that `version` has.
pub(crate) fn attribute_value(version: ProtocolVersion) -> BoxedStrategy<AttributeValue> {
    prop_oneof![
        3 => structures(version),
        2 => enumerations(version),
        2 => certificates(),
        1 => dates(),
        1 => flags(),
        1 => texts(),
        1 => numbers(),
        1 => custom(version),
    ]
    .prop_filter("of this version", move |value| value.is_in(version))
    .boxed()
}

/// Some attributes that `version` has, in 1.x with an index here and there.
pub(crate) fn attributes(version: ProtocolVersion) -> BoxedStrategy<Vec<Attribute>> {
    let indexed = version < ProtocolVersion::V2_0;
    let attribute = (attribute_value(version), option::of(0_u32..9)).prop_map(
        move |(value, index)| match index {
            Some(index) if indexed => Attribute::new(value).with_index(index),
            _ => Attribute::new(value),
        },
    );
    vec(attribute, 0..5).boxed()
}

/// What a Create or Register of `version` may say of the new object.
pub(crate) fn template(version: ProtocolVersion) -> BoxedStrategy<TemplateAttribute> {
    let named = version < ProtocolVersion::V2_0;
    (vec(text(), 0..2), attributes(version))
        .prop_map(move |(names, attributes)| {
            let mut template = TemplateAttribute::new(attributes);
            if named {
                template.names = names.into_iter().map(Name::text).collect();
            }
            template
        })
        .boxed()
}

/// Names of attributes that `version` has.
pub(crate) fn attribute_names(version: ProtocolVersion) -> BoxedStrategy<Vec<AttributeName>> {
    let names: Vec<_> = ATTRIBUTES
        .iter()
        .filter(|term| term.attribute_name.is_some() || term.tag.is_some())
        .map(|term| AttributeName::from(term.name))
        .chain([
            AttributeName::from("x-custom"),
            AttributeName::from("of nobody"),
            AttributeName::from("0x540001"),
            AttributeName::vendor("acme", "group"),
        ])
        .filter(|name| name.is_in(version))
        .collect();
    vec(proptest::sample::select(names), 0..5).boxed()
}
