//! Rotation with two key servers, explored in full: every order of steps, lag, failover, lost
//! messages, kills and a server that comes back without its last changes. The keystore is the real
//! one; the servers and the order of the steps are a model of `strongroom`'s rotation, whose own
//! tests cut it on the wire. Known-bad designs must break a promise here.

use std::collections::{BTreeMap, BTreeSet};

use strongroom_keystore::{Activation, Keystore, NewMaster, RotationPhase, UpdateError};

use crate::sim::{Image, SimDisk};
use crate::stores::{key_id, master_key, new_master, plan, store, uid, unlock};

/// Messages lost, kills and lost changes in one life of the real design, together.
const FAULTS: u8 = 3;
/// Fewer are enough to find a known-bad one.
const FAULTS_OF_MUTANT: u8 = 2;
/// Another copy's key, or an attacker's, that bears the store's label.
const FOREIGN: u8 = 9;
/// No life makes more keys than its faults cost.
const NUMBER_MAX: u8 = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Design {
    Real,
    /// Known bad: the old key is destroyed, not deactivated.
    Destroy,
    /// Known bad: a Create whose answer was lost is sent again.
    BlindRetry,
    /// Known bad: sealed under the new key alone once one server has it.
    NoWait,
    /// Known bad: a key that bears the store's label is taken for the one that was asked for.
    AdoptByLabel,
    /// Known bad: no number is burnt, the next attempt has the same Name.
    SameName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum KeyState {
    PreActive,
    Active,
    Deactivated,
    Destroyed,
}

/// What a key server knows: number in the Name, and state, by Unique Identifier.
type Server = BTreeMap<u8, (u8, KeyState)>;

/// What the keystore records, as far as a rotation goes by it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Record {
    phase: u8,
    number: u8,
    /// Unique Identifier, and whether it is marked activated.
    masters: Vec<(u8, bool)>,
    history: Vec<u8>,
    next: u8,
}

const NONE: u8 = 0;
const PLANNED: u8 = 1;
const CREATING: u8 = 2;
const BOTH: u8 = 3;
const DONE: u8 = 4;

/// One durable change of the keystore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Record(u8),
    Burn(u8),
    /// Unique Identifier and number of the new master.
    SealBoth(u8, u8),
    Drop,
    Activated(u8),
    SealNew(u8),
    Deactivated(u8),
}

/// What a running process knows besides its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Running {
    /// Nothing that the files do not say: as good as not running.
    Nothing,
    /// It recorded the attempt itself, and asks for the key now.
    Asks,
    /// The key that was made.
    Has(u8),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct World {
    record: Record,
    running: Running,
    servers: [Server; 2],
    /// What each server is yet to learn from the other, in order.
    lag: [Vec<(u8, (u8, KeyState))>; 2],
    down: Option<usize>,
    made: u8,
    faults: u8,
}

/// The real keystore behind the records; each change is made once.
struct Files {
    images: BTreeMap<Record, Image>,
    changed: BTreeMap<(Record, Change), Record>,
    opens: BTreeMap<(Record, u8), bool>,
}

fn number_of(unique_identifier: &str) -> u8 {
    let number = unique_identifier.strip_prefix("uid-").unwrap();
    number.parse().unwrap()
}

fn record_of(keystore: &Keystore) -> Record {
    let metadata = keystore.metadata();
    let rotation = metadata.rotation();
    Record {
        phase: rotation.map_or(NONE, |rotation| match rotation.phase {
            RotationPhase::Planned => PLANNED,
            RotationPhase::Creating => CREATING,
            RotationPhase::Both => BOTH,
            RotationPhase::Done => DONE,
            other => panic!("{other:?}"),
        }),
        number: rotation.map_or(0, |r| u8::try_from(r.plan.number).unwrap()),
        masters: metadata
            .masters()
            .map(|m| (number_of(&m.unique_identifier), m.activated))
            .collect(),
        history: metadata
            .history()
            .iter()
            .map(|m| number_of(&m.unique_identifier))
            .collect(),
        next: u8::try_from(metadata.next_number().unwrap()).unwrap(),
    }
}

impl Change {
    fn make(self, keystore: &mut Keystore, current: u8) -> Result<(), UpdateError> {
        match self {
            Self::Record(number) => keystore.record_rotation(plan(number)),
            Self::Burn(number) => keystore.burn_attempt(number.into()),
            Self::SealBoth(id, number) => {
                let master = NewMaster {
                    unique_identifier: uid(id),
                    ..new_master(number)
                };
                keystore.seal_under_both(master, &master_key(current), &master_key(id))
            }
            Self::Drop => keystore.drop_new_master(&master_key(current)),
            Self::Activated(id) => keystore.mark_activated(&uid(id)),
            Self::SealNew(id) => keystore.seal_under_new(&master_key(id), Activation::Required),
            Self::Deactivated(id) => keystore.mark_deactivated(&uid(id)),
        }
    }
}

impl Files {
    fn change(&mut self, before: &Record, change: Change) -> Record {
        if let Some(after) = self.changed.get(&(before.clone(), change)) {
            return after.clone();
        }
        let disk = SimDisk::from_image(&self.images[before]);
        let current = before.masters[0].0;
        let mut keystore = unlock(&disk, current).unwrap();
        let made = change.make(&mut keystore, current);
        made.unwrap_or_else(|error| panic!("{before:?} {change:?}: {error}"));
        let after = record_of(&keystore);
        drop(keystore);
        self.images.insert(after.clone(), disk.image());
        self.changed.insert((before.clone(), change), after.clone());
        after
    }

    /// Whether this master key opens the keystore and its data key.
    fn opens(&mut self, record: &Record, id: u8) -> bool {
        let image = &self.images[record];
        let open = || {
            let disk = SimDisk::from_image(image);
            unlock(&disk, id).is_ok_and(|keystore| keystore.key_ring(&key_id("orders")).is_ok())
        };
        *self.opens.entry((record.clone(), id)).or_insert_with(open)
    }
}

impl World {
    fn start(faults: u8) -> (Self, Files) {
        let (disk, mut keystore) = store();
        keystore.mark_activated(&uid(1)).unwrap();
        let record = record_of(&keystore);
        drop(keystore);
        let server = Server::from([
            (1, (1, KeyState::Active)),
            (FOREIGN, (0, KeyState::PreActive)),
        ]);
        let files = Files {
            images: BTreeMap::from([(record.clone(), disk.image())]),
            changed: BTreeMap::new(),
            opens: BTreeMap::new(),
        };
        let world = Self {
            record,
            running: Running::Nothing,
            servers: [server.clone(), server],
            lag: [Vec::new(), Vec::new()],
            down: None,
            made: 1,
            faults,
        };
        (world, files)
    }

    fn is_finished(&self) -> bool {
        self.record.phase == NONE && self.record.masters[0].0 != 1
    }

    /// The first server that answers.
    fn first_up(&self) -> usize {
        usize::from(self.down == Some(0))
    }

    fn up(&self) -> impl Iterator<Item = &Server> {
        let up = (0..2).filter(|at| self.down != Some(*at));
        up.map(|at| &self.servers[at])
    }

    fn told(&self, id: u8, key: (u8, KeyState)) -> Self {
        let mut world = self.clone();
        let at = world.first_up();
        world.servers[at].insert(id, key);
        world.lag[1 - at].push((id, key));
        world
    }

    fn create(&self) -> Self {
        let id = self.made + 1;
        assert!(id < FOREIGN, "{self:?}");
        let mut world = self.told(id, (self.record.number, KeyState::PreActive));
        world.made = id;
        world
    }

    fn running(mut self, running: Running) -> Self {
        self.running = running;
        self
    }

    fn faulty(&self) -> Option<Self> {
        let mut world = self.clone();
        world.faults = world.faults.checked_sub(1)?;
        Some(world)
    }

    fn changed(&self, files: &mut Files, change: Change) -> Self {
        let mut world = self.clone().running(Running::Nothing);
        world.record = files.change(&self.record, change);
        world
    }

    /// What the world does to it: changes arrive, servers go and come, one comes back without what
    /// it had not yet passed on.
    fn surroundings(&self) -> Vec<Self> {
        let mut next = Vec::new();
        for to in 0..2 {
            let mut world = self.clone();
            if !world.lag[to].is_empty() {
                let (id, key) = world.lag[to].remove(0);
                world.servers[to].insert(id, key);
                next.push(world);
            }
            if let Some(mut world) = self.faulty() {
                world.servers[to] = world.servers[1 - to].clone();
                world.lag = [Vec::new(), Vec::new()];
                next.push(world);
            }
        }
        for down in [None, Some(0), Some(1)] {
            let world = self.clone();
            next.push(Self { down, ..world });
        }
        next
    }

    /// What the rotation does next, and how that may go.
    fn steps(&self, design: Design, files: &mut Files) -> Vec<Self> {
        let record = &self.record;
        match (record.phase, self.running) {
            _ if self.is_finished() => Vec::new(),
            (NONE | PLANNED, _) => self.begin(design, files),
            (CREATING, Running::Nothing) => self.go_on(design, files),
            (CREATING, Running::Asks) => self.ask(design, files),
            (CREATING, Running::Has(id)) => self.seal_both(id, files),
            (BOTH, _) => self.switch(design, files),
            _ => self.retire(design, files),
        }
    }

    fn begin(&self, design: Design, files: &mut Files) -> Vec<Self> {
        let mut number = self.record.next;
        if design != Design::SameName {
            let server = &self.servers[self.first_up()];
            let highest = server.values().map(|key| key.0).max().unwrap_or(0);
            number = number.max(highest + 1);
        }
        assert!(number < NUMBER_MAX, "{self:?}");
        let recorded = self.changed(files, Change::Record(number));
        let killed = recorded.faulty();
        [Some(recorded.running(Running::Asks)), killed]
            .into_iter()
            .flatten()
            .collect()
    }

    /// An earlier run recorded the attempt, and nobody knows what became of it.
    fn go_on(&self, design: Design, files: &mut Files) -> Vec<Self> {
        let known = |id: &u8| self.record.masters.iter().any(|master| master.0 == *id);
        let server = &self.servers[self.first_up()];
        let labelled = server
            .keys()
            .find(|id| !known(id) && !self.record.history.contains(id));
        match labelled {
            Some(id) if design == Design::AdoptByLabel => {
                vec![self.clone().running(Running::Has(*id))]
            }
            _ if design == Design::SameName => vec![self.clone().running(Running::Asks)],
            _ => vec![self.changed(files, Change::Burn(self.record.number))],
        }
    }

    fn ask(&self, design: Design, files: &mut Files) -> Vec<Self> {
        let handled = self.create();
        let mut next = vec![handled.clone().running(Running::Has(handled.made))];
        // Lost on its way, or the answer was; then the process goes on, or is killed.
        for asked in [self, &handled] {
            let Some(faulty) = asked.faulty() else {
                continue;
            };
            next.push(faulty.clone().running(Running::Nothing));
            next.push(match design {
                Design::BlindRetry | Design::SameName => faulty,
                _ => faulty.changed(files, Change::Burn(self.record.number)),
            });
        }
        next
    }

    fn seal_both(&self, id: u8, files: &mut Files) -> Vec<Self> {
        let number = self.record.number;
        let mut next: Vec<Self> = self.faulty().into_iter().collect();
        next.iter_mut()
            .for_each(|world| world.running = Running::Nothing);
        if self.up().any(|server| server.contains_key(&id)) {
            next.push(self.changed(files, Change::SealBoth(id, number)));
        } else {
            let arrives = self.lag.iter().flatten().any(|(key, _)| *key == id);
            let gone = !arrives && self.servers.iter().all(|s| !s.contains_key(&id));
            let world = if gone {
                Some(self.clone())
            } else {
                self.faulty()
            };
            next.extend(world.map(|world| world.changed(files, Change::Burn(number))));
        }
        next
    }

    fn switch(&self, design: Design, files: &mut Files) -> Vec<Self> {
        let (id, marked) = self.record.masters[1];
        let states: Vec<Option<KeyState>> = self
            .servers
            .iter()
            .map(|server| server.get(&id).map(|key| key.1))
            .collect();
        let answered = self.down.is_none();
        let past_use = |state: &Option<KeyState>| *state > Some(KeyState::Active);
        if (answered && states.iter().all(Option::is_none)) || states.iter().any(past_use) {
            return vec![self.changed(files, Change::Drop)];
        }
        let careless = design == Design::NoWait;
        let first = states[self.first_up()];
        let readable = answered && states.iter().all(Option::is_some);
        let active = answered && states.iter().all(|state| *state == Some(KeyState::Active));
        match first {
            _ if !(readable || careless && first.is_some()) => Vec::new(),
            Some(KeyState::PreActive) => {
                let number = self.servers[self.first_up()][&id].0;
                vec![self.told(id, (number, KeyState::Active))]
            }
            _ if !active && !careless => Vec::new(),
            _ if !marked => vec![self.changed(files, Change::Activated(id))],
            _ => vec![self.changed(files, Change::SealNew(id))],
        }
    }

    fn retire(&self, design: Design, files: &mut Files) -> Vec<Self> {
        let old = *self.record.history.last().unwrap();
        let end = match design {
            Design::Destroy => KeyState::Destroyed,
            _ => KeyState::Deactivated,
        };
        match self.servers[self.first_up()].get(&old) {
            Some((number, KeyState::Active)) => vec![self.told(old, (*number, end))],
            _ => vec![self.changed(files, Change::Deactivated(old))],
        }
    }

    /// The promise that is broken here, if one is.
    fn breach(&self, files: &mut Files) -> Option<&'static str> {
        for server in &self.servers {
            let usable = |id: u8| {
                let state = server.get(&id).map(|key| key.1);
                matches!(state, Some(KeyState::PreActive | KeyState::Active))
            };
            let mut masters = self.record.masters.iter().map(|master| master.0);
            if !masters.any(|id| usable(id) && files.opens(&self.record, id)) {
                return Some("a server alone does not open the store");
            }
            if server[&1].1 == KeyState::Destroyed {
                return Some("a backup under the old key is lost");
            }
            let numbers: BTreeSet<u8> = server.values().map(|key| key.0).collect();
            if numbers.len() < server.len() {
                return Some("two keys of one Name");
            }
        }
        let mut masters = self.record.masters.iter().map(|master| master.0);
        if masters.any(|id| id == FOREIGN) {
            return Some("sealed under a key that is not ours");
        }
        let known = |id: &u8| {
            let masters = self.record.masters.iter().map(|master| master.0);
            masters.chain(self.record.history.clone()).any(|m| m == *id)
        };
        let mut keys = self.servers.iter().flatten();
        if keys.any(|(id, key)| !known(id) && key.1 == KeyState::Active) {
            return Some("an Active stray");
        }
        None
    }
}

/// What the full exploration found.
#[derive(Debug, Default)]
struct Found {
    worlds: usize,
    finished: usize,
    /// Worlds from which no rotation comes to its end.
    stuck: usize,
    breaches: BTreeMap<&'static str, usize>,
}

fn explore(design: Design, faults: u8) -> Found {
    let (start, mut files) = World::start(faults);
    let mut at = BTreeMap::from([(start.clone(), 0_usize)]);
    let mut worlds = vec![start];
    let mut before: Vec<Vec<usize>> = vec![Vec::new()];
    let mut found = Found::default();
    let mut next = 0;
    while next < worlds.len() {
        let world = worlds[next].clone();
        if let Some(breach) = world.breach(&mut files) {
            *found.breaches.entry(breach).or_default() += 1;
        } else {
            let mut after = world.steps(design, &mut files);
            after.extend(world.surroundings());
            for after in after {
                let index = *at.entry(after.clone()).or_insert(worlds.len());
                if index == worlds.len() {
                    worlds.push(after);
                    before.push(Vec::new());
                }
                before[index].push(next);
            }
        }
        next += 1;
    }
    found.worlds = worlds.len();
    let finished: Vec<usize> = (0..worlds.len())
        .filter(|index| worlds[*index].is_finished())
        .collect();
    found.finished = finished.len();
    let mut ends = vec![false; worlds.len()];
    let mut to_see = finished;
    while let Some(index) = to_see.pop() {
        if !std::mem::replace(&mut ends[index], true) {
            to_see.extend(&before[index]);
        }
    }
    found.stuck = ends.iter().filter(|ends| !**ends).count();
    found
}

#[test]
fn rotation_with_two_servers_explored_in_full_loses_nothing_and_always_comes_to_its_end() {
    let found = explore(Design::Real, FAULTS);
    println!("rotation model: {found:?}");
    assert!(found.breaches.is_empty(), "{found:?}");
    assert_eq!(found.stuck, 0, "{found:?}");
    assert!(found.finished > 10 && found.worlds > 1000, "{found:?}");
}

#[test]
fn known_bad_rotations_are_found() {
    for (design, breach) in [
        (Design::Destroy, "a backup under the old key is lost"),
        (Design::BlindRetry, "two keys of one Name"),
        (Design::NoWait, "a server alone does not open the store"),
        (Design::AdoptByLabel, "sealed under a key that is not ours"),
        (Design::SameName, "two keys of one Name"),
    ] {
        let found = explore(design, FAULTS_OF_MUTANT);
        println!("{design:?}: {found:?}");
        assert!(found.breaches.contains_key(breach), "{design:?}: {found:?}");
    }
}
