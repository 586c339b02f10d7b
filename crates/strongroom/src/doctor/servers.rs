//! Every listed key server: connection, versions, operations, clock.
//!
//! May touch: the network. Sends Discover Versions and Query only (I12).

use std::time::SystemTime;

use strongroom_client::{Client, ClientError, ErrorKind, Session, TlsVersion};
use strongroom_config::{KmipConfig, MasterKeyMode};
use strongroom_kmip::ProtocolVersion;
use strongroom_kmip::enumeration::{Operation, QueryFunction};
use strongroom_kmip::message::{RequestHeader, RequestMessage, ResponseMessage};
use strongroom_kmip::operation::QueryRequest;

use super::finding::Finding;
use crate::error::Error;
use crate::master::KeyServers;

const CONNECTION: &str = "key server";
const CERTIFICATE: &str = "server certificate";
const VERSIONS: &str = "versions";
const OPERATIONS: &str = "operations";
const CLOCK: &str = "clock";

/// PyKMIP refuses a time stamp that is off by more (its default), and certificates of an hour
/// begin to fail.
const SKEW_MAX_SECS: u64 = 60;

/// What the servers of the list say of themselves, and whether one of them answers.
pub(super) async fn checks(servers: &KeyServers, kmip: &KmipConfig) -> (Vec<Finding>, bool) {
    let mut findings = Vec::new();
    let mut answers = false;
    let Some(client) = servers.client() else {
        return (findings, answers);
    };
    for (server, session) in servers.names().into_iter().zip(client.connect_each().await) {
        match session {
            Ok(mut session) => {
                answers = true;
                findings.extend(connection(&server, &session));
                findings.extend(versions(&server, &mut session).await);
                let times = times(&mut session, client).await;
                findings.push(clock_of(&server, times));
                findings.push(itself(&server, &mut session, kmip).await);
                session.close().await;
            }
            Err(error) => findings.push(Finding::error(CONNECTION, &Error::from(error))),
        }
    }
    (findings, answers)
}

/// TCP, TLS and one round trip have succeeded.
fn connection(server: &str, session: &Session) -> Vec<Finding> {
    let tls = session.tls();
    let version = match tls.version {
        TlsVersion::Tls1_2 => "TLS 1.2",
        _ => "TLS 1.3",
    };
    let mut findings = vec![Finding::ok(
        CONNECTION,
        format!(
            "{server} answers over {version} ({}), KMIP {}",
            tls.suite,
            session.version()
        ),
    )];
    let now = SystemTime::now();
    findings.extend(tls.expiry().map(|expiry| {
        let text = format!("{server}: {}", expiry.line(now));
        match expiry.renewal_due(now) {
            true => Finding::warning(CERTIFICATE, text, "renew it on the key server"),
            false => Finding::ok(CERTIFICATE, text),
        }
    }));
    findings
}

async fn versions(server: &str, session: &mut Session) -> Option<Finding> {
    if session.version() == ProtocolVersion::V1_0 {
        let text = format!("{server} and we speak KMIP 1.0, which cannot list versions");
        return Some(Finding::note(VERSIONS, text));
    }
    Some(match session.discover_versions().await {
        Ok(versions) => {
            let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
            Finding::ok(VERSIONS, format!("{server} speaks {}", versions.join(", ")))
        }
        Err(error) => Finding::error(VERSIONS, &Error::from(error)).softened(),
    })
}

/// The operations that the server lists.
async fn itself(server: &str, session: &mut Session, kmip: &KmipConfig) -> Finding {
    match session.query(&[QueryFunction::OPERATIONS]).await {
        Ok(answer) => operations(server, &answer.operations, kmip.master_key_mode.value),
        Err(error) if error.kind() == ErrorKind::Refused => {
            Finding::note(OPERATIONS, format!("{server} does not list its operations"))
        }
        Err(error) => Finding::error(OPERATIONS, &Error::from(error)).softened(),
    }
}

fn clock_of(server: &str, times: Result<Option<(u64, u64)>, ClientError>) -> Finding {
    match times {
        Ok(Some((ours, theirs))) => clock(server, ours, theirs),
        Ok(None) => Finding::note(CLOCK, format!("{server} does not tell the time")),
        Err(error) => Finding::error(CLOCK, &Error::from(error)).softened(),
    }
}

/// Our clock and the one in the header of the server's answer to a Query, in seconds since 1970.
async fn times(session: &mut Session, client: &Client) -> Result<Option<(u64, u64)>, ClientError> {
    let request = QueryRequest::new(vec![QueryFunction::SERVER_INFORMATION]);
    let header = RequestHeader::new(session.version());
    let message = RequestMessage::single(header, request.into());
    // A Query of a version that the client has agreed on can be written.
    let Ok(octets) = message.encode() else {
        return Ok(None);
    };
    let answer = session.send_octets(&octets).await?;
    let ours = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let theirs = ResponseMessage::decode(&answer, &client.options().limits);
    let theirs = theirs.ok().and_then(|answer| answer.header.time_stamp);
    let theirs = theirs.and_then(|seconds| u64::try_from(seconds).ok());
    Ok(ours.ok().map(|ours| ours.as_secs()).zip(theirs))
}

fn clock(server: &str, ours: u64, theirs: u64) -> Finding {
    let off = ours.abs_diff(theirs);
    let side = if theirs < ours { "behind" } else { "ahead of" };
    let text = format!("{server} is {off} s {side} this machine");
    match off > SKEW_MAX_SECS {
        true => Finding::warning(
            CLOCK,
            text,
            "let both follow the same time server (NTP): dates of certificates and of keys depend on it",
        ),
        false => Finding::ok(CLOCK, text),
    }
}

/// Without the first ones no store opens; without the others none is made or rotated.
fn operations(server: &str, has: &[Operation], mode: MasterKeyMode) -> Finding {
    if has.is_empty() {
        return Finding::note(OPERATIONS, format!("{server} lists none"));
    }
    let make = match mode {
        MasterKeyMode::Register => Operation::REGISTER,
        _ => Operation::CREATE,
    };
    let lacks = |wanted: &[Operation]| -> Vec<String> {
        let lacking = wanted.iter().filter(|operation| !has.contains(operation));
        lacking.map(ToString::to_string).collect()
    };
    let to_open = lacks(&[Operation::LOCATE, Operation::GET, Operation::GET_ATTRIBUTES]);
    let to_rotate = lacks(&[
        make,
        Operation::ACTIVATE,
        Operation::REVOKE,
        Operation::DESTROY,
    ]);
    let lacking = [to_open.as_slice(), to_rotate.as_slice()]
        .concat()
        .join(", ");
    if !to_open.is_empty() {
        let text = format!("{server} lacks {lacking}: no store can be opened");
        let fix = "use a key server with the profile Symmetric Key Lifecycle";
        return Finding::warning(OPERATIONS, text, fix).hardened(crate::Class::Refused);
    }
    if !to_rotate.is_empty() {
        let text = format!("{server} lacks {lacking}: a first start or a rotation will fail");
        let fix =
            "let the key server do these operations, or see masterKeyMode for Create and Register";
        return Finding::warning(OPERATIONS, text, fix);
    }
    Finding::ok(OPERATIONS, format!("{server} has all that a store needs"))
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_clock_that_is_off_by_more_than_a_minute_is_a_warning() {
        assert_eq!(clock("a", 1000, 1000).verdict, Verdict::Ok);
        assert_eq!(clock("a", 1000, 1060).verdict, Verdict::Ok);
        let ahead = clock("a", 1000, 1061);
        assert_eq!(ahead.verdict, Verdict::Warning);
        assert!(ahead.evidence.contains("61 s ahead of"), "{ahead}");
        let behind = clock("a", 1000, 900);
        assert!(behind.evidence.contains("100 s behind"), "{behind}");
    }

    #[test]
    fn operations_that_are_missing_are_named() {
        let all = [
            Operation::CREATE,
            Operation::LOCATE,
            Operation::GET,
            Operation::GET_ATTRIBUTES,
            Operation::ACTIVATE,
            Operation::REVOKE,
            Operation::DESTROY,
        ];
        let judged = |has: &[Operation], mode| operations("a", has, mode);
        assert_eq!(judged(&all, MasterKeyMode::Create).verdict, Verdict::Ok);
        let register = judged(&all, MasterKeyMode::Register);
        assert_eq!(register.verdict, Verdict::Warning);
        assert!(register.evidence.contains("Register"), "{register}");
        let no_create = judged(&all[1..], MasterKeyMode::Create);
        assert!(no_create.evidence.contains("Create"), "{no_create}");
        let no_get = judged(&[Operation::CREATE], MasterKeyMode::Create);
        assert_eq!(no_get.verdict, Verdict::Error);
        assert_eq!(judged(&[], MasterKeyMode::Create).verdict, Verdict::Note);
    }
}
