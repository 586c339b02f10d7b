//! The first round trip: proves that the server answers us, and agrees on a protocol version.
//!
//! May touch: the session it is given. Sends Discover Versions and Query only.

use std::collections::VecDeque;

use strongroom_kmip::enumeration::QueryFunction;
use strongroom_kmip::operation::{DiscoverVersionsRequest, QueryRequest};
use strongroom_kmip::{ProtocolVersion, Request, Response, ResultReason};
use tokio::time::Instant;

use crate::error::{Cause, ClientError, ErrorKind, Outcome};
use crate::session::Session;

/// Ways to ask, the best first; what is asked already is gone from it.
#[derive(Debug)]
pub(crate) struct Plan {
    offered: Vec<ProtocolVersion>,
    ways: VecDeque<Way>,
    /// The answer to give when no way is left: the first refusal tells most.
    refusal: Option<ClientError>,
}

/// One way to get a first answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Discover Versions in a message of this version (1.1 or later).
    Discover(ProtocolVersion),
    /// Query in a message of version 1.0, which has no Discover Versions.
    Query,
}

/// How a run through the plan ended, when it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The session has its version.
    Agreed,
    /// The server hung up after the last way; the next one wants a new connection.
    Reconnect,
}

impl Plan {
    /// Discover Versions at 1.1, which every server that has the operation must know; then at the
    /// highest version offered, for servers that dropped the old ones; then Query at 1.0.
    pub(crate) fn new(offered: &[ProtocolVersion]) -> Self {
        let mut ways = VecDeque::new();
        if let Some(highest) = offered.iter().copied().max()
            && highest >= ProtocolVersion::V1_1
        {
            ways.push_back(Way::Discover(ProtocolVersion::V1_1));
            if highest > ProtocolVersion::V1_1 {
                ways.push_back(Way::Discover(highest));
            }
        }
        if offered.contains(&ProtocolVersion::V1_0) {
            ways.push_back(Way::Query);
        }
        Self {
            offered: offered.to_vec(),
            ways,
            refusal: None,
        }
    }

    /// Asks in one way after the other until the server agrees, fails, or hangs up.
    pub(crate) async fn run(
        &mut self,
        session: &mut Session,
        deadline: Instant,
    ) -> Result<Step, ClientError> {
        while let Some(way) = self.ways.pop_front() {
            match self.ask(way, session, deadline).await {
                Ok(version) => {
                    session.agree(version);
                    return Ok(Step::Agreed);
                }
                Err(error) if self.ways.is_empty() || !may_ask_otherwise(&error) => {
                    return Err(self.refusal.take().unwrap_or(error));
                }
                Err(error) => {
                    self.skip_useless_ways(&error);
                    if error.kind() != ErrorKind::Unreachable {
                        self.refusal.get_or_insert(error);
                    }
                    if !session.usable() {
                        return Ok(Step::Reconnect);
                    }
                }
            }
        }
        Err(self.no_common_version(Vec::new()).at(session.server()))
    }

    async fn ask(
        &self,
        way: Way,
        session: &mut Session,
        deadline: Instant,
    ) -> Result<ProtocolVersion, ClientError> {
        match way {
            Way::Discover(version) => self.discover(version, session, deadline).await,
            Way::Query => query(session, deadline).await,
        }
    }

    async fn discover(
        &self,
        version: ProtocolVersion,
        session: &mut Session,
        deadline: Instant,
    ) -> Result<ProtocolVersion, ClientError> {
        // An empty list asks for all versions: the answer then also tells what we lack.
        let request = Request::DiscoverVersions(DiscoverVersionsRequest::default());
        let versions = match session.exchange(version, &request, deadline).await {
            Ok(Response::DiscoverVersions(answer)) => answer.protocol_versions,
            Ok(_) => Vec::new(),
            // A role may lack the right to ask. The server knows us and read this version.
            Err(error)
                if error.kind() == ErrorKind::PermissionDenied
                    && self.offered.contains(&version) =>
            {
                return Ok(version);
            }
            Err(error) => return Err(error),
        };
        let common = self
            .offered
            .iter()
            .filter(|offer| versions.contains(offer))
            .max();
        common
            .copied()
            .ok_or_else(|| self.no_common_version(versions).at(session.server()))
    }

    fn no_common_version(&self, server: Vec<ProtocolVersion>) -> ClientError {
        ClientError::new(
            ErrorKind::NoCommonVersion,
            Outcome::NotSent,
            Cause::NoCommonVersion {
                server,
                ours: self.offered.clone(),
            },
        )
    }

    /// A server that lacks the operation lacks it at every version; one that hung up without a
    /// word may know 1.0 alone.
    fn skip_useless_ways(&mut self, error: &ClientError) {
        let lacking = reason(error) == Some(ResultReason::OPERATION_NOT_SUPPORTED);
        if lacking || error.kind() == ErrorKind::Unreachable {
            self.ways.retain(|way| *way == Way::Query);
        }
    }
}

async fn query(session: &mut Session, deadline: Instant) -> Result<ProtocolVersion, ClientError> {
    let version = ProtocolVersion::V1_0;
    let functions = vec![QueryFunction::OPERATIONS];
    let request = Request::Query(QueryRequest::new(functions));
    match session.exchange(version, &request, deadline).await {
        Ok(_) => Ok(version),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(version),
        // The server read the message; it lacks Query, which KMIP 1.0 does not demand of it.
        Err(error) if reason(&error) == Some(ResultReason::OPERATION_NOT_SUPPORTED) => Ok(version),
        Err(error) => Err(error),
    }
}

/// Whether the failure can come from the way we asked.
fn may_ask_otherwise(error: &ClientError) -> bool {
    match error.kind() {
        ErrorKind::Refused | ErrorKind::PermissionDenied => true,
        ErrorKind::Malformed => matches!(error.cause(), Cause::Answer(_)),
        ErrorKind::Unreachable => matches!(error.cause(), Cause::Closed { received: 0, .. }),
        _ => false,
    }
}

fn reason(error: &ClientError) -> Option<ResultReason> {
    match error.cause() {
        Cause::Refused { reason, .. } => *reason,
        _ => None,
    }
}
