//! Causes of a [`ClientError`], each with its mend.
//!
//! May touch: nothing.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use strongroom_kmip::exchange::BatchError;
use strongroom_kmip::{EncodeError, ExchangeError, Operation, ProtocolVersion, ResultReason};
use strongroom_ttlv::FrameError;

use super::ClientError;
use crate::identity::IdentityError;
use crate::options::OptionsError;
use crate::servers::ServerListError;
use crate::tls::TlsFault;
use crate::trust::TrustError;

/// Why a call failed, in full.
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// The list of servers.
    Servers(ServerListError),
    /// The CA file.
    Trust(TrustError),
    /// The client certificate or key.
    Identity(IdentityError),
    /// The options.
    Options(OptionsError),
    /// rustls refused the set-up.
    TlsSetup(Box<dyn Error + Send + Sync>),
    /// There is no server of this index in the list.
    NoSuchServer {
        /// The index, counted from 0.
        index: usize,
        /// How many servers there are.
        count: usize,
    },
    /// The host name did not resolve.
    Resolve(io::Error),
    /// The host name resolved to no address.
    NoAddress,
    /// No TCP connection.
    Connect {
        /// The address that was tried.
        address: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// The server closed the connection.
    Closed {
        /// What we waited for.
        phase: Phase,
        /// Octets of the answer that had come.
        received: usize,
    },
    /// Sending or receiving failed.
    Io {
        /// What we waited for.
        phase: Phase,
        /// What the system said.
        error: io::Error,
    },
    /// The deadline passed.
    Deadline {
        /// What we waited for.
        phase: Phase,
        /// The time that was allowed.
        limit: Duration,
    },
    /// TLS failed.
    Tls {
        /// What that means.
        fault: TlsFault,
        /// rustls's own words.
        error: io::Error,
    },
    /// The answer does not begin like a message.
    Frame(FrameError),
    /// The server sent octets that nobody asked for.
    Unsolicited,
    /// The request cannot be written.
    Encode(EncodeError),
    /// The answer is not the answer to our request.
    Answer(ExchangeError),
    /// The server said no.
    Refused {
        /// `Result Reason`; `None` where the server gave none.
        reason: Option<ResultReason>,
        /// `Result Message`, the server's own words; at most 512 characters. Not to be
        /// trusted: show it escaped.
        message: Option<String>,
        /// The operation that the refusal names; some servers name none.
        echoed: Option<Operation>,
    },
    /// All sessions of a pool stayed in use.
    PoolBusy {
        /// How many there are.
        size: usize,
        /// How long the caller waited.
        limit: Duration,
    },
    /// The batch cannot be sent.
    Batch(BatchError),
    /// An item of a batch was not done, since another one failed.
    NotRun,
    /// An item of a batch was done and undone again, since another one failed.
    Undone,
    /// An item of a batch has no answer.
    NoItemAnswer,
    /// The item does not belong to this batch, or has been taken from the answer before.
    NoSuchItem,
    /// The server gave the same page of a Locate twice: it does not know Offset Items.
    LocateRepeats {
        /// Identifiers that the server was to pass over.
        offset: usize,
    },
    /// The server names its versions, and we may speak none of them.
    NoCommonVersion {
        /// What the server offers.
        server: Vec<ProtocolVersion>,
        /// What the options allow.
        ours: Vec<ProtocolVersion>,
    },
    /// An earlier exchange on this session was cut.
    SessionDead,
    /// Every server of the list was tried in every round.
    AllServers {
        /// One error per attempt of the last round, in the order of the list.
        failures: Vec<ClientError>,
        /// Rounds over the list.
        rounds: u32,
    },
}

/// What the client was waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Name resolution.
    Resolve,
    /// TCP connection.
    Connect,
    /// TLS handshake.
    Handshake,
    /// The first answer of a new connection.
    FirstAnswer,
    /// A later answer.
    Answer,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolve => "name resolution",
            Self::Connect => "TCP connection",
            Self::Handshake => "TLS handshake",
            Self::FirstAnswer => "first answer",
            Self::Answer => "answer",
        })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Servers(error) => error.fmt(f),
            Self::Trust(error) => error.fmt(f),
            Self::Identity(error) => error.fmt(f),
            Self::Options(error) => error.fmt(f),
            Self::TlsSetup(error) => write!(f, "TLS cannot be set up: {error}"),
            Self::NoSuchServer { index, count } => {
                write!(
                    f,
                    "there is no server {index} in a list of {count} (counted from 0)"
                )
            }
            Self::Resolve(error) => write!(f, "the host name does not resolve: {error}"),
            Self::NoAddress => f.write_str("the host name resolves to no address"),
            Self::Connect { address, error } => {
                write!(f, "no TCP connection to {address}: {error}")
            }
            Self::Closed { phase, received: 0 } => {
                write!(f, "the server closed the connection before the {phase}")
            }
            Self::Closed { received, .. } => write!(
                f,
                "the server closed the connection after {received} octets of its answer"
            ),
            Self::Io { phase, error } => write!(f, "{phase} failed: {error}"),
            Self::Deadline { phase, limit } => write!(f, "no {phase} within {limit:?}"),
            Self::Tls { fault, .. } => fault.fmt(f),
            Self::Frame(error) => write!(f, "the answer is not KMIP: {error}"),
            Self::Unsolicited => f.write_str("the server sent octets that nobody asked for"),
            Self::Encode(error) => write!(f, "the request cannot be written: {error}"),
            Self::Answer(error) => write!(f, "the answer cannot be used: {error}"),
            Self::Refused {
                reason, message, ..
            } => refused(f, *reason, message.as_deref()),
            Self::PoolBusy { size, limit } => write!(
                f,
                "all {size} sessions of the pool stayed in use for {limit:?}"
            ),
            Self::Batch(error) => write!(f, "the batch cannot be sent: {error}"),
            Self::NotRun => f.write_str("not done, since another item of the batch failed"),
            Self::Undone => f.write_str("undone again, since another item of the batch failed"),
            Self::NoItemAnswer => f.write_str("the server left this item of the batch unanswered"),
            Self::NoSuchItem => f.write_str("the answer has no such item, or no longer"),
            Self::LocateRepeats { offset } => write!(
                f,
                "the server gave the same page of a Locate again at offset {offset}"
            ),
            Self::NoCommonVersion { server, ours } => write!(
                f,
                "no common protocol version: the server speaks {server:?}, we may speak {ours:?}"
            ),
            Self::SessionDead => {
                f.write_str("an earlier exchange on this session was cut, so it is closed")
            }
            Self::AllServers { failures, rounds } => all_servers(f, failures, *rounds),
        }
    }
}

fn refused(
    f: &mut fmt::Formatter<'_>,
    reason: Option<ResultReason>,
    message: Option<&str>,
) -> fmt::Result {
    match reason {
        Some(reason) => write!(f, "the server refused: {reason}")?,
        None => f.write_str("the server refused and gave no reason")?,
    }
    match message {
        Some(message) => write!(f, " ({message:?})"),
        None => Ok(()),
    }
}

fn all_servers(f: &mut fmt::Formatter<'_>, failures: &[ClientError], rounds: u32) -> fmt::Result {
    f.write_str("no KMIP server can be reached")?;
    if rounds > 1 {
        write!(f, " in {rounds} rounds")?;
    }
    for failure in failures {
        write!(f, "; {failure}")?;
    }
    Ok(())
}

impl Cause {
    pub(super) fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Servers(error) => Some(error),
            Self::Trust(error) => Some(error),
            Self::Identity(error) => Some(error),
            Self::Options(error) => Some(error),
            Self::TlsSetup(error) => Some(&**error),
            Self::Resolve(error)
            | Self::Connect { error, .. }
            | Self::Io { error, .. }
            | Self::Tls { error, .. } => Some(error),
            Self::Frame(error) => Some(error),
            Self::Encode(error) => Some(error),
            Self::Answer(error) => Some(error),
            Self::Batch(error) => Some(error),
            Self::AllServers { failures, .. } => {
                failures.last().map(|error| error as &(dyn Error + 'static))
            }
            Self::NoSuchServer { .. }
            | Self::NoAddress
            | Self::Closed { .. }
            | Self::Deadline { .. }
            | Self::Unsolicited
            | Self::Refused { .. }
            | Self::NoCommonVersion { .. }
            | Self::PoolBusy { .. }
            | Self::NotRun
            | Self::Undone
            | Self::NoItemAnswer
            | Self::NoSuchItem
            | Self::LocateRepeats { .. }
            | Self::SessionDead => None,
        }
    }

    /// What the operator can do about it.
    pub(super) fn help(&self) -> &'static str {
        match self {
            Self::Servers(_) => "write the servers as host[:port], separated by commas",
            Self::Trust(error) => error.help(),
            Self::Identity(error) => error.help(),
            Self::Options(_) | Self::TlsSetup(_) => "check the options of the KMIP client",
            Self::NoSuchServer { .. } => "name a server of the list",
            Self::Resolve(_) | Self::NoAddress => {
                "check the server's name, /etc/hosts and the DNS server"
            }
            Self::Connect { .. } => {
                "check that the KMIP server runs and listens there, and that no firewall stands between"
            }
            Self::Closed { phase, .. } => closed_help(*phase),
            Self::Deadline { phase, .. } => deadline_help(*phase),
            Self::Io { .. } => "check the network to the server, then connect again",
            Self::Tls { fault, .. } => fault.help(),
            Self::Answer(ExchangeError::Pending { .. }) => {
                "ask with Poll, on this session or another, until the answer is there"
            }
            Self::Frame(_) | Self::Unsolicited | Self::Answer(_) => {
                "check that host and port are those of a KMIP server, and look at its log"
            }
            Self::Encode(_) => "leave out what this protocol version lacks, or use a newer server",
            Self::Refused { reason, .. } => refused_help(*reason),
            Self::NoCommonVersion { .. } => {
                "allow one of the server's versions; this client speaks 1.0 to 1.4 unless told otherwise, and 2.0 and 2.1"
            }
            Self::PoolBusy { .. } => {
                "give the pool more sessions, or drop each as soon as its work is done"
            }
            Self::Batch(_) => {
                "name the object in the item, or let an item before it make or find one"
            }
            Self::NotRun | Self::Undone => "mend the item that failed, then send this one again",
            Self::NoItemAnswer => "look on the server whether it was done before asking again",
            Self::NoSuchItem => "take each item once, from the answer to its own batch",
            Self::LocateRepeats { .. } => "ask without pages, with Maximum Items alone",
            Self::SessionDead => "connect again",
            Self::AllServers { failures, .. } => match failures.last() {
                Some(failure) => failure.help(),
                None => "check the list of servers",
            },
        }
    }
}

fn closed_help(phase: Phase) -> &'static str {
    match phase {
        Phase::Handshake => {
            "look at the server's log: it may want another client certificate or TLS version, or is not a TLS server"
        }
        Phase::FirstAnswer => {
            "look at the server's log: it may have rejected the client certificate without saying so"
        }
        _ => "connect again; if it happens at each try, look at the server's log",
    }
}

fn deadline_help(phase: Phase) -> &'static str {
    match phase {
        Phase::Resolve => "check the DNS server, or name the server by its IP address",
        Phase::Connect => "check host, port and firewall; nothing answers there",
        Phase::Handshake => "check that host and port are those of a KMIP server over TLS",
        Phase::FirstAnswer | Phase::Answer => {
            "the server is overloaded or hangs: look at its log, or allow more time"
        }
    }
}

fn refused_help(reason: Option<ResultReason>) -> &'static str {
    match reason {
        Some(ResultReason::AUTHENTICATION_NOT_SUCCESSFUL) => {
            "let the server know this client: PyKMIP wants a common name (CN) and extendedKeyUsage=clientAuth in the client certificate"
        }
        Some(ResultReason::PERMISSION_DENIED) => {
            "grant this operation on this object to our client certificate, or use the certificate that owns it; the object's state may forbid it too"
        }
        Some(ResultReason::ITEM_NOT_FOUND) => {
            "check the identifier, and whether the object lives on another server or belongs to another client"
        }
        Some(ResultReason::OPERATION_NOT_SUPPORTED) => {
            "this server lacks the operation at this protocol version"
        }
        _ => "look at the server's log for this request",
    }
}
