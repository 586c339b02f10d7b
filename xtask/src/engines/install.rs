//! Hosts from PyPI and Debian, each installed once into a folder of its own.

use std::fs;
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
    if !unpacked.join("usr/bin/wt").is_file() {
        unpack(&folder, &["wiredtiger", "libwiredtiger0"])?;
    }
    Ok(unpacked)
}

/// The build folder of WiredTiger 11.3.1 as a static library in release, with its encryptors nop and,
/// where Debian's libsodium can be had, sodium. From the source distribution of PyPI; some minutes.
pub(crate) fn library(folder: &Path) -> Outcome<PathBuf> {
    const BUILT: [&str; 2] = ["libwiredtiger.a", "include/wiredtiger.h"];
    let folder = folder.join("source");
    let build = folder.join("build");
    if BUILT.iter().all(|name| build.join(name).is_file()) {
        return Ok(build);
    }
    fs::create_dir_all(&folder)?;
    let bin = folder.join("tools/bin");
    let venv = folder.join("tools");
    environment(&venv, "import cmake, ninja", |bin| {
        pip(bin, &["cmake", "ninja"]).read().map(drop)
    })?;
    eprintln!("building WiredTiger in {}", build.display());
    let download = "-m pip download --quiet --disable-pip-version-check --no-deps --no-binary wiredtiger \
                    wiredtiger==11.3.1 --dest";
    let python = Cmd::new("").arg(bin.join("python").display().to_string());
    let download = download.split_whitespace().fold(python, Cmd::arg);
    download.arg(folder.display().to_string()).read()?;
    let sodium = match unpack(&folder.join("debian"), &["libsodium23", "libsodium-dev"]) {
        Ok(root) => format!(
            "-DENABLE_SODIUM=1 -DCMAKE_LIBRARY_PATH='{root}/usr/lib/x86_64-linux-gnu' \
             -DCMAKE_INCLUDE_PATH='{root}/usr/include'",
            root = root.display()
        ),
        Err(reason) => {
            eprintln!("without WiredTiger's sodium: {reason}");
            String::new()
        }
    };
    // gcc 12 finds fault with WiredTiger's own strict flags.
    let steps = format!(
        "cd '{folder}' && PATH='{bin}':$PATH && tar xzf wiredtiger-11.3.1.tar.gz && cmake -S wiredtiger-11.3.1 \
         -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DENABLE_STATIC=1 -DENABLE_SHARED=0 -DENABLE_PYTHON=0 \
         -DENABLE_ZLIB=0 -DENABLE_CPPSUITE=0 -DENABLE_STRICT=OFF {sodium} && \
         ninja -C build libwiredtiger.a wiredtiger_nop_encrypt {target}",
        folder = folder.display(),
        bin = bin.display(),
        target = if sodium.is_empty() {
            ""
        } else {
            "wiredtiger_sodium"
        },
    );
    Cmd::new("sh -c").arg(steps).read()?;
    Ok(build)
}

/// Downloads packages of Debian and unpacks them, without installing them, into the folder `root` of
/// `folder`.
fn unpack(folder: &Path, packages: &[&str]) -> Outcome<PathBuf> {
    fs::create_dir_all(folder)?;
    for package in packages {
        let shell = format!(
            "cd '{}' && apt-get download -q {package} && dpkg -x {package}_*.deb root",
            folder.display()
        );
        Cmd::new("sh -c").arg(shell).read()?;
    }
    Ok(folder.join("root"))
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
