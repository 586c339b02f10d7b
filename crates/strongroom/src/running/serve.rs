//! Answers at the socket. May touch: the socket; the store, through [`Shared`].

use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use strongroom_cipher::{DekGeneration, KeyId};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::protocol::{self, LiveRequest, Outcome, Refusal};
use super::shared::Shared;
use super::socket::foreign_user;
use crate::backups;
use crate::class::Class;

const CONNECTIONS_MAX: usize = 8;
const REQUEST_WITHIN: Duration = Duration::from_secs(10);
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// After a connection that the system could not give us.
const ACCEPT_AGAIN: Duration = Duration::from_secs(1);

/// Serves until it is dropped. To be run in a `LocalSet`.
pub(super) async fn serve(shared: Arc<Shared>, listener: UnixListener) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    // Never closed, so there is no other end.
    while let Ok(place) = Arc::clone(&room).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let shared = Arc::clone(&shared);
                tokio::task::spawn_local(async move {
                    // A client that went away has no use for the error.
                    let _ = converse(&shared, stream).await;
                    drop(place);
                });
            }
            Err(_) => tokio::time::sleep(ACCEPT_AGAIN).await,
        }
    }
}

/// One request, one answer.
async fn converse(shared: &Shared, mut stream: UnixStream) -> io::Result<()> {
    if foreign_user(&stream)?.is_some() {
        return Ok(());
    }
    let (read, mut write) = stream.split();
    let outcome = match timeout(REQUEST_WITHIN, line(read)).await {
        Ok(octets) => match protocol::parse_request(&octets?) {
            Ok(request) => act(shared, request).await,
            Err(refusal) => Err(refusal),
        },
        Err(_) => Err(Refusal::new(
            Class::Configuration,
            "no request came within 10 seconds",
        )),
    };
    let outcome = outcome.map_or_else(Outcome::Failed, Outcome::Done);
    let answer = protocol::answer_line(outcome).map_err(io::Error::other)?;
    timeout(ANSWER_WITHIN, write.write_all(&answer)).await?
}

/// The first line, without its end; one that is too long is cut, and no JSON then.
async fn line(read: impl tokio::io::AsyncRead + Unpin) -> io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    let mut read = BufReader::new(read.take(protocol::REQUEST_LEN_MAX));
    read.read_until(b'\n', &mut octets).await?;
    Ok(octets)
}

/// Does what was asked.
async fn act(shared: &Shared, request: LiveRequest) -> Result<Value, Refusal> {
    match request {
        LiveRequest::Status {} => done(shared.status().await?),
        LiveRequest::Rotate {
            key_identifier,
            shared_key,
        } => done(shared.rotate((key_identifier, shared_key)).await?),
        LiveRequest::KeysList {} => done(crate::life_cycle::keys(shared.held.lock().metadata())),
        LiveRequest::KeysAdd { id } => done(shared.add_key(&key_id(&id)?)?),
        LiveRequest::KeysRotate { id } => done(shared.rotate_key(&key_id(&id)?)?),
        LiveRequest::KeysRetire {
            id,
            generation,
            not_needed,
        } => {
            let (id, generation) = (key_id(&id)?, DekGeneration::new(generation));
            done(shared.retire_key((&id, generation), not_needed)?)
        }
        LiveRequest::KeysShred { id } => done(shared.shred_key(&key_id(&id)?)?),
        LiveRequest::BackupsList {} => done(backups::reports(shared.held.lock().metadata())),
        LiveRequest::BackupsAdd { label } => {
            done(backups::add_backup(&mut shared.held.lock(), label)?)
        }
        LiveRequest::BackupsForget { id } => {
            done(backups::forget_backup(&mut shared.held.lock(), &id)?)
        }
    }
}

fn key_id(text: &str) -> Result<KeyId, Refusal> {
    let named = KeyId::new(text);
    named.map_err(|error| Refusal::new(Class::Configuration, format!("key id {text:?}: {error}")))
}

fn done(result: impl Serialize) -> Result<Value, Refusal> {
    let refused = |error| Refusal::new(Class::CheckFailed, format!("the answer: {error}"));
    serde_json::to_value(result).map_err(refused)
}
