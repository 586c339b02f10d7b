//! Random attributes of every version come back, in their style and through the other.

use proptest::prelude::*;
use strongroom_kmip::{ProtocolVersion, TemplateAttribute};

use super::changes::through;
use crate::payloads::VERSIONS;
use crate::strategies::attribute as strategies;

fn version() -> BoxedStrategy<ProtocolVersion> {
    proptest::sample::select(VERSIONS.to_vec()).boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn attributes_come_back_in_the_style_of_their_version(
        (version, one) in version().prop_flat_map(|version| {
            (Just(version), strategies::template(version))
        }),
    ) {
        prop_assert_eq!(one.check(version), Ok(()));
        prop_assert_eq!(through(&one, version), one);
    }

    #[test]
    fn a_later_style_brings_back_what_both_versions_have(
        mut attributes in strategies::attributes(ProtocolVersion::V1_4),
    ) {
        attributes.retain(|attribute| attribute.is_in(ProtocolVersion::V2_1));
        for attribute in &mut attributes {
            attribute.index = None;
        }
        let one = TemplateAttribute::new(attributes);
        // A mask or a field of parameters may hold what 2.1 gave up.
        prop_assume!(one.check(ProtocolVersion::V2_1).is_ok());
        let there = through(&one, ProtocolVersion::V2_1);
        prop_assert_eq!(&there, &one);
        prop_assert_eq!(through(&there, ProtocolVersion::V1_4), one);
    }

    #[test]
    fn what_any_version_leaves_out_is_what_it_refuses(
        one in prop_oneof![
            strategies::template(ProtocolVersion::V1_4),
            strategies::template(ProtocolVersion::V2_1),
        ],
        version in version(),
    ) {
        let whole = one.check(version).is_ok();
        let written = one.to_ttlv(version).unwrap();
        let read = super::read(version, &written).unwrap();
        prop_assert_eq!(read == one, whole);
        // And what is left is the version's own.
        prop_assert_eq!(read.check(version), Ok(()));
        prop_assert_eq!(read.to_ttlv(version).unwrap(), written);
    }
}
