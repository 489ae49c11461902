//! V25 to V28: the calendar and the luck of waiting times, against queues, renewals and PHOLD.

use std::collections::VecDeque;

use rayon::prelude::*;
use sim_core::calendar::{Calendar, Day, Phase};
use sim_core::draws::{Draws, Luck};

use crate::choice::stream;
use crate::market_support::chi_square_tail;
use crate::page::{Theme, anchor, number};

const PLAYED: &str = "every event of `run` is scheduled and taken so; luck is keyed as there";
const CALENDAR: &str = "`calendar::Calendar::{schedule, pop}`, `draws::Luck::stream`, `draws::Draws::next_exponential`";

/// Continuous time on the calendar: a unit of time is so many days, a day 256 phases.
struct Clock<E> {
    calendar: Calendar<(f64, E)>,
    days_a_unit: f64,
}

impl<E> Clock<E> {
    fn new(days_a_unit: u32) -> Self {
        Self {
            calendar: Calendar::new(Day::MIN),
            days_a_unit: f64::from(days_a_unit),
        }
    }

    fn at(&mut self, time: f64, event: E) {
        let days = time * self.days_a_unit;
        let phase = Phase(((days - days.floor()) * 256.0) as u8);
        let day = Day::MIN.add_days(days as i32);
        self.calendar
            .schedule(day, phase, (time, event))
            .expect("not in the past");
    }

    fn next(&mut self) -> Option<(f64, E)> {
        self.calendar.pop().map(|next| next.event)
    }
}

pub fn theme() -> Theme {
    let mut t = Theme::new("Event engine");
    let luck = Luck::new(1909, 0);
    queues(&mut t, &luck);
    poisson(&mut t, &luck);
    renewals(&mut t, &luck);
    phold(&mut t);
    t
}

/// A station: arrivals at rate `lambda`, `servers` of them, room for `room` customers.
struct Station {
    lambda: f64,
    servers: usize,
    room: usize,
    /// Service times are all 1, not exponential with mean 1.
    fixed: bool,
}

/// What a run of a station shows.
#[derive(Default)]
struct Seen {
    waits: Vec<f64>,
    sojourns: Vec<f64>,
    arrived: usize,
    blocked: usize,
    /// Time times customers in the station, and in the queue.
    area: f64,
    queue_area: f64,
    end: f64,
}

impl Seen {
    fn after_warm_up(values: &[f64], f: impl Fn(f64) -> f64) -> f64 {
        let late = &values[WARM_UP.min(values.len())..];
        late.iter().map(|x| f(*x)).sum::<f64>() / late.len() as f64
    }
}

enum At {
    Arrival,
    Departure { arrived: f64 },
}

/// Customers that a batch lets pass before it counts waits.
const WARM_UP: usize = 1_000;
/// Customers that a batch counts.
const COUNTED: usize = 10_000;
/// Batches, each begun empty with luck of its own.
const BATCHES: u32 = 50;

fn play(station: &Station, luck: &Luck, name: &str, batch: u32) -> Seen {
    let mut arrivals = stream(luck, name, 2 * batch);
    let mut services = stream(luck, name, 2 * batch + 1);
    let mut service = move || {
        if station.fixed {
            1.0
        } else {
            services.next_exponential()
        }
    };
    // 14,000 units of time fit into the days that there are.
    let mut clock = Clock::new(8);
    let mut seen = Seen::default();
    let mut waiting: VecDeque<f64> = VecDeque::new();
    let mut busy = 0;
    clock.at(arrivals.next_exponential() / station.lambda, At::Arrival);
    while let Some((now, event)) = clock.next() {
        let queue = waiting.len() as f64;
        seen.queue_area += queue * (now - seen.end);
        seen.area += (queue + busy as f64) * (now - seen.end);
        seen.end = now;
        match event {
            At::Arrival => {
                seen.arrived += 1;
                if seen.arrived < WARM_UP + COUNTED {
                    clock.at(now + arrivals.next_exponential() / station.lambda, At::Arrival);
                }
                if busy + waiting.len() >= station.room {
                    seen.blocked += 1;
                } else {
                    waiting.push_back(now);
                }
            }
            At::Departure { arrived } => {
                busy -= 1;
                seen.sojourns.push(now - arrived);
            }
        }
        if busy < station.servers
            && let Some(arrived) = waiting.pop_front()
        {
            busy += 1;
            seen.waits.push(now - arrived);
            clock.at(now + service(), At::Departure { arrived });
        }
    }
    seen
}

fn queues(t: &mut Theme, luck: &Luck) {
    t.anchor(
        "V25",
        "Queues: mean service 1; 50 batches of 10,000 customers, each after 1,000 that are not counted",
        CALENDAR,
        PLAYED,
    );
    let expected = &anchor("V25")["expected"];
    let batches = |name: &str, station: Station| -> Vec<Seen> {
        (0..BATCHES)
            .into_par_iter()
            .map(|b| play(&station, luck, name, b))
            .collect()
    };
    let plain = |lambda, servers, room, fixed| Station {
        lambda,
        servers,
        room,
        fixed,
    };
    let mm1 = batches("M/M/1", plain(0.8, 1, usize::MAX, false));
    let md1 = batches("M/D/1", plain(0.8, 1, usize::MAX, true));
    let mm3 = batches("M/M/3", plain(2.0, 3, usize::MAX, false));
    let loss = batches("M/M/5 loss", plain(3.0, 5, 5, false));
    let small = batches("M/M/1/5", plain(0.8, 1, 5, false));
    let over = |all: &[Seen], f: &dyn Fn(&Seen) -> f64| -> Vec<f64> { all.iter().map(f).collect() };
    let wait = |s: &Seen| Seen::after_warm_up(&s.waits, |w| w);
    let blocked = |s: &Seen| s.blocked as f64 / s.arrived as f64;
    let known = |key: &str| number(&expected[key]);
    t.mean("M/M/1, rate .8: wait", &over(&mm1, &wait), known("MM1_Wq"));
    let sojourn = over(&mm1, &|s| Seen::after_warm_up(&s.sojourns, |w| w));
    t.mean("M/M/1: time in the station", &sojourn, known("MM1_W"));
    t.mean(
        "M/M/1: customers there",
        &over(&mm1, &|s| s.area / s.end),
        known("MM1_L"),
    );
    t.mean(
        "M/M/1: customers waiting",
        &over(&mm1, &|s| s.queue_area / s.end),
        known("MM1_Lq"),
    );
    let long = over(&mm1, &|s| {
        Seen::after_warm_up(&s.sojourns, |w| f64::from(u8::from(w > 10.0)))
    });
    t.mean(
        "M/M/1: P(time in the station > 10)",
        &long,
        known("MM1_P_sojourn_gt_10"),
    );
    t.mean("M/D/1, rate .8: wait", &over(&md1, &wait), known("MD1_Wq"));
    t.mean("M/M/3, rate 2: wait", &over(&mm3, &wait), known("MM3_Wq"));
    let delayed = over(&mm3, &|s| {
        Seen::after_warm_up(&s.waits, |w| f64::from(u8::from(w > 0.0)))
    });
    t.mean(
        "M/M/3: probability of waiting (Erlang C)",
        &delayed,
        known("MM3_ErlangC"),
    );
    t.mean(
        "M/M/5 loss, rate 3: blocked (Erlang B)",
        &over(&loss, &blocked),
        known("ErlangB_5_3"),
    );
    t.mean(
        "M/M/1/5, rate .8: blocked",
        &over(&small, &blocked),
        known("MM1K_block"),
    );
    // The rate of arrivals is that of the station, not counted.
    let little = over(&mm1, &|s| {
        s.area / s.end - 0.8 * s.sojourns.iter().sum::<f64>() / s.sojourns.len() as f64
    });
    t.mean(
        "Little's law in M/M/1: customers there less .8 x time in the station",
        &little,
        0.0,
    );
}

fn poisson(t: &mut Theme, luck: &Luck) {
    t.anchor(
        "V26",
        "Poisson tenders, 3.2 a year over 10 years; a quarter are open",
        CALENDAR,
        PLAYED,
    );
    let v26 = anchor("V26");
    let expected = &v26["expected"];
    let (rate, years) = (number(&v26["params"]["rate"]), number(&v26["params"]["T"]));
    let n = 10_000;
    let (mut counts, mut thinned, mut quiet, mut early) = (Vec::new(), Vec::new(), 0, 0);
    let median = number(&expected["first_tender_median"]);
    let thinning = number(&v26["params"]["thinning_p"]);
    for run in 0..n {
        let mut draws = stream(luck, "V26", run);
        let mut clock = Clock::new(365);
        let (mut all, mut open, mut first_open) = (0.0, 0.0, f64::INFINITY);
        clock.at(draws.next_exponential() / rate, ());
        while let Some((now, ())) = clock.next() {
            if now > years {
                continue;
            }
            if all == 0.0 && now < median {
                early += 1;
            }
            all += 1.0;
            if draws.next_uniform() < thinning {
                open += 1.0;
                first_open = first_open.min(now);
            }
            clock.at(now + draws.next_exponential() / rate, ());
        }
        quiet += usize::from(first_open > 1.0);
        counts.push(all);
        thinned.push(open);
    }
    let n = n as usize;
    let of = |what: &dyn Fn(f64) -> bool| counts.iter().filter(|c| what(**c)).count();
    t.mean("tenders", &counts, number(&expected["mean"]));
    t.proportion("P(32 tenders)", of(&|c| c == 32.0), n, number(&expected["P_N_eq_32"]));
    t.proportion("P(at most 20)", of(&|c| c <= 20.0), n, number(&expected["P_N_le_20"]));
    t.mean("open tenders", &thinned, number(&expected["thinned_mean"]));
    t.proportion(
        "P(no open tender in a year)",
        quiet,
        n,
        number(&expected["P_no_open_tender_in_1yr"]),
    );
    t.proportion(&format!("P(first tender before {median:.8} years)"), early, n, 0.5);
    // Dispersion: the sum of squares over the mean is chi-square.
    let mean = number(&expected["mean"]);
    let statistic: f64 = counts.iter().map(|c| (c - mean) * (c - mean) / mean).sum();
    let tail = chi_square_tail(statistic, n as u32);
    t.law("dispersion, two-sided", 2.0 * tail.min(1.0 - tail));
    let seasonal: Vec<f64> = (0..n as u32)
        .map(|run| {
            let mut draws = stream(luck, "V26 seasonal", run);
            let mut clock = Clock::new(365);
            clock.at(draws.next_exponential() / 3.0, ());
            let mut events = 0.0;
            while let Some((now, ())) = clock.next() {
                if now > 1.5 {
                    continue;
                }
                let rate = 2.0 + libm::sin(2.0 * std::f64::consts::PI * now);
                if draws.next_uniform() < rate / 3.0 {
                    events += 1.0;
                }
                clock.at(now + draws.next_exponential() / 3.0, ());
            }
            events
        })
        .collect();
    t.mean(
        "tenders at rate 2 + sin(2 pi t) in 1.5 years",
        &seasonal,
        number(&expected["NHPP"]["mean"]),
    );
}

fn renewals(t: &mut Theme, luck: &Luck) {
    t.anchor(
        "V27",
        "Contract renewals (Cox 1962, Cox and Smith 1954): 40 operators with terms of 5 years; terms Erlang-4 with mean 5",
        CALENDAR,
        PLAYED,
    );
    let expected = &anchor("V27")["expected"];
    let known = |key: &str| number(&expected[key]);
    let runs = 4_000;
    let (mut counts, mut gaps, mut wide, mut squares) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for run in 0..runs {
        let mut draws = stream(luck, "V27 fixed", run);
        let mut clock = Clock::new(365);
        for _ in 0..40 {
            clock.at(5.0 * draws.next_uniform(), ());
        }
        let (mut early, mut times) = (0.0, Vec::new());
        while let Some((now, ())) = clock.next() {
            early += f64::from(u8::from(now < 2.0));
            times.push(now);
            // One whole cycle and the tender that closes it.
            if times.len() > 40 {
                break;
            }
            clock.at(now + 5.0, ());
        }
        let gap: Vec<f64> = times.windows(2).map(|w| w[1] - w[0]).collect();
        let mean = |f: &dyn Fn(f64) -> f64| gap.iter().map(|g| f(*g)).sum::<f64>() / 40.0;
        counts.push(early);
        gaps.push(mean(&|g| g));
        wide.push(mean(&|g| f64::from(u8::from(g > 0.25))));
        squares.push(mean(&|g| g * g / (0.125 * 0.125) - 1.0));
    }
    let mean = known("det_mean_tenders_2y");
    let square: Vec<f64> = counts.iter().map(|c| (c - mean) * (c - mean)).collect();
    t.mean("fixed terms: tenders in 2 years", &counts, mean);
    t.mean(
        "fixed terms: variance (a Poisson count has 16)",
        &square,
        known("det_var_2y"),
    );
    let whole = gaps.iter().sum::<f64>() / f64::from(runs);
    t.number(
        "fixed terms: mean gap between tenders",
        whole,
        known("det_pooled_interval_mean"),
        1e-12,
    );
    t.mean(
        "fixed terms: squared variation of the gap",
        &squares,
        known("det_pooled_interval_CV2"),
    );
    t.mean(
        "fixed terms: P(gap > .25)",
        &wide,
        known("det_pooled_P_interval_gt_0p25"),
    );
    let (mut counts, mut residuals, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
    // A century of renewals before the contract in force is looked at.
    let (look, window) = (100.0, 12.0);
    for run in 0..20_000 {
        let mut draws = stream(luck, "V27 Erlang", run);
        let mut term = move || 1.25 * (0..4).map(|_| draws.next_exponential()).sum::<f64>();
        let mut clock = Clock::new(365);
        clock.at(term(), ());
        let (mut last, mut count) = (0.0, 0.0);
        while let Some((now, ())) = clock.next() {
            if last < look && now >= look {
                residuals.push(now - look);
                lengths.push(now - last);
            }
            if now >= look + window {
                break;
            }
            count += f64::from(u8::from(now >= look));
            last = now;
            clock.at(now + term(), ());
        }
        counts.push(count);
    }
    let mean = known("erlang_count_mean");
    let square: Vec<f64> = counts.iter().map(|c| (c - mean) * (c - mean)).collect();
    t.mean("Erlang terms: renewals in 12 years", &counts, mean);
    t.mean("Erlang terms: variance", &square, known("erlang_count_var_exact"));
    t.mean(
        "Erlang terms: rest of the contract in force",
        &residuals,
        known("mean_residual"),
    );
    t.mean(
        "Erlang terms: length of the contract in force",
        &lengths,
        known("mean_spread_length_in_force"),
    );
}

/// One run of PHOLD.
struct Phold {
    events: f64,
    late_events: f64,
    always_full: bool,
    ordered: bool,
    by_process: Vec<f64>,
}

fn play_phold(replicate: u64, lookahead: f64) -> Phold {
    let luck = Luck::new(28, replicate);
    let mut jobs: Vec<Draws> = (0..1024).map(|job| stream(&luck, "V28", job)).collect();
    let mut clock = Clock::new(256);
    for (job, draws) in jobs.iter_mut().enumerate() {
        clock.at(lookahead + draws.next_exponential(), (job, job / 16));
    }
    let mut seen = Phold {
        events: 0.0,
        late_events: 0.0,
        always_full: true,
        ordered: true,
        by_process: vec![16.0; 64],
    };
    let mut last = [0.0; 64];
    while let Some((now, (job, process))) = clock.next() {
        if now > 100.0 {
            break;
        }
        seen.events += 1.0;
        seen.late_events += f64::from(u8::from(now > 50.0));
        // Times within one part of a day, 1/65,536 of a unit, are taken in the order of scheduling.
        seen.ordered &= now > last[process] - 1.0 / 65_536.0;
        last[process] = now;
        let to = jobs[job].next_below(64) as usize;
        clock.at(now + lookahead + jobs[job].next_exponential(), (job, to));
        seen.by_process[process] -= 1.0;
        seen.by_process[to] += 1.0;
        seen.always_full &= clock.calendar.len() == 1024;
    }
    seen
}

fn phold(t: &mut Theme) {
    t.anchor(
        "V28",
        "PHOLD (Fujimoto 1990): 64 processes, 16 events each, increments Exp(1), 100 units of time",
        CALENDAR,
        PLAYED,
    );
    let expected = &anchor("V28")["expected"];
    let known = |key: &str| number(&expected[key]);
    let runs = 10;
    let in_threads = |threads: usize, lookahead: f64| -> Vec<Phold> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool");
        pool.install(|| (0..runs).into_par_iter().map(|k| play_phold(k, lookahead)).collect())
    };
    let one = in_threads(1, 0.0);
    t.fact("1024 events pending after each", one.iter().all(|s| s.always_full));
    t.fact("each process sees its events in order", one.iter().all(|s| s.ordered));
    let n = runs as f64;
    let events = one.iter().map(|s| s.events).sum::<f64>() / n;
    t.sampled(
        "events of a run",
        events,
        known("events_mean"),
        known("events_sd") / n.sqrt(),
    );
    let pending: Vec<f64> = one.iter().flat_map(|s| s.by_process.iter().copied()).collect();
    let mean = pending.iter().sum::<f64>() / pending.len() as f64;
    assert!((mean - known("per_LP_occupancy_mean")).abs() < 1e-12, "none is lost");
    let variance = known("per_LP_occupancy_var");
    let square = pending.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / pending.len() as f64;
    let error = variance * (2.0 / pending.len() as f64).sqrt();
    t.sampled("their variance over processes", square, variance, error);
    let ahead: Vec<f64> = in_threads(4, 0.5).iter().map(|s| s.late_events / 50.0).collect();
    t.mean("events a unit of time, look-ahead .5", &ahead, known("lookahead_rate"));
}
