//! Entries in other places than their own: refused, and taken by a log that does not bind them.

use strongroom_cipher::StoreId;

use super::*;
use crate::crypto::{self, KeystoreKey};
use crate::id::StoreLabel;
use crate::metadata::{CHECK_LEN, Deks, SEALED_LEN};

fn content(generation: u64) -> Metadata {
    Metadata {
        store_id: StoreId::new([5; 16]),
        label: StoreLabel::parse("0123456789abcdef").unwrap(),
        generation,
        snapshot_generation: generation,
        rotation_number: 0,
        salt: [1; SALT_LEN],
        logical_identifier: None,
        masters: Vec::new(),
        history: Vec::new(),
        burnt: Vec::new(),
        rotation: None,
        deks: Deks::default(),
        tombstones: Vec::new(),
        backups: Vec::new(),
    }
}

fn addition(id: &str) -> Action {
    Action::Add(vec![DekRecord {
        id: KeyId::new(id).unwrap(),
        generation: DekGeneration::FIRST,
        state: DekState::Active,
        check: [0; CHECK_LEN],
        sealed: [0; SEALED_LEN],
        entry: None,
    }])
}

/// How an entry is bound to what is before it.
type Bind = fn(LogEnd) -> LogEnd;

fn bound(end: LogEnd) -> LogEnd {
    end
}

/// The mutant: no predecessor in MAC and digest.
fn unbound(end: LogEnd) -> LogEnd {
    LogEnd {
        mac: [0; PROOF_LEN],
        digest: [0; PROOF_LEN],
        ..end
    }
}

/// Two entries behind an empty snapshot, as octets.
fn two_entries(ids: [&str; 2], keys: &SnapshotKeys, bind: Bind) -> [Vec<u8>; 2] {
    let mut end = LogEnd::of_snapshot(&[]);
    ids.map(|id| {
        let salt = end.next_salt(crypto::random().unwrap());
        let (octets, next) = bind(end).encode(&addition(id), &salt, keys).unwrap();
        end = next;
        octets
    })
}

/// How many entries of `file` are good and authentic, read one by one with `bind`.
fn good(file: &[u8], keys: &SnapshotKeys, bind: Bind) -> usize {
    let (mut end, mut content) = (LogEnd::of_snapshot(&[]), content(keys.generation()));
    let mut count = 0_usize;
    loop {
        let before = bind(end);
        let mut next = before;
        if next.step(file, &mut content).is_err() {
            return count;
        }
        let entry = file.get(..next.len).unwrap_or_default();
        if !before.authentic(entry, keys) {
            return count;
        }
        end = next;
        count = count.saturating_add(1);
    }
}

fn keys() -> SnapshotKeys {
    let ksk = KeystoreKey::generate().unwrap();
    SnapshotKeys::derive(&ksk, &content(7)).unwrap()
}

#[test]
fn an_entry_behind_another_predecessor_is_refused() {
    // Two lives of one snapshot (a copied directory): the second entry of one behind the first of
    // the other.
    let keys = keys();
    let spliced = |bind: Bind| {
        let [first, _] = two_entries(["a", "b"], &keys, bind);
        let [_, second] = two_entries(["c", "d"], &keys, bind);
        good(&[first, second].concat(), &keys, bind)
    };
    assert_eq!(spliced(bound), 1);
    // A log that does not bind the predecessor takes it: so this test would see it.
    assert_eq!(spliced(unbound), 2);
}

#[test]
fn an_entry_of_another_snapshot_or_place_is_refused() {
    let keys = keys();
    let [first, second] = two_entries(["a", "b"], &keys, bound);
    assert_eq!(good(&[first.as_slice(), &second].concat(), &keys, bound), 2);
    assert_eq!(good(&second, &keys, bound), 0, "the first one is missing");
    assert_eq!(good(&[first.as_slice(), &first].concat(), &keys, bound), 1);
    // Even where neither MAC nor digest binds a predecessor, the place is written in it.
    let [first, second] = two_entries(["a", "b"], &keys, unbound);
    assert_eq!(good(&second, &keys, unbound), 0);
    let ksk = KeystoreKey::generate().unwrap();
    let other = SnapshotKeys::derive(&ksk, &content(8)).unwrap();
    assert_eq!(good(&first, &other, unbound), 0);
}

#[test]
fn an_entry_made_with_another_key_is_not_authentic() {
    let (ours, theirs) = (keys(), keys());
    let [first, _] = two_entries(["a", "b"], &theirs, bound);
    let mut end = LogEnd::of_snapshot(&[]);
    let begin = end;
    end.step(&first, &mut content(7)).unwrap();
    assert!(begin.authentic(&first, &theirs));
    assert!(!begin.authentic(&first, &ours));
}
