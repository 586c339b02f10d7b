//! The files that tidy looks at: what git tracks or would track.

use std::fs;
use std::io::ErrorKind;

use crate::Outcome;
use crate::shell::{Cmd, root};

/// A text file of the repository.
pub(super) struct TextFile {
    /// Path from the root, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

impl TextFile {
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// The last part of the path.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// All files that are UTF-8 text; data (vectors, corpora) is left out by being none.
pub(super) fn list() -> Outcome<Vec<TextFile>> {
    let names = Cmd::new("git ls-files -z --cached --others --exclude-standard").read()?;
    let mut files = Vec::new();
    for path in names.split('\0').filter(|path| !path.is_empty()) {
        match fs::read(root().join(path)) {
            Ok(octets) => files.extend(
                std::str::from_utf8(&octets)
                    .ok()
                    .map(|text| TextFile::new(path, text)),
            ),
            // Deleted in the working tree, or a link to nowhere.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(format!("{path}: {error}").into()),
        }
    }
    if files.is_empty() {
        return Err("git lists no files: tidy works in a clone".into());
    }
    Ok(files)
}
