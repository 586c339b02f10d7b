//! Certificates of the trial: made by the bundled server's development CA, ECDSA P-256, so that
//! openssl need not be there. Writes into the folder that it is given.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use strongroom_server::dev::{Authority, Leaf};

use crate::Outcome;

/// A certificate file and its key file.
#[derive(Clone)]
pub(super) struct Pair {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// Everything that the rows need; the names of the fields say what each may do.
#[derive(Clone)]
pub(super) struct Pki {
    pub(super) ca: PathBuf,
    pub(super) other_ca: PathBuf,
    pub(super) server: Pair,
    pub(super) client: Pair,
    pub(super) other_client: Pair,
    pub(super) client_without_usage: Pair,
    pub(super) client_for_servers: Pair,
}

pub(super) fn make(folder: &Path) -> Outcome<Pki> {
    fs::create_dir_all(folder)?;
    let authority = Authority::generate(SystemTime::now())?;
    let write = |name: &str, text: &str| -> Outcome<PathBuf> {
        let path = folder.join(name);
        fs::write(&path, text)?;
        Ok(path)
    };
    let issue = |name: &str, leaf: &Leaf| -> Outcome<Pair> {
        let issued = authority.issue(leaf)?;
        Ok(Pair {
            certificate: write(&format!("{name}.crt"), issued.certificate_pem())?,
            key: write(&format!("{name}.key"), issued.key_pem())?,
        })
    };
    let mut no_usage = Leaf::client("node-1");
    no_usage.client_auth = false;
    let mut for_servers = no_usage.clone();
    for_servers.server_auth = true;
    let stranger = Authority::generate(SystemTime::now())?;
    Ok(Pki {
        ca: write("ca.crt", authority.certificate_pem())?,
        other_ca: write("other-ca.crt", stranger.certificate_pem())?,
        server: issue("server", &Leaf::server())?,
        client: issue("client", &Leaf::client("node-1"))?,
        other_client: issue("other-client", &Leaf::client("node-2"))?,
        client_without_usage: issue("no-usage", &no_usage)?,
        client_for_servers: issue("for-servers", &for_servers)?,
    })
}
