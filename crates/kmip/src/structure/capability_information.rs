//! `Capability Information`: what a server can do beside operations (KMIP 1.3, 2.1.20;
//! KMIP 2.1, 7.5).
//!
//! May touch: nothing.

use crate::enumeration::{DestroyAction, RngMode, ShreddingAlgorithm, UnwrapMode};

structure! {
    /// What a server can do beside operations (KMIP 1.3, 2.1.20; KMIP 2.1, 7.5).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CapabilityInformation {
        /// Cryptographic operations in several parts.
        streaming_capability: Option<bool> = STREAMING_CAPABILITY,
        /// Answers that come later.
        asynchronous_capability: Option<bool> = ASYNCHRONOUS_CAPABILITY,
        /// Attestation of clients.
        attestation_capability: Option<bool> = ATTESTATION_CAPABILITY,
        /// Batches that are undone when an item fails.
        batch_undo_capability: Option<bool> = BATCH_UNDO_CAPABILITY,
        /// Batches that go on when an item fails.
        batch_continue_capability: Option<bool> = BATCH_CONTINUE_CAPABILITY,
        /// Whether wrapped keys are unwrapped when they are registered.
        unwrap_mode: Option<UnwrapMode> = UNWRAP_MODE,
        /// What Destroy does.
        destroy_action: Option<DestroyAction> = DESTROY_ACTION,
        /// How material is made unreadable.
        shredding_algorithm: Option<ShreddingAlgorithm> = SHREDDING_ALGORITHM,
        /// Whether clients share one random number generator.
        rng_mode: Option<RngMode> = RNG_MODE,
        /// Algorithms that withstand a quantum computer.
        quantum_safe_capability: Option<bool> = QUANTUM_SAFE_CAPABILITY,
    }
}
