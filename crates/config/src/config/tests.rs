//! What each option accepts, by each of its spellings, and what the rules refuse.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::{Kind, OptionRow};

/// The example of PSMDB's documentation page (4.2), byte for byte.
const SEED: &str = "\
security:
  enableEncryption: true
  kmip:
    serverName: 128.0.0.2
    port: 5696
    clientCertificateFile: /path/client_certificate.pem
    clientKeyFile: /path/client_key.pem
    serverCAFile: /path/ca.pem
    keyIdentifier: key_name
";

const FILE: &str = "/etc/strongroom.yaml";

fn yaml(text: &str) -> Result<(Config, Vec<Notice>), ConfigError> {
    Config::from_yaml(text, Path::new(FILE))
}

/// The seed with `line` added to `security.kmip`.
fn seed_and(line: &str) -> String {
    format!("{SEED}    {line}\n")
}

fn error(text: &str) -> ConfigError {
    yaml(text).map(|(config, _)| config).unwrap_err()
}

#[test]
fn the_seeds_yaml_is_accepted_as_it_stands() {
    let (config, notices) = yaml(SEED).unwrap();
    assert!(notices.is_empty());
    assert!(config.enable_encryption.value);
    assert_eq!(config.cipher_mode.value, CipherMode::Aes256Gcm);
    let kmip = config.kmip.unwrap();
    assert_eq!(kmip.server_name.value, "128.0.0.2");
    assert_eq!(kmip.port.value, 5696);
    assert_eq!(
        kmip.client_certificate_file.path(),
        Path::new("/path/client_certificate.pem")
    );
    assert_eq!(
        kmip.client_key_file.unwrap().path(),
        Path::new("/path/client_key.pem")
    );
    assert_eq!(
        kmip.server_ca_file.unwrap().path(),
        Path::new("/path/ca.pem")
    );
    let identifier = kmip.key_identifier.unwrap();
    assert_eq!(identifier.value, "key_name");
    assert_eq!(identifier.origin.to_string(), format!("{FILE}:9:20"));
}

#[test]
fn defaults_are_those_of_the_table() {
    let (config, _) = yaml(SEED).unwrap();
    let kmip = config.kmip.unwrap();
    assert_eq!(kmip.connect_retries.value, 0);
    assert_eq!(kmip.connect_timeout.value, Duration::from_secs(5));
    assert!(kmip.activate_keys.value, "absent is strict");
    assert_eq!(kmip.key_state_polling.value, Some(Duration::from_secs(900)));
    assert!(!kmip.use_legacy_protocol.value && !kmip.rotate_master_key.value);
    assert_eq!(kmip.key_identifier_kind.value, KeyIdentifierKind::Auto);
    assert_eq!(kmip.master_key_mode.value, MasterKeyMode::Create);
    assert_eq!(kmip.on_key_state.value, OnKeyState::Shutdown);
    assert_eq!(kmip.unreachable_limit.value, 0);
    assert!(!kmip.connect_retries.is_given());
}

/// Two values of each kind that are accepted and differ from the seed's and the defaults.
fn samples(row: &OptionRow) -> [&'static str; 2] {
    match (row.id, row.kind) {
        (OptionId::EnableEncryption, _) => ["true", "true"],
        (OptionId::KmipConnectTimeoutMs, _) => ["1000", "60000"],
        (OptionId::KmipActivateKeys, _) => ["true", "true"],
        (_, Kind::Switch) => ["true", "false"],
        (_, Kind::Integer { .. }) => ["1", "17"],
        (_, Kind::Choice(words)) => [words[0], words[1]],
        _ => ["alpha", "beta"],
    }
}

fn value_of(config: &Config, id: OptionId) -> &ConfigRow {
    config.rows().iter().find(|row| row.option == id).unwrap()
}

/// The seed with `row` set to `value` in the file, under any of its sections.
fn seed_with(row: &OptionRow, value: &str) -> String {
    let kept: String = SEED
        .lines()
        .filter(|line| line.trim().split(':').next() != Some(row.key()))
        // A pin stands in place of the CA file.
        .filter(|line| {
            row.id != OptionId::KmipServerCertificatePin || !line.contains("serverCAFile")
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    if row.section() == "security" {
        kept.replacen(
            "security:\n",
            &format!("security:\n  {}: {value}\n", row.key()),
            1,
        )
    } else {
        format!("{kept}    {}: {value}\n", row.key())
    }
}

#[test]
fn each_option_by_each_spelling_and_the_order_of_precedence() {
    for row in OPTIONS {
        let [one, two] = samples(row);
        let shown = |value: &str| match row.kind {
            Kind::Secret => "(set)".to_owned(),
            _ => value.to_owned(),
        };
        let file = seed_with(row, one);
        let (config, _) = yaml(&file).unwrap_or_else(|e| panic!("{}: {e}", row.path));
        let found = value_of(&config, row.id);
        assert_eq!(found.value, Some(shown(one)), "{}", row.path);
        assert!(matches!(found.origin, Origin::File(_)));

        let environment = Environment::from_pairs([(row.env, two)]);
        let none = Overrides::none();
        let layered = |flags: &Overrides| {
            Config::from_layers(&file, Path::new(FILE), flags, &environment)
                .unwrap()
                .0
        };
        let config = layered(&none);
        let found = value_of(&config, row.id);
        assert_eq!(found.value, Some(shown(two)), "{}", row.env);
        assert_eq!(found.origin, Origin::Environment(row.env));

        let flags = Overrides::from_iter([(row.id, one.to_owned())]);
        let config = layered(&flags);
        let found = value_of(&config, row.id);
        assert_eq!(found.value, Some(shown(one)), "--{}", row.flag);
        assert_eq!(found.origin, Origin::Flag(row.flag));
    }
}

#[test]
fn flags_alone_are_enough() {
    let flags = Overrides::from_iter([
        (OptionId::EnableEncryption, "true".to_owned()),
        (OptionId::KmipServerName, "a, b".to_owned()),
        (OptionId::KmipServerCaFile, "ca.pem".to_owned()),
        (OptionId::KmipClientCertificateFile, "client.pem".to_owned()),
    ]);
    let (config, _) = Config::load(None, &flags, &Environment::empty()).unwrap();
    assert_eq!(config.kmip.unwrap().server_name.value, "a, b");
}

#[test]
fn a_pin_stands_in_place_of_the_ca_file_and_of_revocation_lists() {
    let pinned: String = SEED
        .lines()
        .filter(|line| !line.contains("serverCAFile"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let missing = error(&pinned);
    assert_eq!(missing.option, Some(OptionId::KmipServerCaFile));
    let pinned = format!("{pinned}    serverCertificatePin: 00aa\n");
    let (config, _) = yaml(&pinned).unwrap();
    let kmip = config.kmip.unwrap();
    assert!(kmip.server_ca_file.is_none());
    assert_eq!(kmip.server_certificate_pin.unwrap().value, "00aa");
    for (key, option) in [
        ("serverCAFile", OptionId::KmipServerCaFile),
        ("serverCRLFile", OptionId::KmipServerCrlFile),
    ] {
        let both = error(&format!("{pinned}    {key}: /path/x.pem\n"));
        assert_eq!(both.option, Some(option));
        let text = both.to_string();
        assert!(text.contains("serverCertificatePin"), "{text}");
    }
}

#[test]
fn nothing_at_all_is_a_configuration_without_encryption() {
    let (config, notices) = yaml("").unwrap();
    assert!(!config.enable_encryption.value && config.kmip.is_none() && notices.is_empty());
    assert_eq!(config.rows().len(), OPTIONS.len());
}

/// Text, option, line, column, and words that the message must hold.
type Refusal = (&'static str, Option<OptionId>, u64, &'static str);

#[test]
fn one_bad_value_is_one_error_with_option_line_and_mend() {
    let rows: &[Refusal] = &[
        (
            "port: 0",
            Some(OptionId::KmipPort),
            10,
            "out of range; write an integer from 1 to 65535",
        ),
        (
            "port: 70000",
            Some(OptionId::KmipPort),
            10,
            "\"70000\" is out of range",
        ),
        (
            "port: 99999999999999999999",
            Some(OptionId::KmipPort),
            10,
            "out of range",
        ),
        (
            "port: kmip",
            Some(OptionId::KmipPort),
            10,
            "\"kmip\" where integer",
        ),
        (
            "port: 0x1640",
            Some(OptionId::KmipPort),
            10,
            "integer from 1 to 65535",
        ),
        (
            "port: 05696",
            Some(OptionId::KmipPort),
            10,
            "integer from 1 to 65535",
        ),
        ("port: -1", Some(OptionId::KmipPort), 10, "out of range"),
        ("port: 1.5", Some(OptionId::KmipPort), 10, "integer"),
        (
            "port:",
            Some(OptionId::KmipPort),
            10,
            "no value; give one, or delete the line",
        ),
        ("port: ~", Some(OptionId::KmipPort), 10, "no value"),
        (
            "port: [5696]",
            Some(OptionId::KmipPort),
            10,
            "a list, a section or a tagged value",
        ),
        (
            "port: {a: 1}",
            Some(OptionId::KmipPort),
            10,
            "a list, a section or a tagged value",
        ),
        (
            "connectTimeoutMS: 999",
            Some(OptionId::KmipConnectTimeoutMs),
            10,
            "from 1000",
        ),
        (
            "connectRetries: -1",
            Some(OptionId::KmipConnectRetries),
            10,
            "from 0",
        ),
        (
            "activateKeys: yes",
            Some(OptionId::KmipActivateKeys),
            10,
            "write true or false",
        ),
        (
            "activateKeys: 1",
            Some(OptionId::KmipActivateKeys),
            10,
            "write true or false",
        ),
        (
            "keyIdentifierKind: uuid",
            Some(OptionId::KmipKeyIdentifierKind),
            10,
            "auto or name or uid",
        ),
        (
            "masterKeyMode: export",
            Some(OptionId::KmipMasterKeyMode),
            10,
            "create or register",
        ),
        (
            "onKeyState: ignore",
            Some(OptionId::KmipOnKeyState),
            10,
            "shutdown or read-only or warn or callback",
        ),
        (
            "unreachableLimit: -1",
            Some(OptionId::KmipUnreachableLimit),
            10,
            "from 0",
        ),
        (
            "keyStatePollingSeconds: -2",
            Some(OptionId::KmipKeyStatePollingSeconds),
            10,
            "from -1",
        ),
        (
            "serverName: a,,b",
            Some(OptionId::KmipServerName),
            10,
            "empty entry",
        ),
        (
            "serverName: \"\"",
            Some(OptionId::KmipServerName),
            10,
            "no value",
        ),
        (
            "keyIdentifier: \"a\\nb\"",
            Some(OptionId::KmipKeyIdentifier),
            10,
            "control character",
        ),
        (
            "clientCertificatePassword: 1234",
            Some(OptionId::KmipClientCertificatePassword),
            10,
            "in quotes",
        ),
        (
            "clientCertificatePassword: true",
            Some(OptionId::KmipClientCertificatePassword),
            10,
            "in quotes",
        ),
        (
            "clientCertificatePassword: [a]",
            Some(OptionId::KmipClientCertificatePassword),
            10,
            "a list",
        ),
        (
            "clientCertificatePassword: {}",
            Some(OptionId::KmipClientCertificatePassword),
            10,
            "empty section",
        ),
        (
            "clientCertificatePassword: {__exec: x}",
            Some(OptionId::KmipClientCertificatePassword),
            10,
            "__exec",
        ),
        (
            "clientCertificatePassword:",
            Some(OptionId::KmipClientCertificatePassword),
            10,
            "no value",
        ),
        (
            "clientCertificatePassword: {env: NO_SUCH}",
            Some(OptionId::KmipClientCertificatePassword),
            10,
            "NO_SUCH is not set",
        ),
        (
            "serverCaFile: x",
            None,
            10,
            "did you mean `security.kmip.serverCAFile`?",
        ),
        (
            "sreverName: x",
            None,
            10,
            "did you mean `security.kmip.serverName`?",
        ),
        (
            "enableEncryption: true",
            None,
            10,
            "did you mean `security.enableEncryption`?",
        ),
        (
            "kmipPort: 1",
            None,
            10,
            "did you mean `security.kmip.port`?",
        ),
        (
            "colour: red",
            None,
            10,
            "unknown option `security.kmip.colour`; remove it",
        ),
        (
            "clientCertificateSelector: subject=x",
            None,
            10,
            "is not supported; the certificate stores",
        ),
        ("x: &a\n    y: *nowhere", None, 10, "unknown option"),
    ];
    for (line, option, at, words) in rows {
        let key = line.split(':').next().unwrap();
        let seed: String = SEED
            .lines()
            .map(|l| {
                if l.trim_start().starts_with(&format!("{key}:")) && l.starts_with("    ") {
                    "#"
                } else {
                    l
                }
            })
            .flat_map(|l| [l, "\n"])
            .collect();
        let error = error(&format!("{seed}    {line}\n"));
        let message = error.to_string();
        assert!(message.contains(words), "{line}: {message}");
        assert_eq!(error.option, *option, "{line}: {message}");
        assert_eq!(
            error.place().map(|place| place.line),
            Some(*at),
            "{line}: {message}"
        );
        assert!(message.starts_with(FILE), "{line}: {message}");
    }
}

#[test]
fn a_broken_file_is_one_error_with_its_line() {
    type IsKind = fn(&ConfigErrorKind) -> bool;
    let syntax: IsKind = |kind| matches!(kind, ConfigErrorKind::Syntax { .. });
    let section: IsKind = |kind| matches!(kind, ConfigErrorKind::NotASection { .. });
    let twice: IsKind = |kind| matches!(kind, ConfigErrorKind::DuplicateKey { .. });
    let unknown: IsKind = |kind| matches!(kind, ConfigErrorKind::UnknownKey { .. });
    let refused: IsKind = |kind| matches!(kind, ConfigErrorKind::Unsupported { .. });
    let rows: &[(&str, u64, IsKind, &str)] = &[
        ("security:\n\tkmip:\n", 2, syntax, "indent with spaces"),
        ("security:\nnet: a: b\n", 2, syntax, "mend that line"),
        ("security:\n  a: \"b\n", 2, unknown, "security.a"),
        ("net: {\n", 1, syntax, "mend"),
        ("net: 1\n---\nnet: 2\n", 3, syntax, "second document"),
        ("security: 5\n", 1, section, "security must hold"),
        (
            "security:\n  kmip: [1]\n",
            2,
            section,
            "security.kmip must hold",
        ),
        ("- security\n", 1, section, "the file must hold"),
        ("true\n", 1, section, "the file must hold"),
        (
            "security:\n  kmip:\n    port: 1\n    port: 2\n",
            4,
            twice,
            "`port` is given twice",
        ),
        (
            "net:\n  port: 1\n  port: 2\n",
            3,
            twice,
            "keep one of the two",
        ),
        (
            "secruity:\n  kmip:\n",
            1,
            unknown,
            "did you mean `security`?",
        ),
        (
            "kmip:\n  port: 1\n",
            1,
            unknown,
            "did you mean `security.kmip`?",
        ),
        (
            "security:\n  vault:\n    port: 1\n",
            2,
            refused,
            "not supported yet",
        ),
    ];
    for (text, line, is_kind, words) in rows {
        let error = error(text);
        let message = error.to_string();
        assert!(is_kind(&error.kind), "{text:?}: {error:?}");
        assert!(message.contains(words), "{text:?}: {message}");
        assert_eq!(
            error.place().map(|p| p.line),
            Some(*line),
            "{text:?}: {message}"
        );
    }
}

#[test]
fn a_dotted_key_is_its_nested_twin() {
    let dotted = |rest: &str| yaml(&format!("{SEED}{rest}"));
    let (config, _) = dotted("security.kmip.connectRetries: 3\n").unwrap();
    assert_eq!(config.kmip.unwrap().connect_retries.value, 3);
    let twice = dotted("security.kmip.port: 1\n").map(|(config, _)| config);
    let twice = twice.unwrap_err();
    assert!(
        matches!(twice.kind, ConfigErrorKind::DuplicateKey { .. }),
        "{twice}"
    );
}

#[test]
fn options_that_need_or_exclude_each_other() {
    let without = |key: &str| -> String {
        let lines = SEED.lines().filter(|line| !line.trim().starts_with(key));
        lines.flat_map(|line| [line, "\n"]).collect()
    };
    let rows: &[(String, OptionId, &str)] = &[
        (
            without("enableEncryption"),
            OptionId::KmipServerName,
            "enableEncryption is false or absent",
        ),
        (
            SEED.replace("enableEncryption: true", "enableEncryption: false"),
            OptionId::KmipServerName,
            "set security.enableEncryption: true",
        ),
        (
            "security:\n  encryptionCipherMode: AES256-GCM\n".to_owned(),
            OptionId::EncryptionCipherMode,
            "enableEncryption is false or absent",
        ),
        (
            without("serverName"),
            OptionId::KmipPort,
            "needs security.kmip.serverName",
        ),
        (
            without("clientCertificateFile"),
            OptionId::KmipClientCertificateFile,
            "missing; give",
        ),
        (
            without("serverCAFile"),
            OptionId::KmipServerCaFile,
            "trust comes from that CA alone",
        ),
        (
            "security:\n  enableEncryption: true\n".to_owned(),
            OptionId::KmipServerName,
            "the master key always lives on one",
        ),
        (
            seed_and("activateKeys: false\n    keyStatePollingSeconds: 60"),
            OptionId::KmipKeyStatePollingSeconds,
            "contradicts security.kmip.activateKeys = false",
        ),
        (
            seed_and("activateKeys: false\n    masterKeyMode: wrap"),
            OptionId::KmipMasterKeyMode,
            "contradicts security.kmip.activateKeys = false",
        ),
        (
            seed_and("useLegacyProtocol: true\n    masterKeyMode: wrap"),
            OptionId::KmipMasterKeyMode,
            "contradicts security.kmip.useLegacyProtocol = true",
        ),
    ];
    for (text, option, words) in rows {
        let error = error(text);
        let message = error.to_string();
        assert_eq!(error.option, Some(*option), "{message}");
        assert!(message.contains(words), "{message}");
    }
    // The same two beside each other where they do agree, and the key file left out.
    yaml(&seed_and(
        "activateKeys: false\n    keyStatePollingSeconds: -1",
    ))
    .unwrap();
    let (config, _) = yaml(&without("clientKeyFile")).unwrap();
    assert!(config.kmip.unwrap().client_key_file.is_none());
}

#[test]
fn a_real_mongod_conf_passes_with_notices() {
    let text = format!(
        "systemLog:\n  destination: file\n  path: \"/var/log/mongod.log\"\nnet:\n  port: 27017\n  \
         bindIp: 127.0.0.1\nstorage:\n  dbPath: /var/lib/mongo\nreplication:\n  replSetName: rs0\n\
         {SEED}  authorization: enabled\n  keyFile: /etc/key\n  encryptionCipherMode: AES256-CBC\n"
    );
    let (config, notices) = yaml(&text).unwrap();
    assert_eq!(config.cipher_mode.value, CipherMode::Aes256Cbc);
    let ignored: Vec<_> = notices
        .iter()
        .filter_map(|notice| match &notice.kind {
            NoticeKind::Ignored { path } => Some(path.as_str()),
            _ => None,
        })
        .collect();
    let want = [
        "systemLog",
        "net",
        "storage",
        "replication",
        "security.authorization",
        "security.keyFile",
    ];
    assert_eq!(ignored, want);
    assert!(
        notices
            .iter()
            .any(|notice| notice.kind == NoticeKind::CbcSealsWithGcm)
    );
    assert_eq!(notices.len(), want.len() + 1);
}

#[test]
fn a_key_identifier_stays_the_text_that_was_written() {
    for (written, read) in [
        ("1", "1"),
        ("0x1F", "0x1F"),
        ("010", "010"),
        ("true", "true"),
        ("\"a: b\"", "a: b"),
        ("1e3", "1e3"),
        ("no", "no"),
        ("'null'", "null"),
    ] {
        let text = SEED.replace("key_name", written);
        let (config, _) = yaml(&text).unwrap();
        let identifier = config.kmip.unwrap().key_identifier.unwrap();
        assert_eq!(identifier.value, read);
    }
}

#[test]
fn a_password_comes_from_four_places_and_is_printed_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("password");
    std::fs::write(&path, "hunter2 x\r\n").unwrap();
    let file = format!("{{file: \"{}\"}}", path.display());
    let id = OptionId::KmipClientCertificatePassword;
    let environment = Environment::from_pairs([("PASS", "hunter2 x")]);
    let own =
        Environment::from_pairs([("STRONGROOM_KMIP_CLIENT_CERTIFICATE_PASSWORD", "hunter2 x")]);
    let none = Environment::empty();
    let flag = Overrides::from_iter([(id, "hunter2 x".to_owned())]);
    let no_flag = Overrides::none();
    for (line, flags, environment, notices) in [
        ("hunter2 x", &no_flag, &none, 1),
        ("{env: PASS}", &no_flag, &environment, 0),
        (file.as_str(), &no_flag, &none, 0),
        ("other", &no_flag, &own, 0),
        ("other", &flag, &none, 1),
    ] {
        let text = seed_and(&format!("clientCertificatePassword: {line}"));
        let (config, found) =
            Config::from_layers(&text, Path::new(FILE), flags, environment).unwrap();
        let printed = format!(
            "{config:?} {found:?} {flags:?} {environment:?} {:?}",
            config.rows()
        );
        assert!(!printed.contains("hunter2"), "{line}");
        let password = config.kmip.unwrap().client_certificate_password.unwrap();
        assert_eq!(password.value.read().unwrap().expose(), "hunter2 x");
        assert_eq!(found.len(), notices, "{line}: {found:?}");
    }
}

#[test]
fn no_error_holds_the_password() {
    for line in [
        "clientCertificatePassword: [hunter2]",
        "clientCertificatePassword: {hunter2: x}",
        "clientCertificatePassword: {file: x, hunter2: y}",
        "clientCertificatePassword: \"hunter2\n",
        "clientCertificatePassword: !!int hunter2",
        "clientCertificatePassword: hunter2: x",
        "clientCertificatePassword:hunter2: x",
        "clientCertificatePassword=hunter2: x",
        "clientCertificatePassword: hunter2\n    port: 0",
    ] {
        let error = yaml(&seed_and(line)).map(|(config, _)| config);
        let error = error.expect_err(line);
        assert!(
            !format!("{error} {error:?}").contains("hunter2"),
            "{line}: {error}"
        );
    }
}

#[test]
fn an_overlong_password_file_and_one_that_is_no_text_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let read = |octets: &[u8]| {
        let path = folder.path().join("password");
        std::fs::write(&path, octets).unwrap();
        Password::File(path).read()
    };
    assert_eq!(read(&[b'a'; 4_096]).unwrap().expose().len(), 4_096);
    assert_eq!(
        read(&[b'a'; 4_097]).unwrap_err().kind(),
        io::ErrorKind::InvalidData
    );
    assert_eq!(
        read(b"\xff").unwrap_err().kind(),
        io::ErrorKind::InvalidData
    );
}

#[test]
fn missing_files_are_named_with_their_option() {
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().join("ca.pem");
    std::fs::write(&there, "x").unwrap();
    let text = SEED
        .replace("/path/ca.pem", &there.display().to_string())
        .replace("/path/client_key.pem", &folder.path().display().to_string());
    let (config, _) = yaml(&text).unwrap();
    let found: BTreeMap<_, _> = config
        .check_files()
        .into_iter()
        .map(|error| (error.option.unwrap().path(), error.to_string()))
        .collect();
    assert_eq!(found.len(), 2);
    let certificate = &found["security.kmip.clientCertificateFile"];
    assert!(
        certificate.contains("cannot read /path/client_certificate.pem"),
        "{certificate}"
    );
    assert!(
        certificate.starts_with(&format!("{FILE}:6:")),
        "{certificate}"
    );
    assert!(found["security.kmip.clientKeyFile"].contains("is not a file"));
}

#[test]
fn a_file_that_is_absent_a_folder_or_huge_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let load = |path: &Path| {
        Config::load(Some(path), &Overrides::none(), &Environment::empty()).unwrap_err()
    };
    let absent = folder.path().join("absent.yaml");
    assert!(matches!(
        load(&absent).kind,
        ConfigErrorKind::ReadConfig { .. }
    ));
    assert!(load(&absent).to_string().contains("absent.yaml"));
    assert!(matches!(
        load(folder.path()).kind,
        ConfigErrorKind::ReadConfig { .. }
    ));
    let huge = folder.path().join("huge.yaml");
    std::fs::write(&huge, vec![b'#'; (1 << 20) + 1]).unwrap();
    assert!(matches!(load(&huge).kind, ConfigErrorKind::TooLarge { .. }));
}

#[test]
fn environment_slips_are_noticed_and_empty_variables_are_not_set() {
    let environment = Environment::from_pairs([
        ("STRONGROOM_KMIP_PROT", "1"),
        ("STRONGROOM_KMIP_DATA", "/x"),
        ("STRONGROOM_KMIP_PORT", ""),
    ]);
    let (config, notices) =
        Config::from_layers(SEED, Path::new(FILE), &Overrides::none(), &environment).unwrap();
    assert_eq!(config.kmip.unwrap().port.value, 5696);
    let [notice] = notices.as_slice() else {
        panic!("{notices:?}")
    };
    assert!(
        notice
            .to_string()
            .contains("did you mean STRONGROOM_KMIP_PORT?")
    );
}

#[test]
fn a_bad_flag_or_variable_is_named_as_it_was_given() {
    let flags = Overrides::from_iter([(OptionId::KmipPort, "70000".to_owned())]);
    let environment = Environment::from_pairs([("STRONGROOM_KMIP_PORT", "0")]);
    let load = |flags: &Overrides, environment: &Environment| {
        let result = Config::from_layers(SEED, Path::new(FILE), flags, environment);
        result.map(|(config, _)| config).unwrap_err().to_string()
    };
    let by_flag = load(&flags, &environment);
    assert!(
        by_flag.starts_with("--kmipPort: security.kmip.port: \"70000\""),
        "{by_flag}"
    );
    let by_variable = load(&Overrides::none(), &environment);
    assert!(
        by_variable.starts_with("STRONGROOM_KMIP_PORT: "),
        "{by_variable}"
    );
}

#[test]
fn an_alias_bomb_ends_in_an_error() {
    let mut text = "net:\n  a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..12 {
        let previous = format!("*a{}", n - 1);
        let list = vec![previous; 9].join(", ");
        text.push_str(&format!("  a{n}: &a{n} [{list}]\n"));
    }
    assert!(matches!(error(&text).kind, ConfigErrorKind::Syntax { .. }));
    let deep = format!("net: {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(error(&deep).kind, ConfigErrorKind::Syntax { .. }));
}

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = yaml(&text);
    }

    #[test]
    fn no_text_of_yaml_letters_panics(text in "[a-c:{}\\[\\]\"'&*!|>%@#,?\\- \n\t~<0-9]{0,80}") {
        let _ = yaml(&text);
        let _ = yaml(&format!("{SEED}    {text}"));
    }

    #[test]
    fn the_seed_with_one_octet_changed_never_panics(at in 0..SEED.len(), octet in 0_u8..128) {
        let mut octets = SEED.as_bytes().to_vec();
        octets[at] = octet;
        let _ = yaml(std::str::from_utf8(&octets).unwrap());
    }

    #[test]
    fn every_port_and_no_other_number_is_a_port(number in -100_000_i64..100_000) {
        let text = SEED.replace("5696", &number.to_string());
        prop_assert_eq!(yaml(&text).is_ok(), (1..=65_535).contains(&number));
    }
}
