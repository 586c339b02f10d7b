//! A disk in memory that writes down every write and flush: one file in a FUSE file system, for a
//! loop device to lie on.
//!
//! May touch: /dev/fuse and the mount point. The few requests that a loop device causes are answered
//! here; the crate fuser would bring two dozen others for them.

mod wire;

use std::ffi::CString;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rustix::io::Errno;
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};

use wire::{Answer, Request};

/// The file's name.
pub(super) const NAME: &str = "disk";
/// Room for one request of the kernel: more than it asks for.
const ROOM: usize = 1 << 18;

/// What came to the disk, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Write {
        at: usize,
        octets: Vec<u8>,
    },
    /// All writes before it are durable once it is answered.
    Flush,
}

/// What the file holds now, and how it came to that.
#[derive(Debug, Default)]
struct Disk {
    image: Vec<u8>,
    log: Vec<Entry>,
}

/// The mounted file system; unmounted with this value.
#[derive(Debug)]
pub(super) struct LoggedDisk {
    at: PathBuf,
    disk: Arc<Mutex<Disk>>,
    served: Option<JoinHandle<io::Result<()>>>,
}

impl LoggedDisk {
    /// Mounts a file `disk` that holds `image` at the directory `at`.
    pub(super) fn mount(image: Vec<u8>, at: &Path) -> io::Result<Self> {
        let device = File::options().read(true).write(true).open("/dev/fuse")?;
        let options = format!(
            "fd={},rootmode=40000,user_id={},group_id={}",
            device.as_raw_fd(),
            rustix::process::getuid().as_raw(),
            rustix::process::getgid().as_raw()
        );
        let flags = MountFlags::NODEV | MountFlags::NOSUID;
        let options = CString::new(options)?;
        mount("strongroom", at, "fuse", flags, options.as_c_str())?;
        let log = Vec::new();
        let disk = Arc::new(Mutex::new(Disk { image, log }));
        let shared = Arc::clone(&disk);
        let served = std::thread::spawn(move || serve(device, &shared));
        Ok(Self {
            at: at.to_owned(),
            disk,
            served: Some(served),
        })
    }

    /// The file that a loop device lies on.
    pub(super) fn file(&self) -> PathBuf {
        self.at.join(NAME)
    }

    /// How much came to the disk so far.
    pub(super) fn len(&self) -> usize {
        lock(&self.disk).log.len()
    }

    /// Unmounts, and gives what came to the disk.
    pub(super) fn end(mut self) -> io::Result<Vec<Entry>> {
        unmount(&self.at, UnmountFlags::empty())?;
        match self.served.take().map(JoinHandle::join) {
            Some(Ok(served)) => served?,
            _ => return Err(io::Error::other("the thread of the FUSE disk panicked")),
        }
        Ok(std::mem::take(&mut lock(&self.disk).log))
    }
}

impl Drop for LoggedDisk {
    fn drop(&mut self) {
        if self.served.is_some() {
            // Something went wrong before; what still uses it sees errors.
            let _ = unmount(&self.at, UnmountFlags::DETACH | UnmountFlags::FORCE);
        }
    }
}

fn lock(disk: &Mutex<Disk>) -> MutexGuard<'_, Disk> {
    disk.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers the kernel until the file system is unmounted.
fn serve(mut device: File, disk: &Mutex<Disk>) -> io::Result<()> {
    let mut room = vec![0; ROOM];
    loop {
        let len = match device.read(&mut room) {
            Ok(len) => len,
            Err(error) => match Errno::from_io_error(&error) {
                Some(Errno::NODEV) => return Ok(()),
                // Interrupted, or the request was withdrawn.
                Some(Errno::INTR | Errno::AGAIN | Errno::NOENT) => continue,
                _ => return Err(error),
            },
        };
        let request = room.get(..len).and_then(Request::read);
        let request = request.ok_or_else(|| io::Error::other("a request that is none"))?;
        if let Some(answer) = answer(&request, &mut lock(disk)).octets(&request) {
            match device.write_all(&answer) {
                // Nobody waits for it any more.
                Err(error) if Errno::from_io_error(&error) == Some(Errno::NOENT) => {}
                written => written?,
            }
        }
    }
}

fn answer(request: &Request<'_>, disk: &mut Disk) -> Answer {
    let len = disk.image.len();
    match request.kind {
        wire::INIT => wire::init(),
        wire::LOOKUP => wire::lookup(request, NAME, len),
        wire::GETATTR | wire::SETATTR => wire::attributes(request, len),
        wire::OPEN | wire::OPENDIR => wire::opened(),
        wire::READ => match request.place() {
            Some((at, size)) => Answer::Octets(part(&disk.image, at, size)),
            None => Answer::Failed(Errno::INVAL),
        },
        wire::WRITE => write(request, disk),
        wire::FSYNC => {
            disk.log.push(Entry::Flush);
            Answer::done()
        }
        wire::FLUSH | wire::RELEASE | wire::RELEASEDIR | wire::ACCESS | wire::DESTROY => {
            Answer::done()
        }
        wire::STATFS => wire::statistics(),
        wire::FORGET | wire::BATCH_FORGET | wire::INTERRUPT => Answer::Nothing,
        // A loop device then takes no discards.
        wire::FALLOCATE => Answer::Failed(Errno::OPNOTSUPP),
        _ => Answer::Failed(Errno::NOSYS),
    }
}

fn part(image: &[u8], at: usize, size: usize) -> Vec<u8> {
    let end = at.saturating_add(size).min(image.len());
    image.get(at..end).unwrap_or_default().to_vec()
}

fn write(request: &Request<'_>, disk: &mut Disk) -> Answer {
    let Some((at, octets)) = request.written() else {
        return Answer::Failed(Errno::INVAL);
    };
    if !put(&mut disk.image, at, octets) {
        return Answer::Failed(Errno::FBIG);
    }
    let octets = octets.to_vec();
    let answer = wire::wrote(octets.len());
    disk.log.push(Entry::Write { at, octets });
    answer
}

/// Whether it fits in.
pub(super) fn put(image: &mut [u8], at: usize, octets: &[u8]) -> bool {
    let end = at.checked_add(octets.len());
    match end.and_then(|end| image.get_mut(at..end)) {
        Some(place) => {
            place.copy_from_slice(octets);
            true
        }
        None => false,
    }
}
