//! Runs commands at the repository's root and prints each before it runs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;

/// The repository's root, from where this program was built.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}

/// Where Cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    let named = std::env::var_os("CARGO_TARGET_DIR");
    root().join(named.unwrap_or_else(|| "target".into()))
}

/// A command, to be run at the root.
pub(crate) struct Cmd {
    words: Vec<String>,
    variables: Vec<(String, String)>,
}

impl Cmd {
    /// Splits `line` at spaces; no quoting, so an argument with a space goes through [`Self::arg`].
    pub(crate) fn new(line: &str) -> Self {
        Self {
            words: line.split_whitespace().map(str::to_owned).collect(),
            variables: Vec::new(),
        }
    }

    pub(crate) fn arg(mut self, word: impl Into<String>) -> Self {
        self.words.push(word.into());
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn shown(&self) -> String {
        let variables = self
            .variables
            .iter()
            .map(|(name, value)| format!("{name}={value:?} "));
        variables.collect::<String>() + &self.words.join(" ")
    }

    fn command(&self) -> Outcome<Command> {
        let (program, arguments) = self.words.split_first().ok_or("an empty command")?;
        let mut command = Command::new(program);
        for name in std::env::vars_os().map(|(name, _)| name) {
            if name.to_str().is_some_and(is_of_this_run) {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(root());
        Ok(command)
    }

    /// Runs it; its output goes where ours goes. Another exit code than 0 is an error.
    pub(crate) fn run(&self) -> Outcome {
        println!("$ {}", self.shown());
        let status = self
            .command()?
            .status()
            .map_err(|error| format!("`{}`: {error}", self.shown()))?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("`{}` failed ({status})", self.shown()).into())
        }
    }

    /// Runs it silently and gives what it wrote to stdout.
    pub(crate) fn read(&self) -> Outcome<String> {
        let output = self
            .command()?
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("`{}`: {error}", self.shown()))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            let text = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            Err(format!("`{}` failed ({}): {text}", self.shown(), output.status).into())
        }
    }
}

/// What `cargo run` tells us about ourselves. Passed on, it would change the environment that ring's
/// build script watches, and each change between `cargo xtask` and plain `cargo` would rebuild it.
fn is_of_this_run(name: &str) -> bool {
    [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
        "CARGO_PRIMARY_",
    ]
    .iter()
    .any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_fails_is_an_error_and_names_itself() {
        assert!(
            Cmd::new("rustc --version")
                .read()
                .unwrap()
                .starts_with("rustc ")
        );
        let error = Cmd::new("rustc --no-such-option").read().unwrap_err();
        assert!(error.to_string().contains("rustc --no-such-option"));
        let error = Cmd::new("no-such-program-here x").run().unwrap_err();
        assert!(error.to_string().contains("no-such-program-here"));
    }

    #[test]
    fn what_cargo_says_of_this_run_is_not_passed_on() {
        for name in [
            "CARGO_PKG_NAME",
            "CARGO_MANIFEST_DIR",
            "CARGO_PRIMARY_PACKAGE",
        ] {
            assert!(is_of_this_run(name));
        }
        for name in [
            "CARGO_HOME",
            "CARGO_INCREMENTAL",
            "CARGO_TARGET_DIR",
            "PATH",
        ] {
            assert!(!is_of_this_run(name));
        }
        // Cargo sets this one for a running test.
        assert!(std::env::var_os("CARGO_PKG_NAME").is_some());
        let command = Cmd::new("cargo").command().unwrap();
        let removed = |(name, value): (&std::ffi::OsStr, Option<_>)| {
            name == "CARGO_PKG_NAME" && value.is_none()
        };
        assert!(command.get_envs().any(removed));
    }

    #[test]
    fn variables_are_shown_and_reach_the_command() {
        let cmd = Cmd::new("cargo").arg("--version").variable("X_Y", "a b");
        assert_eq!(cmd.shown(), "X_Y=\"a b\" cargo --version");
    }
}
