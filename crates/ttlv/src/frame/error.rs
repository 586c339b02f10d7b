//! Why messages cannot be read from, or written to, a stream: what the adapters report.

use std::io;

use super::FrameError;

/// Why a message could not be read from a stream, or must not be written to it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// The octets are no sequence of messages. The stream is lost: nothing marks where the next
    /// message begins.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The stream itself failed, or had nothing yet: [`io::ErrorKind::WouldBlock`],
    /// [`io::ErrorKind::TimedOut`]. What was read before is kept.
    #[error("the stream failed")]
    Io(#[from] io::Error),
    /// What was to be written is not one whole message: the other side would lose its place.
    #[error("cannot send {len} octets as one message: the header calls for {expected}")]
    NotOneMessage {
        /// Octets that were to be written.
        len: usize,
        /// Octets of the message by its header; of less than a header, those of a header.
        expected: usize,
    },
}
