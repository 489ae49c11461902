//! Sobol's low-discrepancy sequence.

use super::DesignError;
use super::joe_kuo::JOE_KUO;
use crate::draws::{Decision, Luck, StreamKey, mix};

const BITS: usize = 32;
const UNIT: f64 = 1.0 / (1_u64 << BITS) as f64;

/// How the points of the sequence are made random.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scramble {
    /// Not at all: point 0 is the origin. For comparison with other programs.
    None,
    /// One random shift of the bits of each axis (Cranley and Patterson's idea, in base 2): uniform, and keeps the
    /// net.
    DigitalShift,
    /// Owen's nested uniform scrambling (1995): each bit is turned by a coin that hangs on all bits above it. Uniform,
    /// keeps the net, and takes away the alignments of the plain sequence; the variance of a mean falls by up to
    /// `n^-3 log(n)^(d-1)` for smooth functions. The coins are bits of a keyed hash.
    Owen,
}

/// The sequence in some number of dimensions, with the direction numbers of Joe and Kuo (2008), in Gray-code order
/// (Antonov and Saleev 1979). The first `2^m` points are a digital net.
///
/// Any point can be had by its number, so that a design is extended without its beginning.
///
/// # Example
/// ```
/// use sim_core::design::{Scramble, Sobol};
/// use sim_core::draws::Luck;
/// let sobol = Sobol::new(2, Scramble::None, &Luck::new(1, 0)).unwrap();
/// assert_eq!(sobol.point(2), [0.75, 0.25]);
/// ```
#[derive(Debug, Clone)]
pub struct Sobol {
    directions: Vec<[u32; BITS]>,
    keys: Vec<u64>,
    scramble: Scramble,
}

impl Sobol {
    /// Most dimensions.
    pub const DIMENSIONS: usize = JOE_KUO.len() + 1;

    /// The sequence in `dimensions`, scrambled by keyed luck.
    ///
    /// # Errors
    /// [`DesignError::TooManyAxes`] beyond [`Sobol::DIMENSIONS`].
    pub fn new(dimensions: usize, scramble: Scramble, luck: &Luck) -> Result<Self, DesignError> {
        if dimensions > Self::DIMENSIONS {
            return Err(DesignError::TooManyAxes {
                needed: dimensions,
                most: Self::DIMENSIONS,
            });
        }
        let key = |dimension: usize| {
            let stream = StreamKey {
                kind: Decision::Design,
                entity: dimension as u64,
                lot: 0,
                cycle: 0,
                cause: 2,
            };
            mix(luck.stream(stream).next_uniform().to_bits())
        };
        Ok(Self {
            directions: (0..dimensions).map(directions).collect(),
            keys: (0..dimensions).map(key).collect(),
            scramble,
        })
    }

    /// Point `index`, each coordinate in `[0, 1)`; scrambled ones lie in the middle of their cell of `2^-32`, within
    /// `(0, 1)`.
    #[must_use]
    pub fn point(&self, index: u32) -> Vec<f64> {
        let gray = index ^ (index >> 1);
        let coordinate = |(directions, key): (&[u32; BITS], &u64)| {
            let bits = (directions.iter().enumerate())
                .filter(|(bit, _)| gray >> bit & 1 == 1)
                .fold(0, |sum, (_, direction)| sum ^ direction);
            match self.scramble {
                Scramble::None => f64::from(bits) * UNIT,
                Scramble::DigitalShift => (f64::from(bits ^ (*key >> 32) as u32) + 0.5) * UNIT,
                Scramble::Owen => (f64::from(owen(bits, *key)) + 0.5) * UNIT,
            }
        };
        self.directions.iter().zip(&self.keys).map(coordinate).collect()
    }
}

/// Direction numbers of a dimension, scaled to 32 bits: `v_k = m_k 2^(32-k)`.
fn directions(dimension: usize) -> [u32; BITS] {
    let mut v = [0; BITS];
    let row = dimension.checked_sub(1).and_then(|row| JOE_KUO.get(row));
    let Some((a, m)) = row else {
        // The first dimension is van der Corput's sequence.
        for (k, direction) in v.iter_mut().enumerate() {
            *direction = 1 << (BITS - 1 - k);
        }
        return v;
    };
    let s = m.len();
    for k in 0..BITS {
        v[k] = if k < s {
            m[k] << (BITS - 1 - k)
        } else {
            // m_k = 2 a_1 m_(k-1) + .. + 2^(s-1) a_(s-1) m_(k-s+1) + 2^s m_(k-s) + m_(k-s), sums by exclusive or.
            (1..s).fold(v[k - s] ^ (v[k - s] >> s), |sum, i| {
                if a >> (s - 1 - i) & 1 == 1 { sum ^ v[k - i] } else { sum }
            })
        };
    }
    v
}

/// Nested uniform scrambling of 32 bits: bit `b` from the top is turned by a coin keyed by (`key`, `b`, the bits above
/// it).
fn owen(bits: u32, key: u64) -> u32 {
    (0..BITS as u32).fold(0, |out, b| {
        let above = if b == 0 { 0 } else { bits >> (32 - b) };
        let coin = mix(key ^ mix((u64::from(b) << 32) | u64::from(above))) as u32 & 1;
        let bit = (bits >> (31 - b)) & 1;
        out | ((bit ^ coin) << (31 - b))
    })
}
