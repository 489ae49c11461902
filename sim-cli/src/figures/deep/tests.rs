//! Figures of deep uncertainty on made-up designs whose answers are known.

use super::*;
use crate::figures::number::percent;
use crate::figures::tests::fixture::explored;

fn run(name: &str, design: &str) -> DeepRun {
    DeepRun {
        name: name.to_owned(),
        command: String::new(),
        scenario: "scenarios/deep.toml".into(),
        set: Vec::new(),
        design: design.to_owned(),
        n: 64,
        replicates: 2,
        seed: 7,
        measure: "lock_in_index".into(),
        place: ("eu".into(), "the EU".into()),
        threshold: 0.5,
        labels: [("a.first", "First input"), ("a.second", "Second input")]
            .map(|(path, label)| (path.to_owned(), label.to_owned()))
            .into(),
        policies: vec!["No new rule".into(), "Mandate".into()],
    }
}

fn table(run: &DeepRun, explored: &Explored) -> DeepTable {
    compute(deep_by_name(&run.name).unwrap(), run, explored).unwrap()
}

/// The table reads back from its CSV and gives the same picture.
fn draws_again(table: &DeepTable) -> String {
    let figure = deep_by_name(&table.figure).unwrap();
    let csv = table.to_csv().unwrap();
    let again = DeepTable::from_csv(&csv).unwrap();
    assert_eq!(again.to_csv().unwrap(), csv);
    let svg = figure.draw(table).unwrap();
    assert_eq!(figure.draw(&again).unwrap(), svg);
    svg
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-6, "{found}, expected {expected}");
}

#[test]
fn regret_is_what_the_best_policy_would_have_done_better() {
    let table = table(&run("12-regret", "sobol"), &explored("ab", 1.0));
    // The mandate lowers lock-in by 0.16 x less 0.02: it regrets 0.02 where x is 0, and without it 0.14 is lost at most.
    near(table.value("1", "regret_max"), 0.02);
    near(table.value("0", "regret_max"), 0.14);
    // x takes 0, 1/7, ..., 1: the mandate is the better one from 1/7 = 0.143 > 0.125 on.
    near(table.value("1", "share_of_futures_best"), 7.0 / 8.0);
    near(table.value("minimax_regret", "chosen_by"), 1.0);
    near(table.value("minimax_regret", "chosen_again"), 1.0);
    let svg = draws_again(&table);
    assert!(
        svg.contains("In nine of ten futures “Mandate” is within 2.0 points of the best policy"),
        "{svg}"
    );
    // Whose number it is, also after a sentence about another policy; and the pale bar ends where the title says.
    let (_, text) = svg.split_once("<desc").expect("described");
    assert!(
        text.contains("“Mandate” is the best policy in 88% of the futures."),
        "{text}"
    );
    assert!(
        svg.contains("Nine in ten") && svg.contains("from the 5% to the 90% quantile"),
        "{svg}"
    );
    let mut moved = table.clone();
    for row in moved.rows.iter_mut().filter(|row| row.quantity == "regret_p95") {
        row.value += 0.01;
    }
    assert_eq!(draws_again(&moved), svg, "the 95% quantile is not drawn");
}

#[test]
fn the_box_is_around_the_failures_of_the_robust_policy() {
    let found = table(&run("11-failure-box", "sobol"), &explored("ab", 1.0));
    let svg = draws_again(&found);
    // With the mandate lock-in is at most 0.32 + 0.04 + 0.15 + 0.01 = 0.52: above 0.5 only at the top of the second.
    let [coverage, density] = ["coverage", "density"].map(|quantity| percent(found.value("box", quantity)));
    let title = format!("{coverage} of the failures of “Mandate”, the most robust policy, lie in");
    assert!(svg.contains(&title), "{svg}");
    let limit = found
        .of("limit")
        .find(|row| row.label == "Second input")
        .expect("it is limited");
    assert!(limit.between[0] > 0.75, "{:?}", limit.between);
    let failing = found.of("lock_in").filter(|row| row.value > 0.5).count();
    let expected = (explored("ab", 1.0).outcomes()[1].iter())
        .filter(|value| **value > 0.5)
        .count();
    assert_eq!(failing, expected);
    // How dense the box is says something beside the share of all futures that fail.
    let base = percent(failing as f64 / 64.0);
    let (_, text) = svg.split_once("<desc").expect("described");
    let beside = format!("of the futures in it {density} fail, of all futures {base}: ");
    assert!(text.contains(&beside), "{text}");
    // So does how many futures the box holds, counted here one by one.
    let sure: Vec<&DeepRow> = (found.of("limit"))
        .filter(|row| found.value(&row.series, "quasi_p") <= 0.05)
        .collect();
    let made_up = explored("ab", 1.0);
    let is_in = |future: &&Vec<f64>| {
        sure.iter().all(|row| {
            let input = ["First input", "Second input", "a.third"]
                .iter()
                .position(|label| **label == row.label);
            let [low, high] = row.between;
            let value = future[input.expect("an input")];
            (low.is_nan() || value >= low) && (high.is_nan() || value <= high)
        })
    };
    let inside = made_up.futures.iter().filter(is_in).count();
    let size = percent(inside as f64 / 64.0);
    assert!(text.contains(&format!("of them and {size} of all futures;")), "{text}");
    assert!(svg.contains(&format!("lie in {size} of the futures")), "{svg}");
    for (scale, words) in [
        (0.5, "fails in none of the futures"),
        (2.0, "fails in all of the futures"),
    ] {
        let svg = draws_again(&table(&run("11-failure-box", "sobol"), &explored("ab", scale)));
        assert!(svg.contains(words), "{words}");
    }
}

#[test]
fn effects_are_those_of_the_inputs_and_their_order_is_told() {
    // Three trajectories by hand over two inputs: y = 0.2 a - 0.1 b in levels 1/3 and 1.
    let (low, high) = (1.0 / 3.0, 1.0);
    let futures: Vec<Vec<f64>> = [
        [[low, low], [high, low], [high, high]],
        [[high, high], [high, low], [low, low]],
        [[low, high], [high, high], [high, low]],
    ]
    .concat()
    .iter()
    .map(|point| point.to_vec())
    .collect();
    let values = futures.iter().map(|x| vec![0.2 * x[0] - 0.1 * x[1]; 2]).collect();
    let explored = Explored {
        inputs: vec!["a.first".into(), "a.second".into()],
        futures,
        values: vec![values],
        ..explored("ab", 1.0)
    };
    let table = table(&run("10-sensitivity", "morris"), &explored);
    near(table.value("a.first", "mu_star"), 0.2);
    near(table.value("a.second", "mu"), -0.1);
    near(table.value("a.second", "sigma"), 0.0);
    near(table.value("luck", "luck_sd"), 0.0);
    let svg = draws_again(&table);
    assert!(svg.contains("“First input” decides the lock-in of the EU at the end of 2035 more than any other input"));
    assert!(svg.contains("− 10.0"));
    // What is no Morris design is refused.
    let other = run("10-sensitivity", "sobol");
    assert!(
        compute(
            &sensitivity::Sensitivity,
            &other,
            &super::super::tests::fixture::explored("ab", 1.0)
        )
        .is_err()
    );
}

#[test]
fn damaged_tables_are_refused() {
    let csv = table(&run("12-regret", "sobol"), &explored("ab", 1.0))
        .to_csv()
        .unwrap();
    assert!(DeepTable::from_csv("").is_err());
    assert!(DeepTable::from_csv(csv.lines().next().unwrap()).is_err());
    assert!(DeepTable::from_csv(&csv.replacen("quantity", "quantities", 1)).is_err());
    assert!(DeepTable::from_csv(&csv.replacen(",7,0.1.0", ",8,0.1.0", 1)).is_err());
    assert!(DeepTable::from_csv(&csv.replacen(",0.02,", ",x,", 1)).is_err());
}
