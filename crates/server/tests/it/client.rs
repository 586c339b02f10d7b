//! A small KMIP client: one TLS connection, one request at a time.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use strongroom_kmip::attribute::{Attribute, AttributeValue, Name};
use strongroom_kmip::exchange::{Exchange, ExchangeError};
use strongroom_kmip::operation::{CreateRequest, Request, Response};
use strongroom_kmip::{CryptographicAlgorithm, CryptographicUsageMask, ProtocolVersion};
use strongroom_server::dev::Issued;
use strongroom_server::testing::TestServer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub(crate) struct Client {
    pub(crate) stream: TlsStream<TcpStream>,
    pub(crate) version: ProtocolVersion,
}

impl Client {
    /// Connects to a test server as `common_name`.
    pub(crate) async fn connect(server: &TestServer, common_name: &str) -> Self {
        let issued = server.client(common_name).unwrap();
        let config = config(server.ca_pem(), Some(&issued), rustls::DEFAULT_VERSIONS);
        let stream = handshake(server.local_addr(), config).await.unwrap();
        Self {
            stream,
            version: ProtocolVersion::V1_4,
        }
    }

    pub(crate) fn at(mut self, version: ProtocolVersion) -> Self {
        self.version = version;
        self
    }

    /// One exchange; the request is sent octet by octet in two pieces, so that header and value
    /// arrive in different TLS records.
    pub(crate) async fn send(&mut self, request: Request) -> Result<Response, ExchangeError> {
        let (exchange, octets) = Exchange::new(self.version, &request).unwrap();
        let answer = self.exchange(&octets).await.unwrap();
        exchange.finish(&answer)
    }

    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<Vec<u8>> {
        let (first, rest) = request.split_at(request.len().min(5));
        self.stream.write_all(first).await?;
        self.stream.flush().await?;
        self.stream.write_all(rest).await?;
        self.stream.flush().await?;
        self.receive().await
    }

    pub(crate) async fn receive(&mut self) -> io::Result<Vec<u8>> {
        let mut octets = vec![0; 8];
        self.stream.read_exact(&mut octets).await?;
        let len = u32::from_be_bytes(octets[4..8].try_into().unwrap());
        octets.resize(8 + usize::try_from(len).unwrap(), 0);
        self.stream.read_exact(&mut octets[8..]).await?;
        Ok(octets)
    }

    /// Creates an AES-256 key with these attributes beside the needed ones.
    pub(crate) async fn create(&mut self, more: Vec<Attribute>) -> Result<String, ExchangeError> {
        match self.send(create_request(256, more)).await? {
            Response::Create(created) => Ok(created.unique_identifier.to_string()),
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) fn create_request(bits: i32, more: Vec<Attribute>) -> Request {
    let mut attributes = vec![
        AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES).into(),
        AttributeValue::CryptographicLength(bits).into(),
        AttributeValue::CryptographicUsageMask(CryptographicUsageMask::new(0x0C)).into(),
    ];
    attributes.extend(more);
    Request::Create(CreateRequest::symmetric_key(attributes))
}

pub(crate) fn name(value: &str) -> Attribute {
    Name::text(value).into()
}

pub(crate) fn config(
    ca_pem: &str,
    client: Option<&Issued>,
    versions: &[&'static SupportedProtocolVersion],
) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap())
        .unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots);
    match client {
        None => builder.with_no_client_auth(),
        Some(issued) => {
            let certificate =
                CertificateDer::from_pem_slice(issued.certificate_pem().as_bytes()).unwrap();
            let key = PrivateKeyDer::from_pem_slice(issued.key_pem().as_bytes()).unwrap();
            builder
                .with_client_auth_cert(vec![certificate], key)
                .unwrap()
        }
    }
}

pub(crate) async fn handshake(
    address: SocketAddr,
    config: ClientConfig,
) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let server_name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(server_name, stream)
        .await
}
