//! What is in the CA file and in the client certificate beyond what TLS itself refuses.
//!
//! May touch: the files that the options name; the clock.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use strongroom_client::{Expiry, Identity, Trust};
use strongroom_config::KmipConfig;
use x509_cert::Certificate;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage};

use super::finding::Finding;
use crate::master::credentials;

const CA: &str = "CA file";
const CLIENT: &str = "client certificate";

/// `id-kp-clientAuth` (RFC 5280, 4.2.1.12).
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");

/// Trust: the CA file with its lists, or pins.
pub(super) fn of_trust(kmip: &KmipConfig) -> Vec<Finding> {
    let trust = match credentials::trust(kmip) {
        Ok(trust) => trust,
        Err(error) => return vec![Finding::error(CA, &error)],
    };
    let mut findings = expiries(CA, &trust.expiries());
    if let Some(file) = trust.file() {
        findings.extend(
            first_octets(file)
                .iter()
                .filter_map(|ca| authority(file, ca)),
        );
    }
    if findings.is_empty() {
        findings.push(Finding::ok(CA, said(&trust)));
    }
    findings
}

fn said(trust: &Trust) -> String {
    match trust.file() {
        Some(file) => format!("{} holds {}", file.display(), trust.subjects().join("; ")),
        None => format!("{} pinned certificates in its place", trust.pins().len()),
    }
}

/// The client certificate and its key.
pub(super) fn of_client(kmip: &KmipConfig) -> Vec<Finding> {
    let identity = match credentials::identity(kmip) {
        Ok(identity) => identity,
        Err(error) => return vec![Finding::error(CLIENT, &error)],
    };
    let mut findings = match identity.expiry() {
        Some(expiry) => expiries(CLIENT, &[expiry]),
        None => Vec::new(),
    };
    let chain = first_octets(identity.file());
    findings.extend(chain.first().into_iter().flat_map(client));
    if findings.is_empty() {
        findings.push(Finding::ok(CLIENT, who(&identity)));
    }
    findings
}

fn who(identity: &Identity) -> String {
    let file = identity.file().display();
    match identity.expiry() {
        Some(expiry) => format!("{}, its key fits", expiry.line(SystemTime::now())),
        None => format!("{file} and its key fit"),
    }
}

/// An error once it is past, a warning when it is time to renew.
fn expiries(check: &'static str, expiries: &[Expiry]) -> Vec<Finding> {
    let now = SystemTime::now();
    let due = expiries.iter().filter(|expiry| expiry.renewal_due(now));
    due.map(|expiry| {
        let finding = Finding::warning(check, expiry.line(now), "renew it");
        match expiry.expired(now) {
            true => finding.hardened(crate::Class::Tls),
            false => finding,
        }
    })
    .collect()
}

/// The certificates of a PEM file; what is no certificate is another check's.
fn first_octets(file: &Path) -> Vec<Certificate> {
    let text = fs::read_to_string(file).unwrap_or_default();
    certificates(&text)
}

fn certificates(text: &str) -> Vec<Certificate> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let sections = text.split(BEGIN).skip(1);
    let sections = sections.filter_map(|rest| Some(rest.split_once(END)?.0));
    // Keys may stand between the certificates, which a reader of chains does not take.
    sections
        .filter_map(|body| {
            let section = format!("{BEGIN}{body}{END}\n");
            let mut chain = Certificate::load_pem_chain(section.as_bytes()).ok()?;
            chain.pop()
        })
        .collect()
}

/// A certificate of the CA file that is no CA's.
fn authority(file: &Path, certificate: &Certificate) -> Option<Finding> {
    let fields = certificate.tbs_certificate();
    let constraints = fields.get_extension::<BasicConstraints>().ok().flatten();
    let is_ca = constraints.is_some_and(|(_, constraints)| constraints.ca);
    let evidence = format!("{} in {} is not a CA's", fields.subject(), file.display());
    let fix = "put the certificate of the CA there that signed the server's, or pin the server's (serverCertificatePin)";
    (!is_ca).then(|| Finding::warning(CA, evidence, fix))
}

/// What key servers want of a client certificate, and TLS does not.
fn client(certificate: &Certificate) -> Vec<Finding> {
    let fields = certificate.tbs_certificate();
    let subject = fields.subject();
    let mut findings = Vec::new();
    if !matches!(subject.common_name(), Ok(Some(_))) {
        findings.push(Finding::warning(
            CLIENT,
            format!(
                "its subject {:?} has no common name (CN)",
                subject.to_string()
            ),
            "issue it with a CN: PyKMIP refuses every request of a client without one",
        ));
    }
    let usage = fields.get_extension::<ExtendedKeyUsage>().ok().flatten();
    if !usage.is_some_and(|(_, usage)| usage.0.contains(&CLIENT_AUTH)) {
        findings.push(Finding::warning(
            CLIENT,
            format!("{subject} has no extendedKeyUsage=clientAuth"),
            "issue it with extendedKeyUsage=clientAuth: many key servers refuse it without",
        ));
    }
    findings
}
