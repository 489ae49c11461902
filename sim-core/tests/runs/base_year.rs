//! The world of 2020 begins where it says: sales of 2020 meet the published shares to which its levels are set (`.ci/base_levels`).

use crate::common::{WORLD, child, play, simulate};

/// Place, vendor and share: F012, F014, F016, F018 and F020 of `scenarios/sources.csv`, and F022.
const PUBLISHED: [(&str, &str, f64); 6] = [
    ("world_ex_china", "ericsson", 0.37),
    ("world_ex_china", "nokia", 0.27),
    ("world_ex_china", "huawei", 0.21),
    ("world_ex_china", "samsung", 0.08),
    ("world_ex_china", "zte", 0.03),
    ("china", "huawei", 0.61),
];
const REPLICATES: u64 = 48;
/// Levels are set with an error of a point; the rest is luck of so many replicates.
const TOLERANCE: f64 = 0.03;

#[test]
fn sales_of_2020_meet_the_published_shares() {
    let year = "[scenario]\nend = 2021-12-31\n[measures]\nextra = [\"share_sales\"]\n";
    let s = simulate(&child(WORLD, year));
    let date = (s.dates().iter().position(|d| d.to_string() == "2020-12-31")).expect("the end of 2020 is measured");
    let records: Vec<_> = (0..REPLICATES).map(|k| play(&s, k)).collect();
    for (place, vendor, published) in PUBLISHED {
        let series = s.series().iter().position(|k| {
            (k.measure, k.component, k.place.as_str(), k.vendor.as_str()) == ("share_sales", "ran", place, vendor)
                && k.generation == "all"
        });
        let at = date * s.series().len() + series.unwrap_or_else(|| panic!("{vendor} in {place} is recorded"));
        let mean = records.iter().map(|r| r.values[at]).sum::<f64>() / REPLICATES as f64;
        assert!(
            (mean - published).abs() < TOLERANCE,
            "{vendor} sells {mean:.3} in {place}, published {published}: run .ci/base_levels --write"
        );
    }
}
