//! From the octets of a request to the octets of its answer.
//!
//! May touch: the vault, the clock. The protocol's own rules (batches, ID Placeholder, versions)
//! are strongroom-kmip's dispatch.

use std::fmt;
use std::sync::Arc;

use strongroom_kmip::enumeration::{ObjectType, Operation, ResultReason};
use strongroom_kmip::exchange::{Failure, Handler, ItemContext, Settings, dispatch};
use strongroom_kmip::message::{ResponseHeader, ResponseItem, ResponseMessage};
use strongroom_kmip::operation::{Request, Response};
use strongroom_kmip::{Limits, ProtocolVersion};
use strongroom_ttlv::FrameError;
use zeroize::Zeroizing;

use crate::faults::{FaultAction, Strike};
use crate::identity::{Identity, IdentityError};
use crate::operation::{Context, random_text};
use crate::options::{Clock, ServerLimits};
use crate::profile::{Correlation, Profile};
use crate::refusal::Refusal;
use crate::roles::Roles;
use crate::store::ObjectStore;
use crate::vault::Vault;
use crate::{pykmip, quirks};

/// Answers requests; shared by all connections.
pub(crate) struct Service {
    vault: Arc<Vault>,
    profile: Profile,
    roles: Roles,
    clock: Clock,
    limits: Limits,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

/// An answer, and what to tell the observer of it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) octets: Zeroizing<Vec<u8>>,
    pub(crate) operations: Vec<Operation>,
    pub(crate) failures: Vec<ResultReason>,
}

/// What came of an attempt to answer.
#[derive(Debug)]
pub(crate) enum Outcome {
    Answer(Answer),
    /// An item would change an object, and [`Disk::Avoid`] was asked for; nothing was changed.
    NeedsDisk,
    /// Not even an error can be encoded.
    Unanswerable,
}

/// Whether an attempt may wait for the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disk {
    Avoid,
    MayWait,
}

impl Service {
    pub(crate) fn new(
        vault: Arc<Vault>,
        limits: &ServerLimits,
        (profile, roles): (Profile, Roles),
        clock: Clock,
    ) -> Self {
        let limits = Limits::default().with_message_len(limits.message_len);
        Self {
            vault,
            profile,
            roles,
            clock,
            limits,
        }
    }

    /// The objects, for a second server.
    pub(crate) const fn vault(&self) -> &Arc<Vault> {
        &self.vault
    }

    /// Limits for reading a message.
    pub(crate) const fn wire_limits(&self) -> Limits {
        self.limits
    }

    /// Answers one request.
    pub(crate) fn answer(
        &self,
        identity: &Result<Identity, IdentityError>,
        request: &[u8],
        disk: Disk,
        faults: &[Strike],
    ) -> Outcome {
        let now = (self.clock)();
        let mut settings = Settings::new(now);
        settings.limits = self.limits;
        settings.versions = self.profile.versions;
        settings.maximum_response_len = self.limits.message_len;
        let correlation = self.correlation();
        settings.server_correlation_value = correlation.as_deref();
        let mut items = Items {
            service: self,
            identity: identity.as_ref().map_err(|error| *error),
            now,
            disk,
            faults,
            blocked: false,
            operations: Vec::new(),
            failures: Vec::new(),
            registered: Vec::new(),
        };
        if let Some(octets) = self.refuse_as_pykmip(request, now) {
            return Outcome::Answer(Answer {
                octets,
                operations: Vec::new(),
                failures: vec![ResultReason::INVALID_MESSAGE],
            });
        }
        match dispatch(request, &settings, &mut items) {
            _ if items.blocked => Outcome::NeedsDisk,
            Ok(octets) => Outcome::Answer(Answer {
                octets: self.quirky(octets, correlation.as_deref(), &items.registered),
                operations: items.operations,
                failures: items.failures,
            }),
            Err(_) => Outcome::Unanswerable,
        }
    }

    /// A value for logs, where the profile has it.
    fn correlation(&self) -> Option<String> {
        match self.profile.correlation {
            Correlation::Never => None,
            // Without it the answer is as good.
            Correlation::Allowed | Correlation::Always => random_text().ok(),
        }
    }

    /// The answer with what the profile puts in against the specification.
    fn quirky(
        &self,
        mut octets: Zeroizing<Vec<u8>>,
        correlation: Option<&str>,
        registered: &[ObjectType],
    ) -> Zeroizing<Vec<u8>> {
        if self.profile.register_object_type {
            quirks::type_registered(&mut octets, registered);
        }
        if let (Correlation::Always, Some(value)) = (self.profile.correlation, correlation) {
            quirks::correlate(&mut octets, value);
        }
        octets
    }

    /// The answer to a message that the profile refuses as a whole.
    fn refuse_as_pykmip(&self, request: &[u8], now: i64) -> Option<Zeroizing<Vec<u8>>> {
        if !self.profile.pykmip_ways {
            return None;
        }
        let words = pykmip::refuse(request, &self.limits, self.profile.operations, now)?;
        self.refuse_message(words)
    }

    /// The answer to octets that do not begin like a request, or to one that is too long.
    pub(crate) fn refuse_frame(&self, error: &FrameError) -> Option<Zeroizing<Vec<u8>>> {
        self.refuse_message(&error.to_string())
    }

    /// Invalid Message in 1.0, without an operation.
    fn refuse_message(&self, words: &str) -> Option<Zeroizing<Vec<u8>>> {
        let header = ResponseHeader::new(ProtocolVersion::V1_0, (self.clock)());
        let reason = ResultReason::INVALID_MESSAGE;
        let item = ResponseItem::failure(None, reason, Some(words.to_owned()));
        ResponseMessage::new(header, vec![item]).encode().ok()
    }

    /// Gives the store back after the change that is under way.
    pub(crate) fn close(&self) -> Option<Box<dyn ObjectStore>> {
        self.vault.close()
    }
}

/// The items of one message.
struct Items<'a> {
    service: &'a Service,
    identity: Result<&'a Identity, IdentityError>,
    now: i64,
    disk: Disk,
    faults: &'a [Strike],
    blocked: bool,
    operations: Vec<Operation>,
    failures: Vec<ResultReason>,
    /// What was registered, in order.
    registered: Vec<ObjectType>,
}

impl Handler for Items<'_> {
    fn admit(&mut self, item: &ItemContext<'_>, operation: Operation) -> Result<(), Failure> {
        if let Some(reason) = self.scripted(operation) {
            self.operations.push(operation);
            self.failures.push(reason);
            return Err(reason.into());
        }
        let refusal = match self.identity {
            Err(error) => Refusal::from(error),
            Ok(_) if !self.service.profile.operations.contains(&operation) => {
                Refusal::Operation(operation)
            }
            Ok(identity) if !self.service.roles.allow(identity, operation) => {
                Refusal::Role(operation)
            }
            Ok(_) => return Ok(()),
        };
        self.operations.push(operation);
        Err(self.failed(item.version, &refusal))
    }

    fn handle(&mut self, item: &ItemContext<'_>, request: Request) -> Result<Response, Failure> {
        self.blocked |= self.disk == Disk::Avoid && changes(&request);
        if self.blocked {
            // This attempt is thrown away; the next one, on another thread, does the work.
            return Err(ResultReason::GENERAL_FAILURE.into());
        }
        self.operations.push(request.operation());
        let registered = match &request {
            Request::Register(request) => Some(request.object.object_type()),
            _ => None,
        };
        let outcome = self.identity.map_err(Refusal::from).and_then(|identity| {
            let context = Context {
                vault: &self.service.vault,
                profile: &self.service.profile,
                identity,
                now: self.now,
                version: item.version,
            };
            perform(&context, request)
        });
        if outcome.is_ok() {
            self.registered.extend(registered);
        }
        outcome.map_err(|refusal| self.failed(item.version, &refusal))
    }
}

impl Items<'_> {
    /// The reason with which a scripted fault lets the operation fail.
    fn scripted(&self, operation: Operation) -> Option<ResultReason> {
        self.faults.iter().find_map(|(only, fault)| match fault {
            FaultAction::Error(reason) if only.is_none_or(|only| only == operation) => {
                Some(*reason)
            }
            _ => None,
        })
    }

    /// Tells the observer and the client.
    fn failed(&mut self, version: ProtocolVersion, refusal: &Refusal) -> Failure {
        let reason = refusal.reason_in(version);
        self.failures.push(reason);
        Failure::new(reason, refusal.to_string())
    }
}

/// Whether the request changes an object. The others only look at memory.
const fn changes(request: &Request) -> bool {
    matches!(
        request,
        Request::Create(_)
            | Request::Register(_)
            | Request::Activate(_)
            | Request::Revoke(_)
            | Request::Destroy(_)
            | Request::AddAttribute(_)
            | Request::ModifyAttribute(_)
            | Request::DeleteAttribute(_)
            | Request::SetAttribute(_)
            | Request::ReKey(_)
            | Request::DeriveKey(_)
            | Request::Import(_)
            | Request::CreateKeyPair(_)
            | Request::Archive(_)
            | Request::Recover(_)
    )
}

fn perform(context: &Context<'_>, request: Request) -> Result<Response, Refusal> {
    Ok(match request {
        Request::DiscoverVersions(request) => {
            Response::DiscoverVersions(context.discover_versions(&request))
        }
        Request::Query(request) => Response::Query(context.query(&request)),
        Request::Create(request) => Response::Create(context.create(request)?),
        Request::Register(request) => Response::Register(context.register(request)?),
        Request::Get(request) => Response::Get(context.get(&request)?),
        Request::GetAttributes(request) => {
            Response::GetAttributes(context.get_attributes(&request)?)
        }
        Request::GetAttributeList(request) => {
            Response::GetAttributeList(context.get_attribute_list(&request)?)
        }
        Request::Locate(request) => Response::Locate(context.locate(request)?),
        Request::Activate(request) => Response::Activate(context.activate(&request)?),
        Request::Revoke(request) => Response::Revoke(context.revoke(request)?),
        Request::Destroy(request) => Response::Destroy(context.destroy(&request)?),
        Request::AddAttribute(request) => Response::AddAttribute(context.add_attribute(request)?),
        Request::ModifyAttribute(request) => {
            Response::ModifyAttribute(context.modify_attribute(request)?)
        }
        Request::DeleteAttribute(request) => {
            Response::DeleteAttribute(context.delete_attribute(request)?)
        }
        Request::SetAttribute(request) => Response::SetAttribute(context.set_attribute(request)?),
        Request::CreateKeyPair(request) => {
            Response::CreateKeyPair(context.create_key_pair(request)?)
        }
        Request::DeriveKey(request) => Response::DeriveKey(context.derive_key(request)?),
        Request::Import(request) => Response::Import(context.import(request)?),
        Request::Interop(request) => Response::Interop(context.interop(&request)?),
        Request::Export(request) => Response::Export(context.export(&request)?),
        Request::ReKey(request) => Response::ReKey(context.re_key(request)?),
        Request::Archive(request) => Response::Archive(context.archive(&request)?),
        Request::Recover(request) => Response::Recover(context.recover(&request)?),
        Request::Check(request) => Response::Check(context.check(&request)?),
        Request::ObtainLease(request) => Response::ObtainLease(context.obtain_lease(&request)?),
        other => return perform_cryptography(context, other),
    })
}

/// What is done with a key, or with none, and changes no object.
fn perform_cryptography(context: &Context<'_>, request: Request) -> Result<Response, Refusal> {
    Ok(match request {
        Request::Encrypt(request) => Response::Encrypt(context.encrypt(&request)?),
        Request::Decrypt(request) => Response::Decrypt(context.decrypt(&request)?),
        Request::Mac(request) => Response::Mac(context.mac(&request)?),
        Request::MacVerify(request) => Response::MacVerify(context.mac_verify(&request)?),
        Request::Sign(request) => Response::Sign(context.sign(&request)?),
        Request::SignatureVerify(request) => {
            Response::SignatureVerify(context.signature_verify(&request)?)
        }
        Request::Hash(request) => Response::Hash(context.hash(&request)?),
        Request::RngRetrieve(request) => Response::RngRetrieve(context.rng_retrieve(&request)?),
        Request::RngSeed(request) => Response::RngSeed(context.rng_seed(&request)?),
        other => return Err(Refusal::Operation(other.operation())),
    })
}
