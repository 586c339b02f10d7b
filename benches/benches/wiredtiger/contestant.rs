//! Who is timed under the host: WiredTiger without encryption, and each encryptor that can be had here.
//!
//! May touch: the folder for temporary files of the build, where the store of ours lies.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::host::{Host, compile};
use super::{NONE, NOP, OURS, say};

/// The key of the master key file: this bench seals nothing that anybody keeps.
const MASTER_KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

/// One set of settings for the host.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    /// Added to those of `wiredtiger_open`.
    pub(crate) settings: String,
}

/// All that this machine has; what is left out is told, with the reason.
///
/// # Errors
///
/// When the folder cannot be written.
pub(crate) fn contestants(host: &Host) -> io::Result<Vec<Contestant>> {
    let of = |name, settings| Contestant { name, settings };
    let mut all = vec![of(NONE, String::new())];
    let ext = host.tree.join("ext/encryptors");
    let nop = ext.join("nop/libwiredtiger_nop_encrypt.so");
    all.push(of(NOP, extension(&nop, "", "name=nop")));
    match library() {
        Ok(library) => all.push(of(OURS, ours(host, &library)?)),
        Err(reason) => say(&format!("ours is left out: {reason}")),
    }
    let sodium = ext.join("sodium/libwiredtiger_sodium.so");
    match sodium.is_file() {
        true => {
            let key = format!("name=sodium,secretkey={}", "07".repeat(32));
            all.push(of("WiredTiger's sodium", extension(&sodium, "", &key)));
        }
        false => say("WiredTiger's sodium is left out: it was built without libsodium"),
    }
    let pages = host.file("psmdb.so");
    let built = match cfg!(target_arch = "x86_64") {
        true => compile(host, "psmdb.c", &pages, &["-shared", "-fPIC", "-lcrypto"]),
        false => Err(io::Error::other("the checksum is written for x86-64")),
    };
    match built {
        Ok(()) => {
            for (name, own) in [("PSMDB's GCM", "psmdb-gcm"), ("PSMDB's CBC", "psmdb-cbc")] {
                all.push(of(name, extension(&pages, "", &format!("name={own}"))));
            }
        }
        Err(reason) => say(&format!("PSMDB's pages are left out: {reason}")),
    }
    Ok(all)
}

fn extension(library: &Path, config: &str, encryption: &str) -> String {
    format!(
        "extensions=[\"{}\"=(config=({config}))],encryption=({encryption})",
        library.display()
    )
}

/// Ours in release, which `cargo xtask bench` has built.
fn library() -> io::Result<PathBuf> {
    let named = std::env::var_os("STRONGROOM_BENCH_LIBRARY");
    named
        .map(PathBuf::from)
        .filter(|path| path.is_file())
        .ok_or_else(|| io::Error::other("`cargo xtask bench` builds the library"))
}

/// A store beside the host's folder, so that every round has the same one. Its master key lies in a file:
/// who has the key does not matter once the host has opened.
fn ours(host: &Host, library: &Path) -> io::Result<String> {
    let store = host.file("store");
    if store.exists() {
        fs::remove_dir_all(&store)?;
    }
    fs::create_dir(&store)?;
    let (key, yaml) = (host.file("master.key"), host.file("strongroom.yaml"));
    fs::write(&key, MASTER_KEY)?;
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600))?;
    let text = format!(
        "security:\n  enableEncryption: true\n  encryptionKeyFile: {}\n",
        key.display()
    );
    fs::write(&yaml, text)?;
    let config = format!(
        "config_file=\"{}\",dbpath=\"{}\"",
        yaml.display(),
        store.display()
    );
    Ok(extension(
        library,
        &config,
        "name=strongroom,keyid=\"bench\"",
    ))
}
