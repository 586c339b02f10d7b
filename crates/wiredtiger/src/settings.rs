//! What the operator asked for: the extension's configuration string, a YAML file, the environment.
//!
//! May touch: the YAML file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use strongroom::config::{Config, Environment, Kind, OPTIONS, OptionId, Overrides};

use crate::error::Refusal;

/// Where the YAML file lies; the options of the configuration string win over what it says.
const CONFIG_FILE: &str = "config_file";
/// Where the keystore lies, when not in the host's folder.
const DBPATH: &str = "dbpath";

/// The settings of one connection.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The seed's options.
    pub(crate) config: Arc<Config>,
    /// Where the keystore lies.
    pub(crate) dbpath: PathBuf,
    /// The host's folder, when it tells.
    pub(crate) home: Option<PathBuf>,
    /// What there is to say about the configuration.
    pub(crate) notices: Vec<String>,
}

/// Whether all `keys` of the extension's configuration string are known: a setting with a typing error
/// must not count as left out.
///
/// # Errors
///
/// [`Refusal::UnknownSetting`].
pub(crate) fn known(keys: &[String]) -> Result<(), Refusal> {
    let flags = || {
        OPTIONS
            .iter()
            .map(|row| (row.flag, row.kind == Kind::Secret))
    };
    let all = || {
        [CONFIG_FILE, DBPATH]
            .map(|own| (own, false))
            .into_iter()
            .chain(flags())
    };
    let is_known = |key: &&String| all().any(|(name, _)| name == key.as_str());
    match keys.iter().find(|key| !is_known(key)) {
        None => Ok(()),
        Some(key) => {
            let open = all().filter(|(_, is_secret)| !is_secret);
            let names: Vec<_> = open.map(|(name, _)| name).collect();
            Err(Refusal::UnknownSetting {
                key: key.clone(),
                known: names.join(", "),
            })
        }
    }
}

/// Reads the settings; `value_of` gives the text of a key of the extension's configuration string.
///
/// # Errors
///
/// [`Refusal`], with the option and the way out.
pub(crate) fn read(
    value_of: impl Fn(&'static str) -> Result<Option<String>, Refusal>,
    home: Option<PathBuf>,
    environment: &Environment,
) -> Result<Settings, Refusal> {
    let file = value_of(CONFIG_FILE)?.map(PathBuf::from);
    let mut overrides = Overrides::none();
    let mut has_server = environment.get("STRONGROOM_KMIP_SERVER_NAME").is_some();
    for row in OPTIONS {
        let Some(value) = value_of(row.flag)? else {
            continue;
        };
        if row.kind == Kind::Secret {
            return Err(Refusal::SecretInConfig(row.flag));
        }
        has_server |= row.id == OptionId::KmipServerName;
        overrides.set(row.id, value);
    }
    if file.is_none() && !has_server {
        return Err(Refusal::NoConfig);
    }
    let loaded = Config::load(file.as_deref(), &overrides, environment);
    let (config, notices) = loaded.map_err(strongroom::Error::from)?;
    let dbpath = match value_of(DBPATH)? {
        Some(path) => PathBuf::from(path),
        None => home.clone().ok_or(Refusal::NoHome)?,
    };
    Ok(Settings {
        config: Arc::new(config),
        dbpath,
        home,
        notices: notices.iter().map(ToString::to_string).collect(),
    })
}

/// The host's folder, independent of later changes of the working directory.
pub(crate) fn home(text: &Path) -> PathBuf {
    std::path::absolute(text).unwrap_or_else(|_| text.to_owned())
}
