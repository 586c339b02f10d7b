//! A second server that lags behind the first: what reaches it, and when.
//!
//! May touch: objects in memory; the clock of tokio in [`Replica::lag`] alone.
//!
//! ```text
//! first server: change --durable--> its table --tell--> waiting changes --catch_up--> second's table
//! second server: reads its own table; makes a change at the first, as standby nodes do
//! ```

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::vault::{Change, Table};

/// Decides when changes reach a second server (see [`crate::Server::bind_replica`]).
///
/// At first each change is there at once. [`Self::hold`] lets them wait, [`Self::catch_up`] lets
/// some of them through in their order, [`Self::follow`] all of them and those to come. A clone
/// steers the same server.
#[derive(Clone, Debug, Default)]
pub struct Replica(Arc<Follower>);

/// The second server's table and the changes that are on their way to it.
#[derive(Debug, Default)]
pub(crate) struct Follower {
    table: Arc<RwLock<Table>>,
    road: Mutex<Road>,
    arrived: Notify,
}

#[derive(Debug, Default)]
struct Road {
    held: bool,
    waiting: VecDeque<(Instant, Change)>,
}

impl Follower {
    pub(crate) fn new(table: Arc<RwLock<Table>>) -> Self {
        Self {
            table,
            road: Mutex::default(),
            arrived: Notify::new(),
        }
    }

    /// Tells of a change that is durable. Called in the order of changes.
    pub(crate) fn tell(&self, change: &Change) {
        let mut road = self.road();
        if road.held {
            road.waiting.push_back((Instant::now(), change.clone()));
            self.arrived.notify_one();
        } else {
            self.publish(change);
        }
    }

    fn publish(&self, change: &Change) {
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        table.publish(change);
    }

    fn road(&self) -> MutexGuard<'_, Road> {
        self.road.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Replica {
    pub(crate) fn new(follower: &Arc<Follower>) -> Self {
        Self(Arc::clone(follower))
    }

    /// From now on changes wait.
    pub fn hold(&self) {
        self.0.road().held = true;
    }

    /// Lets up to `changes` waiting changes through, oldest first; gives how many there were.
    #[expect(
        clippy::must_use_candidate,
        reason = "a test that let all changes through need not count them"
    )]
    pub fn catch_up(&self, changes: usize) -> usize {
        let mut road = self.0.road();
        let count = changes.min(road.waiting.len());
        for (_, change) in road.waiting.drain(..count) {
            self.0.publish(&change);
        }
        count
    }

    /// Lets all waiting changes through, and each later one at once.
    pub fn follow(&self) {
        let mut road = self.0.road();
        for (_, change) in road.waiting.drain(..) {
            self.0.publish(&change);
        }
        road.held = false;
    }

    /// Changes that wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.road().waiting.len()
    }

    /// Holds, and lets each change through when it is `lag` old. Never ends; dropping the future
    /// leaves what waits waiting.
    pub async fn lag(&self, lag: Duration) {
        self.hold();
        loop {
            let next = self.0.road().waiting.front().map(|(since, _)| *since);
            match next.map(|since| since.checked_add(lag)) {
                None => self.0.arrived.notified().await,
                // So far ahead that no clock gets there.
                Some(None) => std::future::pending().await,
                Some(Some(due)) => {
                    tokio::time::sleep_until(due).await;
                    self.catch_up(1);
                }
            }
        }
    }
}
