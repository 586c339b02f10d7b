//! A pool of sessions for threads that ask side by side.
//!
//! May touch: the network, through the client.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::client::Client;
use super::session::Session;
use crate::error::ClientError;
use crate::pool::busy;
use crate::shelf::{PoolOptions, Shelf};

/// A bounded pool of sessions; see [`Pool`](crate::Pool).
#[derive(Clone, Debug)]
pub struct Pool(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    client: Client,
    options: PoolOptions,
    state: Mutex<State>,
    /// A session came back, or its place.
    back: Condvar,
    since: Instant,
}

#[derive(Debug)]
struct State {
    shelf: Shelf<Session>,
    in_use: usize,
}

impl Pool {
    /// A pool without sessions yet.
    #[must_use]
    pub fn new(client: Client, options: PoolOptions) -> Self {
        Self(Arc::new(Parts {
            client,
            options,
            state: Mutex::new(State {
                shelf: Shelf::new(options),
                in_use: 0,
            }),
            back: Condvar::new(),
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
        self.0.state().shelf.len()
    }

    /// A session that stands, from the pool or new.
    ///
    /// # Errors
    ///
    /// As [`Pool::get`](crate::Pool::get).
    pub fn get(&self) -> Result<Pooled, ClientError> {
        let place = Parts::place(&self.0)?;
        while let Some((mut session, made)) = self.0.take() {
            if session.is_alive() {
                return Ok(lend(session, made, place));
            }
        }
        let session = self.0.client.connect()?;
        Ok(lend(session, self.0.now(), place))
    }
}

impl Parts {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(parts: &Arc<Self>) -> Result<Place, ClientError> {
        let size = parts.options.size.max(1);
        let full = |state: &mut State| state.in_use >= size;
        let waited = parts
            .back
            .wait_timeout_while(parts.state(), parts.options.wait, full);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if state.in_use >= size {
            return Err(busy(parts.options));
        }
        state.in_use = state.in_use.saturating_add(1);
        Ok(Place(Arc::clone(parts)))
    }

    fn take(&self) -> Option<(Session, Duration)> {
        let now = self.now();
        self.state().shelf.take(now)
    }

    fn now(&self) -> Duration {
        self.since.elapsed()
    }
}

/// The right to one session.
#[derive(Debug)]
struct Place(Arc<Parts>);

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.in_use = state.in_use.saturating_sub(1);
        self.0.back.notify_one();
    }
}

fn lend(session: Session, made: Duration, place: Place) -> Pooled {
    Pooled {
        session,
        made,
        place,
    }
}

/// A session of a pool; goes back when it is dropped, if it may be used again.
#[derive(Debug)]
pub struct Pooled {
    session: Session,
    made: Duration,
    // After the session: its place is free when it is back, not before.
    place: Place,
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
            let pool = &self.place.0;
            let now = pool.now();
            pool.state().shelf.put(session, self.made, now);
        }
    }
}
