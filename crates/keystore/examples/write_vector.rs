//! Writes a keystore with a rotation behind it and a log into a directory, for `tests/vectors/decode.py`.
//!
//! `cargo run -p strongroom-keystore --example write_vector -- DIR`: then `decode.py
//! DIR/keystore.a uid-2 0202...02` must read it. The masters are octets that anyone can guess.

use std::error::Error;
use std::sync::Arc;

use strongroom_cipher::{DekGeneration, KeyId, StoreId};
use strongroom_keystore::{
    Activation, AttemptId, DirStorage, Keystore, LockedDir, MasterKey, MasterOrigin, NewMaster,
    NewStore, RotationPlan, StoreLabel,
};
use strongroom_secret::SecretBytes;

fn main() -> Result<(), Box<dyn Error>> {
    let dir = std::env::args_os()
        .nth(1)
        .ok_or("usage: write_vector DIR")?;
    let dir = LockedDir::lock(Arc::new(DirStorage::new(dir)))?;
    let store = NewStore {
        store_id: StoreId::generate()?,
        label: StoreLabel::generate()?,
        logical_identifier: Some("orders".to_owned()),
        master: master(1),
    };
    let key = |octet| MasterKey::new(SecretBytes::copy_from(&[octet; 32]));
    let mut keystore = Keystore::create(&dir, store, &key(1)?)?;
    let orders = KeyId::new("orders")?;
    keystore.add_deks(&[orders.clone(), KeyId::new("people")?])?;
    keystore.rotate_dek(&orders)?;
    keystore.retire_dek(&orders, DekGeneration::FIRST)?;
    keystore.rotate_dek(&orders)?;
    keystore.record_rotation(RotationPlan {
        number: 2,
        attempt: AttemptId::generate()?,
        logical_identifier: None,
    })?;
    keystore.seal_under_both(master(2), &key(1)?, &key(2)?)?;
    keystore.mark_activated("uid-2")?;
    keystore.seal_under_new(&key(2)?, Activation::Required)?;
    // The rest is in the log.
    keystore.rotate_dek(&KeyId::new("people")?)?;
    keystore.add_dek(&KeyId::new("invoices")?)?;
    keystore.retire_dek(&orders, DekGeneration::new(2))?;
    Ok(())
}

fn master(number: u32) -> NewMaster {
    NewMaster {
        unique_identifier: format!("uid-{number}"),
        name: (number == 1).then(|| "orders".to_owned()),
        number,
        origin: MasterOrigin::Create,
        shared: false,
        activated: false,
        servers: vec!["127.0.0.1:5696".to_owned()],
        algorithm: "AES".to_owned(),
        length_bits: 256,
        wrapped: None,
    }
}
