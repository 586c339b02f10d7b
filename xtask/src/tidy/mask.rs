//! Blanks out comments, strings and characters of Rust source, so that rules see code only.

/// `source` with the insides of comments and literals replaced by spaces; lines keep their numbers.
pub(super) fn mask(source: &str) -> String {
    let mut masker = Masker {
        rest: source,
        out: String::with_capacity(source.len()),
    };
    while masker.step() {}
    masker.out
}

struct Masker<'s> {
    rest: &'s str,
    out: String,
}

impl Masker<'_> {
    /// Takes one token; `false` at the end.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else {
            return false;
        };
        if self.rest.starts_with("//") {
            self.blank(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.blank(block_comment_len(self.rest));
        } else if let Some(len) = raw_string_len(self.rest) {
            self.blank(len);
        } else if first == '"' {
            self.blank(quoted_len(self.rest, '"'));
        } else if first == '\'' && is_character(self.rest) {
            self.blank(quoted_len(self.rest, '\''));
        } else if first.is_alphanumeric() || first == '_' {
            // A whole word, so that the `r` of `for` does not begin a raw string.
            let end = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
            self.keep(end.unwrap_or(self.rest.len()));
        } else {
            self.keep(first.len_utf8());
        }
        true
    }

    fn keep(&mut self, len: usize) {
        let (head, rest) = self.rest.split_at(len.min(self.rest.len()));
        self.out.push_str(head);
        self.rest = rest;
    }

    fn blank(&mut self, len: usize) {
        let (head, rest) = self.rest.split_at(len.min(self.rest.len()));
        self.out
            .extend(head.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        self.rest = rest;
    }
}

/// Block comments nest.
fn block_comment_len(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        match (previous, c) {
            ('/', '*') => {
                depth = depth.saturating_add(1);
                previous = ' ';
            }
            ('*', '/') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at.saturating_add(1);
                }
                previous = ' ';
            }
            _ => previous = c,
        }
    }
    text.len()
}

/// `r"..."`, `r#"..."#`, also after `b` or `c`.
fn raw_string_len(text: &str) -> Option<usize> {
    let body = text
        .strip_prefix(['b', 'c'])
        .unwrap_or(text)
        .strip_prefix('r')?;
    let hashes: String = body.chars().take_while(|c| *c == '#').collect();
    let inside = body.get(hashes.len()..)?.strip_prefix('"')?;
    let close = format!("\"{hashes}");
    let end = inside
        .find(&close)
        .map_or(inside.len(), |at| at.saturating_add(close.len()));
    let head = text.len().saturating_sub(inside.len());
    Some(head.saturating_add(end))
}

fn quoted_len(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at.saturating_add(1),
            _ => {}
        }
    }
    text.len()
}

/// A character literal and not a lifetime.
fn is_character(text: &str) -> bool {
    let mut chars = text.chars().skip(1);
    match chars.next() {
        Some('\\') => true,
        Some(_) => chars.next() == Some('\''),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_left() {
        for (source, code) in [
            ("a // unsafe {\nb", "a            \nb"),
            ("a /* { /* { */ { */ b", "a                   b"),
            ("x(\"}\\\"{\");", "x(      );"),
            ("x(r#\"\"{\"#);", "x(       );"),
            ("x(br\"{\");", "x(     );"),
            ("for \"{\"", "for    "),
            ("m('{', '\\'', '\\u{7b}')", "m(   ,     ,         )"),
            ("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}"),
            ("\"open", "     "),
            ("/* open", "       "),
        ] {
            assert_eq!(mask(source), code, "{source}");
        }
    }
}
