//! Targets of strongroom-config.

use std::path::Path;

use strongroom_config::Config;

/// Any text as a configuration file: a typed result or an error that can be shown.
pub fn config_text(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    match Config::from_yaml(text, Path::new("strongroom.yaml")) {
        Ok((config, notices)) => {
            for row in config.rows() {
                assert!(!format!("{row:?}").is_empty());
            }
            assert!(!format!("{config:?} {notices:?}").is_empty());
        }
        Err(error) => assert!(!format!("{error} {error:?}").is_empty()),
    }
}
