//! The command line. Touches nothing; the options come from the one table of `strongroom-config`.

mod backups;
mod file;
mod kmip;
mod master;
mod options;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use strongroom_server::{Fault, Roles};

pub(crate) use backups::{AddBackupArgs, BackupsCommand};
pub(crate) use file::{FileArgs, FileCommand};
pub(crate) use kmip::{KmipCommand, MakeArgs, ObjectCommand, PayloadCommand};
pub(crate) use master::{DestroyArgs, MasterCommand};
pub(crate) use options::{command, overrides};

/// Encryption at rest for storage engines, with the master key on any KMIP server.
#[derive(Debug, Parser)]
#[command(name = "strongroom", version, propagate_version = true)]
#[command(after_help = "Data goes to stdout, progress and messages to stderr. \
Exit codes: `strongroom explain` lists them.")]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the whole thing on real data: needs only this binary.
    ///
    /// Makes certificates, starts the bundled key server, creates the master key, fills an encrypted
    /// database, shows that no plaintext is on disk, rotates the master key, reopens and checks every
    /// record. Leaves a working store and DIR/strongroom.yaml behind; run again, it goes on from there.
    Quickstart(QuickstartArgs),
    /// Run the start-up rules once: fetch or create the master key, open or create the keystore.
    Unlock(UnlockArgs),
    /// Rotate the master key, or go on with an interrupted rotation.
    Rotate(RotateArgs),
    /// Say which key protects what, and how things stand.
    Status(StatusArgs),
    /// Check configuration, files, TLS, key servers, master key, keystore and machine; changes nothing.
    ///
    /// Each line has a verdict (ok, note, warning, error), what was seen, and the fix. Ends with 0 when sound,
    /// 10 when there are warnings only, else with the exit code of the worst finding.
    Doctor(DoctorArgs),
    /// Data encryption keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Master keys, past and present.
    #[command(subcommand)]
    Master(MasterCommand),
    /// Registered backups: what their master keys are spared for.
    #[command(subcommand)]
    Backups(BackupsCommand),
    /// The keystore's files.
    #[command(subcommand)]
    Keystore(KeystoreCommand),
    /// Files and backups, sealed under a data encryption key.
    #[command(subcommand)]
    File(FileCommand),
    /// Talk to the key server: one KMIP operation.
    #[command(subcommand)]
    Kmip(KmipCommand),
    /// Run the bundled KMIP server (development, tests, small embedded use; not an HSM).
    Server(ServerArgs),
    /// The configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// TTLV bytes.
    #[command(subcommand)]
    Ttlv(TtlvCommand),
    /// Explain an exit code, or list all of them.
    Explain {
        /// The exit code.
        code: Option<u8>,
    },
    /// Print a completion script.
    Completions {
        /// For which shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}

/// Where the configuration is. The options of the table are added to every command that has this.
#[derive(Args, Clone, Debug)]
pub(crate) struct ConfigFile {
    /// Configuration file, shaped as mongod.conf.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// Where the store is.
#[derive(Args, Clone, Debug)]
pub(crate) struct Dbpath {
    /// Directory of the store: keystore and data.
    #[arg(long, value_name = "DIR")]
    pub(crate) dbpath: PathBuf,
}

/// `quickstart`
#[derive(Args, Debug)]
pub(crate) struct QuickstartArgs {
    #[command(flatten)]
    pub(crate) dbpath: Dbpath,
    /// Records to store: CSV with a header line, or NDJSON. Default: 10,000 bundled public-domain records.
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,
}

/// `unlock`
#[derive(Args, Debug)]
pub(crate) struct UnlockArgs {
    #[command(flatten)]
    pub(crate) config: ConfigFile,
    #[command(flatten)]
    pub(crate) dbpath: Dbpath,
    /// At a first start, use a key that bears another store's label; this store's rotations never deactivate it.
    #[arg(long)]
    pub(crate) shared_key: bool,
    /// Go on from an older copy that was put back: it gets a higher generation and a fresh master key, and every
    /// other master key of this store is deactivated. Other copies of the store stop.
    #[arg(long, conflicts_with = "clone")]
    pub(crate) restore: bool,
    /// Go on from a copy beside the others: it gets a label and a master key of its own, and deactivates none.
    /// Also for each node of a set that is restored from one backup.
    #[arg(long)]
    pub(crate) clone: bool,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `rotate`
#[derive(Args, Debug)]
pub(crate) struct RotateArgs {
    #[command(flatten)]
    pub(crate) config: ConfigFile,
    #[command(flatten)]
    pub(crate) dbpath: Dbpath,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Rotate to a key that bears another store's label; this store's rotations never deactivate it.
    #[arg(long)]
    pub(crate) shared_key: bool,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `status`
#[derive(Args, Debug)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) config: ConfigFile,
    #[command(flatten)]
    pub(crate) dbpath: Dbpath,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `doctor`
#[derive(Args, Debug)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) config: ConfigFile,
    /// Directory of the store; without it, only what a first start would need is checked.
    #[arg(long, value_name = "DIR")]
    pub(crate) dbpath: Option<PathBuf>,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `keys ...`
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// List the data encryption keys with their generations; needs no key server.
    List {
        #[command(flatten)]
        dbpath: Dbpath,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Make the data encryption key of a new key id.
    Add(KeyArgs),
    /// Make the next generation of a key id's data encryption key; new writes use it, also those of a running process.
    Rotate(KeyArgs),
    /// End a generation that no data needs any more.
    Retire(RetireArgs),
    /// Remove every data key of a key id for good; tells who can still open older copies of them.
    Shred(ShredArgs),
}

/// One key id of one store.
#[derive(Args, Debug)]
pub(crate) struct KeyArgs {
    #[command(flatten)]
    pub(crate) config: ConfigFile,
    #[command(flatten)]
    pub(crate) dbpath: Dbpath,
    /// The key id: a database, a keyspace.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

/// `keys retire`
#[derive(Args, Debug)]
pub(crate) struct RetireArgs {
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    /// The generation.
    #[arg(value_name = "GENERATION")]
    pub(crate) generation: u32,
    /// No data needs it, backups that are to be opened included: what is sealed under it opens no more.
    #[arg(long)]
    pub(crate) not_needed: bool,
}

/// `keys shred`
#[derive(Args, Debug)]
pub(crate) struct ShredArgs {
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    /// Say so: what is sealed under the key id opens no more.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Change nothing; tell who holds its data keys. Needs no key server, and is not authenticated.
    #[arg(long, conflicts_with = "yes")]
    pub(crate) dry_run: bool,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `keystore ...`
#[derive(Debug, Subcommand)]
pub(crate) enum KeystoreCommand {
    /// Show what the keystore says, without the master key as far as that goes.
    Inspect {
        #[command(flatten)]
        dbpath: Dbpath,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Check every byte: keystore copies, and with --config also every unit of the data files.
    Verify {
        #[command(flatten)]
        config: ConfigFile,
        #[command(flatten)]
        dbpath: Dbpath,
        /// Only compare: whether the keystore has every key that the backup with this manifest needs.
        #[arg(long, value_name = "MANIFEST")]
        against: Option<PathBuf>,
    },
}

/// `server`
#[derive(Args, Debug)]
pub(crate) struct ServerArgs {
    /// Address to listen on; port 0 takes a free one. Given twice: a second server with the same objects.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:5696")]
    pub(crate) listen: Vec<SocketAddr>,
    /// How long a change takes to reach the second server, in milliseconds.
    #[arg(long, value_name = "N", requires = "dev")]
    pub(crate) replica_lag_ms: Option<u64>,
    /// Make something go wrong, for tests: `at=3,action=drop-after` loses the third answer. May be given several times.
    ///
    /// `at=N` counts requests from 1 (with `operation`, requests with that operation); `operation=NAME`;
    /// `action=` drop-before, drop-after, delay:MS, cut:OCTETS, wrong-version, garbage, silence, wrong-field:TAG,
    /// wrong-batch-id, error:REASON. `handshake=close` or `handshake=alert`, with `at`, hits a connection.
    #[arg(long, value_name = "FAULT", requires = "dev")]
    pub(crate) fault: Vec<Fault>,
    /// Make ca.pem, server.pem, server.key, client.pem and client.key in DIR when absent, and use them.
    #[arg(long, value_name = "DIR", required_unless_present_all = ["certificate", "key", "ca"])]
    pub(crate) dev: Option<PathBuf>,
    /// Keep the objects in FILE; without it they are gone when the server ends.
    #[arg(long, value_name = "FILE")]
    pub(crate) store: Option<PathBuf>,
    /// Server certificate chain, instead of the one in --dev.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) certificate: Option<PathBuf>,
    /// Private key of the server certificate.
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub(crate) key: Option<PathBuf>,
    /// Authority that client certificates must come from.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Behave like another server.
    #[arg(long, value_name = "NAME", value_enum, default_value_t = ProfileName::Strongroom)]
    pub(crate) profile: ProfileName,
    /// An identity may do these operations alone, as `node-1=get,locate`; may be given several times.
    #[arg(long, value_name = "CN=OPERATIONS")]
    pub(crate) role: Vec<Roles>,
}

/// Which server to behave like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProfileName {
    /// KMIP 1.0 to 2.1 as the specification says.
    Strongroom,
    /// As PyKMIP 0.11 where that differs: duplicate Names, TLS 1.2 only, no dates at Create, whole messages refused.
    Pykmip,
    /// As the KMIP engine of Vault Enterprise: its operations, a usage mask always, a Server Correlation Value.
    Vault,
    /// As vault, with the faults of 1.15 that broke clients of KMIP 1.0.
    #[value(name = "vault-1.15-bug")]
    Vault115Bug,
}

/// `config ...`
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print every option with its value and where it comes from.
    Show {
        #[command(flatten)]
        config: ConfigFile,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Check the configuration and the files that it names; asks no server.
    Check {
        #[command(flatten)]
        config: ConfigFile,
    },
}

/// `ttlv ...`
#[derive(Debug, Subcommand)]
pub(crate) enum TtlvCommand {
    /// Convert messages between forms.
    ///
    /// `bin` and `hex` hold the messages as they are, keys and passwords included: post them nowhere.
    /// `text` and `redacted-hex` hide keys, credentials and every byte string, and are made for bug
    /// reports, also of messages that are damaged. They do show names, ids and error messages: read
    /// them before you post them in public.
    Convert {
        /// Form of the input.
        #[arg(long, value_enum)]
        from: InputForm,
        /// Form of the output.
        #[arg(long, value_enum)]
        to: OutputForm,
        /// Input file; stdin when absent or `-`.
        file: Option<PathBuf>,
    },
}

/// Forms that TTLV can be read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputForm {
    /// Hexadecimal, one message a line.
    Hex,
    /// The octets themselves, one message behind the other.
    Bin,
    /// XML as in the KMIP profiles: one message.
    Xml,
    /// JSON as in the KMIP profiles: one message.
    Json,
}

/// Forms that TTLV can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputForm {
    /// Hexadecimal, one message a line. With every secret: not to be posted.
    Hex,
    /// The octets themselves. With every secret: not to be posted.
    Bin,
    /// XML as in the KMIP profiles. With every secret: not to be posted.
    Xml,
    /// JSON as in the KMIP profiles. With every secret: not to be posted.
    Json,
    /// A listing of the items with byte offsets, without secrets: may be posted once you have read it.
    Text,
    /// The octets with byte offsets, dots for those of secrets: may be posted once you have read it.
    RedactedHex,
}
