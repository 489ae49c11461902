//! The reference market once more, by hand: the yardstick for `sim_core::run::reference`, not its implementation.
//!
//! Everything that an engine offers is left out: no calendar with handles and phases, no keyed luck, no types. A 4-ary heap of
//! 128-bit keys (time, operator) whose top is replaced in one pass, a branch-free choice with weights that are kept up to
//! date, ChaCha8 from one open stream, and `libm`, so that it gives the same bytes on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const VENDORS: usize = 8;
const YEARS: f64 = 30.0;

/// Plays one run; gives the shares at the end and the number of tenders.
#[must_use]
pub fn play(operators: usize, seed: u64) -> ([f64; VENDORS], u64) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut unit = move || ((rng.next_u64() >> 12) as f64 + 0.5) * (1.0 / (1_u64 << 52) as f64);
    let all = operators as f64;
    let (more, stay) = (libm::exp(1.0 / all), libm::exp(1.0));
    let less = 1.0 / more;
    let mut installed: Vec<u8> = (0..operators).map(|i| (i % VENDORS) as u8).collect();
    let mut base = [0.0; VENDORS];
    for v in &installed {
        base[usize::from(*v)] += 1.0;
    }
    let (mut cumulative, initial) = (base, base);
    let weights = |base: &[f64; VENDORS], cumulative: &[f64; VENDORS]| -> [f64; VENDORS] {
        std::array::from_fn(|v| {
            let price = (1.0 + 0.02 * v as f64) * libm::pow(cumulative[v] / initial[v], -0.2);
            libm::exp(0.5 + 0.05 * (3 * v % VENDORS) as f64 - price + base[v] / all)
        })
    };
    let mut weight = weights(&base, &cumulative);
    let mut heap: Vec<u128> = Vec::with_capacity(operators);
    for operator in 0..operators {
        let time = -7.0 * libm::log(unit());
        if time < YEARS {
            heap.push(key(time, operator));
        }
    }
    if heap.len() > 1 {
        for index in (0..=(heap.len() - 2) / 4).rev() {
            sift_down(&mut heap, index);
        }
    }
    let (mut tenders, mut year) = (0, 1.0);
    while let Some(top) = heap.first() {
        let time = f64::from_bits((top >> 64) as u64);
        let operator = *top as u32 as usize;
        while time > year {
            weight = weights(&base, &cumulative);
            year += 1.0;
        }
        tenders += 1;
        let old = usize::from(installed[operator]);
        let mut here = weight;
        here[old] *= stay;
        let mut sums = [0.0; VENDORS];
        let mut sum = 0.0;
        for (out, w) in sums.iter_mut().zip(here) {
            sum += w;
            *out = sum;
        }
        let target = unit() * sum;
        let new: usize = sums[..VENDORS - 1].iter().map(|s| usize::from(*s <= target)).sum();
        installed[operator] = new as u8;
        cumulative[new] += 1.0;
        base[old] -= 1.0;
        base[new] += 1.0;
        weight[old] *= less;
        weight[new] *= more;
        let next = time - 7.0 * libm::log(unit());
        if next < YEARS {
            heap[0] = key(next, operator);
        } else {
            heap.swap_remove(0);
        }
        sift_down(&mut heap, 0);
    }
    (base.map(|n| n / all), tenders)
}

/// Times are positive, so their bits order as they do.
fn key(time: f64, operator: usize) -> u128 {
    u128::from(time.to_bits()) << 64 | operator as u128
}

fn sift_down(heap: &mut [u128], mut index: usize) {
    let Some(&moved) = heap.get(index) else { return };
    loop {
        let first = 4 * index + 1;
        let (least, least_key) = if let Some(four) = heap.get(first..first + 4) {
            let left = usize::from(four[1] < four[0]);
            let right = 2 + usize::from(four[3] < four[2]);
            let least = if four[right] < four[left] { right } else { left };
            (first + least, four[least])
        } else {
            let Some(least) = (first..heap.len()).min_by_key(|child| heap[*child]) else {
                break;
            };
            (least, heap[least])
        };
        if least_key >= moved {
            break;
        }
        heap[index] = least_key;
        index = least;
    }
    heap[index] = moved;
}
