//! Which list of key servers a master key is on, while a store moves from one list to another.
//!
//! May touch: the configuration file that `security.kmip.migrateFrom` names; opens no connection.

use strongroom_config::{Config, ConfigError, Environment, KmipConfig, OptionId, Overrides};
use strongroom_keystore::MasterEntry;

use super::key_file::KeyFile;
use super::servers::{KeyServers, Standing};
use crate::error::Error;

/// The key servers that a store leaves.
#[derive(Debug)]
pub(crate) struct Left {
    servers: KeyServers,
    key_identifier: Option<String>,
}

/// Why the file of `security.kmip.migrateFrom` does not serve.
#[derive(Debug, thiserror::Error)]
enum MigrateFromError {
    /// It cannot be read, or is no good configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// It has no key server.
    #[error("{file} has no security.kmip.serverName; a key file is left with encryptionKeyFile")]
    NoServer { file: String },
    /// It names a third list.
    #[error("{file} has a migrateFrom of its own: finish that move first")]
    Chain { file: String },
    /// A server is in both lists.
    #[error(
        "{server} is in {file} and in serverName: a list that is only changed needs no move, and no migrateFrom"
    )]
    SharedServer { server: String, file: String },
}

impl Left {
    /// Reads the file that the option names, if it is given. Environment and flags say nothing about it.
    pub(super) fn of(kmip: &KmipConfig, now: &[String]) -> Result<Option<Box<Self>>, Error> {
        let Some(setting) = &kmip.migrate_from else {
            return Ok(None);
        };
        let refused = |error| Error::option(OptionId::KmipMigrateFrom, error);
        let file = setting.value.display().to_string();
        let loaded = Config::load(
            Some(&setting.value),
            &Overrides::none(),
            &Environment::empty(),
        );
        let (config, _) = loaded.map_err(|error| refused(error.into()))?;
        let Some(left) = &config.kmip else {
            return Err(refused(MigrateFromError::NoServer { file }));
        };
        if left.migrate_from.is_some() {
            return Err(refused(MigrateFromError::Chain { file }));
        }
        let servers = KeyServers::of_list(left)?;
        let mut both = servers.names().into_iter();
        if let Some(server) = both.find(|server| now.contains(server)) {
            return Err(refused(MigrateFromError::SharedServer { server, file }));
        }
        let key_identifier = left.key_identifier.as_ref();
        Ok(Some(Box::new(Self {
            servers,
            key_identifier: key_identifier.map(|setting| setting.value.clone()),
        })))
    }
}

impl KeyServers {
    /// The list that a recorded master key is on: this one, or the one that the store leaves.
    pub(crate) fn home(&self, entry: &MasterEntry) -> &Self {
        self.home_of(&entry.unique_identifier, &entry.servers)
    }

    /// As [`Self::home`], for a key and the servers (`host:port`) that once returned it.
    pub(crate) fn home_of(&self, unique_identifier: &str, recorded: &[String]) -> &Self {
        match &self.left {
            Some(left) if !KeyFile::names(unique_identifier) && !self.lists_one(recorded) => {
                &left.servers
            }
            _ => self,
        }
    }

    /// `host:port` of each server that the store leaves; empty without a move.
    pub(crate) fn left_names(&self) -> Vec<String> {
        self.left
            .as_ref()
            .map_or_else(Vec::new, |left| left.servers.names())
    }

    /// What the configuration of the servers that the store leaves calls the master key.
    pub(crate) fn left_identifier(&self) -> Option<&str> {
        self.left.as_ref()?.key_identifier.as_deref()
    }

    /// What the key's own list says of it. Where that list has none of the servers that once returned
    /// the key, they may have been renamed, or be others that count from 1 too: then only a key that
    /// bears its Name and the store's label is taken for it.
    pub(crate) async fn standing_of(&self, entry: &MasterEntry, label: &str) -> Standing {
        let mut standing = self.home(entry).standing(&entry.unique_identifier).await;
        if self.may_be_elsewhere(entry) {
            standing.only(|facts| {
                let name = entry.name.as_ref();
                facts.bears(label) && name.is_some_and(|name| facts.names.contains(name))
            });
        }
        standing
    }

    /// Whether no list here has a server that once returned the key.
    pub(crate) fn may_be_elsewhere(&self, entry: &MasterEntry) -> bool {
        !entry.servers.is_empty() && !self.home(entry).lists_one(&entry.servers)
    }

    /// That the key is on servers that nobody can ask.
    pub(crate) fn elsewhere(entry: &MasterEntry) -> Error {
        Error::MasterElsewhere {
            unique_identifier: entry.unique_identifier.clone(),
            servers: entry.servers.clone(),
        }
    }

    fn lists_one(&self, recorded: &[String]) -> bool {
        self.names().iter().any(|server| recorded.contains(server))
    }
}
