//! The system calls of a run, as strace writes them down.

use std::collections::BTreeMap;

/// The calls by which files are changed or read. Others cannot lose anything.
pub(super) const NAMES: &str =
    "openat,read,write,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,ftruncate,flock";

/// One call that touches the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) name: String,
    /// Among the calls of this name in its thread, from 1: what strace counts.
    pub(super) nth: usize,
    /// Whether what was acknowledged depends on it.
    pub(super) makes_durable: bool,
}

impl Call {
    /// Tells strace to kill before it.
    pub(super) fn kill(&self) -> String {
        let Self { name, nth, .. } = self;
        format!("{name}:signal=KILL:when={nth}")
    }
}

/// The calls of `trace` (strace -f -y) that touch something in `folder`.
pub(super) fn of(trace: &str, folder: &str) -> Vec<Call> {
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in trace.lines() {
        let (thread, call) = split_thread(line);
        let Some((name, arguments)) = call.split_once('(') else {
            continue;
        };
        let nth = seen.entry((thread, name)).or_default();
        *nth = nth.saturating_add(1);
        if arguments.contains(folder) {
            calls.push(Call {
                name: name.to_owned(),
                nth: *nth,
                makes_durable: makes_durable(name, arguments),
            });
        }
    }
    calls
}

/// With several threads strace begins a line with the thread's number.
fn split_thread(line: &str) -> (&str, &str) {
    match line.split_once(' ') {
        Some((thread, call)) if thread.bytes().all(|octet| octet.is_ascii_digit()) => {
            (thread, call.trim_start())
        }
        _ => ("", line),
    }
}

/// The lock file holds a process number for people, no more.
fn makes_durable(name: &str, arguments: &str) -> bool {
    let is_kind = name == "write"
        || name.ends_with("sync")
        || name.ends_with("datasync")
        || name.starts_with("rename");
    is_kind && !arguments.contains("strongroom.lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_for_each_thread_and_those_elsewhere_left_out() {
        let trace = "openat(AT_FDCWD</x>, \"/etc/ld.so.cache\", O_RDONLY) = 3</etc/ld.so.cache>\n\
                     7  openat(AT_FDCWD</x>, \"/s/keystore.a.tmp\", O_WRONLY) = 4</s/keystore.a.tmp>\n\
                     7  write(4</s/keystore.a.tmp>, \"a\", 1) = 1\n\
                     8  write(1<pipe:[1]>, \"ACK\", 3) = 3\n\
                     7  write(3</s/strongroom.lock>, \"7\", 1) = 1\n\
                     7  rename(\"/s/keystore.a.tmp\", \"/s/keystore.a\") = 0\n";
        let call = |name: &str, nth, makes_durable| Call {
            name: name.to_owned(),
            nth,
            makes_durable,
        };
        let wanted = [
            call("openat", 1, false),
            call("write", 1, true),
            call("write", 2, false),
            call("rename", 1, true),
        ];
        assert_eq!(of(trace, "/s/"), wanted);
    }
}
