//! `master ...`. Touches nothing.

use clap::{Args, Subcommand};

use super::{ConfigFile, Dbpath};

/// `master ...`
#[derive(Debug, Subcommand)]
pub(crate) enum MasterCommand {
    /// List the master keys with the generations and backups that need them; with --config also their
    /// state on the key servers, and stray keys.
    List {
        #[command(flatten)]
        config: ConfigFile,
        #[command(flatten)]
        dbpath: Dbpath,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Destroy a retired master key on every key server, for good.
    ///
    /// Oldest first. Refused while the keystore, a registered backup or an older master key needs it.
    Destroy(DestroyArgs),
}

/// `master destroy`
#[derive(Args, Debug)]
pub(crate) struct DestroyArgs {
    #[command(flatten)]
    pub(crate) config: ConfigFile,
    #[command(flatten)]
    pub(crate) dbpath: Dbpath,
    /// Unique Identifier of the master key.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Do it: backups that are not registered are lost with the key.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}
