//! One workload for redb and for its fork, whose interface is the same. May touch: files in the
//! bench's folder.

/// Rows of a database.
pub(crate) const ROWS: u64 = 60_000;
/// Rows of one transaction.
pub(crate) const AT_ONCE: u64 = 3_000;
/// Octets of a value.
const VALUE_LEN: usize = 200;
/// Octets of the engine's page cache: a sixteenth of the file.
pub(crate) const CACHE_LEN: usize = 2_500_000;
/// Rows that one run of the random reads asks for.
pub(crate) const READS: u64 = 20_000;

/// Scatters the rows over the keys, so that a transaction rewrites pages all over the file.
pub(crate) fn key(row: u64) -> u64 {
    row.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A value that no row but this one has.
pub(crate) fn value(row: u64) -> [u8; VALUE_LEN] {
    let mut octets = [b'.'; VALUE_LEN];
    if let Some(start) = octets.first_chunk_mut() {
        *start = row.to_be_bytes();
    }
    octets
}

macro_rules! engine {
    ($name:ident) => {
        pub(crate) mod $name {
            use $name::{Database, ReadableDatabase as _, TableDefinition};

            use super::{AT_ONCE, READS, ROWS, key, value};

            const TABLE: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("rows");

            /// Fills an empty database, transaction by transaction.
            pub(crate) fn load(database: &Database) {
                let step = usize::try_from(AT_ONCE).expect("a small number");
                for start in (0..ROWS).step_by(step) {
                    let transaction = database.begin_write().expect("a transaction");
                    {
                        let mut table = transaction.open_table(TABLE).expect("a table");
                        for row in start..ROWS.min(start.saturating_add(AT_ONCE)) {
                            let value = value(row);
                            table.insert(key(row), value.as_slice()).expect("inserted");
                        }
                    }
                    transaction.commit().expect("committed");
                }
            }

            /// Reads rows here and there, others each time.
            pub(crate) fn read(database: &Database, turn: u64) {
                let transaction = database.begin_read().expect("a transaction");
                let table = transaction.open_table(TABLE).expect("a table");
                for number in 0..READS {
                    let row = key(number.wrapping_add(turn.wrapping_mul(READS))) % ROWS;
                    let found = table.get(key(row)).expect("read").expect("a row");
                    assert_eq!(found.value(), value(row), "row {row}");
                }
            }
        }
    };
}

engine!(redb);
#[cfg(feature = "peers")]
engine!(redbx);
