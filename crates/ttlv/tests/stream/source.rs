//! A stream that gives its octets in pieces, and does whatever else a stream may do.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, ReadBuf};

/// What one read brings.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// At most this many octets, at least one if there are any.
    Octets(usize),
    /// An error, and no octet.
    Fails(io::ErrorKind),
}

/// A stream of `octets` that follows `steps`, over and over, and ends behind the last octet.
pub(crate) struct Source {
    octets: VecDeque<u8>,
    steps: Vec<Step>,
    reads: usize,
}

impl Source {
    pub(crate) fn new(octets: &[u8], steps: &[Step]) -> Self {
        Self {
            octets: octets.iter().copied().collect(),
            steps: steps.to_vec(),
            reads: 0,
        }
    }

    /// In pieces of these lengths.
    pub(crate) fn pieces(octets: &[u8], lens: &[usize]) -> Self {
        let steps: Vec<_> = lens.iter().copied().map(Step::Octets).collect();
        Self::new(octets, &steps)
    }

    /// How often it was asked.
    pub(crate) fn reads(&self) -> usize {
        self.reads
    }

    /// Octets that nobody has read.
    pub(crate) fn left(&self) -> usize {
        self.octets.len()
    }
}

impl Read for Source {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let step = self.steps[self.reads % self.steps.len()];
        self.reads += 1;
        match step {
            Step::Octets(len) => {
                let len = len.max(1).min(out.len());
                self.octets.read(&mut out[..len])
            }
            Step::Fails(kind) => Err(kind.into()),
        }
    }
}

impl AsyncRead for Source {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut octets = vec![0; out.remaining()];
        match self.get_mut().read(&mut octets) {
            Ok(count) => {
                out.put_slice(&octets[..count]);
                Poll::Ready(Ok(()))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

/// Polls until it is ready; what it waits for is [`Source`], which needs no waking.
pub(crate) fn ready<T>(mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> T {
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = poll(&mut cx) {
            return value;
        }
    }
}
