//! Wall time and processor time of the same run. May touch: the clocks.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};

use strongroom_benches::Work;

/// Two works of one piece of work, by the wall and by the processor of this thread. In every round
/// of a session each is asked once, so one run serves both.
pub(crate) fn both(run: impl FnMut() -> Times + 'static) -> [Work<'static>; 2] {
    let runs = Rc::new(RefCell::new(Runs {
        run: Box::new(run),
        wall: VecDeque::new(),
        processor: VecDeque::new(),
    }));
    let of = |clock| {
        let runs = Rc::clone(&runs);
        Work::timed(move |count| (0..count).map(|_| runs.borrow_mut().next(clock)).sum())
    };
    [of(Clock::Wall), of(Clock::Processor)]
}

#[derive(Clone, Copy)]
enum Clock {
    Wall,
    Processor,
}

/// What one run took.
pub(crate) struct Times {
    wall: Duration,
    processor: Duration,
}

struct Runs {
    run: Box<dyn FnMut() -> Times>,
    /// Of runs that only the other clock has told yet.
    wall: VecDeque<Duration>,
    processor: VecDeque<Duration>,
}

impl Runs {
    fn next(&mut self, clock: Clock) -> Duration {
        let told = match clock {
            Clock::Wall => self.wall.pop_front(),
            Clock::Processor => self.processor.pop_front(),
        };
        told.unwrap_or_else(|| {
            let Times { wall, processor } = (self.run)();
            match clock {
                Clock::Wall => {
                    self.processor.push_back(processor);
                    wall
                }
                Clock::Processor => {
                    self.wall.push_back(wall);
                    processor
                }
            }
        })
    }
}

/// Times `work`, which runs on this thread alone.
pub(crate) fn time(work: impl FnOnce()) -> Times {
    let (begun, used) = (Instant::now(), used());
    work();
    Times {
        wall: begun.elapsed(),
        processor: self::used().saturating_sub(used),
    }
}

/// Processor time of this thread, the system's share included.
fn used() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(now).unwrap_or_default()
}
