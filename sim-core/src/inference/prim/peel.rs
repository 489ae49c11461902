//! Peeling, pasting and covering.

use super::{Limits, PrimBox, PrimSettings, choose};

/// One slice off one side of a box: the points that stay, by index, and the limits after it.
struct Slice {
    input: usize,
    limits: Limits,
    kept: Vec<usize>,
    gain: f64,
}

/// The boxes from that of all points to the smallest, in the order in which they were peeled. Empty without points, and
/// where they have not all as many values as the first.
///
/// A slice takes `alpha` of the points in the box, or all points of the outermost value where several share it; of all
/// slices that one is taken off whose loss raises the density most for each point lost, the first input and the lower
/// side first where two are alike. Where every slice lowers it, the one that lowers it least goes, since what is sought
/// may lie in two corners. It ends when the next box would have less than `min_mass`, or when all points inside are of
/// interest. Limits stand in the middle between the last point outside and the first inside.
///
/// `points[k]` has one value an input; `interest[k]` says whether that future is of interest. Points without a partner
/// in the other list are not looked at.
#[must_use]
pub fn trajectory(points: &[Vec<f64>], interest: &[bool], settings: PrimSettings) -> Vec<PrimBox> {
    let n = points.len().min(interest.len());
    let (points, interest) = (&points[..n], &interest[..n]);
    let Some(inputs) = points.first().map(Vec::len) else {
        return Vec::new();
    };
    if points.iter().any(|point| point.len() != inputs) {
        return Vec::new();
    }
    let mut limits = vec![Limits::NONE; inputs];
    let mut inside: Vec<usize> = (0..n).collect();
    let mut boxes = vec![PrimBox::measure(limits.clone(), points, interest)];
    while let Some(slice) = best_slice(points, interest, &inside, &limits, settings) {
        limits[slice.input] = slice.limits;
        inside = slice.kept;
        boxes.push(PrimBox::measure(limits.clone(), points, interest));
    }
    boxes
}

fn density(interest: &[bool], inside: &[usize]) -> f64 {
    let hits = inside.iter().filter(|k| interest[**k]).count();
    hits as f64 / inside.len() as f64
}

fn best_slice(
    points: &[Vec<f64>],
    interest: &[bool],
    inside: &[usize],
    limits: &[Limits],
    settings: PrimSettings,
) -> Option<Slice> {
    let before = density(interest, inside);
    if before >= 1.0 {
        return None;
    }
    let least = (settings.min_mass * points.len() as f64).max(1.0);
    let mut best: Option<Slice> = None;
    for (input, old) in limits.iter().enumerate() {
        let mut sorted = inside.to_vec();
        sorted.sort_by(|a, b| points[*a][input].total_cmp(&points[*b][input]));
        for from_below in [true, false] {
            let Some((kept, edge)) = cut(points, input, &sorted, settings.alpha, from_below) else {
                continue;
            };
            let gain = (density(interest, kept) - before) / (sorted.len() - kept.len()) as f64;
            let better = best.as_ref().is_none_or(|best| gain > best.gain);
            if (kept.len() as f64) >= least && better {
                let limits = if from_below {
                    Limits { low: edge, ..*old }
                } else {
                    Limits { high: edge, ..*old }
                };
                // The order of the points decides sums nowhere, but keep it one and the same.
                let mut kept = kept.to_vec();
                kept.sort_unstable();
                best = Some(Slice {
                    input,
                    limits,
                    kept,
                    gain,
                });
            }
        }
    }
    best
}

/// Cuts a slice off points sorted by one input: what is kept, and the new limit. `None` where nothing would be left.
fn cut<'a>(
    points: &[Vec<f64>],
    input: usize,
    sorted: &'a [usize],
    alpha: f64,
    from_below: bool,
) -> Option<(&'a [usize], f64)> {
    let n = sorted.len();
    let value = |place: usize| points[sorted[place]][input];
    let take = ((alpha.clamp(0.0, 0.5) * n as f64) as usize).max(1);
    if take >= n {
        return None;
    }
    // Equal values go or stay together: the outermost whole value at least, and no part of one.
    if from_below {
        let inner = value(take);
        let mut first = sorted.partition_point(|k| points[*k][input] < inner);
        if first == 0 {
            first = sorted.partition_point(|k| points[*k][input] <= inner);
        }
        // An undefined value is on neither side of any other: none is outermost.
        (first > 0 && first < n).then(|| (&sorted[first..], middle(value(first - 1), value(first))))
    } else {
        let inner = value(n - 1 - take);
        let mut end = sorted.partition_point(|k| points[*k][input] <= inner);
        if end == n {
            end = sorted.partition_point(|k| points[*k][input] < inner);
        }
        (end > 0 && end < n).then(|| (&sorted[..end], middle(value(end - 1), value(end))))
    }
}

/// Between two values, such that it keeps them apart: the upper one where rounding leaves no number between.
fn middle(low: f64, high: f64) -> f64 {
    let middle = low + (high - low) / 2.0;
    if low < middle && middle < high { middle } else { high }
}

/// Steps of pasting are this much finer than those of peeling: an edge is placed more exactly than it was cut.
const FINER: f64 = 5.0;

/// Pushes the limits of a box outwards, one slice of `alpha / 5` of its points at a time, as long as the density does not
/// fall below what it was and more points of interest come in: peeling looks one step ahead, and may have cut too deep.
#[must_use]
fn paste(chosen: &PrimBox, points: &[Vec<f64>], interest: &[bool], alpha: f64) -> PrimBox {
    let mut current = chosen.clone();
    loop {
        let add = ((alpha / FINER * current.points as f64) as usize).max(1);
        let mut best: Option<PrimBox> = None;
        for input in current.restricted() {
            let old = current.limits[input];
            // Points that only this limit keeps out, from the nearest on.
            let mut free = current.limits.clone();
            free[input] = Limits::NONE;
            let free = PrimBox {
                limits: free,
                ..current.clone()
            };
            let mut values: Vec<f64> = points
                .iter()
                .filter(|point| free.contains(point))
                .map(|point| point[input])
                .collect();
            values.sort_unstable_by(f64::total_cmp);
            let below = values.partition_point(|value| *value < old.low);
            let inside = values.partition_point(|value| *value <= old.high);
            let mut wider = Vec::new();
            if old.low.is_finite() && below > 0 {
                // Whole values come in.
                let first = values.partition_point(|value| *value < values[below.saturating_sub(add)]);
                let low = match first {
                    0 => f64::NEG_INFINITY,
                    first => middle(values[first - 1], values[first]),
                };
                wider.push(Limits { low, ..old });
            }
            if old.high.is_finite() && inside < values.len() {
                let last = values[inside.saturating_add(add - 1).min(values.len() - 1)];
                let end = values.partition_point(|value| *value <= last);
                let high = match values.get(end) {
                    None => f64::INFINITY,
                    // Below the first value outside, where rounding leaves no number between.
                    Some(next) => Some(middle(last, *next)).filter(|m| m < next).unwrap_or(last),
                };
                wider.push(Limits { high, ..old });
            }
            for limits in wider {
                let mut all = current.limits.clone();
                all[input] = limits;
                let candidate = PrimBox::measure(all, points, interest);
                let grows = candidate.of_interest > current.of_interest && candidate.density >= current.density;
                if grows && best.as_ref().is_none_or(|best| candidate.density > best.density) {
                    best = Some(candidate);
                }
            }
        }
        match best {
            Some(wider) => current = wider,
            None => return current,
        }
    }
}

/// At most `most` boxes that together cover the futures of interest: each is the chosen and pasted one of what the
/// boxes before it left over. It ends when nothing of interest can be told from what is left, or when a further box would
/// miss `min_density`: the first may, so that the best that can be said is said.
///
/// None of points that have not all as many values as the first. No box has less than `min_mass` of all points. Coverage, density and mass of each are measured on all points.
#[must_use]
pub fn cover(points: &[Vec<f64>], interest: &[bool], settings: PrimSettings, most: usize) -> Vec<PrimBox> {
    let n = points.len().min(interest.len());
    let mut left: Vec<usize> = (0..n).collect();
    let mut found: Vec<PrimBox> = Vec::new();
    while found.len() < most {
        let rest: Vec<Vec<f64>> = left.iter().map(|k| points[*k].clone()).collect();
        let wanted: Vec<bool> = left.iter().map(|k| interest[*k]).collect();
        let least = PrimSettings {
            min_mass: settings.min_mass * n as f64 / left.len().max(1) as f64,
            ..settings
        };
        let boxes = trajectory(&rest, &wanted, least);
        let Some(chosen) = choose(&boxes, settings.min_density) else {
            break;
        };
        let too_thin = !found.is_empty() && chosen.density < settings.min_density;
        if chosen.restricted().is_empty() || chosen.of_interest == 0 || too_thin {
            break;
        }
        let pasted = paste(chosen, &rest, &wanted, settings.alpha);
        left.retain(|k| !pasted.contains(&points[*k]));
        found.push(PrimBox::measure(pasted.limits, &points[..n], &interest[..n]));
    }
    found
}
