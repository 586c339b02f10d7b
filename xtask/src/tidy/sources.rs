//! Rules for Rust sources: unsafe code, length of files and functions, ASCII; and unfinished work anywhere.

use super::Finding;
use super::files::TextFile;
use super::mask::mask;

/// Lines of a file without its tests.
const FILE_LINES_MAX: usize = 600;
/// Lines of a function, from `fn` to its closing brace.
const FUNCTION_LINES_MAX: usize = 70;
/// The only sources that may hold unsafe code, each block with its reason (a lint demands that).
const UNSAFE_FOLDERS: &[&str] = &["crates/secret/", "crates/wiredtiger/src/ffi"];
/// Words that mark unfinished work; split, so that this file does not hold them.
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X:"),
];

/// The rules for one source.
pub(super) fn check(file: &TextFile) -> Vec<Finding> {
    let code = mask(&file.text);
    let mut findings = not_ascii(file);
    findings.extend(unsafe_code(file, &code));
    if !is_test_file(&file.path) {
        let product = without_tests(&code);
        findings.extend(file_length(file, product));
        findings.extend(function_lengths(file, product));
    }
    findings
}

/// Marks of unfinished work in any text but licences and data.
pub(super) fn unfinished(file: &TextFile) -> Vec<Finding> {
    let checked = [".rs", ".toml", ".md", ".yml", ".yaml", ".sh"];
    if !checked.iter().any(|end| file.path.ends_with(end)) {
        return Vec::new();
    }
    let mark = |line: &str| UNFINISHED.iter().find(|mark| line.contains(**mark));
    numbered(&file.text)
        .filter_map(|(number, line)| {
            let text = format!("unfinished ({}): finish it or open an issue", mark(line)?);
            Some(Finding::new(&file.path, number, text))
        })
        .collect()
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines())
}

/// Tests in a file of their own; a crate's `tests`, `benches` and `examples` folders.
fn is_test_file(path: &str) -> bool {
    let in_folder = |name: &str| path.split('/').any(|part| part == name);
    path.ends_with("/tests.rs") || in_folder("tests") || path.starts_with("benches/")
}

/// The code before the test module that closes a file.
fn without_tests(code: &str) -> &str {
    let inline = code.find("#[cfg(test)]\nmod tests {");
    code.get(..inline.unwrap_or(code.len())).unwrap_or(code)
}

fn not_ascii(file: &TextFile) -> Vec<Finding> {
    numbered(&file.text)
        .filter_map(|(number, line)| {
            let c = line.chars().find(|c| !c.is_ascii())?;
            let text = format!("{c:?} is not ASCII: write {}", c.escape_unicode());
            Some(Finding::new(&file.path, number, text))
        })
        .collect()
}

fn unsafe_code(file: &TextFile, code: &str) -> Vec<Finding> {
    if UNSAFE_FOLDERS
        .iter()
        .any(|folder| file.path.starts_with(folder))
    {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let is_root = ["/src/lib.rs", "/src/main.rs"]
        .iter()
        .any(|end| file.path.ends_with(end));
    // A crate with such a folder cannot forbid; the workspace denies it outside.
    let has_folder = UNSAFE_FOLDERS.iter().any(|folder| {
        let root = folder.split_once("/src/").map(|(root, _)| root);
        root.is_some_and(|root| file.path.starts_with(root))
    });
    if is_root && !has_folder && !code.contains("#![forbid(unsafe_code)]") {
        findings.push(Finding::new(&file.path, 0, "lacks #![forbid(unsafe_code)]"));
    }
    for (number, line) in numbered(code) {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        if line.split(|c| !is_word(c)).any(|word| word == "unsafe") {
            let text = format!("unsafe code belongs in {} alone", UNSAFE_FOLDERS.join(", "));
            findings.push(Finding::new(&file.path, number, text));
        }
    }
    findings
}

fn file_length(file: &TextFile, product: &str) -> Option<Finding> {
    let lines = product.lines().count();
    let text = format!("{lines} lines without tests, limit {FILE_LINES_MAX}: split it");
    (lines > FILE_LINES_MAX).then(|| Finding::new(&file.path, 0, text))
}

/// Counts brackets from each `fn` to the brace that closes it.
fn function_lengths(file: &TextFile, product: &str) -> Vec<Finding> {
    let mut open: Vec<Function<'_>> = Vec::new();
    let mut depth = 0_usize;
    let mut findings = Vec::new();
    for (number, line) in numbered(product) {
        if let Some(name) = function_name(line) {
            open.push(Function {
                name,
                begins: number,
                depth,
                has_body: false,
            });
        }
        for c in line.chars() {
            match c {
                '{' | '(' | '[' => {
                    // The body is the first brace that is no part of the signature.
                    let body = open.last_mut().filter(|f| c == '{' && f.depth == depth);
                    if let Some(function) = body {
                        function.has_body = true;
                    }
                    depth = depth.saturating_add(1);
                }
                // A declaration without a body; the `;` of an array type lies deeper.
                ';' if open.last().is_some_and(|f| !f.has_body && f.depth == depth) => {
                    open.pop();
                }
                '}' | ')' | ']' => {
                    depth = depth.saturating_sub(1);
                    let closes = c == '}' && open.last().is_some_and(|f| f.ends_at(depth));
                    if let Some(function) = closes.then(|| open.pop()).flatten() {
                        findings.extend(function.too_long(file, number));
                    }
                }
                _ => {}
            }
        }
    }
    findings
}

struct Function<'c> {
    name: &'c str,
    begins: usize,
    depth: usize,
    has_body: bool,
}

impl Function<'_> {
    /// Whether a brace that leads back to `depth` closes the body.
    const fn ends_at(&self, depth: usize) -> bool {
        self.has_body && self.depth == depth
    }

    fn too_long(&self, file: &TextFile, ends: usize) -> Option<Finding> {
        let lines = ends.saturating_sub(self.begins).saturating_add(1);
        let text = format!(
            "fn {} has {lines} lines, limit {FUNCTION_LINES_MAX}: split it",
            self.name
        );
        (lines > FUNCTION_LINES_MAX).then(|| Finding::new(&file.path, self.begins, text))
    }
}

/// The name when `line` begins a function; a function pointer's type has no name.
fn function_name(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    let known = ["pub", "const", "async", "extern", "default"];
    let is_before = |word: &&str| known.contains(word) || word.starts_with("pub(");
    let mut word = words.next()?;
    while is_before(&word) || word.ends_with(')') {
        word = words.next()?;
    }
    let name = (word == "fn").then(|| words.next()).flatten()?;
    name.split(['(', '<'])
        .next()
        .filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str, text: &str) -> Vec<Finding> {
        check(&TextFile::new(path, text))
    }

    fn function(lines: usize) -> String {
        format!(
            "pub(crate) fn long() {{\n{}}}\n",
            "    x();\n".repeat(lines.saturating_sub(2))
        )
    }

    #[test]
    fn a_crate_root_without_forbid_is_found() {
        assert_eq!(at("crates/x/src/lib.rs", "#![forbid(unsafe_code)]\n"), []);
        for bad in [
            "",
            "// #![forbid(unsafe_code)]\n",
            "#![deny(unsafe_code)]\n",
        ] {
            assert_eq!(at("crates/x/src/lib.rs", bad).len(), 1, "{bad}");
            assert_eq!(at("crates/x/src/main.rs", bad).len(), 1, "{bad}");
        }
        assert_eq!(at("crates/secret/src/lib.rs", ""), []);
    }

    #[test]
    fn unsafe_outside_its_crate_is_found_and_the_word_in_text_is_not() {
        let bad = "fn f() { unsafe { g() } }\n";
        assert_eq!(at("crates/x/src/a.rs", bad)[0].line, 1);
        assert_eq!(at("crates/secret/src/a.rs", bad), []);
        assert_eq!(at("crates/wiredtiger/src/ffi/host.rs", bad), []);
        assert_eq!(at("crates/wiredtiger/src/lib.rs", "mod ffi;\n"), []);
        assert_eq!(at("crates/wiredtiger/src/store.rs", bad)[0].line, 1);
        assert_eq!(
            at(
                "crates/x/src/a.rs",
                "// unsafe\nlet s = \"unsafe\"; unsafe_code();\n"
            ),
            []
        );
    }

    #[test]
    fn a_letter_beyond_ascii_is_found_even_in_a_comment() {
        let findings = at("crates/x/src/a.rs", "//! ok\n// na\u{ef}ve\n");
        assert_eq!(findings[0].line, 2);
    }

    #[test]
    fn a_long_file_is_found_and_its_tests_do_not_count() {
        let lines = |n: usize| "const A: u8 = 1;\n".repeat(n);
        assert_eq!(at("crates/x/src/a.rs", &lines(600)), []);
        assert_eq!(at("crates/x/src/a.rs", &lines(601)).len(), 1);
        let tests = format!(
            "{}#[cfg(test)]\nmod tests {{\n{}}}\n",
            lines(10),
            lines(700)
        );
        assert_eq!(at("crates/x/src/a.rs", &tests), []);
        assert_eq!(at("crates/x/src/a/tests.rs", &lines(700)), []);
    }

    #[test]
    fn a_long_function_is_found_where_it_begins() {
        assert_eq!(at("crates/x/src/a.rs", &function(70)), []);
        let findings = at("crates/x/src/a.rs", &format!("\n{}", function(71)));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].line, 2);
        assert!(findings[0].text.contains("fn long has 71 lines"));
    }

    #[test]
    fn declarations_pointers_and_nested_items_do_not_confuse_the_counter() {
        let trait_then_long = format!(
            "trait T {{\n    fn a(&self);\n    fn b(&self) -> [u8; 4];\n}}\n{}",
            function(71)
        );
        assert_eq!(at("crates/x/src/a.rs", &trait_then_long).len(), 1);
        let two_short = format!("impl A {{\n{}{}}}\n", function(60), function(60));
        assert_eq!(at("crates/x/src/a.rs", &two_short), []);
        let array = function(71).replace("long()", "long(a: [u8; 4]) -> [u8; 4]");
        assert_eq!(at("crates/x/src/a.rs", &array).len(), 1);
        let pointer = format!("struct S {{\n    run: fn() -> u8,\n}}\n{}", function(60));
        assert_eq!(at("crates/x/src/a.rs", &pointer), []);
    }

    #[test]
    fn unfinished_work_is_found_in_code_and_documents() {
        for mark in UNFINISHED {
            let text = format!("a\n{mark} b\n");
            for path in ["crates/x/src/a.rs", "docs/a.md", "Cargo.toml"] {
                assert_eq!(unfinished(&TextFile::new(path, &text))[0].line, 2);
            }
            assert_eq!(unfinished(&TextFile::new("a.csv", &text)), []);
        }
    }
}
