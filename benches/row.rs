//! One line of the results' table: what is done, against what, and what was hoped for. No I/O.

use serde_json::{Value, json};

use crate::scaling::Growth;
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
    /// So many times the yardstick's speed; no target.
    Speed,
    /// At least this share of the yardstick's speed.
    SpeedAtLeast(f64),
    /// Less than this share of the yardstick's speed: for what must be found too slow.
    SpeedBelow(f64),
}

/// Allocations of one run, counted outside the timed loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocations {
    /// How many there were.
    pub count: usize,
    /// How many there may be; nothing for a peer.
    pub at_most: Option<usize>,
}

/// A yardstick of two threads that grows less than this had no second core to itself.
const GROWTH_MIN: f64 = 1.7;

/// What makes a yardstick worth its name: it must take at most so many times as long as a copy
/// of the same octets, in the rounds of its row.
pub(crate) struct Floor<'t> {
    pub(crate) at_most: f64,
    pub(crate) times: &'t Times,
}

impl Row {
    /// Work on so many octets, of which no allocations are counted.
    #[must_use]
    pub const fn on_octets(
        [group, work, against]: [&'static str; 3],
        bytes: usize,
        goal: Goal,
    ) -> Self {
        Self {
            group,
            work,
            message: "",
            bytes,
            against,
            goal,
            allocations: None,
        }
    }

    /// Which row this is, for results and for the list of what is to come.
    pub(crate) fn identity(&self, threads: u32) -> Value {
        let Self {
            group,
            work,
            message,
            bytes,
            against,
            ..
        } = self;
        json!({ "group": group, "work": work, "message": message, "bytes": bytes, "threads": threads,
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
        floor: Option<&Floor<'_>>,
    ) -> Option<Value> {
        let (ratio, best) = (ours.median_ratio(theirs)?, ours.best()? / theirs.best()?);
        let (ratio, best) = match self.goal.is_of_speed() {
            true => (ratio.recip(), best.recip()),
            false => (ratio, best),
        };
        let floor_ratio = floor.and_then(|floor| theirs.median_ratio(floor.times));
        let is_void = floor
            .zip(floor_ratio)
            .is_some_and(|(floor, ratio)| ratio > floor.at_most);
        let mut result = self.identity(1);
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

    /// The row of two threads: how both grew against one thread, and our growth by theirs. What is
    /// told of times is of the best rounds.
    pub(crate) fn result_of_two(&self, ours: &Growth, theirs: &Growth) -> Option<Value> {
        let (growth, their_growth) = (ours.growth()?, theirs.growth()?);
        let ratio = growth / their_growth;
        let mut result = self.identity(2);
        let measured = json!({
            "sense": "growth", "ratio": rounded(ratio), "best": rounded(ratio),
            "growth": rounded(growth), "againstGrowth": rounded(their_growth),
            "ns": rounded(ours.two.best()?), "againstNs": rounded(theirs.two.best()?),
            "rounds": ours.two.len(), "target": self.goal.target(),
            "verdict": self.verdict(ratio, their_growth < GROWTH_MIN),
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
        match self.is_of_speed() {
            true => "speed",
            false => "time",
        }
    }

    fn is_of_speed(self) -> bool {
        matches!(
            self,
            Self::Speed | Self::SpeedAtLeast(_) | Self::SpeedBelow(_)
        )
    }

    fn target(self) -> Option<String> {
        match self {
            Self::Time | Self::Speed => None,
            Self::TimeAtMost(bound) => Some(format!("<= {bound}")),
            Self::SpeedBelow(bound) => Some(format!("< {bound}")),
            Self::TimeAtLeast(bound) | Self::SpeedAtLeast(bound) => Some(format!(">= {bound}")),
        }
    }

    fn is_met(self, ratio: f64) -> Option<bool> {
        match self {
            Self::Time | Self::Speed => None,
            Self::TimeAtMost(bound) => Some(ratio <= bound),
            Self::SpeedBelow(bound) => Some(ratio < bound),
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

    fn verdict(row: &Row, floor: Option<&Floor<'_>>) -> (Value, Value) {
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
        assert_eq!(judged(Goal::Speed), (json!(0.769), json!("-")));
        assert_eq!(judged(Goal::SpeedBelow(0.8)), (json!(0.769), json!("pass")));
        assert_eq!(
            judged(Goal::SpeedBelow(0.7)),
            (json!(0.769), json!("missed"))
        );
    }

    #[test]
    fn two_threads_are_judged_by_how_both_grew() {
        let growth = |one, two| Growth {
            one: times(one),
            two: times(two),
        };
        // Ours goes from 100 to 160 units a while, theirs from 100 to 200.
        let row = row(Goal::SpeedAtLeast(0.95));
        let result = row
            .result_of_two(&growth(80, 100), &growth(50, 50))
            .unwrap();
        assert_eq!(
            (&result["ratio"], &result["threads"]),
            (&json!(0.8), &json!(2))
        );
        assert_eq!(
            (&result["growth"], &result["againstGrowth"]),
            (&json!(1.6), &json!(2.0))
        );
        assert_eq!(result["verdict"], "missed");
        // Neither grew: there was no second core, and nothing can be said.
        let result = row
            .result_of_two(&growth(50, 90), &growth(50, 100))
            .unwrap();
        assert_eq!(result["verdict"], "void");
    }

    #[test]
    fn a_yardstick_too_far_from_a_copy_makes_the_row_void() {
        let copy = times(20);
        let floor = |at_most| Floor {
            at_most,
            times: &copy,
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
