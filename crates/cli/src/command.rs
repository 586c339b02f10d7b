//! One file per command. Shared here: the loaded configuration and the async runtime.

pub(crate) mod backups;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod file;
pub(crate) mod keys;
pub(crate) mod keystore;
pub(crate) mod kmip;
mod live;
pub(crate) mod master;
pub(crate) mod rotate;
pub(crate) mod server;
pub(crate) mod shell;
pub(crate) mod status;
pub(crate) mod ttlv;
pub(crate) mod unlock;

use std::future::Future;
use std::path::Path;

use strongroom::Class;
use strongroom_config::{Config, ConfigError, Environment, Notice, Overrides};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::args::ConfigFile;
use crate::failure::Failure;
use crate::output;

/// With a handler there, a write beyond the limit on file sizes fails and is reported as any
/// other storage error; without one the system ends the process in the middle of its work.
fn take_file_size_limit_as_error(runtime: &Runtime) -> Result<(), Failure> {
    let _entered = runtime.enter();
    let kind = SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw());
    signal(kind)
        .map(drop)
        .map_err(|error| Failure::because(Class::Storage, "cannot handle signals", &error))
}

/// What every command can use.
pub(crate) struct Context {
    overrides: Overrides,
    runtime: Runtime,
}

impl Context {
    /// Starts the runtime.
    ///
    /// # Errors
    ///
    /// When the system has no resources for it.
    pub(crate) fn new(overrides: Overrides) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| Failure::because(Class::Storage, "cannot start", &error))?;
        take_file_size_limit_as_error(&runtime)?;
        Ok(Self { overrides, runtime })
    }

    /// Runs one future to its end.
    pub(crate) fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Loads the configuration file, the environment and the flags; notices go to stderr.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong.
    pub(crate) fn config(&self, file: &ConfigFile) -> Result<Config, Failure> {
        self.load(file.config.as_deref(), &self.overrides)
    }

    /// Loads `file` alone, as a user without flags and environment would.
    ///
    /// # Errors
    ///
    /// As [`Self::config`].
    pub(crate) fn config_alone(&self, file: &Path) -> Result<Config, Failure> {
        let (config, _) = Config::load(Some(file), &Overrides::none(), &Environment::empty())
            .map_err(|error| Failure::from(strongroom::Error::from(error)))?;
        Ok(config)
    }

    /// As [`Self::config`], with the notices for the caller to tell.
    ///
    /// # Errors
    ///
    /// As [`Self::config`].
    pub(crate) fn config_with_notices(
        &self,
        file: &ConfigFile,
    ) -> Result<(Config, Vec<Notice>), ConfigError> {
        let environment = Environment::process();
        Config::load(file.config.as_deref(), &self.overrides, &environment)
    }

    fn load(&self, file: Option<&Path>, overrides: &Overrides) -> Result<Config, Failure> {
        let (config, notices) = Config::load(file, overrides, &Environment::process())
            .map_err(|error| Failure::from(strongroom::Error::from(error)))?;
        for notice in notices {
            output::message(&format!("notice: {notice}"));
        }
        Ok(config)
    }
}
