//! What this machine does for speed and for keys in memory.
//!
//! May touch: the processor's feature bits; the process's memory map and limits.

use strongroom_cipher::AesPath;
use strongroom_secret::{Protection, key_memory, require_key_memory};

use super::finding::Finding;
use crate::error::Error;

const AES: &str = "AES path";
const MEMORY: &str = "key memory";
const DUMPS: &str = "core dumps";

/// Key memory that a strict start asks for.
const STRICT_LEN: usize = 1 << 20;

/// Every check of the machine; `strict` as `strictKeyMemory` says.
pub(super) fn checks(strict: bool) -> Vec<Finding> {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    vec![
        aes(AesPath::detect()),
        memory(strict, limit(&limits, "Max locked memory")),
        dumps(
            key_memory().left_out_of_dumps,
            limit(&limits, "Max core file size"),
        ),
    ]
}

fn aes(path: AesPath) -> Finding {
    match path.is_fallback() {
        false => Finding::ok(AES, path.to_string()),
        true => Finding::warning(
            AES,
            format!("{path}: no instructions for AES, sealing is many times slower"),
            "use a processor with AES instructions, or let the virtual machine see them",
        ),
    }
}

fn memory(strict: bool, limit: Option<&str>) -> Finding {
    let found = key_memory();
    let limit = limit.unwrap_or("not known");
    let evidence = format!("{found}; RLIMIT_MEMLOCK of this process: {limit}");
    if strict && let Err(error) = require_key_memory(STRICT_LEN) {
        return Finding::error(MEMORY, &Error::from(error));
    }
    match found.is_complete() {
        true => Finding::ok(MEMORY, evidence),
        false => Finding::warning(
            MEMORY,
            evidence,
            "raise RLIMIT_MEMLOCK (`ulimit -l`, LimitMEMLOCK=) to 8 MiB or more where it is not locked",
        ),
    }
}

fn dumps(left_out: Protection, limit: Option<&str>) -> Finding {
    let evidence = match limit {
        Some("0") => "switched off for this process".to_owned(),
        Some(limit) => format!("up to {limit} octets"),
        None => "limit not known".to_owned(),
    };
    match left_out {
        Protection::InPlace => Finding::ok(DUMPS, format!("{evidence}; keys are left out of them")),
        _ if limit == Some("0") => Finding::ok(DUMPS, evidence),
        _ => Finding::warning(
            DUMPS,
            format!("{evidence}; keys are not left out of them"),
            "switch core dumps off (`ulimit -c 0`, LimitCORE=0)",
        ),
    }
}

/// The soft limit in a line of `/proc/self/limits`.
fn limit<'a>(limits: &'a str, name: &str) -> Option<&'a str> {
    let line = limits.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_processor_without_aes_is_a_warning() {
        assert_eq!(aes(AesPath::AesNi).verdict, Verdict::Ok);
        assert_eq!(aes(AesPath::Fallback).verdict, Verdict::Warning);
    }

    #[test]
    fn dumps_with_keys_in_them_are_a_warning() {
        let verdict = |left_out, limit| dumps(left_out, limit).verdict;
        assert_eq!(verdict(Protection::InPlace, Some("unlimited")), Verdict::Ok);
        assert_eq!(verdict(Protection::Denied, Some("0")), Verdict::Ok);
        assert_eq!(verdict(Protection::Denied, Some("9")), Verdict::Warning);
        assert_eq!(verdict(Protection::Denied, None), Verdict::Warning);
    }

    #[test]
    fn what_is_missing_is_an_error_exactly_where_it_is_insisted_on() {
        let complete = key_memory().is_complete();
        let strict = memory(true, None);
        let lax = memory(false, None);
        assert_eq!(strict.verdict == Verdict::Error, !complete);
        assert_eq!(lax.verdict == Verdict::Warning, !complete);
    }

    #[test]
    fn limits_are_read_by_their_name() {
        let text = "Limit  Soft Limit  Hard Limit  Units\nMax core file size  0  unlimited  bytes\nMax locked memory  8388608  8388608  bytes\n";
        assert_eq!(limit(text, "Max core file size"), Some("0"));
        assert_eq!(limit(text, "Max locked memory"), Some("8388608"));
        assert_eq!(limit("", "Max locked memory"), None);
    }
}
