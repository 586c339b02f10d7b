//! `cargo xtask tidy`: the rules that no compiler checks. Each rule is a pure function over text or
//! metadata with a test that shows a bad sample; this file gathers their findings.

mod citations;
mod files;
mod hosts;
mod layers;
mod links;
mod mask;
mod sources;
mod versions;

use std::fmt;
use std::fs;

use cargo_metadata::MetadataCommand;

use crate::Outcome;
use crate::options;
use crate::shell::root;
use files::TextFile;

/// One breach of a rule.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    /// File, from the root, or a package's name.
    place: String,
    /// Line from 1; 0 when the whole file is meant.
    line: usize,
    text: String,
}

impl Finding {
    fn new(place: &str, line: usize, text: impl Into<String>) -> Self {
        Self {
            place: place.to_owned(),
            line,
            text: text.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.place, self.text),
            line => write!(f, "{}:{line}: {}", self.place, self.text),
        }
    }
}

pub(crate) fn run(bless: bool) -> Outcome {
    let metadata = MetadataCommand::new()
        .current_dir(root())
        .no_deps()
        .exec()?;
    let files = files::list()?;
    if bless {
        fs::write(root().join(options::PATH), options::document())?;
        println!("wrote {}", options::PATH);
    }
    let mut findings = layers::check(&layers::edges(&metadata));
    for file in &files {
        findings.extend(check_file(file));
    }
    findings.extend(generated(
        &fs::read_to_string(root().join(options::PATH)).unwrap_or_default(),
    ));
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!(
            "tidy: {} files, {} packages, nothing found",
            files.len(),
            metadata.packages.len()
        );
        Ok(())
    } else {
        Err(format!("tidy found {} breaches", findings.len()).into())
    }
}

fn check_file(file: &TextFile) -> Vec<Finding> {
    let mut findings = hosts::check(file);
    findings.extend(sources::unfinished(file));
    if file.path.ends_with(".rs") {
        findings.extend(sources::check(file));
        findings.extend(citations::check(file));
    }
    if file.path.ends_with(".md") {
        findings.extend(links::check(file, |path| root().join(path).exists()));
    }
    if file.name() == "Cargo.lock" {
        findings.extend(versions::check(file));
    }
    findings
}

/// The options document must be what the table gives.
fn generated(document: &str) -> Option<Finding> {
    let want = options::document();
    if document == want {
        return None;
    }
    let same = document
        .lines()
        .zip(want.lines())
        .take_while(|(a, b)| a == b)
        .count();
    let text = "differs from the options table: run `cargo xtask tidy --bless`";
    Some(Finding::new(options::PATH, same.saturating_add(1), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_options_document_is_found_with_its_line() {
        let text = options::document();
        assert_eq!(generated(&text), None);
        let stale = text.replacen("kmipPort", "kmipPrt", 1);
        let line = stale
            .lines()
            .position(|line| line.contains("kmipPrt"))
            .unwrap()
            + 1;
        assert_eq!(generated(&stale).unwrap().line, line);
        assert_eq!(generated("").unwrap().line, 1);
    }

    #[test]
    fn each_kind_of_file_meets_its_rules() {
        let found = |path: &str, text: &str| check_file(&TextFile::new(path, text)).len();
        assert_eq!(found("crates/x/src/lib.rs", "//! X.\n"), 1, "no forbid");
        assert_eq!(found("docs/a.md", "[x](no/such/file.md)\n"), 1);
        assert_eq!(
            found(
                "Cargo.lock",
                "[[package]]\nname = \"openssl\"\nversion = \"0.10.0\"\n"
            ),
            1
        );
        assert_eq!(
            found("docs/b.txt", "see https://pypi-mirror.example/simple\n"),
            1
        );
        assert_eq!(found("docs/c.txt", "fine\n"), 0);
    }
}
