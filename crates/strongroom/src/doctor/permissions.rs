//! Who else may read or write what only this process should.
//!
//! May touch: the permissions of the files and of the directory; reads no contents.

use std::path::Path;

use strongroom_config::{KmipConfig, Password};

use super::finding::Finding;

const CHECK: &str = "permissions";

/// The files of the configuration that hold secrets.
pub(super) fn of_files(kmip: &KmipConfig) -> Vec<Finding> {
    let certificate = &kmip.client_certificate_file;
    let key = kmip.client_key_file.as_ref().unwrap_or(certificate);
    let mut findings = vec![look(key.path(), 0o600)];
    if let Some(setting) = &kmip.client_certificate_password
        && let Password::File(path) = &setting.value
    {
        findings.push(look(path, 0o600));
    }
    findings.into_iter().flatten().collect()
}

/// The store's directory and its own files.
pub(super) fn of_store(dbpath: &Path) -> Vec<Finding> {
    let files = ["keystore.a", "keystore.b"].map(|name| look(&dbpath.join(name), 0o600));
    std::iter::once(look(dbpath, 0o700))
        .chain(files)
        .flatten()
        .collect()
}

/// `None` for what is not there: another check says so.
#[cfg(unix)]
fn look(path: &Path, wanted: u32) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt as _;
    let facts = std::fs::metadata(path).ok()?;
    Some(judge(path, facts.permissions().mode() & 0o777, wanted))
}

#[cfg(not(unix))]
fn look(_: &Path, _: u32) -> Option<Finding> {
    None
}

/// Others may nothing; a group may read.
#[cfg(any(unix, test))]
fn judge(path: &Path, mode: u32, wanted: u32) -> Finding {
    let path = path.display();
    let fix = format!("chmod {wanted:o} {path}");
    if mode & 0o007 != 0 {
        let text = format!("{path} is open to every user of the machine (mode {mode:04o})");
        Finding::warning(CHECK, text, fix)
    } else if mode & 0o020 != 0 {
        let text = format!("{path} can be written by its group (mode {mode:04o})");
        Finding::warning(CHECK, text, fix)
    } else if mode & 0o070 != 0 {
        let text = format!("{path} can be read by its group (mode {mode:04o})");
        Finding::note(CHECK, text)
    } else {
        Finding::ok(CHECK, format!("{path} is its owner's alone"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn what_others_may_read_is_a_warning_with_the_command() {
        let verdict = |mode| judge(Path::new("client.key"), mode, 0o600).verdict;
        assert_eq!(verdict(0o600), Verdict::Ok);
        assert_eq!(verdict(0o400), Verdict::Ok);
        assert_eq!(verdict(0o640), Verdict::Note);
        assert_eq!(verdict(0o660), Verdict::Warning);
        assert_eq!(verdict(0o644), Verdict::Warning);
        assert_eq!(verdict(0o602), Verdict::Warning);
        let fix = judge(Path::new("client.key"), 0o644, 0o600).fix;
        assert_eq!(fix.as_deref(), Some("chmod 600 client.key"));
    }
}
