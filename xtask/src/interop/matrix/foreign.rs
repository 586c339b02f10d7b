//! PyKMIP's own client, driven by `client.py`, as a player of rows.
//!
//! May touch: a file below the run's folder, processes that it starts.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use strongroom_kmip::ProtocolVersion;

use super::player::{Access, Miss, Played, VECTORS};
use crate::Outcome;
use crate::shell::{Cmd, root};

const SCRIPT: &str = include_str!("client.py");

/// What PyKMIP's client has no call for.
pub(super) const LACKS: &[&str] = &[
    "Register: Template",
    "Register: PGP Key",
    "Register: Certificate Request",
    "Add Attribute",
    "Obtain Lease",
    "Encrypt: AES-GCM",
    "Decrypt: AES-GCM",
    "MAC Verify: HMAC-SHA-256",
    "Hash: SHA-256",
    "RNG Retrieve",
];

/// A line of the script.
#[derive(Deserialize)]
struct Line {
    row: String,
    found: Option<String>,
}

/// What became of the rows at one version, in the script's order.
pub(super) struct Answers(Vec<Line>);

impl Answers {
    /// The answer to one row; a row that the script did not play is an error.
    pub(super) fn take(&mut self, row: &str) -> Played {
        let place = self.0.iter().position(|line| line.row == row);
        let Some(place) = place else {
            return Err(Miss("client.py did not play this row".to_owned()));
        };
        self.0
            .remove(place)
            .found
            .map_or(Ok(()), |found| Err(Miss(found)))
    }

    /// A row that nobody asked for, or that was played twice.
    pub(super) fn left(&self) -> Option<&str> {
        self.0.first().map(|line| line.row.as_str())
    }
}

/// Plays all rows of the script at one version.
pub(super) fn play(
    venv: &Path,
    folder: &Path,
    access: &Access<'_>,
    version: ProtocolVersion,
) -> Outcome<Answers> {
    let script = folder.join("client.py");
    fs::write(&script, SCRIPT)?;
    let text = Cmd::new("")
        .arg(venv.join("bin/python").to_string_lossy())
        .arg(script.to_string_lossy())
        .arg(access.port.to_string())
        .arg(access.ca.to_string_lossy())
        .arg(access.client.certificate.to_string_lossy())
        .arg(access.client.key.to_string_lossy())
        .arg(version.to_string())
        .arg(root().join(VECTORS).to_string_lossy())
        .read()?;
    answers(&text)
}

fn answers(text: &str) -> Outcome<Answers> {
    let lines = text.lines().map(serde_json::from_str);
    Ok(Answers(lines.collect::<Result<_, _>>()?))
}

#[cfg(test)]
mod tests {
    use super::super::rows::ROWS;
    use super::*;

    #[test]
    fn the_script_plays_every_row_but_those_that_its_client_lacks() {
        for row in ROWS {
            let label = row.label();
            let played = SCRIPT.contains(&format!("@row(\"{label}\""));
            assert_eq!(played, !LACKS.contains(&label.as_str()), "{label}");
        }
        assert_eq!(SCRIPT.matches("\n@row(").count(), ROWS.len() - LACKS.len());
    }

    #[test]
    fn a_row_is_taken_once_and_what_was_not_played_is_a_miss() {
        let text = "{\"row\": \"Get\", \"found\": null}\n{\"row\": \"Check\", \"found\": \"no\"}\n";
        let mut answers = answers(text).unwrap();
        assert!(answers.take("Get").is_ok());
        assert!(answers.take("Get").is_err());
        assert_eq!(answers.left(), Some("Check"));
        assert_eq!(answers.take("Check").unwrap_err().0, "no");
        assert_eq!(answers.left(), None);
    }
}
