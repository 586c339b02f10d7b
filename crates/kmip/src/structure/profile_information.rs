//! `Profile Information`: a profile that a server conforms to (KMIP 1.3, 2.1.19; KMIP 2.1, 7.31).
//!
//! May touch: nothing.

use crate::enumeration::ProfileName;

structure! {
    /// A profile that a server conforms to (KMIP 1.3, 2.1.19; KMIP 2.1, 7.31).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ProfileInformation {
        /// Which one.
        profile_name: ProfileName = PROFILE_NAME,
        /// The version of the profiles' document.
        profile_version: Option<ProfileVersion> = PROFILE_VERSION,
        /// Where the server conforms to it, if elsewhere.
        server_uri: Option<String> = SERVER_URI,
        /// The port there.
        server_port: Option<i32> = SERVER_PORT,
    }
}

impl ProfileInformation {
    /// This profile, by the same server.
    #[must_use]
    pub const fn new(profile_name: ProfileName) -> Self {
        Self {
            profile_name,
            profile_version: None,
            server_uri: None,
            server_port: None,
        }
    }
}

structure! {
    /// The version of the profiles' document (KMIP 2.0, 7.20; KMIP 2.1, 7.32).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ProfileVersion {
        /// Before the point.
        major: i32 = PROFILE_VERSION_MAJOR,
        /// After the point.
        minor: i32 = PROFILE_VERSION_MINOR,
    }
}

impl ProfileVersion {
    /// The version `major.minor`.
    #[must_use]
    pub const fn new(major: i32, minor: i32) -> Self {
        Self { major, minor }
    }
}
