//! The doctor: a sound set-up is sound, each fault has its finding, and nothing is changed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use strongroom::config::Config;
use strongroom::kmip::enumeration::{Operation, ResultReason, RevocationReasonCode, State};
use strongroom::kmip::tag;
use strongroom::{Class, Diagnosis, Options, Verdict, doctor};
use strongroom_server::FaultAction;
use strongroom_server::dev::{Authority, Issued, Leaf};

use crate::harness::{Harness, files, witness};

/// Findings that depend on the machine of the test.
const MACHINE: &[&str] = &["AES path", "key memory", "core dumps"];

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A server, a store, and permissions as they should be.
async fn sound() -> (Harness, PathBuf) {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    chmod(&dbpath, 0o700);
    chmod(&harness.file("client.pem"), 0o600);
    let mut unlocked = harness
        .unlock(&["keyIdentifier: key"], &dbpath)
        .await
        .unwrap();
    witness(&mut unlocked);
    (harness, dbpath)
}

async fn diagnose(harness: &Harness, lines: &[&str], dbpath: Option<&Path>) -> Diagnosis {
    doctor(&harness.config(lines), &[], dbpath, &Options::default()).await
}

/// The one finding of `check` with `verdict` and this word.
#[track_caller]
fn holds(diagnosis: &Diagnosis, check: &str, verdict: Verdict, word: &str) {
    let found = diagnosis.findings.iter().any(|finding| {
        finding.check == check && finding.verdict == verdict && finding.evidence.contains(word)
    });
    assert!(
        found,
        "no {verdict} {check} with {word:?} in {diagnosis:#?}"
    );
}

/// Nothing to be done, but for the machine of the test.
#[track_caller]
fn is_sound(diagnosis: &Diagnosis) {
    let bad: Vec<_> = diagnosis
        .findings
        .iter()
        .filter(|finding| finding.verdict >= Verdict::Warning && !MACHINE.contains(&finding.check))
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

fn octets(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let read = |name: String| (name.clone(), fs::read(dir.join(name)).unwrap());
    files(dir).into_iter().map(read).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_set_up_is_sound_and_nothing_is_changed_anywhere() {
    let (harness, dbpath) = sound().await;
    let (before, keys) = (octets(&dbpath), harness.keys().await);
    harness.operations();
    let diagnosis = diagnose(&harness, &["keyIdentifier: key"], Some(&dbpath)).await;
    is_sound(&diagnosis);
    let allowed = [
        Operation::DISCOVER_VERSIONS,
        Operation::QUERY,
        Operation::LOCATE,
        Operation::GET,
        Operation::GET_ATTRIBUTES,
    ];
    let asked = harness.operations();
    assert!(asked.contains(&Operation::GET) && asked.contains(&Operation::LOCATE));
    assert!(asked.iter().all(|one| allowed.contains(one)), "{asked:?}");
    assert!(octets(&dbpath) == before);
    assert_eq!(harness.keys().await, keys);
    for (check, word) in [
        ("configuration", "known"),
        ("CA file", "ca.pem"),
        ("client certificate", "key fits"),
        ("key server", "TLS 1.3"),
        ("server certificate", "expires on"),
        ("versions", "1.4"),
        ("operations", "all that a store needs"),
        ("clock", "0 s"),
        ("master key", "Active"),
        ("master key", "gives out"),
        ("keystore", "keystore.b is sound"),
        ("keystore", "opens under"),
        ("permissions", "owner's alone"),
    ] {
        holds(&diagnosis, check, Verdict::Ok, word);
    }
    for check in MACHINE {
        assert!(
            diagnosis
                .findings
                .iter()
                .any(|finding| finding.check == *check)
        );
    }
    let every_fix = diagnosis
        .findings
        .iter()
        .filter(|one| one.verdict >= Verdict::Warning);
    assert!(every_fix.into_iter().all(|finding| finding.fix.is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn before_a_first_start_the_named_key_is_looked_for() {
    let harness = Harness::start().await;
    chmod(&harness.file("client.pem"), 0o600);
    let none = diagnose(&harness, &[], None).await;
    is_sound(&none);
    holds(
        &none,
        "master key",
        Verdict::Note,
        "keyIdentifier is not given",
    );
    let absent = diagnose(&harness, &["keyIdentifier: key"], None).await;
    holds(
        &absent,
        "master key",
        Verdict::Note,
        "a first start makes it",
    );
    let lines = ["keyIdentifier: key", "keyIdentifierKind: uid"];
    let absent = diagnose(&harness, &lines, None).await;
    assert_eq!(absent.class(), Some(Class::KeyNotFound));
    harness.key("key", State::PRE_ACTIVE, None).await;
    let waits = diagnose(&harness, &["keyIdentifier: key"], None).await;
    holds(&waits, "master key", Verdict::Error, "Pre-Active");
    harness.key("other", State::ACTIVE, Some("theirs")).await;
    let theirs = diagnose(&harness, &["keyIdentifier: other"], None).await;
    holds(&theirs, "master key", Verdict::Note, "another store");
    let empty = harness.dbpath("empty");
    let first = diagnose(&harness, &[], Some(&empty)).await;
    holds(&first, "keystore", Verdict::Note, "a first start makes it");
    assert!(files(&empty).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_the_ca_file_is_found() {
    let (harness, _) = sound().await;
    let ca = harness.file("ca.pem");
    let good = fs::read_to_string(&ca).unwrap();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let old = Authority::generate(long_ago).unwrap();
    let leaf = harness.issue(&Leaf::server());
    for (text, verdict, word, class) in [
        (
            String::new(),
            Verdict::Error,
            "no PEM certificate",
            Class::Configuration,
        ),
        (
            "rubbish\n".into(),
            Verdict::Error,
            "no PEM certificate",
            Class::Configuration,
        ),
        (
            good.replacen("END", "", 1),
            Verdict::Error,
            "ca.pem",
            Class::Configuration,
        ),
        (
            format!("{good}{}", old.certificate_pem()),
            Verdict::Error,
            "expired on",
            Class::Tls,
        ),
        (
            leaf.certificate_pem().into(),
            Verdict::Warning,
            "is not a CA's",
            Class::Tls,
        ),
    ] {
        fs::write(&ca, text).unwrap();
        let diagnosis = diagnose(&harness, &[], None).await;
        holds(&diagnosis, "CA file", verdict, word);
        assert_eq!(diagnosis.class(), Some(class));
    }
    // Another CA of this day: the handshake says so.
    let other = Authority::generate(SystemTime::now()).unwrap();
    fs::write(&ca, other.certificate_pem()).unwrap();
    let diagnosis = diagnose(&harness, &[], None).await;
    holds(&diagnosis, "key server", Verdict::Error, "ca.pem");
    assert_eq!(diagnosis.class(), Some(Class::Tls));
}

fn write_client(harness: &Harness, issued: &Issued) {
    let pem = format!("{}{}", issued.certificate_pem(), issued.key_pem());
    fs::write(harness.file("client.pem"), pem).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_the_client_certificate_is_found() {
    let (harness, _) = sound().await;
    let check = "client certificate";
    let mut leaf = Leaf::client("node-1");
    leaf.client_auth = false;
    write_client(&harness, &harness.issue(&leaf));
    let diagnosis = diagnose(&harness, &[], None).await;
    holds(
        &diagnosis,
        check,
        Verdict::Warning,
        "extendedKeyUsage=clientAuth",
    );

    let mut leaf = Leaf::client("node-1");
    leaf.common_name = None;
    write_client(&harness, &harness.issue(&leaf));
    let diagnosis = diagnose(&harness, &[], None).await;
    holds(&diagnosis, check, Verdict::Warning, "no common name");

    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let old = Authority::generate(long_ago).unwrap();
    write_client(&harness, &old.issue(&Leaf::client("node-1")).unwrap());
    let diagnosis = diagnose(&harness, &[], None).await;
    holds(&diagnosis, check, Verdict::Error, "expired on");
    assert_eq!(diagnosis.class(), Some(Class::Tls));

    let (one, two) = (
        harness.issue(&Leaf::client("a")),
        harness.issue(&Leaf::client("a")),
    );
    let mixed = format!("{}{}", one.certificate_pem(), two.key_pem());
    fs::write(harness.file("client.pem"), mixed).unwrap();
    let diagnosis = diagnose(&harness, &[], None).await;
    holds(&diagnosis, check, Verdict::Error, "does not belong");
    assert_eq!(diagnosis.class(), Some(Class::Configuration));

    // The server does not know this CA: found by the first round trip.
    let stranger = Authority::generate(SystemTime::now()).unwrap();
    write_client(&harness, &stranger.issue(&Leaf::client("node-1")).unwrap());
    let diagnosis = diagnose(&harness, &[], None).await;
    holds(
        &diagnosis,
        "key server",
        Verdict::Error,
        "rejected our client certificate",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_an_error_and_the_others_are_asked() {
    let (harness, dbpath) = sound().await;
    let mut config = harness.config(&["connectTimeoutMS: 1000"]);
    let kmip = config.kmip.as_mut().unwrap();
    kmip.server_name.value = format!("127.0.0.1:1,127.0.0.1:{}", kmip.port.value);
    let diagnosis = doctor(&config, &[], Some(&dbpath), &Options::default()).await;
    holds(&diagnosis, "key server", Verdict::Error, "127.0.0.1:1");
    holds(&diagnosis, "key server", Verdict::Ok, "answers");
    holds(&diagnosis, "keystore", Verdict::Ok, "opens under");
    assert_eq!(diagnosis.class(), Some(Class::Unreachable));
    config.kmip.as_mut().unwrap().server_name.value = "https://a".to_owned();
    let diagnosis = doctor(&config, &[], Some(&dbpath), &Options::default()).await;
    holds(&diagnosis, "configuration", Verdict::Error, "not a URL");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_master_keys_states_and_strays_are_found() {
    let (harness, dbpath) = sound().await;
    let status = strongroom::status(None, &dbpath, &Options::default())
        .await
        .unwrap();
    let label = status.store_label;
    let stray = harness.key("stray", State::PRE_ACTIVE, Some(&label)).await;
    let diagnosis = diagnose(&harness, &[], Some(&dbpath)).await;
    holds(&diagnosis, "stray key", Verdict::Warning, &stray);
    assert!(matches!(diagnosis.class(), Some(Class::Warnings)));
    harness.destroy(&stray).await;
    is_sound(&diagnose(&harness, &[], Some(&dbpath)).await);

    let id = status.master_key.unwrap().unique_identifier;
    harness
        .revoke(&id, RevocationReasonCode::CESSATION_OF_OPERATION)
        .await;
    let diagnosis = diagnose(&harness, &[], Some(&dbpath)).await;
    holds(&diagnosis, "master key", Verdict::Error, "Deactivated");
    assert_eq!(diagnosis.class(), Some(Class::KeyState));
    harness.destroy(&id).await;
    let diagnosis = diagnose(&harness, &[], Some(&dbpath)).await;
    holds(&diagnosis, "master key", Verdict::Error, &id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_master_key_that_one_of_two_servers_does_not_have_is_found() {
    let (harness, _second, replica) = Harness::start_pair().await;
    chmod(&harness.file("client.pem"), 0o600);
    replica.hold();
    let key = harness.key("key", State::ACTIVE, None).await;
    let diagnosis = diagnose(&harness, &["keyIdentifier: key"], None).await;
    holds(&diagnosis, "master key", Verdict::Ok, "gives out");
    holds(&diagnosis, "master key", Verdict::Warning, &key);
    assert_eq!(diagnosis.class(), Some(Class::Warnings));
    replica.follow();
    let diagnosis = diagnose(&harness, &["keyIdentifier: key"], None).await;
    is_sound(&diagnosis);
    let given_out = diagnosis
        .findings
        .iter()
        .filter(|finding| finding.check == "master key" && finding.evidence.contains("gives out"));
    assert_eq!(given_out.count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_give_out_different_keys_under_one_id_are_found() {
    let (harness, second, _replica) = Harness::start_pair().await;
    harness.key("key", State::ACTIVE, None).await;
    let changed = FaultAction::WrongField(tag::KEY_MATERIAL);
    second.faults().on(Operation::GET, 1, changed);
    let diagnosis = diagnose(&harness, &["keyIdentifier: key"], None).await;
    holds(&diagnosis, "master key", Verdict::Error, "different");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_the_keystore_is_not_sealed_under_is_found() {
    let (harness, dbpath) = sound().await;
    for read in 1..=2 {
        let changed = FaultAction::WrongField(tag::KEY_MATERIAL);
        harness.faults().on(Operation::GET, read, changed);
    }
    let diagnosis = diagnose(&harness, &[], Some(&dbpath)).await;
    holds(&diagnosis, "keystore", Verdict::Error, "wrong master key");
    assert_eq!(diagnosis.class(), Some(Class::WrongMasterKey));
    is_sound(&diagnose(&harness, &[], Some(&dbpath)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_was_cut_is_found() {
    let (harness, dbpath) = sound().await;
    let no_activation = FaultAction::Error(ResultReason::PERMISSION_DENIED);
    harness.faults().on(Operation::ACTIVATE, 1, no_activation);
    let cut = harness.rotate(&["keyIdentifier: key"], &dbpath).await;
    assert!(cut.is_err());
    let diagnosis = diagnose(&harness, &[], Some(&dbpath)).await;
    holds(&diagnosis, "rotation", Verdict::Warning, "phase both");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_the_keystores_files_is_found() {
    let (harness, dbpath) = sound().await;
    let a = dbpath.join("keystore.a");
    let good = fs::read(&a).unwrap();
    let check = "keystore";
    fs::write(dbpath.join("keystore.a.tmp"), b"cut").unwrap();
    let diagnosis = diagnose(&harness, &[], Some(&dbpath)).await;
    holds(&diagnosis, check, Verdict::Note, "keystore.a.tmp");
    is_sound(&diagnosis);

    fs::write(&a, b"STRG").unwrap();
    let diagnosis = diagnose(&harness, &[], Some(&dbpath)).await;
    holds(&diagnosis, check, Verdict::Warning, "keystore.a is damaged");
    assert_eq!(diagnosis.class(), Some(Class::Warnings));
    fs::remove_file(&a).unwrap();
    let diagnosis = diagnose(&harness, &[], Some(&dbpath)).await;
    holds(&diagnosis, check, Verdict::Warning, "keystore.a is missing");
    fs::write(&a, good).unwrap();
    chmod(&a, 0o600);

    // Both gone beside a data file, and a directory that others may read.
    let lost = harness.dbpath("lost");
    fs::write(lost.join("data"), b"x").unwrap();
    chmod(&lost, 0o755);
    let diagnosis = diagnose(&harness, &[], Some(&lost)).await;
    holds(&diagnosis, "permissions", Verdict::Warning, "every user");
    assert_eq!(diagnosis.class(), Some(Class::KeystoreLost));
    for name in ["keystore.a", "keystore.b"] {
        fs::write(lost.join(name), b"STRG").unwrap();
    }
    let diagnosis = diagnose(&harness, &[], Some(&lost)).await;
    assert_eq!(diagnosis.class(), Some(Class::DamagedKeystore));

    let cut = harness.dbpath("cut");
    fs::write(cut.join("strongroom.intent"), b"STRGINTN").unwrap();
    let diagnosis = diagnose(&harness, &[], Some(&cut)).await;
    holds(&diagnosis, check, Verdict::Warning, "a first start was cut");

    let absent = harness.file("absent");
    let diagnosis = diagnose(&harness, &[], Some(&absent)).await;
    holds(&diagnosis, check, Verdict::Error, "--dbpath");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn who_works_on_the_store_is_named() {
    let (harness, dbpath) = sound().await;
    let unlocked = harness.unlock(&[], &dbpath).await.unwrap();
    let diagnosis = diagnose(&harness, &[], Some(&dbpath)).await;
    let pid = std::process::id().to_string();
    holds(&diagnosis, "lock", Verdict::Note, &pid);
    drop(unlocked);
    let diagnosis = diagnose(&harness, &[], Some(&dbpath)).await;
    assert!(
        diagnosis
            .findings
            .iter()
            .all(|finding| finding.check != "lock")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_configuration_says_amiss_is_found() {
    let (harness, dbpath) = sound().await;
    let rotates = diagnose(&harness, &["rotateMasterKey: true"], Some(&dbpath)).await;
    holds(
        &rotates,
        "configuration",
        Verdict::Warning,
        "each start would rotate",
    );

    chmod(&harness.file("client.pem"), 0o644);
    let open = diagnose(&harness, &[], Some(&dbpath)).await;
    holds(&open, "permissions", Verdict::Warning, "client.pem");

    let off = Config::from_yaml("", Path::new("x")).unwrap().0;
    let off = doctor(&off, &[], Some(&dbpath), &Options::default()).await;
    holds(&off, "keystore", Verdict::Error, "holds a keystore");
    assert_eq!(off.class(), Some(Class::Configuration));

    let text = "net:\n  port: 1\nsecurity:\n  enableEncryption: true\n  kmip:\n    serverName: a b\n    \
                serverCAFile: x\n    clientCertificateFile: y\n    clientCertificatePassword: secret\n";
    let (config, notices) = Config::from_yaml(text, Path::new("x")).unwrap();
    let diagnosis = doctor(&config, &notices, None, &Options::default()).await;
    holds(&diagnosis, "configuration", Verdict::Note, "net");
    holds(&diagnosis, "configuration", Verdict::Warning, "plain text");
    assert!(!format!("{diagnosis:?}").contains("secret\""));
}
