//! One sample of every attribute, with its octets by hand.

use strongroom_kmip::attribute::{
    AlternativeName, ApplicationSpecificInformation, CertificateAttribute, CertificateIdentifier,
    CertificateIssuer, CertificatePart, CertificateSubject, CryptographicDomainParameters,
    CryptographicParameters, Digest, KeyValueLocation, Link, RevocationReason, RotateName,
    UsageLimits, X509CertificateIdentifier, X509CertificateIssuer, X509CertificateSubject,
};
use strongroom_kmip::enumeration::{
    AlternativeNameType, BlockCipherMode, CertificateType, DigitalSignatureAlgorithm,
    DrbgAlgorithm, HashingAlgorithm, KeyValueLocationType, LinkType, NistKeyType, OpaqueDataType,
    ProtectionLevel, ProtectionStorageMask, RecommendedCurve, RngAlgorithm, RotateNameType,
    UsageLimitsUnit,
};
use strongroom_kmip::structure::RngParameters;
use strongroom_kmip::{
    AttributeValue as A, CryptographicAlgorithm, CryptographicUsageMask, DateTime, Interval,
    KeyFormatType, LongInteger, Name, ObjectType, RevocationReasonCode, State,
};

use crate::tree::{
    boolean, bytes, date_time, enumeration, integer, interval, long_integer, structure, text,
};

/// An attribute, its name and the item of its value under any tag.
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) value: A,
    item: Box<dyn Fn(u32) -> Vec<u8>>,
}

impl Sample {
    /// The item of the value.
    pub(super) fn item(&self, tag: u32) -> Vec<u8> {
        (self.item)(tag)
    }
}

/// A name and what makes its value.
type Kind<T> = (&'static str, fn(T) -> A);

fn sample(name: &'static str, value: A, item: impl Fn(u32) -> Vec<u8> + 'static) -> Sample {
    let item = Box::new(item);
    Sample { name, value, item }
}

/// Every attribute of KMIP 1.0 to 2.1 that stands under a name or a tag of its own.
pub(super) fn all() -> Vec<Sample> {
    let mut all = numbers();
    all.extend(texts());
    all.extend(dates());
    all.extend(flags());
    all.extend(keys());
    all.extend(names());
    all.extend(certificates());
    all.extend(CertificatePart::ALL.iter().map(|part| {
        let value = A::CertificateAttribute(CertificateAttribute::new(*part, "part"));
        sample(part.name(), value, |tag| text(tag, "part"))
    }));
    all
}

fn numbers() -> Vec<Sample> {
    let octets = A::ShortUniqueIdentifier(vec![1, 2, 3]);
    let mask = CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT;
    let storage = ProtectionStorageMask::SOFTWARE;
    let lease = A::LeaseTime(Interval(3600));
    vec![
        sample("Cryptographic Length", A::CryptographicLength(256), |tag| {
            integer(tag, 256)
        }),
        sample("Certificate Length", A::CertificateLength(900), |tag| {
            integer(tag, 900)
        }),
        sample("Rotate Generation", A::RotateGeneration(3), |tag| {
            integer(tag, 3)
        }),
        sample(
            "Cryptographic Usage Mask",
            A::CryptographicUsageMask(mask),
            |tag| integer(tag, 12),
        ),
        sample(
            "Protection Storage Mask",
            A::ProtectionStorageMask(storage),
            |tag| integer(tag, 1),
        ),
        sample("Lease Time", lease, |tag| interval(tag, 3600)),
        sample(
            "Protection Period",
            A::ProtectionPeriod(Interval(7)),
            |tag| interval(tag, 7),
        ),
        sample("Rotate Interval", A::RotateInterval(Interval(8)), |tag| {
            interval(tag, 8)
        }),
        sample("Rotate Offset", A::RotateOffset(Interval(9)), |tag| {
            interval(tag, 9)
        }),
        sample("Short Unique Identifier", octets, |tag| {
            bytes(tag, &[1, 2, 3])
        }),
    ]
}

fn texts() -> Vec<Sample> {
    let kinds: [Kind<String>; 6] = [
        ("Operation Policy Name", A::OperationPolicyName),
        ("Object Group", A::ObjectGroup),
        ("Contact Information", A::ContactInformation),
        ("PKCS#12 Friendly Name", A::Pkcs12FriendlyName),
        ("Description", A::Description),
        ("Comment", A::Comment),
    ];
    let mut all: Vec<_> = kinds
        .into_iter()
        .map(|(name, kind)| sample(name, kind(name.to_owned()), move |tag| text(tag, name)))
        .collect();
    let identifier = A::UniqueIdentifier("7".into());
    all.push(sample("Unique Identifier", identifier, |tag| {
        text(tag, "7")
    }));
    all
}

fn dates() -> Vec<Sample> {
    let kinds: [Kind<DateTime>; 12] = [
        ("Initial Date", A::InitialDate),
        ("Activation Date", A::ActivationDate),
        ("Process Start Date", A::ProcessStartDate),
        ("Protect Stop Date", A::ProtectStopDate),
        ("Deactivation Date", A::DeactivationDate),
        ("Destroy Date", A::DestroyDate),
        ("Compromise Occurrence Date", A::CompromiseOccurrenceDate),
        ("Compromise Date", A::CompromiseDate),
        ("Archive Date", A::ArchiveDate),
        ("Last Change Date", A::LastChangeDate),
        ("Original Creation Date", A::OriginalCreationDate),
        ("Rotate Date", A::RotateDate),
    ];
    let seconds = |name: &str| i64::try_from(name.len()).unwrap() << 20;
    let dated = |(name, kind): Kind<DateTime>| {
        let value = kind(DateTime(seconds(name)));
        sample(name, value, move |tag| date_time(tag, seconds(name)))
    };
    kinds.into_iter().map(dated).collect()
}

fn flags() -> Vec<Sample> {
    let kinds: [Kind<bool>; 9] = [
        ("Fresh", A::Fresh),
        ("Key Value Present", A::KeyValuePresent),
        ("Sensitive", A::Sensitive),
        ("Always Sensitive", A::AlwaysSensitive),
        ("Extractable", A::Extractable),
        ("Never Extractable", A::NeverExtractable),
        ("Quantum Safe", A::QuantumSafe),
        ("Rotate Automatic", A::RotateAutomatic),
        ("Rotate Latest", A::RotateLatest),
    ];
    let flagged = |(name, kind): Kind<bool>| sample(name, kind(true), |tag| boolean(tag, true));
    kinds.into_iter().map(flagged).collect()
}

/// What is said of keys, and of objects in general.
fn keys() -> Vec<Sample> {
    let mut all = key_structures();
    let codes = [
        ("Object Type", A::ObjectType(ObjectType::SYMMETRIC_KEY), 2),
        (
            "Cryptographic Algorithm",
            A::CryptographicAlgorithm(CryptographicAlgorithm::AES),
            3,
        ),
        ("State", A::State(State::ACTIVE), 2),
        (
            "Digital Signature Algorithm",
            A::DigitalSignatureAlgorithm(DigitalSignatureAlgorithm::new(5)),
            5,
        ),
        ("Key Format Type", A::KeyFormatType(KeyFormatType::RAW), 1),
        ("NIST Key Type", A::NistKeyType(NistKeyType::new(6)), 6),
        (
            "Opaque Data Type",
            A::OpaqueDataType(OpaqueDataType::new(0x8000_0001)),
            0x8000_0001,
        ),
        (
            "Protection Level",
            A::ProtectionLevel(ProtectionLevel::HIGH),
            1,
        ),
        (
            "Certificate Type",
            A::CertificateType(CertificateType::X_509),
            1,
        ),
    ];
    all.extend(
        codes
            .into_iter()
            .map(|(name, value, code)| sample(name, value, move |tag| enumeration(tag, code))),
    );
    all
}

fn key_structures() -> Vec<Sample> {
    let parameters = CryptographicParameters {
        block_cipher_mode: Some(BlockCipherMode::CBC),
        hashing_algorithm: Some(HashingAlgorithm::SHA_256),
        ..CryptographicParameters::default()
    };
    let domain = CryptographicDomainParameters {
        qlength: Some(224),
        recommended_curve: Some(RecommendedCurve::P_256),
    };
    let mut limits = UsageLimits::new(1 << 40, UsageLimitsUnit::BYTE);
    limits.count = Some(LongInteger(5));
    let mut rng = RngParameters::new(RngAlgorithm::DRBG);
    rng.drbg_algorithm = Some(DrbgAlgorithm::CTR);
    rng.prediction_resistance = Some(true);
    let mut reason = RevocationReason::new(RevocationReasonCode::KEY_COMPROMISE);
    reason.message = Some("lost".to_owned());
    let digest = Digest::new(HashingAlgorithm::SHA_256, vec![9; 32]);
    vec![
        sample(
            "Cryptographic Parameters",
            A::CryptographicParameters(parameters),
            |tag| structure(tag, &[enumeration(0x42_0011, 1), enumeration(0x42_0038, 6)]),
        ),
        sample(
            "Cryptographic Domain Parameters",
            A::CryptographicDomainParameters(domain),
            |tag| structure(tag, &[integer(0x42_0073, 224), enumeration(0x42_0075, 7)]),
        ),
        sample("Digest", A::Digest(digest), |tag| {
            structure(
                tag,
                &[enumeration(0x42_0038, 6), bytes(0x42_0035, &[9; 32])],
            )
        }),
        sample("Usage Limits", A::UsageLimits(limits), |tag| {
            let left = [long_integer(0x42_0097, 1 << 40), long_integer(0x42_0096, 5)];
            structure(tag, &[left.concat(), enumeration(0x42_0098, 1)])
        }),
        sample(
            "Random Number Generator",
            A::RandomNumberGenerator(rng),
            |tag| {
                let algorithms = [enumeration(0x42_00DA, 3), enumeration(0x42_00DB, 5)];
                structure(tag, &[algorithms.concat(), boolean(0x42_00DD, true)])
            },
        ),
        sample("Revocation Reason", A::RevocationReason(reason), |tag| {
            structure(tag, &[enumeration(0x42_0082, 2), text(0x42_0080, "lost")])
        }),
    ]
}

/// What an object is called, and what belongs to it.
fn names() -> Vec<Sample> {
    let label = ApplicationSpecificInformation::new("space", "data");
    let alternative = AlternativeName::new("host", AlternativeNameType::DNS_NAME);
    let location = KeyValueLocation::new("safe", KeyValueLocationType::URI);
    let rotate = RotateName::new("rota", RotateNameType::URI);
    vec![
        sample("Name", A::Name(Name::text("key")), |tag| {
            structure(tag, &[text(0x42_0055, "key"), enumeration(0x42_0054, 1)])
        }),
        sample("Alternative Name", A::AlternativeName(alternative), |tag| {
            structure(tag, &[text(0x42_00C0, "host"), enumeration(0x42_00C1, 5)])
        }),
        sample("Rotate Name", A::RotateName(rotate), |tag| {
            structure(tag, &[text(0x42_0170, "rota"), enumeration(0x42_0171, 2)])
        }),
        sample("Key Value Location", A::KeyValueLocation(location), |tag| {
            structure(tag, &[text(0x42_00B9, "safe"), enumeration(0x42_00BA, 2)])
        }),
        sample(
            "Link",
            A::Link(Link::new(LinkType::PUBLIC_KEY_LINK, "8")),
            |tag| structure(tag, &[enumeration(0x42_004B, 0x102), text(0x42_004C, "8")]),
        ),
        sample(
            "Application Specific Information",
            A::ApplicationSpecificInformation(label),
            |tag| structure(tag, &[text(0x42_0003, "space"), text(0x42_0002, "data")]),
        ),
    ]
}

fn certificates() -> Vec<Sample> {
    let identifier = CertificateIdentifier::new("CN=ca", "17");
    let mut subject = CertificateSubject::new("CN=me");
    subject.alternative_names = vec!["a".to_owned(), "b".to_owned()];
    let issuer = CertificateIssuer::new("CN=ca");
    let x509_identifier = X509CertificateIdentifier::new([1, 2], &[3]);
    let mut x509_subject = X509CertificateSubject::new([4]);
    x509_subject.alternative_names = vec![vec![5], vec![6, 7]];
    let mut x509_issuer = X509CertificateIssuer::new([8]);
    x509_issuer.alternative_names = vec![vec![9]];
    vec![
        sample(
            "Certificate Identifier",
            A::CertificateIdentifier(identifier),
            |tag| structure(tag, &[text(0x42_003B, "CN=ca"), text(0x42_0087, "17")]),
        ),
        sample(
            "Certificate Subject",
            A::CertificateSubject(subject),
            |tag| {
                let others = [text(0x42_001B, "a"), text(0x42_001B, "b")];
                structure(tag, &[text(0x42_001C, "CN=me"), others.concat()])
            },
        ),
        sample("Certificate Issuer", A::CertificateIssuer(issuer), |tag| {
            structure(tag, &[text(0x42_0017, "CN=ca")])
        }),
        sample(
            "X.509 Certificate Identifier",
            A::X509CertificateIdentifier(x509_identifier),
            |tag| structure(tag, &[bytes(0x42_00B2, &[1, 2]), bytes(0x42_00AF, &[3])]),
        ),
        sample(
            "X.509 Certificate Subject",
            A::X509CertificateSubject(x509_subject),
            |tag| {
                let others = [bytes(0x42_00B3, &[5]), bytes(0x42_00B3, &[6, 7])];
                structure(tag, &[bytes(0x42_00B4, &[4]), others.concat()])
            },
        ),
        sample(
            "X.509 Certificate Issuer",
            A::X509CertificateIssuer(x509_issuer),
            |tag| structure(tag, &[bytes(0x42_00B2, &[8]), bytes(0x42_00B1, &[9])]),
        ),
    ]
}
