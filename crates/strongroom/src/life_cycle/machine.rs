//! What this machine does for keys and for speed. May touch: the process's memory map and the
//! processor's feature bits.

use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use strongroom_cipher::AesPath;
use strongroom_config::Config;
use strongroom_secret::{
    KeyMemory, KeyMemoryError, Protection, key_memory, key_memory_warning, require_key_memory,
};

use super::Options;
use super::report::Warning;

/// What this machine does for keys and for speed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MachineReport {
    /// How AES runs: `VAES`, `AES-NI`, `ARMv8` or `fallback`.
    pub aes_path: String,
    /// What protects the keys in the memory of the process that reports.
    pub key_memory: KeyMemoryReport,
    /// Whether a start insists on every protection (`strictKeyMemory`).
    pub strict_key_memory: bool,
    /// What should be better.
    pub warnings: Vec<String>,
}

/// Each protection is `in place`, `denied` or `unsupported`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct KeyMemoryReport {
    /// Against swap.
    pub locked: String,
    /// Against core dumps.
    pub left_out_of_dumps: String,
    /// Against forked children.
    pub wiped_on_fork: String,
    /// Against overruns.
    pub guarded: String,
}

impl MachineReport {
    pub(crate) fn new() -> Self {
        Self::of(AesPath::detect(), key_memory())
    }

    fn of(path: AesPath, memory: KeyMemory) -> Self {
        let memory_warning = (!memory.is_complete()).then_some(Warning::KeyMemory(memory));
        let path_warning = path.is_fallback().then_some(Warning::SlowAes);
        Self {
            aes_path: path.to_string(),
            key_memory: KeyMemoryReport {
                locked: word(memory.locked),
                left_out_of_dumps: word(memory.left_out_of_dumps),
                wiped_on_fork: word(memory.wiped_on_fork),
                guarded: word(memory.guarded),
            },
            strict_key_memory: false,
            warnings: path_warning
                .into_iter()
                .chain(memory_warning)
                .map(|warning| warning.to_string())
                .collect(),
        }
    }
}

/// Key memory that is asked for at a start that insists on it: some thousand keys.
const STRICT_LEN: usize = 1 << 20;

/// Refuses to go on where keys in memory are protected less than `config` or `options` insist on.
pub(super) fn insist(config: &Config, options: &Options) -> Result<(), KeyMemoryError> {
    match options.strict_key_memory || config.strict_key_memory.value {
        true => require_key_memory(STRICT_LEN).map(drop),
        false => Ok(()),
    }
}

/// What a start says of the machine, once in a process.
pub(super) fn warnings() -> Vec<Warning> {
    static SAID: AtomicBool = AtomicBool::new(false);
    let is_slow = AesPath::detect().is_fallback() && !SAID.swap(true, Ordering::Relaxed);
    let path = is_slow.then_some(Warning::SlowAes);
    let memory = key_memory_warning().map(Warning::KeyMemory);
    path.into_iter().chain(memory).collect()
}

fn word(protection: Protection) -> String {
    let word = match protection {
        Protection::InPlace => "in place",
        Protection::Denied => "denied",
        _ => "unsupported",
    };
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn who_insists_is_refused_exactly_where_something_is_missing() {
        let config = |text: &str| Config::from_yaml(text, Path::new("x")).unwrap().0;
        let (plain, on) = (config(""), "security:\n  enableEncryption: true\n");
        let kmip = "    serverName: a\n    serverCAFile: b\n    clientCertificateFile: c\n";
        let strict = config(&format!("{on}  strictKeyMemory: true\n  kmip:\n{kmip}"));
        assert_eq!(insist(&plain, &Options::default()), Ok(()));
        let by_caller = insist(&plain, &Options::default().strict_key_memory(true));
        for strict in [by_caller, insist(&strict, &Options::default())] {
            assert_eq!(strict.is_ok(), key_memory().is_complete());
            if let Err(refused) = strict {
                let error = crate::Error::from(refused);
                assert_eq!(error.class(), crate::Class::Configuration);
            }
        }
    }

    #[test]
    fn what_is_missing_is_a_warning() {
        let mut memory = key_memory();
        memory.locked = Protection::InPlace;
        memory.left_out_of_dumps = Protection::InPlace;
        memory.wiped_on_fork = Protection::InPlace;
        memory.guarded = Protection::InPlace;
        let good = MachineReport::of(AesPath::AesNi, memory);
        assert_eq!((good.aes_path.as_str(), good.warnings.len()), ("AES-NI", 0));
        memory.locked = Protection::Denied;
        let bad = MachineReport::of(AesPath::Fallback, memory);
        assert_eq!(bad.key_memory.locked, "denied");
        assert_eq!(bad.warnings.len(), 2);
        assert!(bad.warnings[0].contains("no instructions for AES"));
        assert!(bad.warnings[1].contains("RLIMIT_MEMLOCK"));
    }
}
