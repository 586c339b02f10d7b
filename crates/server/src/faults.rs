//! Scripted faults: what a test makes the server do wrong, and when.
//!
//! May touch: nothing but its own script.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

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
}

/// A script of faults, shared between a test and the server. Requests are counted from 1 over
/// the whole server, since the script was made or last cleared.
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
    armed: Vec<(u64, FaultAction)>,
}

impl Faults {
    /// An empty script: nothing goes wrong.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fault at the `request`-th request, counted from 1.
    pub fn at(&self, request: u64, action: FaultAction) {
        self.script().armed.push((request, action));
    }

    /// Adds a fault at the next request.
    pub fn next(&self, action: FaultAction) {
        let mut script = self.script();
        let request = script.seen.saturating_add(1);
        script.armed.push((request, action));
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

    /// Counts one request and gives what is to go wrong with it.
    pub(crate) fn count(&self) -> Vec<FaultAction> {
        let mut script = self.script();
        script.seen = script.seen.saturating_add(1);
        let seen = script.seen;
        let now = script.armed.extract_if(.., |(request, _)| *request == seen);
        now.map(|(_, action)| action).collect()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_once_at_its_request() {
        let faults = Faults::new();
        faults.at(2, FaultAction::WrongVersion);
        faults.at(2, FaultAction::CutAfter(3));
        assert_eq!(faults.count(), []);
        assert_eq!(
            faults.count(),
            [FaultAction::WrongVersion, FaultAction::CutAfter(3)]
        );
        assert_eq!(faults.count(), []);
        faults.next(FaultAction::Garbage);
        assert_eq!(faults.count(), [FaultAction::Garbage]);
        assert_eq!(faults.seen(), 4);
        faults.at(1, FaultAction::Garbage);
        assert_eq!(faults.count(), []);
        faults.clear();
        assert_eq!((faults.count(), faults.seen()), (vec![], 1));
    }
}
