//! `strongroom explain [CODE]`.

use strongroom::Class;

use crate::failure::Failure;
use crate::output;

/// Prints one exit code, or all.
pub(crate) fn run(code: Option<u8>) -> Result<(), Failure> {
    let Some(code) = code else {
        output::data("0 success: Done.")?;
        return Class::ALL.iter().try_for_each(|class| {
            output::data(&format!(
                "{} {class}: {}",
                class.exit_code(),
                class.meaning()
            ))
        });
    };
    if code == 0 {
        return output::data("0 success: Done.");
    }
    let class = Class::ALL
        .iter()
        .find(|class| class.exit_code() == code)
        .ok_or_else(|| {
            Failure::new(Class::Configuration, format!("no exit code {code}"))
                .help("`strongroom explain` lists all of them.")
        })?;
    output::data(&format!(
        "{code} {class}\n\n{}\n{}",
        class.meaning(),
        class.mend()
    ))
}
