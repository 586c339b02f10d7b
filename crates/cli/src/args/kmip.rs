//! `strongroom kmip ...`: KMIP operations at a shell.

mod payload;

use std::path::PathBuf;

use clap::{Args, Subcommand};

pub(crate) use payload::PayloadCommand;

use super::ConfigFile;

/// One KMIP operation.
#[derive(Debug, Subcommand)]
pub(crate) enum KmipCommand {
    /// Create a 256-bit AES key on the server; prints its Unique Identifier.
    Create(MakeArgs),
    /// Register a 256-bit AES key made here; prints its Unique Identifier.
    Register(MakeArgs),
    /// Print the Unique Identifiers of matching objects, one a line.
    Locate {
        #[command(flatten)]
        config: ConfigFile,
        /// Objects with exactly this Name.
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Print what the server says of itself.
    Query(QueryArgs),
    /// Print the protocol versions that the server speaks.
    DiscoverVersions(QueryArgs),
    /// Send one request (XML, JSON or hexadecimal) as it is; prints the answer in the same form.
    ///
    /// The answer is printed whole: a key in it too. That it says an operation failed is no failure
    /// of this command.
    Send {
        #[command(flatten)]
        config: ConfigFile,
        /// The request; without it, or as -, from stdin.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    #[command(flatten)]
    OnObject(ObjectCommand),
    #[command(flatten)]
    WithPayload(PayloadCommand),
}

/// One operation on one object.
#[derive(Debug, Subcommand)]
pub(crate) enum ObjectCommand {
    /// Print a symmetric key's facts; the key itself only with --reveal.
    Get {
        #[command(flatten)]
        object: ObjectArgs,
        /// Print the key octets in hexadecimal.
        #[arg(long)]
        reveal: bool,
    },
    /// Print an object's attributes.
    GetAttributes(ObjectArgs),
    /// Make a Pre-Active object Active.
    Activate(ObjectArgs),
    /// Revoke an object: Deactivated, or Compromised with --compromised.
    Revoke {
        #[command(flatten)]
        object: ObjectArgs,
        /// The key is known to others: the reason is Key Compromise.
        #[arg(long)]
        compromised: bool,
    },
    /// Destroy an object for ever.
    Destroy {
        #[command(flatten)]
        object: ObjectArgs,
        /// Also when the object bears a strongroom-store label.
        #[arg(long)]
        not_checked: bool,
    },
    /// Make a new key in place of a symmetric key; prints the new Unique Identifier.
    Rekey(ObjectArgs),
    /// Print the names of an object's attributes, one a line.
    GetAttributeList(ObjectArgs),
    /// Let the server put an object where it takes longer to get.
    Archive(ObjectArgs),
    /// Make an archived object available again.
    Recover(ObjectArgs),
}

/// A new key.
#[derive(Args, Debug)]
pub(crate) struct MakeArgs {
    #[command(flatten)]
    pub(crate) config: ConfigFile,
    /// The key's Name.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) labels: Labels,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Application Specific Information of a new key.
#[derive(Args, Debug)]
pub(crate) struct Labels {
    /// Application Specific Information as NAMESPACE=DATA; may be given several times.
    #[arg(long = "label", value_name = "NAMESPACE=DATA")]
    pub(crate) labels: Vec<String>,
}

/// One object.
#[derive(Args, Debug)]
pub(crate) struct ObjectArgs {
    #[command(flatten)]
    pub(crate) config: ConfigFile,
    /// Unique Identifier.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A question to the server as a whole.
#[derive(Args, Debug)]
pub(crate) struct QueryArgs {
    #[command(flatten)]
    pub(crate) config: ConfigFile,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

impl KmipCommand {
    /// Where the configuration is; every operation has one.
    pub(crate) fn config(&self) -> &ConfigFile {
        match self {
            Self::Create(args) | Self::Register(args) => &args.config,
            Self::OnObject(command) => &command.object().config,
            Self::WithPayload(command) => &command.args().config,
            Self::Locate { config, .. } | Self::Send { config, .. } => config,
            Self::Query(args) | Self::DiscoverVersions(args) => &args.config,
        }
    }
}

impl ObjectCommand {
    /// Which object.
    fn object(&self) -> &ObjectArgs {
        match self {
            Self::Get { object, .. }
            | Self::Revoke { object, .. }
            | Self::Destroy { object, .. }
            | Self::GetAttributes(object)
            | Self::GetAttributeList(object)
            | Self::Activate(object)
            | Self::Rekey(object)
            | Self::Archive(object)
            | Self::Recover(object) => object,
        }
    }
}
