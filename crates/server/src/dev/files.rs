//! The folder of development certificates.
//!
//! May touch: the files named here in the folder that it is given; never overwrites one.
//!
//! Each key is written before its certificate, so a run that was cut leaves only states that
//! the next run completes: a key without a certificate gets one.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rcgen::KeyPair;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use x509_cert::der::Decode;
use zeroize::Zeroizing;

use super::{Authority, CLIENT_NAME, DevError, Issued, Leaf};

/// Paths of the development certificates in one folder.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DevFiles {
    /// `ca.pem`: the CA certificate.
    pub ca: PathBuf,
    /// `ca.key`: the CA key. May be absent when every certificate is there.
    pub ca_key: PathBuf,
    /// `server.pem`: the server certificate.
    pub server_cert: PathBuf,
    /// `server.key`: the server key.
    pub server_key: PathBuf,
    /// `client.pem`: certificate **and** key of the client, as `clientCertificateFile` wants it.
    pub client_cert: PathBuf,
    /// `client.key`: the client key alone.
    pub client_key: PathBuf,
}

impl DevFiles {
    /// The paths in `dir`, whether or not the files are there.
    #[must_use]
    pub fn in_dir(dir: &Path) -> Self {
        Self {
            ca: dir.join("ca.pem"),
            ca_key: dir.join("ca.key"),
            server_cert: dir.join("server.pem"),
            server_key: dir.join("server.key"),
            client_cert: dir.join("client.pem"),
            client_key: dir.join("client.key"),
        }
    }
}

/// Makes the development certificates in `dir` when absent; existing ones are kept and checked.
///
/// An incomplete folder is completed as long as the CA and its key are there. No file is ever
/// overwritten. Key files (and `client.pem`) get mode 0600, a folder made here 0700.
///
/// # Errors
///
/// [`DevError`]; nothing is overwritten in any case.
pub fn ensure_certificates(dir: &Path) -> Result<DevFiles, DevError> {
    ensure_certificates_at(dir, SystemTime::now())
}

/// As [`ensure_certificates`], at the time `now`.
///
/// # Errors
///
/// As [`ensure_certificates`].
pub fn ensure_certificates_at(dir: &Path, now: SystemTime) -> Result<DevFiles, DevError> {
    let files = DevFiles::in_dir(dir);
    let pairs = [
        (&files.server_cert, &files.server_key, Leaf::server()),
        (
            &files.client_cert,
            &files.client_key,
            Leaf::client(CLIENT_NAME),
        ),
    ];
    for (certificate, key, _) in &pairs {
        if certificate.exists() && !key.exists() {
            return Err(DevError::KeyMissing {
                certificate: (*certificate).clone(),
                key: (*key).clone(),
            });
        }
    }
    make_dir(dir)?;
    if let Some((missing, ..)) = pairs.iter().find(|(certificate, ..)| !certificate.exists()) {
        let authority = authority(&files, missing, now)?;
        for (certificate, key, leaf) in &pairs {
            if !certificate.exists() {
                complete_pair(&authority, (certificate, key), leaf)?;
            }
        }
    }
    for certificate in [&files.ca, &files.server_cert, &files.client_cert] {
        check_dates(certificate, now)?;
    }
    Ok(files)
}

/// Issues a further client certificate from the CA in `dir`, as `<stem>.pem` (certificate and
/// key) and `<stem>.key`; the paths are returned in this order.
///
/// # Errors
///
/// [`DevError`]; an existing file is never overwritten.
pub fn issue_client(
    dir: &Path,
    common_name: &str,
    stem: &str,
) -> Result<(PathBuf, PathBuf), DevError> {
    let files = DevFiles::in_dir(dir);
    let certificate = dir.join(format!("{stem}.pem"));
    let key = dir.join(format!("{stem}.key"));
    if !files.ca.exists() || !files.ca_key.exists() {
        return Err(DevError::CannotIssue {
            missing: certificate,
            key: files.ca_key,
        });
    }
    let authority = authority(&files, &certificate, SystemTime::now())?;
    complete_pair(&authority, (&certificate, &key), &Leaf::client(common_name))?;
    Ok((certificate, key))
}

/// The CA of the folder, made when neither certificate nor key is there.
fn authority(files: &DevFiles, missing: &Path, now: SystemTime) -> Result<Authority, DevError> {
    match (files.ca.exists(), files.ca_key.exists()) {
        (true, true) => {
            let certificate = read(&files.ca)?;
            let key = read(&files.ca_key)?;
            Authority::from_pem((&certificate, &key), &files.ca, now)
        }
        (true, false) => Err(DevError::CannotIssue {
            missing: missing.to_owned(),
            key: files.ca_key.clone(),
        }),
        (false, has_key) => {
            let authority = if has_key {
                Authority::with_key(read_key(&files.ca_key)?, now)?
            } else {
                let authority = Authority::generate(now)?;
                write_new(&files.ca_key, &[&authority.key_pem()], 0o600)?;
                authority
            };
            write_new(&files.ca, &[authority.certificate_pem()], 0o644)?;
            Ok(authority)
        }
    }
}

/// Writes the key, unless it is there, and then the certificate.
fn complete_pair(
    authority: &Authority,
    paths: (&Path, &Path),
    leaf: &Leaf,
) -> Result<(), DevError> {
    let (certificate, key) = paths;
    let issued: Issued = if key.exists() {
        authority.issue_for(leaf, &read_key(key)?)?
    } else {
        let issued = authority.issue(leaf)?;
        write_new(key, &[issued.key_pem()], 0o600)?;
        issued
    };
    if leaf.client_auth {
        write_new(
            certificate,
            &[issued.certificate_pem(), issued.key_pem()],
            0o600,
        )
    } else {
        write_new(certificate, &[issued.certificate_pem()], 0o644)
    }
}

fn check_dates(path: &Path, now: SystemTime) -> Result<(), DevError> {
    let unusable = |what| DevError::Unusable {
        path: path.to_owned(),
        what,
    };
    let text = read(path)?;
    let certificate = CertificateDer::from_pem_slice(text.as_bytes())
        .map_err(|_| unusable("holds no certificate as PEM"))?;
    let parsed = x509_cert::Certificate::from_der(&certificate)
        .map_err(|_| unusable("holds no X.509 certificate"))?;
    let validity = parsed.tbs_certificate().validity();
    if now < validity.not_before.to_system_time() || now > validity.not_after.to_system_time() {
        return Err(DevError::Expired {
            path: path.to_owned(),
        });
    }
    Ok(())
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> DevError {
    let path = path.to_owned();
    move |source| DevError::Io { path, source }
}

fn make_dir(dir: &Path) -> Result<(), DevError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(dir).map_err(io_error(dir))
}

fn read(path: &Path) -> Result<Zeroizing<String>, DevError> {
    fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(io_error(path))
}

fn read_key(path: &Path) -> Result<KeyPair, DevError> {
    KeyPair::from_pem(&read(path)?).map_err(|_| DevError::Unusable {
        path: path.to_owned(),
        what: "holds no private key as PKCS #8 PEM",
    })
}

/// Writes a file that must not exist; it appears under its name only when it is complete.
fn write_new(path: &Path, parts: &[&str], mode: u32) -> Result<(), DevError> {
    let unfinished = path.with_extension(format!("new-{}", std::process::id()));
    let written = write_unfinished(&unfinished, parts, mode)
        // `hard_link` fails on an existing name, where `rename` would overwrite it.
        .and_then(|()| fs::hard_link(&unfinished, path))
        .map_err(io_error(path));
    let removed = fs::remove_file(&unfinished).map_err(io_error(&unfinished));
    written.and(removed)
}

fn write_unfinished(path: &Path, parts: &[&str], mode: u32) -> io::Result<()> {
    let mut file: File = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(path)?;
    for part in parts {
        file.write_all(part.as_bytes())?;
    }
    file.sync_all()
}

#[cfg(test)]
mod tests;
