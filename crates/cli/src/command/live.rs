//! Asking the process that has a store open, in place of opening it here. May touch: its socket.

use std::path::Path;

use strongroom::{LiveError, LiveRequest, LiveStore};

use crate::failure::Failure;

/// The answer of the process that serves the store in `dbpath`; `None` when none does.
pub(super) fn ask<T: serde::de::DeserializeOwned>(
    dbpath: &Path,
    request: &LiveRequest,
) -> Result<Option<T>, Failure> {
    let answer = match LiveStore::find(dbpath)? {
        Some(store) => Some(store.ask(request)?),
        None => None,
    };
    Ok(answer)
}

impl From<LiveError> for Failure {
    fn from(error: LiveError) -> Self {
        let causes = match &error {
            LiveError::Refused(refusal) => refusal.causes.clone(),
            _ => Vec::new(),
        };
        Self::new(error.class(), error.to_string())
            .causes(causes)
            .help(error.help())
    }
}
