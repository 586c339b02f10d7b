//! Every changed octet and every truncation is found: damaged, never the wrong key.
//!
//! `STRONGROOM_FULL_CORRUPTION=1` tries all 255 changes of every octet of a keystore of 4,096
//! octets, and its 4,096 truncations (1,048,576 cases: use `--release`); otherwise a few changes
//! of a small one.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::thread;

use proptest::prelude::*;
use strongroom_keystore::{CopyHealth, CopyName, Damage, DirState, InspectError, Keystore};

use crate::sim::{Image, SimDisk};
use crate::stores::{
    found, inspect, key_id, lock, master_key, new_store, store_image, uid, unlock,
};

const A: &str = "keystore.a";
const B: &str = "keystore.b";

/// What to change, and how.
struct Cases {
    image: Image,
    changes: Vec<u8>,
    /// Lengths that the file had before its last entry: cut there, it is an earlier file.
    earlier: BTreeSet<usize>,
}

fn cases() -> Cases {
    let full = std::env::var_os("STRONGROOM_FULL_CORRUPTION").is_some();
    let disk = SimDisk::default();
    let mut keystore = Keystore::create(&lock(&disk), new_store(), &master_key(1)).unwrap();
    let ids = |range: std::ops::Range<usize>| -> Vec<_> {
        range.map(|at| key_id(&format!("key-{at:02}"))).collect()
    };
    // A log, half as long as the file, behind a snapshot. The identifier fills up to 4,096 octets.
    let (in_snapshot, entries, in_entry) = if full { (24, 5, 3) } else { (2, 2, 1) };
    keystore.add_deks(&ids(0..in_snapshot)).unwrap();
    let identifier = full.then(|| "fifteen-octets.".to_owned());
    keystore.set_logical_identifier(identifier).unwrap();
    let mut earlier = BTreeSet::new();
    for entry in 0..entries {
        earlier.insert(disk.get(A).len());
        let first = in_snapshot + entry * in_entry;
        keystore.add_deks(&ids(first..first + in_entry)).unwrap();
    }
    earlier.insert(disk.get(A).len());
    keystore.rotate_dek(&key_id("key-00")).unwrap();
    drop(keystore);
    let len = disk.get(A).len();
    assert!(!full || len == 4096, "{len}");
    Cases {
        image: disk.image(),
        changes: if full {
            (1..=255).collect()
        } else {
            vec![0x01, 0x80, 0xff]
        },
        earlier,
    }
}

/// How many cases were judged, and how many of them were earlier files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    cases: usize,
    earlier: usize,
}

impl Cases {
    /// Every case of one octet changed and of a cut tail, on as many disks as there are cores; the
    /// judge is told whether the file is an earlier one.
    fn each_bad(&self, judge: impl Fn(&SimDisk, &[u8], bool) + Sync) -> Count {
        let len = self.image[A].len();
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let (judge, share) = (&judge, len.div_ceil(threads));
        let count = thread::scope(|scope| {
            let start = |at: usize| {
                let range = at..len.min(at + share);
                scope.spawn(move || self.each_bad_of(range, judge))
            };
            let running: Vec<_> = (0..len).step_by(share).map(start).collect();
            running.into_iter().fold(Count::default(), |sum, thread| {
                let part = thread.join().unwrap();
                Count {
                    cases: sum.cases + part.cases,
                    earlier: sum.earlier + part.earlier,
                }
            })
        });
        assert_eq!(count.cases, len * (self.changes.len() + 1));
        assert_eq!(count.earlier, self.earlier.len());
        count
    }

    fn each_bad_of(
        &self,
        range: std::ops::Range<usize>,
        judge: &impl Fn(&SimDisk, &[u8], bool),
    ) -> Count {
        let whole = &self.image[A];
        let mut bad = whole.clone();
        let mut count = Count::default();
        for at in range {
            // What mending leaves behind on a disk goes with it.
            let disk = SimDisk::from_image(&self.image);
            for change in &self.changes {
                bad[at] ^= change;
                judge(&disk, &bad, false);
                bad[at] ^= change;
                count.cases += 1;
            }
            let is_earlier = self.earlier.contains(&at);
            judge(&disk, &whole[..at], is_earlier);
            count.cases += 1;
            count.earlier += usize::from(is_earlier);
        }
        count
    }
}

/// Damage as it may be told: never of a wrong key, a newer format or another store.
fn is_expected(health: &CopyHealth) -> bool {
    matches!(
        health,
        CopyHealth::Damaged(
            Damage::BadDigest
                | Damage::BadMagic
                | Damage::TooShort { .. }
                | Damage::Empty
                | Damage::Log { .. }
        )
    )
}

#[test]
fn without_its_twin_a_changed_copy_is_damaged() {
    let cases = cases();
    for (name, twin) in [(A, B), (B, A)] {
        let count = cases.each_bad(|disk, bad, is_earlier| {
            disk.take(twin);
            disk.put(name, bad);
            if is_earlier {
                // Nothing in one file can tell: see the format, 5.
                assert!(matches!(inspect(disk), Ok(DirState::Keystore(_))));
                return;
            }
            let error = inspect(disk).unwrap_err();
            let InspectError::Damaged { a, b } = error else {
                panic!("{error}");
            };
            let (this, other) = if name == A { (a, b) } else { (b, a) };
            assert_eq!(other, CopyHealth::Missing);
            assert!(is_expected(&this), "{this}");
        });
        println!("{name} alone: {count:?}, all but the earlier files refused as damaged");
    }
}

#[test]
fn with_its_twin_a_changed_copy_is_named_and_mended() {
    let cases = cases();
    for (name, copy) in [(A, CopyName::A), (B, CopyName::B)] {
        let count = cases.each_bad(|disk, bad, is_earlier| {
            disk.put(name, bad);
            let keystore = unlock(disk, 1).unwrap();
            let opening = keystore.opening();
            assert_eq!(opening.mended, [copy]);
            let (_, health) = opening.found.iter().find(|found| found.0 == copy).unwrap();
            let older = matches!(health, CopyHealth::Older { .. });
            assert!(
                if is_earlier {
                    older
                } else {
                    is_expected(health)
                },
                "{health}"
            );
            drop(keystore);
            assert!(disk.holds(&cases.image));
        });
        println!("{name} beside its twin: {count:?}, all named and mended");
    }
}

#[test]
fn the_same_damage_in_both_copies_is_refused() {
    let count = cases().each_bad(|disk, bad, is_earlier| {
        disk.put(A, bad);
        disk.put(B, bad);
        if is_earlier {
            assert!(matches!(inspect(disk), Ok(DirState::Keystore(_))));
            return;
        }
        let error = inspect(disk).unwrap_err();
        let InspectError::Damaged { a, b } = &error else {
            panic!("{error}");
        };
        assert!(is_expected(a) && a == b, "{error}");
    });
    println!("both: {count:?}, all but the earlier files refused as damaged");
}

#[test]
fn two_damaged_copies_are_refused_and_left_as_they_are() {
    let image = store_image();
    let whole = &image[A];
    let cases: [(&str, Vec<u8>); 5] = [
        ("empty", Vec::new()),
        ("cut in half", whole[..whole.len() / 2].to_vec()),
        ("all zero", vec![0; whole.len()]),
        (
            "another kind of file",
            b"security:\n  enableEncryption: true\n  kmip:\n".to_vec(),
        ),
        ("longer by an octet", [whole.as_slice(), &[0]].concat()),
    ];
    for (what, bad) in &cases {
        let disk = SimDisk::from_image(&image);
        disk.put(A, bad);
        disk.put(B, bad);
        let error = inspect(&disk).unwrap_err();
        assert!(
            matches!(error, InspectError::Damaged { .. }),
            "{what}: {error}"
        );
        assert!(
            error.to_string().contains("keystore.b is damaged"),
            "{error}"
        );
        assert_eq!(disk.get(A), *bad, "{what}");
    }
}

#[test]
fn no_file_makes_the_reader_panic_or_allocate_beyond_its_size() {
    // Good digests over rubbish: what a digest alone lets through, the decoder must stand.
    let image = store_image();
    let whole = &image[A];
    for at in 9..whole.len() - 32 {
        for octet in [0, 1, 0x7f, 0xff] {
            let mut bad = whole[..whole.len() - 32].to_vec();
            bad[at] = octet;
            let disk = with_digest(bad);
            match inspect(&disk) {
                Err(InspectError::Damaged { .. }) => {}
                Ok(DirState::Keystore(found)) => {
                    let same = disk.get(A) == *whole;
                    let opened = found.unlock(&uid(1), &master_key(1));
                    assert_eq!(opened.is_ok(), same, "octet {at} = {octet}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rubbish_with_a_good_digest_is_refused(
        rubbish in proptest::collection::vec(any::<u8>(), 0..600),
    ) {
        let mut octets = b"STRGKEYS\x01".to_vec();
        octets.extend(rubbish);
        let refused = matches!(inspect(&with_digest(octets)), Err(InspectError::Damaged { .. }));
        prop_assert!(refused);
    }

    #[test]
    fn what_was_put_in_comes_out(
        ids in proptest::collection::btree_set("[a-z\u{e0}-\u{ff}]{1,40}", 0..6),
        logical in proptest::option::of("[ -~]{1,100}"),
        name in proptest::option::of("\\PC{1,50}"),
        servers in proptest::collection::vec("[a-z.]{1,30}:[0-9]{1,5}", 0..4),
        rotations in 0_usize..3,
    ) {
        let mut store = new_store();
        store.logical_identifier.clone_from(&logical);
        store.master.name.clone_from(&name);
        store.master.servers.clone_from(&servers);
        let disk = SimDisk::default();
        let mut keystore = Keystore::create(&lock(&disk), store, &master_key(1)).unwrap();
        let key_ids: Vec<_> = ids.iter().map(|id| key_id(id)).collect();
        keystore.add_deks(&key_ids).unwrap();
        for _ in 0..rotations {
            for id in &key_ids {
                keystore.rotate_dek(id).unwrap();
            }
        }
        let before = keystore.metadata().clone();
        drop(keystore);
        let found = found(&disk);
        prop_assert_eq!(found.metadata(), &before);
        let keystore = found.unlock(&uid(1), &master_key(1)).unwrap();
        prop_assert_eq!(keystore.metadata().logical_identifier(), logical.as_deref());
        let entry = keystore.metadata().masters().next().unwrap().clone();
        prop_assert_eq!((entry.name, entry.servers), (name, servers));
        prop_assert_eq!(keystore.metadata().keys().len(), ids.len() * (rotations + 1));
        let listed: BTreeSet<String> =
            keystore.metadata().keys().map(|key| key.id.to_string()).collect();
        prop_assert_eq!(listed, ids);
        keystore.verify().unwrap();
    }
}

/// A disk with these octets and their digest as both copies.
fn with_digest(mut octets: Vec<u8>) -> SimDisk {
    let digest = strongroom_cipher::envelope::sha256(&[&octets]);
    octets.extend_from_slice(&digest);
    let disk = SimDisk::default();
    disk.put(A, &octets);
    disk.put(B, &octets);
    disk
}
