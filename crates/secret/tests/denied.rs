//! Where `mlock` is denied, secrets work all the same; the status says so, a warning says so once, and
//! who insists is refused. One thread, so without the test harness.
#![cfg_attr(
    target_os = "linux",
    expect(clippy::unwrap_used, reason = "a test without the harness")
)]
#![cfg_attr(
    target_os = "linux",
    expect(unsafe_code, reason = "a child gives up root's right to lock memory")
)]

/// Other systems deny nothing: they have no such memory.
#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
fn main() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    use strongroom_secret::{
        Protection, SecretBytes,
        fork::{Child, in_child},
        key_memory, key_memory_warning, require_key_memory,
    };

    const NOBODY: u32 = 65534;
    let child = in_child(|| {
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        setrlimit(Resource::Memlock, none).unwrap();
        // Root may lock beyond its limit. Who is not root cannot do this, and need not.
        // SAFETY: no memory is involved; this process has one thread, and ends soon.
        let _may_fail = unsafe { libc::setresuid(NOBODY, NOBODY, NOBODY) };

        let secret = SecretBytes::copy_from(&[7; 32]);
        assert!(secret.ct_eq(&[7; 32]));
        let memory = key_memory();
        assert_eq!(memory.locked, Protection::Denied);
        assert_eq!(memory.guarded, Protection::InPlace);
        assert!(memory.to_string().starts_with("not locked (denied)"));
        assert_eq!(key_memory_warning(), Some(memory));
        assert_eq!(key_memory_warning(), None, "once");
        let refused = require_key_memory(1).unwrap_err();
        assert_eq!(refused.memory.locked, Protection::Denied);
        1
    });
    assert_eq!(child.unwrap(), Child::Gave(1));

    // Control: without that child's limit nothing is denied that the system grants.
    let memory = key_memory();
    match require_key_memory(256 * 1024) {
        Ok(now) => {
            assert!(now.is_complete() && now.octets >= 256 * 1024);
            assert_eq!(key_memory_warning(), None);
        }
        Err(refused) => assert!(!refused.memory.is_complete(), "{memory}"),
    }
}
