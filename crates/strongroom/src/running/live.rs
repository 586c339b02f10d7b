//! The other end of the socket: what a command does with a live store.
//!
//! May touch: the socket.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::protocol::{self, LiveRequest, Outcome, Refusal};
use super::socket::{SOCKET_FILE, connect, foreign_user, owner};
use crate::class::Class;

/// Longer than any answer but a rotation's takes. A forked child of a host that was killed keeps its
/// socket open and never answers.
const ANSWER_WITHIN: Duration = Duration::from_secs(180);

/// A connection to the process that serves a store: for one request. Blocking; a rotation takes as
/// long as the key servers do, everything else at most three minutes.
#[derive(Debug)]
pub struct LiveStore {
    stream: UnixStream,
    path: PathBuf,
}

/// A live store was not asked, or did not do it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LiveError {
    /// The socket does not work.
    #[error("{}: {source}", path.display())]
    Io {
        /// The socket.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// Another user's process.
    #[error("the store is served by a process of user {user}, which answers that user alone")]
    OtherUser {
        /// The number of that user.
        user: u32,
    },
    /// The process ended, is silent, or answered what is no answer.
    #[error(
        "the process that serves the store gave no answer: it ended, hangs, or is of another release"
    )]
    NoAnswer,
    /// The process did not do it.
    #[error("{}", .0.message)]
    Refused(Refusal),
}

impl LiveError {
    /// Its class, for the exit code.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::Io { .. } => Class::Storage,
            Self::OtherUser { .. } => Class::Locked,
            Self::NoAnswer => Class::CheckFailed,
            Self::Refused(refusal) => refusal.class(),
        }
    }

    /// The way out, for the operator.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Io { .. } => "Stop the process that serves the store, then run the command again.".to_owned(),
            Self::OtherUser { user } => format!("Run the command as user {user}, for example with `sudo -u '#{user}'`."),
            Self::NoAnswer => "Look at `strongroom status`: whatever was begun goes on from there when the command is run again.".to_owned(),
            Self::Refused(refusal) => refusal.help.clone(),
        }
    }
}

impl LiveStore {
    /// Connects to the process that serves the store in `dbpath`; `None` when none does.
    ///
    /// # Errors
    ///
    /// [`LiveError::Io`], [`LiveError::OtherUser`].
    pub fn find(dbpath: &Path) -> Result<Option<Self>, LiveError> {
        let path = dbpath.join(SOCKET_FILE);
        let refused = |source| LiveError::Io {
            path: path.clone(),
            source,
        };
        let stream = match connect(dbpath) {
            Ok(None) => return Ok(None),
            Ok(Some(stream)) => stream,
            // Its mode lets its owner in alone.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                let user = owner(dbpath).map_err(refused)?;
                return Err(LiveError::OtherUser { user });
            }
            Err(error) => return Err(refused(error)),
        };
        match foreign_user(&stream).map_err(refused)? {
            Some(user) => Err(LiveError::OtherUser { user }),
            None => Ok(Some(Self { stream, path })),
        }
    }

    /// Asks, and waits for the answer: of the type that `docs/formats/socket.md`, 3 has for `request`.
    ///
    /// # Errors
    ///
    /// [`LiveError`].
    pub fn ask<T: DeserializeOwned>(mut self, request: &LiveRequest) -> Result<T, LiveError> {
        let octets = self.exchange(request).map_err(|source| LiveError::Io {
            path: self.path.clone(),
            source,
        })?;
        match protocol::parse_answer(&octets) {
            Some(Outcome::Done(value)) => {
                serde_json::from_value(value).map_err(|_| LiveError::NoAnswer)
            }
            Some(Outcome::Failed(refusal)) => Err(LiveError::Refused(refusal)),
            None => Err(LiveError::NoAnswer),
        }
    }

    fn exchange(&mut self, request: &LiveRequest) -> io::Result<Vec<u8>> {
        let line = protocol::request_line(request).map_err(io::Error::other)?;
        if !matches!(request, LiveRequest::Rotate { .. }) {
            self.stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        }
        self.stream.write_all(&line)?;
        let mut octets = Vec::new();
        let answer = (&mut self.stream).take(protocol::ANSWER_LEN_MAX);
        let mut answer = io::BufReader::new(answer);
        match answer.read_to_end(&mut octets) {
            // Ended in the middle, or silent: what came is no answer.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionReset | io::ErrorKind::WouldBlock
                ) =>
            {
                Ok(Vec::new())
            }
            Err(error) => Err(error),
            Ok(_) => Ok(octets),
        }
    }
}
