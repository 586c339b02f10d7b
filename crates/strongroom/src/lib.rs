#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod backups;
mod class;
mod doctor;
mod error;
mod hex;
mod life_cycle;
mod master;
mod pin;
mod place;
mod running;

pub use backups::{
    BackupReport, Manifest, ManifestError, ManifestFault, ManifestKey, add_backup,
    compare_with_backup, forget_backup, list_backups,
};
pub use class::Class;
pub use doctor::{Diagnosis, Finding, Verdict, doctor};
pub use error::Error;
pub use life_cycle::{
    BurntReport, CertificateReport, CopyReport, DestroyedMaster, KeptBecause, KeyMemoryReport,
    KeyOrigin, KeyReport, ListedMaster, MachineReport, MasterList, MasterReport, Options, Rotated,
    RotationOutlook, ServerReport, ShredReport, Status, Stray, TakeOver, Unlocked, Warning,
    destroy_master, list_masters, plan_rotation, plan_shred, retire_key, rotate, shred_key, status,
    take_over, unlock,
};
pub use master::{
    KeyFacts, KeyFileError, KeyFileFault, KeyServers, LABEL_INTENT, LABEL_REPLACES, LABEL_STORE,
    ServerStanding, Unfit,
};

pub use pin::{PinError, PinMismatch};
pub use running::{
    Clock, Directive, KeyFinding, KeyStateEvent, LiveError, LiveKey, LiveRequest, LiveRotation,
    LiveStore, OnKeyStateEvent, PollReport, Refusal, RingReport, RunOptions, Running,
    RunningReport, SystemClock, Wait,
};

pub use strongroom_cipher as cipher;
pub use strongroom_client as client;
pub use strongroom_config as config;
pub use strongroom_keystore as keystore;
pub use strongroom_kmip as kmip;
