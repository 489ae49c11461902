#!/usr/bin/env python3
"""Sobol' and Morris indices and PRIM boxes of `oransim`, against SALib and the EMA Workbench on the same files.

    pip install SALib==1.6.0 ema_workbench==2.5.3
    python3 sim-cli/tests/crosscheck/compare.py target/release/oransim > sim-cli/tests/crosscheck/recorded.txt

It makes a small study (a child of `minimal` with four uncertain inputs), plays its designs, lets `oransim` analyse them,
and analyses the same design.csv and summary.csv with the other tools. It exits with 1 where they disagree by more than
is said below. Not part of CI: recorded.txt beside it holds what it printed last.
"""

import csv
import os
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
from SALib.analyze import morris, sobol
from ema_workbench.analysis import prim

STUDY = """#:schema ./scenario.schema.json
extends = "minimal.toml"
[scenario]
id = "study"
[uncertainties]
"market.taste_scale_share" = { uniform = { low = 0.04, high = 0.12 } }
"switching.x2_anchor_usd_per_site" = { triangular = { low = 5000, mode = 17500, high = 30000 } }
"keep.growth_share_per_year" = { log_uniform = { low = 0.01, high = 0.1 } }
"foresight.buyer" = { uniform = { low = 0.0, high = 1.0 } }
"""
MEASURE = ["--measure", "lock_in_curve"]
failures = []


def check(name, ours, theirs, tolerance):
    worst = max(abs(a - b) for a, b in zip(ours, theirs))
    verdict = "agree" if worst <= tolerance else "DISAGREE"
    print(f"  {name}: largest difference {worst:.2g}, allowed {tolerance:g}: {verdict}")
    if worst > tolerance:
        failures.append(name)


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main(binary):
    binary = os.path.abspath(binary)

    def oransim(*words):
        done = subprocess.run([binary, *words], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"oransim {' '.join(words)}: {done.stderr}")

    def explore(design, n):
        oransim("explore", "scenarios/study.toml", "--design", design, "-n", str(n), "--replicates", "1",
                "--format", "csv", "--jobs", "4", "--progress", "none", "--out", design)
        table = pd.read_csv(os.path.join(folder, design, "design.csv")).drop(columns="point")
        summary = pd.read_csv(os.path.join(folder, design, "summary.csv"))
        last = summary[(summary.time == summary.time.max()) & (summary.measure == "lock_in_curve")
                       & (summary.component == "ran") & (summary.generation == "all") & (summary.place == "world")
                       & (summary.vendor == "all") & (summary.part == "all")]
        return table, last.sort_values("point")["mean"].to_numpy()

    with tempfile.TemporaryDirectory() as folder:
        oransim("init", ".")
        with open(os.path.join(folder, "scenarios", "study.toml"), "w", encoding="utf-8") as file:
            file.write(STUDY)

        table, y = explore("saltelli", 64)
        oransim("sensitivity", "saltelli", *MEASURE)
        problem = {"num_vars": table.shape[1], "names": list(table.columns), "bounds": [[0, 1]] * table.shape[1]}
        theirs = sobol.analyze(problem, y, calc_second_order=False, num_resamples=10, seed=1)
        ours = {row["input"]: row for row in rows(os.path.join(folder, "saltelli", "sensitivity.csv"))}
        print("Sobol' indices, 64 blocks: oransim first, total; SALib first, total")
        for i, name in enumerate(problem["names"]):
            own = [float(ours[name][key]) for key in ("first", "total")]
            print(f"  {name}: {own[0]:.4f} {own[1]:.4f}; {theirs['S1'][i]:.4f} {theirs['ST'][i]:.4f}")
        for key, other in (("first", "S1"), ("total", "ST")):
            # The same estimator up to the divisor of the variance.
            check(f"Sobol' {key}", [float(ours[name][key]) for name in problem["names"]], theirs[other], 0.01)

        table, y = explore("morris", 20)
        oransim("sensitivity", "morris", *MEASURE)
        theirs = morris.analyze(problem, table.to_numpy(), y, num_levels=4, num_resamples=10, seed=1)
        ours = {row["input"]: row for row in rows(os.path.join(folder, "morris", "sensitivity.csv"))}
        print("Morris, 20 trajectories: oransim mu, mu*, sigma; SALib mu, mu*, sigma")
        for i, name in enumerate(problem["names"]):
            own = " ".join(f"{float(ours[name][key]):.6f}" for key in ("mu", "mu_star", "sigma"))
            print(f"  {name}: {own}; {theirs['mu'][i]:.6f} {theirs['mu_star'][i]:.6f} {theirs['sigma'][i]:.6f}")
        for key in ("mu", "mu_star", "sigma"):
            # The same arithmetic.
            check(f"Morris {key}", [float(ours[name][key]) for name in problem["names"]], theirs[key], 1e-9)

        table, y = explore("sobol", 512)
        threshold = float(np.quantile(y, 0.8))
        oransim("discover", "sobol", *MEASURE, "--above", repr(threshold), "--boxes", "1")
        found = rows(os.path.join(folder, "sobol", "boxes.csv"))
        box = prim.Prim(table, y > threshold, threshold=0.8, peel_alpha=0.05, mass_min=0.05).find_box()
        curve = box.peeling_trajectory
        dense = curve[curve.density >= 0.8]
        chosen = dense.iloc[0] if len(dense) else curve.iloc[-1]
        print(f"PRIM, 512 futures of which a fifth is of interest: lock-in above {threshold:.4f}")
        ours = [float(found[0]["coverage"]), float(found[0]["density"])]
        print(f"  oransim: coverage {ours[0]:.3f}, density {ours[1]:.3f}, limits on "
              + ", ".join(sorted(row["input"] for row in found)))
        limits = box.box_lims[int(chosen.id)]
        inner = [name for name in table.columns
                 if limits[name].iloc[0] > table[name].min() or limits[name].iloc[1] < table[name].max()]
        print(f"  EMA Workbench: coverage {chosen.coverage:.3f}, density {chosen.density:.3f}, limits on "
              + ", ".join(sorted(inner)))
        # Another objective of peeling, and pasting in one of them only: the boxes tell the same futures, not the same digits.
        check("PRIM coverage, density", ours, [chosen.coverage, chosen.density], 0.1)
    if failures:
        sys.exit("they disagree in " + ", ".join(failures))
    print("all agree")


if __name__ == "__main__":
    main(sys.argv[1])
