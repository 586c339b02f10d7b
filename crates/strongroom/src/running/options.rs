//! How a store is served while it runs. Touches nothing but the clock.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::poll::KeyStateEvent;
use crate::life_cycle::Options;

/// A time that has come when it is awaited.
pub type Wait<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// The clock that polling goes by.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The time now.
    fn now(&self) -> SystemTime;
    /// Comes when `period` has passed.
    fn after(&self, period: Duration) -> Wait<'_>;
}

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn after(&self, period: Duration) -> Wait<'_> {
        Box::pin(tokio::time::sleep(period))
    }
}

/// What is called with every look at the master key that is worth a word. On a thread of ours: it
/// must neither wait nor drop the [`Running`](super::Running).
pub type OnKeyStateEvent = Arc<dyn Fn(&KeyStateEvent) + Send + Sync>;

/// How a store is served.
#[derive(Clone)]
#[non_exhaustive]
pub struct RunOptions {
    /// Those of the start, for rotations.
    pub options: Options,
    /// The clock that polling goes by.
    pub clock: Arc<dyn Clock>,
    /// Who hears of trouble with the master key, and of its end.
    pub on_event: Option<OnKeyStateEvent>,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            options: Options::default(),
            clock: Arc::new(SystemClock),
            on_event: None,
        }
    }
}

impl RunOptions {
    /// With the options that the store was started with.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }

    /// Another clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Who hears of trouble with the master key, and of its end.
    #[must_use]
    pub fn on_event(mut self, hear: OnKeyStateEvent) -> Self {
        self.on_event = Some(hear);
        self
    }
}

impl fmt::Debug for RunOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunOptions")
            .field("options", &self.options)
            .field("clock", &self.clock)
            .field("is_heard", &self.on_event.is_some())
            .finish()
    }
}
