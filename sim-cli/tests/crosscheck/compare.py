#!/usr/bin/env python3
"""Designs, Sobol' and Morris indices and PRIM boxes of `oransim`, against SciPy, SALib and the EMA Workbench.

    pip install SALib==1.6.0 ema_workbench==2.5.3
    python3 sim-cli/tests/crosscheck/compare.py target/release/oransim --record

It makes a small study (a child of `minimal` with four uncertain inputs), plays its designs, lets `oransim` analyse them,
and analyses the same design.csv and summary.csv with the other tools. It exits with 1 where they disagree by more than
is said below. Not part of CI: with `--record`, recorded.txt beside it holds what was printed.
"""

import csv
import datetime
import importlib.metadata
import itertools
import os
import platform
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pandas as pd
from SALib.analyze import morris, sobol
from SALib.sample import sobol_sequence
from scipy import stats
from scipy.stats import qmc

with warnings.catch_warnings():
    # It says on loading which of its evaluators it will not have; none is used here.
    warnings.simplefilter("ignore")
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
# The same distributions by SciPy, in the order of the columns.
PRIORS = [stats.uniform(0.04, 0.08), stats.triang(0.5, 5000, 25000), stats.loguniform(0.01, 0.1), stats.uniform(0, 1)]
MEASURE = ["--measure", "lock_in_curve"]
RECORD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "recorded.txt")
lines, failures = [], []


def say(text):
    print(text)
    lines.append(text)


def verdict(name, number, agrees):
    say(f"  {name}: {number}: {'agree' if agrees else 'DISAGREE'}")
    if not agrees:
        failures.append(name)


def check(name, ours, theirs, tolerance):
    worst = max(abs(a - b) for a, b in zip(ours, theirs, strict=True))
    verdict(name, f"largest difference {worst:.2g}, allowed {tolerance:g}", worst <= tolerance)


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def unit(table):
    """The points of a design in probabilities."""
    return np.column_stack([prior.cdf(table[name]) for prior, name in zip(PRIORS, table.columns, strict=True)])


def filling(points):
    """How many points lie in each elementary interval of base 2, for every pair of axes and every shape of at least one
    point's volume, sorted by number. Owen's scrambling exchanges the intervals of a shape and so changes none of it."""
    size = int(np.log2(len(points)))
    found = {}
    for (i, j), volume in itertools.product(itertools.combinations(range(points.shape[1]), 2), range(1, size + 1)):
        for k in range(volume + 1):
            rows, columns = 2**k, 2 ** (volume - k)
            cell = (points[:, i] * rows).astype(int) * columns + (points[:, j] * columns).astype(int)
            found[i, j, k, volume] = tuple(np.sort(np.bincount(cell, minlength=rows * columns)))
    return found


def same_net(name, ours, theirs):
    ours, theirs = filling(ours), filling(theirs)
    differ = sum(ours[key] != theirs[key] for key in theirs)
    verdict(name, f"{differ} of {len(theirs)} shapes of elementary intervals filled otherwise, allowed 0", differ == 0)


def as_even(name, points, sampler):
    """The centred discrepancy among those of 400 designs of the same kind and size by SciPy, by other seeds."""
    own = qmc.discrepancy(points)
    others = np.sort([qmc.discrepancy(sampler(seed).random(len(points))) for seed in range(400)])
    low, high = others[1], others[-2]
    verdict(name, f"centred discrepancy {own:.3g}, 398 of 400 of SciPy's within {low:.3g} to {high:.3g}", low <= own <= high)


def lhs_design(table):
    points = unit(table)
    n = len(points)
    missed = sum(n - len(set((points[:, i] * n).astype(int))) for i in range(points.shape[1]))
    verdict("lhs, each layer of each axis once", f"{missed} layers missed, allowed 0", missed == 0)
    as_even("lhs, evenness", points, lambda seed: qmc.LatinHypercube(points.shape[1], rng=seed))


def sobol_design(table):
    points = unit(table)
    same_net("sobol, net of Joe and Kuo", points, sobol_sequence.sample(*points.shape))
    as_even("sobol, evenness", points, lambda seed: qmc.Sobol(points.shape[1], scramble=True, rng=seed))


def saltelli_design(table):
    inputs = table.shape[1]
    blocks = unit(table).reshape(-1, inputs + 2, inputs)
    a, b = blocks[:, 0], blocks[:, -1]
    wrong = 0
    for i in range(inputs):
        mixed = a.copy()
        mixed[:, i] = b[:, i]
        wrong += np.count_nonzero(mixed != blocks[:, 1 + i])
    verdict("saltelli, blocks of A, A with one column of B, B", f"{wrong} coordinates otherwise, allowed 0", wrong == 0)
    both = np.column_stack([a, b])
    same_net("saltelli, net of Joe and Kuo in twice the dimensions", both, sobol_sequence.sample(*both.shape))


def morris_design(table):
    inputs = table.shape[1]
    points = unit(table)
    away = np.abs(points * 3 - np.round(points * 3)).max() / 3
    verdict("morris, four levels", f"farthest point from a level {away:.2g}, allowed 1e-9", away <= 1e-9)
    steps = np.abs(np.diff(points.reshape(-1, inputs + 1, inputs), axis=1))
    expected = np.sort(steps.reshape(-1, inputs), axis=1) - np.array([0] * (inputs - 1) + [2 / 3])
    once = np.abs(steps.sum(axis=1) - 2 / 3).max()
    worst = max(np.abs(expected).max(), once)
    verdict("morris, each input moved once by two thirds", f"largest difference {worst:.2g}, allowed 1e-9", worst <= 1e-9)


def sobol_indices(table, y, found):
    problem = {"num_vars": table.shape[1], "names": list(table.columns), "bounds": [[0, 1]] * table.shape[1]}
    theirs = sobol.analyze(problem, y, calc_second_order=False, num_resamples=2000, seed=1)
    ours = {row["input"]: {key: float(row[key]) for key in row if key not in ("policy", "input")} for row in found}
    say("Sobol' indices, 64 blocks: oransim first, total; SALib first, total")
    for i, name in enumerate(problem["names"]):
        own = ours[name]
        say(f"  {name}: {own['first']:.4f} {own['total']:.4f}; {theirs['S1'][i]:.4f} {theirs['ST'][i]:.4f}")
    for key, other in (("first", "S1"), ("total", "ST")):
        # The same estimators. SALib centres outcomes at the mean of all points, oransim at that of A and B, which
        # moves the first-order index and leaves the total one.
        tolerance = 0.01 if key == "first" else 1e-9
        check(f"Sobol' {key}", [ours[name][key] for name in problem["names"]], theirs[other], tolerance)
        # Percentiles here, a multiple of the standard deviation there, and other resamples.
        half = [(ours[name][f"{key}_high"] - ours[name][f"{key}_low"]) / 2 for name in problem["names"]]
        ratios = [own / their for own, their in zip(half, theirs[f"{other}_conf"], strict=True)]
        text = f"oransim's over SALib's {min(ratios):.2f} to {max(ratios):.2f}, allowed 0.8 to 1.25"
        verdict(f"Sobol' {key}, half-width of the interval", text, 0.8 <= min(ratios) and max(ratios) <= 1.25)


def morris_effects(table, y, found):
    problem = {"num_vars": table.shape[1], "names": list(table.columns), "bounds": [[0, 1]] * table.shape[1]}
    theirs = morris.analyze(problem, table.to_numpy(), y, num_levels=4, num_resamples=10, seed=1)
    ours = {row["input"]: row for row in found}
    say("Morris, 20 trajectories: oransim mu, mu*, sigma; SALib mu, mu*, sigma")
    for i, name in enumerate(problem["names"]):
        own = " ".join(f"{float(ours[name][key]):.6f}" for key in ("mu", "mu_star", "sigma"))
        say(f"  {name}: {own}; {theirs['mu'][i]:.6f} {theirs['mu_star'][i]:.6f} {theirs['sigma'][i]:.6f}")
    for key in ("mu", "mu_star", "sigma"):
        # The same arithmetic.
        check(f"Morris {key}", [float(ours[name][key]) for name in problem["names"]], theirs[key], 1e-9)


def prim_boxes(table, y, threshold, found):
    interest = y > threshold
    box = prim.Prim(table, interest, threshold=0.8, peel_alpha=0.05, mass_min=0.05).find_box()
    curve = box.peeling_trajectory
    dense = curve[curve.density >= 0.8]
    chosen = dense.iloc[0] if len(dense) else curve.iloc[-1]
    say(f"PRIM, 512 futures of which a fifth is of interest: lock-in above {threshold:.4f}")
    ours = [float(found[0]["coverage"]), float(found[0]["density"])]
    say(f"  oransim: coverage {ours[0]:.3f}, density {ours[1]:.3f}, limits on "
        + ", ".join(sorted(row["input"] for row in found)))
    limits = box.box_lims[int(chosen.id)]
    inner = [name for name in table.columns
             if limits[name].iloc[0] > table[name].min() or limits[name].iloc[1] < table[name].max()]
    say(f"  EMA Workbench: coverage {chosen.coverage:.3f}, density {chosen.density:.3f}, limits on "
        + ", ".join(sorted(inner)))
    # Another objective of peeling, and pasting in one of them only: the boxes tell the same futures, not the same digits.
    check("PRIM coverage, density", ours, [chosen.coverage, chosen.density], 0.1)
    inside = np.ones(len(table), dtype=bool)
    for row in found:
        if row["low"]:
            inside &= (table[row["input"]] >= float(row["low"])).to_numpy()
        if row["high"]:
            inside &= (table[row["input"]] <= float(row["high"])).to_numpy()
    counted = [(inside & interest).sum() / interest.sum(), (inside & interest).sum() / inside.sum()]
    check("PRIM coverage, density counted anew from the limits", ours, counted, 1e-9)
    theirs = np.logical_and.reduce([table[name].between(*limits[name]).to_numpy() for name in table.columns])
    shared = (inside & theirs).sum() / (inside | theirs).sum()
    verdict("PRIM futures in both boxes among those in either", f"{shared:.2f}, at least 0.7", shared >= 0.7)


def main(binary, record):
    binary = os.path.abspath(binary)

    def oransim(*words):
        done = subprocess.run([binary, *words], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"oransim {' '.join(words)}: {done.stderr}")
        return done.stdout

    def explore(design, n):
        oransim("explore", "scenarios/study.toml", "--design", design, "-n", str(n), "--replicates", "1",
                "--format", "csv", "--jobs", "4", "--progress", "none", "--out", design)
        table = pd.read_csv(os.path.join(folder, design, "design.csv")).drop(columns="point")
        summary = pd.read_csv(os.path.join(folder, design, "summary.csv"))
        last = summary[(summary.time == summary.time.max()) & (summary.measure == "lock_in_curve")
                       & (summary.component == "ran") & (summary.generation == "all") & (summary.place == "world")
                       & (summary.vendor == "all") & (summary.part == "all")]
        return table, last.sort_values("point")["mean"].to_numpy()

    def analysed(design, file, command, *words):
        oransim(command, design, *MEASURE, *words)
        return rows(os.path.join(folder, design, file))

    with tempfile.TemporaryDirectory() as folder:
        versions = [f"{name} {importlib.metadata.version(name)}" for name in ("SALib", "ema_workbench", "scipy", "numpy", "pandas")]
        today = datetime.datetime.now(datetime.timezone.utc).date()
        say(f"{today}: {oransim('--version').strip()}; {', '.join(versions)}; Python {platform.python_version()}")
        oransim("init", ".")
        with open(os.path.join(folder, "scenarios", "study.toml"), "w", encoding="utf-8") as file:
            file.write(STUDY)

        designs = {name: explore(name, n) for name, n in (("lhs", 100), ("sobol", 512), ("saltelli", 64), ("morris", 20))}
        say("Designs over four inputs: lhs 100, sobol 512, saltelli 64 blocks, morris 20 trajectories")
        lhs_design(designs["lhs"][0])
        sobol_design(designs["sobol"][0])
        saltelli_design(designs["saltelli"][0])
        morris_design(designs["morris"][0])
        sobol_indices(*designs["saltelli"], analysed("saltelli", "sensitivity.csv", "sensitivity"))
        morris_effects(*designs["morris"], analysed("morris", "sensitivity.csv", "sensitivity"))
        table, y = designs["sobol"]
        threshold = float(np.quantile(y, 0.8))
        found = analysed("sobol", "boxes.csv", "discover", "--above", repr(threshold), "--boxes", "1")
        prim_boxes(table, y, threshold, found)
    say("they disagree in " + ", ".join(failures) if failures else "all agree")
    if record:
        with open(RECORD, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--record"]):
        sys.exit("usage: compare.py PATH/OF/oransim [--record]")
    sys.exit(main(sys.argv[1], bool(sys.argv[2:])))
