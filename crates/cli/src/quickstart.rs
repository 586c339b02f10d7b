//! `strongroom quickstart`: the main job, shown on real data with nothing but this binary.
//!
//! May touch: the directory that it is given and nothing else; loopback for the bundled server.

mod checks;
mod database;
mod place;
mod records;
mod server;
mod twin;

use std::time::Instant;

use strongroom::{Class, KeyOrigin, Unlocked};
use strongroom_config::Config;

use crate::args::QuickstartArgs;
use crate::command::{Context, unlock};
use crate::failure::Failure;
use crate::input::{Dataset, InputError};
use crate::output;
use checks::{Baseline, Checks};
use place::Place;
use server::Bundled;

/// Runs the demonstration; ends with one verdict, and with exit code 1 if a check failed.
pub(crate) fn run(context: &Context, args: &QuickstartArgs) -> Result<(), Failure> {
    let begun = Instant::now();
    // Input first: a bad line must leave nothing behind.
    let dataset = match &args.input {
        Some(path) => Dataset::from_file(path),
        None => Dataset::bundled(),
    };
    let dataset = dataset.map_err(input_failure)?;
    let place = Place::prepare(&args.dbpath.dbpath)?;
    let mut checks = Checks::default();
    say(
        "1",
        &format!(
            "{} records read from {} ({} bytes)",
            dataset.records.len(),
            dataset.name,
            dataset.input_len
        ),
    );
    let bundled = Bundled::start(context, &place)?;
    say(
        "2",
        &format!(
            "bundled key server on {}, certificates and keys in {}",
            bundled.address(),
            place.key_server().display()
        ),
    );
    let store = open(context, &place)?;
    let baseline = Baseline::of(&place, &dataset)?;
    let store = seal(&place, &dataset, store, (&mut checks, &baseline))?;
    drop(store);
    rotate(context, &place)?;
    bundled.stop(context);
    let reopened = Bundled::start(context, &place)?;
    reopen(context, &place, &dataset, &mut checks)?;
    reopened.stop(context);
    // Once more: everything that rotation and reopening wrote is on disk now.
    checks.disk("8", &place, &baseline)?;
    say_together(&place);
    verdict(&checks, begun, &place)
}

fn say(step: &str, text: &str) {
    output::message(&format!("[{step}] {text}"));
}

fn input_failure(error: InputError) -> Failure {
    let class = match error {
        InputError::Read { .. } => Class::Configuration,
        _ => Class::Input,
    };
    match std::error::Error::source(&error) {
        Some(cause) => Failure::because(class, error.to_string(), cause),
        None => Failure::new(class, error.to_string()),
    }
    .help("--input takes CSV with a header line, or NDJSON; nothing was written.")
}

fn config(context: &Context, place: &Place) -> Result<Config, Failure> {
    context.config_alone(&place.config_file())
}

fn open(context: &Context, place: &Place) -> Result<Unlocked, Failure> {
    let config = config(context, place)?;
    let options = unlock::options(false);
    let unlocked = context.wait(strongroom::unlock(&config, place.dir(), &options))?;
    let master = unlocked.keystore.metadata().masters().next();
    let id = master
        .map(|entry| entry.unique_identifier.clone())
        .unwrap_or_default();
    let what = match unlocked.origin {
        KeyOrigin::Made => "master key made on the key server, read back, used once, activated",
        KeyOrigin::Taken => "master key of an earlier attempt taken",
        _ => "store of an earlier run opened with its master key",
    };
    say("3", &format!("{what}: {id}"));
    for warning in &unlocked.warnings {
        say("3", &format!("warning: {warning}"));
    }
    Ok(unlocked)
}

/// Fills the database and looks for plaintext in everything that lies in the directory.
fn seal(
    place: &Place,
    dataset: &Dataset,
    mut store: Unlocked,
    (checks, baseline): (&mut Checks, &Baseline),
) -> Result<Unlocked, Failure> {
    let bar = output::progress("sealing  ", dataset.records.len());
    let filled = database::fill(place, &mut store, dataset, &bar)?;
    bar.finish_and_clear();
    let what = match filled {
        records::Filled::Now => "records sealed into",
        records::Filled::Before => "records were there already in",
    };
    say(
        "4",
        &format!(
            "{} {what} {} (AES-256-GCM, every 4 KiB unit)",
            dataset.records.len(),
            place.data_file().display()
        ),
    );
    checks.control(dataset, baseline)?;
    checks.disk("5", place, baseline)?;
    Ok(store)
}

fn rotate(context: &Context, place: &Place) -> Result<(), Failure> {
    let config = config(context, place)?;
    let options = unlock::options(false);
    let rotated = context.wait(strongroom::rotate(&config, place.dir(), &options))?;
    let old = rotated.old.as_deref().unwrap_or("the old one");
    say(
        "6",
        &format!(
            "master key rotated: {old} -> {}; no data was rewritten",
            rotated.new
        ),
    );
    for warning in &rotated.warnings {
        say("6", &format!("warning: {warning}"));
    }
    Ok(())
}

/// From scratch: server restarted, configuration read anew, keystore opened, every record compared.
fn reopen(
    context: &Context,
    place: &Place,
    dataset: &Dataset,
    checks: &mut Checks,
) -> Result<(), Failure> {
    let config = config(context, place)?;
    let options = unlock::options(false);
    let mut store = context.wait(strongroom::unlock(&config, place.dir(), &options))?;
    let bar = output::progress("verifying", dataset.records.len());
    let differing = database::differing(place, &mut store, dataset, &bar)?;
    bar.finish_and_clear();
    checks.records(dataset, &differing);
    checks.every_octet(place, &store);
    Ok(())
}

fn say_together(place: &Place) {
    let dir = place.dir().display();
    output::message(&format!(
        "\nIn this demonstration the key server's store lies beside the data, in {}:\n\
         who copies {dir} has both, and the encryption protects nothing against him.\n\
         For real use let the key server be another machine: set security.kmip.serverName, port,\n\
         serverCAFile and the client certificate in {} to it, and start with an empty directory.",
        place.key_server().display(),
        place.config_file().display()
    ));
    output::message(&format!(
        "\nGo on from here:\n  strongroom server --listen {} --dev {} --store {}\n  strongroom status --config {} --dbpath {dir}",
        place.address_hint(),
        place.key_server().display(),
        place.server_store().display(),
        place.config_file().display()
    ));
}

fn verdict(checks: &Checks, begun: Instant, place: &Place) -> Result<(), Failure> {
    let seconds = begun.elapsed().as_secs_f64();
    let failed = checks.failed();
    if failed.is_empty() {
        return output::data(&format!(
            "quickstart: {} checks passed in {seconds:.1} s; encrypted store in {}",
            checks.count(),
            place.dir().display()
        ));
    }
    output::data(&format!(
        "quickstart: {} of {} checks FAILED",
        failed.len(),
        checks.count()
    ))?;
    Err(Failure::new(Class::CheckFailed, failed.join("; ")))
}
