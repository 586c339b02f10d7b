use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use super::*;

const NAMES: [&str; 6] = [
    "ca.pem",
    "ca.key",
    "server.pem",
    "server.key",
    "client.pem",
    "client.key",
];

fn contents(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .collect();
    all.sort();
    all
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn six_files_are_made_once_and_then_kept() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("a").join("certs");
    let files = ensure_certificates(&dir).unwrap();
    let first = contents(&dir);
    let mut names = NAMES;
    names.sort_unstable();
    assert_eq!(
        first
            .iter()
            .map(|(name, _)| name.as_str())
            .collect::<Vec<_>>(),
        names
    );
    assert_eq!(mode(&dir), 0o700);
    for path in [
        &files.ca_key,
        &files.server_key,
        &files.client_key,
        &files.client_cert,
    ] {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }
    let client = fs::read_to_string(&files.client_cert).unwrap();
    assert!(client.contains("BEGIN CERTIFICATE") && client.contains("BEGIN PRIVATE KEY"));
    assert_eq!(ensure_certificates(&dir).unwrap(), files);
    assert_eq!(contents(&dir), first);
}

#[test]
fn every_missing_file_is_completed_or_refused_and_nothing_is_overwritten() {
    enum Outcome {
        Completed,
        KeyMissing,
        CannotIssue,
        CaUnreadable,
    }
    use Outcome::{CaUnreadable, CannotIssue, Completed, KeyMissing};
    let rows: &[(&[&str], Outcome)] = &[
        (&["client.pem"], Completed),
        (&["server.pem"], Completed),
        (
            &["server.pem", "server.key", "client.pem", "client.key"],
            Completed,
        ),
        (
            &[
                "ca.pem",
                "server.pem",
                "server.key",
                "client.pem",
                "client.key",
            ],
            Completed,
        ),
        (&["ca.key"], Completed),
        (&["server.key"], KeyMissing),
        (&["client.key"], KeyMissing),
        (&["ca.key", "client.pem"], CannotIssue),
        (&["ca.pem"], CaUnreadable),
    ];
    for (missing, outcome) in rows {
        let root = tempfile::tempdir().unwrap();
        ensure_certificates(root.path()).unwrap();
        for name in *missing {
            fs::remove_file(root.path().join(name)).unwrap();
        }
        let before = contents(root.path());
        let result = ensure_certificates(root.path());
        let after = contents(root.path());
        for kept in &before {
            assert!(after.contains(kept), "{missing:?}: {} was changed", kept.0);
        }
        match outcome {
            Completed => assert!(result.is_ok(), "{missing:?}: {result:?}"),
            KeyMissing => {
                assert!(
                    matches!(result, Err(DevError::KeyMissing { .. })),
                    "{missing:?}: {result:?}"
                );
            }
            CannotIssue => {
                assert!(
                    matches!(result, Err(DevError::CannotIssue { .. })),
                    "{missing:?}: {result:?}"
                );
            }
            CaUnreadable => assert!(
                matches!(result, Err(DevError::Io { .. })),
                "{missing:?}: {result:?}"
            ),
        }
        if !matches!(outcome, Completed) {
            assert_eq!(before, after, "{missing:?}");
        }
    }
}

#[test]
fn an_expired_set_and_an_impossible_clock_are_named() {
    let root = tempfile::tempdir().unwrap();
    let now = SystemTime::now();
    ensure_certificates_at(root.path(), now).unwrap();
    let later = now + Duration::from_secs(366 * 24 * 60 * 60);
    assert!(matches!(
        ensure_certificates_at(root.path(), later),
        Err(DevError::Expired { .. })
    ));
    let early = now - Duration::from_secs(2 * 60 * 60);
    assert!(matches!(
        ensure_certificates_at(root.path(), early),
        Err(DevError::Expired { .. })
    ));
    let other = tempfile::tempdir().unwrap();
    let never = SystemTime::UNIX_EPOCH + Duration::from_secs(400_000_000_000);
    assert!(matches!(
        ensure_certificates_at(other.path(), never),
        Err(DevError::Clock)
    ));
}

#[test]
fn a_foreign_or_mismatched_ca_issues_nothing() {
    let root = tempfile::tempdir().unwrap();
    let files = ensure_certificates(root.path()).unwrap();
    let other = tempfile::tempdir().unwrap();
    let others = ensure_certificates(other.path()).unwrap();
    fs::copy(&others.ca, &files.ca).unwrap();
    assert!(matches!(
        issue_client(root.path(), "x", "x"),
        Err(DevError::Unusable { .. })
    ));
    fs::write(&files.ca, "rubbish").unwrap();
    assert!(matches!(
        issue_client(root.path(), "x", "x"),
        Err(DevError::Unusable { .. })
    ));
    assert!(matches!(
        ensure_certificates(root.path()),
        Err(DevError::Unusable { .. })
    ));
}

#[test]
fn a_further_client_is_issued_and_never_overwritten() {
    let root = tempfile::tempdir().unwrap();
    ensure_certificates(root.path()).unwrap();
    let (certificate, key) = issue_client(root.path(), "node-2", "second").unwrap();
    assert_eq!((mode(&certificate), mode(&key)), (0o600, 0o600));
    assert!(matches!(
        issue_client(root.path(), "node-3", "second"),
        Err(DevError::Io { .. })
    ));
}
