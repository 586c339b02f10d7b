//! Hosts from PyPI and Debian, each installed once into a folder of its own.

use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::shell::Cmd;

/// The Python of a virtual environment with the WiredTiger 11.3.1 binding, which is built from C.
pub(super) fn binding(folder: &Path) -> Outcome<PathBuf> {
    let venv = folder.join("wt1131");
    let check = "import wiredtiger; assert wiredtiger.wiredtiger_version()[1:] == [11, 3, 1]";
    environment(&venv, check, |bin| {
        let path = std::env::var("PATH").unwrap_or_default();
        pip(bin, &["cmake", "ninja", "swig<4.3"]).read()?;
        pip(bin, &["wiredtiger==11.3.1"])
            .variable("PATH", &format!("{}:{path}", bin.display()))
            .read()
            .map(drop)
    })
}

/// The Python of a virtual environment with a MongoDB-wire server on WiredTiger 11.2.0.
pub(super) fn secantus(folder: &Path) -> Outcome<PathBuf> {
    let venv = folder.join("secantus");
    environment(&venv, "import secantus, pymongo", |bin| {
        pip(bin, &["secantusdb==0.7.0b3", "pymongo"])
            .read()
            .map(drop)
    })
}

/// The unpacked packages of Debian with the tool `wt`.
pub(super) fn tool(folder: &Path) -> Outcome<PathBuf> {
    let folder = folder.join("debian");
    let unpacked = folder.join("root");
    if unpacked.join("usr/bin/wt").is_file() {
        return Ok(unpacked);
    }
    std::fs::create_dir_all(&folder)?;
    for package in ["wiredtiger", "libwiredtiger0"] {
        let shell = format!(
            "cd '{}' && apt-get download -q {package} && dpkg -x {package}_*.deb root",
            folder.display()
        );
        Cmd::new("sh -c").arg(shell).read()?;
    }
    Ok(unpacked)
}

fn environment(venv: &Path, check: &str, install: impl Fn(&Path) -> Outcome) -> Outcome<PathBuf> {
    let bin = venv.join("bin");
    let python = bin.join("python");
    let works = || {
        Cmd::new("")
            .arg(python.display().to_string())
            .arg("-c")
            .arg(check)
            .read()
    };
    if !python.is_file() || works().is_err() {
        eprintln!("installing into {}", venv.display());
        Cmd::new("python3 -m venv --clear")
            .arg(venv.display().to_string())
            .read()?;
        install(&bin)?;
        works()?;
    }
    Ok(python)
}

fn pip(bin: &Path, packages: &[&str]) -> Cmd {
    let pip = Cmd::new("")
        .arg(bin.join("python").display().to_string())
        .arg("-m")
        .arg("pip")
        .arg("install")
        .arg("--quiet")
        .arg("--disable-pip-version-check");
    packages.iter().fold(pip, |pip, package| pip.arg(*package))
}
