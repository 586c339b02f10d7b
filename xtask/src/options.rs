//! `docs/operate/options.md`, generated from the options table of strongroom-config.

use std::fmt::Write as _;

use strongroom_config::OPTIONS;

/// Where the document lies, from the root.
pub(crate) const PATH: &str = "docs/operate/options.md";

const HEAD: &str = "\
# Options

Generated from the options table by `cargo xtask tidy --bless`; edit the table, not this page.

Every option has three spellings: its path in the YAML file that `--config` names (mongod.conf's
shape), a flag (camelCase as Percona Server for MongoDB documents it, or kebab case), and an
environment variable. A flag wins over the environment, the environment over the file, the file over
the default; `strongroom config show` prints each value with where it came from.

Rules between options: everything but `security.enableEncryption` needs `security.enableEncryption:
true`; everything under `security.kmip` needs `serverName`; `serverName` needs `serverCAFile` (or, in
its place, `serverCertificatePin`) and `clientCertificateFile`; `serverCRLFile` needs `serverCAFile`;
a store needs `serverName` or `encryptionKeyFile`; `keyStatePollingSeconds` above 0 needs `activateKeys: true`. A switch given as a flag without a value
is `true`. A relative path starts at the working directory. An environment variable that is set but
empty counts as not set.

Sections of mongod.conf that say nothing about encryption at rest (`net`, `storage`, `systemLog`, ...)
and such keys of `security` (`authorization`, `keyFile`, ...) are accepted and reported as ignored.
`security.vault` and `security.kmip.clientCertificateSelector` are
refused by name. Any other key is an error.

| YAML | flag | alias | environment | takes | default | since |
|---|---|---|---|---|---|---|
";

/// The whole document.
pub(crate) fn document() -> String {
    let mut text = HEAD.to_owned();
    // Writing to a String cannot fail.
    for row in OPTIONS {
        let default = row
            .default
            .map_or("-".to_owned(), |value| format!("`{value}`"));
        let _ = writeln!(
            text,
            "| `{}` | `--{}` | `--{}` | `{}` | {} | {default} | {} |",
            row.path,
            row.flag,
            row.alias,
            row.env,
            row.kind.describe(),
            row.since
        );
    }
    text.push_str("\n## What each does\n");
    for row in OPTIONS {
        let _ = write!(text, "\n- `{}`: {}", row.path, row.help);
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_holds_every_spelling_of_every_option() {
        let text = document();
        for row in OPTIONS {
            for spelling in [row.path, row.flag, row.alias, row.env, row.help] {
                assert!(text.contains(spelling), "{spelling}");
            }
        }
        assert!(text.is_ascii() && !text.contains(" \n"));
    }
}
