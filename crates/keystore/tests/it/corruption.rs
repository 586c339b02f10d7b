//! Every changed octet and every truncation is found: damaged, never the wrong key.
//!
//! `STRONGROOM_FULL_CORRUPTION=1` tries all 255 changes of every octet of a keystore of 4 KiB
//! and more (over a million cases: use `--release`); otherwise a few changes of a small one.

use std::collections::BTreeSet;

use proptest::prelude::*;
use strongroom_keystore::{CopyHealth, CopyName, Damage, DirState, InspectError, Keystore};

use crate::sim::{Image, SimDisk};
use crate::stores::{
    found, inspect, key_id, lock, master_key, new_store, store_image, uid, unlock,
};

const A: &str = "keystore.a";
const B: &str = "keystore.b";

/// What to change, and how.
fn cases() -> (Image, Vec<u8>) {
    if std::env::var_os("STRONGROOM_FULL_CORRUPTION").is_none() {
        return (store_image(), vec![0x01, 0x80, 0xff]);
    }
    let disk = SimDisk::default();
    let mut keystore = Keystore::create(&lock(&disk), new_store(), &master_key(1)).unwrap();
    let ids: Vec<_> = (0..52).map(|at| key_id(&format!("key-{at:02}"))).collect();
    keystore.add_deks(&ids).unwrap();
    drop(keystore);
    assert!(disk.get(A).len() >= 4096, "{}", disk.get(A).len());
    (disk.image(), (1..=255).collect())
}

/// Every case of one octet changed and of a cut tail.
fn each_bad(whole: &[u8], changes: &[u8], mut judge: impl FnMut(&[u8])) {
    let mut bad = whole.to_vec();
    for at in 0..whole.len() {
        for change in changes {
            bad[at] ^= change;
            judge(&bad);
            bad[at] ^= change;
        }
    }
    for len in 0..whole.len() {
        judge(&whole[..len]);
    }
}

#[test]
fn without_its_twin_a_changed_copy_is_damaged() {
    let (image, changes) = cases();
    for (name, twin) in [(A, B), (B, A)] {
        let disk = SimDisk::from_image(&image);
        disk.take(twin);
        let mut cases = 0;
        each_bad(&image[name], &changes, |bad| {
            disk.put(name, bad);
            cases += 1;
            let error = inspect(&disk).unwrap_err();
            let InspectError::Damaged { a, b } = error else {
                panic!("{error}");
            };
            let (this, other) = if name == A { (a, b) } else { (b, a) };
            assert_eq!(other, CopyHealth::Missing);
            let CopyHealth::Damaged(damage) = this else {
                panic!("{this}");
            };
            let expected = matches!(
                damage,
                Damage::BadDigest | Damage::BadMagic | Damage::TooShort { .. } | Damage::Empty
            );
            assert!(expected, "{damage}");
        });
        println!("{name} alone: {cases} cases refused as damaged");
    }
}

#[test]
fn with_its_twin_a_changed_copy_is_named_and_mended() {
    let (image, changes) = cases();
    for (name, copy) in [(A, CopyName::A), (B, CopyName::B)] {
        let disk = SimDisk::from_image(&image);
        let mut cases = 0;
        each_bad(&image[name], &changes, |bad| {
            disk.put(name, bad);
            cases += 1;
            let keystore = unlock(&disk, 1).unwrap();
            let opening = keystore.opening();
            assert_eq!(opening.mended, Some(copy));
            let (_, health) = opening.found.iter().find(|found| found.0 == copy).unwrap();
            assert!(matches!(health, CopyHealth::Damaged(_)), "{health}");
            drop(keystore);
            assert_eq!(disk.get(name), image[name]);
        });
        println!("{name} beside its twin: {cases} cases mended");
    }
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
