//! One connection to one server, with an agreed version: one exchange after the other.
//!
//! May touch: its connection.

mod making;
mod operations;
mod pages;

use std::time::Duration;

use strongroom_kmip::enumeration::AsynchronousIndicator;
use strongroom_kmip::exchange::RequestOptions;
use strongroom_kmip::{ProtocolVersion, Request, Response};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::client::TlsStream;
use zeroize::Zeroizing;

use crate::batch::{Batch, BatchAnswer};
use crate::connect::after;
use crate::conversation::{Conversation, wipe};
use crate::error::ClientError;
use crate::kept::Kept;
use crate::payload::{RequestPayload, ResponsePayload as _};
use crate::pending::Answer;
use crate::servers::ServerAddress;
use crate::tls::TlsFacts;
use crate::wire::{Counted, Wire};

pub use pages::LocatePages;

type Transport = TlsStream<Counted<TcpStream>>;

/// How long [`Session::close`] waits for the TLS goodbye to leave.
pub(crate) const GOODBYE: Duration = Duration::from_secs(1);

/// A connection to one KMIP server.
///
/// One request at a time. After a deadline, an I/O error, an answer that cannot be read, or a
/// call whose future was dropped, the session is dead: the next answer on the connection could
/// belong to the old request. Nothing is ever sent twice.
#[derive(Debug)]
pub struct Session {
    wire: Wire<Transport>,
    conversation: Conversation,
}

impl Session {
    pub(crate) fn new(wire: Wire<Transport>, conversation: Conversation) -> Self {
        Self { wire, conversation }
    }

    pub(crate) fn agree(&mut self, version: ProtocolVersion) {
        self.conversation.agree(version);
    }

    /// Moves the connection out; what stays behind is dead.
    pub(crate) fn withdraw(&mut self) -> Self {
        Self {
            wire: self.wire.withdraw(),
            conversation: self.conversation.clone(),
        }
    }

    /// The agreed protocol version.
    #[must_use]
    pub fn version(&self) -> ProtocolVersion {
        self.conversation.version()
    }

    /// The server at the other end.
    #[must_use]
    pub fn server(&self) -> &ServerAddress {
        self.conversation.server()
    }

    /// TLS version, cipher suite and the server's certificate.
    #[must_use]
    pub fn tls(&self) -> &TlsFacts {
        self.conversation.tls()
    }

    /// Whether another request may be sent.
    #[must_use]
    pub fn usable(&self) -> bool {
        self.wire.usable()
    }

    /// Looks, without waiting, whether the server neither spoke nor hung up while we were idle. When
    /// it did, the session is dead.
    pub fn is_alive(&mut self) -> bool {
        self.wire.is_silent()
    }

    /// Sends one request and returns the server's answer to it.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; its [`outcome`](ClientError::outcome) says what became of the request.
    pub async fn send(&mut self, request: &Request) -> Result<Response, ClientError> {
        let deadline = after(self.conversation.exchange_timeout());
        self.exchange(self.version(), request, deadline).await
    }

    /// Sends one request message as it is and returns the answer's octets: for tools. Neither is
    /// looked at beyond the length that the answer states.
    ///
    /// # Errors
    ///
    /// [`ClientError`] when no whole answer came.
    pub async fn send_octets(&mut self, request: &[u8]) -> Result<Zeroizing<Vec<u8>>, ClientError> {
        let deadline = after(self.conversation.exchange_timeout());
        let came = self.wire.exchange(request, deadline).await;
        self.conversation.octets(came)
    }

    /// As [`Self::send`]; beside the answer, or the refusal, stands what no type here has a field for,
    /// and the quirks that the server shows. For tools.
    ///
    /// # Errors
    ///
    /// As [`Self::send`], when no whole answer came or it is no response at all.
    pub async fn send_keeping(&mut self, request: &Request) -> Result<Kept, ClientError> {
        let deadline = after(self.conversation.exchange_timeout());
        let options = RequestOptions::default();
        let (exchange, octets) = self.conversation.ask(self.version(), request, options)?;
        let came = self.wire.exchange(&octets, deadline).await;
        self.conversation.finish_keeping(&exchange, came)
    }

    /// As [`Self::send`], with the type of the answer given by the request.
    ///
    /// # Errors
    ///
    /// As [`Self::send`].
    pub async fn call<P: RequestPayload>(
        &mut self,
        request: P,
    ) -> Result<P::Response, ClientError> {
        let request = request.into();
        let response = self.send(&request).await?;
        P::Response::of(response).map_err(|mismatch| {
            self.conversation
                .error(mismatch.into(), request.operation())
        })
    }

    /// Sends one request that the server may answer later; then [`Self::poll`].
    ///
    /// # Errors
    ///
    /// As [`Self::send`].
    pub async fn send_asynchronous(&mut self, request: &Request) -> Result<Answer, ClientError> {
        let deadline = after(self.conversation.exchange_timeout());
        let options =
            RequestOptions::default().with_asynchronous_indicator(AsynchronousIndicator::OPTIONAL);
        let (exchange, octets) = self.conversation.ask(self.version(), request, options)?;
        let came = self.wire.exchange(&octets, deadline).await;
        self.conversation.finish_or_pend(exchange, came)
    }

    /// Sends a batch as one message; each item has an outcome of its own.
    ///
    /// # Errors
    ///
    /// [`ClientError`] when nothing is known of single items: not sent, refused as a whole, or
    /// [`Unknown`](crate::Outcome::Unknown) for all of them.
    pub async fn send_batch(&mut self, batch: &Batch) -> Result<BatchAnswer, ClientError> {
        let deadline = after(self.conversation.exchange_timeout());
        let (exchange, octets) = self.conversation.ask_batch(batch)?;
        let came = self.wire.exchange(&octets, deadline).await;
        self.conversation.finish_batch((batch, &exchange), came)
    }

    /// Ends the connection politely. Dropping the session ends it too, without the goodbye.
    pub async fn close(self) {
        self.wire.close(GOODBYE).await;
    }

    /// One exchange at `version` before `deadline`.
    pub(crate) async fn exchange(
        &mut self,
        version: ProtocolVersion,
        request: &Request,
        deadline: Instant,
    ) -> Result<Response, ClientError> {
        let options = RequestOptions::default();
        let (exchange, octets) = self.conversation.ask(version, request, options)?;
        let came = self.wire.exchange(&octets, deadline).await;
        wipe(octets);
        self.conversation.finish(&exchange, came)
    }
}
