//! Deadlines, rounds, versions and limits of a client.
//!
//! May touch: nothing.

use std::time::Duration;

use strongroom_kmip::ProtocolVersion;
use strongroom_kmip::exchange::Quirks;
use strongroom_ttlv::Limits;

use crate::back_off::BackOff;

/// How a client behaves; [`Default`] suits most.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientOptions {
    /// For one server: name resolution, TCP, TLS and the first round trip together
    /// (`connectTimeoutMS` of PSMDB). Default 5 s.
    pub connect_timeout: Duration,
    /// For one exchange on a session: writing the request and reading the whole answer.
    /// Default 10 s.
    pub exchange_timeout: Duration,
    /// Further rounds over the list of servers after the first one (`connectRetries` of PSMDB:
    /// attempts = retries + 1). Default 0.
    pub connect_retries: u32,
    /// The pause between two rounds. Default [`BackOff::DEFAULT`].
    pub back_off: BackOff,
    /// For one `connect` over all servers, rounds and pauses. Default: no bound but those above.
    pub total_timeout: Option<Duration>,
    /// The protocol versions that may be agreed on, in any order. Default 1.4 to 1.0; 2.1
    /// and 2.0 ([`ProtocolVersion::SUPPORTED`]) are offered only where they are named here.
    pub versions: Vec<ProtocolVersion>,
    /// What is accepted in an answer. Default [`Limits::DEFAULT`].
    pub limits: Limits,
    /// Quirks of servers that are put up with beside those that always are, in answers without keys
    /// alone ([`Quirk`](strongroom_kmip::exchange::Quirk)). Default none.
    pub tolerated: Quirks,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            exchange_timeout: Duration::from_secs(10),
            connect_retries: 0,
            back_off: BackOff::DEFAULT,
            total_timeout: None,
            versions: ProtocolVersion::ONE.to_vec(),
            limits: Limits::DEFAULT,
            tolerated: Quirks::NONE,
        }
    }
}

impl ClientOptions {
    /// Replaces [`Self::connect_timeout`].
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Replaces [`Self::exchange_timeout`].
    #[must_use]
    pub fn exchange_timeout(mut self, timeout: Duration) -> Self {
        self.exchange_timeout = timeout;
        self
    }

    /// Replaces [`Self::connect_retries`].
    #[must_use]
    pub fn connect_retries(mut self, retries: u32) -> Self {
        self.connect_retries = retries;
        self
    }

    /// Replaces [`Self::back_off`].
    #[must_use]
    pub fn back_off(mut self, back_off: BackOff) -> Self {
        self.back_off = back_off;
        self
    }

    /// Replaces [`Self::total_timeout`].
    #[must_use]
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = Some(timeout);
        self
    }

    /// Replaces [`Self::versions`].
    #[must_use]
    pub fn versions(mut self, versions: impl Into<Vec<ProtocolVersion>>) -> Self {
        self.versions = versions.into();
        self
    }

    /// Replaces [`Self::limits`].
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Replaces [`Self::tolerated`].
    #[must_use]
    pub fn tolerated(mut self, tolerated: Quirks) -> Self {
        self.tolerated = tolerated;
        self
    }
}

/// Options that no client can be built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OptionsError {
    /// No version to offer.
    #[error("no protocol version is left to offer")]
    NoVersion,
    /// A version that this client does not speak.
    #[error("KMIP {0} is not supported; 1.0 to 2.1 are")]
    UnsupportedVersion(ProtocolVersion),
    /// A deadline of zero.
    #[error("{0} is zero")]
    ZeroTimeout(&'static str),
}

impl ClientOptions {
    pub(crate) fn check(&self) -> Result<(), OptionsError> {
        if self.versions.is_empty() {
            return Err(OptionsError::NoVersion);
        }
        if let Some(version) = self.versions.iter().find(|version| !version.is_supported()) {
            return Err(OptionsError::UnsupportedVersion(*version));
        }
        if self.connect_timeout.is_zero() {
            return Err(OptionsError::ZeroTimeout("the connect timeout"));
        }
        if self.exchange_timeout.is_zero() {
            return Err(OptionsError::ZeroTimeout("the exchange timeout"));
        }
        if self.total_timeout.is_some_and(|timeout| timeout.is_zero()) {
            return Err(OptionsError::ZeroTimeout("the total timeout"));
        }
        Ok(())
    }
}
