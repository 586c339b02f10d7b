//! Opens an encrypted redb database, and ends recovery mode before the caller gets it. Touches the
//! database file and its folder.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::{Database, DatabaseError};
use strongroom_cipher::{KeyRing, OpenErrorKind};

use crate::backend::{Backend, Handle, Rules};
use crate::choose::{Chosen, choose};
use crate::create::open_or_create;
use crate::error::OpenError;
use crate::file::RawFile;
use crate::header::FORMAT_WITHOUT_JOURNAL;
use crate::journal::{Journal, JournalFault};
use crate::reseal::Resealer;
use crate::sealer::ObjectId;
use crate::status::Status;

/// How to open a database.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OpenOptions {
    /// The object id that the file must bear, or gets when it is made. `None` takes the file's,
    /// and draws one for a new file.
    pub object: Option<ObjectId>,
    /// Make the file when it is not there.
    pub create: bool,
    /// Octets of redb's page cache; redb's own default when `None`.
    pub cache_len: Option<usize>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            object: None,
            create: true,
            cache_len: None,
        }
    }
}

/// An open database.
#[non_exhaustive]
pub struct Opened {
    /// redb's handle. Dropping it closes the file properly.
    pub database: Database,
    /// What happened at open and since.
    pub status: Status,
    /// Seals old units anew after a rotation of the DEK.
    pub resealer: Resealer,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Opens the encrypted redb database at `path`, or makes it (mode 0600).
///
/// `object` is the id that the file must bear; with `None` the file's own is taken.
/// [`open_database_with`] has more options.
///
/// The file stays locked until the database is dropped. If it was not closed properly, redb checks
/// every page and falls back to the last commit that is whole; meanwhile a unit that does not
/// authenticate reads as wrong octets and is counted. That mode has ended when this function
/// returns: from then on such a unit is an I/O error that holds a [`crate::UnitError`].
///
/// # Errors
///
/// [`OpenError`]. A wrong DEK looks like damage here: rule it out beforehand, by the check value
/// in the keystore.
pub fn open_database(
    path: impl AsRef<Path>,
    key_ring: Arc<KeyRing>,
    object: Option<ObjectId>,
) -> Result<Opened, OpenError> {
    open_database_with(
        path,
        key_ring,
        &OpenOptions {
            object,
            ..OpenOptions::default()
        },
    )
}

/// As [`open_database`], with options.
///
/// # Errors
///
/// [`OpenError`].
pub fn open_database_with(
    path: impl AsRef<Path>,
    key_ring: Arc<KeyRing>,
    options: &OpenOptions,
) -> Result<Opened, OpenError> {
    let path = path.as_ref();
    let file = open_or_create(path, &key_ring, options.object, options.create)?;
    open_raw(
        (path.to_owned(), Box::new(file)),
        &key_ring,
        options,
        Rules::default(),
    )
}

/// Opens a locked file.
pub(crate) fn open_raw(
    (path, file): (PathBuf, Box<dyn RawFile>),
    ring: &Arc<KeyRing>,
    options: &OpenOptions,
    rules: Rules,
) -> Result<Opened, OpenError> {
    let chosen = choose(&path, &*file, ring, options.object)?;
    ring.begin_epoch().map_err(|source| OpenError::Random {
        path: path.clone(),
        source,
    })?;
    play_back(&path, &*file, &chosen)?;
    let backend = Backend::new((path.clone(), file), chosen, rules)
        .map_err(|error| OpenError::io(&path, "read the meta pages", error))?;
    let backend = Arc::new(backend);
    let database = start(&backend, options).map_err(|error| OpenError::redb(&path, error))?;
    Ok(Opened {
        database,
        status: backend.status().clone(),
        resealer: Resealer::new(&backend),
    })
}

/// Ends the step of a re-seal that a crash cut short.
pub(crate) fn play_back(path: &Path, file: &dyn RawFile, chosen: &Chosen) -> Result<(), OpenError> {
    match pending_journal(path, file, chosen)? {
        Some(journal) => journal
            .play_back(file)
            .map_err(|error| OpenError::io(path, "play back the journal", error)),
        None => Ok(()),
    }
}

/// The journal that the file has, where its header says that there can be one.
pub(crate) fn pending_journal(
    path: &Path,
    file: &dyn RawFile,
    chosen: &Chosen,
) -> Result<Option<Journal>, OpenError> {
    if chosen.header.clean || chosen.format() == Some(FORMAT_WITHOUT_JOURNAL) {
        return Ok(None);
    }
    let found = Journal::find(file, &chosen.sealer, &chosen.header);
    found.map_err(|fault| {
        let path = path.to_owned();
        match fault {
            JournalFault::Io(error) => OpenError::io(path, "read the journal", error),
            JournalFault::Beyond(OpenErrorKind::UnknownGeneration(generation)) => {
                let generation = generation.value();
                OpenError::UnknownGeneration { path, generation }
            }
            JournalFault::Beyond(source) => OpenError::Journal { path, source },
        }
    })
}

/// Runs redb's open under recovery mode, where the file needs it.
fn start(backend: &Arc<Backend>, options: &OpenOptions) -> Result<Database, DatabaseError> {
    backend.begin_open();
    let database = create(backend, options, backend.status().is_recovering());
    backend.end_open(database.is_ok());
    let database = database?;
    if backend.status().poisoned() == 0 {
        return Ok(database);
    }
    // redb may have kept a page that was read as zeros. Nothing of that may reach the caller.
    database.close()?;
    create(backend, options, false)
}

fn create(
    backend: &Arc<Backend>,
    options: &OpenOptions,
    recovering: bool,
) -> Result<Database, DatabaseError> {
    backend.gate().open();
    let mut builder = redb::Builder::new();
    if let Some(cache_len) = options.cache_len {
        builder.set_cache_size(cache_len);
    }
    // Wrong octets are harmless only where redb checks its checksums before it trusts a page.
    builder.set_check_integrity_on_open(recovering);
    let status = backend.status().clone();
    builder.set_repair_callback(move |_| status.set_repaired());
    builder.create_with_backend(Handle(backend.clone()))
}
