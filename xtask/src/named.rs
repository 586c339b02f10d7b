//! Tests that a task runs by parts of their names. A name that no test has is an error: a run of no
//! tests passes.
//!
//! May touch: what Cargo builds.

use crate::Outcome;
use crate::shell::Cmd;

/// Tests of one test program whose paths hold one of `names`.
pub(crate) struct NamedTests {
    /// Arguments of `cargo test` that name the program.
    pub(crate) of: &'static str,
    pub(crate) names: &'static [&'static str],
}

impl NamedTests {
    /// The command that runs them and shows what they print; `build` is empty or `--release`.
    pub(crate) fn command(&self, build: &str) -> Outcome<Cmd> {
        let program = format!("cargo test --quiet {build} {} --", self.of);
        for name in self.names {
            let listed = Cmd::new(&program).arg("--list").arg(*name).read()?;
            if !holds_a_test(&listed) {
                return Err(format!("`{program}` has no test named `{name}`").into());
            }
        }
        let names = self.names.iter().copied();
        let command = Cmd::new(&program).arg("--nocapture");
        Ok(names.fold(command, Cmd::arg))
    }
}

/// Whether a list, as `--list` prints it, names a test.
fn holds_a_test(listed: &str) -> bool {
    listed.lines().any(|line| line.ends_with(": test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_without_a_test_is_told_from_one_with() {
        assert!(holds_a_test("crash::a_cut_tail: test\n"));
        assert!(!holds_a_test("\n0 tests, 0 benchmarks\n"));
        assert!(!holds_a_test(""));
    }
}
