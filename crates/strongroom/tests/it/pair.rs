//! Two key servers that copy each other, with a lag that a test sets.

use std::fs;
use std::path::{Path, PathBuf};

use strongroom::config::Config;
use strongroom::{Error, Options, Rotated, Unlocked};
use strongroom_server::Replica;
use strongroom_server::testing::TestServer;
use tempfile::TempDir;

pub(crate) struct Pair {
    first: Option<TestServer>,
    second: TestServer,
    first_port: u16,
    pub(crate) replica: Replica,
    dir: TempDir,
}

impl Pair {
    pub(crate) async fn start() -> Self {
        let (first, second, replica) = TestServer::start_pair().await.unwrap();
        let dir = tempfile::tempdir().unwrap();
        let client = first.client("node-1").unwrap();
        fs::write(dir.path().join("ca.pem"), first.ca_pem()).unwrap();
        let pem = format!("{}{}", client.certificate_pem(), client.key_pem());
        fs::write(dir.path().join("client.pem"), pem).unwrap();
        Self {
            first_port: first.local_addr().port(),
            first: Some(first),
            second,
            replica,
            dir,
        }
    }

    /// The configuration of a store that lists both servers, the first one first.
    pub(crate) fn config(&self) -> Config {
        let dir = self.dir.path().display();
        let (one, two) = (self.first_port, self.second.local_addr().port());
        let yaml = format!(
            "security:\n  enableEncryption: true\n  kmip:\n    \
             serverName: \"127.0.0.1:{one},127.0.0.1:{two}\"\n    \
             serverCAFile: {dir}/ca.pem\n    clientCertificateFile: {dir}/client.pem\n    \
             keyIdentifier: key_name\n    connectTimeoutMS: 2000\n"
        );
        Config::from_yaml(&yaml, Path::new("test.yaml")).unwrap().0
    }

    pub(crate) fn dbpath(&self, name: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::create_dir(&path).unwrap();
        path
    }

    /// The first server is gone for good.
    pub(crate) async fn stop_first(&mut self) {
        if let Some(first) = self.first.take() {
            first.stop().await;
        }
    }

    pub(crate) async fn unlock(&self, dbpath: &Path) -> Result<Unlocked, Error> {
        strongroom::unlock(&self.config(), dbpath, &Options::default()).await
    }

    pub(crate) async fn rotate(&self, dbpath: &Path) -> Result<Rotated, Error> {
        strongroom::rotate(&self.config(), dbpath, &Options::default()).await
    }
}
