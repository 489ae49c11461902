//! Three fixed workloads whose instructions are counted: `.ci/run instructions`.
//!
//! Time on a shared machine says little; the number of instructions of a fixed piece of work says nearly the same on
//! every run. Each workload is set up first and then done in a function of its own, `measured_NAME`, outside of which
//! callgrind does not count. What they do may not change: their counts are compared with `benches/instructions.txt`.

use std::hint::black_box;

use benches::{alternatives, play, simulation};
use sim_cli::store::entry::Entry;
use sim_cli::store::layout::Layout;
use sim_cli::store::segments::Segments;
use sim_core::draws::Luck;
use sim_core::market::equilibrium::{TenderSpec, Workspace};
use sim_core::record::ReplicateRecord;
use sim_core::run::Simulation;

/// One replicate of `minimal`, from the first day to the last.
#[inline(never)]
fn measured_replicate(simulation: &Simulation) -> ReplicateRecord {
    play(simulation, 1)
}

/// A hundred times the bids of a tender of 64 alternatives.
#[inline(never)]
fn measured_tender(workspace: &mut Workspace, spec: &TenderSpec<'_>) {
    for _ in 0..100 {
        let found = workspace.solve(black_box(spec));
        assert!(
            black_box(found).is_ok_and(|found| found.converged),
            "the tender is solved"
        );
    }
}

/// Five hundred finished replicates on their way to the disk.
#[inline(never)]
fn measured_store(segments: &mut Segments, entry: &Entry) {
    for k in 0..500 {
        segments
            .append(0, k, black_box(entry))
            .unwrap_or_else(|e| panic!("{e}"));
    }
}

fn main() {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    match wanted.as_str() {
        "replicate" => {
            let minimal = simulation("minimal", &[]);
            let values = measured_replicate(&minimal).values;
            println!("{} values", values.len());
        }
        "tender" => {
            let alternatives = alternatives::sixty_four(&Luck::new(2020, 0));
            let spec = alternatives::spec(&alternatives);
            let mut workspace = Workspace::new();
            measured_tender(&mut workspace, &spec);
        }
        "store" => {
            let minimal = simulation("minimal", &[]);
            let entry = Entry::of(&play(&minimal, 1));
            let layout = Layout::of_series("minimal", minimal.series(), minimal.dates());
            let folder = std::env::temp_dir().join(format!("oransim-workload-{}", std::process::id()));
            let mut segments = Segments::new(vec![layout], "workload");
            segments.open_for_writing(&folder).unwrap_or_else(|e| panic!("{e}"));
            measured_store(&mut segments, &entry);
            drop(segments);
            std::fs::remove_dir_all(&folder).unwrap_or_else(|e| panic!("{e}"));
        }
        other => {
            eprintln!("`{other}`: say replicate, tender or store");
            std::process::exit(2);
        }
    }
}
