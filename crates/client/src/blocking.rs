//! The client for threads: std and rustls alone, no runtime.
//!
//! The same requests, answers, errors, deadlines and rounds as in the async client: both drive one
//! exchange core. `ClientBuilder::build_blocking` makes one; an async [`Client`](crate::Client)
//! turns into one with `From`, and both may be used in one program.
//!
//! ```no_run
//! use strongroom_client::{blocking, Client, Identity, ServerList, Trust};
//!
//! # fn example() -> Result<(), strongroom_client::ClientError> {
//! let client: blocking::Client = Client::builder()
//!     .servers("kms-a.example, kms-b.example:5697".parse::<ServerList>()?)
//!     .trust(Trust::from_ca_file("/etc/kmip/ca.pem")?)
//!     .identity(Identity::from_files("/etc/kmip/client.pem", None, None)?)
//!     .build_blocking()?;
//! let mut session = client.connect()?;
//! let key = session.get("7")?.object;
//! # drop(key);
//! # Ok(())
//! # }
//! ```

mod client;
mod connect;
mod line;
mod pool;
mod session;
mod wire;

pub use client::Client;
pub use pool::{Pool, Pooled};
pub use session::{LocatePages, Session};
