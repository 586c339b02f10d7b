//! What the async and the blocking way to a server have in common: failures on the way, and how
//! several addresses share the time.
//!
//! May touch: memory; the clock only to say whether our own certificate has expired.

use std::collections::HashSet;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use crate::error::{Cause, ClientError, ErrorKind, Outcome, Phase};
use crate::tls::{self, Handshake};

pub(crate) fn unreachable(cause: Cause) -> ClientError {
    ClientError::new(ErrorKind::Unreachable, Outcome::NotSent, cause)
}

pub(crate) fn late(phase: Phase, limit: Duration) -> ClientError {
    ClientError::new(
        ErrorKind::Timeout,
        Outcome::NotSent,
        Cause::Deadline { phase, limit },
    )
}

pub(crate) fn no_address() -> ClientError {
    unreachable(Cause::NoAddress)
}

pub(crate) fn no_such_server(index: usize, count: usize) -> ClientError {
    ClientError::new(
        ErrorKind::Configuration,
        Outcome::NotSent,
        Cause::NoSuchServer { index, count },
    )
}

pub(crate) fn handshake_failed(handshake: &Handshake, error: io::Error) -> ClientError {
    let phase = Phase::Handshake;
    match tls::tls_error(&error) {
        Some(tls_error) => {
            let fault = handshake.fault(tls_error, SystemTime::now());
            let cause = Cause::Tls { fault, error };
            ClientError::new(ErrorKind::Tls, Outcome::NotSent, cause)
        }
        None if crate::wire::is_end(&error) => unreachable(Cause::Closed { phase, received: 0 }),
        None => unreachable(Cause::Io { phase, error }),
    }
}

/// /etc/hosts and DNS may both name an address.
pub(crate) fn distinct(addresses: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut seen = HashSet::new();
    addresses.filter(|address| seen.insert(*address)).collect()
}

/// A black hole among several addresses may take its share of the time, not all of it.
pub(crate) fn share(left: Duration, addresses: usize) -> Duration {
    let parts = u32::try_from(addresses.max(1)).unwrap_or(u32::MAX);
    left.checked_div(parts).unwrap_or(left)
}
