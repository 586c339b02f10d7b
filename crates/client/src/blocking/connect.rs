//! From a server of the list to a session: name, TCP, TLS, first round trip, under one deadline.
//!
//! May touch: the network; a thread per name that is resolved.

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rustls::{ClientConnection, StreamOwned};

use super::line::{Line, is_late};
use super::session::Session;
use super::wire::{Wire, after};
use crate::attempt::{distinct, handshake_failed, late, no_address, share, unreachable};
use crate::client::Parts;
use crate::conversation::Conversation;
use crate::error::{Cause, ClientError, Phase};
use crate::negotiate::{Plan, Step};
use crate::servers::ServerAddress;
use crate::tls::{self, Tls};

/// Where to, and until when.
struct Target<'a> {
    server: &'a ServerAddress,
    /// How long it was to the deadline at first.
    limit: Duration,
    deadline: Instant,
}

impl Target<'_> {
    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

/// Tries all addresses of `server` within the connect timeout, and before `until`.
pub(super) fn connect_server(
    parts: &Parts,
    server: &ServerAddress,
    until: Option<Instant>,
) -> Result<Session, ClientError> {
    let limit = parts.options.connect_timeout;
    let rest = until.map(|until| until.saturating_duration_since(Instant::now()));
    let limit = rest.map_or(limit, |rest| rest.min(limit));
    let target = Target {
        server,
        limit,
        deadline: after(limit),
    };
    let addresses = resolve(&target).map_err(|error| error.at(server))?;
    let mut failure = no_address();
    let mut left = addresses.len();
    for address in addresses {
        match connect_address(parts, &target, (address, left)) {
            Ok(session) => return Ok(session),
            Err(error) if error.moves_on() && !target.left().is_zero() => failure = error,
            Err(error) => return Err(error.at(server)),
        }
        left = left.saturating_sub(1);
    }
    Err(failure.at(server))
}

/// The system's resolver knows no deadline: a thread asks it, and is left behind when it is late.
fn resolve(target: &Target<'_>) -> Result<Vec<SocketAddr>, ClientError> {
    let (server, port) = (target.server, target.server.port());
    if let Some(ip) = server.ip() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    let host = server.host().to_owned();
    let (answer, answers) = mpsc::channel();
    thread::Builder::new()
        .name("kmip-resolve".to_owned())
        .spawn(move || {
            let resolved = (host.as_str(), port).to_socket_addrs();
            // Nobody waits any more when it came too late.
            let _ignored = answer.send(resolved);
        })
        .map_err(|error| unreachable(Cause::Resolve(error)))?;
    match answers.recv_timeout(target.left()) {
        Ok(Ok(addresses)) => Ok(distinct(addresses)),
        Ok(Err(error)) => Err(unreachable(Cause::Resolve(error))),
        Err(RecvTimeoutError::Timeout) => Err(late(Phase::Resolve, target.limit)),
        Err(RecvTimeoutError::Disconnected) => Err(no_address()),
    }
}

/// One address: a session, or why not. A server that drops the connection over a version that
/// it does not know is asked again, in the next way, on a new connection.
fn connect_address(
    parts: &Parts,
    target: &Target<'_>,
    address: (SocketAddr, usize),
) -> Result<Session, ClientError> {
    let mut plan = Plan::new(&parts.options.versions);
    loop {
        let mut session = open(parts, target, address)?;
        while let Some((version, request)) = plan.next() {
            let came = session.exchange(version, &request, target.deadline);
            let step = plan.came(came, session.usable());
            match step.map_err(ClientError::while_connecting)? {
                Step::Agreed(version) => {
                    session.agree(version);
                    return Ok(session);
                }
                Step::Ask => {}
                Step::Reconnect => break,
            }
        }
        if plan.next().is_none() {
            return Err(plan.exhausted().while_connecting());
        }
    }
}

/// TCP and TLS; nothing of KMIP yet.
fn open(
    parts: &Parts,
    target: &Target<'_>,
    (address, left): (SocketAddr, usize),
) -> Result<Session, ClientError> {
    let failed = |error| unreachable(Cause::Connect { address, error });
    let part = share(target.left(), left);
    if part.is_zero() {
        return Err(late(Phase::Connect, target.limit));
    }
    let tcp = TcpStream::connect_timeout(&address, part).map_err(|error| match error.kind() {
        io::ErrorKind::TimedOut => late(Phase::Connect, part),
        _ => failed(error),
    })?;
    // Requests are written whole; waiting to fill a segment only costs time.
    tcp.set_nodelay(true).map_err(failed)?;
    let mut line = Line::new(tcp, target.deadline);
    let tls = parts.credentials.current();
    let connection = handshake(&tls, target, &mut line)?;
    let facts = tls::facts(&connection);
    let wire = Wire::new(StreamOwned::new(connection, line), parts.options.limits);
    let server = target.server.clone();
    let conversation = Conversation::new(server, facts, tls, &parts.options);
    Ok(Session::new(wire, conversation))
}

fn handshake(
    tls: &Tls,
    target: &Target<'_>,
    line: &mut Line,
) -> Result<ClientConnection, ClientError> {
    let handshake = tls.handshake(target.server).map_err(|error| {
        let phase = Phase::Handshake;
        unreachable(Cause::Io { phase, error })
    })?;
    let failed = |error: io::Error| {
        if is_late(&error) {
            late(Phase::Handshake, target.limit)
        } else {
            handshake_failed(&handshake, error)
        }
    };
    let mut connection = handshake.begin().map_err(failed)?;
    while connection.is_handshaking() {
        connection.complete_io(line).map_err(failed)?;
    }
    Ok(connection)
}
