//! The kernel's side of FUSE, as far as a loop device on one file goes: Linux's `linux/fuse.h`, interface 7.31.
#![expect(
    clippy::host_endian_bytes,
    reason = "the kernel writes numbers in the machine's own order"
)]

use rustix::io::Errno;

pub(super) const LOOKUP: u32 = 1;
pub(super) const FORGET: u32 = 2;
pub(super) const GETATTR: u32 = 3;
pub(super) const SETATTR: u32 = 4;
pub(super) const OPEN: u32 = 14;
pub(super) const READ: u32 = 15;
pub(super) const WRITE: u32 = 16;
pub(super) const STATFS: u32 = 17;
pub(super) const RELEASE: u32 = 18;
pub(super) const FSYNC: u32 = 20;
pub(super) const FLUSH: u32 = 25;
pub(super) const INIT: u32 = 26;
pub(super) const OPENDIR: u32 = 27;
pub(super) const RELEASEDIR: u32 = 29;
pub(super) const ACCESS: u32 = 34;
pub(super) const INTERRUPT: u32 = 36;
pub(super) const DESTROY: u32 = 38;
pub(super) const BATCH_FORGET: u32 = 42;
pub(super) const FALLOCATE: u32 = 43;

const ROOT_NODE: u64 = 1;
const FILE_NODE: u64 = 2;
const REQUEST_HEADER: usize = 40;
/// What stands before the octets of a write.
const WRITE_HEADER: usize = 40;
const ANSWER_HEADER: u32 = 16;
/// How long the kernel may keep names and attributes: longer than any run, as nothing changes them.
const KEPT_SECONDS: u64 = 3600;
const MAJOR: u32 = 7;
const MINOR: u32 = 31;
const BIG_WRITES: u32 = 1 << 5;
const MAX_WRITE: u32 = 1 << 16;
/// No cache of the file's pages: each write comes here at once.
const DIRECT_IO: u32 = 1;
const BLOCK: u32 = 4096;

/// One request of the kernel.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) kind: u32,
    unique: u64,
    node: u64,
    body: &'a [u8],
}

impl<'a> Request<'a> {
    pub(super) fn read(octets: &'a [u8]) -> Option<Self> {
        Some(Self {
            kind: u32_at(octets, 4)?,
            unique: u64_at(octets, 8)?,
            node: u64_at(octets, 16)?,
            body: octets.get(REQUEST_HEADER..)?,
        })
    }

    /// Offset and length of a read or a write.
    pub(super) fn place(&self) -> Option<(usize, usize)> {
        let at = u64_at(self.body, 8)?.try_into().ok()?;
        let size = u32_at(self.body, 16)?.try_into().ok()?;
        Some((at, size))
    }

    /// Offset and octets of a write.
    pub(super) fn written(&self) -> Option<(usize, &'a [u8])> {
        let (at, size) = self.place()?;
        Some((at, self.body.get(WRITE_HEADER..)?.get(..size)?))
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Octets(Vec<u8>),
    Failed(Errno),
    /// The kernel waits for none.
    Nothing,
}

impl Answer {
    pub(super) const fn done() -> Self {
        Self::Octets(Vec::new())
    }

    pub(super) fn octets(self, request: &Request<'_>) -> Option<Vec<u8>> {
        let (error, body) = match self {
            Self::Octets(body) => (0, body),
            Self::Failed(error) => (error.raw_os_error().checked_neg()?, Vec::new()),
            Self::Nothing => return None,
        };
        let len = ANSWER_HEADER.checked_add(body.len().try_into().ok()?)?;
        let mut octets = len.to_ne_bytes().to_vec();
        octets.extend(error.to_ne_bytes());
        octets.extend(request.unique.to_ne_bytes());
        octets.extend(body);
        Some(octets)
    }
}

pub(super) fn init() -> Answer {
    let mut body = Fields::default();
    body.u32s(&[MAJOR, MINOR, 0, BIG_WRITES]);
    // Two counts of requests in the background, 0 for the kernel's own choice.
    body.u32s(&[0, MAX_WRITE, 1]);
    body.u32s(&[0; 9]);
    Answer::Octets(body.0)
}

/// The one file, below the root.
pub(super) fn lookup(request: &Request<'_>, name: &str, len: usize) -> Answer {
    let wanted = request.body.strip_suffix(&[0]);
    if request.node != ROOT_NODE || wanted != Some(name.as_bytes()) {
        return Answer::Failed(Errno::NOENT);
    }
    let mut body = Fields::default();
    body.u64s(&[FILE_NODE, 0, KEPT_SECONDS, KEPT_SECONDS]);
    body.u32s(&[0, 0]);
    body.attributes(FILE_NODE, len);
    Answer::Octets(body.0)
}

pub(super) fn attributes(request: &Request<'_>, len: usize) -> Answer {
    let mut body = Fields::default();
    body.u64s(&[KEPT_SECONDS]);
    body.u32s(&[0, 0]);
    body.attributes(request.node, len);
    Answer::Octets(body.0)
}

pub(super) fn opened() -> Answer {
    let mut body = Fields::default();
    body.u64s(&[0]);
    body.u32s(&[DIRECT_IO, 0]);
    Answer::Octets(body.0)
}

pub(super) fn wrote(len: usize) -> Answer {
    let mut body = Fields::default();
    body.u32s(&[len.try_into().unwrap_or(0), 0]);
    Answer::Octets(body.0)
}

pub(super) fn statistics() -> Answer {
    let mut body = Fields::default();
    body.u64s(&[0; 5]);
    body.u32s(&[BLOCK, 255, BLOCK, 0]);
    body.u32s(&[0; 6]);
    Answer::Octets(body.0)
}

#[derive(Default)]
struct Fields(Vec<u8>);

impl Fields {
    fn u32s(&mut self, numbers: &[u32]) {
        let octets = numbers.iter().flat_map(|number| number.to_ne_bytes());
        self.0.extend(octets);
    }

    fn u64s(&mut self, numbers: &[u64]) {
        let octets = numbers.iter().flat_map(|number| number.to_ne_bytes());
        self.0.extend(octets);
    }

    /// `struct fuse_attr`: inode, size, blocks, three times, their nanoseconds, mode, links, owner,
    /// group, device, block size, flags.
    fn attributes(&mut self, node: u64, len: usize) {
        let (mode, size) = match node {
            ROOT_NODE => (0o040_700, 0),
            _ => (0o100_600, u64::try_from(len).unwrap_or(0)),
        };
        self.u64s(&[node, size, size.div_ceil(512), 0, 0, 0]);
        self.u32s(&[0, 0, 0, mode, 1, 0, 0, 0, BLOCK, 0]);
    }
}

fn u32_at(octets: &[u8], at: usize) -> Option<u32> {
    let (number, _) = octets.get(at..)?.split_first_chunk()?;
    Some(u32::from_ne_bytes(*number))
}

fn u64_at(octets: &[u8], at: usize) -> Option<u64> {
    let (number, _) = octets.get(at..)?.split_first_chunk()?;
    Some(u64::from_ne_bytes(*number))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A write of "abc" at 4096 to node 2, request 9, as the kernel lays it out.
    fn write() -> Vec<u8> {
        let mut octets = Fields::default();
        octets.u32s(&[83, WRITE]);
        octets.u64s(&[9, FILE_NODE]);
        octets.u32s(&[0, 0, 77, 0]);
        octets.u64s(&[0, 4096]);
        octets.u32s(&[3, 0]);
        octets.u64s(&[0]);
        octets.u32s(&[0, 0]);
        octets.0.extend(b"abc");
        octets.0
    }

    #[test]
    fn a_write_is_read_and_answered_under_its_number() {
        let octets = write();
        assert_eq!(octets.len(), 83);
        let request = Request::read(&octets).unwrap();
        assert_eq!((request.kind, request.node), (WRITE, FILE_NODE));
        assert_eq!(request.written(), Some((4096, &b"abc"[..])));
        let answer = wrote(3).octets(&request).unwrap();
        let mut wanted = Fields::default();
        wanted.u32s(&[24, 0]);
        wanted.u64s(&[9]);
        wanted.u32s(&[3, 0]);
        assert_eq!(answer, wanted.0);
    }

    #[test]
    fn a_write_that_is_shorter_than_it_says_is_none() {
        let octets = write();
        let request = Request::read(&octets[..82]).unwrap();
        assert_eq!(request.written(), None);
        assert!(Request::read(&octets[..39]).is_none());
    }

    #[test]
    fn answers_have_the_sizes_of_the_interface() {
        let octets = write();
        let request = Request::read(&octets).unwrap();
        let sizes = [init(), attributes(&request, 5), opened(), statistics()];
        let sizes = sizes.map(|answer| answer.octets(&request).unwrap().len() - 16);
        assert_eq!(sizes, [64, 104, 16, 80]);
        let failed = Answer::Failed(Errno::NOENT).octets(&request).unwrap();
        assert_eq!(failed[4..8], (-2_i32).to_ne_bytes());
    }
}
