use sim_core::run::{Options, Simulation};
use sim_core::scenario::document::{self, ReadFiles};
use std::sync::atomic::AtomicBool;
struct Disk;
impl ReadFiles for Disk {
    fn read(&self, path: &str) -> Result<String, String> {
        std::fs::read_to_string(path).map_err(|e| e.to_string())
    }
}
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let mut doc = match document::load(&Disk, &args[1]) {
        Ok(d) => d,
        Err(e) => {
            eprintln!("{e}");
            std::process::exit(2)
        }
    };
    let spec = document::describe::<sim_core::scenario::Scenario>();
    let n: u64 = args[2].parse().unwrap();
    for a in args[3..].iter().filter(|a| !a.starts_with('@')) {
        let (p, v) = a.split_once('=').unwrap();
        doc.set(&spec, p, v).unwrap();
    }
    let sim = match Simulation::new(
        &doc,
        Options {
            tenders: args.iter().any(|a| a == "@tenders"),
            breadth: if args.iter().any(|a| a == "@all") {
                sim_core::measure::Breadth::All
            } else {
                sim_core::measure::Breadth::Core
            },
            ..Options::default()
        },
    ) {
        Ok(d) => d,
        Err(e) => {
            eprintln!("{e}");
            std::process::exit(2)
        }
    };
    eprintln!(
        "series {} dates {} slots {} clusters {} sites {}",
        sim.series().len(),
        sim.dates().len(),
        sim.world().slots.len(),
        sim.world().cluster_count(),
        sim.world().operators.iter().map(|o| o.sites).sum::<f64>()
    );
    let stop = AtomicBool::new(false);
    let t = std::time::Instant::now();
    let recs: Vec<_> = (0..n).map(|k| sim.replicate(k, &stop).unwrap()).collect();
    let el = t.elapsed().as_secs_f64() / n.max(1) as f64;
    if n == 0 {
        return;
    }
    eprintln!("{:.1} ms a replicate, {:?}", el * 1e3, recs[0].counters);
    let mut kinds = std::collections::BTreeMap::new();
    let mut seen = std::collections::BTreeSet::new();
    for r in &recs {
        for t in &r.tenders {
            if seen.insert((r.replicate, t.tender.clone())) {
                let e = kinds
                    .entry((t.kind, t.generation.clone(), t.outcome, t.architecture))
                    .or_insert((0, 0.0, 0.0));
                e.0 += 1;
                e.1 += t.price;
                e.2 += t.months_late;
            }
        }
    }
    for (k, (c, p, l)) in &kinds {
        eprintln!(
            "{k:?} {} price {:.0} late {:.2}",
            *c as f64 / n as f64,
            p / *c as f64,
            l / *c as f64
        );
    }
    let filters: Vec<&str> = args[3..].iter().filter_map(|a| a.strip_prefix('@')).collect();
    for (s, key) in sim.series().iter().enumerate() {
        let name = format!(
            "{} {} {} {} {} {}",
            key.measure, key.component, key.generation, key.place, key.vendor, key.part
        );
        if !filters
            .iter()
            .any(|f| f.split('+').all(|w| name.split(' ').any(|x| x == w)))
        {
            continue;
        }
        let mut line = format!("{name:70}");
        for d in (0..sim.dates().len()).step_by(if args.iter().any(|a| a == "@all") {
            1
        } else if sim.dates().len() > 12 {
            2
        } else {
            1
        }) {
            let vals: Vec<f64> = recs
                .iter()
                .map(|r| r.values[d * sim.series().len() + s])
                .filter(|v| !v.is_nan())
                .collect();
            let m = vals.iter().sum::<f64>() / vals.len() as f64;
            line += &if m.abs() >= 100.0 {
                format!(" {m:8.0}")
            } else {
                format!(" {m:8.3}")
            };
        }
        println!("{line}");
    }
}
