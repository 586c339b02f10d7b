//! Every structure, enumeration and operation of `strongroom-kmip` says where the specification has it:
//! "(KMIP 1.0, 4.1)" in its documentation.

use super::Finding;
use super::files::TextFile;

/// Where the types of the specification are.
const SOURCES: &str = "crates/kmip/src/";
const FOLDERS: &[&str] = &["operation", "object", "attribute", "structure", "message"];

/// The rule for one source.
pub(super) fn check(file: &TextFile) -> Vec<Finding> {
    if !is_checked(&file.path) {
        return Vec::new();
    }
    let mut above = String::new();
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        let line = line.trim_start();
        if let Some(words) = line.strip_prefix("///") {
            above.push_str(words);
        } else if let Some(name) = public_type(line) {
            if !is_cited(&above) {
                let text =
                    format!("{name}: the documentation names no section, as in (KMIP 1.0, 4.1)");
                findings.push(Finding::new(&file.path, number, text));
            }
            above.clear();
        } else if !is_attribute(line) {
            above.clear();
        }
    }
    findings
}

fn is_checked(path: &str) -> bool {
    let Some(path) = path.strip_prefix(SOURCES) else {
        return false;
    };
    let in_folder = |folder: &str| {
        let rest = path.strip_prefix(folder);
        rest.is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
    };
    FOLDERS.iter().any(|folder| in_folder(folder)) && !path.ends_with("tests.rs")
}

/// The name of the type that a line declares.
fn public_type(line: &str) -> Option<&str> {
    let rest = line
        .strip_prefix("pub struct ")
        .or_else(|| line.strip_prefix("pub enum "))?;
    let end = |c: char| !c.is_alphanumeric() && c != '_';
    // In a macro a `$` begins the name: its documentation comes from where it is used.
    rest.split(end).next().filter(|name| !name.is_empty())
}

/// Attributes stand between documentation and type; long ones take several lines.
fn is_attribute(line: &str) -> bool {
    ["#[", ")]", "reason = "]
        .iter()
        .any(|start| line.starts_with(start))
}

/// Whether a text has "KMIP", a version, a comma and a number or annex.
fn is_cited(text: &str) -> bool {
    text.match_indices("KMIP ").any(|(at, mark)| {
        let rest = text
            .get(at.saturating_add(mark.len())..)
            .unwrap_or_default();
        let Some((version, section)) = rest.split_once(", ") else {
            return false;
        };
        let is_version = version.parse::<f32>().is_ok() && version.len() == 3;
        is_version && section.starts_with(|c: char| c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<usize> {
        let findings = check(&TextFile::new(path, text));
        findings.iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_type_without_a_section_is_found_with_its_line() {
        const PATH: &str = "crates/kmip/src/operation/get.rs";
        let cited = "/// Get (KMIP 1.0, 4.11).\n#[derive(Debug)]\npub struct GetRequest;\n";
        assert_eq!(found(PATH, cited), [0_usize; 0]);
        let later =
            "/// Get, which reads\n/// (KMIP 1.0, 4.11; KMIP 2.0, 6.1.19).\npub enum Get {}\n";
        assert_eq!(found(PATH, later), [0_usize; 0]);
        assert_eq!(found(PATH, "/// Get.\npub struct GetRequest;\n"), [2]);
        assert_eq!(found(PATH, "/// Get (KMIP 1.0).\npub enum Get {}\n"), [2]);
        // What stands above something else is not the type's.
        let other = "/// Get (KMIP 1.0, 4.11).\nfn get() {}\npub struct Get;\n";
        assert_eq!(found(PATH, other), [3]);
        assert_eq!(
            found("crates/kmip/src/operation.rs", "pub struct A;\n"),
            [1]
        );
    }

    #[test]
    fn other_sources_are_not_looked_at() {
        for path in [
            "crates/kmip/src/reader.rs",
            "crates/ttlv/src/operation/a.rs",
        ] {
            assert_eq!(found(path, "pub struct A;\n"), [0_usize; 0]);
        }
    }
}
