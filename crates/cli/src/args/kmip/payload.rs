//! `kmip OPERATION` whose request is read as KMIP writes it. Touches nothing.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use strongroom_kmip::Operation;

use super::ConfigFile;

/// The Request Payload, and how to print the answer.
#[derive(Args, Debug)]
pub(crate) struct PayloadArgs {
    #[command(flatten)]
    pub(crate) config: ConfigFile,
    /// The Request Payload as XML, JSON or hexadecimal; without it, or as -, from stdin.
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Print the answer's payload as one JSON document, whatever form the request has.
    #[arg(long)]
    pub(crate) json: bool,
}

/// An operation, with its number.
macro_rules! operations {
    ($($(#[doc = $doc:literal])* $name:ident = $number:ident,)*) => {
        /// Operations whose Request Payload is given as it stands in the specification.
        #[derive(Debug, Subcommand)]
        pub(crate) enum PayloadCommand {
            $($(#[doc = $doc])* $name(PayloadArgs),)*
        }

        impl PayloadCommand {
            /// Which operation.
            pub(crate) const fn operation(&self) -> Operation {
                match self {
                    $(Self::$name(_) => Operation::$number,)*
                }
            }

            pub(crate) const fn args(&self) -> &PayloadArgs {
                match self {
                    $(Self::$name(args))|* => args,
                }
            }
        }
    };
}

operations! {
    /// Make a key pair; prints the Unique Identifiers of private and public key.
    CreateKeyPair = CREATE_KEY_PAIR,
    /// Make a key pair in place of another; prints both Unique Identifiers.
    ReKeyKeyPair = RE_KEY_KEY_PAIR,
    /// Derive a key or secret data from others; prints its Unique Identifier.
    DeriveKey = DERIVE_KEY,
    /// Get a certificate for a public key; prints its Unique Identifier.
    Certify = CERTIFY,
    /// Renew a certificate; prints the new one's Unique Identifier.
    ReCertify = RE_CERTIFY,
    /// Ask whether an object may be used so.
    Check = CHECK,
    /// Add an attribute, or another instance of one.
    AddAttribute = ADD_ATTRIBUTE,
    /// Give an attribute another value.
    ModifyAttribute = MODIFY_ATTRIBUTE,
    /// Take an attribute away.
    DeleteAttribute = DELETE_ATTRIBUTE,
    /// Set an attribute that has one instance at most (KMIP 2.0).
    SetAttribute = SET_ATTRIBUTE,
    /// Make an attribute greater, less or its opposite (KMIP 2.0).
    AdjustAttribute = ADJUST_ATTRIBUTE,
    /// Ask for how long an object may be used.
    ObtainLease = OBTAIN_LEASE,
    /// Take a part of what Usage Limits still allow.
    GetUsageAllocation = GET_USAGE_ALLOCATION,
    /// Ask whether certificates make a valid chain.
    Validate = VALIDATE,
    /// Cancel an operation that is pending.
    Cancel = CANCEL,
    /// Ask for the answer to an operation that is pending.
    Poll = POLL,
    /// Encrypt with a key of the server.
    Encrypt = ENCRYPT,
    /// Decrypt with a key of the server; prints the data.
    Decrypt = DECRYPT,
    /// Sign with a private key of the server.
    Sign = SIGN,
    /// Verify a signature with a public key of the server.
    SignatureVerify = SIGNATURE_VERIFY,
    /// Make a message authentication code with a key of the server.
    Mac = MAC,
    /// Verify a message authentication code.
    MacVerify = MAC_VERIFY,
    /// Print random octets of the server.
    RngRetrieve = RNG_RETRIEVE,
    /// Give the server's random generator a seed.
    RngSeed = RNG_SEED,
    /// Let the server hash data.
    Hash = HASH,
    /// Split a key; prints the parts' Unique Identifiers.
    CreateSplitKey = CREATE_SPLIT_KEY,
    /// Join the parts of a key; prints its Unique Identifier.
    JoinSplitKey = JOIN_SPLIT_KEY,
    /// Put an object there under a Unique Identifier of our own; prints it.
    Import = IMPORT,
    /// Print an object with all its attributes, key and all.
    Export = EXPORT,
    /// Write a line into the server's log (KMIP 2.0).
    Log = LOG,
    /// Get a ticket in place of credentials (KMIP 2.0); prints it.
    Login = LOGIN,
    /// Get a ticket for somebody else (KMIP 2.0); prints it.
    DelegatedLogin = DELEGATED_LOGIN,
    /// Make a ticket void (KMIP 2.0).
    Logout = LOGOUT,
    /// Call a function of PKCS#11 on the server (KMIP 2.0).
    Pkcs11 = PKCS_11,
    /// Tell a server under test where a case begins and ends (KMIP 2.0).
    Interop = INTEROP,
    /// Get a new credential in place of the old one (KMIP 2.0).
    ReProvision = RE_PROVISION,
    /// Ask the server to be a client from now on (KMIP 2.0).
    SetEndpointRole = SET_ENDPOINT_ROLE,
    /// Set attributes of objects for which a client names none (KMIP 2.1).
    SetDefaults = SET_DEFAULTS,
    /// Say which objects the server shall take (KMIP 2.1).
    SetConstraints = SET_CONSTRAINTS,
    /// Ask which objects the server takes (KMIP 2.1).
    GetConstraints = GET_CONSTRAINTS,
    /// Ask for requests whose answers were not polled (KMIP 2.1).
    QueryAsynchronousRequests = QUERY_ASYNCHRONOUS_REQUESTS,
    /// Let the server do a pending request now (KMIP 2.1).
    Process = PROCESS,
    /// Ask whether the server is there (KMIP 2.1).
    Ping = PING,
}
