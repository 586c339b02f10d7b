//! The matrices as text: a table for each pair of client and server, reasons below it.
//!
//! May touch: nothing.

use super::Matrix;
use super::cell::{Cell, Verdict};

/// All tables.
pub(in super::super) fn table(matrices: &[Matrix]) -> String {
    matrices.iter().map(one).collect()
}

fn one(matrix: &Matrix) -> String {
    let versions = matrix.versions.join(" | ");
    let mut text = format!(
        "\nClient {}, server {}. Each cell: exchanges on the wire, the answer checked.\n\n\
         | operation | {versions} |\n|---|{}\n",
        matrix.client,
        matrix.server,
        "---|".repeat(matrix.versions.len())
    );
    let mut notes: Vec<String> = Vec::new();
    let mut rows: Vec<&str> = Vec::new();
    for cell in &matrix.cells {
        if !rows.contains(&cell.row.as_str()) {
            rows.push(&cell.row);
        }
    }
    for row in rows {
        text.push_str(&format!("| {row} |"));
        for version in &matrix.versions {
            let mut cells = matrix.cells.iter();
            let cell = cells.find(|cell| cell.row == row && cell.version == *version);
            text.push_str(&format!(" {} |", shown(cell, &mut notes)));
        }
        text.push('\n');
    }
    for (number, note) in (1_usize..).zip(&notes) {
        text.push_str(&format!("\n[{number}] {note}"));
    }
    text.push_str(&format!(
        "\n{} done, {} not done as expected, {} not in the version, {} without a call, {} failed.\n",
        matrix.count(Verdict::Ok),
        matrix.count(Verdict::Expected),
        matrix.count(Verdict::NotInVersion),
        matrix.count(Verdict::NotInClient),
        matrix.count(Verdict::Failed)
    ));
    text
}

/// The text of a cell; a reason becomes a note, the same one for the same reason.
fn shown(cell: Option<&Cell>, notes: &mut Vec<String>) -> String {
    let Some(cell) = cell else {
        return "?".to_owned();
    };
    match cell.verdict {
        Verdict::Ok => "ok".to_owned(),
        Verdict::NotInVersion => "\u{2013}".to_owned(),
        Verdict::NotInClient => "no call".to_owned(),
        Verdict::Expected => {
            let why = cell.why.clone().unwrap_or_default();
            format!("no [{}]", note(why, notes))
        }
        Verdict::Failed => {
            let found = cell.found.as_deref().unwrap_or_default();
            format!("FAILED [{}]", note(format!("FAILED: {found}"), notes))
        }
    }
}

/// The number of a note, counted from 1.
fn note(text: String, notes: &mut Vec<String>) -> usize {
    let place = notes.iter().position(|known| *known == text);
    let place = place.unwrap_or_else(|| {
        notes.push(text);
        notes.len().saturating_sub(1)
    });
    place.saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(version: &str, verdict: Verdict) -> Cell {
        Cell {
            row: "Get: wrapped".to_owned(),
            version: version.to_owned(),
            verdict,
            found: Some("what was found".to_owned()),
            why: Some("the peer cannot".to_owned()),
        }
    }

    #[test]
    fn a_row_has_a_cell_for_each_version_and_a_reason_stands_once() {
        let matrix = Matrix {
            client: "a",
            server: "b".to_owned(),
            versions: ["1.0", "1.1", "1.2", "1.3", "1.4"]
                .map(str::to_owned)
                .into(),
            cells: vec![
                cell("1.0", Verdict::NotInVersion),
                cell("1.1", Verdict::Expected),
                cell("1.2", Verdict::Expected),
                cell("1.3", Verdict::Failed),
                cell("1.4", Verdict::Ok),
            ],
        };
        let text = table(&[matrix]);
        let row = "| Get: wrapped | \u{2013} | no [1] | no [1] | FAILED [2] | ok |\n";
        assert!(text.contains(row), "{text}");
        assert!(
            text.contains("[1] the peer cannot\n[2] FAILED: what was found\n"),
            "{text}"
        );
        let counts =
            "1 done, 2 not done as expected, 1 not in the version, 0 without a call, 1 failed.";
        assert!(text.contains(counts), "{text}");
    }
}
