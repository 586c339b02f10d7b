//! Octets of the file: positioned reads and writes behind a small trait, so that tests can put a
//! disk that dies in its place. Touches the file that it is given, nothing else.

use std::fmt;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// What the backend asks of a file.
pub(crate) trait RawFile: fmt::Debug + Send + Sync + 'static {
    /// Octets in the file.
    fn len(&self) -> io::Result<u64>;
    /// Reads at `offset` until `out` is full or the file ends; returns the octets read.
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize>;
    /// Writes all of `data` at `offset`.
    fn write_at(&self, offset: u64, data: &[u8]) -> io::Result<()>;
    /// Cuts or extends the file; new room reads as zeros.
    fn set_len(&self, len: u64) -> io::Result<()>;
    /// Returns when everything written before is durable.
    fn sync(&self) -> io::Result<()>;
}

impl RawFile for File {
    fn len(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0_usize;
        while let Some(room) = out.get_mut(filled..).filter(|room| !room.is_empty()) {
            let at = u64::try_from(filled)
                .ok()
                .and_then(|done| offset.checked_add(done));
            let at = at.ok_or(io::ErrorKind::InvalidInput)?;
            match FileExt::read_at(self, room, at) {
                Ok(0) => break,
                Ok(count) => filled = filled.saturating_add(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    fn write_at(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.write_all_at(data, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        Self::set_len(self, len)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Reads at `offset`; what lies behind the end of the file reads as zeros.
pub(crate) fn read_zero_filled(file: &dyn RawFile, offset: u64, out: &mut [u8]) -> io::Result<()> {
    let filled = file.read_at(offset, out)?;
    if let Some(rest) = out.get_mut(filled..) {
        rest.fill(0);
    }
    Ok(())
}
