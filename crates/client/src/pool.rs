//! A pool of sessions for tasks that ask side by side.
//!
//! May touch: the network, through the client.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use crate::client::Client;
use crate::error::{Cause, ClientError, ErrorKind, Outcome};
use crate::session::Session;
use crate::shelf::{PoolOptions, Shelf};

/// A bounded pool of sessions. Cheap to clone; connects when a session is asked for.
///
/// A session comes back when its [`Pooled`] is dropped. One that was cut, that has been idle for too
/// long, or whose server spoke or hung up in the meantime, is dropped instead; then
/// [`Client::connect`] makes another, at the first server that answers. The pool sends nothing, so it
/// sends nothing twice.
#[derive(Clone, Debug)]
pub struct Pool(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    client: Client,
    options: PoolOptions,
    places: Arc<Semaphore>,
    shelf: Mutex<Shelf<Session>>,
    since: Instant,
}

impl Pool {
    /// A pool without sessions yet.
    #[must_use]
    pub fn new(client: Client, options: PoolOptions) -> Self {
        let size = options.size.clamp(1, Semaphore::MAX_PERMITS);
        Self(Arc::new(Parts {
            client,
            options,
            places: Arc::new(Semaphore::new(size)),
            shelf: Mutex::new(Shelf::new(options)),
            since: Instant::now(),
        }))
    }

    /// The client that makes the sessions.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.0.client
    }

    /// Sessions that nobody uses now.
    #[must_use]
    pub fn idle(&self) -> usize {
        self.0.shelf().len()
    }

    /// A session that stands, from the pool or new.
    ///
    /// # Errors
    ///
    /// [`Timeout`](ErrorKind::Timeout) with [`Cause::PoolBusy`] when all sessions stay in use;
    /// otherwise as [`Client::connect`]. Nothing was sent in either case.
    pub async fn get(&self) -> Result<Pooled, ClientError> {
        let place = self.0.place().await?;
        while let Some((mut session, made)) = self.0.take() {
            if session.is_alive() {
                return Ok(self.lend(session, made, place));
            }
        }
        let session = self.0.client.connect().await?;
        Ok(self.lend(session, self.0.now(), place))
    }

    fn lend(&self, session: Session, made: Duration, place: OwnedSemaphorePermit) -> Pooled {
        Pooled {
            session,
            made,
            pool: Arc::clone(&self.0),
            _place: place,
        }
    }
}

impl Parts {
    async fn place(&self) -> Result<OwnedSemaphorePermit, ClientError> {
        let limit = self.options.wait;
        match timeout(limit, Arc::clone(&self.places).acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(busy(self.options)),
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf<Session>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<(Session, Duration)> {
        self.shelf().take(self.now())
    }

    fn now(&self) -> Duration {
        self.since.elapsed()
    }
}

pub(crate) fn busy(options: PoolOptions) -> ClientError {
    let cause = Cause::PoolBusy {
        size: options.size,
        limit: options.wait,
    };
    ClientError::new(ErrorKind::Timeout, Outcome::NotSent, cause)
}

/// A session of a pool; goes back when it is dropped, if it may be used again.
#[derive(Debug)]
pub struct Pooled {
    session: Session,
    made: Duration,
    pool: Arc<Parts>,
    // After the session: its place is free when it is back, not before.
    _place: OwnedSemaphorePermit,
}

impl Deref for Pooled {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.session
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        if self.session.usable() {
            let session = self.session.withdraw();
            self.pool.shelf().put(session, self.made, self.pool.now());
        }
    }
}
