//! Relative links of documents must lead to something.

use super::Finding;
use super::files::TextFile;

/// Checks each relative link of `file`; `exists` takes a path from the root.
pub(super) fn check(file: &TextFile, exists: impl Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut in_code = false;
    for (number, line) in (1..).zip(file.text.lines()) {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if !in_code {
            for link in links(line).filter(|link| is_relative(link)) {
                let target = link.split('#').next().unwrap_or(link);
                let there = resolve(&file.path, target).is_some_and(|path| exists(&path));
                if !target.is_empty() && !there {
                    findings.push(Finding::new(
                        &file.path,
                        number,
                        format!("{link} leads nowhere"),
                    ));
                }
            }
        }
    }
    findings
}

/// The targets of `](target)` in a line.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split(')').next()?;
        target.split_whitespace().next()
    })
}

/// Neither a web address nor a name for rustdoc to resolve.
fn is_relative(link: &str) -> bool {
    !link.contains("://") && !link.starts_with("mailto:") && !link.contains("::")
}

/// `target` as seen from the folder of `from`; `None` when it leaves the repository.
fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    if target.starts_with('/') {
        parts.clear();
    }
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const THERE: &[&str] = &["docs", "docs/a.md", "README.md", "crates/x/README.md"];

    fn found(path: &str, text: &str) -> usize {
        check(&TextFile::new(path, text), |path| THERE.contains(&path)).len()
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        for (path, good) in [
            (
                "README.md",
                "[a](docs/a.md) and [b](crates/x/README.md#limits)",
            ),
            (
                "docs/a.md",
                "[up](../README.md), [own](#head), [web](https://example.org/no), [dir](./)",
            ),
            ("README.md", "```\n[x](nowhere.md)\n```"),
            ("crates/x/README.md", "[`T`](crate::T)"),
        ] {
            assert_eq!(found(path, good), 0, "{good}");
        }
        for (path, bad) in [
            ("README.md", "[a](docs/b.md)"),
            ("README.md", "[a](docs/a.md) [b](a.md \"title\")"),
            ("docs/a.md", "[up](../../README.md)"),
            ("docs/a.md", "[image]: ok ![x](x.png)"),
        ] {
            assert_eq!(found(path, bad), 1, "{bad}");
        }
    }
}
