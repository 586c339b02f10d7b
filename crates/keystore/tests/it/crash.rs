//! No crash loses a store or what was acknowledged; known-bad write orders do, in the same harness.

use strongroom_keystore::{DirState, Keystore};

use crate::explorer::{Verdict, crash_states, explore, explore_mutant};
use crate::sim::{Image, Op, SimDisk};
use crate::stores::{
    LIFE, found, inspect, intent, key_id, lock, master_key, new_store, store, uid, unlock,
};

/// The operations of one change, acknowledged, on a store of generation 4.
fn change_once(change: impl FnOnce(&mut Keystore)) -> (Image, Vec<Op>) {
    let (disk, mut keystore) = store();
    let start = disk.image();
    disk.take_log();
    change(&mut keystore);
    disk.acknowledge(5);
    (start, disk.take_log())
}

/// One entry appended to the log.
pub(crate) fn add_one_key() -> (Image, Vec<Op>) {
    change_once(|keystore| keystore.add_deks(&[key_id("invoices")]).unwrap())
}

/// One snapshot.
pub(crate) fn replace_once() -> (Image, Vec<Op>) {
    change_once(|keystore| keystore.set_logical_identifier(None).unwrap())
}

#[test]
fn creating_survives_every_crash() {
    let disk = SimDisk::default();
    let dir = lock(&disk);
    dir.write_intent(&intent()).unwrap();
    Keystore::create(&dir, new_store(), &master_key(1)).unwrap();
    disk.acknowledge(1);
    let verdict = explore(&Image::new(), &disk.take_log(), 0);
    println!("create: {verdict:?}");
    assert!(verdict.is_clean() && verdict.states > 20, "{verdict:?}");
}

#[test]
fn every_step_of_a_life_survives_every_crash() {
    let (disk, mut keystore) = store();
    disk.take_log();
    let mut states = 0;
    for (name, step) in LIFE {
        let (start, old) = (disk.image(), keystore.metadata().generation());
        step(&mut keystore).unwrap();
        assert_eq!(keystore.metadata().generation(), old + 1, "{name}");
        disk.acknowledge(old + 1);
        let verdict = explore(&start, &disk.take_log(), old);
        println!("{name}: {verdict:?}");
        assert!(verdict.is_clean(), "{name}: {verdict:?}");
        states += verdict.states;
    }
    assert!(states > 500, "{states} states");
}

#[test]
fn a_kill_then_an_unlock_then_a_power_cut_loses_nothing_that_unlock_showed() {
    for (start, log) in [add_one_key(), replace_once()] {
        for end in 0..log.len() {
            // Killed: the page cache lives on, so all operations so far are seen.
            let disk = replayed(&start, &log[..end]);
            disk.take_log();
            let keystore = unlock(&disk, 1).unwrap();
            disk.acknowledge(keystore.metadata().generation());
            let mut all = log[..end].to_vec();
            all.extend(renumbered(disk.take_log(), &log, &start));
            let verdict = explore(&start, &all, 4);
            assert!(verdict.is_clean(), "killed after {end}: {verdict:?}");
        }
    }
}

#[test]
fn a_power_cut_while_mending_loses_nothing() {
    for (start, log) in [add_one_key(), replace_once()] {
        for (acknowledged, image) in crash_states(&start, &log, 4) {
            let disk = SimDisk::from_image(&image);
            let keystore = unlock(&disk, 1).unwrap();
            let generation = keystore.metadata().generation();
            disk.acknowledge(generation);
            let verdict = explore_crashes(&image, &disk, acknowledged);
            assert!(verdict.is_clean(), "{verdict:?}");
        }
    }
}

#[test]
fn known_bad_orders_of_an_append_are_found() {
    let (start, log) = add_one_key();
    let verdict = explore_mutant(&start, &log, 4);
    assert!(verdict.is_clean(), "the real order: {verdict:?}");
    type Mutant = fn(&[Op]) -> Vec<Op>;
    let mutants: &[(&str, Mutant)] = &[
        ("no fsync", |log| {
            without(log, |op| matches!(op, Op::Sync { .. }))
        }),
        ("one flush for two files", one_flush),
        ("acknowledged after one copy", acknowledged_before_b),
        ("one copy alone", b_alone),
        ("b before the fsync of a", b_before_a_is_durable),
        ("acknowledged before the last fsync", |log| {
            let mut mutant = log.to_vec();
            let last = mutant.len() - 1;
            mutant.swap(last, last - 1);
            mutant
        }),
    ];
    for (name, mutant) in mutants {
        let verdict = explore_mutant(&start, &mutant(&log), 4);
        println!("{name}: {verdict:?}");
        assert!(
            !verdict.is_clean(),
            "the harness passed {name}: {verdict:?}"
        );
    }
}

#[test]
fn an_append_is_written_in_the_documented_order() {
    let (_, log) = add_one_key();
    let kinds: Vec<&str> = log
        .iter()
        .map(|op| match op {
            Op::Open { name, .. } => name.as_str(),
            Op::Write { .. } => "write",
            Op::Sync { .. } => "sync",
            Op::Ack(_) => "ack",
            other => panic!("{other:?}"),
        })
        .collect();
    let append = |name| [name, "write", "sync"];
    let expected = [&append("keystore.a")[..], &append("keystore.b"), &["ack"]].concat();
    assert_eq!(kinds, expected);
}

#[test]
fn known_bad_write_orders_are_found() {
    let (start, log) = replace_once();
    let verdict = explore_mutant(&start, &log, 4);
    assert!(verdict.is_clean(), "the real order: {verdict:?}");
    type Mutant = fn(&[Op]) -> Vec<Op>;
    let mutants: &[(&str, Mutant)] = &[
        ("in place", in_place),
        ("no fsync", |log| {
            without(log, |op| matches!(op, Op::Sync { .. }))
        }),
        ("no directory fsync", |log| {
            without(log, |op| matches!(op, Op::SyncDir))
        }),
        ("one flush for two files", one_flush),
        ("acknowledged before b", acknowledged_before_b),
        ("b alone", b_alone),
    ];
    for (name, mutant) in mutants {
        let verdict = explore_mutant(&start, &mutant(&log), 4);
        println!("{name}: {verdict:?}");
        assert!(
            !verdict.is_clean(),
            "the harness passed {name}: {verdict:?}"
        );
    }
}

#[test]
fn the_recorded_order_is_the_documented_one() {
    let (_, log) = replace_once();
    let kinds: Vec<&str> = log
        .iter()
        .map(|op| match op {
            Op::Create { .. } | Op::Open { .. } => "create",
            Op::Write { .. } => "write",
            Op::Sync { .. } => "sync",
            Op::Rename { to, .. } => to.as_str(),
            Op::Remove { .. } => "remove",
            Op::SyncDir => "sync directory",
            Op::Ack(_) => "ack",
        })
        .collect();
    let copy = |name| ["create", "write", "sync", name, "sync directory"];
    let expected = [&copy("keystore.a")[..], &copy("keystore.b"), &["ack"]].concat();
    assert_eq!(kinds, expected);
}

#[test]
fn a_cut_first_start_leaves_a_first_start_or_a_keystore() {
    let disk = SimDisk::default();
    let dir = lock(&disk);
    dir.write_intent(&intent()).unwrap();
    drop(Keystore::create(&dir, new_store(), &master_key(1)).unwrap());
    let mut seen = [false; 3];
    for (_, image) in crash_states(&Image::new(), &disk.take_log(), 0) {
        match inspect(&SimDisk::from_image(&image)).unwrap() {
            DirState::Empty => seen[0] = true,
            DirState::IntentOnly(_) => seen[1] = true,
            DirState::Keystore(_) => seen[2] = true,
            DirState::Lost { files } => panic!("lost beside {files:?}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(seen, [true; 3]);
    // The intent goes once both copies are durable: with the next unlock, too.
    let mut image = disk.image();
    assert_eq!(
        image.keys().collect::<Vec<_>>(),
        ["keystore.a", "keystore.b"]
    );
    image.insert("strongroom.intent".to_owned(), b"stale".to_vec());
    let disk = SimDisk::from_image(&image);
    assert!(found(&disk).intent_left());
    drop(found(&disk).unlock(&uid(1), &master_key(1)).unwrap());
    assert!(!disk.image().contains_key("strongroom.intent"));
}

fn explore_crashes(image: &Image, disk: &SimDisk, old: u64) -> Verdict {
    explore_mutant(image, &disk.take_log(), old)
}

fn without(log: &[Op], dropped: impl Fn(&Op) -> bool) -> Vec<Op> {
    log.iter().filter(|op| !dropped(op)).cloned().collect()
}

/// Writes into the file itself instead of a temporary one.
fn in_place(log: &[Op]) -> Vec<Op> {
    let in_place = |op: &Op| match op {
        Op::Create { name, inode } => Op::Create {
            name: name.trim_end_matches(".tmp").to_owned(),
            inode: *inode,
        },
        other => other.clone(),
    };
    without(log, |op| matches!(op, Op::Rename { .. }))
        .iter()
        .map(in_place)
        .collect()
}

/// Both files written and renamed, then everything synced.
fn one_flush(log: &[Op]) -> Vec<Op> {
    let late = |op: &Op| matches!(op, Op::Sync { .. } | Op::SyncDir | Op::Ack(_));
    let mut mutant = without(log, late);
    mutant.extend(log.iter().filter(|op| late(op)).cloned());
    mutant
}

fn acknowledged_before_b(log: &[Op]) -> Vec<Op> {
    let mut mutant = log.to_vec();
    let ack = mutant.pop().unwrap();
    mutant.insert(after_a(log), ack);
    mutant
}

/// Where `a` is done: after its directory sync, or the sync of what was appended.
fn after_a(log: &[Op]) -> usize {
    let appends = matches!(log[0], Op::Open { .. });
    let done = |op: &Op| match op {
        Op::Sync { .. } => appends,
        other => *other == Op::SyncDir,
    };
    log.iter().position(done).unwrap() + 1
}

/// Both files appended to, then `b` synced before `a`.
fn b_before_a_is_durable(log: &[Op]) -> Vec<Op> {
    let mut mutant = log.to_vec();
    let sync = mutant.remove(after_a(log) - 1);
    mutant.insert(mutant.len() - 1, sync);
    mutant
}

/// Skips `a` altogether: one copy of the new generation is acknowledged.
fn b_alone(log: &[Op]) -> Vec<Op> {
    log[after_a(log)..].to_vec()
}

/// A disk on which `log` was carried out.
fn replayed(start: &Image, log: &[Op]) -> SimDisk {
    let disk = SimDisk::from_image(start);
    for op in log {
        disk.replay(op);
    }
    disk
}

/// Inodes of a second log, set apart from those of the first.
fn renumbered(second: Vec<Op>, first: &[Op], start: &Image) -> Vec<Op> {
    let shift = |inode: usize| inode + 100 * (first.len() + start.len());
    second
        .into_iter()
        .map(|op| match op {
            Op::Create { name, inode } => Op::Create {
                name,
                inode: shift(inode),
            },
            Op::Open { name, inode } => Op::Open {
                name,
                inode: shift(inode),
            },
            Op::Write { inode, octets } => Op::Write {
                inode: shift(inode),
                octets,
            },
            Op::Sync { inode } => Op::Sync {
                inode: shift(inode),
            },
            other => other,
        })
        .collect()
}
