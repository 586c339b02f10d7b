//! Tables of values with tabs between them: the first line names the columns.

use crate::Outcome;

/// One table.
pub(super) struct Table {
    file: &'static str,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// One line of a table.
pub(super) struct Row<'t> {
    table: &'t Table,
    /// In the file, from 1.
    line: usize,
    cells: &'t [String],
}

impl Table {
    /// Reads `text`; every line must have a cell for each column.
    pub(super) fn read(file: &'static str, text: &str) -> Outcome<Self> {
        let cells = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
        let mut lines = text.lines().map(cells);
        let columns = lines.next().ok_or_else(|| format!("{file} is empty"))?;
        let rows: Vec<_> = lines.collect();
        for (line, row) in (2_usize..).zip(&rows) {
            if row.len() != columns.len() {
                let (has, wants) = (row.len(), columns.len());
                return Err(format!("{file}:{line}: {has} cells, not {wants}").into());
            }
            if row.iter().any(|cell| cell.trim() != cell) {
                return Err(format!("{file}:{line}: a blank around a cell").into());
            }
        }
        Ok(Self {
            file,
            columns,
            rows,
        })
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (2_usize..).zip(&self.rows).map(|(line, cells)| Row {
            table: self,
            line,
            cells,
        })
    }
}

impl Row<'_> {
    /// The cell of this column, perhaps empty.
    pub(super) fn cell(&self, column: &str) -> Outcome<&str> {
        let position = self.table.columns.iter().position(|name| name == column);
        position
            .and_then(|position| self.cells.get(position))
            .map(String::as_str)
            .ok_or_else(|| self.error(format!("no column {column:?}")))
    }

    /// The cell of this column, which must not be empty.
    pub(super) fn need(&self, column: &str) -> Outcome<&str> {
        match self.cell(column)? {
            "" => Err(self.error(format!("{column} is empty"))),
            cell => Ok(cell),
        }
    }

    /// A number in hex.
    pub(super) fn number(&self, column: &str) -> Outcome<u32> {
        let cell = self.need(column)?;
        let digits = cell.strip_prefix("0x");
        digits
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.error(format!("{cell:?} is no number in hex")))
    }

    /// An error that says where.
    pub(super) fn error(&self, what: impl std::fmt::Display) -> Box<dyn std::error::Error> {
        format!("{}:{}: {what}", self.table.file, self.line).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_a_cell_too_few_or_a_blank_is_named() {
        let error = |text| Table::read("t.tsv", text).err().unwrap().to_string();
        assert_eq!(error("a\tb\n1\t2\n1\n"), "t.tsv:3: 1 cells, not 2");
        assert_eq!(error("a\tb\n1 \t2\n"), "t.tsv:2: a blank around a cell");
        assert_eq!(error(""), "t.tsv is empty");
    }

    #[test]
    fn cells_are_found_by_their_column() {
        let table = Table::read("t.tsv", "name\tnumber\nA\t0x1F\nB\t31\n\t\n").unwrap();
        let rows: Vec<_> = table.rows().collect();
        assert_eq!(rows[0].need("name").unwrap(), "A");
        assert_eq!(rows[0].number("number").unwrap(), 31);
        let error = |result: Outcome<u32>| result.unwrap_err().to_string();
        assert_eq!(
            error(rows[1].number("number")),
            "t.tsv:3: \"31\" is no number in hex"
        );
        assert_eq!(error(rows[2].number("number")), "t.tsv:4: number is empty");
        assert!(rows[0].cell("other").is_err());
    }
}
