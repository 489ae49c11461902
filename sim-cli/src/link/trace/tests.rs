//! What the trace says, computed again from what it prints.

use std::sync::LazyLock;

use serde_json::Value;

use super::trace;
use crate::model::{TraceRequest, WorldRequest};
use crate::settings::Record;

/// Minimal world with early open products and a removal of `alpha`, so that every kind of alternative, forced tenders
/// and refusals occur.
const SETS: [&str; 4] = [
    "vendor.beta.opens=2016-01-01",
    "vendor.alpha.opens=2016-01-01",
    "environment.urban.open_gap_share=0.0",
    "levers.out={ procurement_ban = { in_force = 2026-01-01, announced = 2025-01-01, deadline = 2029-12-31, scope = { vendors = [\"alpha\"] } } }",
];

fn request(json: bool, sets: &[&str]) -> TraceRequest {
    TraceRequest {
        world: WorldRequest {
            scenarios: vec![concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/minimal.toml").into()],
            overrides: sets.iter().map(|set| set.parse().unwrap()).collect(),
            seed: None,
            uncertainty: None,
            replicates: None,
            record: Record::default(),
        },
        replicate: 0,
        operator: None,
        tender: None,
        from: None,
        to: None,
        json,
    }
}

fn lines(request: &TraceRequest) -> Vec<String> {
    let mut text = String::new();
    trace(request, &mut |line| {
        text.push_str(line);
        Ok(())
    })
    .unwrap();
    text.lines().map(str::to_owned).collect()
}

/// Tenders of three worlds, three replicates each.
static TENDERS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for sets in [&SETS[..0], &SETS[..3], &SETS[..]] {
        for replicate in 0..3 {
            let request = TraceRequest {
                replicate,
                ..request(true, sets)
            };
            let events = lines(&request)
                .into_iter()
                .map(|line| serde_json::from_str::<Value>(&line).unwrap());
            all.extend(events.filter(|event| event["event"] == "tender"));
        }
    }
    all
});

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NEG_INFINITY)
}

/// Alternatives that stand.
fn standing(tender: &Value) -> Vec<&Value> {
    tender["alternatives"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|a| a["stands"] == true)
        .collect()
}

fn items(alternative: &Value) -> Vec<(&str, f64)> {
    let items = alternative["items"].as_object().unwrap();
    items.iter().map(|(name, x)| (name.as_str(), number(x))).collect()
}

#[test]
fn items_sum_to_value_less_price_and_only_keep_and_partial_renewals_have_a_rest() {
    let tenders = &*TENDERS;
    let mut kinds = std::collections::BTreeMap::new();
    for alternative in tenders.iter().flat_map(standing) {
        let sum: f64 = items(alternative).iter().map(|(_, x)| x).sum();
        let net = number(&alternative["value"]) - number(&alternative["price"]);
        assert!((sum - net).abs() < 1e-6, "{alternative}");
        assert!((number(&alternative["net"]) - net).abs() < 1e-6, "{alternative}");
        let later = number(&alternative["items"]["later"]);
        let kind = alternative["kind"].as_str().unwrap();
        if matches!(kind, "keep" | "partial") {
            assert!(later < 0.0, "running on costs upkeep: {alternative}");
        } else {
            assert_eq!(later, 0.0, "{alternative}");
        }
        *kinds.entry(kind.to_owned()).or_insert(0) += 1;
    }
    assert!(tenders.len() > 500, "{}", tenders.len());
    assert_eq!(
        kinds.keys().collect::<Vec<_>>(),
        ["closed", "keep", "open_multi", "open_single", "partial"]
    );
}

#[test]
fn totals_order_alternatives_as_the_draw_did_and_luck_is_owned_up_to() {
    let (mut by_luck, mut within) = (0, 0);
    for tender in TENDERS.iter() {
        let standing = standing(tender);
        if tender["why"].is_null() {
            continue;
        }
        // The draw was made by the model in two steps; here is the order of totals.
        assert_eq!(standing[0]["alternative"], tender["winner"]);
        assert!(
            standing
                .windows(2)
                .all(|pair| number(&pair[0]["total"]) >= number(&pair[1]["total"]))
        );
        let why = &tender["why"];
        assert_eq!(standing[1]["alternative"], why["runner_up"]);
        let margin = number(&standing[0]["total"]) - number(&standing[1]["total"]);
        assert!((margin - number(&why["margin"])).abs() < 1e-6);
        // Within a nest the margin is that of net values and own shocks.
        if standing[0]["nest"] == standing[1]["nest"] {
            let own = |a: &Value| number(&a["net"]) + number(&a["own_shock"]);
            assert!((margin - own(standing[0]) + own(standing[1])).abs() < 1e-6);
            within += 1;
        }
        // Without shocks: the nest of the largest inclusive value, and the largest net value in it.
        let nests = tender["inclusive_values"].as_object().unwrap();
        let nest = nests
            .iter()
            .max_by(|a, b| number(a.1).total_cmp(&number(b.1)))
            .unwrap()
            .0;
        let members = standing.iter().filter(|a| a["nest"] == nest.as_str());
        let calm = members
            .max_by(|a, b| number(&a["net"]).total_cmp(&number(&b["net"])))
            .unwrap();
        let says_luck = tender["sentence"].as_str().unwrap().contains("Luck decided");
        assert_eq!(
            calm["alternative"] != tender["winner"],
            says_luck,
            "{}",
            tender["sentence"]
        );
        if says_luck {
            assert_eq!(why["without_luck"]["winner"], calm["alternative"]);
            by_luck += 1;
        }
    }
    assert!(by_luck > 20 && within > 20, "{by_luck} {within}");
}

#[test]
fn the_sentence_names_the_two_largest_differences() {
    for tender in TENDERS.iter() {
        if tender["why"].is_null() {
            continue;
        }
        let standing = standing(tender);
        let rival: Vec<(&str, f64)> = items(standing[1]);
        let mut differences: Vec<(&str, f64)> = (items(standing[0]).into_iter().zip(rival))
            .map(|((name, a), (same, b))| {
                assert_eq!(name, same);
                (name, a - b)
            })
            .collect();
        differences.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        let sentence = tender["sentence"].as_str().unwrap();
        for (place, (name, x)) in differences
            .iter()
            .take(2)
            .enumerate()
            .filter(|(_, (_, x))| x.abs() >= 0.5)
        {
            let stated = &tender["why"]["differences"][place];
            assert!(
                (number(&stated["difference"]).abs() - x.abs()).abs() < 1e-9,
                "{sentence}"
            );
            // Items of exactly one size may stand in either order.
            let tied = differences.iter().any(|(other, y)| other != name && y.abs() == x.abs());
            if tied {
                continue;
            }
            let name = if *name == "later" {
                "upkeep and later renewal".to_owned()
            } else {
                name.replace('_', " ")
            };
            let gain = ["quality", "taste", "finance", "continuation"].contains(&name.as_str());
            let side = if (*x > 0.0) == gain { "higher" } else { "lower" };
            let words = format!("{name} {} {side}", super::words::money(x.abs()));
            assert!(sentence.contains(&words), "`{words}` is not in: {sentence}");
        }
    }
}

#[test]
fn upkeep_of_keep_is_that_of_the_formula() {
    use sim_core::market::value::extension_upkeep;
    // First tenders of 4G kit: eight years old when it is due; upkeep growth 3% a year, 1.5 years, wacc 7%.
    let events = lines(&TraceRequest {
        to: Some("2021-12-31".into()),
        ..request(true, &[])
    });
    let mut seen = 0;
    for event in events.iter().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        if event["kind"] != "renewal" || event["layer"] != "4g" || !event["tender"].as_str().unwrap().ends_with("n0") {
            continue;
        }
        let keep = standing(&event).into_iter().find(|a| a["kind"] == "keep").unwrap();
        let wanted = -50_000.0 * 0.6 * extension_upkeep(0.03, 0.07, 8.0, 1.5, 8.0);
        let found = number(&keep["items"]["later"]);
        assert!((found / wanted - 1.0).abs() < 0.01, "{found} {wanted}");
        seen += 1;
    }
    assert!(seen >= 2);
}

#[test]
fn filters_leave_out_what_was_not_asked_for() {
    let all = lines(&request(true, &[]));
    let parse =
        |lines: Vec<String>| -> Vec<Value> { lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect() };
    let north = parse(lines(&TraceRequest {
        operator: Some("north".into()),
        ..request(true, &[])
    }));
    assert!(!north.is_empty() && north.len() < all.len());
    assert!(north.iter().all(|event| event["operator"] == "north"));
    let some = TraceRequest {
        from: Some("2023-01-01".into()),
        to: Some("2023-12-31".into()),
        ..request(true, &[])
    };
    let some = parse(lines(&some));
    let dates: Vec<&str> = some.iter().map(|event| event["date"].as_str().unwrap()).collect();
    assert!(
        dates.iter().all(|date| date.starts_with("2023")) && dates.len() > 4,
        "{dates:?}"
    );
    let id = north.iter().find(|event| event["event"] == "tender").unwrap()["tender"]
        .as_str()
        .unwrap()
        .to_owned();
    let one = parse(lines(&TraceRequest {
        tender: Some(id.clone()),
        ..request(true, &[])
    }));
    assert_eq!(one.len(), 1);
    assert_eq!(one[0]["tender"], id.as_str());
    let mut nothing = |_: &str| Ok(());
    let unknown = TraceRequest {
        tender: Some(format!("{id}x")),
        ..request(true, &[])
    };
    let said = trace(&unknown, &mut nothing).unwrap_err();
    assert!(said.message().contains(&format!("did you mean `{id}`?")), "{said}");
}

#[test]
fn a_reader_that_leaves_ends_the_run() {
    let mut printed = 0;
    let left = trace(&request(false, &[]), &mut |_| {
        printed += 1;
        Err(crate::exit::Failure::ClosedPipe)
    });
    assert_eq!((left.unwrap_err(), printed), (crate::exit::Failure::ClosedPipe, 1));
}

#[test]
fn what_vendors_decide_is_told() {
    // Who pays nothing to come comes on the first day; whose line is worth opening for nothing opens it; who pays more than it can earn leaves.
    let theory = |name: &str, json: bool| -> Vec<String> {
        let mut asked = request(json, &[]);
        asked.world.scenarios = vec![format!("{}/../scenarios/theory/{name}.toml", env!("CARGO_MANIFEST_DIR")).into()];
        lines(&asked)
    };
    for (scenario, decision, words) in [
        ("entrant", "entered", "enters the market"),
        ("line-that-opens", "opened", "opens its line"),
        ("seller-that-leaves", "left", "leaves the market"),
    ] {
        let events = theory(scenario, true);
        let told: Vec<Value> = (events.iter().map(|line| serde_json::from_str::<Value>(line).unwrap()))
            .filter(|event| event["event"] == "vendor" && event["decision"] == decision)
            .collect();
        assert!(!told.is_empty(), "{scenario}: {decision}");
        let said = theory(scenario, false);
        for event in told {
            let (date, vendor) = (event["date"].as_str().unwrap(), event["vendor"].as_str().unwrap());
            let sentence = format!("{vendor} {words}");
            assert!(
                said.iter().any(|line| line.contains(date) && line.contains(&sentence)),
                "{scenario}: {date}, {sentence}"
            );
        }
    }
}
