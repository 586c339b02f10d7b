//! A store that a process has open, and that others can act on through a socket.
//!
//! May touch: `strongroom.socket` in the store's directory; a thread of its own; what [`shared`] does.

mod live;
mod options;
mod policy;
mod poll;
mod protocol;
mod report;
mod rings;
mod serve;
mod shared;
mod socket;

use std::future::pending;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::SystemTime;

use strongroom_cipher::{DekGeneration, KeyId, KeyRing};
use strongroom_config::Config;
use strongroom_keystore::Metadata;
use strongroom_secret::process_mark;
use tokio::net::UnixListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::LocalSet;

pub use live::{LiveError, LiveStore};
pub use options::{Clock, OnKeyStateEvent, RunOptions, SystemClock, Wait};
pub use policy::{Directive, KeyFinding};
pub use poll::{KeyStateEvent, PollReport};
pub use protocol::{LiveRequest, Refusal};
pub use report::{LiveKey, LiveRotation, RunningReport};
pub use rings::RingReport;

use self::poll::Poll;
use self::shared::Shared;
use self::socket::Served;
use crate::error::Error;
use crate::life_cycle::held::Held;
use crate::life_cycle::{Status, Unlocked, Warning};

/// A running store: gives out key rings that follow every rotation, and serves `strongroom.socket`, so
/// that `strongroom status`, `rotate` and `keys` act on it while it runs.
///
/// Looks at the master key's state in each `keyStatePollingSeconds`: see [`Self::directive`] and
/// [`RunOptions::on_event`].
///
/// Dropping it ends its thread and waits for that, removes the socket, and gives the lock back; a
/// rotation that is under way is cut, and the next `rotate` goes on. In a forked child it does none of
/// these: unlock the store anew there.
#[derive(Debug)]
pub struct Running {
    shared: Arc<Shared>,
    thread: Option<Thread>,
    warnings: Vec<Warning>,
    /// The process that started the thread.
    process: u64,
}

#[derive(Debug)]
struct Thread {
    handle: JoinHandle<()>,
    stop: oneshot::Sender<()>,
    socket: Option<Served>,
}

impl Running {
    /// Serves an open store in `dbpath`, on a thread of its own.
    ///
    /// Where no socket can be made the store runs without one: see [`Self::warnings`].
    ///
    /// # Errors
    ///
    /// [`Error::Thread`], when the system gives none.
    pub fn start(
        unlocked: Unlocked,
        config: Arc<Config>,
        dbpath: &Path,
        run_options: RunOptions,
    ) -> Result<Self, Error> {
        let mut warnings = unlocked.warnings;
        let RunOptions {
            options,
            clock,
            on_event,
        } = run_options;
        let shared = Arc::new(Shared {
            poll: Poll::of(&config, clock, on_event),
            config,
            dbpath: std::path::absolute(dbpath).unwrap_or_else(|_| dbpath.to_owned()),
            options,
            held: Held::new(unlocked.keystore),
            rings: rings::Rings::default(),
            since: SystemTime::now(),
            rotating: tokio::sync::Mutex::new(()),
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Error::Thread)?;
        let (socket, listener) = match listen(&runtime, &shared.dbpath) {
            Ok((socket, listener)) => (Some(socket), Some(listener)),
            Err(error) => {
                warnings.push(Warning::NoSocket {
                    error: error.to_string(),
                });
                (None, None)
            }
        };
        let (stop, stopped) = oneshot::channel();
        let of_thread = Arc::clone(&shared);
        let named = std::thread::Builder::new().name("strongroom".to_owned());
        let started = named.spawn(move || run(&runtime, of_thread, listener, stopped));
        let handle = match (started, &socket) {
            (Ok(handle), _) => handle,
            (Err(error), Some(socket)) => {
                let _ = socket.remove();
                return Err(Error::Thread(error));
            }
            (Err(error), None) => return Err(Error::Thread(error)),
        };
        Ok(Self {
            shared,
            thread: Some(Thread {
                handle,
                stop,
                socket,
            }),
            warnings,
            process: process_mark(),
        })
    }

    /// What there was to look at when the store was opened, and what its start as a running one added.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The ring of `id`, which seals in an epoch of this process; makes the data encryption key when the
    /// keystore has none. All who ask share one ring, and it follows every rotation.
    ///
    /// # Errors
    ///
    /// [`Error`], when the keystore cannot be changed, a key does not open or no epoch can begin.
    pub fn key_ring(&self, id: &KeyId) -> Result<Arc<KeyRing>, Error> {
        self.shared.key_ring(id)
    }

    /// Looks at the keystore's authenticated content. Others wait meanwhile, so `look` must not call this
    /// value.
    pub fn with_metadata<T>(&self, look: impl FnOnce(&Metadata) -> T) -> T {
        look(self.shared.held.lock().metadata())
    }

    /// Rotates the master key, or goes on with an interrupted rotation. Rings stay as they are.
    ///
    /// # Errors
    ///
    /// As [`rotate`](crate::rotate); [`Error::RotationUnderWay`].
    pub async fn rotate(&self) -> Result<LiveRotation, Error> {
        let shared_key = self.shared.options.shared_key;
        let named = self.shared.options.key_identifier.clone();
        self.shared.rotate((named, shared_key)).await
    }

    /// Makes the next generation of a data encryption key; the ring of `id` seals with it from now on.
    ///
    /// # Errors
    ///
    /// [`Error::Update`]; [`Error::RingBehind`].
    pub fn rotate_key(&self, id: &KeyId) -> Result<LiveKey, Error> {
        self.shared.rotate_key(id)
    }

    /// Ends a generation that no unit needs any more, as [`retire_key`](crate::retire_key) does; the
    /// ring of `id` opens nothing with it from now on.
    ///
    /// # Errors
    ///
    /// As [`retire_key`](crate::retire_key); [`Error::RingBehind`].
    pub fn retire_key(
        &self,
        id: &KeyId,
        generation: DekGeneration,
        not_needed: bool,
    ) -> Result<LiveKey, Error> {
        self.shared.retire_key((id, generation), not_needed)
    }

    /// What is to be done about the master key, as the last look at its state found it and the
    /// configuration says. Nothing is done here: the program follows it, or reports it.
    #[must_use]
    pub fn directive(&self) -> Directive {
        let poll = self.shared.poll.as_ref();
        poll.map_or(Directive::GoOn, Poll::directive)
    }

    /// How things stand; asks the key servers.
    ///
    /// # Errors
    ///
    /// As [`status`](crate::status).
    pub async fn status(&self) -> Result<Status, Error> {
        self.shared.status().await
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else {
            return;
        };
        if self.process != process_mark() {
            // A forked child has no such thread, and the socket is the parent's. Not even the word to
            // stop is dropped: that would wake the parent's thread through what both have open.
            std::mem::forget(thread);
            return;
        }
        // It may have ended by itself, which only a panic does.
        let _ = thread.stop.send(());
        let _ = thread.handle.join();
        if let Some(socket) = thread.socket {
            // What stays refuses connections, and the next start replaces it.
            let _ = socket.remove();
        }
    }
}

fn listen(runtime: &Runtime, dbpath: &Path) -> io::Result<(Served, UnixListener)> {
    let (socket, listener) = Served::listen(dbpath)?;
    let _entered = runtime.enter();
    let listener = listener
        .set_nonblocking(true)
        .and_then(|()| UnixListener::from_std(listener));
    match listener {
        Ok(listener) => Ok((socket, listener)),
        Err(error) => {
            let _ = socket.remove();
            Err(error)
        }
    }
}

/// What the thread does until it is told to stop.
fn run(
    runtime: &Runtime,
    shared: Arc<Shared>,
    listener: Option<UnixListener>,
    stopped: oneshot::Receiver<()>,
) {
    let tasks = LocalSet::new();
    runtime.block_on(tasks.run_until(async move {
        let of_socket = Arc::clone(&shared);
        let serving = async move {
            match listener {
                Some(listener) => serve::serve(of_socket, listener).await,
                None => pending().await,
            }
        };
        tokio::select! {
            // The sender goes with the handle, so either way it is the end.
            _ = stopped => {}
            () = serving => {}
            () = poll::poll(&shared) => {}
        }
    }));
}

#[cfg(test)]
mod tests;
