//! The matrix operation x version x peer: each cell is a real exchange whose answer is checked.
//!
//! May touch: servers on loopback that it starts.

mod cell;
mod pins;
mod play;
mod player;
mod report;
mod rows;

use std::path::Path;
use std::time::Instant;

use strongroom_kmip::ProtocolVersion;

use self::cell::{Cell, Expected, Pin, Verdict};
use self::player::{Access, Miss, Played, Player};
use self::rows::{ROWS, Row};
use super::pki::Pki;
use super::pykmip::Server;
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

/// Those of PyKMIP 0.11.0.
const PYKMIP_VERSIONS: [ProtocolVersion; 6] = [
    ProtocolVersion::V1_0,
    ProtocolVersion::V1_1,
    ProtocolVersion::V1_2,
    ProtocolVersion::V1_3,
    ProtocolVersion::V1_4,
    ProtocolVersion::V2_0,
];

/// All matrices; servers write below `folder`.
pub(super) fn play(venv: &Path, folder: &Path, pki: &Pki) -> Outcome<Vec<Matrix>> {
    let server = Server::start(venv, &folder.join("matrix-pykmip"), pki)?;
    let access = Access {
        port: server.port,
        ca: &pki.ca,
        client: &pki.client,
    };
    let pinned = |row: &Row, version| {
        Pin::find(pins::PYKMIP_SERVER, &row.label(), version).map(Expected::from)
    };
    let pykmip = ours("PyKMIP 0.11.0", &access, &PYKMIP_VERSIONS, pinned)?;
    drop(server);
    Ok(vec![pykmip])
}

/// Our client against one server, at each of these versions.
fn ours(
    server: &str,
    access: &Access<'_>,
    versions: &[ProtocolVersion],
    expected: impl Fn(&Row, ProtocolVersion) -> Option<Expected>,
) -> Outcome<Matrix> {
    let mut cells = Vec::new();
    for &version in versions {
        let started = Instant::now();
        let mut player = Player::connect(access, version)?;
        for row in ROWS {
            cells.push(if row.is_in(version) {
                let played = player.play(row);
                Cell::judge(row.label(), version, played, expected(row, version))
            } else {
                Cell::not_in_version(row.label(), version)
            });
        }
        let took = started.elapsed().as_secs_f32();
        eprintln!("       {took:5.1} s  matrix: our client, {server}, KMIP {version}");
    }
    Ok(Matrix {
        client: "strongroom",
        server: server.to_owned(),
        versions: versions.iter().map(ToString::to_string).collect(),
        cells,
    })
}

impl Player {
    fn play(&mut self, row: &Row) -> Played {
        self.refresh()
            .map_err(|error| Miss(format!("no session: {error}")))?;
        (row.play)(self)
    }
}
