//! What libFuzzer prints, as numbers.

use std::fmt;

/// What one process said so far, or all of a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stats {
    /// Inputs that were run, the corpus included.
    pub(super) executions: u64,
    /// Edges that were reached.
    pub(super) edges: u64,
    /// Edges that there are.
    pub(super) edges_total: u64,
    /// Edges told apart by how often one input passes them, as libFuzzer groups it.
    pub(super) features: u64,
    /// Files with inputs that broke something.
    pub(super) findings: Vec<String>,
}

impl Stats {
    /// Takes in a line, if it says something of these.
    pub(super) fn read(&mut self, line: &str) {
        if let Some((_, file)) = line.split_once("Test unit written to ") {
            self.findings.push(file.trim().to_owned());
        } else if let Some(count) = line.strip_prefix("stat::number_of_executed_units:") {
            self.executions = number(count);
        } else if let Some((_, counters)) = line.split_once(" modules ") {
            self.edges_total = number(counters.trim_start().trim_start_matches('('));
        } else if let Some(status) = line.strip_prefix('#') {
            self.executions = self.executions.max(number(status));
            if let Some((_, edges)) = status.split_once(" cov: ") {
                self.edges = number(edges);
            }
            if let Some((_, features)) = status.split_once(" ft: ") {
                self.features = number(features);
            }
        }
    }

    /// The same target in another process: they share the corpus, so the better one counts.
    pub(super) fn join(&mut self, other: Self) {
        self.executions = self.executions.saturating_add(other.executions);
        self.edges = self.edges.max(other.edges);
        self.edges_total = self.edges_total.max(other.edges_total);
        self.features = self.features.max(other.features);
        self.findings.extend(other.findings);
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            executions,
            edges,
            edges_total,
            features,
            findings,
        } = self;
        let findings = findings.len();
        write!(
            f,
            "{executions} executions, {edges} of {edges_total} edges, {features} features, {findings} findings"
        )
    }
}

/// The digits that `text` begins with, after spaces.
fn number(text: &str) -> u64 {
    let text = text.trim_start();
    let end = text.find(|digit: char| !digit.is_ascii_digit());
    let digits = end.and_then(|end| text.get(..end)).unwrap_or(text);
    digits.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
INFO: Running with entropic power schedule (0xFF, 100).
INFO: Seed: 1
INFO: Loaded 1 modules   (1783 inline 8-bit counters): 1783 [0x56019df768a8, 0x56019df76f9f), 
INFO: Loaded 1 PC tables (1783 PCs): 1783 [0x56019df76fa0,0x56019df7df10), 
INFO:       62 files found in fuzz/seeds/ttlv_item
#64\tINITED cov: 412 ft: 998 corp: 40/11Kb exec/s: 0 rss: 27Mb
#131072\tpulse  cov: 646 ft: 2096 corp: 279/72Kb lim: 4096 exec/s: 65536 rss: 28Mb
";

    fn read(log: &str) -> Stats {
        let mut stats = Stats::default();
        log.lines().for_each(|line| stats.read(line));
        stats
    }

    #[test]
    fn a_log_is_read_while_it_grows_and_at_its_end() {
        let mut stats = read(LOG);
        let expected = Stats {
            executions: 131_072,
            edges: 646,
            edges_total: 1783,
            features: 2096,
            findings: Vec::new(),
        };
        assert_eq!(stats, expected);
        stats.read(
            "#200000\tDONE   cov: 650 ft: 2100 corp: 280/73Kb lim: 4096 exec/s: 66666 rss: 28Mb",
        );
        stats.read("stat::number_of_executed_units: 200000");
        assert_eq!(
            (stats.executions, stats.edges, stats.features),
            (200_000, 650, 2100)
        );
    }

    #[test]
    fn a_finding_is_its_file() {
        let mut stats = read(LOG);
        stats.read(
            "artifact_prefix='fuzz/artifacts/a/'; Test unit written to fuzz/artifacts/a/crash-0a",
        );
        assert_eq!(stats.findings, ["fuzz/artifacts/a/crash-0a"]);
    }

    #[test]
    fn processes_of_one_target_are_joined() {
        let mut stats = read(LOG);
        let mut other = read(
            "#7\tNEW    cov: 700 ft: 9 corp: 1/1b lim: 4 exec/s: 0 rss: 1Mb L: 1/1 MS: 1 EraseBytes-",
        );
        other.findings.push("crash".to_owned());
        stats.join(other);
        assert_eq!(
            (stats.executions, stats.edges, stats.features),
            (131_079, 700, 2096)
        );
        assert_eq!(stats.findings, ["crash"]);
    }
}
