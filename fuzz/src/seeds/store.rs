//! Seeds of the targets that read files: the format pages' test vectors, and configurations.

use super::Seed;
use crate::vectors;

/// The shape of mongod.conf, as PSMDB documents it.
const CONFIG: &str = "\
security:
  enableEncryption: true
  kmip:
    serverName: kms1.example,kms2.example
    port: 5696
    serverCAFile: /etc/strongroom/ca.pem
    clientCertificateFile: /etc/strongroom/client.pem
    clientCertificatePassword: not-shown
    keyIdentifier: orders-node-1
";

pub(super) fn all() -> Vec<Seed> {
    let mut seeds = keystores();
    seeds.extend(units());
    seeds.extend(configurations());
    seeds
}

/// A file behind the octet that says what to do with it.
fn with(how: u8, file: &[u8]) -> Vec<u8> {
    [&[how], file].concat()
}

fn keystores() -> Vec<Seed> {
    let keystore = vectors::keystore();
    let changed = |at: usize| {
        let mut file = keystore.clone();
        file[at] ^= 1;
        with(1, &file)
    };
    let mut longer = keystore.clone();
    longer.extend([0; 40]);
    vec![
        ("keystore_open", "opens", with(0, &keystore)),
        ("keystore_open", "forged-generation", changed(56)),
        ("keystore_open", "forged-salt", changed(65)),
        ("keystore_open", "another-version", changed(8)),
        ("keystore_open", "length-field", changed(16)),
        ("keystore_open", "longer", with(1, &longer)),
        (
            "keystore_open",
            "half",
            with(1, &keystore[..keystore.len() / 2]),
        ),
        ("keystore_open", "empty", with(0, &[])),
        ("keystore_open", "intent", with(2, &vectors::intent())),
        (
            "keystore_open",
            "intent-torn",
            with(2, &vectors::intent()[..20]),
        ),
    ]
}

fn units() -> Vec<Seed> {
    let sealed = [vectors::unit("meta"), vectors::unit("ciphertext")].concat();
    let changed = |at: usize| {
        let mut unit = sealed.clone();
        unit[at] ^= 1;
        unit
    };
    vec![
        ("unit_open", "opens", sealed.clone()),
        ("unit_open", "format", changed(0)),
        ("unit_open", "suite", changed(1)),
        ("unit_open", "flags", changed(3)),
        ("unit_open", "generation", changed(7)),
        ("unit_open", "epoch", changed(8)),
        ("unit_open", "counter", changed(31)),
        ("unit_open", "tag", changed(47)),
        ("unit_open", "content", changed(48)),
        ("unit_open", "meta-only", sealed[..48].to_vec()),
    ]
}

fn configurations() -> Vec<Seed> {
    let seed = |name, text: &str| ("config_text", name, text.as_bytes().to_vec());
    let twice = [CONFIG, "  kmip: {}\n"].concat();
    vec![
        seed("mongod-conf", CONFIG),
        seed("flow", "security: {kmip: {serverName: a, port: 5697}}"),
        seed(
            "dotted",
            "security.enableEncryption: true\nsecurity.kmip.serverName: a\n",
        ),
        seed("unknown-key", "security:\n  kmip:\n    serverNaem: a\n"),
        seed(
            "port-70000",
            "security:\n  kmip:\n    serverName: a\n    port: 70000\n",
        ),
        seed("twice", &twice),
        seed("anchors", "a: &x [1, 2]\nb: [*x, *x]\nc: &y {<<: *z}\n"),
        seed("nested", &"[".repeat(500)),
        seed("empty", ""),
    ]
}
