//! Structures that only payloads hold: what a server can do, how a key is derived, where an object
//! may be stored.
//!
//! One structure per file. May touch: key octets (data that a key is derived from), in wiped memory
//! only.

mod capability_information;
mod certificate_request_value;
mod defaults_information;
mod derivation_parameters;
mod extension_information;
mod object_groups;
mod object_types;
mod profile_information;
mod protection_storage_masks;
mod rng_parameters;
mod server_information;
mod validation_information;

pub use capability_information::CapabilityInformation;
pub use certificate_request_value::CertificateRequestValue;
pub use defaults_information::{DefaultsInformation, ObjectDefaults};
pub use derivation_parameters::DerivationParameters;
pub use extension_information::{ExtensionInformation, ExtensionType};
pub use object_groups::ObjectGroups;
pub use object_types::ObjectTypes;
pub use profile_information::{ProfileInformation, ProfileVersion};
pub use protection_storage_masks::ProtectionStorageMasks;
pub use rng_parameters::RngParameters;
pub use server_information::ServerInformation;
pub use validation_information::ValidationInformation;
