//! Messages: a header and a batch of items (KMIP 1.0, chapters 6 and 7).
//!
//! Requests are read strictly, responses by tag (see `reader.rs`). May touch: what the payloads
//! touch; messages are written into wiped buffers of their exact size.

mod aside;
mod authentication;
mod credential;
mod message_extension;
mod nonce;
pub(crate) mod protocol_version;
mod request;
mod request_header;
mod response;
mod response_header;

pub use aside::Aside;
pub use authentication::Authentication;
pub use credential::{
    AttestationCredential, Credential, DeviceCredential, HashedPasswordCredential,
    OneTimePasswordCredential, TicketCredential, UsernameAndPassword,
};
pub use message_extension::MessageExtension;
pub use nonce::Nonce;
pub(crate) use request::encode as encode_request;
pub use request::{RequestItem, RequestMessage};
pub use request_header::RequestHeader;
pub use response::{ResponseItem, ResponseMessage};
pub use response_header::ResponseHeader;
