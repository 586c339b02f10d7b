//! A forked child has another process mark and none of its parent's secrets; running past the end of
//! key memory ends a process. One thread, so without the test harness.
#![expect(clippy::unwrap_used, reason = "a test without the harness")]
#![expect(clippy::print_stdout, reason = "says what it could not test")]

use strongroom_secret::{
    Protection, SecretBytes, WipedBox,
    fork::{Child, in_child},
    key_memory, process_mark,
};

fn main() {
    if cfg!(not(target_os = "linux")) {
        // Only there the helper can tell how many threads there are.
        return;
    }
    a_child_has_another_mark();
    a_child_has_no_secret_of_its_parent();
    more_than_one_thread_is_refused();
}

fn a_child_has_another_mark() {
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
}

/// How many of these hold, in order, up to the first that does not.
fn held<const N: usize>(checks: [bool; N]) -> u8 {
    let count = checks.iter().take_while(|held| **held).count();
    u8::try_from(count).unwrap()
}

fn a_child_has_no_secret_of_its_parent() {
    if key_memory().wiped_on_fork != Protection::InPlace {
        println!("this kernel wipes nothing on fork: not tested");
        return;
    }
    // One in a common region, one with a region to itself.
    let (short, long) = (
        SecretBytes::copy_from(&[7; 32]),
        SecretBytes::copy_from(&[7; 9000]),
    );
    let schedule = WipedBox::new(|| [7_u64; 60]);
    let child = in_child(|| {
        let own = SecretBytes::copy_from(&[8; 32]);
        let copy = short.duplicate();
        let count = held([
            short.is_lost() && long.is_lost() && copy.is_lost(),
            short.expose().is_empty() && long.expose().is_empty() && copy.expose().is_empty(),
            // Neither a guess of zeros nor nothing at all passes for it.
            !short.ct_eq(&[0; 32]) && !short.ct_eq(&[]) && !copy.ct_eq(&[0; 32]),
            schedule.get().is_none(),
            own.expose() == [8; 32],
        ]);
        // Dropping what the parent owns leaves the child's own alone.
        drop((copy, SecretBytes::copy_from(&[9; 32])));
        count.saturating_add(u8::from(own.ct_eq(&[8; 32])))
    });
    assert_eq!(child.unwrap(), Child::Gave(6));
    // Moved in, so dropped in the child.
    let (given, box_given) = (
        SecretBytes::copy_from(&[5; 32]),
        WipedBox::new(|| [5_u64; 60]),
    );
    let child = in_child(move || {
        drop((given, box_given));
        let fresh = [
            SecretBytes::copy_from(&[6; 32]),
            SecretBytes::copy_from(&[7; 32]),
        ];
        held([fresh[0].ct_eq(&[6; 32]), fresh[1].ct_eq(&[7; 32])])
    });
    assert_eq!(child.unwrap(), Child::Gave(2));
    assert!(short.ct_eq(&[7; 32]) && long.ct_eq(&[7; 9000]) && !short.is_lost());
    assert_eq!(schedule.get(), Some(&[7; 60]), "the parent keeps its own");
}

fn more_than_one_thread_is_refused() {
    let second_thread = std::thread::spawn(|| in_child(|| 0));
    let refused = second_thread.join().unwrap().unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::Unsupported);
}
