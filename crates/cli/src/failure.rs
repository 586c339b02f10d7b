//! How a command ends when it does not end well. May touch: nothing; `main` prints it.

use std::error::Error as StdError;
use std::fmt;

use strongroom::Class;

/// A failed command: its class (exit code), what happened, why, and the way out.
#[derive(Debug)]
pub(crate) struct Failure {
    class: Class,
    message: String,
    causes: Vec<String>,
    help: Option<String>,
    quiet: Quiet,
}

/// Whether a failure is told on stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quiet {
    /// It is.
    No,
    /// Whoever read stdout has gone.
    NobodyReads,
    /// What stands on stdout says it.
    Said,
}

/// As a shell shows the end by SIGPIPE: 128 + 13.
const CLOSED_PIPE: u8 = 141;

impl Failure {
    /// A failure without a cause further down.
    pub(crate) fn new(class: Class, message: impl Into<String>) -> Self {
        Self {
            class,
            message: message.into(),
            causes: Vec::new(),
            help: None,
            quiet: Quiet::No,
        }
    }

    /// A failure that `error` and its sources explain.
    pub(crate) fn because(class: Class, message: impl Into<String>, error: &dyn StdError) -> Self {
        let mut failure = Self::new(class, message);
        let mut cause = Some(error);
        while let Some(error) = cause {
            failure.causes.push(error.to_string());
            cause = error.source();
        }
        failure
    }

    /// Trouble with the disk at `path`.
    pub(crate) fn storage(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::because(Class::Storage, path.display().to_string(), error)
    }

    /// Adds why, the nearest first.
    pub(crate) fn causes(mut self, causes: Vec<String>) -> Self {
        self.causes = causes;
        self
    }

    /// Adds the mend that is special to this failure.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whoever read stdout has gone, as `head` does. Nothing is said, and the exit code is the
    /// one that the shell shows for SIGPIPE.
    pub(crate) fn closed_pipe() -> Self {
        Self {
            quiet: Quiet::NobodyReads,
            ..Self::new(Class::Storage, "nobody reads stdout any more")
        }
    }

    /// The report on stdout has said it all; only the exit code is left.
    pub(crate) fn said(class: Class) -> Self {
        Self {
            quiet: Quiet::Said,
            ..Self::new(class, "the report says it")
        }
    }

    /// Whether nothing is to be said on stderr.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet != Quiet::No
    }

    /// The process exit code.
    pub(crate) fn exit_code(&self) -> u8 {
        match self.quiet {
            Quiet::NobodyReads => CLOSED_PIPE,
            _ => self.class.exit_code(),
        }
    }

    /// The form that `--json` prints to stderr.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "code": self.exit_code(),
            "kind": self.class.word(),
            "message": self.message,
            "causes": self.causes,
            "help": self.help_text(),
        })
    }

    fn help_text(&self) -> &str {
        self.help.as_deref().unwrap_or(self.class.mend())
    }
}

impl From<strongroom::Error> for Failure {
    fn from(error: strongroom::Error) -> Self {
        let mut failure = Self::new(error.class(), error.to_string()).help(error.help());
        let mut said = failure.message.clone();
        let mut cause = error.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Transparent errors say the same twice.
            if !said.contains(&text) {
                failure.causes.push(text.clone());
                said.push_str(&text);
            }
            cause = error.source();
        }
        failure
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}", self.class, self.message)?;
        for cause in &self.causes {
            write!(f, "\n  because: {cause}")?;
        }
        write!(f, "\n  help: {}", self.help_text())
    }
}
