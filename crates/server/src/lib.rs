//! KMIP server for development, tests and embedding; persists its objects, demands client certificates.
#![forbid(unsafe_code)]

pub mod dev;
mod identity;
mod lifecycle;
mod object;
pub mod store;
mod vault;

pub use identity::{Identity, IdentityError};
pub use lifecycle::{Lifecycle, LifecycleError, ObjectState, Revocation};
pub use object::Object;
pub use store::{FileStore, MemoryStore, ObjectStore, StoreError};
