//! PSMDB's pages: a batch against one page after the other, and both ciphers against the system's
//! OpenSSL, used the way PSMDB uses it.
#![forbid(unsafe_code)]
#![expect(
    clippy::expect_used,
    reason = "a bench that cannot run must say so and stop"
)]

mod openssl;

use std::array;
use std::cell::RefCell;
use std::hint::black_box;
use std::io;
use std::rc::Rc;

use strongroom_benches::{Goal, Row, Session, Work};
use strongroom_psmdb::{
    BATCH_LANES, CBC_GROWTH_MAX, CbcIvs, CbcJob, CbcKey, GCM_GROWTH, GcmForm, GcmIvs, GcmKey,
};
use strongroom_secret::SecretBytes;

use openssl::OpenSsl;

type Peer = Rc<RefCell<OpenSsl>>;

fn key() -> SecretBytes {
    SecretBytes::copy_from(&[7; 32])
}

fn cbc() -> (CbcKey, CbcIvs) {
    let key = CbcKey::new(&key()).expect("32 octets");
    (key, CbcIvs::new().expect("random octets"))
}

const fn row(work: &'static str, bytes: usize, against: &'static str, goal: Goal) -> Row {
    Row::on_octets(["psmdb", work, against], bytes, goal)
}

/// Eight pages side by side against the same eight one after the other.
fn batch(session: &mut Session<'_>, page_len: usize, work: &'static str, goal: Goal) {
    let text = vec![7; page_len];
    let room = || vec![0; page_len.saturating_add(CBC_GROWTH_MAX)];
    let mut ours: [Vec<u8>; BATCH_LANES] = array::from_fn(|_| room());
    let mut theirs: [Vec<u8>; BATCH_LANES] = array::from_fn(|_| room());
    let ((key, ivs), (one_key, one_ivs)) = (cbc(), cbc());
    let (all_text, one_text) = (text.clone(), text);
    session.row(
        row(
            work,
            page_len.saturating_mul(BATCH_LANES),
            "one by one",
            goal,
        ),
        Work::new(move || {
            let mut jobs = ours.each_mut().map(|room| {
                let iv = ivs.next().expect("no fork");
                CbcJob::new(iv, black_box(&all_text), room).expect("a room that is long enough")
            });
            key.encrypt_batch(&mut jobs).expect("no fork");
        }),
        Work::new(move || {
            for room in &mut theirs {
                let iv = one_ivs.next().expect("no fork");
                let done = one_key.encrypt_into(iv, black_box(&one_text), room);
                black_box(done.expect("encrypted"));
            }
        }),
    );
}

/// What OpenSSL does in its own process, on the page that it has.
fn theirs(peer: &Peer, page: &Rc<[u8]>, plaintext_len: usize, work: &'static str) -> Work<'static> {
    let (peer, page) = (Rc::clone(peer), Rc::clone(page));
    let mut is_new = true;
    Work::timed(move |runs| {
        let mut peer = peer.borrow_mut();
        if std::mem::take(&mut is_new) {
            peer.take_page(plaintext_len, &page)
                .expect("OpenSSL reads our page");
        }
        peer.time(work, runs).expect("OpenSSL goes on")
    })
}

fn against_openssl(session: &mut Session<'_>, peer: &Peer, len: usize, goal: Goal) {
    let (key, ivs) = cbc();
    let text = vec![7; len];
    let mut page = vec![0; len.saturating_add(CBC_GROWTH_MAX)];
    let iv = ivs.next().expect("no fork");
    let page_len = key.encrypt_into(iv, &text, &mut page).expect("encrypted");
    page.truncate(page_len);
    let page: Rc<[u8]> = page.into();
    for (against, work, goal) in [
        ("openssl", "decrypt", goal),
        ("openssl, context kept", "decrypt-kept", Goal::Time),
    ] {
        let (key, _) = cbc();
        let (page, mut room) = (Rc::clone(&page), vec![0; len]);
        let theirs = theirs(peer, &page, len, work);
        let ours = Work::new(move || {
            let done = key.decrypt_into(black_box(&page), &mut room);
            black_box(done.expect("decrypted"));
        });
        session.row(row("decrypt", len, against, goal), ours, theirs);
    }
    let mut room = vec![0; page.len()];
    let encrypt_text = text.clone();
    let ours = Work::new(move || {
        let iv = ivs.next().expect("no fork");
        let done = key.encrypt_into(iv, black_box(&encrypt_text), &mut room);
        black_box(done.expect("encrypted"));
    });
    let encrypts = theirs(peer, &page, len, "encrypt");
    session.row(row("encrypt", len, "openssl", Goal::Time), ours, encrypts);
    gcm_against_openssl(session, peer, &page, text);
}

fn gcm_against_openssl(session: &mut Session<'_>, peer: &Peer, page: &Rc<[u8]>, text: Vec<u8>) {
    let len = text.len();
    let new_key = || GcmKey::new(&key()).expect("32 octets");
    let ivs = GcmIvs::resume(0);
    ivs.raise(u64::MAX).expect("no fork");
    let mut sealed = vec![0; len.saturating_add(GCM_GROWTH)];
    let iv = ivs.next().expect("far from the end");
    new_key()
        .seal_into(GcmForm::Page, iv, &text, &mut sealed)
        .expect("sealed");
    let (key, mut room) = (new_key(), vec![0; sealed.len()]);
    let ours = Work::new(move || {
        let iv = ivs.next().expect("far from the end");
        let done = key.seal_into(GcmForm::Page, iv, black_box(&text), &mut room);
        black_box(done.expect("sealed"));
    });
    let seals = theirs(peer, page, len, "seal");
    session.row(row("seal", len, "openssl", Goal::Time), ours, seals);
    let (key, mut room) = (new_key(), vec![0; len]);
    let ours = Work::new(move || {
        let done = key.open_into(GcmForm::Page, black_box(&sealed), &mut room);
        black_box(done.expect("opened"));
    });
    let opens = theirs(peer, page, len, "open");
    session.row(row("open", len, "openssl", Goal::Time), ours, opens);
}

fn main() -> io::Result<()> {
    let mut session = Session::new();
    batch(
        &mut session,
        16_384,
        "encrypt 8 of 16 KiB",
        Goal::SpeedAtLeast(5.0),
    );
    batch(&mut session, 4096, "encrypt 8 of 4 KiB", Goal::Time);
    match OpenSsl::start() {
        Ok(peer) => {
            say(&format!("against {}", peer.version));
            let peer = Rc::new(RefCell::new(peer));
            against_openssl(&mut session, &peer, 4096, Goal::Time);
            against_openssl(&mut session, &peer, 16_384, Goal::SpeedAtLeast(1.15));
            against_openssl(&mut session, &peer, 32_768, Goal::Time);
        }
        Err(reason) => say(&format!("rows against OpenSSL are left out: {reason}")),
    }
    session.run()
}

#[expect(clippy::print_stderr, reason = "what a reader of the rows must know")]
fn say(text: &str) {
    eprintln!("{text}");
}
