#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod class;
mod doctor;
mod error;
mod life_cycle;
mod master;

pub use class::Class;
pub use doctor::{Diagnosis, Finding, Verdict, doctor};
pub use error::Error;
pub use life_cycle::{
    CertificateReport, CopyReport, KeptBecause, KeyMemoryReport, KeyOrigin, KeyReport,
    MachineReport, MasterReport, Options, Rotated, RotationOutlook, ServerReport, Status, Unlocked,
    Warning, plan_rotation, rotate, status, unlock,
};
pub use master::{
    KeyFacts, KeyServers, LABEL_INTENT, LABEL_REPLACES, LABEL_STORE, ServerStanding, Unfit,
};

pub use strongroom_cipher as cipher;
pub use strongroom_client as client;
pub use strongroom_config as config;
pub use strongroom_keystore as keystore;
pub use strongroom_kmip as kmip;
