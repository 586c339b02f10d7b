//! What is wrong with a set-up, or will be: configuration, files, servers, master key, keystore,
//! machine. `docs/operate/doctor.md` lists each finding with its fix.
//!
//! May touch: what its checks say; changes nothing anywhere. To the key servers it sends Discover
//! Versions, Query, Locate, Get and Get Attributes only (I12). Its connections are verified as any
//! other: the client keeps what a refused server showed, and its error says what is wrong with it.

mod certificates;
mod finding;
mod machine;
mod master;
mod permissions;
mod servers;
mod store;

use std::path::Path;

use strongroom_client::ServerList;
use strongroom_config::{Config, KmipConfig, Notice, NoticeKind, OptionId};

use crate::error::Error;
use crate::life_cycle::Options;
use crate::master::{KeyFile, KeyServers};
pub use finding::{Diagnosis, Finding, Verdict};

const CONFIGURATION: &str = "configuration";

/// Looks at everything that a start with `config` depends on; with `dbpath` at the store there too.
///
/// `notices` are those of the configuration's loading. Never fails: what cannot be looked at is a
/// finding. `docs/operate/doctor.md` lists the findings.
pub async fn doctor(
    config: &Config,
    notices: &[Notice],
    dbpath: Option<&Path>,
    options: &Options,
) -> Diagnosis {
    let mut findings = configuration(config, notices);
    let strict = options.strict_key_memory || config.strict_key_memory.value;
    let mut store = None;
    if let Some(dbpath) = dbpath {
        let encrypted = config.enable_encryption.value;
        let (found, keystore) = store::checks(dbpath, options, encrypted);
        findings.extend(permissions::of_store(dbpath));
        findings.extend(found);
        store = keystore;
    }
    findings.extend(machine::checks(strict));
    findings.extend(KeyFile::of(config).map(|file| key_file(&file)));
    let Some(kmip) = &config.kmip else {
        return Diagnosis { findings };
    };
    findings.extend(permissions::of_files(kmip));
    findings.extend(certificates::of_trust(kmip));
    findings.extend(certificates::of_client(kmip));
    findings.extend(list(kmip));
    // Files that cannot be used have their findings above.
    if let Ok(servers) = KeyServers::from_config(config) {
        let (found, answers) = servers::checks(&servers, kmip).await;
        findings.extend(found);
        findings.extend(match (&store, answers) {
            (_, false) => Vec::new(),
            (Some(found), _) => master::of_keystore(&servers, kmip, found).await,
            (None, _) => master::of_configuration(&servers, kmip).await,
        });
    }
    Diagnosis { findings }
}

/// The key file, read once.
fn key_file(file: &KeyFile) -> Finding {
    match file.read() {
        Ok((id, _)) => Finding::ok("key file", format!("{} holds the key {id}", file.name())),
        Err(error) => Finding::error("key file", &Error::from(error)),
    }
}

fn configuration(config: &Config, notices: &[Notice]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = notices.iter().map(notice).collect();
    let rotates = config
        .kmip
        .as_ref()
        .is_some_and(|kmip| kmip.rotate_master_key.value);
    if rotates {
        findings.push(Finding::warning(
            CONFIGURATION,
            "security.kmip.rotateMasterKey is true: each start would rotate",
            "rotate once with `strongroom rotate`, and take the option out",
        ));
    }
    if !config.enable_encryption.value {
        let error = Error::EncryptionNotEnabled;
        findings.push(Finding::error(CONFIGURATION, &error));
    }
    if findings.is_empty() {
        findings.push(Finding::ok(
            CONFIGURATION,
            "every option is known and in its bounds",
        ));
    }
    findings
}

fn notice(notice: &Notice) -> Finding {
    let text = notice.to_string();
    match &notice.kind {
        NoticeKind::SecretInPlainText(_) => Finding::warning(
            CONFIGURATION,
            text,
            "write {file: PATH} and chmod 600 that file",
        ),
        NoticeKind::UnknownVariable { meant, .. } => {
            let fix = format!("rename it to {meant}, or unset it");
            Finding::warning(CONFIGURATION, text, fix)
        }
        _ => Finding::note(CONFIGURATION, text),
    }
}

/// A list of servers that cannot be read.
fn list(kmip: &KmipConfig) -> Option<Finding> {
    let list = ServerList::parse(&kmip.server_name.value, kmip.port.value);
    let error = list.err()?;
    let error = Error::option(OptionId::KmipServerName, error);
    Some(Finding::error(CONFIGURATION, &error))
}
