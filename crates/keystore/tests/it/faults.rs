//! A full, failing or lying disk: reported at every call, and the old or new state opens.

use std::io::ErrorKind;

use strongroom_keystore::{
    Activation, CreateError, DirState, InspectError, Keystore, StorageErrorKind, UpdateError,
    WriteError,
};

use crate::sim::{Fault, Image, SimDisk};
use crate::stores::{
    LIFE, found, inspect, intent, key_id, lock, master_key, new_master, new_store, plan, store,
    uid, unlock,
};

const KINDS: [(ErrorKind, StorageErrorKind); 3] = [
    (ErrorKind::StorageFull, StorageErrorKind::NoSpace),
    (ErrorKind::Other, StorageErrorKind::Other),
    (ErrorKind::ReadOnlyFilesystem, StorageErrorKind::ReadOnly),
];

/// Every way to fail at call number `at`.
fn faults(at: usize) -> impl Iterator<Item = (Fault, StorageErrorKind)> {
    KINDS.into_iter().flat_map(move |(kind, expected)| {
        [(false, false), (true, false), (false, true)].map(move |(sticky, after_effect)| {
            let fault = Fault {
                at,
                sticky,
                kind,
                after_effect,
            };
            (fault, expected)
        })
    })
}

/// The image before a step of LIFE, and the masters that open it.
fn before(step: usize) -> (Image, u8) {
    let (disk, mut keystore) = store();
    for (_, earlier) in &LIFE[..step] {
        earlier(&mut keystore).unwrap();
    }
    // After the last step but one K1 is retired.
    let master = if step == LIFE.len() - 1 { 4 } else { 1 };
    (disk.image(), master)
}

fn generation(disk: &SimDisk) -> u64 {
    found(disk).metadata().generation()
}

#[test]
fn every_failing_call_of_every_step_is_reported_and_old_or_new_opens() {
    for (number, (name, step)) in LIFE.iter().enumerate() {
        let (image, master) = before(number);
        let mut at = 0;
        loop {
            let mut untouched = true;
            for (fault, expected) in faults(at) {
                let disk = SimDisk::from_image(&image);
                let mut keystore = unlock(&disk, master).unwrap();
                let old = keystore.metadata().generation();
                disk.set_fault(Some(fault));
                let result = step(&mut keystore);
                let reached = disk.calls() > at;
                disk.set_fault(None);
                untouched &= !reached;
                let what = format!("{name}, call {at}: {result:?}");
                match &result {
                    Ok(()) => assert!(!reached, "{what}"),
                    Err(UpdateError::Write(error)) => {
                        check_error(error, expected, &what);
                        // Not written means the files are as they were.
                        let not_written = matches!(error, WriteError::NotWritten(_));
                        assert!(!not_written || generation(&disk_of(&disk)) == old, "{what}");
                        assert!(keystore.is_poisoned(), "{what}");
                        let read_back = format!("{error:?}").contains("ReadBackDiffers");
                        let in_memory = keystore.metadata().generation();
                        assert!(in_memory == old || read_back, "{what}");
                        let again = keystore.add_dek(&key_id("more"));
                        assert!(matches!(again, Err(UpdateError::Poisoned)), "{what}");
                    }
                    Err(_) => panic!("{what}"),
                }
                drop(keystore);
                let now = generation(&disk);
                assert!(now == old || now == old + 1, "{what}");
                assert!(result.is_err() || now == old + 1, "{what}");
                opens_with_what_it_names(&disk, &what);
            }
            if untouched {
                break;
            }
            at += 1;
        }
        // An entry: open, write, sync, read back, in each copy; a snapshot: six calls.
        let is_entry = ["add", "rotate key", "retire"].contains(name);
        let least = if is_entry { 8 } else { 12 };
        assert!(at >= least, "{name}: only {at} calls");
    }
}

/// A disk with the same files and no lock.
fn disk_of(disk: &SimDisk) -> SimDisk {
    SimDisk::from_image(&disk.image())
}

fn check_error(error: &WriteError, expected: StorageErrorKind, what: &str) {
    let (WriteError::NotWritten(inner) | WriteError::OutcomeUnknown(inner)) = error else {
        panic!("{what}");
    };
    // Reading back both copies after a rotation step reports any failure as this.
    let fits = inner.kind == expected || inner.kind == StorageErrorKind::ReadBackDiffers;
    assert!(fits, "{what}");
}

fn opens_with_what_it_names(disk: &SimDisk, what: &str) {
    let masters: Vec<u8> = (1..=4)
        .filter(|number| {
            let found = found(disk);
            found
                .metadata()
                .masters()
                .any(|m| m.unique_identifier == uid(*number))
        })
        .collect();
    assert!(!masters.is_empty(), "{what}");
    for master in masters {
        let keystore = unlock(&disk_of(disk), master).unwrap_or_else(|e| panic!("{what}: {e}"));
        keystore.verify().unwrap_or_else(|e| panic!("{what}: {e}"));
        keystore.key_ring(&key_id("orders")).unwrap();
    }
}

#[test]
fn every_failing_call_of_a_first_start_leaves_a_first_start_or_a_keystore() {
    let mut at = 0;
    loop {
        let mut untouched = true;
        for (fault, _) in faults(at) {
            let disk = SimDisk::default();
            let dir = lock(&disk);
            dir.write_intent(&intent()).unwrap();
            disk.set_fault(Some(fault));
            let created = Keystore::create(&dir, new_store(), &master_key(1));
            let reached = disk.calls() > at;
            disk.set_fault(None);
            untouched &= !reached;
            let what = format!("call {at}: {created:?}");
            match &created {
                Ok(keystore) => {
                    // Only the removal of the intent may fail silently, and it is told.
                    assert!(
                        !reached || keystore.opening().intent_error.is_some(),
                        "{what}"
                    );
                }
                Err(CreateError::Write(_) | CreateError::Storage(_)) => {}
                Err(_) => panic!("{what}"),
            }
            let durable = created.is_ok();
            drop((created, dir));
            match inspect(&disk) {
                Ok(DirState::Keystore(found)) => {
                    found
                        .unlock(&uid(1), &master_key(1))
                        .unwrap()
                        .verify()
                        .unwrap();
                }
                Ok(DirState::IntentOnly(_)) => assert!(!durable, "{what}"),
                other => panic!("{what}: {other:?}"),
            }
        }
        if untouched {
            break;
        }
        at += 1;
    }
    assert!(at >= 14, "only {at} calls");
}

#[test]
fn a_failing_mend_opens_for_reading_and_says_so() {
    let (disk, mut keystore) = store();
    let old = disk.get("keystore.b");
    keystore.add_dek(&key_id("invoices")).unwrap();
    drop(keystore);
    disk.put("keystore.b", &old);
    let image = disk.image();
    // The calls of inspecting come first: list, read, read.
    for at in 3..9 {
        let disk = SimDisk::from_image(&image);
        let dir = lock(&disk);
        disk.set_fault(Some(Fault {
            at,
            sticky: true,
            kind: ErrorKind::StorageFull,
            after_effect: false,
        }));
        let Ok(DirState::Keystore(found)) = dir.inspect(&[]) else {
            panic!("no keystore");
        };
        let mut keystore = found.unlock(&uid(1), &master_key(1)).unwrap();
        let (WriteError::NotWritten(error) | WriteError::OutcomeUnknown(error)) =
            keystore.opening().mend_error.as_ref().unwrap()
        else {
            panic!("another error");
        };
        assert_eq!(error.kind, StorageErrorKind::NoSpace, "call {at}");
        keystore.key_ring(&key_id("invoices")).unwrap();
        let refused = keystore.add_dek(&key_id("more"));
        assert!(matches!(refused, Err(UpdateError::Poisoned)), "call {at}");
    }
}

#[test]
fn one_copy_that_cannot_be_read_is_mended_and_two_are_an_error() {
    let image = store().0.image();
    for (at, name) in [(1, "keystore.a"), (2, "keystore.b")] {
        let disk = SimDisk::from_image(&image);
        let dir = lock(&disk);
        let bad_sector = Fault {
            at,
            sticky: false,
            kind: ErrorKind::Other,
            after_effect: false,
        };
        disk.set_fault(Some(bad_sector));
        let Ok(DirState::Keystore(found)) = dir.inspect(&[]) else {
            panic!("no keystore");
        };
        let keystore = found.unlock(&uid(1), &master_key(1)).unwrap();
        let mended = keystore.opening().mended.iter();
        let mended: Vec<_> = mended.map(|copy| copy.file_name()).collect();
        assert_eq!(mended, [name]);
        keystore.verify().unwrap();
    }
    let disk = SimDisk::from_image(&image);
    let dir = lock(&disk);
    disk.set_fault(Some(Fault {
        at: 1,
        sticky: true,
        kind: ErrorKind::Other,
        after_effect: false,
    }));
    let error = dir.inspect(&[]).unwrap_err();
    assert!(matches!(error, InspectError::Damaged { .. }), "{error}");
}

#[test]
fn a_write_that_lies_is_found_before_the_old_file_goes() {
    let (disk, mut keystore) = store();
    let image = disk.image();
    disk.lie_about_writes();
    let error = keystore.set_logical_identifier(None).unwrap_err();
    let UpdateError::Write(WriteError::NotWritten(error)) = error else {
        panic!("{error}");
    };
    assert_eq!(error.kind, StorageErrorKind::ReadBackDiffers);
    assert_eq!(disk.image(), image);
}

#[test]
fn an_append_that_lies_is_found_before_it_is_acknowledged() {
    let (disk, mut keystore) = store();
    let image = disk.image();
    disk.lie_about_writes();
    let error = keystore.add_dek(&key_id("invoices")).unwrap_err();
    let UpdateError::Write(WriteError::OutcomeUnknown(error)) = error else {
        panic!("{error}");
    };
    assert_eq!(error.kind, StorageErrorKind::ReadBackDiffers);
    assert!(keystore.metadata().key(&key_id("invoices")).is_none());
    assert_eq!(disk.image(), image);
}

#[test]
fn a_file_that_somebody_else_wrote_to_is_not_appended_to() {
    let (disk, mut keystore) = store();
    let longer = [disk.get("keystore.a").as_slice(), b"more"].concat();
    disk.put("keystore.a", &longer);
    let error = keystore.add_dek(&key_id("invoices")).unwrap_err();
    let UpdateError::Write(WriteError::NotWritten(error)) = error else {
        panic!("{error}");
    };
    assert_eq!(error.kind, StorageErrorKind::ReadBackDiffers);
    assert_eq!(disk.get("keystore.a"), longer);
}

#[test]
fn a_rename_that_lies_is_found_before_a_rotation_step_returns() {
    type Step = fn(&mut Keystore) -> Result<(), UpdateError>;
    let steps: [Step; 3] = [
        |k| k.seal_under_both(new_master(2), &master_key(1), &master_key(2)),
        |k| k.drop_new_master(&master_key(1)),
        |k| k.seal_under_new(&master_key(2), Activation::Required),
    ];
    for (at, step) in steps.iter().enumerate() {
        let (disk, mut keystore) = store();
        keystore.record_rotation(plan(2)).unwrap();
        if at > 0 {
            steps[0](&mut keystore).unwrap();
            keystore.mark_activated(&uid(2)).unwrap();
        }
        let image = disk.image();
        disk.lie_about_renames();
        let error = step(&mut keystore).unwrap_err();
        let UpdateError::Write(WriteError::OutcomeUnknown(error)) = error else {
            panic!("{error}");
        };
        assert_eq!(error.kind, StorageErrorKind::ReadBackDiffers);
        assert!(keystore.is_poisoned());
        let mut now = disk.image();
        now.retain(|name, _| !name.ends_with(".tmp"));
        assert_eq!(now, image);
    }
}
