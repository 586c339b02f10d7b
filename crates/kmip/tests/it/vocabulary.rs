//! The vocabulary: known answers that need nothing, then the specification's own tables and the
//! names in the OASIS cases.
//!
//! The last two read the folders `spec` and `oasis` under `STRONGROOM_KMIP_DATA`, and say so when
//! that is unset.

mod oasis;
mod tables;

use std::path::PathBuf;

use strongroom_kmip::enumeration::{
    self, CryptographicUsageMask, KeyFormatType, Operation, Pkcs11ReturnCode,
    ProtectionStorageMask, QueryFunction, ResultReason, StorageStatusMask,
};
use strongroom_kmip::vocabulary::{
    Enumeration, Kind, Mask, Vocabulary, attribute_by_name, attribute_by_tag,
};
use strongroom_kmip::{ProtocolVersion, Versions, attribute_name, tag};
use strongroom_ttlv::{ItemType, Tag};

/// The folder of outside data.
#[expect(
    clippy::print_stderr,
    reason = "a skipped test must say that it was skipped"
)]
fn data(folder: &str) -> Option<PathBuf> {
    let Some(data) = std::env::var_os("STRONGROOM_KMIP_DATA") else {
        eprintln!("skipped: STRONGROOM_KMIP_DATA is not set");
        return None;
    };
    Some(PathBuf::from(data).join(folder))
}

fn enumeration(name: &str) -> Option<&'static Vocabulary> {
    let mut all = enumeration::ALL.iter();
    all.find(|vocabulary| vocabulary.name() == name).copied()
}

#[test]
fn tags_have_the_text_names_of_the_encodings_own_examples() {
    let examples = [
        (
            "Template-Attribute",
            "TemplateAttribute",
            tag::TEMPLATE_ATTRIBUTE,
            0x42_0091,
        ),
        (
            "X.509 Certificate Issuer",
            "X_509CertificateIssuer",
            tag::X_509_CERTIFICATE_ISSUER,
            0x42_00B6,
        ),
        (
            "IV/Counter/Nonce",
            "IVCounterNonce",
            tag::IV_COUNTER_NONCE,
            0x42_003D,
        ),
        (
            "PKCS#12 Friendly Name",
            "PKCS_12FriendlyName",
            tag::PKCS_12_FRIENDLY_NAME,
            0x42_00FB,
        ),
        (
            "Unique Batch Item ID",
            "UniqueBatchItemID",
            tag::UNIQUE_BATCH_ITEM_ID,
            0x42_0093,
        ),
    ];
    for (name, text_name, constant, number) in examples {
        assert_eq!(constant.value(), number, "{name}");
        assert_eq!(tag::name(constant), Some(name));
        assert_eq!(tag::text_name(constant), Some(text_name));
        assert_eq!(tag::from_text(text_name), Some(constant));
    }
}

#[test]
fn values_have_the_text_names_of_the_encodings_own_examples() {
    let examples = [
        ("Operation", "Re-key Key Pair", "ReKeyKeyPair", 0x1D),
        ("Operation", "PKCS#11", "PKCS_11", 0x33),
        ("Cryptographic Algorithm", "3DES", "DES3", 2),
        ("Padding Method", "PKCS1 v1.5", "PKCS1V1_5", 8),
        ("Hashing Algorithm", "SHA-512/224", "SHA_512_224", 0x0C),
        ("Recommended Curve", "P-256", "P_256", 7),
        ("RNG Algorithm", "ANSI X9.31", "ANSIX9_31", 5),
        ("Digital Signature Algorithm", "RSASSA-PSS", "RSASSA_PSS", 8),
        (
            "Digital Signature Algorithm",
            "DSA with SHA224",
            "DSAWithSHA224",
            0x0A,
        ),
        (
            "Digital Signature Algorithm",
            "SHA-256 with RSA Encryption",
            "SHA_256WithRSAEncryption",
            5,
        ),
        ("Mask Generator", "MGF1", "MGF1", 1),
        (
            "Split Key Method",
            "Polynomial Sharing GF (2^8)",
            "PolynomialSharingGF2_8",
            4,
        ),
    ];
    for (vocabulary, name, text_name, number) in examples {
        let term = enumeration(vocabulary).unwrap().by_number(number).unwrap();
        assert_eq!((term.name, term.text_name), (name, text_name));
    }
}

#[test]
fn tags_in_text_are_names_or_six_digits() {
    assert_eq!(tag::from_text("0x42008F"), Some(tag::SYMMETRIC_KEY));
    assert_eq!(tag::from_text("0x54aBcD"), Some(Tag::new(0x54_ABCD)));
    for bad in [
        "",
        "Symmetric Key",
        "symmetricKey",
        "42008F",
        "0x1000000",
        "0x42008G",
        "0x",
    ] {
        assert_eq!(tag::from_text(bad), None, "{bad:?}");
    }
    assert_eq!(tag::name(Tag::new(0x54_ABCD)), None);
    assert_eq!(tag::versions(Tag::new(0x54_ABCD)), None);
}

#[test]
fn what_is_gone_at_2_0_passes_no_longer_and_what_is_new_not_before() {
    let [v1_4, v2_0, v2_1] = [
        ProtocolVersion::V1_4,
        ProtocolVersion::V2_0,
        ProtocolVersion::V2_1,
    ];
    let cases = [
        (tag::versions(tag::TEMPLATE_ATTRIBUTE), true, false, false),
        (tag::versions(tag::ATTRIBUTES), false, true, true),
        (tag::versions(tag::ROTATE_NAME), false, false, true),
        (tag::versions(tag::UNIQUE_IDENTIFIER), true, true, true),
        (
            KeyFormatType::TRANSPARENT_ECDSA_PRIVATE_KEY.versions(),
            true,
            false,
            false,
        ),
        (
            ResultReason::ILLEGAL_OPERATION.versions(),
            true,
            false,
            false,
        ),
        (ResultReason::OBJECT_NOT_FOUND.versions(), false, true, true),
        (Operation::PING.versions(), false, false, true),
        (
            attribute_name::versions("Operation Policy Name"),
            true,
            false,
            false,
        ),
        // Vendor values have no versions and pass.
        (ResultReason::new(0x8000_0001).versions(), true, true, true),
    ];
    for (versions, at_1_4, at_2_0, at_2_1) in cases {
        assert_eq!(v1_4.has(versions), at_1_4, "{versions:?}");
        assert_eq!(v2_0.has(versions), at_2_0, "{versions:?}");
        assert_eq!(v2_1.has(versions), at_2_1, "{versions:?}");
    }
}

#[test]
fn every_reason_becomes_one_that_the_version_has() {
    let versions = [
        ProtocolVersion::V1_0,
        ProtocolVersion::V1_4,
        ProtocolVersion::V2_0,
        ProtocolVersion::V2_1,
    ];
    for version in versions {
        for reason in ResultReason::KNOWN {
            let put = reason.in_version(version);
            assert!(
                version.has(put.versions()),
                "{version}: {reason} becomes {put}"
            );
        }
    }
    let gone = ResultReason::INDEX_OUT_OF_BOUNDS;
    assert_eq!(gone.in_version(ProtocolVersion::V1_4), gone);
    assert_eq!(
        gone.in_version(ProtocolVersion::V2_0),
        ResultReason::ATTRIBUTE_INSTANCE_NOT_FOUND
    );
}

#[test]
fn the_last_version_is_included_and_the_next_is_not() {
    let versions = Versions::new(ProtocolVersion::V1_1, ProtocolVersion::V1_3);
    let inside = [
        (ProtocolVersion::V1_0, false),
        (ProtocolVersion::V1_1, true),
        (ProtocolVersion::V1_3, true),
        (ProtocolVersion::V1_4, false),
    ];
    for (version, expected) in inside {
        assert_eq!(versions.contains(version), expected, "{version}");
    }
    assert_eq!(format!("{versions:?}"), "KMIP 1.1 to 1.3");
}

#[test]
fn tags_know_what_their_values_are() {
    let named = |tag| tag::values(tag).map(Vocabulary::name);
    assert_eq!(named(tag::STATE), Some("State"));
    assert_eq!(
        named(tag::MASK_GENERATOR_HASHING_ALGORITHM),
        Some("Hashing Algorithm")
    );
    assert_eq!(
        named(tag::LINKED_OBJECT_IDENTIFIER),
        Some("Unique Identifier")
    );
    assert_eq!(named(tag::EXTENSION_TYPE), Some("Item Type"));
    assert_eq!(named(tag::OPAQUE_DATA_TYPE), Some("Opaque Data Type"));
    assert_eq!(named(tag::ATTRIBUTE_VALUE), None);
    assert_eq!(named(tag::BATCH_COUNT), None);
    let reference = tag::values(tag::ATTRIBUTE_REFERENCE).unwrap();
    assert_eq!(reference.kind(), Kind::Tags);
    assert_eq!(
        reference.number_from_text("CryptographicLength"),
        Some(0x42_002A)
    );
    let masks: Vec<_> = tag::VOCABULARY
        .terms()
        .iter()
        .filter_map(|term| tag::values(Tag::new(term.number)))
        .filter(|vocabulary| vocabulary.kind() == Kind::Mask)
        .map(Vocabulary::name)
        .collect();
    let expected = [
        "Cryptographic Usage Mask",
        "Storage Status Mask",
        "Protection Storage Mask",
    ];
    assert_eq!(masks, expected);
}

#[test]
fn attributes_know_both_of_their_forms() {
    let mask = attribute_by_name("Cryptographic Usage Mask").unwrap();
    assert_eq!(mask.tag, Some(tag::CRYPTOGRAPHIC_USAGE_MASK));
    assert_eq!(mask.item_types, [ItemType::Integer]);
    assert_eq!(mask.values.unwrap().kind(), Kind::Mask);
    assert!(!mask.many);
    let vendor = attribute_by_tag(tag::ATTRIBUTE).unwrap();
    assert_eq!(vendor.name, "Vendor Attribute");
    assert!(vendor.many && vendor.attribute_name.is_none());
    let gone = attribute_by_name(attribute_name::OPERATION_POLICY_NAME).unwrap();
    assert_eq!(gone.tag, None);
    assert!(attribute_by_name("Rotate Name").is_none(), "not in 1.x");
    assert!(attribute_by_name("name").is_none(), "letter for letter");
}

#[test]
fn masks_lose_the_bits_of_other_versions_and_keep_those_of_vendors() {
    let uses = CryptographicUsageMask::ENCRYPT
        | CryptographicUsageMask::TRANSLATE_WRAP
        | CryptographicUsageMask::UNRESTRICTED
        | CryptographicUsageMask::new(0x8000_0000);
    let in_version = |version| uses.in_version(version).to_string();
    assert_eq!(
        in_version(ProtocolVersion::V1_4),
        "Encrypt | Translate Wrap | 0x80000000"
    );
    assert_eq!(
        in_version(ProtocolVersion::V2_0),
        "Encrypt | Unrestricted | 0x80000000"
    );
    let storage = StorageStatusMask::ON_LINE_STORAGE | StorageStatusMask::DESTROYED_STORAGE;
    assert_eq!(
        storage.in_version(ProtocolVersion::V1_4),
        StorageStatusMask::ON_LINE_STORAGE
    );
    assert_eq!(
        format!("{storage:?}"),
        "StorageStatusMask(On-line storage | Destroyed storage)"
    );
    let everywhere = ProtectionStorageMask::new(u32::MAX);
    assert_eq!(
        everywhere.in_version(ProtocolVersion::V1_0).bits(),
        0xFFFF_C000
    );
    assert_eq!(everywhere.to_wire(), -1);
    assert_eq!(ProtectionStorageMask::from_wire(-1), everywhere);
}

#[test]
fn helpers_over_all_enumerations_and_masks_see_the_same_rows() {
    fn named<E: Enumeration>(value: E) -> Option<&'static str> {
        value.term().map(|term| term.name)
    }
    fn bits<M: Mask>(integer: i32, version: ProtocolVersion) -> i32 {
        M::from_wire(integer).in_version(version).to_wire()
    }
    assert_eq!(named(QueryFunction::RNGS), Some("Query RNGs"));
    assert_eq!(named(Pkcs11ReturnCode::new(0)), Some("CKR_OK"));
    assert_eq!(named(Operation::new(0x8000_0000)), None);
    assert_eq!(
        bits::<CryptographicUsageMask>(0x44, ProtocolVersion::V2_1),
        4
    );
}
