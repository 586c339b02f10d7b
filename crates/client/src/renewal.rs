//! Certificates, keys and revocation lists that are renewed while the client runs.
//!
//! May touch: the files of trust and identity.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::error::ClientError;
use crate::identity::Identity;
use crate::stamp::Stamp;
use crate::tls::Tls;
use crate::trust::Trust;

/// How the last look at the files of trust and identity ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Renewal {
    /// When the files that are in use were read.
    pub loaded: SystemTime,
    /// Why the files that are there now cannot be used; those read at `loaded` stay in use then.
    pub failure: Option<Arc<ClientError>>,
}

/// Trust and identity in use, and how their files looked.
#[derive(Debug)]
pub(crate) struct Credentials(Mutex<State>);

#[derive(Debug)]
struct State {
    tls: Tls,
    /// The files as of the last attempt to read them.
    seen: Vec<Stamp>,
    renewal: Renewal,
}

impl Credentials {
    pub(crate) fn new(trust: Trust, identity: Identity) -> Result<Self, ClientError> {
        let seen = stamps(&trust, &identity);
        let tls = Tls::new(trust, identity).map_err(ClientError::tls_setup)?;
        let renewal = Renewal {
            loaded: SystemTime::now(),
            failure: None,
        };
        Ok(Self(Mutex::new(State { tls, seen, renewal })))
    }

    /// What is in use; reads nothing.
    pub(crate) fn tls(&self) -> Tls {
        self.state().tls.clone()
    }

    /// What the next connection is to use: read again where a file changed.
    ///
    /// Asks for the metadata of up to four files. Where one changed, reads them all and, with an
    /// encrypted key, derives a key from the password, which takes its time: not for a thread
    /// that serves others.
    pub(crate) fn current(&self) -> Tls {
        self.look();
        self.tls()
    }

    /// Whether [`Self::current`] would read files.
    pub(crate) fn changed(&self) -> bool {
        changed(&self.state().seen).is_some()
    }

    /// Looks at the files, and reads them again where one changed.
    pub(crate) fn look(&self) -> Renewal {
        let mut state = self.state();
        // Held while reading: a second connection waits for the new files, not for a second look.
        if let Some(seen) = changed(&state.seen) {
            let now = SystemTime::now();
            // Noted before the files are read, and also when they are no good: a change that
            // comes meanwhile is seen at the next look, and old rubbish is read once.
            state.seen = seen;
            state.renewal.failure = match read_again(&state.tls, now) {
                Ok(tls) => {
                    state.seen = stamps(tls.trust(), tls.identity());
                    state.tls = tls;
                    state.renewal.loaded = now;
                    None
                }
                Err(error) => Some(Arc::new(error)),
            };
        }
        state.renewal.clone()
    }

    /// Takes these in place of those in use.
    pub(crate) fn replace(&self, trust: Trust, identity: Identity) -> Result<(), ClientError> {
        let seen = stamps(&trust, &identity);
        let tls = Tls::new(trust, identity).map_err(ClientError::tls_setup)?;
        let renewal = Renewal {
            loaded: SystemTime::now(),
            failure: None,
        };
        *self.state() = State { tls, seen, renewal };
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No step between lock and unlock leaves half a state.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read_again(old: &Tls, now: SystemTime) -> Result<Tls, ClientError> {
    let trust = old.trust().again()?;
    let identity = old.identity().again(now)?;
    Tls::new(trust, identity).map_err(ClientError::tls_setup)
}

fn stamps(trust: &Trust, identity: &Identity) -> Vec<Stamp> {
    trust.stamps().chain(identity.stamps()).cloned().collect()
}

/// The files as they look now, when one must be read again.
fn changed(seen: &[Stamp]) -> Option<Vec<Stamp>> {
    let now: Vec<Stamp> = seen.iter().map(Stamp::again).collect();
    let differs = seen.iter().zip(&now).any(|(old, new)| old.differs(new));
    differs.then_some(now)
}
