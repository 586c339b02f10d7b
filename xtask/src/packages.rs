//! `cargo xtask packages`: each library crate is packaged, and built by a consumer outside the workspace.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use cargo_metadata::{MetadataCommand, Package};

use crate::Outcome;
use crate::shell::{Cmd, root};

/// The consumer's folder, from the root: a workspace of its own.
const CONSUMER: &str = "target/consumer";

pub(crate) fn run() -> Outcome {
    let metadata = MetadataCommand::new()
        .current_dir(root())
        .no_deps()
        .exec()?;
    let libraries: Vec<&Package> = metadata
        .packages
        .iter()
        .filter(|package| is_published(package) && has_library(package))
        .collect();
    if libraries.is_empty() {
        return Err("there is no library crate to package".into());
    }
    let consumer = root().join(CONSUMER);
    if consumer.exists() {
        fs::remove_dir_all(&consumer)?;
    }
    pack(&libraries)?;
    write_consumer(&consumer, &libraries)?;
    let build = "cargo build --manifest-path target/consumer/Cargo.toml --target-dir target -p";
    Cmd::new(build).arg("consumer-default").run()?;
    // One at a time: built together, the default features of one would switch on another's.
    for library in &libraries {
        Cmd::new(build).arg(bare(library)).run()?;
    }
    println!(
        "{} library crates packaged and built outside the workspace",
        libraries.len()
    );
    Ok(())
}

fn is_published(package: &Package) -> bool {
    package
        .publish
        .as_ref()
        .is_none_or(|registries| !registries.is_empty())
}

fn has_library(package: &Package) -> bool {
    package.targets.iter().any(|target| target.is_lib())
}

fn bare(package: &Package) -> String {
    format!("bare-{}", package.name)
}

/// Packages the crates and unpacks what would be uploaded.
///
/// `m` leaves the unpacking time on the files: with the one in the archive, which never changes, Cargo
/// would not see that a source did.
fn pack(libraries: &[&Package]) -> Outcome {
    let mut cmd = Cmd::new("cargo package --no-verify --allow-dirty --exclude-lockfile");
    for library in libraries {
        cmd = cmd.arg("-p").arg(library.name.as_str());
    }
    cmd.run()?;
    fs::create_dir_all(root().join(CONSUMER))?;
    for library in libraries {
        let file = format!("target/package/{}-{}.crate", library.name, library.version);
        Cmd::new("tar -xzmf")
            .arg(file)
            .arg("-C")
            .arg(CONSUMER)
            .run()?;
        for name in ["README.md", "Cargo.toml", "src/lib.rs"] {
            let path = root().join(CONSUMER).join(folder(library)).join(name);
            if !path.is_file() {
                return Err(format!("the package {} lacks {name}", library.name).into());
            }
        }
    }
    Ok(())
}

fn folder(package: &Package) -> String {
    format!("{}-{}", package.name, package.version)
}

fn write_consumer(consumer: &Path, libraries: &[&Package]) -> Outcome {
    write_member(consumer, "consumer-default", libraries, "")?;
    for library in libraries {
        write_member(
            consumer,
            &bare(library),
            &[library],
            ", default-features = false",
        )?;
    }
    let mut manifest = String::from(
        "[workspace]\nresolver = \"3\"\nmembers = [\"members/*\"]\n\n[patch.crates-io]\n",
    );
    for library in libraries {
        writeln!(
            manifest,
            "{} = {{ path = \"{}\" }}",
            library.name,
            folder(library)
        )?;
    }
    // The workspace's profile and lock file, so that outside crates are built once for both.
    manifest.push_str("\n[profile.dev]\ndebug = \"line-tables-only\"\n");
    manifest.push_str("\n[profile.dev.package.\"*\"]\nopt-level = 2\ndebug = false\n");
    fs::write(consumer.join("Cargo.toml"), manifest)?;
    fs::copy(root().join("Cargo.lock"), consumer.join("Cargo.lock"))?;
    Ok(())
}

/// A package that depends on `libraries` and names each in its code.
fn write_member(consumer: &Path, name: &str, libraries: &[&Package], features: &str) -> Outcome {
    let member = consumer.join("members").join(name);
    fs::create_dir_all(member.join("src"))?;
    let mut manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[dependencies]\n"
    );
    let mut code = String::new();
    for library in libraries {
        writeln!(
            manifest,
            "{} = {{ version = \"{}\"{features} }}",
            library.name, library.version
        )?;
        writeln!(code, "use {} as _;", library.name.replace('-', "_"))?;
    }
    code.push_str("\nfn main() {}\n");
    fs::write(member.join("Cargo.toml"), manifest)?;
    fs::write(member.join("src/main.rs"), code)?;
    Ok(())
}
