//! The directory of a demonstration: what lies where, and whether it is one at all.
//!
//! May touch: that directory.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use strongroom::Class;
use strongroom_config::Config;

use crate::command::keystore::{DATA_EXTENSION, SERVER_STORE};
use crate::failure::Failure;

const CONFIG_FILE: &str = "strongroom.yaml";
const KEY_SERVER: &str = "key-server";
/// The key id of the demonstration's data, and the name of its file.
pub(crate) const KEY_ID: &str = "quickstart";

/// What a demonstration leaves in its directory; anything else is somebody else's.
const OURS: &[&str] = &[
    CONFIG_FILE,
    "strongroom.yaml.tmp",
    KEY_SERVER,
    "strongroom.lock",
    "strongroom.intent",
    "strongroom.intent.tmp",
    "keystore.a",
    "keystore.a.tmp",
    "keystore.b",
    "keystore.b.tmp",
];

/// The directory.
#[derive(Debug)]
pub(crate) struct Place {
    dir: PathBuf,
}

impl Place {
    /// Makes the directory, or recognises an earlier demonstration in it.
    ///
    /// # Errors
    ///
    /// When something else lies there: nothing is touched then.
    pub(crate) fn prepare(dir: &Path) -> Result<Self, Failure> {
        let place = |dir: &Path| {
            let dir = fs::canonicalize(dir).map_err(|error| Failure::storage(dir, &error))?;
            Ok(Self { dir })
        };
        match fs::read_dir(dir) {
            Ok(entries) => {
                let foreign = foreign(entries).map_err(|error| Failure::storage(dir, &error))?;
                if let Some(name) = foreign {
                    return Err(Failure::new(
                        Class::Configuration,
                        format!("--dbpath {} holds something else: {name}", dir.display()),
                    )
                    .help("Give a new or empty directory, or one of an earlier quickstart. Nothing was changed."));
                }
                place(dir)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make_private(dir)?;
                place(dir)
            }
            Err(error) => Err(Failure::because(
                Class::Configuration,
                format!("--dbpath {}", dir.display()),
                &error,
            )
            .help("Give a directory that can be read, or a new one whose parent exists.")),
        }
    }

    /// The directory, absolute.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The configuration that the demonstration leaves behind.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.dir.join(CONFIG_FILE)
    }

    /// Certificates and store of the bundled key server.
    pub(crate) fn key_server(&self) -> PathBuf {
        self.dir.join(KEY_SERVER)
    }

    /// The bundled key server's objects.
    pub(crate) fn server_store(&self) -> PathBuf {
        self.dir.join(SERVER_STORE)
    }

    /// The encrypted database.
    pub(crate) fn data_file(&self) -> PathBuf {
        self.dir.join(KEY_ID).with_extension(DATA_EXTENSION)
    }

    /// Makes the key server's folder, readable for its owner only.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub(crate) fn make_key_server(&self) -> Result<(), Failure> {
        let path = self.key_server();
        match path.is_dir() {
            true => Ok(()),
            false => make_private(&path),
        }
    }

    /// The address in the configuration of an earlier run.
    ///
    /// # Errors
    ///
    /// When there is a configuration that does not parse.
    pub(crate) fn configured_address(&self) -> Result<Option<SocketAddr>, Failure> {
        let path = self.config_file();
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).map_err(|error| Failure::storage(&path, &error))?;
        let (config, _) = Config::from_yaml(&text, &path).map_err(strongroom::Error::from)?;
        let port = config.kmip.map(|kmip| kmip.port.value);
        Ok(port.map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port))))
    }

    /// The address for messages; the configuration is there by then.
    pub(crate) fn address_hint(&self) -> String {
        match self.configured_address() {
            Ok(Some(address)) => address.to_string(),
            _ => "127.0.0.1:5696".to_owned(),
        }
    }

    /// Writes the configuration: temporary file, fsync, rename, fsync of the directory.
    ///
    /// # Errors
    ///
    /// When the disk refuses; the file is then as it was.
    pub(crate) fn write_config(&self, address: SocketAddr) -> Result<(), Failure> {
        let path = self.config_file();
        let temp = self.dir.join("strongroom.yaml.tmp");
        let text = self.config_text(address);
        let written = (|| {
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&temp)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&temp, &path)?;
            fs::File::open(&self.dir)?.sync_all()
        })();
        written.map_err(|error| Failure::storage(&path, &error))
    }

    fn config_text(&self, address: SocketAddr) -> String {
        let quoted = |name: &str| {
            // Double-quoted YAML: JSON's escapes are among its own.
            serde_json::Value::from(self.key_server().join(name).to_string_lossy().into_owned())
                .to_string()
        };
        format!(
            "# Written by `strongroom quickstart`. The key server lies beside the data: a demonstration only.\n\
             security:\n  enableEncryption: true\n  encryptionCipherMode: AES256-GCM\n  kmip:\n\
             \x20   serverName: {}\n    port: {}\n    serverCAFile: {}\n    clientCertificateFile: {}\n    clientKeyFile: {}\n",
            address.ip(),
            address.port(),
            quoted("ca.pem"),
            quoted("client.pem"),
            quoted("client.key"),
        )
    }
}

fn make_private(path: &Path) -> Result<(), Failure> {
    DirBuilder::new().mode(0o700).create(path).map_err(|error| {
        let class = match error.kind() {
            io::ErrorKind::NotFound => Class::Configuration,
            _ => Class::Storage,
        };
        Failure::because(
            class,
            format!("cannot make the directory {}", path.display()),
            &error,
        )
    })
}

fn foreign(entries: fs::ReadDir) -> io::Result<Option<String>> {
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let data = format!("{KEY_ID}.{DATA_EXTENSION}");
        // The second is where a run that was cut short left a new data file half made.
        let data = name.starts_with(&data) || name == format!(".{data}.strongroom-new");
        if !data && !OURS.contains(&name.as_str()) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_written_configuration_is_read_as_it_was_meant() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a b: \"c\"");
        let place = Place::prepare(&path).unwrap();
        place.make_key_server().unwrap();
        place
            .write_config(SocketAddr::from((Ipv4Addr::LOCALHOST, 5700)))
            .unwrap();
        assert_eq!(place.configured_address().unwrap().unwrap().port(), 5700);
        let text = fs::read_to_string(place.config_file()).unwrap();
        let (config, notices) = Config::from_yaml(&text, Path::new("x")).unwrap();
        assert!(notices.is_empty());
        assert_eq!(
            config.kmip.unwrap().server_ca_file.unwrap().value,
            place.key_server().join("ca.pem")
        );
    }

    #[test]
    fn a_directory_with_something_else_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("WiredTiger.wt"), b"x").unwrap();
        let failure = Place::prepare(dir.path()).unwrap_err();
        assert_eq!(failure.exit_code(), Class::Configuration.exit_code());
        assert!(failure.to_string().contains("WiredTiger.wt"));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
