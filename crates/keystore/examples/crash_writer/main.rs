//! The program that `cargo xtask crash` kills and fails: it makes one store, changes it, and says
//! what is there.
//!
//! ```text
//! crash_writer make DIR [KEYS]     a store of generation 1, or with so many data keys of generation 2
//! crash_writer add DIR DESIGN      adds a data key (appended to the logs); prints "ACK" and the new
//!                                  generation once that is acknowledged
//! crash_writer replace DIR DESIGN  changes the key identifier (new snapshots); the same
//! crash_writer check DIR           prints "GEN n" and what each copy was, or "LOST why"
//! ```
//!
//! DESIGN is `real`, or a known-bad one that the harness must find. May touch: the files in DIR.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "the harness reads what it prints")]

mod mutants;

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use strongroom_cipher::{KeyId, StoreId};
use strongroom_keystore::{
    DirState, DirStorage, Keystore, LockedDir, MasterKey, MasterOrigin, NewMaster, NewStore,
    Storage, StoreLabel,
};
use strongroom_secret::SecretBytes;

use mutants::{InPlace, OneCopy, OneFlush, Swallow, Unsynced};

const UNIQUE_IDENTIFIER: &str = "uid-1";

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match *words.as_slice() {
        ["make", dir] => make(Path::new(dir), 0),
        ["make", dir, keys] => make(Path::new(dir), keys.parse()?),
        ["check", dir] => check(Path::new(dir)),
        ["add", dir, design] => add(storage(dir, design)?),
        ["replace", dir, design] => replace(storage(dir, design)?),
        _ => Err(
            "crash_writer make DIR [KEYS] | add DIR DESIGN | replace DIR DESIGN | check DIR".into(),
        ),
    }
}

fn storage(dir: &str, design: &str) -> Result<Arc<dyn Storage>, Box<dyn Error>> {
    Ok(match design {
        "real" => Arc::new(DirStorage::new(dir)),
        "in-place" => Arc::new(InPlace::new(dir)),
        "swallow" => Arc::new(Swallow::new(dir)),
        "no-fsync" => Arc::new(Unsynced::files(dir)),
        "no-directory-fsync" => Arc::new(Unsynced::names(dir)),
        "one-flush" => Arc::new(OneFlush::new(dir)),
        "one-copy" => Arc::new(OneCopy::new(dir)),
        other => return Err(format!("no design {other}").into()),
    })
}

fn master_key() -> Result<MasterKey, Box<dyn Error>> {
    Ok(MasterKey::new(SecretBytes::copy_from(&[1; 32]))?)
}

fn make(dir: &Path, keys: usize) -> Result<(), Box<dyn Error>> {
    let dir = LockedDir::lock(Arc::new(DirStorage::new(dir)))?;
    let store = NewStore {
        store_id: StoreId::new([5; 16]),
        label: StoreLabel::parse("0123456789abcdef").ok_or("a label")?,
        logical_identifier: Some("orders".to_owned()),
        master: NewMaster {
            unique_identifier: UNIQUE_IDENTIFIER.to_owned(),
            name: Some("orders/v1".to_owned()),
            number: 1,
            origin: MasterOrigin::Create,
            shared: false,
            activated: true,
            servers: vec!["127.0.0.1:5696".to_owned()],
            algorithm: "AES".to_owned(),
            length_bits: 256,
            wrapped: None,
        },
    };
    let mut keystore = Keystore::create(&dir, store, &master_key()?)?;
    let ids: Result<Vec<KeyId>, _> = (0..keys).map(|key| KeyId::new(&format!("{key}"))).collect();
    if keys > 0 {
        keystore.add_deks(&ids?)?;
    }
    Ok(())
}

fn open(storage: Arc<dyn Storage>) -> Result<Keystore, Box<dyn Error>> {
    match LockedDir::lock(storage)?.inspect(&[])? {
        DirState::Keystore(found) => Ok(found.unlock(UNIQUE_IDENTIFIER, &master_key()?)?),
        other => Err(format!("no keystore: {other:?}").into()),
    }
}

fn add(storage: Arc<dyn Storage>) -> Result<(), Box<dyn Error>> {
    let mut keystore = open(storage)?;
    keystore.add_dek(&KeyId::new("invoices")?)?;
    println!("ACK {}", keystore.metadata().generation());
    Ok(())
}

fn replace(storage: Arc<dyn Storage>) -> Result<(), Box<dyn Error>> {
    let mut keystore = open(storage)?;
    keystore.set_logical_identifier(Some("invoices".to_owned()))?;
    println!("ACK {}", keystore.metadata().generation());
    Ok(())
}

/// Always ends well: that nothing opens is an answer too.
fn check(dir: &Path) -> Result<(), Box<dyn Error>> {
    match open(Arc::new(DirStorage::new(dir))).and_then(verified) {
        Ok(keystore) => {
            let [a, b] = &keystore.opening().found;
            let generation = keystore.metadata().generation();
            println!("GEN {generation} a: {:?} b: {:?}", a.1, b.1);
        }
        Err(error) => println!("LOST {error}"),
    }
    Ok(())
}

/// Mended, every key open, and its copies durable.
fn verified(keystore: Keystore) -> Result<Keystore, Box<dyn Error>> {
    keystore.verify()?;
    if keystore.is_poisoned() {
        return Err("it takes no changes".into());
    }
    Ok(keystore)
}
