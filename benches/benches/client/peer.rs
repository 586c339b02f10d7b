//! A TLS server in threads that answers each request with octets made before.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::{ClientConfig, RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use strongroom_kmip::{Operation, ProtocolVersion, tag};
use strongroom_ttlv::Writer;

/// How `Operation: Discover Versions` stands in a request.
const DISCOVER: &[u8] = b"\x42\x00\x5C\x05\0\0\0\x04\0\0\0\x1E";

/// A server, and how a bare client trusts it.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    pub(crate) config: Arc<ClientConfig>,
}

impl Peer {
    /// Starts it; writes `ca.pem` and `client.pem` into `folder`.
    pub(crate) fn start(folder: &Path) -> Self {
        let (mut ca, ca_key) = (params(&[]), KeyPair::generate().expect("a key"));
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca_certificate = ca.self_signed(&ca_key).expect("a certificate");
        let issuer = Issuer::new(ca, ca_key);
        let leaf = |purpose| {
            let mut params = params(&["127.0.0.1"]);
            params.extended_key_usages = vec![purpose];
            let key = KeyPair::generate().expect("a key");
            let certificate = params.signed_by(&key, &issuer).expect("a certificate");
            (certificate, key)
        };
        let (client, client_key) = leaf(ExtendedKeyUsagePurpose::ClientAuth);
        let pem = client.pem() + &client_key.serialize_pem();
        std::fs::write(folder.join("client.pem"), pem).expect("a file");
        std::fs::write(folder.join("ca.pem"), ca_certificate.pem()).expect("a file");
        let (server, server_key) = leaf(ExtendedKeyUsagePurpose::ServerAuth);
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![server.der().clone()], key)
            .expect("a certificate and its key");
        let mut roots = RootCertStore::empty();
        roots.add(ca_certificate.der().clone()).expect("a CA");
        let trusting = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self {
            address: listen(Arc::new(config)),
            config: Arc::new(trusting),
        }
    }
}

fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    CertificateParams::new(names).expect("names")
}

fn listen(config: Arc<ServerConfig>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for tcp in listener.incoming().map_while(Result::ok) {
            let config = Arc::clone(&config);
            thread::spawn(move || serve(tcp, config));
        }
    });
    address
}

fn serve(tcp: TcpStream, config: Arc<ServerConfig>) -> Option<()> {
    let (hello, get) = (versions(), key());
    tcp.set_nodelay(true).ok()?;
    let connection = ServerConnection::new(config).ok()?;
    let mut stream = StreamOwned::new(connection, tcp);
    loop {
        let mut request = vec![0; 8];
        stream.read_exact(&mut request).ok()?;
        let length = u32::from_be_bytes(*request.last_chunk()?);
        let end = usize::try_from(length).ok()?.checked_add(8)?;
        request.resize(end, 0);
        stream.read_exact(request.get_mut(8..)?).ok()?;
        let asks = request.windows(DISCOVER.len()).any(|part| part == DISCOVER);
        stream.write_all(if asks { &hello } else { &get }).ok()?;
        stream.flush().ok()?;
    }
}

fn answer(
    version: ProtocolVersion,
    operation: Operation,
    payload: impl Fn(&mut Writer<'_>),
) -> Vec<u8> {
    let message = strongroom_ttlv::encode(|w| {
        w.structure(tag::RESPONSE_MESSAGE, |w| {
            w.structure(tag::RESPONSE_HEADER, |w| {
                number(w, version);
                w.date_time(tag::TIME_STAMP, 1_700_000_000);
                w.integer(tag::BATCH_COUNT, 1);
            });
            w.structure(tag::BATCH_ITEM, |w| {
                w.enumeration(tag::OPERATION, operation);
                w.enumeration(tag::RESULT_STATUS, 0_u32);
                w.structure(tag::RESPONSE_PAYLOAD, |w| payload(w));
            });
        });
    });
    message.expect("a message").to_vec()
}

fn number(w: &mut Writer<'_>, version: ProtocolVersion) {
    w.structure(tag::PROTOCOL_VERSION, |w| {
        w.integer(tag::PROTOCOL_VERSION_MAJOR, version.major);
        w.integer(tag::PROTOCOL_VERSION_MINOR, version.minor);
    });
}

fn versions() -> Vec<u8> {
    let version = ProtocolVersion::V1_1;
    answer(version, Operation::DISCOVER_VERSIONS, |w| {
        number(w, ProtocolVersion::V1_4);
    })
}

/// What Get answers: an AES-256 key.
pub(crate) fn key() -> Vec<u8> {
    answer(ProtocolVersion::V1_4, Operation::GET, |w| {
        w.enumeration(tag::OBJECT_TYPE, 2_u32);
        w.text(tag::UNIQUE_IDENTIFIER, "7");
        w.structure(tag::SYMMETRIC_KEY, |w| {
            w.structure(tag::KEY_BLOCK, |w| {
                w.enumeration(tag::KEY_FORMAT_TYPE, 1_u32);
                w.structure(tag::KEY_VALUE, |w| w.bytes(tag::KEY_MATERIAL, &[7; 32]));
                w.enumeration(tag::CRYPTOGRAPHIC_ALGORITHM, 3_u32);
                w.integer(tag::CRYPTOGRAPHIC_LENGTH, 256);
            });
        });
    })
}
