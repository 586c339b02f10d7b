//! Where a stream comes from and where it goes: a file, or stdin and stdout.
//!
//! A file appears under its name only when it is whole and durable.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use strongroom::Class;

use super::From;
use crate::failure::Failure;

/// Whether `path` stands for stdin or stdout.
pub(super) fn is_standard(path: Option<&Path>) -> bool {
    path.is_none_or(|path| path == Path::new("-"))
}

/// Whether whoever read our output has gone.
pub(super) fn is_closed_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// What is read.
pub(super) struct Source {
    pub(super) from: From,
    /// Octets, where the system knows.
    pub(super) len: Option<u64>,
}

impl Source {
    /// Opens IN.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path.filter(|path| !is_standard(Some(path))) else {
            let from = Box::new(io::stdin());
            return Ok(Self { from, len: None });
        };
        let failed = |error| Failure::because(Class::Input, path.display().to_string(), &error);
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            let text = format!(
                "{} is a directory: make an archive of it first",
                path.display()
            );
            return Err(Failure::new(Class::Input, text));
        }
        Ok(Self {
            from: Box::new(file),
            len: metadata.is_file().then_some(metadata.len()),
        })
    }
}

/// What is written.
pub(super) struct Target {
    pub(super) to: Box<dyn Write>,
    file: Option<Unfinished>,
}

/// A file that has its name only at the end; removed when it does not get there.
struct Unfinished {
    file: File,
    temporary: PathBuf,
    path: PathBuf,
    is_done: bool,
}

impl Target {
    /// Prepares OUT: a file of mode 0600 beside it.
    pub(super) fn create(path: Option<&Path>, force: bool) -> Result<Self, Failure> {
        let Some(path) = path.filter(|path| !is_standard(Some(path))) else {
            let to = Box::new(io::stdout());
            return Ok(Self { to, file: None });
        };
        if !force && fs::symlink_metadata(path).is_ok() {
            let text = format!("{} is there already", path.display());
            let help = "Name another file, or replace it with --force.";
            return Err(Failure::new(Class::Configuration, text).help(help));
        }
        let Some(name) = path.file_name() else {
            let text = format!("{} is no name for a file", path.display());
            return Err(Failure::new(Class::Configuration, text));
        };
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.tmp", std::process::id()));
        let temporary = path.with_file_name(hidden);
        let failed = |error| Failure::storage(&temporary, &error);
        let file = (OpenOptions::new().write(true).create_new(true).mode(0o600))
            .open(&temporary)
            .map_err(failed)?;
        let to = Box::new(file.try_clone().map_err(failed)?);
        let file = Some(Unfinished {
            file,
            temporary,
            path: path.to_owned(),
            is_done: false,
        });
        Ok(Self { to, file })
    }

    /// Makes it durable and gives it its name.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        let flushed = self.to.flush();
        let Some(mut file) = self.file else {
            return flushed.map_err(|error| {
                if is_closed_pipe(&error) {
                    Failure::closed_pipe()
                } else {
                    Failure::because(Class::Storage, "stdout", &error)
                }
            });
        };
        (flushed.and_then(|()| file.publish()))
            .map_err(|error| Failure::storage(&file.path, &error))
    }
}

impl Unfinished {
    fn publish(&mut self) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.temporary, &self.path)?;
        self.is_done = true;
        let folder = self
            .path
            .parent()
            .filter(|path| !path.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_done {
            // Nobody is told of a failure here: the first error is on its way already.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}
