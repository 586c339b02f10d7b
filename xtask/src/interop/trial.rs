//! One row of the table: what was expected step by step, and what was found.

use std::time::Instant;

use serde::Serialize;

use super::site::{Answer, Site};
use crate::Outcome;

/// A row under way.
#[derive(Serialize)]
pub(super) struct Trial {
    pub(super) row: String,
    pub(super) expected: Vec<String>,
    pub(super) found: Vec<String>,
    pub(super) passed: bool,
    /// Why the peer cannot play it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not_played: Option<&'static str>,
}

impl Trial {
    fn new(row: impl Into<String>) -> Self {
        Self {
            row: row.into(),
            expected: Vec::new(),
            found: Vec::new(),
            passed: true,
            not_played: None,
        }
    }

    /// A row that the peer cannot play; the table names it with the reason.
    pub(super) fn not_played(name: impl Into<String>, why: &'static str) -> Self {
        let mut trial = Self::new(name);
        trial.expected.push("not played".to_owned());
        trial.found.push(why.to_owned());
        trial.not_played = Some(why);
        trial
    }

    /// Plays a row and shows its verdict; an error inside is a failing row.
    pub(super) fn play(
        name: impl Into<String>,
        site: &Site,
        act: impl FnOnce(&Site, &mut Self) -> Outcome,
    ) -> Self {
        let mut trial = Self::new(name);
        let started = Instant::now();
        if let Err(error) = act(site, &mut trial) {
            trial.passed = false;
            trial.found.push(error.to_string());
        }
        let took = started.elapsed().as_secs_f32();
        eprintln!("{:6} {took:5.1} s  {}", trial.verdict(), trial.row);
        if !trial.passed {
            for found in &trial.found {
                eprintln!("        {found}");
            }
        }
        trial
    }

    pub(super) fn verdict(&self) -> &'static str {
        match (self.not_played, self.passed) {
            (Some(_), _) => "-",
            (None, true) => "ok",
            (None, false) => "FAILED",
        }
    }

    /// A command that must end with `code` and say `word`.
    pub(super) fn exits(&mut self, what: &str, answer: &Answer, code: i32, word: &str) {
        self.exits_one_of(what, answer, &[code], word);
    }

    /// The same where several codes are right.
    pub(super) fn exits_one_of(&mut self, what: &str, answer: &Answer, codes: &[i32], word: &str) {
        let listed: Vec<String> = codes.iter().map(ToString::to_string).collect();
        let mut expected = format!("{what}: exit {}", listed.join(" or "));
        let mut found = format!("{what}: exit {}", answer.code);
        if !word.is_empty() {
            expected.push_str(&format!(", \"{word}\""));
        }
        let good = codes.contains(&answer.code) && answer.contains(word);
        if !good {
            self.passed = false;
            found.push_str(&format!(": {}", answer.line()));
        } else if !word.is_empty() {
            found.push_str(&format!(", \"{word}\""));
        }
        self.expected.push(expected);
        self.found.push(found);
    }

    /// Something else that must hold; `found` says it in the words of `expected`.
    pub(super) fn holds(&mut self, expected: &str, good: bool, found: impl Into<String>) {
        self.expected.push(expected.to_owned());
        let found = if good {
            expected.to_owned()
        } else {
            found.into()
        };
        self.found.push(found);
        self.passed &= good;
    }
}

/// The rows as a table in Markdown.
pub(super) fn table(rows: &[Trial]) -> String {
    let failed = rows.iter().filter(|row| !row.passed).count();
    let left_out = rows.iter().filter(|row| row.not_played.is_some()).count();
    let passed = rows.len().saturating_sub(failed).saturating_sub(left_out);
    let mut text = String::from("| row | expected | found | verdict |\n|---|---|---|---|\n");
    for row in rows {
        let cell = |parts: &[String]| parts.join("; ").replace('|', "/").replace('\n', " ");
        text.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            row.row,
            cell(&row.expected),
            cell(&row.found),
            row.verdict()
        ));
    }
    text.push_str(&format!(
        "\nPyKMIP 0.11.0 on loopback: {passed} rows passed, {failed} failed, {left_out} not played.\n\
         Vault Enterprise: profile only, never run against the real one.\n"
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Trial {
        Trial::new("a row")
    }

    fn answer(code: i32, stderr: &str) -> Answer {
        Answer {
            code,
            stdout: String::new(),
            stderr: stderr.to_owned(),
        }
    }

    #[test]
    fn a_row_fails_on_another_code_another_word_and_another_fact() {
        let good = answer(7, "error[key-state]: Pre-Active");
        for (code, word, passes) in [
            (7, "Pre-Active", true),
            (7, "Active!", false),
            (6, "", false),
        ] {
            let mut row = row();
            row.exits("unlock", &good, code, word);
            row.holds("no new key", true, "a new key");
            assert_eq!(row.passed, passes, "{code} {word}");
        }
        let mut row = row();
        row.holds("no new key", false, "a new key");
        row.exits("unlock", &good, 7, "");
        assert!(!row.passed, "a later step does not mend an earlier one");
    }

    #[test]
    fn the_table_has_a_line_for_each_row_and_says_what_was_not_run() {
        let mut bad = row();
        bad.exits("unlock", &answer(1, "a | b"), 0, "");
        let text = table(&[row(), bad, Trial::not_played("no row", "no such state")]);
        assert!(text.contains("| no row | not played | no such state | - |"));
        assert!(text.contains("| a row | unlock: exit 0 | unlock: exit 1: a / b | FAILED |"));
        assert!(text.contains("1 rows passed, 1 failed, 1 not played"));
        assert!(text.contains("Vault Enterprise: profile only"));
    }
}
