//! Makes a database file, or opens the one that is there, and locks it. Touches the file, one
//! more beside it while a new one is made, and their folder.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use strongroom_cipher::KeyRing;

use crate::error::OpenError;
use crate::file::{RawFile, rename, sync_folder};
use crate::header::{Header, HeaderCopy, MAGIC};
use crate::layout::GROUPS_OFFSET;
use crate::sealer::{ObjectId, Sealer};

/// Tries against another process that makes the same file at the same time.
const TRIES: usize = 8;

/// Opens the file at `path` and locks it, or makes it when `create` says so.
///
/// A new file is written under another name, made durable and renamed: at `path` there is never a
/// half-made file, and what a crash leaves beside it holds no data and is used by the next try.
///
/// # Errors
///
/// [`OpenError`]: locked, missing, in the way, or the operating system's refusal.
pub(crate) fn open_or_create(
    path: &Path,
    ring: &Arc<KeyRing>,
    object: Option<ObjectId>,
    create: bool,
) -> Result<File, OpenError> {
    for _ in 0..TRIES {
        if let Some(file) = open_existing(path)? {
            return Ok(file);
        }
        if !create {
            return Err(OpenError::Missing {
                path: path.to_owned(),
            });
        }
        if let Some(file) = try_create(path, ring, object)? {
            return Ok(file);
        }
    }
    Err(OpenError::Locked {
        path: path.to_owned(),
    })
}

fn open_existing(path: &Path) -> Result<Option<File>, OpenError> {
    match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => {
            lock(path, &file)?;
            Ok(Some(file))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(OpenError::io(path, "open the file", error)),
    }
}

/// Locks the whole file for this handle.
pub(crate) fn lock(path: &Path, file: &File) -> Result<(), OpenError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(OpenError::io(path, "lock the file", error)),
    }
}

/// Where a new file is prepared: `.NAME.strongroom-new` beside `path`.
pub(crate) fn prepared_path(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".strongroom-new");
    path.with_file_name(name)
}

/// Makes the file; `None` when another process was quicker.
fn try_create(
    path: &Path,
    ring: &Arc<KeyRing>,
    object: Option<ObjectId>,
) -> Result<Option<File>, OpenError> {
    let prepared = prepared_path(path);
    let refused = |doing| move |error| OpenError::io(path, doing, error);
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&prepared)
        .map_err(refused("make the file"))?;
    lock(&prepared, &file)?;
    // Between our open and our lock another process may have renamed this very file.
    let ours = same_file(&prepared, &file).map_err(refused("make the file"))?;
    if !ours || path.try_exists().map_err(refused("make the file"))? {
        return Ok(None);
    }
    if !is_half_made(&file).map_err(refused("make the file"))? {
        return Err(OpenError::InTheWay { path: prepared });
    }
    let object = match object {
        Some(object) => object,
        None => ObjectId::generate().map_err(|source| OpenError::Random {
            path: path.to_owned(),
            source,
        })?,
    };
    write_blank(&file, &Sealer::new(ring.clone(), object)).map_err(refused("write the file"))?;
    rename(&prepared, path).map_err(refused("name the file"))?;
    sync_folder(path).map_err(refused("sync the folder of the file"))?;
    Ok(Some(file))
}

fn same_file(path: &Path, file: &File) -> io::Result<bool> {
    let held = file.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(named) => Ok((named.dev(), named.ino()) == (held.dev(), held.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether the file is empty or holds no more than what [`write_blank`] had written when it was
/// cut short. A file of somebody else is left alone.
fn is_half_made(file: &File) -> io::Result<bool> {
    let len = RawFile::len(file)?;
    let mut start = [0; MAGIC.len()];
    let filled = RawFile::read_at(file, 0, &mut start)?;
    let start = start.get(..filled).unwrap_or_default();
    let ours = MAGIC.starts_with(start) || start.iter().all(|octet| *octet == 0);
    Ok(len <= GROUPS_OFFSET && ours)
}

/// Both header copies of a database without data.
pub(crate) fn write_blank(file: &dyn RawFile, sealer: &Sealer) -> io::Result<()> {
    file.set_len(0)?;
    let mut header = Header::blank();
    for (sequence, place) in (0..).zip([HeaderCopy::A, HeaderCopy::B]) {
        header.sequence = sequence;
        file.write_at(place.offset(), header.seal(sealer)?.as_slice())?;
    }
    file.sync()
}
