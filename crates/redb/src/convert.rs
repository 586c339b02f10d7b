//! Encrypts a plain redb file, and turns a sealed one back. Touches the file, one more beside it
//! while it is made, and their folder.

use std::fs::{self, File, OpenOptions as FileOptions};
use std::io;
use std::ops::Bound;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::backends::FileBackend;
use redb::{Database, DatabaseError, StorageBackend};
use strongroom_cipher::KeyRing;

use crate::backend::{Backend, Handle, Rules};
use crate::choose::choose;
use crate::create::{lock, write_blank};
use crate::error::OpenError;
use crate::file::{RawFile, create_new, remove, rename, sync_folder};
use crate::header::MAGIC;
use crate::layout::{GROUP_LEN, UNIT_LEN};
use crate::open::{OpenOptions, open_database_with};
use crate::sealer::{ObjectId, Sealer};
use crate::verify::verify_file;

/// Octets that are copied at once.
const STEP: usize = GROUP_LEN * UNIT_LEN;
/// How every plain redb file begins.
const PLAIN: [u8; 4] = *b"redb";

/// What becomes of the octets of a plain file after it is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainFile {
    /// Its name is gone; its octets stay on the disk until something else is written there.
    Unlink,
    /// They are overwritten with zeros once the sealed file is durable in its place. What the file
    /// system or the disk copied elsewhere stays, and so do they when a crash comes before the end.
    Wipe,
}

/// Encrypts the plain redb file at `path`.
///
/// The sealed file is made under another name in the same folder, is read back and compared, and
/// takes the place of the plain one by a rename: after a crash either the plain file is there,
/// whole, or the sealed one. What a crash leaves beside it (`.NAME.strongroom-convert`) is removed
/// by the next try. Needs room for both files. The file's mode is kept.
///
/// # Errors
///
/// [`OpenError`]: the file is open elsewhere, redb refuses it, something else bears the other
/// file's name. Only a failing wipe comes after the plain file was replaced.
pub fn encrypt_file(
    path: impl AsRef<Path>,
    key_ring: &Arc<KeyRing>,
    plain: PlainFile,
) -> Result<(), OpenError> {
    let path = resolve(path.as_ref())?;
    // redb mends what a crash left, and refuses what is no database or is in use.
    drop(Database::open(&path).map_err(|error| refused_by_redb(&path, error))?);
    let source = lock_plain(&path)?;
    let old = read_write(&path).map_err(|error| OpenError::io(&path, "open the file", error))?;
    let beside = Beside::make(&path)?;
    let failed = |error| OpenError::io(&path, "encrypt the file", error);
    let object = ObjectId::generate().map_err(|source| OpenError::Random {
        path: path.clone(),
        source,
    })?;
    let file = beside.open()?;
    write_blank(&file, &Sealer::new(key_ring.clone(), object)).map_err(failed)?;
    let sealed = sealed(&beside.path, file, key_ring)?;
    copy(&source, &sealed).map_err(failed)?;
    sealed.0.end_open(true);
    sealed.close().map_err(failed)?;
    drop(sealed);
    let again = self::sealed(&beside.path, beside.open()?, key_ring)?;
    if !same(&source, &again).map_err(failed)? {
        return Err(OpenError::Differs { path });
    }
    drop(again);
    if !verify_file(&beside.path, key_ring)?.is_sound() {
        return Err(OpenError::Differs { path });
    }
    beside.replace(&path)?;
    if plain == PlainFile::Wipe {
        wipe(&old).map_err(|error| OpenError::io(&path, "wipe the plain file", error))?;
    }
    Ok(())
}

/// Turns the sealed file at `path` back into a plain redb file, as crash-safely as
/// [`encrypt_file`] works.
///
/// # Errors
///
/// [`OpenError`]: the file is open elsewhere, is none of this key ring, or a unit does not open.
/// The sealed file is then still in its place. A crash may leave plaintext in the file beside it.
pub fn decrypt_file(path: impl AsRef<Path>, key_ring: &Arc<KeyRing>) -> Result<(), OpenError> {
    let path = resolve(path.as_ref())?;
    let options = OpenOptions {
        create: false,
        ..OpenOptions::default()
    };
    // Ends what a crash left, and closes the file properly.
    drop(open_database_with(&path, key_ring.clone(), &options)?);
    let failed = |error| OpenError::io(&path, "decrypt the file", error);
    let file = read_write(&path).map_err(failed)?;
    lock(&path, &file)?;
    let source = sealed(&path, file, key_ring)?;
    let beside = Beside::make(&path)?;
    let plain = Octets(beside.open()?);
    copy(&source, &plain).map_err(failed)?;
    plain.sync_data().map_err(failed)?;
    drop(plain);
    if !same(&source, &Octets(beside.open()?)).map_err(failed)? {
        return Err(OpenError::Differs { path });
    }
    beside.replace(&path)
}

/// A new file that is to take another's place; removed when it does not come to that.
struct Beside {
    path: PathBuf,
    kept: bool,
}

impl Beside {
    /// Makes it with the mode of the file at `target`. The caller holds the lock of that one.
    fn make(target: &Path) -> Result<Self, OpenError> {
        let mut name = std::ffi::OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(".strongroom-convert");
        let path = target.with_file_name(name);
        let failed = |error| OpenError::io(&path, "make the file", error);
        match File::open(&path) {
            Ok(left) if is_left_over(&left).map_err(failed)? => {
                remove(&path).map_err(failed)?;
            }
            Ok(_) => return Err(OpenError::InTheWay { path }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        let mode = fs::metadata(target).map_err(failed)?.permissions().mode() & 0o777;
        let file = create_new(&path).map_err(failed)?;
        file.set_permissions(fs::Permissions::from_mode(mode))
            .map_err(failed)?;
        Ok(Self { path, kept: false })
    }

    fn open(&self) -> Result<File, OpenError> {
        read_write(&self.path).map_err(|error| OpenError::io(&self.path, "open the file", error))
    }

    /// Takes the place of `target`; durable when this returns.
    fn replace(mut self, target: &Path) -> Result<(), OpenError> {
        let failed = |error| OpenError::io(target, "replace the file", error);
        // The mode too.
        self.open()?.sync_all().map_err(failed)?;
        rename(&self.path, target).map_err(failed)?;
        self.kept = true;
        sync_folder(target).map_err(failed)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.kept {
            // The next try removes what stays.
            let _ = remove(&self.path);
        }
    }
}

/// Whether the file begins as one that an earlier try left: sealed, plain, or not begun.
fn is_left_over(file: &File) -> io::Result<bool> {
    let mut start = [0; MAGIC.len()];
    let filled = RawFile::read_at(file, 0, &mut start)?;
    let start = start.get(..filled).unwrap_or_default();
    Ok(start.iter().all(|octet| *octet == 0)
        || MAGIC.starts_with(start)
        || PLAIN.starts_with(start)
        || start.starts_with(&PLAIN))
}

fn resolve(path: &Path) -> Result<PathBuf, OpenError> {
    fs::canonicalize(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => OpenError::Missing {
            path: path.to_owned(),
        },
        _ => OpenError::io(path, "find the file", error),
    })
}

fn read_write(path: &Path) -> io::Result<File> {
    FileOptions::new().read(true).write(true).open(path)
}

fn refused_by_redb(path: &Path, error: DatabaseError) -> OpenError {
    match error {
        DatabaseError::DatabaseAlreadyOpen => OpenError::Locked {
            path: path.to_owned(),
        },
        error => OpenError::redb(path, error),
    }
}

/// A plain file, under redb's own lock of the whole.
fn lock_plain(path: &Path) -> Result<FileBackend, OpenError> {
    let failed = |error| OpenError::io(path, "lock the file", error);
    let file = read_write(path).map_err(failed)?;
    let backend = FileBackend::new(file).map_err(|error| refused_by_redb(path, error))?;
    let locked = backend.try_lock_range(Bound::Unbounded, Bound::Unbounded);
    match locked.map_err(|error| failed(io::Error::other(error)))? {
        true => Ok(backend),
        false => Err(OpenError::Locked {
            path: path.to_owned(),
        }),
    }
}

/// A sealed file without redb. The caller knows that it is closed properly.
fn sealed(path: &Path, file: File, ring: &Arc<KeyRing>) -> Result<Handle, OpenError> {
    let chosen = choose(path, &file, ring, None)?;
    let files: (PathBuf, Box<dyn RawFile>) = (path.to_owned(), Box::new(file));
    let backend = Backend::new(files, chosen, Rules::default())
        .map_err(|error| OpenError::io(path, "read the meta pages", error))?;
    Ok(Handle(Arc::new(backend)))
}

/// Places and lengths of the steps through `len` octets.
fn steps(len: u64) -> impl Iterator<Item = (u64, usize)> {
    (0..len).step_by(STEP).map(move |at| {
        let left = usize::try_from(len.saturating_sub(at)).unwrap_or(usize::MAX);
        (at, left.min(STEP))
    })
}

/// Copies redb's space. Stretches of zeros are not written: so they read in any case.
fn copy(from: &dyn StorageBackend, to: &dyn StorageBackend) -> io::Result<()> {
    let len = from.len()?;
    to.set_len(len)?;
    let mut octets = vec![0; STEP];
    for (at, count) in steps(len) {
        let octets = octets.get_mut(..count).unwrap_or_default();
        from.read(at, octets)?;
        if octets.iter().any(|octet| *octet != 0) {
            to.write(at, octets)?;
        }
    }
    Ok(())
}

fn same(one: &dyn StorageBackend, other: &dyn StorageBackend) -> io::Result<bool> {
    let len = one.len()?;
    let (mut a, mut b) = (vec![0; STEP], vec![0; STEP]);
    for (at, count) in steps(len) {
        one.read(at, a.get_mut(..count).unwrap_or_default())?;
        other.read(at, b.get_mut(..count).unwrap_or_default())?;
        if a != b {
            return Ok(false);
        }
    }
    Ok(other.len()? == len)
}

fn wipe(file: &File) -> io::Result<()> {
    let zeros = vec![0; STEP];
    for (at, count) in steps(RawFile::len(file)?) {
        file.write_at(at, zeros.get(..count).unwrap_or_default())?;
    }
    file.sync()
}

/// A plain file in the making, which nobody else knows.
#[derive(Debug)]
struct Octets(File);

impl StorageBackend for Octets {
    fn len(&self) -> io::Result<u64> {
        RawFile::len(&self.0)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        match self.0.read_at(offset, out)? == out.len() {
            true => Ok(()),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        RawFile::set_len(&self.0, len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write_at(offset, data)
    }
}
