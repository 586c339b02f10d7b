//! `strongroom kmip OPERATION` with a payload: what is read, sent and printed.

use std::fs;

use crate::harness::{Demo, Ran, text};

/// Exit code: the key server refused.
const REFUSED: i32 = 5;
/// Exit code: the input was refused.
const INPUT: i32 = 18;

/// Runs the operation with this payload in a file.
fn with(demo: &Demo, operation: &str, payload: &str, more: &[&str]) -> Ran {
    let file = demo.file("payload");
    fs::write(&file, payload).unwrap();
    let mut all = vec!["kmip", operation, text(&file)];
    all.extend(more);
    demo.run(&all)
}

/// Fields of a payload in XML.
fn payload(fields: &str) -> String {
    format!("<RequestPayload>{fields}</RequestPayload>")
}

fn item(name: &str, kind: &str, value: &str) -> String {
    format!("<{name} type=\"{kind}\" value=\"{value}\"/>")
}

/// The value of the first item of this name in XML.
fn value(xml: &str, name: &str) -> String {
    let item = xml.split(&format!("<{name} ")).nth(1).unwrap();
    let value = item.split("value=\"").nth(1).unwrap();
    value.split('"').next().unwrap().to_owned()
}

#[test]
fn what_was_encrypted_is_decrypted() {
    let demo = Demo::new();
    let _served = demo.serve();
    let key = demo.run(&["kmip", "create"]).ok().out.trim().to_owned();
    demo.run(&["kmip", "activate", &key]).ok();
    let named = item("UniqueIdentifier", "TextString", &key);
    let gcm = format!(
        "<CryptographicParameters>{}{}{}</CryptographicParameters>",
        item("BlockCipherMode", "Enumeration", "GCM"),
        item("CryptographicAlgorithm", "Enumeration", "AES"),
        item("TagLength", "Integer", "16"),
    );
    let iv = item("IVCounterNonce", "ByteString", "000102030405060708090a0b");
    let data = item("Data", "ByteString", "70616765");
    let asked = payload(&format!("{named}{gcm}{data}{iv}"));
    let encrypted = with(&demo, "encrypt", &asked, &[]).ok().out;
    let sealed = item("Data", "ByteString", &value(&encrypted, "Data"));
    let tag = value(&encrypted, "AuthenticatedEncryptionTag");
    let tag = item("AuthenticatedEncryptionTag", "ByteString", &tag);
    let asked = payload(&format!("{named}{gcm}{sealed}{iv}{tag}"));
    let opened = with(&demo, "decrypt", &asked, &[]).ok().out;
    assert_eq!(value(&opened, "Data"), "70616765");
    let json = with(&demo, "decrypt", &asked, &["--json"]).ok().json();
    assert_eq!(json["tag"], "ResponsePayload");
}

#[test]
fn operations_that_make_objects_print_their_identifiers() {
    let demo = Demo::new();
    let _served = demo.serve();
    let algorithm = item("CryptographicAlgorithm", "Enumeration", "EC");
    let bits = item("CryptographicLength", "Integer", "256");
    let attribute = |name: &str, value: &str| {
        let name = item("AttributeName", "TextString", name);
        let value = value.replacen("<Cryptographic", "<AttributeValue Cryptographic", 1);
        let value = value
            .replacen("AttributeValue CryptographicAlgorithm", "AttributeValue", 1)
            .replacen("AttributeValue CryptographicLength", "AttributeValue", 1)
            .replacen("AttributeValue CryptographicUsageMask", "AttributeValue", 1);
        format!("<Attribute>{name}{value}</Attribute>")
    };
    let mask = |uses| item("CryptographicUsageMask", "Integer", uses);
    let common = format!(
        "<CommonTemplateAttribute>{}{}</CommonTemplateAttribute>",
        attribute("Cryptographic Algorithm", &algorithm),
        attribute("Cryptographic Length", &bits),
    );
    let one = |part: &str, uses| {
        let uses = attribute("Cryptographic Usage Mask", &mask(uses));
        format!("<{part}TemplateAttribute>{uses}</{part}TemplateAttribute>")
    };
    let asked = payload(&format!(
        "{common}{}{}",
        one("PrivateKey", "1"),
        one("PublicKey", "2")
    ));
    let made = with(
        &demo,
        "create-key-pair",
        &asked,
        &["--kmipServerName", "127.0.0.1"],
    );
    let made = made.ok().out;
    let ids: Vec<&str> = made.lines().collect();
    assert_eq!(ids.len(), 2, "{made}");
    for (id, kind) in ids.iter().zip(["Private Key", "Public Key"]) {
        let shown = demo.run(&["kmip", "get", id, "--json"]).ok().json();
        assert_eq!(shown["objectType"], kind);
    }
}

#[test]
fn the_form_of_the_answer_is_that_of_the_request() {
    let demo = Demo::new();
    let _served = demo.serve();
    let key = demo.run(&["kmip", "create"]).ok().out.trim().to_owned();
    let hexadecimal: String = key.bytes().map(|octet| format!("{octet:02x}")).collect();
    let padding = "00".repeat(key.len().next_multiple_of(8) - key.len());
    let len = key.len().next_multiple_of(8) + 8;
    let hex = format!(
        "42007901{len:08x}42009407{:08x}{hexadecimal}{padding}",
        key.len()
    );
    let answer = with(&demo, "check", &hex, &[]).ok().out;
    assert!(answer.starts_with("42007c01"), "{answer}");
    let json = format!(
        r#"{{"tag":"RequestPayload","value":[{{"tag":"UniqueIdentifier","type":"TextString","value":"{key}"}}]}}"#
    );
    let answer = with(&demo, "check", &json, &[]).ok().json();
    assert_eq!(answer["value"][0]["value"], *key);
}

#[test]
fn what_is_no_payload_of_the_operation_is_not_sent() {
    let demo = Demo::new();
    let _served = demo.serve();
    let id = item("UniqueIdentifier", "TextString", "7");
    let wrong = with(
        &demo,
        "check",
        &format!("<RequestMessage>{id}</RequestMessage>"),
        &[],
    );
    wrong.fails(INPUT, &["RequestPayload"]);
    let unknown = payload(&item("Nonsense", "TextString", "7"));
    with(&demo, "check", &unknown, &[]).fails(INPUT, &["Nonsense"]);
    let foreign = payload(&format!("{id}{}", item("BatchCount", "Integer", "1")));
    with(&demo, "check", &foreign, &[]).fails(INPUT, &["no payload of Check"]);
    with(&demo, "encrypt", "zz", &[]).fails(INPUT, &["hexadecimal"]);
    with(&demo, "obtain-lease", &payload(&id), &[]).fails(6, &["7"]);
    let refused = with(&demo, "validate", &payload(&id), &[]);
    refused.fails(REFUSED, &["Operation Not Supported"]);
}
