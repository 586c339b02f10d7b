//! The host: `host.c`, linked with a WiredTiger that was built from its source distribution.
//!
//! May touch: the C compiler, one child process, and the folder for temporary files of the build.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::contestant::Contestant;
use super::{Size, WORKS};

/// The times of one piece of work: processor, wall.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Took(pub(crate) [Duration; 2]);

/// The compiled host, and where it runs.
pub(crate) struct Host {
    folder: PathBuf,
    /// WiredTiger's build folder.
    pub(crate) tree: PathBuf,
    /// As WiredTiger calls itself.
    pub(crate) version: String,
}

impl Host {
    /// Compiles it against the WiredTiger in the folder that `STRONGROOM_BENCH_WIREDTIGER` names.
    ///
    /// # Errors
    ///
    /// Why it cannot be had on this machine.
    pub(crate) fn build() -> io::Result<Self> {
        let tree = std::env::var_os("STRONGROOM_BENCH_WIREDTIGER");
        let tree = tree.ok_or_else(|| {
            io::Error::other("there is no WiredTiger to link with; `cargo xtask bench` builds it")
        })?;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-wiredtiger");
        fs::create_dir_all(&folder)?;
        let mut host = Self {
            folder,
            tree: tree.into(),
            version: String::new(),
        };
        let archive = host.tree.join("libwiredtiger.a").display().to_string();
        // Ours looks for the host's version by its name.
        let link = ["-rdynamic", "-lpthread", "-ldl", "-lm", "-lstdc++"];
        compile(
            &host,
            "host.c",
            &host.program(),
            &[&[archive.as_str()], &link[..]].concat(),
        )?;
        host.version = output(&mut Command::new(host.program()))?.trim().to_owned();
        Ok(host)
    }

    fn program(&self) -> PathBuf {
        self.file("host")
    }

    /// A path in the folder of the bench.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// One run over an empty folder: the times of all [`WORKS`].
    ///
    /// # Errors
    ///
    /// With what the host says.
    pub(crate) fn run(&self, contestant: &Contestant, size: Size) -> io::Result<Vec<Took>> {
        let home = self.file("home");
        if home.exists() {
            fs::remove_dir_all(&home)?;
        }
        fs::create_dir(&home)?;
        let mut command = Command::new(self.program());
        command
            .arg(&home)
            .arg(&contestant.settings)
            .args([size.records, size.some, size.passes].map(|count| count.to_string()))
            .env_remove("WIREDTIGER_CONFIG");
        let told = output(&mut command)
            .map_err(|error| io::Error::other(format!("{}: {error}", contestant.name)))?;
        fs::remove_dir_all(&home)?;
        let times = WORKS.iter().map(|(work, _)| took(&told, work));
        let times = times.collect::<Option<_>>();
        times.ok_or_else(|| io::Error::other(format!("{}: {told}", contestant.name)))
    }
}

/// The line of one piece of work.
fn took(told: &str, work: &str) -> Option<Took> {
    let line = |line: &str| {
        line.strip_prefix(work)?
            .strip_prefix(' ')
            .map(str::to_owned)
    };
    let line = told.lines().find_map(line)?;
    let (processor, wall) = line.split_once(' ')?;
    let time = |text: &str| text.parse().map(Duration::from_nanos).ok();
    Some(Took([time(processor)?, time(wall)?]))
}

/// Compiles a file of this folder.
///
/// # Errors
///
/// When there is no C compiler, or a header or a library is missing.
pub(crate) fn compile(host: &Host, source: &str, to: &Path, link: &[&str]) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/wiredtiger");
    let mut command = Command::new("cc");
    if cfg!(target_arch = "x86_64") {
        command.arg("-msse4.2");
    }
    command
        .args(["-O3", "-o"])
        .args([to, &folder.join(source)])
        .arg("-I")
        .arg(host.tree.join("include"))
        .args(link);
    output(&mut command).map(drop)
}

/// What a program prints, or what it complains of.
fn output(command: &mut Command) -> io::Result<String> {
    let output = command.output()?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let told = String::from_utf8_lossy(&output.stderr);
        Err(io::Error::other(told.trim().to_owned()))
    }
}
