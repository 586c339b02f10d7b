//! Who plays a row: our blocking client at one protocol version against one server.
//!
//! May touch: its connections.

use std::fmt;

use strongroom_client::blocking::{Client, Session};
use strongroom_client::{Cause, ClientError, ClientOptions, Identity, ServerList, Trust};
use strongroom_kmip::{CryptographicUsageMask as Usage, ProtocolVersion, UniqueIdentifier};

use super::super::pki::Pair;
use super::play::{keys, octets};
use crate::Outcome;
use crate::shell::root;

/// Keys and signatures of openssl and of RFC 6979, which the server's tests use too.
pub(super) const VECTORS: &str = "crates/server/tests/vectors/signatures.txt";

/// Why a row did not come to its end, in one line: what was refused, or what was wrong.
#[derive(Debug)]
pub(super) struct Miss(pub(super) String);

/// How a row ends.
pub(super) type Played<T = ()> = Result<T, Miss>;

impl From<ClientError> for Miss {
    fn from(error: ClientError) -> Self {
        let Cause::Refused {
            reason, message, ..
        } = error.cause()
        else {
            return Self(error.to_string());
        };
        let mut text = error.operation().map_or_else(String::new, |operation| {
            let operation = operation.to_string();
            format!("{operation}: ")
        });
        match reason {
            Some(reason) => text.push_str(&reason.to_string()),
            None => text.push_str("refused without a reason"),
        }
        if let Some(message) = message {
            let words: Vec<&str> = message.split_whitespace().collect();
            text.push_str(&format!(" ({})", words.join(" ")));
        }
        Self(text)
    }
}

/// Something that must hold; `what` says what was found instead.
pub(super) fn must(good: bool, what: impl Into<String>) -> Played {
    if good { Ok(()) } else { Err(Miss(what.into())) }
}

/// As [`must`], for two values that must be the same.
pub(super) fn same<T: PartialEq + fmt::Debug>(what: &str, found: &T, wanted: &T) -> Played {
    must(
        found == wanted,
        format!("{what}: {found:?} in place of {wanted:?}"),
    )
}

/// A value that the answer must have.
pub(super) fn there<T>(what: &str, value: Option<T>) -> Played<T> {
    value.ok_or_else(|| Miss(format!("{what} is missing in the answer")))
}

/// One client with one session; a session that died is replaced before the next row.
pub(super) struct Player {
    client: Client,
    pub(super) session: Session,
    pub(super) version: ProtocolVersion,
    /// A certificate in DER for rows that register one.
    pub(super) certificate: Vec<u8>,
    names: u32,
    vectors: String,
}

/// What a player needs to reach a server.
pub(super) struct Access<'a> {
    pub(super) port: u16,
    pub(super) ca: &'a std::path::Path,
    pub(super) client: &'a Pair,
}

impl Player {
    /// Connects and speaks `version` alone.
    pub(super) fn connect(access: &Access<'_>, version: ProtocolVersion) -> Outcome<Self> {
        use rustls_pki_types::pem::PemObject as _;
        let certificate = rustls_pki_types::CertificateDer::from_pem_file(access.ca)
            .map_err(|error| format!("{}: {error}", access.ca.display()))?;
        let client = strongroom_client::Client::builder()
            .servers(ServerList::parse("127.0.0.1", access.port)?)
            .trust(Trust::from_ca_file(access.ca)?)
            .identity(Identity::from_files(
                &access.client.certificate,
                Some(&access.client.key),
                None,
            )?)
            .options(ClientOptions::default().versions([version]))
            .build_blocking()?;
        let session = client.connect()?;
        Ok(Self {
            client,
            session,
            version,
            certificate: certificate.to_vec(),
            names: 0,
            vectors: std::fs::read_to_string(root().join(VECTORS))?,
        })
    }

    /// Makes sure that the next row has a session.
    pub(super) fn refresh(&mut self) -> Outcome {
        if !self.session.usable() || !self.session.is_alive() {
            self.session = self.client.connect()?;
        }
        Ok(())
    }

    /// Octets of a line of the vectors.
    pub(super) fn vector(&self, name: &str) -> Played<Vec<u8>> {
        let mut lines = self.vectors.lines();
        let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
        let line = line.ok_or_else(|| Miss(format!("{VECTORS} has no line \"{name}\"")))?;
        Ok(octets(line))
    }

    /// A Name that no other row of any run at this server uses.
    pub(super) fn name(&mut self, stem: &str) -> String {
        self.names = self.names.saturating_add(1);
        format!("matrix/{}/{stem}-{}", self.version, self.names)
    }

    /// An AES key of `length` bits made by the server.
    pub(super) fn created(&mut self, length: i32, usage: Usage) -> Played<UniqueIdentifier> {
        let name = self.name("key");
        let request = keys::aes(&name, length, usage);
        Ok(self.session.create(request)?.unique_identifier)
    }

    /// A key of ours, Active.
    pub(super) fn active(
        &mut self,
        request: strongroom_kmip::operation::RegisterRequest,
    ) -> Played<UniqueIdentifier> {
        let id = self.session.register(request)?.unique_identifier;
        self.session.activate(id.clone())?;
        Ok(id)
    }
}
