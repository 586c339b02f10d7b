//! Records in a redb database. May touch: the database that it is given.

use indicatif::ProgressBar;
use redb::{Database, ReadableDatabase, ReadableTableMetadata, TableDefinition};

use crate::input::{Dataset, Record};
use crate::output;

/// Whether [`fill`] had anything to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filled {
    /// The records were written.
    Now,
    /// They were there already.
    Before,
}

/// Records are kept per input, so that another input on the same directory adds a table.
fn table_name(dataset: &Dataset) -> String {
    let digest = output::hex(&dataset.digest);
    format!("records-{}", digest.get(..16).unwrap_or(&digest))
}

/// Writes all records of `dataset` in one transaction, unless they are there.
///
/// # Errors
///
/// What redb says; then nothing was written.
pub(crate) fn fill(
    database: &Database,
    dataset: &Dataset,
    bar: &ProgressBar,
) -> Result<Filled, redb::Error> {
    let name = table_name(dataset);
    let table: TableDefinition<'_, u64, &[u8]> = TableDefinition::new(&name);
    let transaction = database.begin_write()?;
    {
        let mut table = transaction.open_table(table)?;
        if table.len()? > 0 {
            return Ok(Filled::Before);
        }
        for (number, record) in (0_u64..).zip(&dataset.records) {
            table.insert(number, stored(record)?.as_slice())?;
            bar.inc(1);
        }
    }
    transaction.commit()?;
    Ok(Filled::Now)
}

/// Compares every record of `dataset` with the database; gives the numbers that differ.
///
/// # Errors
///
/// What redb says.
pub(crate) fn differing(
    database: &Database,
    dataset: &Dataset,
    bar: &ProgressBar,
) -> Result<Vec<u64>, redb::Error> {
    let name = table_name(dataset);
    let table: TableDefinition<'_, u64, &[u8]> = TableDefinition::new(&name);
    let table = database.begin_read()?.open_table(table)?;
    let mut differing = Vec::new();
    let mut count = 0_u64;
    for (number, record) in (0_u64..).zip(&dataset.records) {
        let found = table.get(number)?;
        let wanted = stored(record)?;
        if found.is_none_or(|found| found.value() != wanted) {
            differing.push(number);
        }
        count = count.saturating_add(1);
        bar.inc(1);
    }
    if table.len()? != count {
        differing.push(count);
    }
    Ok(differing)
}

fn stored(record: &Record) -> Result<Vec<u8>, redb::Error> {
    record.encode().ok_or_else(|| {
        redb::Error::Io(std::io::Error::other(
            "a field of 4 GiB or more cannot be stored",
        ))
    })
}
