//! `redb_host CONFIG DIR RECORDS [sealed KEY|plain]`: a program that keeps lines of the file RECORDS in
//! a redb database in DIR, sealed under the key id KEY of the store there. `cargo xtask engines redb` drives it
//! through its standard input, one command a line; it answers each with a line.
//!
//! | command | does, and answers |
//! |---|---|
//! | `put FIRST LAST` | commits those lines, 100 at a time: `put N` after each commit, then `ready COUNT` |
//! | `count` | reads all records and compares each with its line: `ready COUNT` |
//! | `reseal STEPS` | seals old units anew: `step DONE TOTAL` after each step, the last one with `through`; then `resealed` |
//! | `retire` | `may` or `must-not`: whether the file needs no older key |
//! | `close` | ends |

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks"
)]

use std::error::Error;
use std::io::BufRead as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};
use strongroom::{Options, RunOptions, Running};
use strongroom_cipher::KeyId;
use strongroom_config::{Config, Environment, Overrides};
use strongroom_redb::Resealer;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const RECORDS: TableDefinition<'_, u64, &str> = TableDefinition::new("records");
/// Records of one transaction.
const AT_ONCE: u64 = 100;

/// Dropped in this order: the database before the store that has its keys.
struct Host {
    database: Database,
    resealer: Option<Resealer>,
    _running: Option<Running>,
    lines: Vec<String>,
}

fn main() -> ExitCode {
    let Err(error) = run() else {
        return ExitCode::SUCCESS;
    };
    eprintln!("error: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("because: {error}");
        cause = error.source();
    }
    ExitCode::FAILURE
}

fn run() -> Outcome {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [config, dbpath, records, how @ ..] = words.as_slice() else {
        return Err("redb_host CONFIG DIR RECORDS [sealed KEY|plain]".into());
    };
    let text = std::fs::read_to_string(records)?;
    let lines = text.lines().skip(1).map(str::to_owned).collect();
    let host = match how {
        [how, key] if how == "sealed" => sealed(config, Path::new(dbpath), key, lines)?,
        [how] if how == "plain" => Host {
            database: Database::create(Path::new(dbpath).join("data.redb"))?,
            resealer: None,
            _running: None,
            lines,
        },
        _ => return Err("say plain, or sealed and a key id".into()),
    };
    println!("ready {}", host.count()?);
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line == "close" {
            break;
        }
        host.answer(&line)?;
    }
    Ok(())
}

/// Unlocks the store, serves it, and opens the database under its key.
fn sealed(config: &str, dbpath: &Path, key: &str, lines: Vec<String>) -> Outcome<Host> {
    let loaded = Config::load(
        Some(Path::new(config)),
        &Overrides::none(),
        &Environment::empty(),
    );
    let config = Arc::new(loaded?.0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let unlocked = runtime.block_on(strongroom::unlock(&config, dbpath, &Options::default()))?;
    let running = Running::start(unlocked, config, dbpath, RunOptions::default())?;
    let ring = running.key_ring(&KeyId::new(key)?)?;
    let opened = strongroom_redb::open_database(dbpath.join("data.redb"), ring, None)?;
    let strongroom_redb::Opened {
        database, resealer, ..
    } = opened;
    Ok(Host {
        database,
        resealer: Some(resealer),
        _running: Some(running),
        lines,
    })
}

impl Host {
    fn answer(&self, command: &str) -> Outcome {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words.as_slice() {
            ["count"] => println!("ready {}", self.count()?),
            ["put", first, last] => {
                self.put(first.parse()?, last.parse()?)?;
                println!("ready {}", self.count()?);
            }
            ["reseal", steps] => self.reseal(steps.parse()?)?,
            ["retire"] => {
                let progress = self.resealer()?.progress()?;
                println!(
                    "{}",
                    if progress.may_retire() {
                        "may"
                    } else {
                        "must-not"
                    }
                );
            }
            _ => return Err(format!("what is {command:?}?").into()),
        }
        Ok(())
    }

    fn put(&self, first: u64, last: u64) -> Outcome {
        for start in (first..last).step_by(usize::try_from(AT_ONCE)?) {
            let end = last.min(start.saturating_add(AT_ONCE));
            let transaction = self.database.begin_write()?;
            {
                let mut table = transaction.open_table(RECORDS)?;
                for number in start..end {
                    table.insert(number, self.line(number)?)?;
                }
            }
            transaction.commit()?;
            println!("put {end}");
        }
        Ok(())
    }

    fn count(&self) -> Outcome<usize> {
        let transaction = self.database.begin_read()?;
        let table = match transaction.open_table(RECORDS) {
            Ok(table) => table,
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(0),
            Err(error) => return Err(error.into()),
        };
        let mut count = 0_usize;
        for record in table.iter()? {
            let (number, line) = record?;
            if line.value() != self.line(number.value())? {
                return Err(format!("record {} differs", number.value()).into());
            }
            count = count.saturating_add(1);
        }
        Ok(count)
    }

    fn reseal(&self, steps: usize) -> Outcome {
        let mut left = steps;
        let progress = self.resealer()?.run(|progress| {
            let through = if progress.is_through() {
                " through"
            } else {
                ""
            };
            println!("step {} {}{through}", progress.done, progress.total);
            left = left.saturating_sub(1);
            if left == 0 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        // What a killed process had begun lies in free pages: redb has looked at all others at this open.
        let torn: Vec<u64> = progress.unreadable.iter().map(|unit| unit.unit).collect();
        self.resealer()?.give_up(&torn)?;
        println!("resealed");
        Ok(())
    }

    fn resealer(&self) -> Outcome<&Resealer> {
        Ok(self.resealer.as_ref().ok_or("a plain database")?)
    }

    fn line(&self, number: u64) -> Outcome<&str> {
        let line = self.lines.get(usize::try_from(number)?);
        Ok(line.ok_or("there are not so many records")?)
    }
}
