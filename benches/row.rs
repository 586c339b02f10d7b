//! One line of the results' table: what is done, against what, and what was hoped for. No I/O.

use serde_json::{Value, json};

use crate::timing::Times;

/// What is measured, in the words of the results' table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The crate's short name, such as `ttlv`.
    pub group: &'static str,
    /// What is done, such as `decode`.
    pub work: &'static str,
    /// With what, such as `get`; empty when the number of octets says it.
    pub message: &'static str,
    /// Octets that one run handles.
    pub bytes: usize,
    /// The yardstick, such as `walk`.
    pub against: &'static str,
    /// What the ratio should be.
    pub goal: Goal,
    /// What was counted, if anything was.
    pub allocations: Option<Allocations>,
}

/// What a ratio means and should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// Times as long as the yardstick; no target.
    Time,
    /// At most so many times as long as the yardstick.
    TimeAtMost(f64),
    /// At least so many times as long as the yardstick: for a peer, with our work as yardstick.
    TimeAtLeast(f64),
    /// At least this share of the yardstick's speed.
    SpeedAtLeast(f64),
}

/// Allocations of one run, counted outside the timed loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocations {
    /// How many there were.
    pub count: usize,
    /// How many there may be; nothing for a peer.
    pub at_most: Option<usize>,
}

/// What makes a yardstick worth its name: it must take at most so many times as long as a copy
/// of the same octets, in the rounds of its row.
pub(crate) struct Floor {
    pub(crate) at_most: f64,
    pub(crate) times: Times,
}

impl Row {
    /// Which row this is, for results and for the list of what is to come.
    pub(crate) fn identity(&self) -> Value {
        let Self {
            group,
            work,
            message,
            bytes,
            against,
            ..
        } = self;
        json!({ "group": group, "work": work, "message": message, "bytes": bytes, "threads": 1,
            "against": against })
    }

    /// Criterion's name for it, without the group.
    pub(crate) fn name(&self) -> String {
        let what = match self.message {
            "" => self.bytes.to_string(),
            message => message.to_owned(),
        };
        format!("{} {what}", self.work)
    }

    /// The row with what was measured; nothing when nothing was run.
    pub(crate) fn result(
        &self,
        ours: &Times,
        theirs: &Times,
        floor: Option<&Floor>,
    ) -> Option<Value> {
        let (ratio, best) = (ours.median_ratio(theirs)?, ours.best()? / theirs.best()?);
        let (ratio, best) = match self.goal {
            Goal::SpeedAtLeast(_) => (ratio.recip(), best.recip()),
            _ => (ratio, best),
        };
        let floor_ratio = floor.and_then(|floor| theirs.median_ratio(&floor.times));
        let is_void = floor
            .zip(floor_ratio)
            .is_some_and(|(floor, ratio)| ratio > floor.at_most);
        let mut result = self.identity();
        let measured = json!({
            "sense": self.goal.sense(), "ratio": rounded(ratio), "best": rounded(best),
            "ns": rounded(ours.median()?), "againstNs": rounded(theirs.median()?),
            "rounds": ours.len(), "target": self.goal.target(),
            "verdict": self.verdict(ratio, is_void),
            "floor": floor_ratio.map(rounded), "floorAtMost": floor.map(|floor| floor.at_most),
            "allocations": self.allocations.map(|counted| counted.count),
            "allocationsAtMost": self.allocations.and_then(|counted| counted.at_most),
        });
        if let (Value::Object(result), Value::Object(measured)) = (&mut result, measured) {
            result.extend(measured);
        }
        Some(result)
    }

    /// A ratio to a yardstick that is no good says nothing, whatever it is.
    fn verdict(&self, ratio: f64, is_void: bool) -> &'static str {
        let too_many = self.allocations.is_some_and(|counted| {
            counted
                .at_most
                .is_some_and(|at_most| counted.count > at_most)
        });
        match (is_void, self.goal.is_met(ratio)) {
            (true, _) => "void",
            (false, Some(false)) => "missed",
            (false, _) if too_many => "missed",
            (false, Some(true)) => "pass",
            (false, None) => "-",
        }
    }
}

impl Goal {
    /// What the ratio is one of.
    fn sense(self) -> &'static str {
        match self {
            Self::SpeedAtLeast(_) => "speed",
            _ => "time",
        }
    }

    fn target(self) -> Option<String> {
        match self {
            Self::Time => None,
            Self::TimeAtMost(bound) => Some(format!("<= {bound}")),
            Self::TimeAtLeast(bound) | Self::SpeedAtLeast(bound) => Some(format!(">= {bound}")),
        }
    }

    fn is_met(self, ratio: f64) -> Option<bool> {
        match self {
            Self::Time => None,
            Self::TimeAtMost(bound) => Some(ratio <= bound),
            Self::TimeAtLeast(bound) | Self::SpeedAtLeast(bound) => Some(ratio >= bound),
        }
    }
}

/// Three decimals are more than a run can tell.
fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn row(goal: Goal) -> Row {
        Row {
            group: "ttlv",
            work: "decode",
            message: "get",
            bytes: 312,
            against: "walk",
            goal,
            allocations: None,
        }
    }

    fn times(nanoseconds: u64) -> Times {
        let mut times = Times::default();
        times.push(Duration::from_nanos(nanoseconds), 1);
        times
    }

    fn verdict(row: &Row, floor: Option<&Floor>) -> (Value, Value) {
        let result = row.result(&times(130), &times(100), floor).unwrap();
        (result["ratio"].clone(), result["verdict"].clone())
    }

    #[test]
    fn a_ratio_is_judged_in_the_sense_of_its_goal() {
        let judged = |goal| verdict(&row(goal), None);
        assert_eq!(judged(Goal::TimeAtMost(1.3)), (json!(1.3), json!("pass")));
        assert_eq!(judged(Goal::TimeAtMost(1.2)), (json!(1.3), json!("missed")));
        assert_eq!(
            judged(Goal::TimeAtLeast(2.0)),
            (json!(1.3), json!("missed"))
        );
        assert_eq!(judged(Goal::TimeAtLeast(1.1)), (json!(1.3), json!("pass")));
        assert_eq!(
            judged(Goal::SpeedAtLeast(0.7)),
            (json!(0.769), json!("pass"))
        );
        assert_eq!(
            judged(Goal::SpeedAtLeast(0.8)),
            (json!(0.769), json!("missed"))
        );
        assert_eq!(judged(Goal::Time), (json!(1.3), json!("-")));
    }

    #[test]
    fn a_yardstick_too_far_from_a_copy_makes_the_row_void() {
        let floor = |at_most| Floor {
            at_most,
            times: times(20),
        };
        let judged = |at_most| verdict(&row(Goal::TimeAtMost(1.3)), Some(&floor(at_most))).1;
        assert_eq!(judged(5.0), "pass");
        assert_eq!(judged(4.9), "void");
    }

    #[test]
    fn an_allocation_too_many_misses_the_target() {
        let mut row = row(Goal::TimeAtMost(1.3));
        let mut judged = |count, at_most| {
            row.allocations = Some(Allocations { count, at_most });
            verdict(&row, None).1
        };
        assert_eq!(judged(1, Some(1)), "pass");
        assert_eq!(judged(2, Some(1)), "missed");
        assert_eq!(judged(182, None), "pass");
    }

    #[test]
    fn a_row_that_was_not_run_has_no_result() {
        let nothing = Times::default();
        assert!(row(Goal::Time).result(&nothing, &nothing, None).is_none());
    }
}
