//! From a server of the list to a session: name, TCP, TLS, first round trip, under one deadline.
//!
//! May touch: the network.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout_at};

use crate::attempt::{distinct, handshake_failed, late, no_address, share, unreachable};
use crate::client::Parts;
use crate::conversation::Conversation;
use crate::error::{Cause, ClientError, Phase};
use crate::negotiate::{Plan, Step};
use crate::servers::ServerAddress;
use crate::session::Session;
use crate::tls::{self, Tls};
use crate::wire::{Counted, Wire};

impl Parts {
    /// Tries all addresses of `server` within the connect timeout, and before `until`.
    pub(crate) async fn connect_server(
        &self,
        server: &ServerAddress,
        until: Option<Instant>,
    ) -> Result<Session, ClientError> {
        let target = self.target(server, until);
        let addresses = self.resolve(&target).await.map_err(|e| e.at(server))?;
        let mut failure = no_address();
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

    fn target<'a>(&self, server: &'a ServerAddress, until: Option<Instant>) -> Target<'a> {
        let rest = until.map(|until| until.saturating_duration_since(Instant::now()));
        let limit = self.options.connect_timeout;
        let limit = rest.map_or(limit, |rest| rest.min(limit));
        Target {
            server,
            limit,
            deadline: after(limit),
        }
    }

    async fn resolve(&self, target: &Target<'_>) -> Result<Vec<SocketAddr>, ClientError> {
        let server = target.server;
        if let Some(ip) = server.ip() {
            return Ok(vec![SocketAddr::new(ip, server.port())]);
        }
        match timeout_at(target.deadline, lookup_host((server.host(), server.port()))).await {
            Err(_) => Err(late(Phase::Resolve, target.limit)),
            Ok(Err(error)) => Err(unreachable(Cause::Resolve(error))),
            Ok(Ok(addresses)) => Ok(distinct(addresses)),
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
            while let Some((version, request)) = plan.next() {
                let came = session.exchange(version, &request, target.deadline).await;
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
    async fn open(
        &self,
        target: &Target<'_>,
        address: SocketAddr,
        left: usize,
    ) -> Result<Session, ClientError> {
        let rest = target.deadline.saturating_duration_since(Instant::now());
        let part = share(rest, left);
        let tcp = match timeout_at(after(part), TcpStream::connect(address)).await {
            Err(_) => return Err(late(Phase::Connect, part)),
            Ok(Err(error)) => return Err(unreachable(Cause::Connect { address, error })),
            Ok(Ok(tcp)) => tcp,
        };
        // Requests are written whole; waiting to fill a segment only costs time.
        tcp.set_nodelay(true)
            .map_err(|error| unreachable(Cause::Connect { address, error }))?;
        let transport = Counted::new(tcp);
        let written = transport.counter();
        let tls = self.tls().await;
        let handshake = tls.handshake(target.server).map_err(|error| {
            let phase = Phase::Handshake;
            unreachable(Cause::Io { phase, error })
        })?;
        let stream = match timeout_at(target.deadline, handshake.run(transport)).await {
            Err(_) => return Err(late(Phase::Handshake, target.limit)),
            Ok(Err(error)) => return Err(handshake_failed(&handshake, error)),
            Ok(Ok(stream)) => stream,
        };
        let facts = tls::facts(stream.get_ref().1);
        let wire = Wire::new(stream, written, self.options.limits);
        let server = target.server.clone();
        let conversation = Conversation::new(server, facts, tls, &self.options);
        Ok(Session::new(wire, conversation))
    }

    /// Trust and identity for a new connection, from the files as they are now.
    async fn tls(&self) -> Tls {
        if self.credentials.changed() {
            let credentials = Arc::clone(&self.credentials);
            let read = tokio::task::spawn_blocking(move || credentials.current());
            if let Ok(tls) = read.await {
                return tls;
            }
        }
        self.credentials.tls()
    }
}

/// Where to, and until when.
struct Target<'a> {
    server: &'a ServerAddress,
    /// How long it was to the deadline at first.
    limit: Duration,
    deadline: Instant,
}

/// The moment `wait` from now; a wait beyond all clocks is a century.
pub(crate) fn after(wait: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
    let now = Instant::now();
    now.checked_add(wait.min(CENTURY)).unwrap_or(now)
}
