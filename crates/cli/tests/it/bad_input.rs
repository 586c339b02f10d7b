//! Bad configuration: one clear error, the documented exit code, nothing made.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use strongroom_server::dev::{Authority, Leaf};

use crate::harness::{CONFIGURATION, Demo, Ran, TLS, UNREACHABLE, contents, run, text};

/// A key of nobody, encrypted under a password (PBES2, AES-256-CBC), made with OpenSSL.
const ENCRYPTED_KEY: &str = include_str!("encrypted.pem");

/// The command ran against a directory that is empty and stays so.
fn with_empty_store(demo: &Demo, args: &[&str]) -> Ran {
    let dir = demo.beside("empty");
    fs::create_dir_all(&dir).unwrap();
    let mut all = args.to_vec();
    all.extend(["--dbpath", text(&dir)]);
    let ran = run(&all);
    assert_eq!(contents(&dir), [], "{args:?} left something");
    ran
}

#[test]
fn a_wrong_configuration_file_is_named_with_its_option_and_place() {
    let demo = Demo::new();
    let table = [
        (
            "servrName: x",
            &["3:5", "servrName", "did you mean", "serverName"][..],
        ),
        (
            "serverCaFile: x",
            &["serverCaFile", "did you mean", "serverCAFile"],
        ),
        ("port: many", &["security.kmip.port", "many", "1 to 65535"]),
        ("port: 0", &["security.kmip.port", "1 to 65535"]),
        ("port: 70000", &["security.kmip.port", "1 to 65535"]),
        ("port: [1, 2]", &["security.kmip.port"]),
        (
            "rotateMasterKey: perhaps",
            &["security.kmip.rotateMasterKey"],
        ),
        ("serverName: [a", &["bad.yaml"]),
    ];
    let path = demo.beside("bad.yaml");
    for (line, words) in table {
        fs::write(&path, format!("security:\n  kmip:\n    {line}\n")).unwrap();
        let config = ["--config", text(&path)];
        run(&[&["config", "check"], &config[..]].concat()).fails(CONFIGURATION, words);
        with_empty_store(&demo, &[&["unlock"], &config[..]].concat()).fails(CONFIGURATION, words);
    }
}

#[test]
fn wrong_options_and_files_are_named() {
    let demo = Demo::new();
    let absent = demo.beside("absent.pem");
    let encrypted = demo.beside("encrypted.pem");
    fs::write(&encrypted, ENCRYPTED_KEY).unwrap();
    let certificate = demo.beside("certificate.pem");
    let client = fs::read_to_string(demo.file("key-server/client.pem")).unwrap();
    let begin = client.find("-----BEGIN CERTIFICATE").unwrap();
    let end = begin + client[begin..].find("-----END CERTIFICATE-----\n").unwrap() + 26;
    fs::write(&certificate, &client[begin..end]).unwrap();
    let other_key = demo.file("key-server/server.key");
    let rubbish = demo.beside("rubbish.pem");
    fs::write(&rubbish, "no PEM at all\n").unwrap();

    let certificate = ["--kmipClientCertificateFile", text(&certificate)];
    let table: Vec<(Vec<&str>, &[&str])> = vec![
        (vec!["--kmipPort", "0"], &["--kmipPort", "1 to 65535"]),
        (vec!["--kmipPort", "70000"], &["--kmipPort", "1 to 65535"]),
        (vec!["--kmipPort", "-1"], &["--kmipPort"]),
        (
            vec!["--kmipServerCAFile", text(&absent)],
            &["serverCAFile", "absent.pem"],
        ),
        (
            vec!["--kmipServerCAFile", text(&rubbish)],
            &["serverCAFile", "rubbish.pem"],
        ),
        (
            vec!["--kmipClientCertificateFile", text(&absent)],
            &["clientCertificateFile", "absent.pem"],
        ),
        (
            [&certificate[..], &["--kmipClientKeyFile", text(&absent)]].concat(),
            &["clientKeyFile", "absent.pem"],
        ),
        (
            [&certificate[..], &["--kmipClientKeyFile", text(&encrypted)]].concat(),
            &["encrypted.pem", "encrypted", "password"],
        ),
        (
            [&certificate[..], &["--kmipClientKeyFile", text(&other_key)]].concat(),
            &["certificate.pem", "private key does not belong"],
        ),
    ];
    for (args, words) in table {
        let checked = [&["config", "check"], args.as_slice()].concat();
        demo.run(&checked).fails(CONFIGURATION, words);
        let config = demo.file("strongroom.yaml");
        let all = [&["unlock", "--config", text(&config)], args.as_slice()].concat();
        // `config check` looks at paths first, so it alone may name a file by its option.
        let words = if words.contains(&"absent.pem") {
            &["absent.pem"]
        } else {
            words
        };
        with_empty_store(&demo, &all).fails(CONFIGURATION, words);
    }
}

#[test]
fn each_bad_input_of_tls_is_named_with_its_file_and_mend() {
    let demo = Demo::new();
    let write = |name: &str, text: &str| {
        let path = demo.beside(name);
        fs::write(&path, text).unwrap();
        path
    };
    let empty = write("empty.pem", "");
    let encrypted = write("encrypted.pem", ENCRYPTED_KEY);
    let ca = demo.file("key-server/ca.pem");
    let certificate = write(
        "certificate.pem",
        Authority::generate(SystemTime::now())
            .unwrap()
            .certificate_pem(),
    );
    let encrypted_key = [
        "--kmipClientCertificateFile",
        text(&certificate),
        "--kmipClientKeyFile",
        text(&encrypted),
    ];
    let pin = "--kmipServerCertificatePin";
    let table: Vec<(Vec<&str>, &[&str])> = vec![
        (
            vec!["--kmipServerName", "a b"],
            &["serverName", "element 1", "neither a DNS name"],
        ),
        (
            vec!["--kmipServerName", "https://a"],
            &["serverName", "not a URL"],
        ),
        (
            vec!["--kmipServerCAFile", text(&empty)],
            &[
                "serverCAFile",
                "empty.pem",
                "help: put the PEM certificate of the CA",
            ],
        ),
        (
            encrypted_key.to_vec(),
            &[
                "encrypted.pem",
                "no password is given",
                "help: give the password",
            ],
        ),
        (
            [
                &encrypted_key[..],
                &["--kmipClientCertificatePassword", "wrong"],
            ]
            .concat(),
            &[
                "encrypted.pem",
                "wrong password",
                "help: check the password",
            ],
        ),
        (
            vec!["--kmipServerCRLFile", text(&empty)],
            &[
                "serverCRLFile",
                "empty.pem",
                "help: put the CA's list there",
            ],
        ),
        (
            vec!["--kmipServerCRLFile", text(&ca)],
            &["serverCRLFile", "ca.pem", "no certificate revocation list"],
        ),
        (vec![pin, "00aa"], &["serverCAFile", "serverCertificatePin"]),
        (
            vec!["--kmipTlsProvider", "openssl"],
            &["tlsProvider", "ring or aws-lc-rs"],
        ),
    ];
    for (args, words) in table {
        let checked = [&["config", "check"], args.as_slice()].concat();
        demo.run(&checked).fails(CONFIGURATION, words);
        let config = demo.file("strongroom.yaml");
        let all = [&["unlock", "--config", text(&config)], args.as_slice()].concat();
        with_empty_store(&demo, &all).fails(CONFIGURATION, words);
    }
}

#[test]
fn a_client_certificate_that_expired_yesterday_is_named_with_its_file_and_date() {
    let demo = Demo::new();
    let _served = demo.serve();
    // Certificates of the server's tool live for a year from an hour ago.
    let yesterday = SystemTime::now() - Duration::from_secs(366 * 86_400);
    let old = Authority::generate(yesterday).unwrap();
    let leaf = old.issue(&Leaf::client("strongroom")).unwrap();
    let file = demo.beside("old.pem");
    fs::write(
        &file,
        format!("{}{}", leaf.certificate_pem(), leaf.key_pem()),
    )
    .unwrap();
    let files = [
        "--kmipClientCertificateFile",
        text(&file),
        "--kmipClientKeyFile",
        text(&file),
    ];
    demo.on_store(&[&["unlock"], &files[..]].concat()).fails(
        TLS,
        &[
            "old.pem",
            "expired on",
            "help: renew the client certificate",
        ],
    );
}

#[test]
fn a_pinned_certificate_is_trusted_and_no_other() {
    let demo = Demo::new();
    let _served = demo.serve();
    let yaml = fs::read_to_string(demo.file("strongroom.yaml")).unwrap();
    let lines = yaml.lines().filter(|line| !line.contains("serverCAFile"));
    let without_ca: String = lines.flat_map(|line| [line, "\n"]).collect();
    let config = demo.beside("pinned.yaml");
    fs::write(&config, without_ca).unwrap();
    let dir = demo.dir();
    let status = |pin: &str| {
        let args = [
            "status",
            "--json",
            "--config",
            text(&config),
            "--dbpath",
            text(&dir),
        ];
        run(&[&args[..], &["--kmipServerCertificatePin", pin]].concat())
    };
    let wrong = "00".repeat(32);
    let refused = status(&wrong).ok().json();
    let told = refused["servers"][0]["error"].as_str().unwrap().to_owned();
    assert!(told.contains("is not pinned"), "{told}");
    // The refusal names what was shown: 32 octets with colons.
    let shown = told
        .split_whitespace()
        .find(|word| word.matches(':').count() == 31);
    let shown = shown
        .unwrap()
        .trim_matches(|c: char| !c.is_ascii_hexdigit());
    let taken = status(&format!("{wrong}, {shown}")).ok().json();
    assert_eq!(taken["servers"][0]["answers"], true, "{taken}");
    status("00aa").fails(
        CONFIGURATION,
        &["serverCertificatePin", "64 hexadecimal digits"],
    );
}

#[test]
fn an_unreachable_server_is_named_and_nothing_is_made() {
    let demo = Demo::new();
    // Bound and given back: nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let config = demo.file("strongroom.yaml");
    let port = port.to_string();
    let args = ["unlock", "--config", text(&config), "--kmipPort", &port];
    let ran = with_empty_store_but_lock(&demo, &args);
    ran.fails(UNREACHABLE, &["127.0.0.1", &port]);
    let before = contents(&demo.dir());
    demo.on_store(&["rotate", "--kmipPort", &port])
        .fails(UNREACHABLE, &[&port]);
    let but_lock = |mut files: Vec<(PathBuf, Vec<u8>)>| {
        files.retain(|(path, _)| !path.ends_with("strongroom.lock"));
        files
    };
    assert!(but_lock(contents(&demo.dir())) == but_lock(before));
}

/// As [`with_empty_store`], but the lock file may stay.
fn with_empty_store_but_lock(demo: &Demo, args: &[&str]) -> Ran {
    let dir = demo.beside("empty");
    fs::create_dir_all(&dir).unwrap();
    let ran = run(&[args, &["--dbpath", text(&dir)]].concat());
    let left: Vec<_> = contents(&dir).into_iter().map(|(path, _)| path).collect();
    assert!(
        left.iter().all(|path| path.ends_with("strongroom.lock")),
        "{left:?}"
    );
    ran
}

#[test]
fn missing_files_and_directories_are_named() {
    let demo = Demo::new();
    let (yaml, dir) = (demo.beside("none.yaml"), demo.beside("none"));
    for command in ["unlock", "rotate", "status"] {
        let args = [command, "--config", text(&yaml), "--dbpath", text(&dir)];
        run(&args).fails(CONFIGURATION, &["none.yaml", "--config"]);
        demo.run(&[command, "--dbpath", text(&dir)])
            .fails(CONFIGURATION, &["--dbpath", text(&dir)]);
        demo.run(&[command]).fails(CONFIGURATION, &["--dbpath"]);
        assert!(!dir.exists(), "{command}");
    }
    run(&["no-such-command"]).fails(CONFIGURATION, &["no-such-command"]);
}

#[test]
fn with_json_a_wrong_command_line_is_one_document_too() {
    for (args, word) in [
        (vec!["status", "--json"], "--dbpath"),
        (
            vec!["doctor", "--json", "--no-such-option"],
            "--no-such-option",
        ),
        (vec!["no-such-command", "--json"], "no-such-command"),
    ] {
        let ran = run(&args);
        assert_eq!(ran.code, Some(CONFIGURATION), "{ran:#?}");
        let error: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
        assert_eq!(error["code"], CONFIGURATION);
        assert!(
            error["message"].as_str().unwrap().contains(word),
            "{ran:#?}"
        );
    }
    let help = run(&["status", "--json", "--help"]).ok();
    assert!(help.out.contains("--dbpath"));
}

#[test]
fn with_json_the_error_on_stderr_is_one_document() {
    let demo = Demo::new();
    let dir = demo.beside("none");
    for command in ["unlock", "rotate", "status"] {
        let ran = demo.run(&[command, "--json", "--dbpath", text(&dir)]);
        assert_eq!(ran.code, Some(CONFIGURATION), "{ran:#?}");
        assert_eq!(ran.out, "");
        let error: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
        assert_eq!(error["code"], CONFIGURATION);
        assert_eq!(error["kind"], "configuration");
        assert!(error["message"].as_str().unwrap().contains(text(&dir)));
        assert!(!error["help"].as_str().unwrap().is_empty());
    }
}
