//! Any text as `manifest.json` and as `plan.json`: as it stands, and with its hashes put right, so that what lies
//! behind them is reached.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use sim_cli::store::manifest::{MOST_REPLICATES, Manifest};
use sim_cli::store::plan::Plan;
use sim_cli::store::points::hash_of_first;
use sim_core::design::MAX_POINTS;

fn manifest_is_used(manifest: &Manifest) {
    // Readers make room for so many.
    assert!(manifest.replicates <= MOST_REPLICATES);
    assert!((manifest.points.iter()).all(|points| points.count <= MAX_POINTS));
    assert!(manifest.keys().take(100).all(|key| manifest.has_key(key)));
    let _ = manifest.difference(&fuzzed::plan(None).manifest);
}

fn plan_is_used(plan: &Plan) {
    assert_eq!(plan.worlds.len(), plan.manifest.worlds.len());
    for layout in plan.layouts() {
        let _ = layout.cells();
    }
    let _ = (
        plan.jobs(),
        plan.valuation(),
        plan.begins_with_points_of(&plan.manifest),
    );
    manifest_is_used(&plan.manifest);
    if plan.manifest.replicates < 1000 {
        let keys = plan.keys_to_play();
        assert!(keys.iter().all(|key| plan.manifest.has_key(*key)));
    }
}

fuzz_target!(init: fuzzed::write_seeds(), |bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(manifest) = Manifest::parse(&text) {
        manifest_is_used(&manifest);
    }
    if let Ok(plan) = Plan::parse(&text) {
        plan_is_used(&plan);
    }
    let Ok(mut value) = serde_json::from_str::<Value>(&text) else {
        return;
    };
    if let Some(map) = value.as_object_mut() {
        map.remove("run_key");
        map.remove("hash");
    }
    if let Ok(manifest) = serde_json::from_value::<Manifest>(value.clone())
        && let Ok(read) = Manifest::parse(&manifest.to_text())
    {
        assert_eq!(read.to_text(), manifest.to_text());
        manifest_is_used(&read);
    }
    if let Ok(mut plan) = serde_json::from_value::<Plan>(value) {
        plan.manifest.recorded.layout_hash = Manifest::recorded(Default::default(), &plan.layouts()).layout_hash;
        if let (Some(points), Some(design)) = (&mut plan.manifest.points, &plan.design)
            && let Some(hash) = hash_of_first(design, points.count)
        {
            points.hash = hash;
        }
        if let Ok(text) = serde_json::to_string(&plan)
            && let Ok(plan) = Plan::parse(&text)
        {
            plan_is_used(&plan);
        }
    }
});
