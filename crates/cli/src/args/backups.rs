//! `backups ...`. Touches nothing.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{ConfigFile, Dbpath};

/// `backups ...`
#[derive(Debug, Subcommand)]
pub(crate) enum BackupsCommand {
    /// Register a backup that was made; prints its id.
    ///
    /// From now on the master keys that it needs are not destroyed. Copy keystore.a and keystore.b together
    /// with the data, then run this.
    Add(AddBackupArgs),
    /// List the registered backups, oldest first.
    List {
        #[command(flatten)]
        dbpath: Dbpath,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Forget a backup that is gone: nothing spares its master keys any more.
    Forget {
        #[command(flatten)]
        config: ConfigFile,
        #[command(flatten)]
        dbpath: Dbpath,
        /// Its id.
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// `backups add`
#[derive(Args, Debug)]
pub(crate) struct AddBackupArgs {
    #[command(flatten)]
    pub(crate) config: ConfigFile,
    #[command(flatten)]
    pub(crate) dbpath: Dbpath,
    /// What people call it.
    #[arg(long, value_name = "TEXT")]
    pub(crate) label: Option<String>,
    /// Write the manifest there, to lie beside the backup.
    #[arg(long, value_name = "FILE")]
    pub(crate) manifest: Option<PathBuf>,
    /// Print the manifest.
    #[arg(long)]
    pub(crate) json: bool,
}
