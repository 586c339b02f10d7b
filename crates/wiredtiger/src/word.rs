//! What the store's thread has to say, for the next call of the host: only such a call may print.
//!
//! May touch: memory only.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// More lines than these are not kept: the oldest go. The next look says it again.
const LINES_MAX: usize = 16;

/// Lines that wait.
#[derive(Debug, Default)]
pub(crate) struct Words {
    any: AtomicBool,
    lines: Mutex<VecDeque<String>>,
}

impl Words {
    pub(crate) fn add(&self, line: String) {
        // A panic under the lock leaves lines.
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        while lines.len() >= LINES_MAX {
            lines.pop_front();
        }
        lines.push_back(line);
        self.any.store(true, Ordering::Release);
    }

    /// Says what waits. Costs a load when nothing does.
    #[inline]
    pub(crate) fn say(&self, say: impl Fn(&str)) {
        if self.any.load(Ordering::Relaxed) {
            self.say_all(say);
        }
    }

    #[cold]
    fn say_all(&self, say: impl Fn(&str)) {
        let waiting = {
            let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            self.any.store(false, Ordering::Relaxed);
            std::mem::take(&mut *lines)
        };
        waiting.iter().for_each(|line| say(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_said_once_and_the_newest_are_kept() {
        let words = Words::default();
        let said = Mutex::new(Vec::new());
        let say = |line: &str| said.lock().unwrap().push(line.to_owned());
        words.say(say);
        (0..20).for_each(|number| words.add(number.to_string()));
        words.say(say);
        words.say(say);
        let said = said.into_inner().unwrap();
        assert_eq!(said, (4..20).map(|n| n.to_string()).collect::<Vec<_>>());
    }
}
