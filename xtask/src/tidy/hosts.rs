//! No committed text names a package mirror: a clone elsewhere could not build from it.

use super::Finding;
use super::files::TextFile;

/// Parts of a host's name that mark a mirror; split where this file would find itself.
const MIRROR_WORDS: &[&str] = &[
    "mirror",
    "artifactory",
    "nexus",
    "devpi",
    "verdaccio",
    "proxy",
    "cache.",
];
/// Ends of names that only one network knows.
const PRIVATE_ENDS: &[&str] = &[".internal", ".corp", ".lan", ".intranet"];
/// Settings that send a package manager elsewhere.
const SETTINGS: &[&str] = &[
    "replace-with",
    "index-url",
    "INDEX_URL",
    "GOPROXY",
    "trusted-host",
];
/// Files whose settings count; prose may name a setting.
const SETTING_FILES: &[&str] = &[
    ".toml", ".conf", ".cfg", ".ini", ".sh", ".rs", ".lock", "/run",
];
/// This file holds the words themselves.
const OWN_PATH: &str = "xtask/src/tidy/hosts.rs";

pub(super) fn check(file: &TextFile) -> Vec<Finding> {
    if file.path == OWN_PATH || file.path == "xtask/src/tidy.rs" {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        for host in hosts(line).filter(|host| is_mirror(host)) {
            let text = format!("{host} looks like a package mirror or a private host");
            findings.push(Finding::new(&file.path, number, text));
        }
        let settings = SETTING_FILES.iter().any(|end| file.path.ends_with(end));
        if let Some(setting) = SETTINGS
            .iter()
            .find(|setting| settings && line.contains(**setting))
        {
            let text = format!("{setting} sends the package manager elsewhere");
            findings.push(Finding::new(&file.path, number, text));
        }
    }
    findings.extend(foreign_sources(file));
    findings
}

/// A lock file's packages come from crates.io or from this workspace.
fn foreign_sources(file: &TextFile) -> Vec<Finding> {
    if file.name() != "Cargo.lock" {
        return Vec::new();
    }
    let crates_io = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    (1..)
        .zip(file.text.lines())
        .filter(|(_, line)| line.starts_with("source = ") && *line != crates_io)
        .map(|(number, line)| Finding::new(&file.path, number, format!("{line}: not crates.io")))
        .collect()
}

/// The hosts of the web addresses in a line, in lower case.
fn hosts(line: &str) -> impl Iterator<Item = String> {
    line.split("://").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-._@".contains(c)));
        let authority = rest.get(..end.unwrap_or(rest.len()))?;
        let host = authority.rsplit('@').next().unwrap_or(authority);
        (!host.is_empty()).then(|| host.to_ascii_lowercase())
    })
}

fn is_mirror(host: &str) -> bool {
    MIRROR_WORDS.iter().any(|word| host.contains(word))
        || PRIVATE_ENDS.iter().any(|end| host.ends_with(end))
        || ["10.", "192.168.", "172.16."]
            .iter()
            .any(|start| host.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&TextFile::new(path, text)).len()
    }

    #[test]
    fn a_mirrors_host_is_found_anywhere() {
        for bad in [
            "pip install --index https://pypi-mirror.example.net/simple x",
            "see http://artifactory.example.com/crates",
            "https://user@packages.corp.internal/x",
            "registry = sparse+https://10.0.0.7/index/",
        ] {
            assert_eq!(found("docs/a.md", bad), 1, "{bad}");
        }
        for good in [
            "https://pypi.org/simple",
            "https://github.com/rust-lang/rust",
            "kmip://127.0.0.1",
        ] {
            assert_eq!(found("docs/a.md", good), 0, "{good}");
        }
    }

    #[test]
    fn a_setting_that_redirects_is_found_in_settings_but_not_in_prose() {
        assert_eq!(found(".cargo/config.toml", "replace-with = \"x\""), 1);
        assert_eq!(found(".ci/run", "export PIP_INDEX_URL=x"), 1);
        assert_eq!(found("docs/a.md", "pip's index-url is left alone"), 0);
    }

    #[test]
    fn a_package_from_elsewhere_is_found_in_the_lock_file() {
        let good = "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n";
        assert_eq!(found("Cargo.lock", good), 0);
        assert_eq!(
            found(
                "fuzz/Cargo.lock",
                "source = \"git+https://github.com/a/b#c\"\n"
            ),
            1
        );
    }
}
