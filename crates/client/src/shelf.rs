//! Idle sessions of a pool, and how long each may wait there.
//!
//! May touch: memory. Times are told since the pool was made, by whoever calls.

use std::time::Duration;

/// How a pool behaves; [`Default`] suits most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolOptions {
    /// Sessions at most, in use and idle together. Default 8.
    pub size: usize,
    /// How long a caller waits for a session while all are in use. Default 10 s.
    pub wait: Duration,
    /// A session that was idle longer is not used again: servers and firewalls close idle
    /// connections, some without a word. Default 30 s.
    pub idle_timeout: Duration,
    /// A session that is older is not used again, so that renewed certificates and another
    /// server's return count. Default 10 min.
    pub age: Duration,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            size: 8,
            wait: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(30),
            age: Duration::from_secs(600),
        }
    }
}

impl PoolOptions {
    /// Replaces [`Self::size`]; a pool holds one session at least.
    #[must_use]
    pub fn size(mut self, size: usize) -> Self {
        self.size = size.max(1);
        self
    }

    /// Replaces [`Self::wait`].
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Replaces [`Self::idle_timeout`].
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Replaces [`Self::age`].
    #[must_use]
    pub fn age(mut self, age: Duration) -> Self {
        self.age = age;
        self
    }
}

/// Sessions that nobody uses; the one that came back last is given out first.
#[derive(Debug)]
pub(crate) struct Shelf<S> {
    options: PoolOptions,
    idle: Vec<Idle<S>>,
}

#[derive(Debug)]
struct Idle<S> {
    session: S,
    made: Duration,
    put: Duration,
}

impl<S> Shelf<S> {
    pub(crate) fn new(options: PoolOptions) -> Self {
        Self {
            options,
            idle: Vec::new(),
        }
    }

    /// A session and when it was made; those whose time is over are dropped.
    pub(crate) fn take(&mut self, now: Duration) -> Option<(S, Duration)> {
        let options = self.options;
        self.idle.retain(|idle| {
            now.saturating_sub(idle.put) <= options.idle_timeout
                && now.saturating_sub(idle.made) <= options.age
        });
        let idle = self.idle.pop()?;
        Some((idle.session, idle.made))
    }

    pub(crate) fn put(&mut self, session: S, made: Duration, now: Duration) {
        self.idle.push(Idle {
            session,
            made,
            put: now,
        });
    }

    pub(crate) fn len(&self) -> usize {
        self.idle.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: fn(u64) -> Duration = Duration::from_secs;

    fn shelf() -> Shelf<&'static str> {
        let options = PoolOptions::default()
            .idle_timeout(SECOND(30))
            .age(SECOND(100));
        Shelf::new(options)
    }

    #[test]
    fn the_last_one_back_goes_out_first() {
        let mut shelf = shelf();
        shelf.put("a", SECOND(0), SECOND(1));
        shelf.put("b", SECOND(0), SECOND(2));
        assert_eq!(shelf.take(SECOND(3)), Some(("b", SECOND(0))));
        assert_eq!(shelf.take(SECOND(3)), Some(("a", SECOND(0))));
        assert_eq!(shelf.take(SECOND(3)), None);
    }

    #[test]
    fn idle_and_old_sessions_are_dropped() {
        let mut shelf = shelf();
        shelf.put("idle", SECOND(0), SECOND(1));
        shelf.put("fresh", SECOND(0), SECOND(20));
        assert_eq!(shelf.take(SECOND(32)), Some(("fresh", SECOND(0))));
        assert_eq!(shelf.len(), 0);
        shelf.put("old", SECOND(0), SECOND(99));
        assert_eq!(shelf.take(SECOND(101)), None);
    }
}
