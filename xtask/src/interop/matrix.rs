//! The matrix operation x version x peer: each cell is a real exchange whose answer is checked.
//!
//! May touch: servers on loopback that it starts.

mod bundled;
mod cell;
mod foreign;
mod known;
mod pins;
mod play;
mod player;
mod report;
mod rows;

use std::time::Instant;

use strongroom_kmip::ProtocolVersion;
use strongroom_server::Profile;

use self::bundled::Bundled;
use self::cell::{Cell, Expected, Pin, Verdict};
use self::known::Known;
use self::player::{Access, Miss, Played, Player};
use self::rows::{ROWS, Row};
use super::pykmip::Server;
use super::site::Stage;
use crate::Outcome;

pub(super) use self::report::table;

/// One client against one server, with the cells of all its versions.
#[derive(serde::Serialize)]
pub(super) struct Matrix {
    client: &'static str,
    server: String,
    versions: Vec<String>,
    cells: Vec<Cell>,
}

impl Matrix {
    /// How many cells failed.
    pub(super) fn failed(&self) -> usize {
        self.count(Verdict::Failed)
    }

    fn count(&self, verdict: Verdict) -> usize {
        let cells = self.cells.iter();
        cells.filter(|cell| cell.verdict == verdict).count()
    }
}

const PYKMIP: &str = "PyKMIP 0.11.0";

/// Those of PyKMIP 0.11.0.
const PYKMIP_VERSIONS: [ProtocolVersion; 6] = [
    ProtocolVersion::V1_0,
    ProtocolVersion::V1_1,
    ProtocolVersion::V1_2,
    ProtocolVersion::V1_3,
    ProtocolVersion::V1_4,
    ProtocolVersion::V2_0,
];

fn access<'a>(stage: &Stage<'a>, port: u16) -> Access<'a> {
    Access {
        port,
        ca: &stage.pki.ca,
        client: &stage.pki.client,
    }
}

/// All matrices, one after the other.
pub(super) fn play(stage: &Stage<'_>) -> Outcome<Vec<Matrix>> {
    let known = Known::ask(stage)?;
    let mut matrices = vec![pykmip_server(stage)?, pykmip_client(stage, &known)?];
    for profile in Profile::ALL {
        matrices.push(bundled(stage, &known, profile)?);
    }
    Ok(matrices)
}

/// Our client against PyKMIP's server.
fn pykmip_server(stage: &Stage<'_>) -> Outcome<Matrix> {
    let folder = stage.folder.join("matrix-pykmip");
    let server = Server::start(stage.venv, &folder, stage.pki)?;
    let mut matrix = Matrix::new("strongroom", PYKMIP, &PYKMIP_VERSIONS);
    for version in PYKMIP_VERSIONS {
        matrix.ours(&access(stage, server.port), version, |row| {
            Pin::find(pins::PYKMIP_SERVER, &row.label(), version).map(Expected::from)
        })?;
    }
    Ok(matrix)
}

/// PyKMIP's client against the bundled server.
fn pykmip_client(stage: &Stage<'_>, known: &Known) -> Outcome<Matrix> {
    let profile = Profile::STRONGROOM;
    let server = Bundled::start(stage.binary, stage.pki, profile.name)?;
    let mut matrix = Matrix::new(PYKMIP, &bundled_name(profile), &PYKMIP_VERSIONS);
    for version in PYKMIP_VERSIONS {
        matrix.foreign(stage, server.port, version, |row| {
            Pin::find(pins::PYKMIP_CLIENT, &row.label(), version)
                .map(Expected::from)
                .or_else(|| known.lacks(profile, row, version))
        })?;
    }
    Ok(matrix)
}

/// Our client against a profile of the bundled server, in all its versions.
fn bundled(stage: &Stage<'_>, known: &Known, profile: Profile) -> Outcome<Matrix> {
    let server = Bundled::start(stage.binary, stage.pki, profile.name)?;
    let mut versions = profile.versions.to_vec();
    versions.sort();
    let mut matrix = Matrix::new("strongroom", &bundled_name(profile), &versions);
    for version in versions {
        matrix.ours(&access(stage, server.port), version, |row| {
            known.lacks(profile, row, version)
        })?;
    }
    Ok(matrix)
}

fn bundled_name(profile: Profile) -> String {
    format!("strongroom server --profile {}", profile.name)
}

impl Matrix {
    fn new(client: &'static str, server: &str, versions: &[ProtocolVersion]) -> Self {
        Self {
            client,
            server: server.to_owned(),
            versions: versions.iter().map(ToString::to_string).collect(),
            cells: Vec::new(),
        }
    }

    /// All rows by our client at one version.
    fn ours(
        &mut self,
        access: &Access<'_>,
        version: ProtocolVersion,
        expected: impl Fn(&Row) -> Option<Expected>,
    ) -> Outcome {
        let started = Instant::now();
        let mut player = Player::connect(access, version)?;
        for row in ROWS {
            self.cells.push(if row.is_in(version) {
                let played = player.play(row);
                Cell::judge(row.label(), version, played, expected(row))
            } else {
                Cell::without(row.label(), version, Verdict::NotInVersion)
            });
        }
        self.say(started, version);
        Ok(())
    }

    /// All rows by PyKMIP's client at one version.
    fn foreign(
        &mut self,
        stage: &Stage<'_>,
        port: u16,
        version: ProtocolVersion,
        expected: impl Fn(&Row) -> Option<Expected>,
    ) -> Outcome {
        let started = Instant::now();
        let access = access(stage, port);
        let mut answers = foreign::play(stage.venv, stage.folder, &access, version)?;
        for row in ROWS {
            let label = row.label();
            self.cells.push(if !row.is_in(version) {
                Cell::without(label, version, Verdict::NotInVersion)
            } else if foreign::LACKS.contains(&label.as_str()) {
                Cell::without(label, version, Verdict::NotInClient)
            } else {
                let played = answers.take(&label);
                Cell::judge(label, version, played, expected(row))
            });
        }
        if let Some(row) = answers.left() {
            return Err(
                format!("client.py played \"{row}\" at {version}: unasked or twice").into(),
            );
        }
        self.say(started, version);
        Ok(())
    }

    fn say(&self, started: Instant, version: ProtocolVersion) {
        let took = started.elapsed().as_secs_f32();
        let Self { client, server, .. } = self;
        eprintln!("       {took:5.1} s  matrix: {client}, {server}, KMIP {version}");
    }
}

impl Player {
    fn play(&mut self, row: &Row) -> Played {
        self.refresh()
            .map_err(|error| Miss(format!("no session: {error}")))?;
        (row.play)(self)
    }
}
