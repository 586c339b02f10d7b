//! `strongroom doctor`: prints what is wrong, or will be, and changes nothing.

use strongroom::{Diagnosis, Verdict};

use super::{Context, unlock};
use crate::args::DoctorArgs;
use crate::failure::Failure;
use crate::output;

/// Runs the command.
pub(crate) fn run(context: &Context, args: &DoctorArgs) -> Result<(), Failure> {
    let diagnosis = match context.config_with_notices(&args.config) {
        Ok((config, notices)) => {
            let options = unlock::options(false);
            let dbpath = args.dbpath.as_deref();
            context.wait(strongroom::doctor(&config, &notices, dbpath, &options))
        }
        Err(error) => Diagnosis::of_unreadable_configuration(&error.into()),
    };
    match args.json {
        true => json(&diagnosis)?,
        false => text(&diagnosis)?,
    }
    match diagnosis.class() {
        None => Ok(()),
        Some(class) => Err(Failure::said(class)),
    }
}

fn text(diagnosis: &Diagnosis) -> Result<(), Failure> {
    for finding in &diagnosis.findings {
        output::data(&finding.to_string())?;
    }
    let count = |verdict| {
        let findings = diagnosis.findings.iter();
        findings
            .filter(|finding| finding.verdict == verdict)
            .count()
    };
    output::data(&format!(
        "{} errors, {} warnings, {} notes",
        count(Verdict::Error),
        count(Verdict::Warning),
        count(Verdict::Note)
    ))
}

fn json(diagnosis: &Diagnosis) -> Result<(), Failure> {
    let exit_code = diagnosis.class().map_or(0, |class| class.exit_code());
    output::json(&serde_json::json!({
        "verdict": diagnosis.verdict(),
        "exitCode": exit_code,
        "findings": diagnosis.findings,
    }))
}
