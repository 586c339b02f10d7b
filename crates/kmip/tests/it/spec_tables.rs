//! Tags, enumerations and attribute names against the specification's own tables.
//!
//! Reads the folder `spec` under `STRONGROOM_KMIP_DATA`; says so when that is unset.

#![expect(
    clippy::print_stderr,
    reason = "a skipped test must say that it was skipped"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use strongroom_kmip::ProtocolVersion;
use strongroom_kmip::enumeration as e;
use strongroom_kmip::{CryptographicUsageMask, attribute_name};

/// The lines of one table, its columns apart, without the heading.
fn table(file: &str) -> Option<Vec<Vec<String>>> {
    let Some(data) = std::env::var_os("STRONGROOM_KMIP_DATA") else {
        eprintln!("skipped: STRONGROOM_KMIP_DATA is not set");
        return None;
    };
    let text = std::fs::read_to_string(PathBuf::from(data).join("spec").join(file)).unwrap();
    let lines = text.lines().skip(1);
    Some(
        lines
            .map(|line| line.split('\t').map(str::to_owned).collect())
            .collect(),
    )
}

fn number(hex: &str) -> u32 {
    u32::from_str_radix(hex.trim_start_matches("0x"), 16).unwrap()
}

type Rows = BTreeMap<u32, (String, String)>;

/// Number, name and first version of every value that the crate names.
fn rows<T: Copy>(
    known: &[T],
    value: fn(T) -> u32,
    name: fn(T) -> Option<&'static str>,
    since: fn(T) -> Option<ProtocolVersion>,
) -> Rows {
    known
        .iter()
        .map(|&row| {
            let texts = (
                name(row).unwrap().to_owned(),
                since(row).unwrap().to_string(),
            );
            (value(row), texts)
        })
        .collect()
}

macro_rules! rows_of {
    ($($name:literal: $kind:ident),* $(,)?) => {
        [$((
            $name,
            rows(e::$kind::KNOWN, e::$kind::value, e::$kind::name, e::$kind::since),
        )),*]
    };
}

#[test]
fn enumerations_have_the_values_of_the_specification() {
    let Some(table) = table("kmip-enums.tsv") else {
        return;
    };
    let enumerations = rows_of! {
        "Attestation Type": AttestationType,
        "Batch Error Continuation Option": BatchErrorContinuationOption,
        "Block Cipher Mode": BlockCipherMode,
        "Certificate Type": CertificateType,
        "Credential Type": CredentialType,
        "Cryptographic Algorithm": CryptographicAlgorithm,
        "Digital Signature Algorithm": DigitalSignatureAlgorithm,
        "Encoding Option": EncodingOption,
        "Hashing Algorithm": HashingAlgorithm,
        "Key Compression Type": KeyCompressionType,
        "Key Format Type": KeyFormatType,
        "Key Role Type": KeyRoleType,
        "Key Wrap Type": KeyWrapType,
        "Mask Generator": MaskGenerator,
        "Name Type": NameType,
        "Object Group Member": ObjectGroupMember,
        "Object Type": ObjectType,
        "Operation": Operation,
        "Padding Method": PaddingMethod,
        "Query Function": QueryFunction,
        "Result Reason": ResultReason,
        "Result Status": ResultStatus,
        "Revocation Reason Code": RevocationReasonCode,
        "Secret Data Type": SecretDataType,
        "State": State,
        "Wrapping Method": WrappingMethod,
    };
    for (name, ours) in enumerations {
        let mut theirs: Rows = table
            .iter()
            .filter(|row| row[0] == name)
            .map(|row| (number(&row[1]), (row[2].clone(), row[3].clone())))
            .collect();
        if name == "Mask Generator" {
            // The specification's table misspells it.
            theirs.get_mut(&1).unwrap().0 = "MGF1".to_owned();
        }
        assert!(!theirs.is_empty(), "{name}");
        assert_eq!(ours, theirs, "{name}");
    }
}

#[test]
fn the_usage_mask_has_the_bits_of_the_specification() {
    let Some(table) = table("kmip-enums.tsv") else {
        return;
    };
    let mut bits = 0;
    for row in table
        .iter()
        .filter(|row| row[0] == "Cryptographic Usage Mask")
    {
        let mask = CryptographicUsageMask::new(number(&row[1]));
        assert_eq!(mask.to_string(), row[2]);
        let known = mask.in_version(ProtocolVersion::V1_4) == mask;
        assert_eq!(known, row[3].starts_with('1'), "{mask}");
        bits += 1;
    }
    assert_eq!(bits, 24);
}

#[test]
fn tags_have_the_numbers_of_the_specification() {
    let Some(table) = table("kmip-tags.tsv") else {
        return;
    };
    let theirs: BTreeMap<_, _> = table
        .iter()
        .map(|row| (row[1].clone(), (number(&row[0]), row[2].clone())))
        .collect();
    let source = include_str!("../../src/tag.rs");
    let mut lines = source.lines();
    let mut count = 0;
    while let Some(line) = lines.next() {
        let Some(doc) = line.strip_prefix("/// ") else {
            continue;
        };
        let (name, version) = doc
            .strip_suffix(").")
            .unwrap()
            .split_once(" (KMIP ")
            .unwrap();
        let constant = lines.next().unwrap();
        let hex = constant.split("0x").nth(1).unwrap();
        let found = (number(&hex[..6]), version.to_owned());
        assert_eq!(theirs.get(name), Some(&found), "{name}");
        count += 1;
    }
    assert_eq!(count, source.matches("pub const").count());
}

#[test]
fn attribute_names_are_those_of_the_specification() {
    let Some(_) = table("kmip-tags.tsv") else {
        return;
    };
    let data = std::env::var_os("STRONGROOM_KMIP_DATA").unwrap();
    let facts = PathBuf::from(data).join("spec/kmip-facts.json");
    let facts = std::fs::read_to_string(facts).unwrap();
    let (_, attributes) = facts.split_once("\"attributes\": [").unwrap();
    let quoted: Vec<_> = attributes.split('"').skip(1).step_by(2).collect();
    // "name", N, "first", F, "last", L, and so on.
    let theirs: Vec<_> = quoted
        .chunks_exact(6)
        .filter(|row| row[3].starts_with('1') && row[1] != "Custom Attribute")
        .map(|row| (row[1].to_owned(), row[3].to_owned()))
        .collect();
    let ours: Vec<_> = attribute_name::KNOWN
        .iter()
        .map(|(name, since)| ((*name).to_owned(), since.to_string()))
        .collect();
    assert_eq!(ours, theirs);
}
