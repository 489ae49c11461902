//! Labels at the ends of lines, moved as little as it takes that none covers another.

/// A label that wants to stand at a height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wish {
    /// Centre that it wants, in pixels.
    pub centre: f64,
    /// Height that it takes, in pixels.
    pub height: f64,
    /// Where not all fit, those of least weight are left out.
    pub weight: f64,
}

/// Centres at which the labels neither overlap nor leave `low..=high`, in the order of the wishes;
/// `None` for a label that found no room.
///
/// The sum of squared moves is least: in the order of the wished centres, no-overlap means that the
/// centres less the heights before them do not fall, which is isotonic regression, solved by pooling
/// adjacent violators. Labels that wish the same place keep their order.
pub fn place(wishes: &[Wish], low: f64, high: f64) -> Vec<Option<f64>> {
    let mut kept: Vec<usize> = (0..wishes.len())
        .filter(|i| wishes[*i].centre.is_finite() && wishes[*i].height <= high - low)
        .collect();
    let total = |kept: &[usize]| kept.iter().map(|i| wishes[*i].height).sum::<f64>();
    while total(&kept) > high - low {
        let least = (0..kept.len()).min_by(|a, b| {
            let weight = |k: usize| wishes[kept[k]].weight;
            weight(*a).total_cmp(&weight(*b)).then(b.cmp(a))
        });
        match least {
            Some(least) => kept.remove(least),
            None => break,
        };
    }
    kept.sort_by(|a, b| wishes[*a].centre.total_cmp(&wishes[*b].centre));

    // Upper edges that each label wishes, less the heights of the labels above it.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    let mut above = 0.0;
    let mut offsets = Vec::with_capacity(kept.len());
    for i in &kept {
        offsets.push(above);
        blocks.push((wishes[*i].centre - wishes[*i].height / 2.0 - above, 1));
        above += wishes[*i].height;
        while let [.., (a, m), (b, n)] = blocks[..] {
            if a <= b {
                break;
            }
            blocks.truncate(blocks.len() - 2);
            let count = m + n;
            blocks.push(((a * m as f64 + b * n as f64) / count as f64, count));
        }
    }
    let edges = blocks
        .into_iter()
        .flat_map(|(edge, count)| std::iter::repeat_n(edge, count));
    let mut placed = vec![None; wishes.len()];
    for ((edge, offset), i) in edges.zip(offsets).zip(kept) {
        // Clamping the shared coordinate keeps the order, hence the distances.
        let edge = edge.min(high - above).max(low);
        placed[i] = Some(edge + offset + wishes[i].height / 2.0);
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wish(centre: f64) -> Wish {
        Wish {
            centre,
            height: 10.0,
            weight: 0.0,
        }
    }

    #[test]
    fn labels_with_room_stay_and_a_pair_parts_evenly() {
        let wishes = [wish(50.0), wish(20.0), wish(54.0)];
        assert_eq!(place(&wishes, 0.0, 100.0), [Some(47.0), Some(20.0), Some(57.0)]);
        assert_eq!(place(&[wish(-30.0)], 0.0, 100.0), [Some(5.0)]);
        assert_eq!(place(&[], 0.0, 100.0), []);
    }

    #[test]
    fn where_not_all_fit_the_weightiest_stay() {
        let mut wishes = [wish(5.0), wish(5.0), wish(5.0)];
        wishes[1].weight = -1.0;
        assert_eq!(place(&wishes, 0.0, 20.0), [Some(5.0), None, Some(15.0)]);
        assert_eq!(place(&wishes, 0.0, 5.0), [None, None, None]);
        assert_eq!(place(&[wish(f64::NAN)], 0.0, 50.0), [None]);
    }

    proptest! {
        #[test]
        fn no_label_overlaps_or_leaves_and_order_is_kept(
            wishes in proptest::collection::vec((-50.0f64..350.0, 4.0f64..30.0, 0.0f64..1.0), 0..20),
            high in 20.0f64..300.0,
        ) {
            let wishes: Vec<Wish> = wishes
                .into_iter()
                .map(|(centre, height, weight)| Wish { centre, height, weight })
                .collect();
            let placed = place(&wishes, 0.0, high);
            let mut boxes: Vec<(f64, f64, f64)> = wishes
                .iter()
                .zip(&placed)
                .filter_map(|(w, p)| Some((w.centre, (*p)? - w.height / 2.0, (*p)? + w.height / 2.0)))
                .collect();
            boxes.sort_by(|a, b| a.1.total_cmp(&b.1));
            for (_, top, bottom) in &boxes {
                prop_assert!(*top >= -1e-9 && *bottom <= high + 1e-9);
            }
            for pair in boxes.windows(2) {
                prop_assert!(pair[0].2 <= pair[1].1 + 1e-9, "overlap: {pair:?}");
                prop_assert!(pair[0].0 <= pair[1].0, "order: {pair:?}");
            }
        }
    }
}
