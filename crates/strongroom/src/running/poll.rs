//! Looking at the master key's state again and again while a store runs.
//!
//! May touch: the key servers, asking only; the clock that it is given.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use strongroom_config::Config;

use super::options::{Clock, OnKeyStateEvent};
use super::policy::{Directive, KeyFinding, Policy};
use super::report::moment;
use super::shared::Shared;
use strongroom_keystore::MasterEntry;

use crate::error::Error;
use crate::master::KeyServers;

/// A rotation may end while the servers are asked; two in a row do not.
const LOOKS_MAX: usize = 3;

/// A look at the master key that is worth a word: it is not good, or is good again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyStateEvent {
    /// When.
    pub at: SystemTime,
    /// Unique Identifier of the master key in use.
    pub unique_identifier: String,
    /// What was found.
    pub finding: KeyFinding,
    /// Looks in a row without an answer, this one included.
    pub unreachable: u32,
    /// What `onKeyState` and `unreachableLimit` say.
    pub directive: Directive,
}

/// How the master key's state is looked at. Stands as `polling` in the status of a live store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PollReport {
    /// Seconds between two looks.
    pub period_seconds: u64,
    /// `onKeyState`.
    pub on_key_state: String,
    /// `unreachableLimit`.
    pub unreachable_limit: u32,
    /// When it was looked last.
    pub last_poll: Option<String>,
    /// When a server told last.
    pub last_answer: Option<String>,
    /// Which one.
    pub server: Option<String>,
    /// What the last look found.
    pub finding: Option<String>,
    /// Whether that was good.
    pub is_active: bool,
    /// Looks in a row without an answer.
    pub unreachable: u32,
    /// What is to be done: `go-on`, `read-only` or `shut-down`.
    pub directive: Directive,
}

/// The poll of a store whose configuration asks for one.
pub(super) struct Poll {
    period: Duration,
    policy: Policy,
    clock: Arc<dyn Clock>,
    on_event: Option<OnKeyStateEvent>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    last_poll: Option<SystemTime>,
    last_answer: Option<SystemTime>,
    server: Option<String>,
    finding: Option<KeyFinding>,
    unreachable: u32,
    directive: Directive,
}

impl Poll {
    /// `None` where nobody asked for it (K1 to K4: without `activateKeys` no state counts).
    pub(super) fn of(
        config: &Config,
        clock: Arc<dyn Clock>,
        on_event: Option<OnKeyStateEvent>,
    ) -> Option<Self> {
        let kmip = config.kmip.as_ref()?;
        let period = kmip.key_state_polling.value;
        Some(Self {
            period: period.filter(|_| kmip.activate_keys.value)?,
            policy: Policy::of(kmip),
            clock,
            on_event,
            seen: Mutex::default(),
        })
    }

    pub(super) fn directive(&self) -> Directive {
        self.seen().directive
    }

    pub(super) fn report(&self) -> PollReport {
        let seen = self.seen();
        PollReport {
            period_seconds: self.period.as_secs(),
            on_key_state: self.policy.word().to_owned(),
            unreachable_limit: self.policy.unreachable_limit(),
            last_poll: seen.last_poll.map(moment),
            last_answer: seen.last_answer.map(moment),
            server: seen.server.clone(),
            finding: seen.finding.as_ref().map(ToString::to_string),
            is_active: seen.finding == Some(KeyFinding::Active),
            unreachable: seen.unreachable,
            directive: seen.directive,
        }
    }

    /// Takes a finding over, and gives the word about it.
    fn note(
        &self,
        unique_identifier: String,
        (finding, server): (KeyFinding, Option<String>),
    ) -> Option<KeyStateEvent> {
        let at = self.clock.now();
        let mut seen = self.seen();
        let was_bad = seen.finding.as_ref().is_some_and(is_bad);
        seen.last_poll = Some(at);
        if matches!(finding, KeyFinding::Unreachable(_)) {
            seen.unreachable = seen.unreachable.saturating_add(1);
        } else {
            seen.unreachable = 0;
            seen.last_answer = Some(at);
            seen.server = server;
        }
        seen.directive = self.policy.decide(&finding, seen.unreachable);
        seen.finding = Some(finding.clone());
        (was_bad || is_bad(&finding)).then(|| KeyStateEvent {
            at,
            unique_identifier,
            finding,
            unreachable: seen.unreachable,
            directive: seen.directive,
        })
    }

    // A panic under the lock leaves a value of each field that was true once.
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_bad(finding: &KeyFinding) -> bool {
    *finding != KeyFinding::Active
}

/// Looks once in each period, until it is dropped.
pub(super) async fn poll(shared: &Shared) {
    let Some(poll) = &shared.poll else {
        return std::future::pending().await;
    };
    loop {
        poll.clock.after(poll.period).await;
        let Some((id, found)) = look(shared).await else {
            continue;
        };
        if let (Some(event), Some(hear)) = (poll.note(id, found), &poll.on_event) {
            hear(&event);
        }
    }
}

/// The master key in use and what the servers say of it; `None` while rotations keep changing it.
async fn look(shared: &Shared) -> Option<(String, (KeyFinding, Option<String>))> {
    for _ in 0..LOOKS_MAX {
        let entry = in_use(shared)?;
        let id = entry.unique_identifier.clone();
        let found = match KeyServers::from_config(&shared.config) {
            Ok(servers) => KeyFinding::of(servers.home(&entry).standing(&id).await),
            Err(error) => (unreachable(&error), None),
        };
        // A rotation that ended meanwhile has deactivated the key that was asked for.
        if in_use(shared).is_some_and(|now| now.unique_identifier == id) {
            return Some((id, found));
        }
    }
    None
}

fn unreachable(error: &Error) -> KeyFinding {
    KeyFinding::Unreachable(error.to_string())
}

fn in_use(shared: &Shared) -> Option<MasterEntry> {
    let keystore = shared.held.lock();
    keystore.metadata().masters().next().cloned()
}

impl fmt::Debug for Poll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Poll")
            .field("report", &self.report())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for KeyStateEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            unique_identifier,
            finding,
            directive,
            ..
        } = self;
        write!(f, "master key {unique_identifier:?} is {finding}")?;
        if self.unreachable > 1 {
            write!(f, " ({} looks in a row)", self.unreachable)?;
        }
        match (finding, directive) {
            (KeyFinding::Active, _) => f.write_str(" again"),
            (_, Directive::GoOn) => Ok(()),
            (_, directive) => write!(f, "; security.kmip.onKeyState says: {directive}"),
        }
    }
}
