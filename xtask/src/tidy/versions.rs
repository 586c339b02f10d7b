//! Lowest versions that are free of known faults, and crates that must not come in, against Cargo.lock.

use super::Finding;
use super::files::TextFile;

type Version = (u64, u64, u64);
/// Versions from the first up to, but not including, the second.
type Range = (Version, Version);

/// Crate, the ranges that are good, and why.
const LOWEST: &[(&str, &[Range], &str)] = &[
    (
        "bytes",
        &[((1, 11, 1), END)],
        "RUSTSEC-2026-0007: overflow in reserve",
    ),
    (
        "rustls",
        &[((0, 23, 45), END)],
        "RUSTSEC-2026-0285: handshake messages across encryption levels",
    ),
    (
        "rustls-webpki",
        &[((0, 103, 13), END)],
        "RUSTSEC-2026-0104: panic in CRL parsing",
    ),
    (
        "ring",
        &[((0, 17, 12), END)],
        "RUSTSEC-2025-0009: AES panic with overflow checks",
    ),
    (
        "tokio",
        &[((1, 44, 2), END)],
        "RUSTSEC-2025-0023: unsound broadcast channel",
    ),
    (
        "time",
        &[((0, 3, 47), END)],
        "RUSTSEC-2026-0009: stack exhaustion",
    ),
    (
        "tracing-subscriber",
        &[((0, 3, 20), END)],
        "RUSTSEC-2025-0055: escapes in logs from a peer's text",
    ),
    (
        "quick-xml",
        &[((0, 41, 0), END)],
        "RUSTSEC-2026-0194, -0195: quadratic and unbounded parsing",
    ),
    ("memmap2", &[((0, 9, 11), END)], "RUSTSEC-2026-0186"),
    (
        "rand",
        &[((0, 9, 3), (0, 10, 0)), ((0, 10, 1), END)],
        "RUSTSEC-2026-0097: unsound with a custom logger",
    ),
    (
        "aes-gcm",
        &[((0, 10, 3), END)],
        "RUSTSEC-2023-0096: plaintext exposed on tag failure",
    ),
];

const END: Version = (u64::MAX, 0, 0);

/// Crates that must not be in the tree, and what to use instead.
const BANNED: &[(&str, &str)] = &[
    (
        "rustls-pemfile",
        "unmaintained (RUSTSEC-2025-0134): rustls-pki-types reads PEM",
    ),
    ("serde_yml", "unsound (RUSTSEC-2025-0068): serde-saphyr"),
    ("serde_yaml", "archived: serde-saphyr"),
    ("backoff", "unmaintained (RUSTSEC-2025-0012): our own retry"),
    ("openssl", "a second TLS stack: rustls"),
    ("openssl-sys", "a second TLS stack: rustls"),
    ("native-tls", "a second TLS stack: rustls"),
];

/// Crates that these others may use, and nothing else; what the rest is to use. For TLS it is
/// rustls that uses aws-lc-rs where a feature of strongroom-client asks it to.
const CONFINED: &[(&str, &[&str], &str)] = &[
    (
        "aws-lc-rs",
        &[
            "rustls",
            "rustls-webpki",
            "strongroom-benches",
            "strongroom-cipher",
        ],
        "a second provider: ring",
    ),
    ("aws-lc-sys", &["aws-lc-rs"], "a second provider: ring"),
];

pub(super) fn check(lock: &TextFile) -> Vec<Finding> {
    let faults = packages(&lock.text).filter_map(|(line, name, version)| {
        let text = fault(name, version)?;
        Some(Finding::new(
            &lock.path,
            line,
            format!("{name} {version}: {text}"),
        ))
    });
    faults.chain(strays(lock)).collect()
}

/// Lines on which a package depends on a crate that is for others alone.
fn strays(lock: &TextFile) -> impl Iterator<Item = Finding> {
    let mut user = "";
    lock.text
        .lines()
        .zip(1..)
        .filter_map(move |(line, number)| {
            if let Some(name) = quoted(line, "name") {
                user = name;
            }
            // `"name",`, and a version after the name where there are two of them.
            let used = line.strip_prefix(" \"")?.strip_suffix("\",")?;
            let used = used.split(' ').next()?;
            let (_, owners, instead) = CONFINED.iter().find(|(crate_, ..)| *crate_ == used)?;
            let owner = owners.join(" and ");
            let text = format!("{user} uses {used}, which is for {owner} alone: {instead}");
            (!owners.contains(&user)).then(|| Finding::new(&lock.path, number, text))
        })
}

fn fault(name: &str, version: &str) -> Option<String> {
    if let Some((_, instead)) = BANNED.iter().find(|(banned, _)| *banned == name) {
        return Some(format!("banned, {instead}"));
    }
    let (_, good, why) = LOWEST.iter().find(|(known, ..)| *known == name)?;
    let number = parse(version);
    if number.is_some_and(|number| {
        good.iter()
            .any(|(from, before)| *from <= number && number < *before)
    }) {
        return None;
    }
    let ((major, minor, patch), _) = good.last()?;
    Some(format!("needs {major}.{minor}.{patch} or later ({why})"))
}

/// Line, name and version of each package in a lock file.
fn packages(lock: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    lock.lines()
        .zip(lock.lines().skip(1))
        .zip(1..)
        .filter_map(|((first, second), line)| {
            Some((line, quoted(first, "name")?, quoted(second, "version")?))
        })
}

fn quoted<'l>(line: &'l str, key: &str) -> Option<&'l str> {
    line.strip_prefix(key)?
        .strip_prefix(" = \"")?
        .strip_suffix('"')
}

/// `1.2.3`; nothing for a pre-release, which is then not good.
fn parse(version: &str) -> Option<Version> {
    let core = version.split('+').next()?;
    let mut parts = core.split('.').map(|part| part.parse::<u64>().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(name: &str, version: &str) -> Vec<Finding> {
        let text =
            format!("version = 4\n\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n");
        check(&TextFile::new("Cargo.lock", &text))
    }

    #[test]
    fn a_version_below_the_lowest_is_found() {
        for (name, bad, good) in [
            ("bytes", "1.11.0", "1.11.1"),
            ("rustls", "0.23.44", "0.23.46"),
            ("rustls-webpki", "0.103.12", "0.103.13"),
            ("ring", "0.17.9", "0.17.14"),
            ("tokio", "1.44.1", "2.0.0"),
            ("time", "0.3.46", "0.3.47"),
            ("tracing-subscriber", "0.3.19", "0.3.23"),
            ("quick-xml", "0.40.9", "0.42.0"),
            ("memmap2", "0.9.10", "0.9.11"),
            ("rand", "0.10.0", "0.9.3"),
            ("rand", "0.8.5", "0.10.1"),
            ("aes-gcm", "0.10.2", "0.11.0"),
        ] {
            assert_eq!(lock(name, bad).len(), 1, "{name} {bad}");
            assert_eq!(lock(name, good), [], "{name} {good}");
        }
        assert_eq!(
            lock("rustls", "0.24.0-dev.2").len(),
            1,
            "a pre-release is not good"
        );
        assert_eq!(
            lock("bytes", "1.11").len(),
            1,
            "what cannot be read is not good"
        );
    }

    #[test]
    fn a_banned_crate_is_found_with_its_line() {
        for (name, _) in BANNED {
            assert_eq!(lock(name, "99.0.0")[0].line, 4, "{name}");
        }
        assert_eq!(lock("openssl-probe", "0.1.0"), []);
    }

    #[test]
    fn a_crate_that_is_for_others_is_found_where_another_uses_it() {
        let using = |user: &str, used: &str| {
            let text = format!(
                "[[package]]\nname = \"{user}\"\nversion = \"1.0.0\"\n\
                 dependencies = [\n \"zeroize\",\n \"{used}\",\n]\n"
            );
            check(&TextFile::new("Cargo.lock", &text))
        };
        for (confined, owners, _) in CONFINED {
            for owner in *owners {
                assert_eq!(using(owner, confined), [], "{confined}");
            }
            for used in [(*confined).to_owned(), format!("{confined} 1.2.3")] {
                let findings = using("strongroom", &used);
                assert_eq!(findings.len(), 1, "{used}");
                assert_eq!(findings[0].line, 6, "{used}");
            }
        }
    }
}
