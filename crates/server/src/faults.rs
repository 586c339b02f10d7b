//! Scripted faults: what a test makes the server do wrong, and when.
//!
//! May touch: nothing but its own script.

mod octets;
mod text;

pub(crate) use octets::change;
pub use text::FaultError;
pub(crate) use text::term;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use strongroom_kmip::enumeration::{Operation, ResultReason};
use strongroom_ttlv::Tag;

use crate::items::operations;

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultAction {
    /// The connection is dropped; the request is not handled.
    DropBeforeHandling,
    /// The request is handled, made durable, and the connection dropped without an answer.
    DropAfterHandling,
    /// The answer comes this much later.
    Delay(Duration),
    /// The connection is dropped after this many octets of the answer.
    CutAfter(usize),
    /// The answer claims Protocol Version Major 9.
    WrongVersion,
    /// The answer's first octet is changed, so that it is no message.
    Garbage,
    /// No answer ever; the connection stays open until the client gives up or the server stops.
    Silence,
    /// The last octet of the first value under this tag is changed; an answer without such a
    /// field stays as it is.
    WrongField(Tag),
    /// The first item of the answer bears another Unique Batch Item ID than that of the request;
    /// where the request has none, the answer has one.
    WrongBatchId,
    /// The request is not handled: each item fails with this reason. With an operation in the
    /// fault, only items with that operation do.
    Error(ResultReason),
}

/// What goes wrong before a client is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HandshakeFault {
    /// The connection is closed before TLS begins.
    Close,
    /// TLS is refused with the fatal alert handshake_failure.
    Alert,
}

/// One fault: what, and when. Its text form is that of `strongroom server --fault`.
///
/// ```
/// use strongroom_server::{Fault, Faults};
///
/// let faults = Faults::new();
/// faults.arm("at=3,action=drop-after".parse()?);
/// faults.arm("operation=create,action=error:permission-denied".parse()?);
/// faults.arm("at=2,handshake=close".parse()?);
/// # Ok::<(), strongroom_server::FaultError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    at: u64,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// With an operation: requests with that operation are counted.
    Request(Option<Operation>, FaultAction),
    /// Connections are counted.
    Handshake(HandshakeFault),
}

/// A script of faults, shared between a test and the server. Requests and connections are counted
/// from 1 over the whole server, since the script was made or last cleared.
///
/// ```
/// use strongroom_server::{FaultAction, Faults};
///
/// let faults = Faults::new();
/// faults.at(2, FaultAction::DropAfterHandling);
/// // Give a clone to `ServerOptions`; the second request then loses its answer.
/// ```
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Script>>);

#[derive(Debug, Default)]
struct Script {
    seen: u64,
    connections: u64,
    /// What is armed; of a fault with an operation, `at` is how many such requests are to come.
    armed: Vec<Fault>,
}

/// What strikes a request, and the operation that it is for.
pub(crate) type Strike = (Option<Operation>, FaultAction);

impl Faults {
    /// An empty script: nothing goes wrong.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fault at the `request`-th request, counted from 1.
    pub fn at(&self, request: u64, action: FaultAction) {
        let kind = Kind::Request(None, action);
        self.arm(Fault { at: request, kind });
    }

    /// Adds a fault at the next request.
    pub fn next(&self, action: FaultAction) {
        let mut script = self.script();
        let at = script.seen.saturating_add(1);
        let kind = Kind::Request(None, action);
        script.armed.push(Fault { at, kind });
    }

    /// Adds a fault at the `request`-th request with `operation` from now on, counted from 1.
    pub fn on(&self, operation: Operation, request: u64, action: FaultAction) {
        let kind = Kind::Request(Some(operation), action);
        self.arm(Fault { at: request, kind });
    }

    /// Adds a fault at the `connection`-th connection, counted from 1.
    pub fn at_handshake(&self, connection: u64, fault: HandshakeFault) {
        let kind = Kind::Handshake(fault);
        self.arm(Fault {
            at: connection,
            kind,
        });
    }

    /// Adds a fault.
    pub fn arm(&self, fault: Fault) {
        self.script().armed.push(fault);
    }

    /// Forgets all faults and begins to count anew.
    pub fn clear(&self) {
        *self.script() = Script::default();
    }

    /// Requests seen since the script was made or last cleared.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.script().seen
    }

    /// Connections seen since the script was made or last cleared.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.script().connections
    }

    /// Counts one request and gives what is to go wrong with it.
    pub(crate) fn count(&self, request: &[u8]) -> Vec<Strike> {
        let mut script = self.script();
        script.seen = script.seen.saturating_add(1);
        if script.armed.is_empty() {
            return Vec::new();
        }
        let (seen, operations) = (script.seen, operations(request));
        let strikes = script.armed.extract_if(.., |fault| match fault.kind {
            Kind::Request(None, _) => fault.at == seen,
            Kind::Request(Some(operation), _) if operations.contains(&operation) => {
                fault.at = fault.at.saturating_sub(1);
                fault.at == 0
            }
            Kind::Request(..) | Kind::Handshake(_) => false,
        });
        strikes
            .filter_map(|fault| match fault.kind {
                Kind::Request(operation, action) => Some((operation, action)),
                Kind::Handshake(_) => None,
            })
            .collect()
    }

    /// Counts one connection and gives what is to go wrong with it.
    pub(crate) fn count_connection(&self) -> Option<HandshakeFault> {
        let mut script = self.script();
        script.connections = script.connections.saturating_add(1);
        let connection = script.connections;
        let is_now =
            |fault: &Fault| fault.at == connection && matches!(fault.kind, Kind::Handshake(_));
        let at = script.armed.iter().position(is_now)?;
        match script.armed.remove(at).kind {
            Kind::Handshake(fault) => Some(fault),
            Kind::Request(..) => None,
        }
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(faults: &Faults) -> Vec<FaultAction> {
        faults
            .count(&[])
            .into_iter()
            .map(|(_, what)| what)
            .collect()
    }

    #[test]
    fn a_fault_strikes_once_at_its_request() {
        let faults = Faults::new();
        faults.at(2, FaultAction::WrongVersion);
        faults.at(2, FaultAction::CutAfter(3));
        assert_eq!(count(&faults), []);
        assert_eq!(
            count(&faults),
            [FaultAction::WrongVersion, FaultAction::CutAfter(3)]
        );
        assert_eq!(count(&faults), []);
        faults.next(FaultAction::Garbage);
        assert_eq!(count(&faults), [FaultAction::Garbage]);
        assert_eq!(faults.seen(), 4);
        faults.at(1, FaultAction::Garbage);
        assert_eq!(count(&faults), []);
        faults.clear();
        assert_eq!((count(&faults), faults.seen()), (vec![], 1));
    }

    #[test]
    fn a_connection_is_struck_once_and_counted_by_itself() {
        let faults = Faults::new();
        faults.at_handshake(2, HandshakeFault::Alert);
        assert_eq!(count(&faults), []);
        assert_eq!(faults.count_connection(), None);
        assert_eq!(faults.count_connection(), Some(HandshakeFault::Alert));
        assert_eq!(faults.count_connection(), None);
        assert_eq!((faults.seen(), faults.connections()), (1, 3));
    }
}
