//! Seeds from the golden messages of strongroom-kmip: requests and answers of all versions, some as
//! XML and JSON; plans; texts that are no message.

use strongroom_kmip::Limits;
use strongroom_kmip::text::{to_json, to_xml};

use super::Seed;
use crate::kmip::PLAN;

/// Version, direction, operation, octets.
const MESSAGES: &str = include_str!("../../../crates/kmip/tests/golden/messages.tsv");

/// Of the golden messages, one in so many is a seed of `kmip_text`, in each form.
const TEXTS: usize = 9;

pub(super) fn all() -> Vec<Seed> {
    let messages = MESSAGES.lines().skip(1).map(message);
    let mut seeds: Vec<Seed> = messages.collect();
    let some = seeds.iter().step_by(TEXTS).flat_map(texts);
    let some: Vec<Seed> = some.collect();
    seeds.extend(some);
    seeds.extend(plans());
    // Items that Server Information knows behind one that it does not.
    let mut plan = vec![PLAN, 0x21, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x18, 0, 0, 0];
    plan.extend([0, PLAN, 0x21, 1, 1, 0, 0, 1]);
    seeds.push(("kmip_response", "plan-server-information", plan));
    seeds.extend(by_hand());
    seeds
}

/// Seeds live as long as the process, and so may their names.
fn name(name: String) -> &'static str {
    name.to_lowercase().replace(' ', "-").leak()
}

fn message(line: &str) -> Seed {
    let fields: Vec<&str> = line.split('\t').collect();
    let [version, direction, operation, hex] = *fields else {
        panic!("{line}");
    };
    let target = match direction {
        "request" => "kmip_request",
        _ => "kmip_response",
    };
    let pairs = hex.as_bytes().chunks_exact(2);
    let octet = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).expect("digits");
        u8::from_str_radix(pair, 16).expect("hexadecimal digits")
    };
    let octets = pairs.map(octet).collect();
    (target, name(format!("{version}-{operation}")), octets)
}

fn texts((target, of, octets): &Seed) -> [Seed; 3] {
    let limits = Limits::DEFAULT;
    let xml = to_xml(octets, &limits).expect("a sound message");
    let json = to_json(octets, &limits).expect("a sound message");
    let direction = target.trim_start_matches("kmip_");
    let seed = |form: &str, octets: &[u8]| {
        let name = name(format!("{form}-{direction}-{of}"));
        ("kmip_text", name, octets.to_vec())
    };
    [
        seed("ttlv", octets),
        seed("xml", xml.as_bytes()),
        seed("json", json.as_bytes()),
    ]
}

/// Of each version two plans.
fn plans() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for target in ["kmip_request", "kmip_response"] {
        for version in 0..7_u8 {
            for operation in [version, 20 + version] {
                let plan = vec![PLAN, version, operation, 1, 2, 3, 4, 5];
                seeds.push((target, name(format!("plan-{version}-{operation}")), plan));
            }
        }
    }
    seeds
}

fn by_hand() -> Vec<Seed> {
    let texts: [(&str, &str); 12] = [
        (
            "xml-vendor-tag",
            r#"<TTLV tag="0x540001" type="Integer" value="0x00000007"/>"#,
        ),
        (
            "xml-mask",
            r#"<CryptographicUsageMask type="Integer" value="Encrypt Decrypt 0x10000000"/>"#,
        ),
        (
            "xml-big-integer",
            r#"<Modulus type="BigInteger" value="00ff00ff00ff00ff"/>"#,
        ),
        (
            "xml-date",
            r#"<TimeStamp type="DateTime" value="2024-02-29T23:59:60+14:00"/>"#,
        ),
        (
            "xml-entity",
            "<Comment type=\"TextString\" value=\"&#0;&amp;\"/>",
        ),
        ("xml-open", "<RequestMessage><RequestHeader>"),
        ("xml-doctype", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"),
        (
            "json-vendor-tag",
            r#"{"tag":"0x540001","type":"Integer","value":"0x00000007"}"#,
        ),
        (
            "json-mask",
            r#"{"tag":"CryptographicUsageMask","type":"Integer","value":"Encrypt|Decrypt"}"#,
        ),
        (
            "json-long",
            r#"{"tag":"UsageLimitsCount","type":"LongInteger","value":9007199254740993}"#,
        ),
        ("json-open", r#"{"tag":"RequestMessage","value":[{"#),
        (
            "json-surrogate",
            r#"{"tag":"Comment","type":"TextString","value":"\ud800"}"#,
        ),
    ];
    let seeds = texts.into_iter();
    seeds
        .map(|(name, text)| ("kmip_text", name, text.as_bytes().to_vec()))
        .collect()
}
