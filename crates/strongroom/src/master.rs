//! The master key on the key server: how it is named, found, checked, fetched, made and retired.
//!
//! May touch: the network, through `strongroom-client`. Knows nothing of keystore files.

mod base64;
pub(crate) mod credentials;
mod facts;
mod home;
mod key_file;
mod link;
mod names;
mod servers;
mod wrap;

pub use facts::{KeyFacts, Unfit};
pub(crate) use key_file::KeyFile;
pub use key_file::{KeyFileError, KeyFileFault};
pub(crate) use link::{Link, NewKey};
pub use names::{LABEL_INTENT, LABEL_REPLACES, LABEL_STORE};
pub(crate) use names::{first as first_name, later as later_name, number_of};
pub(crate) use servers::Standing;
pub use servers::{KeyServers, ServerStanding};
pub(crate) use wrap::KeyRef;
