//! Status: the document that scripts rely on.

use std::path::Path;
use std::time::{Duration, SystemTime};

use strongroom::config::Config;
use strongroom::{Class, Options};
use strongroom_server::dev::Authority;

use crate::harness::{Harness, witness};

#[tokio::test(flavor = "multi_thread")]
async fn the_document_holds_the_fields_that_scripts_rely_on() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let mut unlocked = harness
        .unlock(&["keyIdentifier: key_name"], &dbpath)
        .await
        .unwrap();
    witness(&mut unlocked);
    drop(unlocked);
    let config = harness.config(&[]);
    let status = strongroom::status(Some(&config), &dbpath, &Options::default())
        .await
        .unwrap();
    let document = serde_json::to_value(&status).unwrap();
    assert_eq!(document["storeId"].as_str().unwrap().len(), 32);
    assert_eq!(document["generation"], 3);
    assert!(document["rotation"].is_null());
    assert_eq!(document["masterKey"]["name"], "key_name");
    assert_eq!(document["masterKey"]["state"], "Active");
    assert_eq!(document["masterKey"]["algorithm"], "AES");
    assert_eq!(document["masterKey"]["lengthBits"], 256);
    assert!(document["masterKey"]["uniqueIdentifier"].is_string());
    assert_eq!(document["servers"][0]["answers"], true);
    assert_eq!(document["keys"][0]["id"], "orders");
    assert_eq!(document["keys"][0]["generation"], 1);
    assert_eq!(document["keys"][0]["state"], "active");
    let paths = ["VAES", "AES-NI", "ARMv8", "fallback"];
    let path = document["machine"]["aesPath"].as_str().unwrap();
    assert!(paths.contains(&path), "{path}");
    assert!(document["machine"]["keyMemory"]["locked"].is_string());
    let warned = document["machine"]["warnings"].to_string();
    assert_eq!(warned.contains("AES"), path == "fallback", "{warned}");
    let certificates = document["certificates"].as_array().unwrap();
    let what = |at: usize| certificates[at]["what"].as_str().unwrap();
    assert_eq!(
        [what(0), what(1), what(2)],
        ["client certificate", "CA certificate", "server certificate"]
    );
    for certificate in certificates {
        assert!(certificate["daysLeft"].as_i64().unwrap() > 0);
        assert_eq!(certificate["renewalDue"], false);
        assert!(certificate["notAfter"].as_str().unwrap().ends_with('Z'));
    }
    assert_eq!(certificates[2]["server"], document["servers"][0]["server"]);
    // Without a configuration nobody is asked.
    let status = strongroom::status(None, &dbpath, &Options::default())
        .await
        .unwrap();
    assert!(status.servers.is_empty() && status.certificates.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_out_is_a_warning_of_unlock_and_status() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let config = harness.config(&[]);
    let ca_file = config
        .kmip
        .as_ref()
        .unwrap()
        .server_ca_file
        .as_ref()
        .unwrap()
        .path()
        .to_owned();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let old = Authority::generate(long_ago).unwrap();
    let both = std::fs::read_to_string(&ca_file).unwrap() + old.certificate_pem();
    std::fs::write(&ca_file, both).unwrap();

    let unlocked = harness.unlock(&[], &dbpath).await.unwrap();
    let warnings: Vec<_> = unlocked.warnings.iter().map(ToString::to_string).collect();
    let due =
        |text: &&String| text.contains("CA certificate") && text.contains("ca.pem expired on");
    assert_eq!(warnings.iter().filter(due).count(), 1, "{warnings:?}");
    drop(unlocked);

    let status = strongroom::status(Some(&config), &dbpath, &Options::default())
        .await
        .unwrap();
    let due: Vec<_> = status
        .certificates
        .iter()
        .filter(|c| c.renewal_due)
        .collect();
    assert_eq!(due.len(), 1, "{due:?}");
    assert!(due[0].days_left < -1000, "{due:?}");
    assert_eq!(due[0].file.as_ref(), Some(&ca_file));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_server_is_reported_not_an_error() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    drop(harness.unlock(&[], &dbpath).await.unwrap());
    let mut config = harness.config(&[]);
    let kmip = config.kmip.as_mut().unwrap();
    kmip.port.value = 1;
    let status = strongroom::status(Some(&config), &dbpath, &Options::default())
        .await
        .unwrap();
    assert!(!status.servers[0].answers);
    assert!(status.servers[0].error.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn encryption_switched_off_beside_a_store_is_an_error() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    drop(harness.unlock(&[], &dbpath).await.unwrap());
    let (config, _) =
        Config::from_yaml("security:\n  enableEncryption: false\n", Path::new("x")).unwrap();
    let error = strongroom::unlock(&config, &dbpath, &Options::default())
        .await
        .unwrap_err();
    assert_eq!(error.class(), Class::Configuration);
    assert!(error.to_string().contains("enableEncryption"), "{error}");
}
