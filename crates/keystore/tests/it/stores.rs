//! Stores to test on: masters K1, K2, K3 and the steps of a store's life.

use std::sync::Arc;

use strongroom_cipher::{DekGeneration, KeyId, StoreId};
use strongroom_keystore::{
    Activation, AttemptId, DirState, InspectError, Intent, Keystore, LockedDir, MasterKey,
    MasterOrigin, NewMaster, NewStore, RotationPlan, StoreLabel, UnlockError, UnverifiedKeystore,
    UpdateError,
};
use strongroom_secret::SecretBytes;

use crate::sim::{Image, SimDisk};

/// The master key number `number`; its Unique Identifier is `uid(number)`.
pub(crate) fn master_key(number: u8) -> MasterKey {
    MasterKey::new(SecretBytes::copy_from(&[number; 32])).unwrap()
}

pub(crate) fn uid(number: u8) -> String {
    format!("uid-{number}")
}

pub(crate) fn new_master(number: u8) -> NewMaster {
    NewMaster {
        unique_identifier: uid(number),
        name: Some(format!("orders/v{number}")),
        number: number.into(),
        origin: MasterOrigin::Create,
        shared: false,
        activated: false,
        servers: vec!["127.0.0.1:5696".to_owned()],
        algorithm: "AES".to_owned(),
        length_bits: 256,
        wrapped: None,
    }
}

pub(crate) fn new_store() -> NewStore {
    NewStore {
        store_id: StoreId::new([5; 16]),
        label: StoreLabel::parse("0123456789abcdef").unwrap(),
        logical_identifier: Some("orders".to_owned()),
        master: new_master(1),
    }
}

pub(crate) fn intent() -> Intent {
    Intent {
        store_id: StoreId::new([5; 16]),
        label: StoreLabel::parse("0123456789abcdef").unwrap(),
        intent_id: AttemptId::from_octets([6; 16]),
        number: 1,
        burnt: Vec::new(),
        key_name: Some("orders".to_owned()),
    }
}

pub(crate) fn plan(number: u8) -> RotationPlan {
    RotationPlan {
        number: number.into(),
        attempt: AttemptId::from_octets([number; 16]),
        logical_identifier: Some(format!("orders-{number}")),
    }
}

pub(crate) fn key_id(text: &str) -> KeyId {
    KeyId::new(text).unwrap()
}

pub(crate) fn lock(disk: &SimDisk) -> LockedDir {
    LockedDir::lock(Arc::new(disk.clone())).unwrap()
}

pub(crate) fn inspect(disk: &SimDisk) -> Result<DirState, InspectError> {
    lock(disk).inspect(&[])
}

pub(crate) fn found(disk: &SimDisk) -> UnverifiedKeystore {
    match inspect(disk) {
        Ok(DirState::Keystore(found)) => *found,
        other => panic!("no keystore: {other:?}"),
    }
}

pub(crate) fn unlock(disk: &SimDisk, master: u8) -> Result<Keystore, UnlockError> {
    found(disk).unlock(&uid(master), &master_key(master))
}

/// A store under K1 with one data key of two generations and one of one.
pub(crate) fn store() -> (SimDisk, Keystore) {
    let disk = SimDisk::default();
    let mut keystore = Keystore::create(&lock(&disk), new_store(), &master_key(1)).unwrap();
    keystore.add_dek(&key_id("orders")).unwrap();
    keystore.rotate_dek(&key_id("orders")).unwrap();
    keystore.add_dek(&key_id("people")).unwrap();
    (disk, keystore)
}

/// What `store` leaves on disk.
pub(crate) fn store_image() -> Image {
    store().0.image()
}

/// One step of a store's life, on an open keystore.
pub(crate) type Step = fn(&mut Keystore) -> Result<(), UpdateError>;

/// A whole life, in order: every kind of change that is durable.
pub(crate) const LIFE: &[(&str, Step)] = &[
    ("mark K1 activated", |k| k.mark_activated(&uid(1))),
    ("add", |k| k.add_dek(&key_id("invoices")).map(drop)),
    ("rotate key", |k| k.rotate_dek(&key_id("people")).map(drop)),
    ("retire", |k| {
        k.retire_dek(&key_id("orders"), DekGeneration::FIRST)
    }),
    ("identifier", |k| {
        k.set_logical_identifier(Some("other".to_owned()))
    }),
    ("record", |k| k.record_rotation(plan(2))),
    ("burn", |k| k.burn_attempt(2)),
    ("record again", |k| k.record_rotation(plan(3))),
    ("seal under both", |k| {
        k.seal_under_both(new_master(3), &master_key(1), &master_key(3))
    }),
    ("drop the new", |k| k.drop_new_master(&master_key(1))),
    ("record a third time", |k| k.record_rotation(plan(4))),
    ("seal under both again", |k| {
        k.seal_under_both(new_master(4), &master_key(1), &master_key(4))
    }),
    ("mark activated", |k| k.mark_activated(&uid(4))),
    ("seal under new", |k| {
        k.seal_under_new(&master_key(4), Activation::Required)
    }),
    ("mark deactivated", |k| k.mark_deactivated(&uid(1))),
];
