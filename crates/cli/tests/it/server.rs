//! What `strongroom server` takes and refuses on its command line.

use crate::harness::{CONFIGURATION, Demo, run, text};

#[test]
fn faults_and_lag_are_for_development_alone_and_named_when_wrong() {
    let demo = Demo::new();
    let dir = demo.beside("dev");
    let dev = ["server", "--listen", "127.0.0.1:0", "--dev", text(&dir)];
    let with = |more: &[&'static str]| run(&[&dev[..], more].concat());
    let files = ["--certificate", "a", "--key", "b", "--ca", "c"];
    let without = |more: &[&'static str]| run(&[&["server"], &files[..], more].concat());
    without(&["--fault", "action=silence"]).fails(CONFIGURATION, &["--dev"]);
    without(&["--replica-lag-ms", "5"]).fails(CONFIGURATION, &["--dev"]);
    with(&["--fault", "action=fly"]).fails(CONFIGURATION, &["fly", "drop-after"]);
    with(&["--replica-lag-ms", "5"]).fails(CONFIGURATION, &["--listen"]);
    let listen = "127.0.0.1:0";
    with(&["--listen", listen, "--listen", listen]).fails(CONFIGURATION, &["twice"]);
}
