//! `strongroom kmip` against the bundled server: one operation at a shell.

use std::fs;

use crate::harness::{Demo, INPUT, KEY_STATE, text};

/// Query Operations, KMIP 1.2, as the profiles' XML writes it.
const QUERY: &str = r#"<RequestMessage>
  <RequestHeader>
    <ProtocolVersion>
      <ProtocolVersionMajor type="Integer" value="1"/>
      <ProtocolVersionMinor type="Integer" value="2"/>
    </ProtocolVersion>
    <BatchCount type="Integer" value="1"/>
  </RequestHeader>
  <BatchItem>
    <Operation type="Enumeration" value="Query"/>
    <RequestPayload>
      <QueryFunction type="Enumeration" value="QueryOperations"/>
    </RequestPayload>
  </BatchItem>
</RequestMessage>
"#;

#[test]
fn a_request_is_sent_as_it_is_and_answered_in_its_own_form() {
    let demo = Demo::new();
    let _served = demo.serve();
    let xml = demo.file("query.xml");
    fs::write(&xml, QUERY).unwrap();
    let answer = demo.run(&["kmip", "send", text(&xml)]).ok().out;
    assert!(answer.starts_with("<ResponseMessage>"), "{answer}");
    assert!(answer.contains(r#"<ResultStatus type="Enumeration" value="Success"/>"#));
    assert!(answer.contains(r#"<Operation type="Enumeration" value="Create"/>"#));

    for (form, begins) in [("json", "{"), ("hex", "42007b01")] {
        let convert = ["ttlv", "convert", "--from", "xml", "--to", form, text(&xml)];
        let file = demo.file(form);
        fs::write(&file, crate::harness::run(&convert).ok().out).unwrap();
        let answer = demo.run(&["kmip", "send", text(&file)]).ok().out;
        let start = answer.trim_start().to_ascii_lowercase();
        assert!(start.starts_with(begins), "{form}: {answer}");
    }
}

#[test]
fn what_is_no_request_is_not_sent() {
    let demo = Demo::new();
    let _served = demo.serve();
    let file = demo.file("rubbish");
    for (rubbish, words) in [
        ("xyz", "not hexadecimal"),
        ("", "give one request"),
        ("<RequestMessage>", "not XML"),
        ("42007B0100000000", "no request"),
        ("4200780100000000\n4200780100000000", "give one request"),
        ("{\"tag\": \"Nothing\"}", "Nothing"),
    ] {
        fs::write(&file, rubbish).unwrap();
        demo.run(&["kmip", "send", text(&file)])
            .fails(INPUT, &[words]);
    }
}

#[test]
fn attributes_are_listed_by_name() {
    let demo = Demo::new();
    let _served = demo.serve();
    let id = demo.run(&["kmip", "create", "--name", "one"]).ok().out;
    let listed = demo.run(&["kmip", "get-attribute-list", id.trim()]);
    assert!(listed.ok().out.lines().any(|name| name == "Name"));
}

#[test]
fn a_key_that_bears_a_stores_label_is_destroyed_only_with_not_checked() {
    let demo = Demo::new();
    let _served = demo.serve();
    let create = ["kmip", "create", "--label", "strongroom-store=00aa"];
    let id = demo.run(&create).ok().out.trim().to_owned();
    demo.run(&["kmip", "destroy", &id])
        .fails(KEY_STATE, &["00aa", "--not-checked"]);
    demo.run(&["kmip", "get", &id]).ok();
    demo.run(&["kmip", "destroy", &id, "--not-checked"]).ok();
    let plain = demo.run(&["kmip", "create"]).ok().out.trim().to_owned();
    demo.run(&["kmip", "destroy", &plain]).ok();
}
