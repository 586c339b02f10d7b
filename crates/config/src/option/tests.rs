use super::*;

/// `kmipServerCAFile` -> `["kmip", "server", "ca", "file"]`.
fn words(camel: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = 'A';
    let mut chars = camel.chars().peekable();
    while let Some(c) = chars.next() {
        let before_lower = chars.peek().is_some_and(|next| next.is_lowercase());
        let begins = c.is_uppercase() && (before.is_lowercase() || before_lower);
        if begins && !words[0].is_empty() {
            words.push(String::new());
        }
        words.last_mut().unwrap().push(c.to_ascii_lowercase());
        before = c;
    }
    words
}

#[test]
fn alias_and_variable_follow_from_the_flag() {
    for row in OPTIONS {
        let words = words(row.flag);
        assert_eq!(row.alias, words.join("-"));
        assert_eq!(
            row.env,
            format!("STRONGROOM_{}", words.join("_").to_uppercase())
        );
    }
}

#[test]
fn flag_follows_from_the_path_as_psmdb_does_it() {
    for row in OPTIONS {
        let key = row.key();
        let want = match row.section() {
            "security" => key.to_owned(),
            "security.kmip" => {
                let (first, rest) = key.split_at(1);
                format!("kmip{}{rest}", first.to_uppercase())
            }
            other => panic!("unknown section {other}"),
        };
        assert_eq!(row.flag, want);
    }
}

#[test]
fn the_seed_has_its_seven_flags_and_every_row_its_help() {
    for flag in [
        "kmipServerName",
        "kmipPort",
        "kmipServerCAFile",
        "kmipClientCertificateFile",
        "kmipClientKeyFile",
        "kmipKeyIdentifier",
        "kmipRotateMasterKey",
    ] {
        assert!(OPTIONS.iter().any(|row| row.flag == flag), "{flag}");
    }
    for row in OPTIONS {
        assert!(
            row.help.ends_with('.') && row.help.len() > 20,
            "{}",
            row.path
        );
    }
}

#[test]
fn each_id_has_one_row() {
    for row in OPTIONS {
        assert_eq!(OPTIONS.iter().filter(|other| other.id == row.id).count(), 1);
        assert_eq!(row.id.path(), row.path);
    }
    // The last variant closes the count; a new one without a row fails here.
    assert_eq!(OPTIONS.len(), OptionId::KmipUseLegacyProtocol as usize + 1);
}
