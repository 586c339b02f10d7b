//! From a server of the list to a session: name, TCP, TLS, first round trip, under one deadline.
//!
//! May touch: the network.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout_at};

use crate::client::Parts;
use crate::conversation::Conversation;
use crate::error::{Cause, ClientError, ErrorKind, Outcome, Phase};
use crate::negotiate::{Plan, Step};
use crate::servers::ServerAddress;
use crate::session::Session;
use crate::tls::{self, TlsFault};
use crate::wire::{Counted, Wire};

impl Parts {
    /// Tries all addresses of `server` within the connect timeout.
    pub(crate) async fn connect_server(
        &self,
        server: &ServerAddress,
    ) -> Result<Session, ClientError> {
        let target = Target {
            server,
            deadline: after(self.options.connect_timeout),
        };
        let addresses = self.resolve(&target).await.map_err(|e| e.at(server))?;
        let mut failure =
            ClientError::new(ErrorKind::Unreachable, Outcome::NotSent, Cause::NoAddress);
        let mut left = addresses.len();
        for address in addresses {
            match self.connect_address(&target, address, left).await {
                Ok(session) => return Ok(session),
                Err(error) if error.moves_on() && Instant::now() < target.deadline => {
                    failure = error;
                }
                Err(error) => return Err(error.at(server)),
            }
            left = left.saturating_sub(1);
        }
        Err(failure.at(server))
    }

    async fn resolve(&self, target: &Target<'_>) -> Result<Vec<SocketAddr>, ClientError> {
        let server = target.server;
        if let Some(ip) = server.ip() {
            return Ok(vec![SocketAddr::new(ip, server.port())]);
        }
        match timeout_at(target.deadline, lookup_host((server.host(), server.port()))).await {
            Err(_) => Err(late(Phase::Resolve, self.options.connect_timeout)),
            Ok(Err(error)) => Err(unreachable(Cause::Resolve(error))),
            Ok(Ok(addresses)) => {
                let mut addresses: Vec<_> = addresses.collect();
                // /etc/hosts and DNS may both name an address.
                let mut seen = std::collections::HashSet::new();
                addresses.retain(|address| seen.insert(*address));
                Ok(addresses)
            }
        }
    }

    /// One address: a session, or why not. A server that drops the connection over a version that
    /// it does not know is asked again, in the next way, on a new connection.
    async fn connect_address(
        &self,
        target: &Target<'_>,
        address: SocketAddr,
        left: usize,
    ) -> Result<Session, ClientError> {
        let mut plan = Plan::new(&self.options.versions);
        loop {
            let mut session = self.open(target, address, left).await?;
            match plan.run(&mut session, target.deadline).await {
                Ok(Step::Agreed) => return Ok(session),
                Ok(Step::Reconnect) => {}
                Err(error) => return Err(error.while_connecting()),
            }
        }
    }

    /// TCP and TLS; nothing of KMIP yet.
    async fn open(
        &self,
        target: &Target<'_>,
        address: SocketAddr,
        left: usize,
    ) -> Result<Session, ClientError> {
        let started = Instant::now();
        let until = share(target.deadline, left);
        let tcp = match timeout_at(until, TcpStream::connect(address)).await {
            Err(_) => {
                return Err(late(
                    Phase::Connect,
                    until.saturating_duration_since(started),
                ));
            }
            Ok(Err(error)) => return Err(unreachable(Cause::Connect { address, error })),
            Ok(Ok(tcp)) => tcp,
        };
        // Requests are written whole; waiting to fill a segment only costs time.
        tcp.set_nodelay(true)
            .map_err(|error| unreachable(Cause::Connect { address, error }))?;
        let transport = Counted::new(tcp);
        let written = transport.counter();
        let handshake = self.tls.connect(target.server, transport);
        let stream = match timeout_at(target.deadline, handshake).await {
            Err(_) => return Err(late(Phase::Handshake, self.options.connect_timeout)),
            Ok(Err(error)) => return Err(self.handshake_failed(error)),
            Ok(Ok(stream)) => stream,
        };
        let facts = tls::facts(&stream);
        let wire = Wire::new(stream, written, self.options.limits);
        let conversation = Conversation::new(target.server.clone(), facts, self);
        Ok(Session::new(wire, conversation))
    }

    fn handshake_failed(&self, error: io::Error) -> ClientError {
        let phase = Phase::Handshake;
        match tls::tls_error(&error) {
            Some(tls_error) => {
                let facts = self.tls.fault_facts(SystemTime::now());
                let fault = TlsFault::in_handshake(tls_error, &facts);
                let cause = Cause::Tls { fault, error };
                ClientError::new(ErrorKind::Tls, Outcome::NotSent, cause)
            }
            None if crate::wire::is_end(&error) => {
                unreachable(Cause::Closed { phase, received: 0 })
            }
            None => unreachable(Cause::Io { phase, error }),
        }
    }
}

/// Where to, and until when.
struct Target<'a> {
    server: &'a ServerAddress,
    deadline: Instant,
}

fn unreachable(cause: Cause) -> ClientError {
    ClientError::new(ErrorKind::Unreachable, Outcome::NotSent, cause)
}

fn late(phase: Phase, limit: Duration) -> ClientError {
    ClientError::new(
        ErrorKind::Timeout,
        Outcome::NotSent,
        Cause::Deadline { phase, limit },
    )
}

/// A black hole among several addresses may take its share of the time, not all of it.
fn share(deadline: Instant, left: usize) -> Instant {
    let now = Instant::now();
    let parts = u32::try_from(left.max(1)).unwrap_or(u32::MAX);
    let time = deadline.saturating_duration_since(now);
    now.checked_add(time.checked_div(parts).unwrap_or(time))
        .unwrap_or(deadline)
}

/// The moment `wait` from now; a wait beyond all clocks is a century.
pub(crate) fn after(wait: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
    let now = Instant::now();
    now.checked_add(wait.min(CENTURY)).unwrap_or(now)
}
