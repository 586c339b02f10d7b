//! What a running store tells of itself. Pure values.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::poll::PollReport;
use super::rings::RingReport;
use crate::life_cycle::Warning;

/// The process that serves a store. Stands as `running` in the status of a live store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RunningReport {
    /// Its process id.
    pub process: u32,
    /// Since when it serves the store.
    pub since: String,
    /// The key ids that it seals and opens under.
    pub rings: Vec<RingReport>,
    /// How the master key's state is looked at; `None` when it is not.
    pub polling: Option<PollReport>,
}

/// A master key rotation of a live store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LiveRotation {
    /// Unique Identifier of the master key before, unless only the end of a rotation was left.
    pub old: Option<String>,
    /// Unique Identifier of the master key now.
    pub new: String,
    /// Whether an interrupted rotation was gone on with.
    pub resumed: bool,
    /// What there is to look at.
    pub warnings: Vec<String>,
}

/// A generation of a data encryption key of a live store that was made or retired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LiveKey {
    /// Its key id.
    pub id: String,
    /// Its number.
    pub generation: u32,
    /// Whether the process had a ring of the key id, which goes by the change now.
    #[serde(default)]
    pub live: bool,
}

/// Such as `2026-11-24T00:00:00Z`.
pub(super) fn moment(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time);
    let whole = time.replace_nanosecond(0).unwrap_or(time);
    whole.format(&Rfc3339).unwrap_or_else(|_| whole.to_string())
}

pub(super) fn lines(warnings: &[Warning]) -> Vec<String> {
    warnings.iter().map(ToString::to_string).collect()
}
