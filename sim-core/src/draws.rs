//! Keyed luck: every draw has an address, so that two worlds which share a decision share its luck.
//!
//! A generator that is read in sequence gives each draw a place in a queue; one more draw in one
//! world and all later luck differs, which buries the effect of a policy under noise. Here a draw is
//! instead a pure function of
//!
//! - the *key*: ([`Luck`]) seed and replicate, the key of a ChaCha8 cipher;
//! - the *stream*: ([`StreamKey`]) what is decided, by whom, in which lot and scheduled cycle, and for
//!   which cause, hashed to the cipher's 64-bit nonce;
//! - the *position*: which alternative of the catalogue of all alternatives, or which component of a
//!   vector.
//!
//! No running index, date or policy enters an address. Hence an alternative that a policy removes
//! takes no luck from the others, and an unrelated event changes nothing.
//!
//! ChaCha8 is counter-based, so that any position is reached directly, and it is the same on every
//! platform. Position `p` is words `2p` and `2p + 1` of the stream, the low one first.
//!
//! # Cost
//! Opening a stream copies some 600 bytes (0.03 microseconds) and computes nothing. The first read
//! of a window of 32 positions costs one call of the cipher (0.16 microseconds); other reads in
//! that window are loads. Sixty-four uniforms from a fresh stream take 0.4 microseconds, the two
//! logarithms of each Gumbel 20 nanoseconds more. A decision should therefore open one stream and
//! read its shocks from it, never one stream a shock.

use std::fmt;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::inference::normal_quantile;

/// What a stream of luck decides. The numbers are part of every published result: new kinds get new
/// numbers, and none is ever changed or used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u32)]
pub enum Decision {
    /// The choice among the alternatives of a tender.
    Tender = 1,
    /// Persistent taste of an operator for a seller.
    Taste = 2,
    /// An uncertain parameter of the scenario, addressed by its path.
    Parameter = 3,
    /// Security incidents and supply shocks.
    Incident = 4,
    /// The part of the initial state that sources leave open.
    InitialState = 5,
    /// Lead times and delays of delivery.
    Delivery = 6,
    /// Entry, exit and merger of vendors.
    VendorFate = 7,
    /// Resampling of replicates for bootstrap intervals.
    Bootstrap = 8,
    /// Layers, scrambling and trajectories of a design of experiments.
    Design = 20,
}

/// The address of one decision's luck.
///
/// # Example
/// ```
/// use sim_core::draws::{Decision, Luck, StreamKey, stable_hash};
/// let luck = Luck::new(2020, 0);
/// let key = StreamKey {
///     kind: Decision::Tender,
///     entity: stable_hash("telekom-de"),
///     lot: 0,
///     cycle: 3,
///     cause: 0,
/// };
/// // Alternative 17 has the same shock however many others stand.
/// let alone = luck.stream(key).gumbel_at(17);
/// let mut all = [0.0; 64];
/// luck.stream(key).fill_gumbel(&mut all, 0);
/// assert_eq!(all[17], alone);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamKey {
    /// What is decided.
    pub kind: Decision,
    /// Who decides or is concerned: [`stable_hash`] of an id, or a number that never changes.
    pub entity: u64,
    /// The lot of the tender, or 0.
    pub lot: u32,
    /// The number of the lot's cycle: how often it has been bought anew. A tender that is put off keeps its number, and so its luck.
    pub cycle: u32,
    /// Why the decision is taken: a forced tender has another cause than a scheduled one.
    pub cause: u32,
}

impl StreamKey {
    /// The ChaCha nonce of this address.
    ///
    /// The fields fill three words, each of which is taken in by exclusive or followed by
    /// SplitMix64's mixer. As the mixer is a bijection, two addresses that differ in one word never
    /// share a stream; for the rest, n addresses share one with probability n^2 / 2^65.
    #[must_use]
    pub const fn nonce(self) -> u64 {
        let kind_lot = ((self.kind as u64) << 32) | self.lot as u64;
        let cycle_cause = ((self.cycle as u64) << 32) | self.cause as u64;
        mix(mix(mix(self.entity) ^ kind_lot) ^ cycle_cause)
    }
}

/// The 64-bit mixer of SplitMix64 (Steele, Lea and Flood 2014; constants of Stafford's "Mix13"),
/// after adding the golden ratio, so that 0 does not go to 0.
pub(crate) const fn mix(word: u64) -> u64 {
    let z = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The 64-bit FNV-1a hash of a text's UTF-8 bytes: the number of an id in a [`StreamKey`].
///
/// Fowler, Noll and Vo's offset basis and prime. It will never change: published results
/// hang on it. The standard library's hashers promise no such thing.
#[must_use]
pub const fn stable_hash(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    hash
}

/// All the luck of one replicate of one seed, the same in every world that is compared.
#[derive(Clone)]
pub struct Luck {
    /// Keyed, at nonce 0 and position 0, with nothing generated: cheap to copy and re-stream.
    base: ChaCha8Rng,
}

/// Separates this use of the cipher from any other with the same seed.
const DOMAIN: &[u8; 16] = b"oransim-luck-001";

impl Luck {
    /// The luck of a replicate. The ChaCha8 key is the seed, the replicate (both little-endian) and
    /// 16 fixed bytes; replicates and seeds are therefore independent however close their numbers.
    #[must_use]
    pub fn new(seed: u64, replicate: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&replicate.to_le_bytes());
        key[16..].copy_from_slice(DOMAIN);
        Self {
            base: ChaCha8Rng::from_seed(key),
        }
    }

    /// Opens the stream of one decision at position 0.
    #[must_use]
    pub fn stream(&self, key: StreamKey) -> Draws {
        let mut cipher = self.base.clone();
        cipher.set_stream(key.nonce());
        Draws {
            cipher,
            window: [0; WINDOW as usize],
            window_number: NO_WINDOW,
            next: 0,
        }
    }

    /// Opens the stream of an uncertain parameter, addressed by its path in the scenario. Adding or
    /// removing another uncertainty leaves it untouched.
    #[must_use]
    pub fn for_path(&self, path: &str) -> Draws {
        self.stream(StreamKey {
            kind: Decision::Parameter,
            entity: stable_hash(path),
            lot: 0,
            cycle: 0,
            cause: 0,
        })
    }
}

impl fmt::Debug for Luck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Luck").finish_non_exhaustive()
    }
}

/// Positions in a window: the cipher makes four blocks of 64 bytes at a time.
const WINDOW: u64 = 32;
/// The ChaCha words (32 bits) of a window.
const WINDOW_WORDS: u128 = 64;
const NO_WINDOW: u64 = u64::MAX;

/// The draws of one stream, by position or in sequence.
///
/// A position holds one uniform; `gumbel_at(p)`, `normal_at(p)` and `exponential_at(p)` are
/// monotone transforms of it, so that a position should serve one purpose. The methods take
/// `&mut self` only to keep the window last read; no read changes the result of another.
#[derive(Clone)]
pub struct Draws {
    cipher: ChaCha8Rng,
    window: [u64; WINDOW as usize],
    window_number: u64,
    next: u64,
}

impl Draws {
    /// The uniform at a position: `(k + 1/2) / 2^52` with `k` of 52 bits, in the open interval
    /// (0, 1) and symmetric about 1/2.
    pub fn uniform_at(&mut self, position: u32) -> f64 {
        self.uniform(u64::from(position))
    }

    /// The standard Gumbel (type-I extreme value) draw at a position, `-ln(-ln u)`: mean 0.5772
    /// (Euler's constant), variance `pi^2 / 6`.
    pub fn gumbel_at(&mut self, position: u32) -> f64 {
        gumbel(self.uniform_at(position))
    }

    /// The standard normal draw at a position, by [`normal_quantile`].
    ///
    /// By inversion rather than Box-Muller: one uniform a draw, and monotone in it, so that worlds
    /// with different spreads stay as closely paired as they can be.
    pub fn normal_at(&mut self, position: u32) -> f64 {
        normal_quantile(self.uniform_at(position))
    }

    /// The exponential draw with mean 1 at a position, `-ln u`.
    pub fn exponential_at(&mut self, position: u32) -> f64 {
        -libm::log(self.uniform_at(position))
    }

    /// The next uniform in sequence, from position 0 on. Reads by position do not move the sequence.
    pub fn next_uniform(&mut self) -> f64 {
        let position = self.next;
        self.next += 1;
        self.uniform(position)
    }

    /// The next standard Gumbel draw in sequence.
    pub fn next_gumbel(&mut self) -> f64 {
        gumbel(self.next_uniform())
    }

    /// The next standard normal draw in sequence.
    pub fn next_normal(&mut self) -> f64 {
        normal_quantile(self.next_uniform())
    }

    /// The next exponential draw with mean 1 in sequence.
    pub fn next_exponential(&mut self) -> f64 {
        -libm::log(self.next_uniform())
    }

    /// A whole number in `0..bound` in sequence (multiply and shift, Lemire 2019, from 52 bits: the
    /// bias is at most `bound / 2^52`). A bound of 0 gives 0.
    pub fn next_below(&mut self, bound: u32) -> u32 {
        // The product is below `bound`, as the uniform is below 1 by 2^-53 and a bound has 32 bits.
        (self.next_uniform() * f64::from(bound)) as u32
    }

    /// Fills `out` with the uniforms at `first_position` and after.
    pub fn fill_uniform(&mut self, out: &mut [f64], first_position: u32) {
        let mut position = u64::from(first_position);
        let mut rest = out;
        while !rest.is_empty() {
            let words = self.window_from(position);
            let count = words.len().min(rest.len());
            let (filled, left) = rest.split_at_mut(count);
            for (value, word) in filled.iter_mut().zip(words) {
                *value = open_unit(*word);
            }
            position += count as u64;
            rest = left;
        }
    }

    /// Fills `out` with the standard Gumbel draws at `first_position` and after.
    pub fn fill_gumbel(&mut self, out: &mut [f64], first_position: u32) {
        self.fill_uniform(out, first_position);
        for value in out {
            *value = gumbel(*value);
        }
    }

    /// Fills `out` with the standard normal draws at `first_position` and after.
    pub fn fill_normal(&mut self, out: &mut [f64], first_position: u32) {
        self.fill_uniform(out, first_position);
        for value in out {
            *value = normal_quantile(*value);
        }
    }

    fn uniform(&mut self, position: u64) -> f64 {
        open_unit(self.window_from(position)[0])
    }

    /// The words from a position to the end of its window: at least one.
    fn window_from(&mut self, position: u64) -> &[u64] {
        let number = position / WINDOW;
        if number != self.window_number {
            self.load(number);
        }
        &self.window[(position % WINDOW) as usize..]
    }

    fn load(&mut self, number: u64) {
        // A window starts on a block, so that seeking computes nothing by itself.
        self.cipher.set_word_pos(u128::from(number) * WINDOW_WORDS);
        for word in &mut self.window {
            *word = self.cipher.next_u64();
        }
        self.window_number = number;
    }
}

impl fmt::Debug for Draws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draws")
            .field("nonce", &self.cipher.get_stream())
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

/// The upper 52 bits of a word as the middle of one of 2^52 equal parts of the unit interval.
///
/// With 52 bits every middle is a double; with 53 the last one would round to 1.
fn open_unit(word: u64) -> f64 {
    const PART: f64 = 1.0 / (1_u64 << 52) as f64;
    ((word >> 12) as f64 + 0.5) * PART
}

/// The standard Gumbel draw of a uniform in (0, 1).
pub(crate) fn gumbel(u: f64) -> f64 {
    -libm::log(-libm::log(u))
}

#[cfg(test)]
#[path = "draws_tests.rs"]
mod tests;
