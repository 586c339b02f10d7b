//! `strongroom kmip` for each operation on objects: the answer as lines and as JSON.

use serde_json::{Value, json};

use crate::harness::{Demo, Ran};

/// Exit code: the key server refused.
const REFUSED: i32 = 5;
/// Exit code: no such key.
const NOT_FOUND: i32 = 6;

/// Runs `kmip`, and the same with `--json` in the other case.
fn kmip(demo: &Demo, args: &[&str]) -> Ran {
    let mut all = vec!["kmip"];
    all.extend(args);
    demo.run(&all)
}

/// What it prints is one id, as a line.
fn id(ran: Ran) -> String {
    let out = ran.ok().out;
    let id = out.strip_suffix('\n').unwrap().to_owned();
    assert!(
        !id.is_empty() && !id.contains(char::is_whitespace),
        "{out:?}"
    );
    id
}

/// The attribute as `get-attributes --json` shows it.
fn attribute(demo: &Demo, id: &str, name: &str) -> Vec<String> {
    let shown = kmip(demo, &["get-attributes", id, "--json"]).ok().json();
    assert_eq!(shown["uniqueIdentifier"], *id);
    let all = shown["attributes"].as_array().unwrap();
    let named = all.iter().filter(|attribute| attribute["name"] == *name);
    named
        .map(|attribute| attribute["value"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_key_is_made_found_shown_and_ended_with_its_id_on_stdout() {
    let demo = Demo::new();
    let _served = demo.serve();
    let create = [
        "create", "--name", "one", "--label", "app=a", "--label", "app=b",
    ];
    let made = id(kmip(&demo, &create));
    assert_eq!(id(kmip(&demo, &["locate", "--name", "one"])), made);
    let located = kmip(&demo, &["locate", "--name", "one", "--json"]).ok();
    assert_eq!(located.json(), json!([made]));
    let nothing = kmip(&demo, &["locate", "--name", "absent"]).ok();
    assert_eq!(nothing.out, "");

    let shown = kmip(&demo, &["get", &made, "--json"]).ok().json();
    assert_eq!(shown["uniqueIdentifier"], *made);
    assert_eq!(shown["objectType"], "Symmetric Key");
    assert_eq!(
        (&shown["algorithm"], &shown["lengthBits"]),
        (&json!("AES"), &json!(256))
    );
    assert_eq!(shown["material"], Value::Null);
    let revealed = kmip(&demo, &["get", &made, "--reveal", "--json"])
        .ok()
        .json();
    let material = revealed["material"].as_str().unwrap();
    assert_eq!(material.len(), 64);
    let lines = kmip(&demo, &["get", &made]).ok().out;
    assert!(lines.contains("objectType: Symmetric Key"), "{lines}");
    assert!(!lines.contains(material), "{lines}");

    assert_eq!(attribute(&demo, &made, "State"), ["Pre-Active"]);
    assert_eq!(
        attribute(&demo, &made, "Application Specific Information"),
        ["app = a", "app = b"]
    );
    let lines = kmip(&demo, &["get-attributes", &made]).ok().out;
    assert!(lines.lines().any(|line| line == "Name: one"), "{lines}");
    let list = kmip(&demo, &["get-attribute-list", &made, "--json"]).ok();
    let list = list.json();
    assert!(list.as_array().unwrap().contains(&json!("State")), "{list}");

    assert_eq!(id(kmip(&demo, &["activate", &made])), made);
    assert_eq!(attribute(&demo, &made, "State"), ["Active"]);
    kmip(&demo, &["activate", &made]).fails(REFUSED, &["Active"]);
    kmip(&demo, &["destroy", &made]).fails(REFUSED, &["revoke"]);
    let revoked = kmip(&demo, &["revoke", &made, "--json"]).ok();
    assert_eq!(revoked.json(), json!([made]));
    assert_eq!(attribute(&demo, &made, "State"), ["Deactivated"]);
    assert_eq!(id(kmip(&demo, &["destroy", &made])), made);
    assert_eq!(attribute(&demo, &made, "State"), ["Destroyed"]);
    let gone = kmip(&demo, &["get", &made]).fails(NOT_FOUND, &["Destroyed"]);
    assert_eq!(gone.out, "");
}

#[test]
fn a_compromised_key_says_so() {
    let demo = Demo::new();
    let _served = demo.serve();
    let made = id(kmip(&demo, &["create"]));
    assert_eq!(id(kmip(&demo, &["revoke", &made, "--compromised"])), made);
    assert_eq!(attribute(&demo, &made, "State"), ["Compromised"]);
}

#[test]
fn a_registered_key_is_made_here_and_no_two_are_alike() {
    let demo = Demo::new();
    let _served = demo.serve();
    let registered = kmip(&demo, &["register", "--name", "brought", "--json"]).ok();
    let first = registered.json()[0].as_str().unwrap().to_owned();
    let second = id(kmip(&demo, &["register"]));
    let material = |id: &str| {
        let shown = kmip(&demo, &["get", id, "--reveal", "--json"]).ok().json();
        shown["material"].as_str().unwrap().to_owned()
    };
    assert_ne!(material(&first), material(&second));
    assert_eq!(id(kmip(&demo, &["locate", "--name", "brought"])), first);
}

#[test]
fn a_new_key_takes_the_name_of_the_old_one() {
    let demo = Demo::new();
    let _served = demo.serve();
    let old = id(kmip(&demo, &["create", "--name", "master"]));
    let new = id(kmip(&demo, &["rekey", &old]));
    assert_ne!(new, old);
    assert_eq!(id(kmip(&demo, &["locate", "--name", "master"])), new);
    assert!(attribute(&demo, &old, "Name").is_empty());
    let third = kmip(&demo, &["rekey", &new, "--json"]).ok().json();
    let third = third[0].as_str().unwrap();
    assert_eq!(id(kmip(&demo, &["locate", "--name", "master"])), third);
}

#[test]
fn an_archived_key_is_not_given_until_it_is_recovered() {
    let demo = Demo::new();
    let _served = demo.serve();
    let made = id(kmip(&demo, &["create"]));
    assert_eq!(id(kmip(&demo, &["archive", &made])), made);
    let refused = kmip(&demo, &["get", &made]);
    assert_ne!(refused.code, Some(0));
    assert!(refused.err.contains("archived"), "{refused:#?}");
    let dates = attribute(&demo, &made, "Archive Date");
    assert!(
        matches!(dates.as_slice(), [date] if date.ends_with("(UTC)")),
        "{dates:?}"
    );
    let recovered = kmip(&demo, &["recover", &made, "--json"]).ok();
    assert_eq!(recovered.json(), json!([made]));
    kmip(&demo, &["get", &made]).ok();
}

#[test]
fn the_server_says_what_it_does_and_in_which_versions() {
    let demo = Demo::new();
    let _served = demo.serve();
    let query = kmip(&demo, &["query", "--json"]).ok().json();
    let operations = query["operations"].as_array().unwrap();
    for operation in [
        "Create",
        "Re-key",
        "Create Key Pair",
        "Sign",
        "Derive Key",
        "Import",
    ] {
        assert!(
            operations.contains(&json!(operation)),
            "{operation}: {query}"
        );
    }
    let types = query["objectTypes"].as_array().unwrap();
    assert!(types.contains(&json!("Private Key")), "{query}");
    let lines = kmip(&demo, &["query"]).ok().out;
    assert!(lines.contains("vendor: Strongroom "), "{lines}");
    let versions = kmip(&demo, &["discover-versions"]).ok().out;
    let versions: Vec<&str> = versions.lines().collect();
    assert_eq!(versions, ["2.1", "2.0", "1.4", "1.3", "1.2", "1.1", "1.0"]);
    let as_json = kmip(&demo, &["discover-versions", "--json"]).ok().json();
    assert_eq!(as_json, json!(versions));
}

/// Create Key Pair, KMIP 1.4.
const PAIR: &str = r#"<RequestMessage>
  <RequestHeader>
    <ProtocolVersion>
      <ProtocolVersionMajor type="Integer" value="1"/>
      <ProtocolVersionMinor type="Integer" value="4"/>
    </ProtocolVersion>
    <BatchCount type="Integer" value="1"/>
  </RequestHeader>
  <BatchItem>
    <Operation type="Enumeration" value="CreateKeyPair"/>
    <RequestPayload>
      <CommonTemplateAttribute>
        <Attribute>
          <AttributeName type="TextString" value="Cryptographic Algorithm"/>
          <AttributeValue type="Enumeration" value="EC"/>
        </Attribute>
        <Attribute>
          <AttributeName type="TextString" value="Cryptographic Length"/>
          <AttributeValue type="Integer" value="256"/>
        </Attribute>
        <Attribute>
          <AttributeName type="TextString" value="Cryptographic Usage Mask"/>
          <AttributeValue type="Integer" value="3"/>
        </Attribute>
      </CommonTemplateAttribute>
    </RequestPayload>
  </BatchItem>
</RequestMessage>
"#;

#[test]
fn the_keys_of_a_pair_are_shown_with_their_formats() {
    let demo = Demo::new();
    let _served = demo.serve();
    let file = demo.file("pair.xml");
    std::fs::write(&file, PAIR).unwrap();
    let answer = kmip(&demo, &["send", crate::harness::text(&file)]).ok().out;
    for (tag, object_type, format) in [
        ("PrivateKeyUniqueIdentifier", "Private Key", "PKCS#8"),
        ("PublicKeyUniqueIdentifier", "Public Key", "X.509"),
    ] {
        let (_, after) = answer.split_once(&format!("<{tag} ")).unwrap();
        let id = after.split('"').nth(3).unwrap();
        let shown = kmip(&demo, &["get", id, "--json"]).ok().json();
        assert_eq!(shown["objectType"], object_type, "{shown}");
        assert_eq!(shown["keyFormatType"], format, "{shown}");
        assert_eq!(shown["lengthBits"], 256, "{shown}");
        assert_eq!(shown["material"], Value::Null);
    }
}
