//! `file ...`. Touches nothing.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{ConfigFile, Dbpath};

/// `file ...`
#[derive(Debug, Subcommand)]
pub(crate) enum FileCommand {
    /// Seal a file or stream in chunks, on all cores.
    Seal(FileArgs),
    /// Open what `file seal` made; a file appears only when all of it was authentic.
    ///
    /// On stdout the octets appear as they are found authentic: use them only when the command ends with 0.
    Open(FileArgs),
}

/// `file seal` and `file open`
#[derive(Args, Debug)]
pub(crate) struct FileArgs {
    #[command(flatten)]
    pub(crate) config: ConfigFile,
    #[command(flatten)]
    pub(crate) dbpath: Dbpath,
    /// The key id: needed to seal; to open, the one that the file must name.
    #[arg(long, value_name = "ID")]
    pub(crate) key: Option<String>,
    /// Replace OUT when it is there.
    #[arg(long)]
    pub(crate) force: bool,
    /// What to read; stdin when absent or `-`.
    #[arg(value_name = "IN")]
    pub(crate) input: Option<PathBuf>,
    /// What to write; stdout when absent or `-`.
    #[arg(value_name = "OUT")]
    pub(crate) output: Option<PathBuf>,
}

impl FileArgs {
    /// IN, for people.
    pub(crate) fn input_name(&self) -> String {
        match &self.input {
            Some(path) if path != Path::new("-") => path.display().to_string(),
            _ => String::from("stdin"),
        }
    }

    /// Whether the output goes to stdout.
    pub(crate) fn is_to_stdout(&self) -> bool {
        self.output
            .as_deref()
            .is_none_or(|path| path == Path::new("-"))
    }
}
