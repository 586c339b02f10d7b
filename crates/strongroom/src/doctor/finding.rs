//! What a check found: verdict, evidence, fix. Pure values, no I/O.

use std::fmt;

use serde::Serialize;

use crate::class::Class;
use crate::error::Error;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// Worth knowing; nothing to do.
    Note,
    /// Works, but something should be done.
    Warning,
    /// Something does not work.
    Error,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One line of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Finding {
    /// Which check: a fixed word of `docs/operate/doctor.md`.
    pub check: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// What was seen.
    pub evidence: String,
    /// What to do; `None` where there is nothing to do.
    pub fix: Option<String>,
    /// The class of an error: the word of its exit code.
    #[serde(serialize_with = "word")]
    pub class: Option<Class>,
}

fn word<S: serde::Serializer>(class: &Option<Class>, to: S) -> Result<S::Ok, S::Error> {
    class.map(Class::word).serialize(to)
}

impl Finding {
    fn new(check: &'static str, verdict: Verdict, evidence: impl Into<String>) -> Self {
        Self {
            check,
            verdict,
            evidence: evidence.into(),
            fix: None,
            class: None,
        }
    }

    pub(super) fn ok(check: &'static str, evidence: impl Into<String>) -> Self {
        Self::new(check, Verdict::Ok, evidence)
    }

    pub(super) fn note(check: &'static str, evidence: impl Into<String>) -> Self {
        Self::new(check, Verdict::Note, evidence)
    }

    pub(super) fn warning(
        check: &'static str,
        evidence: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            fix: Some(fix.into()),
            ..Self::new(check, Verdict::Warning, evidence)
        }
    }

    /// An error, with its causes in one line.
    pub(super) fn error(check: &'static str, error: &Error) -> Self {
        let mut evidence = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(error) = cause {
            let text = error.to_string();
            if !evidence.contains(&text) {
                evidence = format!("{evidence}: {text}");
            }
            cause = error.source();
        }
        Self {
            fix: Some(error.help()),
            class: Some(error.class()),
            ..Self::new(check, Verdict::Error, evidence)
        }
    }

    /// The same as an error of this class.
    pub(super) fn hardened(self, class: Class) -> Self {
        Self {
            verdict: Verdict::Error,
            class: Some(class),
            ..self
        }
    }

    /// The same as a warning.
    pub(super) fn softened(self) -> Self {
        Self {
            verdict: Verdict::Warning,
            class: None,
            ..self
        }
    }
}

/// `verdict check: evidence`, then the fix on a line of its own.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<8}{}: {}", self.verdict, self.check, self.evidence)?;
        match &self.fix {
            Some(fix) => write!(f, "\n        fix: {fix}"),
            None => Ok(()),
        }
    }
}

/// Everything that the doctor found, in the order of the checks.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The findings.
    pub findings: Vec<Finding>,
}

impl Diagnosis {
    /// What a configuration that cannot be read is.
    #[must_use]
    pub fn of_unreadable_configuration(error: &Error) -> Self {
        Self {
            findings: vec![Finding::error("configuration", error)],
        }
    }

    /// The worst verdict.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let verdicts = self.findings.iter().map(|finding| finding.verdict);
        verdicts.max().unwrap_or(Verdict::Ok)
    }

    /// The class that gives the exit code; `None` when all is sound.
    ///
    /// Of several errors one about the store's own files counts before one about its master key,
    /// and that before the rest; among equals the first, since the checks go from cause to effect.
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        let errors = self.findings.iter().filter_map(|finding| finding.class);
        let worst = errors.min_by_key(|class| rank(*class));
        let warnings = (self.verdict() == Verdict::Warning).then_some(Class::Warnings);
        worst.or(warnings)
    }
}

const fn rank(class: Class) -> u8 {
    match class {
        Class::DamagedKeystore | Class::KeystoreLost | Class::ForeignKeystore => 0,
        Class::WrongMasterKey | Class::Integrity => 1,
        Class::KeyNotFound | Class::KeyState => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnosis(findings: Vec<Finding>) -> Diagnosis {
        Diagnosis { findings }
    }

    #[test]
    fn the_worst_finding_gives_the_exit_code() {
        let ok = Finding::ok("a", "b");
        let note = Finding::note("a", "b");
        let warning = Finding::warning("a", "b", "c");
        let class = |class| Finding {
            class: Some(class),
            ..Finding::new("a", Verdict::Error, "b")
        };
        assert_eq!(diagnosis(Vec::new()).class(), None);
        assert_eq!(diagnosis(vec![ok.clone(), note]).class(), None);
        let warned = diagnosis(vec![warning.clone(), ok]);
        assert_eq!(warned.class(), Some(Class::Warnings));
        let cases = [
            (vec![Class::Tls, Class::Unreachable], Class::Tls),
            (vec![Class::Tls, Class::KeyState], Class::KeyState),
            (
                vec![Class::KeyNotFound, Class::DamagedKeystore],
                Class::DamagedKeystore,
            ),
        ];
        for (classes, worst) in cases {
            let mut findings = vec![warning.clone()];
            findings.extend(classes.into_iter().map(class));
            assert_eq!(diagnosis(findings).class(), Some(worst));
        }
    }

    #[test]
    fn a_line_has_verdict_evidence_and_fix() {
        let line = Finding::warning("clock", "off by 90 s", "set it").to_string();
        assert_eq!(line, "warning clock: off by 90 s\n        fix: set it");
    }
}
