//! Every state that a crash may leave: each prefix of the operations, each subset of what was
//! not yet synced, and one bad sector on top.
//!
//! The model: 256-octet sectors (a snapshot has several); a sync of a file does not make its
//! name durable; pending directory operations reach the disk in any subset; a skipped sector
//! may or may not have made the file longer; disks do not lie.

use std::collections::{BTreeMap, BTreeSet};

use strongroom_keystore::DirState;

use crate::sim::{BadSector, Filler, Image, Op, SimDisk};
use crate::stores::{inspect, key_id, master_key, uid};

const SECTOR_LEN: usize = 256;
/// 2^this many subsets at most.
const PENDING_MAX: usize = 16;

/// What exploring found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) states: usize,
    /// States from which nothing opens.
    pub(crate) lost: usize,
    /// States that open with less than was acknowledged.
    pub(crate) forgotten: usize,
    /// The same with one bad sector on top.
    pub(crate) bad_sector_states: usize,
    pub(crate) bad_sector_lost: usize,
    /// The same with one that cannot be read at all.
    pub(crate) unreadable_states: usize,
    pub(crate) unreadable_lost: usize,
}

impl Verdict {
    pub(crate) fn is_clean(&self) -> bool {
        self.lost == 0
            && self.forgotten == 0
            && self.bad_sector_lost == 0
            && self.unreadable_lost == 0
    }
}

/// Explores the operations `log` on a disk that durably holds `start`; the generation before
/// is `old` (0: no keystore).
pub(crate) fn explore(start: &Image, log: &[Op], old: u64) -> Verdict {
    judge(start, log, old, (false, Filler::Real))
}

/// As `explore`, up to the first state that is bad.
pub(crate) fn explore_mutant(start: &Image, log: &[Op], old: u64) -> Verdict {
    judge(start, log, old, (true, Filler::Real))
}

/// As `explore_mutant`, with a reader that treats bad sectors in a known-bad way.
pub(crate) fn explore_reader(start: &Image, log: &[Op], old: u64, filler: Filler) -> Verdict {
    judge(start, log, old, (true, filler))
}

fn judge(start: &Image, log: &[Op], old: u64, (stop_at_first, filler): (bool, Filler)) -> Verdict {
    let mut verdict = Verdict::default();
    let mut reader = Reader::default();
    for (acknowledged, image) in crash_states(start, log, old) {
        if stop_at_first && !verdict.is_clean() {
            break;
        }
        verdict.states += 1;
        match reader.opens(&image) {
            Opens::Generation(generation) if generation >= acknowledged => {}
            Opens::Nothing if acknowledged == 0 => {}
            Opens::Generation(_) | Opens::Nothing => verdict.forgotten += 1,
            Opens::Lost => verdict.lost += 1,
        }
        for image in bad_sectors(&image) {
            verdict.bad_sector_states += 1;
            let survives = match reader.opens(&image) {
                // What was acknowledged stands in both copies.
                Opens::Generation(generation) => generation >= acknowledged,
                // The only copy of a keystore that nobody was told of yet went bad.
                Opens::Nothing | Opens::Lost => acknowledged == 0,
            };
            verdict.bad_sector_lost += usize::from(!survives);
        }
        for sector in unreadable_sectors(&image, filler) {
            verdict.unreadable_states += 1;
            let survives = match reader.opens_with(&image, Some(sector)) {
                Opens::Generation(generation) => generation >= acknowledged,
                Opens::Nothing | Opens::Lost => acknowledged == 0,
            };
            verdict.unreadable_lost += usize::from(!survives);
        }
    }
    verdict
}

/// Opens each image once; temporary files, which no reader looks at, make no difference.
#[derive(Default)]
struct Reader(BTreeMap<(Image, Option<BadSector>), Opens>);

impl Reader {
    fn opens(&mut self, image: &Image) -> Opens {
        self.opens_with(image, None)
    }

    fn opens_with(&mut self, image: &Image, bad: Option<BadSector>) -> Opens {
        let mut image = image.clone();
        image.retain(|name, _| !name.ends_with(".tmp"));
        let open = || opens(&image, bad.as_slice());
        let key = (image.clone(), bad.clone());
        *self.0.entry(key).or_insert_with(open)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opens {
    /// Whole, authentic under every master it names, all keys open, both copies mended.
    Generation(u64),
    /// A first start.
    Nothing,
    Lost,
}

pub(crate) fn opens(image: &Image, bad: &[BadSector]) -> Opens {
    let disk_again = || {
        let disk = SimDisk::from_image(image);
        bad.iter().for_each(|sector| disk.break_sector(sector));
        disk
    };
    let disk = disk_again();
    let state = match inspect(&disk) {
        Ok(DirState::Keystore(found)) => found,
        Ok(DirState::Empty | DirState::IntentOnly(_)) => return Opens::Nothing,
        Ok(_) | Err(_) => return Opens::Lost,
    };
    let masters: Vec<u8> = (1..=4)
        .filter(|number| {
            state
                .metadata()
                .masters()
                .any(|m| m.unique_identifier == uid(*number))
        })
        .collect();
    drop(state);
    let mut generation = 0;
    for master in &masters {
        // Anew for each: mending must not help the next.
        let disk = disk_again();
        let Ok(DirState::Keystore(found)) = inspect(&disk) else {
            return Opens::Lost;
        };
        let Ok(keystore) = found.unlock(&uid(*master), &master_key(*master)) else {
            return Opens::Lost;
        };
        let has_keys =
            keystore.metadata().keys().len() == 0 || keystore.key_ring(&key_id("orders")).is_ok();
        if keystore.verify().is_err() || !has_keys || keystore.is_poisoned() {
            return Opens::Lost;
        }
        generation = keystore.metadata().generation();
    }
    if generation == 0 {
        Opens::Lost
    } else {
        Opens::Generation(generation)
    }
}

/// (highest generation acknowledged, image), each once.
pub(crate) fn crash_states(start: &Image, log: &[Op], old: u64) -> BTreeSet<(u64, Image)> {
    let mut states = BTreeSet::new();
    for end in 0..=log.len() {
        let mut disk = Durable::new(start);
        let mut acknowledged = old;
        for op in &log[..end] {
            disk.apply(op);
            if let Op::Ack(generation) = op {
                acknowledged = acknowledged.max(*generation);
            }
        }
        for image in disk.images() {
            states.insert((acknowledged, image));
        }
    }
    states
}

/// What is durable, and what is pending in which order.
struct Durable {
    names: BTreeMap<String, usize>,
    inodes: BTreeMap<usize, Vec<u8>>,
    pending_names: Vec<NameOp>,
    /// Content as written since the last sync, by inode.
    pending_content: BTreeMap<usize, Vec<u8>>,
    /// Inodes of the log that are files of the start.
    opened: BTreeMap<usize, usize>,
    /// The names as a reader sees them.
    seen: BTreeMap<String, usize>,
}

#[derive(Clone)]
enum NameOp {
    Link(String, usize),
    Move(String, String, usize),
    Unlink(String),
}

impl Durable {
    fn new(start: &Image) -> Self {
        let numbered = || start.iter().enumerate();
        let names: BTreeMap<String, usize> = numbered()
            .map(|(at, (name, _))| (name.clone(), at))
            .collect();
        Self {
            inodes: numbered()
                .map(|(at, (_, octets))| (at, octets.clone()))
                .collect(),
            seen: names.clone(),
            names,
            pending_names: Vec::new(),
            pending_content: BTreeMap::new(),
            opened: BTreeMap::new(),
        }
    }

    fn apply(&mut self, op: &Op) {
        // Inodes of the log are set apart from those of the start.
        let opened = self.opened.clone();
        let shift = |inode: usize| opened.get(&inode).copied().unwrap_or(inode + 1000);
        match op {
            Op::Open { name, inode } => {
                self.opened.insert(*inode, self.seen[name]);
            }
            Op::Create { name, inode } => {
                let shift = |inode: usize| inode + 1000;
                self.opened.remove(inode);
                self.inodes.insert(shift(*inode), Vec::new());
                self.pending_content.insert(shift(*inode), Vec::new());
                self.seen.insert(name.clone(), shift(*inode));
                self.pending_names
                    .push(NameOp::Link(name.clone(), shift(*inode)));
            }
            Op::Write { inode, octets } => {
                let durable = &self.inodes[&shift(*inode)];
                let content = self.pending_content.entry(shift(*inode));
                content
                    .or_insert_with(|| durable.clone())
                    .extend_from_slice(octets);
            }
            Op::Sync { inode } => {
                if let Some(content) = self.pending_content.remove(&shift(*inode)) {
                    self.inodes.insert(shift(*inode), content);
                }
            }
            Op::Rename { from, to } => {
                let inode = self.seen.remove(from).unwrap();
                self.seen.insert(to.clone(), inode);
                self.pending_names
                    .push(NameOp::Move(from.clone(), to.clone(), inode));
            }
            Op::Remove { name } => {
                self.seen.remove(name);
                self.pending_names.push(NameOp::Unlink(name.clone()));
            }
            Op::SyncDir => {
                self.pending_names.clear();
                self.names = self.seen.clone();
            }
            Op::Ack(_) => {}
        }
    }

    /// Every image that a power cut may leave now.
    fn images(&self) -> Vec<Image> {
        let sectors: Vec<(usize, usize)> = self
            .pending_content
            .iter()
            .flat_map(|(inode, content)| {
                let durable = &self.inodes[inode];
                (0..content.len().div_ceil(SECTOR_LEN))
                    .filter(|sector| sector_of(content, *sector) != sector_of(durable, *sector))
                    .map(|sector| (*inode, sector))
            })
            .collect();
        let pending = self.pending_names.len() + sectors.len();
        assert!(pending <= PENDING_MAX, "{pending} pending operations");
        let mut images = Vec::new();
        for subset in 0_u32..1 << pending {
            let chosen = |at: usize| subset & (1 << at) != 0;
            let mut names = self.names.clone();
            for (at, op) in self.pending_names.iter().enumerate() {
                if chosen(at) {
                    op.apply(&mut names);
                }
            }
            for grown in [false, true] {
                let mut inodes = self.inodes.clone();
                for (at, (inode, sector)) in sectors.iter().enumerate() {
                    let all = &self.pending_content[inode];
                    let file = inodes.get_mut(inode).unwrap();
                    if grown {
                        file.resize(file.len().max(all.len()), 0);
                    }
                    if chosen(self.pending_names.len() + at) {
                        let start = sector * SECTOR_LEN;
                        let end = all.len().min(start + SECTOR_LEN);
                        file.resize(file.len().max(end), 0);
                        file[start..end].copy_from_slice(&all[start..end]);
                    }
                }
                let content =
                    |(name, inode): (&String, &usize)| (name.clone(), inodes[inode].clone());
                images.push(names.iter().map(content).collect());
            }
        }
        images
    }
}

fn sector_of(octets: &[u8], sector: usize) -> &[u8] {
    let start = octets.len().min(sector * SECTOR_LEN);
    &octets[start..octets.len().min(start + SECTOR_LEN)]
}

impl NameOp {
    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            Self::Link(name, inode) => {
                names.insert(name.clone(), *inode);
            }
            Self::Move(from, to, inode) => {
                names.remove(from);
                names.insert(to.clone(), *inode);
            }
            Self::Unlink(name) => {
                names.remove(name);
            }
        }
    }
}

/// Each sector of each copy, of both sizes that disks have.
pub(crate) fn unreadable_sectors(image: &Image, filler: Filler) -> BTreeSet<BadSector> {
    let mut sectors = BTreeSet::new();
    for (name, octets) in image {
        if name.ends_with(".tmp") {
            continue;
        }
        for len in [512, 4096] {
            sectors.extend((0..octets.len()).step_by(len).map(|start| BadSector {
                name: name.clone(),
                start,
                end: octets.len().min(start + len),
                filler,
            }));
        }
    }
    sectors
}

/// The image with each sector of each file gone bad, one at a time.
fn bad_sectors(image: &Image) -> Vec<Image> {
    let mut images = Vec::new();
    for (name, octets) in image {
        for start in (0..octets.len()).step_by(SECTOR_LEN) {
            let mut image = image.clone();
            let end = octets.len().min(start + SECTOR_LEN);
            for octet in &mut image.get_mut(name).unwrap()[start..end] {
                *octet ^= 0xa5;
            }
            images.push(image);
        }
    }
    images
}
