#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod dev;
pub mod store;

mod attributes;
mod connection;
mod crypto;
mod event;
mod faults;
mod further;
mod identity;
mod instances;
mod items;
mod lifecycle;
mod object;
mod operation;
mod options;
mod profile;
mod pykmip;
mod quirks;
mod refusal;
mod replica;
mod roles;
mod server;
mod service;
pub mod testing;
mod tls;
mod vault;

pub use event::{CloseCause, Event};
pub use faults::{Fault, FaultAction, FaultError, Faults, HandshakeFault};
pub use identity::{Identity, IdentityError};
pub use lifecycle::{Lifecycle, LifecycleError, ObjectState, Revocation};
pub use object::Object;
pub use options::{Clock, Observer, ServerLimits, ServerOptions};
pub use profile::{Correlation, Profile};
pub use replica::Replica;
pub use roles::{RoleError, Roles};
pub use server::{BindError, RunningServer, Server};
pub use store::{FileStore, MemoryStore, ObjectStore, StoreError};
pub use tls::{TlsError, TlsOptions};
