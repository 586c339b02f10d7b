//! The figures of a run, for people or for programs.

use super::Arguments;
use super::engine::Row;

pub(super) fn print(arguments: &Arguments, rows: &[Row]) {
    if arguments.json {
        println!("{:#}", document(arguments, rows));
    } else {
        print!("{}", table(rows));
    }
}

fn per_second(row: &Row) -> u64 {
    let millis = u64::try_from(row.took.as_millis()).unwrap_or(u64::MAX);
    let executions = row.stats.executions.saturating_mul(1000);
    executions.checked_div(millis).unwrap_or(executions)
}

fn document(arguments: &Arguments, rows: &[Row]) -> serde_json::Value {
    let rows: Vec<serde_json::Value> = rows
        .iter()
        .map(|row| {
            serde_json::json!({
                "target": row.target,
                "executions": row.stats.executions,
                "executionsPerSecond": per_second(row),
                "seconds": row.took.as_secs(),
                "edges": row.stats.edges,
                "edgesTotal": row.stats.edges_total,
                "features": row.stats.features,
                "corpusInputs": row.corpus.0,
                "corpusOctets": row.corpus.1,
                "findings": row.stats.findings,
            })
        })
        .collect();
    serde_json::json!({
        "sanitizer": arguments.sanitizer.name(),
        "jobs": arguments.jobs,
        "maxLen": arguments.max_len,
        "targets": rows,
    })
}

fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<16} {:>12} {:>9} {:>7} {:>12} {:>9} {:>8} {:>12} {:>9}\n",
        "target", "executions", "per s", "s", "edges", "features", "corpus", "octets", "findings"
    );
    for row in rows {
        let stats = &row.stats;
        let edges = format!("{}/{}", stats.edges, stats.edges_total);
        text.push_str(&format!(
            "{:<16} {:>12} {:>9} {:>7} {edges:>12} {:>9} {:>8} {:>12} {:>9}\n",
            row.target,
            stats.executions,
            per_second(row),
            row.took.as_secs(),
            stats.features,
            row.corpus.0,
            row.corpus.1,
            stats.findings.len(),
        ));
    }
    text
}
