#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

#[macro_use]
mod field;
#[macro_use]
pub mod vocabulary;

pub mod attribute;
pub mod enumeration;
pub mod exchange;
pub mod message;
pub mod object;
pub mod operation;
pub mod structure;
pub mod tag;
#[cfg(feature = "text")]
pub mod text;

mod error;
mod reader;
mod unique_identifier;
mod value;
mod version;
mod write;

pub use attribute::{Attribute, AttributeValue, Name, TemplateAttribute, attribute_name};
pub use enumeration::{
    CryptographicAlgorithm, CryptographicUsageMask, KeyFormatType, ObjectType, Operation,
    ResultReason, ResultStatus, RevocationReasonCode, State,
};
pub use error::{Element, EncodeError, MessageError};
pub use exchange::{BatchExchange, Exchange, ExchangeError};
pub use message::{RequestMessage, ResponseMessage};
pub use object::{KeyBlock, ManagedObject};
pub use operation::{Request, Response};
pub use strongroom_ttlv::Limits;
pub use unique_identifier::UniqueIdentifier;
pub use value::{BigInteger, DateTime, DateTimeExtended, Interval, LongInteger, SecretText};
pub use version::{ProtocolVersion, Versions};
