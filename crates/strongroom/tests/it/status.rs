//! Status: the document that scripts rely on.

use std::path::Path;

use strongroom::config::Config;
use strongroom::{Class, Options};

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
    // Without a configuration nobody is asked.
    let status = strongroom::status(None, &dbpath, &Options::default())
        .await
        .unwrap();
    assert!(status.servers.is_empty());
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
