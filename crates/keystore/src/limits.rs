//! Bounds of the format, checked before anything is allocated and before anything is written.

/// Octets of one keystore file: 200,000 DEKs with the longest key ids.
pub const KEYSTORE_LEN_MAX: u64 = 64 << 20;
/// Octets of one log entry.
pub const ENTRY_LEN_MAX: usize = 1 << 20;
/// DEKs that one log entry adds at most; more make a snapshot.
pub const ENTRY_DEKS_MAX: usize = 1024;
/// A log may always have this many octets; beyond, no more than its snapshot.
pub const LOG_LEN_ALWAYS: usize = 1 << 20;
/// Shredded key ids that are remembered.
pub const TOMBSTONES_MAX: usize = 1 << 20;
/// Registered backups.
pub const BACKUPS_MAX: usize = 1024;
/// Octets of a backup's label.
pub const BACKUP_LABEL_LEN_MAX: usize = 256;
/// Octets of the intent file.
pub const INTENT_LEN_MAX: u64 = 1 << 16;
/// Masters that one snapshot is sealed under.
pub const MASTERS_MAX: usize = 2;
/// Retired masters that are remembered.
pub const HISTORY_MAX: usize = 4096;
/// Burnt attempts that are remembered.
pub const BURNT_MAX: usize = 4096;
/// DEK records, all generations together.
pub const DEKS_MAX: usize = 1 << 20;
/// Octets of a Unique Identifier, a Name or a logical key identifier.
pub const IDENTIFIER_LEN_MAX: usize = 1024;
/// Servers of one master.
pub const SERVERS_MAX: usize = 64;
/// Octets of one server's `host:port`.
pub const SERVER_LEN_MAX: usize = 512;
/// Octets that a key server made of a local key.
pub const WRAPPED_LEN_MAX: usize = 512;
/// Octets of an algorithm name.
pub const ALGORITHM_LEN_MAX: usize = 64;
