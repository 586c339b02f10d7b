//! How often the seeds and the corpus of each target reach each item type and each kind of error:
//! `cargo run --manifest-path fuzz/Cargo.toml --example reach -- [--json] [TARGET]...`

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use strongroom_fuzz::{Group, TARGETS, Tally, Target};

/// What one target's inputs reached.
struct Row {
    target: &'static str,
    seeds: usize,
    corpus: usize,
    tally: Tally,
}

fn main() -> io::Result<()> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    arguments.retain(|argument| argument != "--json");
    let asked =
        |target: &&Target| arguments.is_empty() || arguments.iter().any(|name| name == target.0);
    let rows: Vec<Row> = TARGETS
        .iter()
        .filter(asked)
        .map(replay)
        .collect::<io::Result<_>>()?;
    print!("{}", if json { document(&rows) } else { table(&rows) });
    Ok(())
}

fn replay(&(target, run): &Target) -> io::Result<Row> {
    let mut tally = Tally::default();
    let mut over = |folder: &str| -> io::Result<usize> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(folder)
            .join(target);
        if !folder.exists() {
            return Ok(0);
        }
        let mut inputs = 0;
        for entry in fs::read_dir(folder)? {
            run(&fs::read(entry?.path())?, &mut |seen| tally.add(seen));
            inputs += 1;
        }
        Ok(inputs)
    };
    let (seeds, corpus) = (over("seeds")?, over("corpus")?);
    Ok(Row {
        target,
        seeds,
        corpus,
        tally,
    })
}

/// A target that reaches nothing of a group has no line for it.
fn table(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let (target, seeds, corpus) = (row.target, row.seeds, row.corpus);
        let _ = writeln!(
            text,
            "{target}: {seeds} seeds, {corpus} inputs of the corpus"
        );
        for group in Group::ALL {
            let counts = row.tally.of(group);
            if counts.iter().all(|(_, count)| *count == 0) {
                continue;
            }
            let _ = writeln!(text, "  {}", group.name());
            for (variant, count) in counts {
                let _ = writeln!(text, "    {variant:<18}{count:>10}");
            }
        }
    }
    text
}

fn document(rows: &[Row]) -> String {
    let rows: Vec<String> = rows
        .iter()
        .map(|row| {
            let groups: Vec<String> = Group::ALL
                .iter()
                .map(|group| {
                    let counts: Vec<String> = row
                        .tally
                        .of(*group)
                        .iter()
                        .map(|(variant, count)| format!("\"{variant}\":{count}"))
                        .collect();
                    format!("\"{}\":{{{}}}", group.name(), counts.join(","))
                })
                .collect();
            format!(
                "{{\"target\":\"{}\",\"seeds\":{},\"corpus\":{},{}}}",
                row.target,
                row.seeds,
                row.corpus,
                groups.join(",")
            )
        })
        .collect();
    format!("[{}]\n", rows.join(",\n"))
}
