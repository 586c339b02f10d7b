//! A forked child has another process mark. One thread, so without the test harness.
#![expect(clippy::unwrap_used, reason = "a test without the harness")]

use strongroom_secret::{
    fork::{Child, in_child},
    process_mark,
};

fn main() {
    if cfg!(not(target_os = "linux")) {
        // Only there the helper can tell how many threads there are.
        return;
    }
    let parent = process_mark();
    let child = in_child(|| {
        let child = process_mark();
        // The grandchild differs from both.
        let grandchild = in_child(|| u8::from(![parent, child].contains(&process_mark())));
        u8::from(child != parent && matches!(grandchild, Ok(Child::Gave(1))))
    });
    assert_eq!(child.unwrap(), Child::Gave(1));
    assert_eq!(process_mark(), parent, "the parent keeps its mark");
    assert_eq!(
        in_child(|| std::panic::resume_unwind(Box::new(()))).unwrap(),
        Child::Died
    );

    let second_thread = std::thread::spawn(|| in_child(|| 0));
    let refused = second_thread.join().unwrap().unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::Unsupported);
}
