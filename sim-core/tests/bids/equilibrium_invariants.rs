//! What must not matter to an equilibrium, what must scale with it, and the edges of its input.

#![allow(clippy::disallowed_methods, reason = "statistics of a test, compared to a tolerance")]

use crate::market_support::{Random, Tender, add_later_values, random_tender};
use sim_core::market::equilibrium::{Alternative, Equilibrium, NOBODY, SolveError, Workspace, one_shot_gain};

#[track_caller]
fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
}

/// Runs a check on random tenders, half of them with later values.
fn on_random_tenders(seed: u64, mut check: impl FnMut(&mut Random, Tender)) {
    let mut r = Random(seed);
    for i in 0..300 {
        let mut tender = random_tender(&mut r, 1.0);
        if i % 2 == 1 {
            add_later_values(&mut r, &mut tender);
        }
        check(&mut r, tender);
    }
}

/// Probability of each product (nest, suppliers, price setters): where clones tie, which of them stands is a
/// matter of order.
fn product_probability(tender: &Tender, found: &Equilibrium<'_>, like: &Alternative) -> f64 {
    let same =
        |a: &Alternative| a.nest == like.nest && a.suppliers == like.suppliers && a.setter_mask() == like.setter_mask();
    let members = tender.alternatives.iter().zip(found.probability);
    members.filter(|(a, _)| same(a)).map(|(_, p)| p).sum()
}

#[test]
fn a_constant_on_all_values_changes_nothing() {
    let mut workspaces = (Workspace::new(), Workspace::new());
    on_random_tenders(31, |_, tender| {
        let mut raised = tender.clone();
        raised.alternatives.iter_mut().for_each(|a| a.value += 17.25);
        let (s, t) = (tender.spec(), raised.spec());
        let before = workspaces.0.solve(&s).expect("valid");
        let after = workspaces.1.solve(&t).expect("valid");
        for i in 0..tender.alternatives.len() {
            close(after.probability[i], before.probability[i], 1e-8);
            close(after.total_margin[i], before.total_margin[i], 1e-7);
        }
        close(after.logsum, before.logsum + 17.25, 1e-7);
    });
}

#[test]
fn a_constant_on_one_sellers_later_values_changes_no_price() {
    let mut workspaces = (Workspace::new(), Workspace::new());
    on_random_tenders(32, |r, tender| {
        let mut raised = tender.clone();
        let count = tender.alternatives.len();
        let zero = vec![0.0; count * tender.sellers];
        let mut after = tender.after.clone().unwrap_or(zero);
        let lucky = r.below(tender.sellers);
        after
            .iter_mut()
            .skip(lucky)
            .step_by(tender.sellers)
            .for_each(|w| *w += 3.5);
        raised.after = Some(after);
        let (s, t) = (tender.spec(), raised.spec());
        let before = workspaces.0.solve(&s).expect("valid");
        let after = workspaces.1.solve(&t).expect("valid");
        for i in 0..count {
            close(after.total_margin[i], before.total_margin[i], 1e-7);
        }
        let gained = after.expected_profit[lucky] - before.expected_profit[lucky];
        close(gained, 3.5, 1e-7);
    });
}

#[test]
fn money_scales() {
    let mut workspaces = (Workspace::new(), Workspace::new());
    on_random_tenders(33, |_, tender| {
        let mut dearer = tender.clone();
        let k = 1000.0;
        dearer.mu *= k;
        dearer
            .alternatives
            .iter_mut()
            .for_each(|a| (a.value, a.cost) = (a.value * k, a.cost * k));
        dearer.after.iter_mut().flatten().for_each(|w| *w *= k);
        let (s, t) = (tender.spec(), dearer.spec());
        let before = workspaces.0.solve(&s).expect("valid");
        let after = workspaces.1.solve(&t).expect("valid");
        for i in 0..tender.alternatives.len() {
            close(after.probability[i], before.probability[i], 1e-8);
            close(after.total_margin[i] / k, before.total_margin[i], 1e-7);
        }
    });
}

#[test]
fn labels_and_order_do_not_matter() {
    let mut workspaces = (Workspace::new(), Workspace::new());
    on_random_tenders(34, |r, tender| {
        let (n, count) = (tender.sellers, tender.alternatives.len());
        let shuffled = |len: usize, r: &mut Random| {
            let mut order: Vec<usize> = (0..len).collect();
            (1..len).rev().for_each(|i| order.swap(i, r.below(i + 1)));
            order
        };
        let (name, order) = (shuffled(n, r), shuffled(count, r));
        let mut other = tender.clone();
        let rename = |j: u8| {
            if j == NOBODY { j } else { name[usize::from(j)] as u8 }
        };
        for (to, &from) in order.iter().enumerate() {
            let a = tender.alternatives[from];
            let (suppliers, setters) = (a.suppliers.map(rename), a.setters.map(rename));
            other.alternatives[to] = Alternative {
                suppliers,
                setters,
                ..a
            };
        }
        if let (Some(from), Some(to)) = (&tender.after, &mut other.after) {
            for (j, &new) in name.iter().enumerate() {
                for (i, &source) in order.iter().enumerate() {
                    to[i * n + new] = from[source * n + j];
                }
            }
        }
        let (s, t) = (tender.spec(), other.spec());
        let before = workspaces.0.solve(&s).expect("valid");
        let after = workspaces.1.solve(&t).expect("valid");
        for (to, &from) in order.iter().enumerate() {
            let moved = product_probability(&other, &after, &other.alternatives[to]);
            let stayed = product_probability(&tender, &before, &tender.alternatives[from]);
            // Both are solved to 1e-9; the order of sums decides the rest.
            close(moved, stayed, 1e-9);
        }
        for (j, &new) in name.iter().enumerate() {
            let (won, earned) = (after.win_probability[new], after.expected_profit[new]);
            close(won, before.win_probability[j], 1e-9);
            close(earned, before.expected_profit[j], 1e-8);
        }
    });
}

/// Order alone, without new names, moves only the rounding of sums.
#[test]
fn order_moves_no_probability_beyond_rounding() {
    let mut workspaces = (Workspace::new(), Workspace::new());
    on_random_tenders(35, |_, tender| {
        if tender.after.is_some() {
            return;
        }
        let mut reversed = tender.clone();
        reversed.alternatives.reverse();
        let (s, t) = (tender.spec(), reversed.spec());
        let before = workspaces.0.solve(&s).expect("valid");
        let after = workspaces.1.solve(&t).expect("valid");
        for a in &tender.alternatives {
            let (p, q) = (
                product_probability(&tender, &before, a),
                product_probability(&reversed, &after, a),
            );
            close(p, q, 1e-10);
        }
    });
}

#[test]
fn clones_and_worse_variants_change_nothing() {
    let mut workspaces = (Workspace::new(), Workspace::new());
    on_random_tenders(36, |r, tender| {
        if tender.after.is_some() {
            return;
        }
        let mut more = tender.clone();
        let copied = tender.alternatives[r.below(tender.alternatives.len())];
        more.alternatives.push(copied);
        more.alternatives.push(Alternative {
            value: copied.value - 0.1,
            ..copied
        });
        let (s, t) = (tender.spec(), more.spec());
        let before = workspaces.0.solve(&s).expect("valid");
        let after = workspaces.1.solve(&t).expect("valid");
        let count = tender.alternatives.len();
        assert_eq!(&after.probability[..count], before.probability);
        assert_eq!(&after.margins[..count], before.margins);
        assert_eq!(after.probability[count..], [0.0, 0.0]);
        assert_eq!(after.net_value[count + 1], f64::NEG_INFINITY);
    });
}

#[test]
fn a_used_workspace_and_a_fresh_one_agree_to_the_bit() {
    let mut used = Workspace::new();
    on_random_tenders(37, |_, tender| {
        let spec = tender.spec();
        let mut fresh = Workspace::new();
        let expected = fresh.solve(&spec).expect("valid");
        let found = used.solve(&spec).expect("valid");
        assert_eq!(found.probability, expected.probability);
        assert_eq!(found.margins, expected.margins);
        assert_eq!(found.logsum.to_bits(), expected.logsum.to_bits());
    });
}

#[test]
fn starting_from_the_answer_is_quick_and_changes_nothing() {
    let mut workspaces = (Workspace::new(), Workspace::new());
    on_random_tenders(38, |_, tender| {
        let spec = tender.spec();
        let cold = workspaces.0.solve(&spec).expect("valid");
        let warm = workspaces
            .1
            .solve_from(&spec, Some(cold.effective_margins))
            .expect("valid");
        assert!(warm.converged && warm.work.evaluations <= cold.work.evaluations);
        for (p, q) in warm.probability.iter().zip(cold.probability) {
            close(*p, *q, 1e-8);
        }
        let none = vec![f64::NAN; cold.effective_margins.len()];
        assert!(workspaces.1.solve_from(&spec, Some(&none)).expect("valid").converged);
    });
}

/// Profits, win probabilities and prices are what the alternatives say.
#[test]
fn totals_add_up() {
    let mut workspace = Workspace::new();
    on_random_tenders(39, |_, tender| {
        let spec = tender.spec();
        let found = workspace.solve(&spec).expect("valid");
        for j in 0..tender.sellers {
            let (mut profit, mut wins) = (0.0, 0.0);
            for (i, a) in tender.alternatives.iter().enumerate() {
                let later = tender.after.as_ref().map_or(0.0, |w| w[i * tender.sellers + j]);
                let slot = a.setters.iter().position(|s| usize::from(*s) == j);
                let margin = slot.map_or(0.0, |s| found.margins[i][s]);
                profit += found.probability[i] * (margin + later);
                wins += if slot.is_some() { found.probability[i] } else { 0.0 };
            }
            close(found.expected_profit[j], profit, 1e-9);
            close(found.win_probability[j], wins, 1e-12);
        }
        for (total, slots) in found.total_margin.iter().zip(found.margins) {
            assert_eq!(*total, slots[0] + slots[1]);
        }
    });
}

/// Two sellers of stacks on one radio seller who is in all of them, and no outside option.
fn essential_tender(caps: [f64; 3]) -> Tender {
    let alternatives = [
        Alternative::single(0, 0, 3.0, 1.0),
        Alternative::pair(1, 0, 1, 3.5, 1.0),
        Alternative::pair(1, 0, 2, 3.2, 1.0),
    ];
    let mut tender = Tender::new(0.5, &[0.5, 0.6], 3, &alternatives);
    tender.caps = Some(caps.iter().map(|c| [*c, f64::INFINITY]).collect());
    tender
}

#[test]
fn an_essential_seller_is_held_at_its_ceiling() {
    let tender = essential_tender([2.0, 1.4, 1.4]);
    let spec = tender.spec();
    let mut workspace = Workspace::new();
    let found = workspace.solve(&spec).expect("valid");
    assert!(found.converged);
    assert_eq!(found.capped, 1);
    let held: Vec<f64> = found.margins.iter().map(|m| m[0]).collect();
    assert_eq!(held, [2.0, 1.4, 1.4]);
    assert!(found.margins[1][1] > 0.0 && found.margins[2][1] > 0.0);
    close(one_shot_gain(&spec, &found).gain, 0.0, 1e-8);
    // Without a ceiling there is no equilibrium, and the tender is refused.
    let mut open = tender.clone();
    open.caps = None;
    assert_eq!(
        workspace.solve(&open.spec()).err(),
        Some(SolveError::EssentialSeller(0))
    );
    open.caps = tender.caps.clone();
    open.caps.as_mut().expect("set")[1][0] = f64::INFINITY;
    assert_eq!(
        workspace.solve(&open.spec()).err(),
        Some(SolveError::EssentialSeller(0))
    );
}

/// A ceiling far above the others does not bind: the seller would rather win than ask that much.
#[test]
fn a_ceiling_too_high_to_bind_is_released() {
    let tender = essential_tender([9.0, 1.4, 1.4]);
    let spec = tender.spec();
    let mut workspace = Workspace::new();
    let found = workspace.solve(&spec).expect("valid");
    assert!(found.converged);
    assert!(found.margins[0][0] < 8.0 && found.margins[0][0] > 1.4);
    assert_eq!([found.margins[1][0], found.margins[2][0]], [1.4, 1.4]);
    close(one_shot_gain(&spec, &found).gain, 0.0, 1e-8);
}

#[test]
fn ceilings_with_later_values_leave_no_gain() {
    let mut r = Random(41);
    let mut workspace = Workspace::new();
    let mut released = 0;
    for _ in 0..400 {
        let high = r.between(0.2, 4.0);
        let mut tender = essential_tender([r.between(0.2, high), r.between(0.2, high), high]);
        tender.after = Some((0..9).map(|_| r.between(0.0, 1.0)).collect());
        let spec = tender.spec();
        let found = workspace.solve(&spec).expect("valid");
        assert!(found.converged, "{tender:?}");
        assert!(one_shot_gain(&spec, &found).gain < 1e-8 * tender.mu);
        let caps = tender.caps.as_ref().expect("set");
        released += u32::from((0..3).any(|i| found.margins[i][0] < caps[i][0]));
        assert!((0..3).all(|i| found.margins[i][0] <= caps[i][0] + 1e-9));
    }
    assert!(released > 20, "both kinds occur: {released}");
}

#[test]
fn ceilings_of_other_sellers_are_not_applied() {
    let mut tender = essential_tender([2.0, 1.4, 1.4]);
    tender.alternatives.push(Alternative::unpriced(1, 0.5));
    tender.caps = None;
    let mut workspaces = (Workspace::new(), Workspace::new());
    let mut capped = tender.clone();
    capped.caps = Some(vec![[0.01; 2]; 4]);
    let (s, t) = (tender.spec(), capped.spec());
    let free = workspaces.0.solve(&s).expect("valid");
    let found = workspaces.1.solve(&t).expect("valid");
    assert_eq!(found.capped, 0);
    assert_eq!(found.margins, free.margins);
}

#[test]
fn invalid_tenders_are_refused() {
    let good = Tender::new(
        1.0,
        &[0.5],
        2,
        &[Alternative::single(0, 0, 1.0, 0.5), Alternative::single(0, 1, 1.0, 0.5)],
    );
    let mut workspace = Workspace::new();
    let mut refused = |change: &dyn Fn(&mut Tender)| {
        let mut tender = good.clone();
        change(&mut tender);
        workspace.solve(&tender.spec()).err()
    };
    assert_eq!(refused(&|_| ()), None);
    assert_eq!(refused(&|t| t.mu = 0.0), Some(SolveError::Scale(0.0)));
    assert!(matches!(refused(&|t| t.mu = f64::NAN), Some(SolveError::Scale(_))));
    for lambda in [0.05, 1.01, 0.0] {
        let expected = Some(SolveError::Lambda { nest: 0, lambda });
        assert_eq!(refused(&|t| t.lambda[0] = lambda), expected);
    }
    assert_eq!(refused(&|t| t.alternatives.clear()), Some(SolveError::NoAlternatives));
    assert_eq!(refused(&|t| t.sellers = 65), Some(SolveError::TooLarge));
    let second = Some(SolveError::Alternative(1));
    assert_eq!(refused(&|t| t.alternatives[1].value = f64::INFINITY), second);
    assert_eq!(refused(&|t| t.alternatives[1].cost = f64::NAN), second);
    assert_eq!(refused(&|t| t.alternatives[1].nest = 1), second);
    assert_eq!(refused(&|t| t.alternatives[1].setters = [1, 1]), second);
    assert_eq!(refused(&|t| t.alternatives[1].setters = [2, NOBODY]), second);
    assert_eq!(refused(&|t| t.alternatives[1].suppliers = [7, 1]), second);
    assert_eq!(refused(&|t| t.after = Some(vec![0.0; 3])), Some(SolveError::After));
    assert_eq!(refused(&|t| t.after = Some(vec![f64::NAN; 4])), Some(SolveError::After));
    assert_eq!(refused(&|t| t.caps = Some(vec![[1.0; 2]])), Some(SolveError::Caps));
    let alone = Some(SolveError::EssentialSeller(0));
    assert_eq!(refused(&|t| t.alternatives.truncate(1)), alone);
    let spec = good.spec();
    assert_eq!(workspace.solve_from(&spec, Some(&[1.0])).err(), Some(SolveError::Start));
    for error in [SolveError::NoAlternatives, SolveError::EssentialSeller(3)] {
        assert!(!error.to_string().is_empty());
    }
    fn shareable<T: Send + Sync>() {}
    shareable::<SolveError>();
    shareable::<Workspace>();
}

/// Nothing to price: keeping alone, and sellers without weight beside it.
#[test]
fn tenders_at_the_edge() {
    let mut workspace = Workspace::new();
    let keep = Tender::new(2.0, &[1.0], 3, &[Alternative::unpriced(0, 4.0)]);
    let found = workspace.solve(&keep.spec()).expect("valid").probability.to_vec();
    assert_eq!(found, [1.0]);
    // A hopeless seller alone in its nest asks mu; one without real rivals asks for its whole lead.
    let hopeless = [Alternative::single(0, 0, -900.0, 1.0), Alternative::unpriced(1, 0.0)];
    let tender = Tender::new(1.0, &[0.5, 1.0], 1, &hopeless);
    let found = workspace.solve(&tender.spec()).expect("valid");
    assert!(found.converged);
    close(found.total_margin[0], 1.0, 1e-8);
    let lead = [Alternative::single(0, 0, 300.0, 0.0), Alternative::unpriced(1, 0.0)];
    let tender = Tender::new(1.0, &[0.5, 1.0], 1, &lead);
    let spec = tender.spec();
    let found = workspace.solve(&spec).expect("valid");
    assert!(found.converged);
    // One firm against an outside good of value 0: m = 1 / (1 - S), here 1 + W(e^(300 - 1)).
    close(found.total_margin[0] * found.probability[1], 1.0, 1e-6);
    close(found.total_margin[0] + (found.total_margin[0] - 1.0).ln(), 300.0, 1e-6);
}
