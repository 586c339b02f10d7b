//! Where a file lies that a configuration or a command names. May touch: nothing; gives a directory.

use std::path::Path;

use strongroom_keystore::DirStorage;

/// The directory of `path`: the current one for a bare name.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Its directory and its name in it; `None` when it names no file.
pub(crate) fn split(path: &Path) -> Option<(DirStorage, String)> {
    let name = path.file_name()?.to_str()?.to_owned();
    Some((DirStorage::new(parent(path)), name))
}
