//! The first round trip: proves that the server answers us, and agrees on a protocol version.
//!
//! May touch: memory. Asks for Discover Versions and Query only; the sessions carry it out.

use std::collections::VecDeque;

use strongroom_kmip::enumeration::QueryFunction;
use strongroom_kmip::operation::{DiscoverVersionsRequest, QueryRequest};
use strongroom_kmip::{ProtocolVersion, Request, Response, ResultReason};

use crate::error::{Cause, ClientError, ErrorKind, Outcome};

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

/// How it goes on after an answer, or the lack of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// This is the version.
    Agreed(ProtocolVersion),
    /// Ask in the next way.
    Ask,
    /// Ask in the next way on a new connection: the server hung up.
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

    /// What to ask next, in a message of which version.
    pub(crate) fn next(&self) -> Option<(ProtocolVersion, Request)> {
        let request = match self.ways.front()? {
            // An empty list asks for all versions: the answer then also tells what we lack.
            Way::Discover(version) => (*version, DiscoverVersionsRequest::default().into()),
            Way::Query => (
                ProtocolVersion::V1_0,
                QueryRequest::new(vec![QueryFunction::OPERATIONS]).into(),
            ),
        };
        Some(request)
    }

    /// What to do after what came; `usable` says whether the connection still stands.
    pub(crate) fn came(
        &mut self,
        came: Result<Response, ClientError>,
        usable: bool,
    ) -> Result<Step, ClientError> {
        let Some(way) = self.ways.pop_front() else {
            return Err(self.exhausted());
        };
        let judged = match way {
            Way::Discover(version) => self.discovered(version, came),
            Way::Query => queried(came),
        };
        match judged {
            Ok(version) => Ok(Step::Agreed(version)),
            Err(error) if self.ways.is_empty() || !may_ask_otherwise(&error) => {
                Err(self.refusal.take().unwrap_or(error))
            }
            Err(error) => {
                self.skip_useless_ways(&error);
                if error.kind() != ErrorKind::Unreachable {
                    self.refusal.get_or_insert(error);
                }
                Ok(if usable { Step::Ask } else { Step::Reconnect })
            }
        }
    }

    /// No way is left.
    pub(crate) fn exhausted(&mut self) -> ClientError {
        let refusal = self.refusal.take();
        refusal.unwrap_or_else(|| self.no_common_version(Vec::new()))
    }

    fn discovered(
        &self,
        version: ProtocolVersion,
        came: Result<Response, ClientError>,
    ) -> Result<ProtocolVersion, ClientError> {
        let versions = match came {
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
            .ok_or_else(|| self.no_common_version(versions))
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

fn queried(came: Result<Response, ClientError>) -> Result<ProtocolVersion, ClientError> {
    let version = ProtocolVersion::V1_0;
    match came {
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
