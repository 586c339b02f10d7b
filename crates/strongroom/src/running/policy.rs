//! What the key servers say of the master key in use, and what follows. Pure values.

use std::fmt;

use serde::{Deserialize, Serialize};
use strongroom_config::{KmipConfig, OnKeyState};
use strongroom_kmip::enumeration::State;

use crate::master::Standing;

/// What a look at the master key in use found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFinding {
    /// It is Active, on every server that answered; or no server tells states.
    Active,
    /// It is in another state; the worst that a server reports.
    NotActive(State),
    /// Every listed server says that it is not there.
    Absent,
    /// No server told: none that has the key answered, and not all answered.
    Unreachable(String),
}

/// What is to be done about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Directive {
    /// Nothing.
    #[default]
    GoOn,
    /// Change nothing more.
    ReadOnly,
    /// End the process.
    ShutDown,
}

/// When which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Policy {
    on_key_state: OnKeyState,
    /// Looks in a row without an answer that are too many; 0 is never.
    unreachable_limit: u32,
}

impl Policy {
    pub(super) const fn of(kmip: &KmipConfig) -> Self {
        Self {
            on_key_state: kmip.on_key_state.value,
            unreachable_limit: kmip.unreachable_limit.value,
        }
    }

    /// `unreachable` counts looks in a row without an answer, this one included.
    pub(super) fn decide(self, finding: &KeyFinding, unreachable: u32) -> Directive {
        let bad = match finding {
            KeyFinding::Active => false,
            KeyFinding::NotActive(_) | KeyFinding::Absent => true,
            KeyFinding::Unreachable(_) => {
                self.unreachable_limit > 0 && unreachable >= self.unreachable_limit
            }
        };
        match self.on_key_state {
            OnKeyState::Shutdown if bad => Directive::ShutDown,
            OnKeyState::ReadOnly if bad => Directive::ReadOnly,
            _ => Directive::GoOn,
        }
    }

    pub(super) const fn word(self) -> &'static str {
        match self.on_key_state {
            OnKeyState::Shutdown => "shutdown",
            OnKeyState::ReadOnly => "read-only",
            OnKeyState::Callback => "callback",
            _ => "warn",
        }
    }

    pub(super) const fn unreachable_limit(self) -> u32 {
        self.unreachable_limit
    }
}

impl KeyFinding {
    /// What the servers' answers come to, and the server whose answer it was.
    pub(super) fn of(standing: Standing) -> (Self, Option<String>) {
        if standing.worst().is_none() {
            let absent = standing.absent_everywhere();
            let error = standing.into_error().filter(|_| !absent);
            let finding = error.map_or(Self::Absent, |error| Self::Unreachable(error.to_string()));
            return (finding, None);
        }
        let worst = standing.worst_state();
        let servers = standing.servers.into_iter();
        let mut told = servers.filter(|server| match &server.key {
            Ok(Some(facts)) => facts.state == worst,
            _ => false,
        });
        let server = told.next().map(|server| server.server);
        match worst {
            None | Some(State::ACTIVE) => (Self::Active, server),
            Some(state) => (Self::NotActive(state), server),
        }
    }
}

impl fmt::Display for KeyFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Active => f.write_str("Active"),
            Self::NotActive(state) => write!(f, "{state}"),
            Self::Absent => f.write_str("on none of the key servers"),
            Self::Unreachable(error) => write!(f, "not known: {error}"),
        }
    }
}

impl fmt::Display for Directive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GoOn => "go on",
            Self::ReadOnly => "change nothing more",
            Self::ShutDown => "shut down",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_under_every_policy() {
        let policies = [
            (OnKeyState::Shutdown, Directive::ShutDown),
            (OnKeyState::ReadOnly, Directive::ReadOnly),
            (OnKeyState::Warn, Directive::GoOn),
            (OnKeyState::Callback, Directive::GoOn),
        ];
        let silent = || KeyFinding::Unreachable("nobody".to_owned());
        // finding, limit, looks without an answer, is bad
        let cases = [
            (KeyFinding::Active, 1, 0, false),
            (KeyFinding::NotActive(State::PRE_ACTIVE), 0, 0, true),
            (KeyFinding::NotActive(State::DEACTIVATED), 0, 0, true),
            (KeyFinding::NotActive(State::COMPROMISED), 0, 0, true),
            (KeyFinding::NotActive(State::DESTROYED), 0, 0, true),
            (KeyFinding::Absent, 0, 0, true),
            (silent(), 0, 1, false),
            (silent(), 0, u32::MAX, false),
            (silent(), 3, 2, false),
            (silent(), 3, 3, true),
            (silent(), 3, 4, true),
        ];
        for (on_key_state, when_bad) in policies {
            for (finding, unreachable_limit, unreachable, bad) in &cases {
                let policy = Policy {
                    on_key_state,
                    unreachable_limit: *unreachable_limit,
                };
                let expected = if *bad { when_bad } else { Directive::GoOn };
                let decided = policy.decide(finding, *unreachable);
                assert_eq!(decided, expected, "{policy:?} {finding}");
            }
        }
    }
}
