//! The store of one connection: unlocked when the first key is asked for, served at its socket from then
//! on, and closed with the connection.
//!
//! May touch: the keystore's folder, the key servers, and the host's metadata file for reading. Its one
//! thread has ended when the value is dropped.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use strongroom::keystore::CopyName;
use strongroom::{KeyStateEvent, Options, RunOptions, Running, Unlocked};
use strongroom_cipher::{DekGeneration, KeyId, KeyRing, OpenErrorKind};

use crate::block::{Blocks, OVERHEAD};
use crate::error::Refusal;
use crate::probe::{self, Found};
use crate::settings::Settings;
use crate::word::Words;

/// Names that hosts make in a new folder before they load an extension, and ours; they hold no
/// data of a table (`docs/decisions/0012`).
const TOLERATED: &[&str] = &[
    "WiredTiger",
    "WiredTiger.basecfg",
    "WiredTiger.config",
    "WiredTiger.lock",
    "_tmp",
    "diagnostic.data",
    "journal",
    "key-server",
    "mongod.lock",
    "storage.bson",
    "strongroom.yaml",
];

/// A store that gives out the rings of its key ids.
#[derive(Debug)]
pub(crate) struct Store {
    settings: Settings,
    running: Mutex<Option<Running>>,
    words: Arc<Words>,
}

impl Store {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            running: Mutex::new(None),
            words: Arc::default(),
        }
    }

    /// The blocks of `key_id`, whose data key is made when there is none. The first call unlocks the
    /// store, compares its key with the host's metadata, and serves the store at its socket; `say` gets
    /// warnings.
    ///
    /// # Errors
    ///
    /// [`Refusal`]; the host's data is as it was.
    pub(crate) fn blocks(&self, key_id: &KeyId, say: &dyn Fn(&str)) -> Result<Blocks, Refusal> {
        // A panic under the lock leaves a keystore that is checked again at its next change.
        let mut slot = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = slot.as_ref() {
            return of_ring(running.key_ring(key_id)?);
        }
        let found = self.look()?;
        self.expect_keystore(&found)?;
        let unlocked = self.unlock()?;
        if let (Found::Sealed(units), Some(home)) = (found, &self.settings.home) {
            fits(&unlocked, key_id, (&units, home))?;
        }
        let running = self.serve(unlocked)?;
        for warning in running.warnings() {
            say(&format!("warning: {warning}"));
        }
        let blocks = of_ring(running.key_ring(key_id)?)?;
        *slot = Some(running);
        Ok(blocks)
    }

    /// Says what the store's thread has found out meanwhile.
    #[inline]
    pub(crate) fn say(&self, say: impl Fn(&str)) {
        self.words.say(say);
    }

    fn serve(&self, unlocked: Unlocked) -> Result<Running, Refusal> {
        let words = Arc::clone(&self.words);
        let hear = move |event: &KeyStateEvent| {
            words.add(format!("warning: {event}; nothing is done in this process"));
        };
        let run = RunOptions::new(options()).on_event(Arc::new(hear));
        let (config, dbpath) = (Arc::clone(&self.settings.config), &self.settings.dbpath);
        Ok(Running::start(unlocked, config, dbpath, run)?)
    }

    fn look(&self) -> Result<Found, Refusal> {
        let Some(home) = &self.settings.home else {
            return Ok(Found::Nothing);
        };
        let home = || home.clone();
        match probe::look(&home()) {
            Ok(Found::Plain) => Err(Refusal::PlainDatabase { home: home() }),
            Ok(Found::Foreign) => Err(Refusal::OtherEncryptor { home: home() }),
            Ok(found) => Ok(found),
            Err(source) => Err(Refusal::Read {
                path: home().join(probe::METADATA_FILE),
                source,
            }),
        }
    }

    /// A database that is sealed already has its key in a keystore: a new one would not open it.
    fn expect_keystore(&self, found: &Found) -> Result<(), Refusal> {
        let dbpath = &self.settings.dbpath;
        let copies = [CopyName::A, CopyName::B];
        let (Found::Sealed(_), Some(home)) = (found, &self.settings.home) else {
            return Ok(());
        };
        if copies
            .iter()
            .any(|copy| dbpath.join(copy.file_name()).exists())
        {
            return Ok(());
        }
        Err(Refusal::NoKeystore {
            home: home.clone(),
            dbpath: dbpath.clone(),
        })
    }

    /// Unlocks on a thread of its own, which has ended when this returns: the host may unload the
    /// library at any time, and its threads may have little stack.
    fn unlock(&self) -> Result<Unlocked, Refusal> {
        let config = &self.settings.config;
        let dbpath = &self.settings.dbpath;
        let options = options();
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().name("strongroom-unlock".to_owned());
            let started = thread.spawn_scoped(scope, || -> Result<Unlocked, Refusal> {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .map_err(Refusal::Start)?;
                Ok(runtime.block_on(strongroom::unlock(config, dbpath, &options))?)
            });
            let joined = started.map_err(Refusal::Start)?.join();
            joined.unwrap_or(Err(Refusal::Unlock))
        })
    }
}

fn options() -> Options {
    Options::default().tolerating(TOLERATED)
}

fn of_ring(ring: Arc<KeyRing>) -> Result<Blocks, Refusal> {
    // The object's name is a constant of the right length.
    Blocks::new(ring).map_err(|_| Refusal::Start(io::ErrorKind::InvalidInput.into()))
}

/// Whether the connection's key opens what the host will read first.
fn fits(
    unlocked: &Unlocked,
    key_id: &KeyId,
    (units, home): (&[Vec<u8>], &Path),
) -> Result<(), Refusal> {
    let metadata = unlocked.keystore.metadata();
    let other = || Refusal::OtherKey {
        home: home.to_owned(),
        key_id: key_id.clone(),
        store: metadata.store_id().to_string(),
        known: known(unlocked),
    };
    if !metadata.keys().any(|key| &key.id == key_id) {
        return Err(other());
    }
    let ring = unlocked.keystore.key_ring(key_id);
    let blocks = of_ring(Arc::new(ring.map_err(strongroom::Error::from)?))?;
    let last = blocks.ring().active();
    let (mut opens, mut newest, mut retired) = (false, last, None);
    for unit in units {
        match trial(&blocks, unit) {
            Trial::Opens => opens = true,
            Trial::Unknown(generation) if generation < last => retired = Some(generation),
            Trial::Unknown(generation) => newest = newest.max(generation),
            Trial::Refused => {}
        }
    }
    if newest > last {
        return Err(Refusal::KeystoreTooOld {
            home: home.to_owned(),
            key_id: key_id.clone(),
            generation: newest,
            last,
        });
    }
    // A block that nothing refers to any more may have an old generation; one that opens is enough.
    match (opens, retired) {
        (true, _) => Ok(()),
        (false, None) => Err(other()),
        (false, Some(generation)) => Err(Refusal::KeyRetired {
            home: home.to_owned(),
            key_id: key_id.clone(),
            generation,
        }),
    }
}

enum Trial {
    Opens,
    Unknown(DekGeneration),
    Refused,
}

fn trial(blocks: &Blocks, unit: &[u8]) -> Trial {
    let mut plain = vec![0; unit.len().saturating_sub(OVERHEAD)];
    let opened = blocks.open(unit, &mut plain);
    plain.fill(0);
    match opened {
        Ok(_) => Trial::Opens,
        Err(error) => match error.kind {
            OpenErrorKind::UnknownGeneration(generation) => Trial::Unknown(generation),
            _ => Trial::Refused,
        },
    }
}

/// The key ids of the keystore, for a message.
fn known(unlocked: &Unlocked) -> String {
    const SHOWN: usize = 5;
    let mut ids: Vec<String> = unlocked
        .keystore
        .metadata()
        .keys()
        .map(|key| format!("{:?}", key.id.as_str()))
        .collect();
    ids.dedup();
    let more = ids.len().saturating_sub(SHOWN);
    ids.truncate(SHOWN);
    match (ids.is_empty(), more) {
        (true, _) => "no key".to_owned(),
        (false, 0) => ids.join(", "),
        (false, more) => format!("{} and {more} more", ids.join(", ")),
    }
}
