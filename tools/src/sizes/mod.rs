//! Sources of any size, one kind of construct each: does the cost of a compiler grow with what it is given,
//! or faster?
//!
//! Nothing here is kept as text: a source is written out piece by piece, so that whoever writes one of 100 MB
//! stays small.

pub(crate) mod mixed;
pub(crate) mod program;
mod row;
mod rows;

pub(crate) use row::Row;
pub(crate) use rows::rows;

/// A group that asks for time with the square of the size: each declaration and each container has a hash of
/// its source in ZIR, with all that is in it.
pub(crate) const SQUARE: &str = "Containers in containers";

/// A group that asks for somewhat more than linear time: ZIR and ZOIR have integers in binary, and no way is
/// known to convert decimal digits in linear time.
pub(crate) const DECIMAL: &str = "Decimal integers";

/// Whether rows of this group cannot be linear, whoever checks them.
pub(crate) fn is_inherently_steep(group: &str) -> bool {
    [SQUARE, DECIMAL].contains(&group)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(row: &Row, size: usize) -> String {
        let mut out = Vec::new();
        row.write(size, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn sources_grow_with_their_size() {
        for row in rows() {
            assert!(row.sizes.is_sorted(), "{}", row.name);
            let [small, large] = [1000, 10_000].map(|size| text(&row, size).len());
            assert!(
                large >= 5 * small.saturating_sub(400) && large > small,
                "{}: {small} and {large} bytes",
                row.name
            );
        }
    }

    #[test]
    fn names_of_rows_are_unique() {
        let mut names: Vec<_> = rows().iter().map(|row| row.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
