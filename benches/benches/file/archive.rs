//! An archive of 1 GiB, as `mongodump` would write it of the bundled records: BSON documents behind one
//! another. From file to file, without waiting for the disk.
//! May touch: a folder for temporary files of the build; the commands `openssl` and `rage`, where they are.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use strongroom_benches::{Goal, Session, Work};
use strongroom_file::{Threads, seal_stream};

use super::{ring, row, threads};

/// Octets of the archive.
const LEN: usize = 1 << 30;
/// Records that the repository has anyway.
const RECORDS: &str = include_str!("../../../crates/cli/data/faa-wildlife-strikes.csv");

/// Of the age specification's example; nobody here has its identity.
const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/// Where the files are; gone with the bench.
struct Folder(PathBuf);

impl Folder {
    fn make() -> io::Result<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-file");
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left there is overwritten by the next run.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// One document: `_id` and the fields of a line as strings.
#[expect(clippy::little_endian_bytes, reason = "BSON")]
fn document(id: i64, names: &[&str], line: &str, room: &mut Vec<u8>) {
    room.clear();
    room.extend_from_slice(&[0; 4]);
    room.extend_from_slice(b"\x12_id\0");
    room.extend_from_slice(&id.to_le_bytes());
    for (name, value) in names.iter().zip(line.split(',')) {
        room.push(2);
        room.extend_from_slice(name.as_bytes());
        room.push(0);
        let len = u32::try_from(value.len().saturating_add(1)).expect("a line is short");
        room.extend_from_slice(&len.to_le_bytes());
        room.extend_from_slice(value.as_bytes());
        room.push(0);
    }
    room.push(0);
    let len = u32::try_from(room.len()).expect("a document is short");
    if let Some(place) = room.first_chunk_mut() {
        *place = len.to_le_bytes();
    }
}

fn write_archive(path: &Path) -> io::Result<()> {
    let mut to = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut lines = RECORDS.lines();
    let names: Vec<_> = lines.next().unwrap_or_default().split(',').collect();
    let (mut room, mut left) = (Vec::new(), LEN);
    for (id, line) in (0..).zip(lines.cycle()) {
        document(id, &names, line, &mut room);
        let now = room.get(..left).unwrap_or(&room);
        to.write_all(now)?;
        left = left.saturating_sub(now.len());
        if left == 0 {
            break;
        }
    }
    to.flush()
}

fn ours(folder: &Rc<Folder>, count: Threads) -> Work<'static> {
    let (folder, ring) = (Rc::clone(folder), ring());
    Work::new(move || {
        let mut from = File::open(folder.file("plain")).expect("the archive");
        let mut to = File::create(folder.file("ours")).expect("room on the disk");
        let done = seal_stream(&ring, &mut from, &mut to, count, &mut |_| ());
        assert_eq!(done.expect("sealed"), LEN as u64);
    })
}

fn copy(folder: &Rc<Folder>) -> Work<'static> {
    let folder = Rc::clone(folder);
    Work::new(move || {
        let mut from = File::open(folder.file("plain")).expect("the archive");
        let mut to = File::create(folder.file("copy")).expect("room on the disk");
        let mut room = vec![0; 1 << 19];
        loop {
            let len = io::Read::read(&mut from, &mut room).expect("read");
            if len == 0 {
                break;
            }
            to.write_all(room.get(..len).unwrap_or_default())
                .expect("written");
        }
    })
}

fn openssl(folder: &Rc<Folder>) -> Work<'static> {
    let folder = Rc::clone(folder);
    Work::new(move || {
        let status = Command::new("openssl")
            .args([
                "enc",
                "-aes-256-ctr",
                "-K",
                &"07".repeat(32),
                "-iv",
                &"07".repeat(16),
                "-in",
            ])
            .arg(folder.file("plain"))
            .arg("-out")
            .arg(folder.file("openssl"))
            .status();
        assert!(status.expect("openssl runs").success());
    })
}

/// The `rage` command, where it is: on the path, or installed into `target/tools` by
/// `cargo install rage --root target/tools`.
fn rage() -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tools/bin/rage");
    let places = [own, PathBuf::from("rage")];
    let runs = |place: &PathBuf| Command::new(place).arg("--version").output().is_ok();
    places.into_iter().find(runs)
}

fn age(folder: &Rc<Folder>, rage: PathBuf) -> Work<'static> {
    let folder = Rc::clone(folder);
    Work::new(move || {
        let status = Command::new(&rage)
            .args(["--encrypt", "--recipient", RECIPIENT, "--output"])
            .args([folder.file("age"), folder.file("plain")])
            .status();
        assert!(status.expect("rage runs").success());
    })
}

/// Adds the rows of the archive.
pub(crate) fn rows(session: &mut Session<'static>) -> io::Result<()> {
    let folder = Rc::new(Folder::make()?);
    write_archive(&folder.file("plain"))?;
    let mut works = vec![
        ours(&folder, threads(2)),
        ours(&folder, Threads::ONE),
        copy(&folder),
    ];
    let mut rows = vec![
        (
            row("seal archive, 2 threads", LEN, "copy", Goal::Time),
            (0, 2),
        ),
        (
            row("seal archive, 1 thread", LEN, "copy", Goal::Time),
            (1, 2),
        ),
    ];
    let mut against = |works: &[Work<'static>], name, goal| {
        let row = row("seal archive, 2 threads", LEN, name, goal);
        rows.push((row, (0, works.len().saturating_sub(1))));
    };
    if let Some(rage) = rage() {
        works.push(age(&folder, rage));
        against(&works, "rage", Goal::SpeedAtLeast(3.0));
    }
    if Command::new("openssl").arg("version").output().is_ok() {
        works.push(openssl(&folder));
        against(&works, "openssl enc", Goal::Speed);
    }
    session.rows(works, &rows);
    Ok(())
}
