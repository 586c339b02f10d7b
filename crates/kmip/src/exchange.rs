//! Exchanges as pure values: a request goes out, bytes come back; no connection, no clock.
//!
//! `client`: one request and the check that an answer belongs to it. `server`: bytes in, answer
//! out, around a handler. May touch: what the payloads touch.

mod client;
mod placeholder;
mod server;

pub use client::{
    BatchError, BatchExchange, BatchOptions, Exchange, ExchangeError, ItemOutcome, Kept, Mismatch,
    Quirk, Quirks, RequestOptions,
};
pub use server::{Failure, Handler, ItemContext, Settings, dispatch};
