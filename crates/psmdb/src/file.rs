//! Files outside the pages, told apart by the end of their names.
//!
//! May touch: values only.

use crate::gcm::GcmForm;

/// Ends the name of a file in CBC form.
pub const CBC_SUFFIX: &str = ".aes256-cbc";
/// Ends the name of a file in GCM form.
pub const GCM_SUFFIX: &str = ".aes256-gcm";

/// How a protected file is encrypted (`docs/formats/psmdb.md`, section 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProtectedFile {
    /// As a CBC page is: [`crate::CbcKey`].
    Cbc,
    /// [`GcmForm::File`]: [`crate::GcmKey`].
    Gcm,
}

impl ProtectedFile {
    /// What the name says; nothing when the file is not encrypted.
    ///
    /// ```
    /// use strongroom_psmdb::ProtectedFile;
    ///
    /// let name = "removed.2026-11-24T10-00-00.0.bson.aes256-cbc";
    /// assert_eq!(ProtectedFile::of_name(name), Some(ProtectedFile::Cbc));
    /// assert_eq!(ProtectedFile::of_name("storage.bson"), None);
    /// ```
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        if name.ends_with(CBC_SUFFIX) {
            Some(Self::Cbc)
        } else if name.ends_with(GCM_SUFFIX) {
            Some(Self::Gcm)
        } else {
            None
        }
    }

    /// What such a file's name ends with.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Cbc => CBC_SUFFIX,
            Self::Gcm => GCM_SUFFIX,
        }
    }

    /// The order of its parts, when it is GCM.
    #[must_use]
    pub const fn gcm_form(self) -> Option<GcmForm> {
        match self {
            Self::Cbc => None,
            Self::Gcm => Some(GcmForm::File),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_name_decides() {
        for kind in [ProtectedFile::Cbc, ProtectedFile::Gcm] {
            let name = format!("local.oplog.rs.bson{}", kind.suffix());
            assert_eq!(ProtectedFile::of_name(&name), Some(kind));
            assert_eq!(ProtectedFile::of_name(&format!("{name}.gz")), None);
        }
        for other in ["", "aes256-cbc", "a.aes256-CBC", "a.aes256-ctr"] {
            assert_eq!(ProtectedFile::of_name(other), None, "{other}");
        }
        assert_eq!(ProtectedFile::Gcm.gcm_form(), Some(GcmForm::File));
        assert_eq!(ProtectedFile::Cbc.gcm_form(), None);
    }
}
