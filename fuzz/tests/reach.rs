//! The committed seeds alone reach every item type and every kind of error of strongroom-ttlv.

use std::fs;
use std::path::Path;

use strongroom_fuzz::seeds::hostile::{self, Want};
use strongroom_fuzz::{Group, Seen, TARGETS, Tally, ttlv_item};
use strongroom_ttlv::DecodeErrorKind;

/// What the seeds of all targets reach.
fn reached() -> Tally {
    let mut tally = Tally::default();
    for (target, run) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("seeds")
            .join(target);
        for seed in fs::read_dir(folder).unwrap() {
            let octets = fs::read(seed.unwrap().path()).unwrap();
            run(&octets, &mut |seen| tally.add(seen));
        }
    }
    tally
}

/// The variants of `group` that no seed reaches.
fn missed(group: Group) -> Vec<String> {
    let counts = reached().of(group).into_iter();
    counts
        .filter(|(_, count)| *count == 0)
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn seeds_reach_every_item_type_and_every_error_of_decoder_and_frames() {
    for group in [Group::ItemType, Group::DecodeErrorKind, Group::FrameError] {
        assert_eq!(missed(group), [""; 0], "{group:?}");
    }
}

#[test]
fn seeds_reach_every_error_of_the_writer_that_needs_no_4_gib() {
    assert_eq!(missed(Group::EncodeErrorKind), ["TooLong"]);
}

#[test]
fn the_variants_are_those_of_the_sources() {
    let types = Group::ItemType.variants();
    assert_eq!(types.len(), 11);
    assert_eq!(
        (types[0].as_str(), types[10].as_str()),
        ("Structure", "DateTimeExtended")
    );
    let kinds = Group::DecodeErrorKind.variants();
    for kind in ["Empty", "BeyondEnd", "BytesTooLong", "BadValue"] {
        assert!(kinds.iter().any(|name| name == kind), "{kind}");
    }
}

#[test]
fn each_hostile_input_gets_its_verdict() {
    for input in hostile::inputs() {
        let mut first = None;
        ttlv_item(&input.octets, &mut |seen| {
            first.get_or_insert(seen);
        });
        let Some(Seen::Decode(kind)) = first else {
            panic!("{}: {first:?}", input.name);
        };
        match input.want {
            Want::Refuse(want) => assert_eq!(kind, want, "{}", input.name),
            // Accepted, the target first tries a limit that is one less.
            Want::Accept => {
                let len = input.octets.len();
                let limit = len - 1;
                let want = DecodeErrorKind::MessageTooLong { len, limit };
                assert_eq!(kind, want, "{}", input.name);
            }
        }
    }
}
