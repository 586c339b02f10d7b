//! Which version has which attribute, and what becomes of it in one that does not.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use strongroom_kmip::attribute::{Digest, Link, RotateName};
use strongroom_kmip::enumeration::{HashingAlgorithm, LinkType, RotateNameType};
use strongroom_kmip::vocabulary::{ATTRIBUTES, AttributeTerm};
use strongroom_kmip::{
    AttributeValue, CryptographicAlgorithm, CryptographicUsageMask, Element, EncodeError,
    KeyFormatType, ProtocolVersion, tag,
};

use super::samples::{self, Sample};
use super::{around, read, template};
use crate::payloads::VERSIONS;
use crate::tree;

/// The sample as it stands in `version`, by hand.
fn by_hand(sample: &Sample, version: ProtocolVersion) -> Vec<u8> {
    let item = if version < ProtocolVersion::V2_0 {
        tree::attribute(sample.name, sample.item(0x42_000B))
    } else {
        let term = ATTRIBUTES.iter().find(|term| term.name == sample.name);
        sample.item(term.unwrap().tag.unwrap().value())
    };
    around(version, &[item])
}

#[test]
fn every_attribute_is_what_the_specification_says_in_every_version_that_has_it() {
    let mut seen = 0;
    for sample in samples::all() {
        assert_eq!(sample.value.name(), sample.name);
        let term = sample.value.term().unwrap();
        assert_eq!(term.name, sample.name);
        for version in VERSIONS {
            if !term.versions.contains(version) {
                continue;
            }
            let one = template(sample.value.clone());
            let expected = by_hand(&sample, version);
            let written = one.to_ttlv(version).unwrap();
            assert_eq!(*written, expected, "{} {version}", sample.name);
            assert_eq!(read(version, &expected).unwrap(), one);
            assert_eq!(one.check(version), Ok(()));
            seen += 1;
        }
    }
    // None is without a sample.
    let stands = |term: &&AttributeTerm| {
        term.attribute_name.is_some() || term.tag.is_some_and(|tag| tag != tag::ATTRIBUTE)
    };
    let all: usize = ATTRIBUTES
        .iter()
        .filter(stands)
        .map(|term| {
            VERSIONS
                .iter()
                .filter(|version| term.versions.contains(**version))
                .count()
        })
        .sum();
    assert_eq!(seen, all);
}

#[test]
fn a_version_without_an_attribute_refuses_it_in_requests_and_leaves_it_out_of_answers() {
    let mut absent = 0;
    for sample in samples::all() {
        let versions = sample.value.term().unwrap().versions;
        for version in VERSIONS {
            assert_eq!(sample.value.is_in(version), versions.contains(version));
            if versions.contains(version) {
                continue;
            }
            let one = template(sample.value.clone());
            let what = Element::Attribute(sample.name.to_owned());
            assert_eq!(
                one.check(version),
                Err(EncodeError::NotInVersion { what, version })
            );
            assert_eq!(*one.to_ttlv(version).unwrap(), around(version, &[]));
            absent += 1;
        }
    }
    assert!(absent > 200, "{absent}");
}

#[test]
fn a_value_that_the_version_does_not_have_goes_with_its_attribute() {
    // Value, versions that have it.
    let v1_0 = ProtocolVersion::V1_0;
    let chacha = AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::CHACHA20);
    let wrapping = AttributeValue::Link(Link::new(LinkType::WRAPPING_KEY_LINK, "7"));
    let sha3 = Digest::new(HashingAlgorithm::SHA3_256, vec![1; 32]);
    let cases = [
        (chacha, ProtocolVersion::V1_4),
        (wrapping, ProtocolVersion::V2_0),
        (AttributeValue::Digest(sha3), ProtocolVersion::V1_4),
    ];
    for (value, first) in cases {
        for version in VERSIONS {
            let one = template(value.clone());
            let there = *one.to_ttlv(version).unwrap() != around(version, &[]);
            assert_eq!(there, version >= first, "{value:?} {version}");
            assert_eq!(one.check(version).is_ok(), version >= first, "{value:?}");
        }
        assert!(value.term().unwrap().versions.contains(v1_0));
    }
    // A vendor's value stands everywhere.
    let own = AttributeValue::Link(Link::new(LinkType::new(0x8000_0001), "7"));
    assert!(VERSIONS.into_iter().all(|version| own.is_in(version)));
    let own = AttributeValue::RotateName(RotateName::new("a", RotateNameType::new(0x8000_0001)));
    assert!(own.is_in(ProtocolVersion::V2_1) && !own.is_in(ProtocolVersion::V2_0));
}

#[test]
fn what_is_too_new_inside_a_value_is_named_or_left_out() {
    let mut digest = Digest::new(HashingAlgorithm::SHA_256, vec![1; 32]);
    digest.key_format_type = Some(KeyFormatType::RAW);
    let (version, what) = (ProtocolVersion::V1_0, Element::Tag(tag::KEY_FORMAT_TYPE));
    let one = template(AttributeValue::Digest(digest));
    assert_eq!(
        one.check(version),
        Err(EncodeError::NotInVersion { what, version })
    );
    let written = one.to_ttlv(version).unwrap();
    let value = [
        tree::enumeration(0x42_0038, 6),
        tree::bytes(0x42_0035, &[1; 32]),
    ];
    let expected = tree::attribute("Digest", tree::structure(0x42_000B, &value));
    assert_eq!(*written, around(version, &[expected]));

    // A bit of 1.x that 2.0 gave up, and one that it brought.
    let mask = CryptographicUsageMask::EXPORT | CryptographicUsageMask::UNRESTRICTED;
    let one = template(AttributeValue::CryptographicUsageMask(mask));
    for (version, bits) in [
        (ProtocolVersion::V1_4, 0x40),
        (ProtocolVersion::V2_0, 0x20_0000),
    ] {
        assert!(one.check(version).is_err());
        let item = if version < ProtocolVersion::V2_0 {
            tree::attribute("Cryptographic Usage Mask", tree::integer(0x42_000B, bits))
        } else {
            tree::integer(0x42_002C, bits)
        };
        assert_eq!(*one.to_ttlv(version).unwrap(), around(version, &[item]));
    }
}

#[test]
#[expect(
    clippy::print_stderr,
    reason = "a skipped test must say that it was skipped"
)]
fn every_attribute_of_the_specification_is_typed_and_has_its_versions() {
    let Some(data) = std::env::var_os("STRONGROOM_KMIP_DATA") else {
        eprintln!("skipped: STRONGROOM_KMIP_DATA is not set");
        return;
    };
    let facts = PathBuf::from(data).join("spec/kmip-facts.json");
    let facts = fs::read_to_string(facts).unwrap();
    let (_, attributes) = facts.split_once("\"attributes\": [").unwrap();
    let quoted: Vec<_> = attributes.split('"').skip(1).step_by(2).collect();
    // "name", N, "first", F, "last", L, and so on.
    let mut theirs: BTreeMap<_, _> = quoted
        .chunks_exact(6)
        .map(|row| (row[1], (row[3].to_owned(), row[5].to_owned())))
        .collect();
    assert_eq!(theirs.len(), 68);
    // Headings that stand for other attributes: x- and y- names, vendors' attributes, and the
    // parts of certificates, whose tags came with 1.4 already.
    let range = |first: &str, last: &str| Some((first.to_owned(), last.to_owned()));
    assert_eq!(theirs.remove("Custom Attribute"), range("1.0", "1.4"));
    assert_eq!(theirs.remove("Vendor Attribute"), range("2.0", "2.1"));
    assert_eq!(theirs.remove("Certificate Attributes"), range("2.0", "2.1"));
    let ours: BTreeMap<_, _> = samples::all()
        .iter()
        .filter(|sample| !matches!(sample.value, AttributeValue::CertificateAttribute(_)))
        .map(|sample| {
            let has = |version: &&ProtocolVersion| sample.value.is_in(**version);
            let first = VERSIONS.iter().find(has).unwrap();
            let last = VERSIONS.iter().rev().find(has).unwrap();
            (sample.name, (first.to_string(), last.to_string()))
        })
        .collect();
    assert_eq!(ours, theirs);
}
