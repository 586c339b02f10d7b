//! A password from the configuration; reads at most the one file that it names.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use zeroize::Zeroizing;

/// Longest password that is read from a file, in octets.
const PASSWORD_LEN_MAX: u64 = 4_096;

/// Secret text: wiped when dropped, without `Clone`, printed as its length only.
///
/// The wipe reaches this copy. The YAML text, the environment and the command line it came from are
/// not ours to wipe; `{file: PATH}` leaves no copy in them.
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    pub(crate) fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text. The one name under which secrets are read; `grep expose`.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretText({} octets)", self.0.len())
    }
}

/// Where a password is.
#[derive(Debug)]
#[non_exhaustive]
pub enum Password {
    /// Here.
    Inline(SecretText),
    /// In a file, read anew by each [`Password::read`], so that a renewed one is found.
    File(PathBuf),
}

impl Password {
    /// The password; one line end at the close of a file is not part of it.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is longer than 4,096 octets, or is not UTF-8.
    pub fn read(&self) -> io::Result<SecretText> {
        let path = match self {
            Self::Inline(text) => return Ok(SecretText::new(text.expose().to_owned())),
            Self::File(path) => path,
        };
        // Room for all of it from the start: growing would leave copies behind.
        let capacity = usize::try_from(PASSWORD_LEN_MAX)
            .unwrap_or(0)
            .saturating_add(1);
        let mut octets = Zeroizing::new(Vec::with_capacity(capacity));
        File::open(path)?
            .take(PASSWORD_LEN_MAX.saturating_add(1))
            .read_to_end(&mut octets)?;
        if octets.len() >= capacity {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "longer than 4096 octets",
            ));
        }
        let text = std::str::from_utf8(&octets)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8 text"))?;
        let text = text.strip_suffix('\n').unwrap_or(text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        Ok(SecretText::new(text.to_owned()))
    }
}
