//! The socket's file: where it is, how it is made, replaced and removed.
//!
//! May touch: `strongroom.socket` and its temporary name in the store's directory.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use rustix::net::sockopt::socket_peercred;
use rustix::process::geteuid;

/// The socket of a running store.
pub(crate) const SOCKET_FILE: &str = "strongroom.socket";
const SOCKET_TEMP: &str = "strongroom.socket.tmp";
/// Octets of a path in a socket address, without the zero at its end (`unix(7)`).
const PATH_LEN_MAX: usize = 107;

/// A socket that listens in a directory. Its file goes with [`Self::remove`].
#[derive(Debug)]
pub(super) struct Served {
    path: PathBuf,
    /// Device and number of the file that we made.
    file: (u64, u64),
}

/// The directory, and names in it that fit into a socket address.
struct Place {
    dbpath: PathBuf,
    dir: File,
}

impl Place {
    fn open(dbpath: &Path) -> io::Result<Self> {
        let dbpath = std::path::absolute(dbpath)?;
        let dir = File::open(&dbpath)?;
        Ok(Self { dbpath, dir })
    }

    /// Through the open directory where the path is too long for an address.
    fn address(&self, name: &str) -> PathBuf {
        let path = self.dbpath.join(name);
        if path.as_os_str().len() <= PATH_LEN_MAX {
            return path;
        }
        PathBuf::from(format!("/proc/self/fd/{}", self.dir.as_raw_fd())).join(name)
    }

    /// Says that the length is to blame where there is no way around it.
    fn explain(&self, error: io::Error) -> io::Error {
        let len = self.dbpath.join(SOCKET_FILE).as_os_str().len();
        if len <= PATH_LEN_MAX || Path::new("/proc/self/fd").is_dir() {
            return error;
        }
        io::Error::new(
            error.kind(),
            format!(
                "the path has {len} octets, a socket's may have {PATH_LEN_MAX}, and there is no \
                 /proc to go around that: use a shorter path"
            ),
        )
    }
}

impl Served {
    /// Listens in `dbpath`. The caller holds the store's lock, so whatever socket is there is stale.
    pub(super) fn listen(dbpath: &Path) -> io::Result<(Self, UnixListener)> {
        let place = Place::open(dbpath)?;
        let (temp, path) = (
            place.dbpath.join(SOCKET_TEMP),
            place.dbpath.join(SOCKET_FILE),
        );
        for path in [&temp, &path] {
            only_a_socket(path)?;
        }
        remove(&temp)?;
        let listener = UnixListener::bind(place.address(SOCKET_TEMP));
        let listener = listener.map_err(|error| place.explain(error))?;
        let made = || -> io::Result<(u64, u64)> {
            fs::set_permissions(&temp, Permissions::from_mode(0o600))?;
            let facts = fs::symlink_metadata(&temp)?;
            fs::rename(&temp, &path)?;
            Ok((facts.dev(), facts.ino()))
        };
        match made() {
            Ok(file) => Ok((Self { path, file }, listener)),
            Err(error) => {
                let _ = remove(&temp);
                Err(error)
            }
        }
    }

    /// Removes the file, unless it is another one by now. The caller still holds the store's lock.
    pub(super) fn remove(&self) -> io::Result<()> {
        match fs::symlink_metadata(&self.path) {
            Ok(facts) if (facts.dev(), facts.ino()) == self.file => remove(&self.path),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// A connection to whoever serves the store in `dbpath`; `None` when nobody does.
pub(super) fn connect(dbpath: &Path) -> io::Result<Option<UnixStream>> {
    // Whoever goes on without the socket says what is wrong with the directory.
    let Ok(place) = Place::open(dbpath) else {
        return Ok(None);
    };
    match UnixStream::connect(place.address(SOCKET_FILE)) {
        Ok(stream) => Ok(Some(stream)),
        // Never served, or served by a process that was killed.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound
                    | io::ErrorKind::NotADirectory
                    | io::ErrorKind::ConnectionRefused
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(place.explain(error)),
    }
}

/// The user that a socket belongs to, for one that refuses us.
pub(super) fn owner(dbpath: &Path) -> io::Result<u32> {
    Ok(fs::symlink_metadata(dbpath.join(SOCKET_FILE))?.uid())
}

/// The user of the other end, when it is not our own.
pub(super) fn foreign_user(stream: impl AsFd) -> io::Result<Option<u32>> {
    let user = socket_peercred(stream)?.uid;
    Ok((user != geteuid()).then(|| user.as_raw()))
}

/// A file or folder of this name that is no socket is somebody else's.
fn only_a_socket(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(facts) if !facts.file_type().is_socket() => Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            format!("{} is no socket: move it away", path.display()),
        )),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn the_socket_is_for_its_owner_alone_and_goes_when_it_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        assert!(connect(dir.path()).unwrap().is_none());
        for nothing in [dir.path().join("none"), PathBuf::from("/dev/null")] {
            assert!(connect(&nothing).unwrap().is_none());
        }
        let (served, listener) = Served::listen(dir.path()).unwrap();
        assert_eq!(mode(&dir.path().join(SOCKET_FILE)), 0o600);
        assert!(!dir.path().join(SOCKET_TEMP).exists());
        assert_eq!(owner(dir.path()).unwrap(), geteuid().as_raw());
        let client = connect(dir.path()).unwrap().unwrap();
        let (server, _) = listener.accept().unwrap();
        assert_eq!(foreign_user(&client).unwrap(), None);
        assert_eq!(foreign_user(&server).unwrap(), None);
        served.remove().unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        served.remove().unwrap();
    }

    #[test]
    fn a_stale_socket_answers_nobody_and_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        for name in [SOCKET_FILE, SOCKET_TEMP] {
            drop(UnixListener::bind(dir.path().join(name)).unwrap());
        }
        assert!(connect(dir.path()).unwrap().is_none());
        let (first, _one) = Served::listen(dir.path()).unwrap();
        assert!(connect(dir.path()).unwrap().is_some());
        // What another one made meanwhile is not removed.
        let (_second, _two) = Served::listen(dir.path()).unwrap();
        first.remove().unwrap();
        assert!(connect(dir.path()).unwrap().is_some());
    }

    #[test]
    fn a_file_of_somebody_else_is_not_replaced() {
        for name in [SOCKET_FILE, SOCKET_TEMP] {
            let dir = tempfile::tempdir().unwrap();
            fs::write(dir.path().join(name), "mine").unwrap();
            let error = Served::listen(dir.path()).unwrap_err();
            assert!(error.to_string().contains("is no socket"), "{error}");
            assert_eq!(fs::read(dir.path().join(name)).unwrap(), b"mine");
        }
    }

    #[test]
    fn a_path_that_is_too_long_for_an_address_is_served_all_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let deep = dir.path().join("d".repeat(120)).join("e".repeat(120));
        fs::create_dir_all(&deep).unwrap();
        let (served, listener) = Served::listen(&deep).unwrap();
        assert_eq!(mode(&deep.join(SOCKET_FILE)), 0o600);
        connect(&deep).unwrap().unwrap();
        listener.accept().unwrap();
        served.remove().unwrap();
        assert!(connect(&deep).unwrap().is_none());
    }
}
