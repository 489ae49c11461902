//! Luck against fixed outputs, published moments, and itself read in other ways.

use super::*;

fn key(cycle: u32) -> StreamKey {
    StreamKey {
        kind: Decision::Tender,
        entity: stable_hash("telekom-de"),
        lot: 1,
        cycle,
        cause: 3,
    }
}

/// These outputs may never change: every published result hangs on them. A failure here means that
/// a dependency, a platform or an edit has re-drawn all luck.
#[test]
fn fixed_outputs() {
    let luck = Luck::new(2020, 7);
    assert_eq!(key(2).nonce(), 0x2995_b0c4_d538_f4cb);
    let mut draws = luck.stream(key(2));
    let golden = [
        (0, 0.9292222467888932, 2.6117313960548594, 1.4700230680716202),
        (1, 0.6594645635982174, 0.8762841725488806, 0.4110022664457547),
        (31, 0.6741333284996981, 0.9305738241550944, 0.4513555101439603),
        (32, 0.5035044829350842, 0.3766405608253345, 0.008784548993189634),
        (1000, 0.14169539370639972, -0.6699172633006019, -1.0727333167958566),
        (u32::MAX, 0.8459286142189467, 1.7878453197634088, 1.0191268017918897),
    ];
    for (position, uniform, gumbel, normal) in golden {
        assert_eq!(draws.uniform_at(position), uniform);
        assert_eq!(draws.gumbel_at(position), gumbel);
        assert_eq!(draws.normal_at(position), normal);
    }
    assert_eq!(draws.exponential_at(0), 0.07340733649894524);
    let path = luck.for_path("vendors.x.cost").next_uniform();
    assert_eq!(path, 0.011124762829955226);
}

/// Published FNV-1a test values.
#[test]
fn stable_hash_is_fnv_1a() {
    assert_eq!(stable_hash(""), 0xcbf2_9ce4_8422_2325);
    assert_eq!(stable_hash("a"), 0xaf63_dc4c_8601_ec8c);
    assert_eq!(stable_hash("foobar"), 0x8594_4171_f739_67e8);
}

/// First output of SplitMix64 from state 0, and the test vector of the generator's authors.
#[test]
fn the_mixer_is_that_of_splitmix64() {
    assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
    assert_eq!(mix(1_234_567), 6_457_827_717_110_365_317);
}

#[test]
fn the_ends_of_the_unit_interval_are_never_reached() {
    assert_eq!(open_unit(0), 0.5 / (1_u64 << 52) as f64);
    assert_eq!(open_unit(u64::MAX), 1.0 - f64::EPSILON / 2.0);
    assert_eq!(open_unit(0) + open_unit(u64::MAX), 1.0);
    for u in [open_unit(0), open_unit(u64::MAX)] {
        assert!(gumbel(u).is_finite() && normal_quantile(u).is_finite());
        assert!(-libm::log(u) > 0.0);
    }
}

#[test]
fn a_position_reads_the_same_in_any_way() {
    let luck = Luck::new(1, 2);
    let mut in_order = luck.stream(key(0));
    let sequence: Vec<f64> = (0..300).map(|_| in_order.next_uniform()).collect();
    let mut draws = luck.stream(key(0));
    for at in (0..300_u32).rev().chain((0..300).map(|i| i * 97 % 300)) {
        assert_eq!(draws.uniform_at(at), sequence[at as usize]);
        assert_eq!(draws.gumbel_at(at), gumbel(sequence[at as usize]));
        assert_eq!(draws.exponential_at(at), -libm::log(sequence[at as usize]));
    }
    // None of those reads has moved the sequence.
    assert_eq!(draws.next_uniform(), sequence[0]);
    let mut other = draws.clone();
    assert_eq!(other.next_gumbel(), gumbel(sequence[1]));
    assert_eq!(other.next_normal(), normal_quantile(sequence[2]));
    assert_eq!(other.next_exponential(), -libm::log(sequence[3]));
    assert_eq!(draws.next_uniform(), sequence[1]);
    for (first, length) in [(0, 300), (1, 31), (31, 2), (32, 32), (63, 66), (250, 0)] {
        let expected = &sequence[first..first + length];
        let mut out = vec![f64::NAN; length];
        draws.fill_uniform(&mut out, first as u32);
        assert_eq!(out, expected);
        draws.fill_gumbel(&mut out, first as u32);
        assert!(out.iter().zip(expected).all(|(g, u)| *g == gumbel(*u)));
        draws.fill_normal(&mut out, first as u32);
        let same = |(n, u): (&f64, &f64)| *n == normal_quantile(*u);
        assert!(out.iter().zip(expected).all(same));
    }
    // A fill may run past the last 32-bit position.
    let mut last = [0.0; 2];
    draws.fill_uniform(&mut last, u32::MAX);
    assert_eq!(last[0], draws.uniform_at(u32::MAX));
}

/// 2^20 draws: 64 positions of 16,384 streams.
fn sample(fill: impl Fn(&mut Draws, &mut [f64])) -> Vec<f64> {
    let luck = Luck::new(42, 0);
    let mut values = vec![0.0; 1 << 20];
    for (cycle, chunk) in (0..).zip(values.chunks_mut(64)) {
        fill(&mut luck.stream(key(cycle)), chunk);
    }
    values
}

/// The sample mean of `f` is within 4 of its standard errors of what it should be.
fn assert_mean(values: &[f64], f: impl Fn(f64) -> f64, expected: f64, what: &str) {
    let n = values.len() as f64;
    let mean = values.iter().map(|x| f(*x)).sum::<f64>() / n;
    let square = values.iter().map(|x| (f(*x) - mean) * (f(*x) - mean));
    let error = (square.sum::<f64>() / n / n).sqrt();
    assert!(
        (mean - expected).abs() < 4.0 * error,
        "{what}: {mean}, expected {expected}, standard error {error}"
    );
}

/// Kolmogorov and Smirnov's distance, as a multiple of `1 / sqrt(n)`; 2.225 is passed with
/// probability 1e-4 under the law given.
fn assert_law(mut values: Vec<f64>, cdf: impl Fn(f64) -> f64, what: &str) {
    values.sort_by(f64::total_cmp);
    let n = values.len() as f64;
    let distance = values.iter().enumerate().fold(0.0_f64, |most, (i, x)| {
        let p = cdf(*x);
        most.max(p - i as f64 / n).max((i + 1) as f64 / n - p)
    });
    let scaled = distance * n.sqrt();
    assert!(scaled < 2.225, "{what}: {scaled}");
}

const EULER: f64 = 0.577_215_664_901_532_9;

/// V02. Central moments of the Gumbel law: skewness 1.1395471 is `2 zeta(3)` over the cube of the
/// standard deviation, excess kurtosis 2.4 is `(pi^4 / 15) / variance^2`.
#[test]
fn gumbel_moments_and_law() {
    let values = sample(|draws, out| draws.fill_gumbel(out, 0));
    let variance = 1.644_934_066_848_226_4;
    assert_mean(&values, |x| x, EULER, "mean");
    assert_mean(&values, |x| (x - EULER) * (x - EULER), variance, "variance");
    let third = 1.139_547_099_404_648_6 * variance * variance.sqrt();
    assert_mean(&values, |x| (x - EULER) * (x - EULER) * (x - EULER), third, "third");
    let fourth = (2.4 + 3.0) * variance * variance;
    let square = |x: f64| (x - EULER) * (x - EULER);
    assert_mean(&values, |x| square(x) * square(x), fourth, "fourth");
    for (p, quantile) in [(0.5, 0.366_512_92), (0.95, 2.970_195_2)] {
        assert_mean(&values, |x| f64::from(u8::from(x <= quantile)), p, "quantile");
    }
    assert_law(values, |x| libm::exp(-libm::exp(-x)), "Gumbel");
}

/// V01 and V02: the best of `V_i + e_i` follows the logit's shares, its value has mean logsum + gamma
/// and the Gumbel's variance, and the difference of two shocks is logistic.
#[test]
fn the_best_of_four_follows_the_logit() {
    let utilities = [1.0, 0.5, 0.0, -0.4];
    let shares = [0.450_246_2, 0.273_088_13, 0.165_636_32, 0.111_029_35];
    let shocks = sample(|draws, out| draws.fill_gumbel(out, 0));
    let (mut counts, mut best, mut differences) = ([0.0; 4], Vec::new(), Vec::new());
    for four in shocks.chunks_exact(4) {
        let (winner, value) = (0..4)
            .map(|i| (i, utilities[i] + four[i]))
            .fold((0, f64::NEG_INFINITY), |a, b| if b.1 > a.1 { b } else { a });
        counts[winner] += 1.0;
        best.push(value);
        differences.push(four[0] - four[1]);
    }
    let n = best.len() as f64;
    let chi2: f64 = counts
        .iter()
        .zip(shares)
        .map(|(count, share)| (count - n * share) * (count - n * share) / (n * share))
        .sum();
    // The 0.9999 quantile of chi-square with 3 degrees of freedom.
    assert!(chi2 < 21.108, "{chi2}");
    let logsum = 1.797_960_7;
    assert_mean(&best, |x| x, logsum + EULER, "best");
    let centred = |x: f64| (x - logsum - EULER) * (x - logsum - EULER);
    assert_mean(&best, centred, 1.644_934_1, "variance of the best");
    assert_mean(&differences, |x| x * x, 3.289_868_1, "logistic variance");
    assert_law(differences, |x| 1.0 / (1.0 + libm::exp(-x)), "logistic");
}

#[test]
fn uniform_normal_and_exponential_laws() {
    let uniform = sample(|draws, out| draws.fill_uniform(out, 7));
    assert_mean(&uniform, |x| x, 0.5, "uniform mean");
    assert_mean(&uniform, |x| (x - 0.5) * (x - 0.5), 1.0 / 12.0, "uniform variance");
    assert_law(uniform, |x| x, "uniform");
    let normal = sample(|draws, out| draws.fill_normal(out, 100));
    assert_mean(&normal, |x| x, 0.0, "normal mean");
    assert_mean(&normal, |x| x * x, 1.0, "normal variance");
    assert_mean(&normal, |x| x * x * x * x, 3.0, "normal kurtosis");
    let phi = |x: f64| 0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2);
    assert_law(normal, phi, "normal");
    let exponential = sample(|draws, out| out.fill_with(|| draws.next_exponential()));
    assert_mean(&exponential, |x| x, 1.0, "exponential mean");
    assert_law(exponential, |x| 1.0 - libm::exp(-x), "exponential");
}

#[test]
fn whole_numbers_are_even() {
    let mut draws = Luck::new(3, 3).stream(key(0));
    let mut counts = [0_u32; 7];
    for _ in 0..70_000 {
        counts[draws.next_below(7) as usize] += 1;
    }
    // Standard deviation of a count: sqrt(70,000 x 1/7 x 6/7) = 92.6.
    assert!(counts.iter().all(|c| c.abs_diff(10_000) < 371), "{counts:?}");
    assert_eq!(draws.next_below(0), 0);
    assert_eq!(draws.next_below(1), 0);
}

/// Addresses that differ by one in one field have unrelated luck.
#[test]
fn neighbouring_addresses_are_independent() {
    let n = 40_000_u32;
    let at = |seed: u64, replicate: u64, key: StreamKey, position: u32| {
        Luck::new(seed, replicate).stream(key).uniform_at(position)
    };
    let base = |i: u32| at(5, 6, key(2 * i), 9);
    let steps: [(&str, &dyn Fn(u32) -> f64); 8] = [
        ("seed", &|i| at(6, 6, key(2 * i), 9)),
        ("replicate", &|i| at(5, 7, key(2 * i), 9)),
        ("cycle", &|i| at(5, 6, key(2 * i + 1), 9)),
        ("position", &|i| at(5, 6, key(2 * i), 10)),
        ("lot", &|i| at(5, 6, StreamKey { lot: 2, ..key(2 * i) }, 9)),
        ("cause", &|i| at(5, 6, StreamKey { cause: 4, ..key(2 * i) }, 9)),
        ("kind", &|i| {
            let kind = Decision::Taste;
            at(5, 6, StreamKey { kind, ..key(2 * i) }, 9)
        }),
        ("entity", &|i| {
            let entity = key(0).entity + 1;
            at(5, 6, StreamKey { entity, ..key(2 * i) }, 9)
        }),
    ];
    for (what, step) in steps {
        let product: f64 = (0..n).map(|i| (base(i) - 0.5) * (step(i) - 0.5)).sum();
        let correlation = 12.0 * product / f64::from(n);
        assert!(correlation.abs() < 4.0 / f64::from(n).sqrt(), "{what}: {correlation}");
    }
}

#[test]
fn no_two_of_a_million_addresses_share_a_stream() {
    let kinds = [
        Decision::Tender,
        Decision::Taste,
        Decision::Incident,
        Decision::Delivery,
    ];
    let mut nonces = Vec::with_capacity(1_000_000);
    for kind in kinds {
        for id in 0..100_u64 {
            // Half of the entities are names, half are small numbers.
            let entity = if id % 2 == 0 {
                id
            } else {
                stable_hash(&format!("operator-{id}"))
            };
            for (lot, cycle, cause) in (0..2500).map(|i| (i % 4, i / 4 % 25, i / 100)) {
                let key = StreamKey {
                    kind,
                    entity,
                    lot,
                    cycle,
                    cause,
                };
                nonces.push(key.nonce());
            }
        }
    }
    assert_eq!(nonces.len(), 1_000_000);
    nonces.sort_unstable();
    nonces.dedup();
    assert_eq!(nonces.len(), 1_000_000);
}
