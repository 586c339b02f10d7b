//! "Did you mean": the nearest known word; a pure function.

/// The candidate that is at most a third of `word` away, by letters changed, ignoring case.
pub(crate) fn closest<'c>(
    word: &str,
    candidates: impl Iterator<Item = &'c str>,
) -> Option<&'c str> {
    let word: Vec<char> = word.to_lowercase().chars().take(128).collect();
    // The shared prefix (a section) must not buy tolerance: three letters, fewer for short keys.
    let last = word.rsplit(|c| *c == '.').next().map_or(0, <[char]>::len);
    let allowed = (last / 3).clamp(1, 3);
    candidates
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance in letters, one row at a time.
fn distance(from: &[char], to: &str) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (line, letter) in to.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        let mut left = line.saturating_add(1);
        next.push(left);
        for ((diagonal, above), &other) in row.iter().zip(row.iter().skip(1)).zip(from) {
            let change = diagonal.saturating_add(usize::from(other != letter));
            left = change
                .min(above.saturating_add(1))
                .min(left.saturating_add(1));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_of_the_pen_and_nothing_far_off() {
        let known = ["serverName", "port", "serverCAFile"];
        let find = |word| closest(word, known.into_iter());
        assert_eq!(find("serverCaFile"), Some("serverCAFile"));
        assert_eq!(find("servername"), Some("serverName"));
        assert_eq!(find("sreverName"), Some("serverName"));
        assert_eq!(find("prot"), None, "two changes in four letters");
        assert_eq!(find("ports"), Some("port"));
        assert_eq!(find("colour"), None);
        assert_eq!(find(""), None);
    }
}
