//! The two commands of README.md, read from it so that what it says is what is run.

use std::fs;

use crate::Outcome;
use crate::shell::root;

/// The command that runs the main job.
const MAIN_JOB: &str = "cargo run --release -- quickstart";
/// The command that runs the tests.
pub(crate) const TESTS: &str = "cargo xtask test";

/// The main job's command as README.md writes it; checks that the tests' command stands there, too.
pub(crate) fn main_job() -> Outcome<String> {
    let text = fs::read_to_string(root().join("README.md"))
        .map_err(|error| format!("README.md: {error}"))?;
    two_commands(&text)
}

fn two_commands(readme: &str) -> Outcome<String> {
    let lines = code_lines(readme);
    let starts = |prefix: &str| lines.iter().find(|line| line.starts_with(prefix)).copied();
    let main =
        starts(MAIN_JOB).ok_or_else(|| format!("README.md has no code line `{MAIN_JOB} ...`"))?;
    if !lines.contains(&TESTS) {
        return Err(format!("README.md has no code line `{TESTS}`").into());
    }
    Ok(main.to_owned())
}

/// The lines of fenced code blocks, without a shell prompt and a comment.
fn code_lines(markdown: &str) -> Vec<&str> {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if inside {
            let line = line.trim();
            let line = line.strip_prefix("$ ").unwrap_or(line);
            lines.push(line.split(" #").next().unwrap_or(line).trim());
        }
    }
    lines
}

/// The folder after `--dbpath` in a command.
pub(crate) fn dbpath(command: &str) -> Option<&str> {
    command
        .split_whitespace()
        .skip_while(|word| *word != "--dbpath")
        .nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# X\n\n```sh\ncargo run --release -- quickstart --dbpath ./d  # the main job\n\
                        $ cargo xtask test\n```\n";

    #[test]
    fn both_commands_are_found() {
        let command = two_commands(GOOD).unwrap();
        assert_eq!(command, "cargo run --release -- quickstart --dbpath ./d");
        assert_eq!(dbpath(&command), Some("./d"));
    }

    #[test]
    fn a_readme_without_one_of_them_is_refused() {
        for (bad, words) in [
            (GOOD.replace("quickstart", "demo"), "quickstart"),
            (GOOD.replace("xtask test", "test"), "cargo xtask test"),
            (GOOD.replace("```", ""), "quickstart"),
        ] {
            let error = two_commands(&bad).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
