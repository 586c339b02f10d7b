//! Sealed units against raw ring, the other libraries, a copy, and pages of PSMDB on the system's
//! OpenSSL.
#![forbid(unsafe_code)]
#![expect(
    clippy::expect_used,
    reason = "a bench that cannot run must say so and stop"
)]

mod contestant;
#[path = "../psmdb/openssl.rs"]
mod openssl;
mod threads;
mod work;

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use strongroom_benches::{Allocations, Goal, Row, Session, Work};
use strongroom_cipher::AesPath;
use strongroom_psmdb::{CBC_GROWTH_MAX, CbcIvs, CbcKey};
use strongroom_secret::SecretBytes;
use strongroom_secret::count::{Counting, allocations};

use contestant::{Contestant, OUR_AAD_LEN, Ours, Ring};
use openssl::OpenSsl;
use work::Cold;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Octets of a unit, and the share of ring's speed that is wanted.
const LENGTHS: [(usize, f64); 5] = [
    (512, 0.70),
    (4096, 0.90),
    (16_384, 0.97),
    (32_768, 0.98),
    (131_072, 0.98),
];
/// From here on a second thread must bring as much as it brings ring.
const BULK_LEN: usize = 4096;

type Peer = Rc<RefCell<OpenSsl>>;

/// The pieces of work of one entry, and what their places are called.
struct Field {
    works: Vec<Work<'static>>,
    rows: Vec<(Row, (usize, usize))>,
    ours: Row,
}

impl Field {
    fn new(ours: Row, work: Work<'static>) -> Self {
        let works = vec![work];
        let rows = Vec::new();
        Self { works, rows, ours }
    }

    /// Ours against this one.
    fn against(&mut self, name: &'static str, goal: Goal, work: Work<'static>) {
        let row = Row {
            against: name,
            goal,
            ..self.ours
        };
        self.rows.push((row, (0, self.works.len())));
        self.works.push(work);
    }
}

const fn row(work: &'static str, bytes: usize, against: &'static str, goal: Goal) -> Row {
    Row::on_octets(["cipher", work, against], bytes, goal)
}

/// Allocations of one more unit, after the first.
fn counted(len: usize, is_open: bool) -> Option<Allocations> {
    let (mut ours, mut unit) = (Ours::new(), vec![7; len]);
    let kept = ours.seal(&mut unit);
    let count = match is_open {
        true => allocations(|| ours.open(&mut unit, &kept)),
        false => allocations(|| {
            ours.seal(&mut unit);
        }),
    };
    let at_most = Some(0);
    Some(Allocations { count, at_most })
}

fn sealing(len: usize, share: f64, peer: Option<&Peer>) -> Field {
    let row = Row {
        allocations: counted(len, false),
        ..row("seal", len, "", Goal::Speed)
    };
    let mut field = Field::new(row, work::seal(Ours::new(), len));
    let ring = work::seal(Ring::new(OUR_AAD_LEN), len);
    field.against("ring", Goal::SpeedAtLeast(share), ring);
    let bare = work::seal(Ring::new(0), len);
    field.against("ring without AAD", Goal::Speed, bare);
    #[cfg(feature = "peers")]
    {
        let aws_lc = work::seal(contestant::AwsLc::new(), len);
        field.against("aws-lc-rs", Goal::Speed, aws_lc);
        let rust_crypto = work::seal(contestant::RustCrypto::new(), len);
        field.against("aes-gcm", Goal::Speed, rust_crypto);
        let goal = match len {
            16_384.. => Goal::SpeedAtLeast(1.1),
            _ => Goal::Speed,
        };
        field.works.push(work::seal(Ours::on_aws_lc(), len));
        let row = crate::row("seal on AWS-LC", len, "ring", goal);
        field.rows.push((row, (5, 1)));
    }
    field.against("memcpy", Goal::Speed, copy(len));
    against_openssl(&mut field, peer, len, ["seal", "encrypt"]);
    field
}

fn opening(len: usize, share: f64, peer: Option<&Peer>) -> Field {
    let row = Row {
        allocations: counted(len, true),
        ..row("open", len, "", Goal::Speed)
    };
    let mut field = Field::new(row, work::open(Ours::new(), len));
    let ring = work::open(Ring::new(OUR_AAD_LEN), len);
    field.against("ring", Goal::SpeedAtLeast(share), ring);
    let bare = work::open(Ring::new(0), len);
    field.against("ring without AAD", Goal::Speed, bare);
    #[cfg(feature = "peers")]
    {
        let aws_lc = work::open(contestant::AwsLc::new(), len);
        field.against("aws-lc-rs", Goal::Speed, aws_lc);
        let rust_crypto = work::open(contestant::RustCrypto::new(), len);
        field.against("aes-gcm", Goal::Speed, rust_crypto);
    }
    field.against("memcpy", Goal::Speed, copy(len));
    against_openssl(&mut field, peer, len, ["open", "decrypt"]);
    field
}

fn sealing_cold(len: usize, cold: &Cold) -> Field {
    let ours = cold.seal(Ours::new(), len);
    let mut field = Field::new(row("seal cold", len, "", Goal::Speed), ours);
    let ring = cold.seal(Ring::new(OUR_AAD_LEN), len);
    field.against("ring", Goal::Speed, ring);
    #[cfg(feature = "peers")]
    {
        let aws_lc = cold.seal(contestant::AwsLc::new(), len);
        field.against("aws-lc-rs", Goal::Speed, aws_lc);
        let rust_crypto = cold.seal(contestant::RustCrypto::new(), len);
        field.against("aes-gcm", Goal::Speed, rust_crypto);
    }
    field.against("memcpy", Goal::Speed, cold.copy(len));
    field
}

fn opening_cold(len: usize, cold: &Cold) -> Field {
    let ours = work::open_cold(Ours::new(), len);
    let mut field = Field::new(row("open cold", len, "", Goal::Speed), ours);
    let ring = work::open_cold(Ring::new(OUR_AAD_LEN), len);
    field.against("ring", Goal::Speed, ring);
    #[cfg(feature = "peers")]
    {
        let aws_lc = work::open_cold(contestant::AwsLc::new(), len);
        field.against("aws-lc-rs", Goal::Speed, aws_lc);
        let rust_crypto = work::open_cold(contestant::RustCrypto::new(), len);
        field.against("aes-gcm", Goal::Speed, rust_crypto);
    }
    field.against("memcpy", Goal::Speed, cold.copy(len));
    field
}

/// Opens units among 1,024 epochs, of which the ring keeps all subkeys, against units of one.
///
/// The first row is the look-up: as many units as stay in the cache, each of another epoch. The
/// second meets all epochs in turn: their key schedules, 0.6 MB, come from further away as well.
fn epochs(session: &mut Session<'static>, len: usize) {
    let total = 1024;
    let many = work::open_few_of(Ours::with_epochs_of(1), Ours::new(), len, total);
    let one = work::open_few_of(Ours::new(), Ours::new(), len, total);
    let goal = Goal::TimeAtMost(1.02);
    session.row(
        row("open among 1024 epochs", len, "one epoch", goal),
        many,
        one,
    );
    let many = work::open_all_of(Ours::with_epochs_of(1), Ours::new(), len, total);
    let one = work::open_all_of(Ours::new(), Ours::new(), len, total);
    let all = row("open 1024 epochs in turn", len, "one epoch", Goal::Time);
    session.row(all, many, one);
}

fn copy(len: usize) -> Work<'static> {
    let source: &'static [u8] = vec![7; len].leak();
    Work::copy(source)
}

/// Pages of the same length, as PSMDB makes them: a new context for each.
fn against_openssl(
    field: &mut Field,
    peer: Option<&Peer>,
    len: usize,
    [gcm, cbc]: [&'static str; 2],
) {
    let Some(peer) = peer else { return };
    let page = cbc_page(len);
    field.against(
        "PSMDB's GCM, openssl",
        Goal::Speed,
        theirs(peer, &page, len, gcm),
    );
    field.against(
        "PSMDB's CBC, openssl",
        Goal::Speed,
        theirs(peer, &page, len, cbc),
    );
}

/// A page of ours that OpenSSL checks before it is timed.
fn cbc_page(len: usize) -> Rc<[u8]> {
    let key = CbcKey::new(&SecretBytes::copy_from(&[7; 32])).expect("32 octets");
    let ivs = CbcIvs::new().expect("random octets");
    let mut page = vec![0; len.saturating_add(CBC_GROWTH_MAX)];
    let iv = ivs.next().expect("no fork");
    let page_len = key
        .encrypt_into(iv, &vec![7; len], &mut page)
        .expect("encrypted");
    page.truncate(page_len);
    page.into()
}

/// What OpenSSL does in its own process, on the page that it has.
fn theirs(peer: &Peer, page: &Rc<[u8]>, len: usize, work: &'static str) -> Work<'static> {
    let (peer, page) = (Rc::clone(peer), Rc::clone(page));
    let mut is_new = true;
    Work::timed(move |runs| {
        let mut peer = peer.borrow_mut();
        if std::mem::take(&mut is_new) {
            peer.take_page(len, &page).expect("OpenSSL reads our page");
        }
        peer.time(work, runs).expect("OpenSSL goes on")
    })
}

/// OpenSSL, if this machine has it.
fn start_peer(session: &mut Session<'static>) -> Option<Peer> {
    match OpenSsl::start() {
        Ok(peer) => {
            say(&format!("against {}", peer.version));
            session.note("openssl", peer.version.clone());
            Some(Rc::new(RefCell::new(peer)))
        }
        Err(reason) => {
            say(&format!("rows against OpenSSL are left out: {reason}"));
            None
        }
    }
}

fn main() -> io::Result<()> {
    let mut session = Session::new();
    let path = AesPath::detect();
    say(&format!("AES path: {path}"));
    session.note("aesPath", path.to_string());
    if cfg!(not(feature = "peers")) {
        say("rows against aws-lc-rs and aes-gcm are left out: feature `peers` is off");
    }
    let peer = start_peer(&mut session);
    let cold = Cold::new();
    for (len, share) in LENGTHS {
        for field in [
            sealing(len, share, peer.as_ref()),
            opening(len, share, peer.as_ref()),
            sealing_cold(len, &cold),
            opening_cold(len, &cold),
        ] {
            session.rows(field.works, &field.rows);
        }
        threads::rows(&mut session, len, len >= BULK_LEN);
    }
    epochs(&mut session, 4096);
    session.run()
}

#[expect(clippy::print_stderr, reason = "what a reader of the rows must know")]
fn say(text: &str) {
    eprintln!("{text}");
}
