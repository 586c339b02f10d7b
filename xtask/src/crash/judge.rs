//! What a writer said, what a reader then finds, and which of that is a breach.

use serde::Serialize;

use super::faults::Writer;
use crate::Outcome;

/// What was done to one run of the writer, and what came of it.
pub(super) struct Trial {
    pub(super) fault: String,
    /// The generation before the change.
    pub(super) old: u64,
    /// What the writer acknowledged.
    pub(super) acknowledged: bool,
    /// Whether the fault was a failed call on which what was acknowledged depends.
    pub(super) failed_durable: bool,
    /// The checker's line.
    pub(super) found: String,
}

/// All trials of one writer.
#[derive(Serialize)]
pub(super) struct Design {
    /// The harness.
    pub(super) kind: &'static str,
    /// What it changes, and how.
    pub(super) change: &'static str,
    pub(super) name: &'static str,
    pub(super) is_mutant: bool,
    pub(super) trials: usize,
    pub(super) breaches: Vec<String>,
}

impl Design {
    pub(super) const fn new(kind: &'static str, (change, name): Writer, is_mutant: bool) -> Self {
        Self {
            kind,
            change,
            name,
            is_mutant,
            trials: 0,
            breaches: Vec::new(),
        }
    }

    /// Counts a trial, and keeps it when it is a breach.
    pub(super) fn take(&mut self, trial: Trial) {
        self.trials = self.trials.saturating_add(1);
        if let Some(breach) = trial.breach() {
            let Trial { fault, found, .. } = trial;
            self.breaches.push(format!("{fault}: {breach}: {found}"));
        }
    }
}

impl Trial {
    /// Why this must not be; none when all is well.
    pub(super) fn breach(&self) -> Option<&'static str> {
        let Some(rest) = self.found.strip_prefix("GEN ") else {
            return Some("lost");
        };
        let generation: Option<u64> = rest.split(' ').next().and_then(|word| word.parse().ok());
        let is_new = generation == self.old.checked_add(1);
        if !is_new && generation != Some(self.old) {
            return Some("another generation");
        }
        let has = |word| rest.contains(word);
        match self.acknowledged {
            true if !is_new => Some("acknowledged and forgotten"),
            // A cut entry of the log is no harm before it is acknowledged.
            false if has("Damaged(Log") => None,
            _ if has("Damaged") || has("Forged") => Some("a copy is torn"),
            true if has("Older") || has("Missing") => Some("acknowledged and in one copy only"),
            true if self.failed_durable => Some("acknowledged in spite of a failed call"),
            _ => None,
        }
    }
}

/// Says what was found; an error when the real writer broke a promise or a mutant kept all.
pub(super) fn verdict(designs: &[Design]) -> Outcome {
    let mut wrong = Vec::new();
    for design in designs {
        let Design {
            kind,
            change,
            name,
            trials,
            ..
        } = design;
        let breaches = design.breaches.len();
        println!("{kind}, {change}, {name}: {trials} trials, {breaches} breaches");
        match (design.is_mutant, design.breaches.first()) {
            (false, Some(first)) => wrong.push(format!("{change}, {name}: {first}")),
            (true, None) => wrong.push(format!(
                "{change}, {name} is known to be bad and was not found out"
            )),
            _ => {}
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breach(acknowledged: bool, failed_durable: bool, found: &str) -> Option<&'static str> {
        let trial = Trial {
            fault: String::new(),
            old: 1,
            acknowledged,
            failed_durable,
            found: found.to_owned(),
        };
        trial.breach()
    }

    #[test]
    fn each_breach_is_told() {
        let old = "GEN 1 a: Sound { generation: 1 } b: Sound { generation: 1 }";
        let new = "GEN 2 a: Sound { generation: 2 } b: Older { generation: 1 }";
        let torn = "GEN 1 a: Damaged(TooShort) b: Sound { generation: 1 }";
        assert_eq!(breach(false, true, old), None);
        assert_eq!(breach(false, false, new), None);
        let both = "GEN 2 a: Sound { generation: 2 } b: Sound { generation: 2 }";
        assert_eq!(breach(true, false, both), None);
        let one = Some("acknowledged and in one copy only");
        assert_eq!(breach(true, false, new), one);
        assert_eq!(breach(true, false, old), Some("acknowledged and forgotten"));
        assert_eq!(breach(false, false, torn), Some("a copy is torn"));
        let cut = "GEN 1 a: Damaged(Log { offset: 9 }) b: Sound { generation: 1 }";
        assert_eq!(breach(false, false, cut), None);
        assert_eq!(breach(true, false, cut), Some("acknowledged and forgotten"));
        let cut = "GEN 2 a: Damaged(Log { offset: 9 }) b: Sound { generation: 2 }";
        assert_eq!(breach(true, false, cut), Some("a copy is torn"));
        let spite = Some("acknowledged in spite of a failed call");
        assert_eq!(breach(true, true, both), spite);
        assert_eq!(breach(false, false, "LOST why"), Some("lost"));
        assert_eq!(breach(false, false, "GEN 3 a"), Some("another generation"));
    }

    #[test]
    fn a_mutant_that_is_not_found_out_is_an_error() {
        let design = |is_mutant, breaches: &[&str]| Design {
            trials: 1,
            breaches: breaches.iter().map(|text| (*text).to_owned()).collect(),
            ..Design::new("", ("add", "x"), is_mutant)
        };
        assert!(verdict(&[design(false, &[]), design(true, &["lost"])]).is_ok());
        assert!(verdict(&[design(true, &[])]).is_err());
        assert!(verdict(&[design(false, &["lost"])]).is_err());
    }
}
