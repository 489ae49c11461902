//! Paths such as `vendor.huawei.bb_usd_per_site`: one spelling for `--set`, `[uncertainties]`,
//! `[choices]`, the headers of designs, and messages.
//!
//! Segments are joined by points. A segment that is not made of letters, digits, `_` and `-` stands in
//! double quotes, with `\"` and `\\` inside. An entry of an array of tables is addressed by its `id`, or
//! by its place from 1 where it has none.

/// Appends a segment to a path, quoted where it must be.
#[must_use]
pub fn join(parent: &str, segment: &str) -> String {
    let mut path = String::with_capacity(parent.len() + segment.len() + 3);
    path.push_str(parent);
    if !parent.is_empty() {
        path.push('.');
    }
    push_segment(&mut path, segment);
    path
}

/// Appends one segment, quoted where it must be, without a point before it.
pub fn push_segment(path: &mut String, segment: &str) {
    if is_bare(segment) {
        path.push_str(segment);
        return;
    }
    path.push('"');
    for c in segment.chars() {
        if c == '"' || c == '\\' {
            path.push('\\');
        }
        path.push(c);
    }
    path.push('"');
}

fn is_bare(segment: &str) -> bool {
    !segment.is_empty()
        && segment
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// Splits a path into its segments.
///
/// # Errors
/// A sentence that says what is wrong: an empty segment, or a quote that does not end.
pub fn split(path: &str) -> Result<Vec<String>, String> {
    let mut segments = Vec::new();
    let mut chars = path.trim().chars().peekable();
    loop {
        let mut segment = String::new();
        if chars.peek() == Some(&'"') {
            chars.next();
            loop {
                match chars.next() {
                    Some('"') => break,
                    Some('\\') => segment.extend(chars.next()),
                    Some(c) => segment.push(c),
                    None => return Err(format!("the path `{path}` has a quote that does not end")),
                }
            }
        } else {
            while let Some(c) = chars.next_if(|c| *c != '.') {
                segment.push(c);
            }
            if segment.is_empty() {
                return Err(format!("the path `{path}` has an empty part"));
            }
        }
        segments.push(segment);
        match chars.next() {
            None => return Ok(segments),
            Some('.') => {}
            Some(c) => return Err(format!("the path `{path}` has `{c}` after a closing quote")),
        }
    }
}

/// The canonical spelling of segments.
#[must_use]
pub fn spell(segments: &[String]) -> String {
    segments
        .iter()
        .fold(String::new(), |path, segment| join(&path, segment))
}

/// The candidate nearest to a misspelt word, where one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    candidates
        .into_iter()
        .map(|c| (strsim::jaro_winkler(&lower, &c.to_lowercase()), c))
        .filter(|(score, _)| *score >= 0.75)
        // The first of equals stands, so that a hint does not depend on how a maximum is folded.
        .fold(None, |best: Option<(f64, &str)>, (score, c)| match best {
            Some((top, _)) if top >= score => best,
            _ => Some((score, c)),
        })
        .map(|(_, c)| c)
}
