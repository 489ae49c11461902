//! The buyer's shocks in one tender: read from its stream once, however many choosers ask for them.

use super::alternatives::{NESTS, nest_position};
use crate::draws::Draws;

/// Positions that are read from a stream at once: those of one call of its cipher ([`crate::draws`]).
const BLOCK: usize = 32;

/// Consecutive shocks of a stream; NaN: its logarithms have not been taken yet.
#[derive(Debug, Clone)]
struct Block {
    first: u32,
    uniform: [f64; BLOCK],
    gumbel: [f64; BLOCK],
}

/// Standard Gumbel shocks by position, remembered. Buffers are reused.
#[derive(Debug, Default)]
pub struct Shocks {
    stream: Option<Draws>,
    blocks: Vec<Block>,
    /// Blocks of the present stream.
    read: usize,
    /// The one read last.
    last: usize,
}

impl Shocks {
    /// The shocks of another tender: all reads are of this stream from now on.
    pub fn open(&mut self, stream: Draws) {
        self.stream = Some(stream);
        self.read = 0;
        self.last = 0;
    }

    /// The shock at a position, as [`Draws::gumbel_at`]; 0 before any stream is opened.
    pub fn at(&mut self, position: u32) -> f64 {
        let first = position - position % BLOCK as u32;
        let of_it = |b: &Block| b.first == first;
        if !self.blocks[..self.read].get(self.last).is_some_and(of_it) {
            let known = self.blocks[..self.read].iter().position(of_it);
            self.last = known.unwrap_or_else(|| self.load(first));
        }
        let block = &mut self.blocks[self.last];
        let place = (position - first) as usize;
        if block.gumbel[place].is_nan() {
            block.gumbel[place] = crate::draws::gumbel(block.uniform[place]);
        }
        block.gumbel[place]
    }

    /// The shocks of the nests.
    pub fn nests(&mut self) -> [f64; NESTS] {
        std::array::from_fn(|g| self.at(nest_position(g)))
    }

    fn load(&mut self, first: u32) -> usize {
        if self.read == self.blocks.len() {
            self.blocks.push(Block {
                first,
                uniform: [0.5; BLOCK],
                gumbel: [0.0; BLOCK],
            });
        }
        let block = &mut self.blocks[self.read];
        block.first = first;
        if let Some(stream) = &mut self.stream {
            stream.fill_uniform(&mut block.uniform, first);
            block.gumbel.fill(f64::NAN);
        }
        self.read += 1;
        self.read - 1
    }
}

impl From<Draws> for Shocks {
    fn from(stream: Draws) -> Self {
        let mut shocks = Self::default();
        shocks.open(stream);
        shocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Decision, Luck, StreamKey};

    /// In any order, and again after another tender, they are those of the stream.
    #[test]
    fn shocks_are_those_of_the_stream() {
        let stream = |entity: u64| {
            Luck::new(7, 3).stream(StreamKey {
                kind: Decision::Tender,
                entity,
                lot: 0,
                cycle: 1,
                cause: 0,
            })
        };
        let mut shocks = Shocks::default();
        for tender in [11, 12, 11] {
            shocks.open(stream(tender));
            let mut plain = stream(tender);
            for position in [1024, 3, 1056, 1031, 3, 31, 32, 5000, 1024] {
                assert_eq!(shocks.at(position).to_bits(), plain.gumbel_at(position).to_bits());
            }
            for (g, shock) in shocks.nests().into_iter().enumerate() {
                assert_eq!(shock, plain.gumbel_at(nest_position(g)));
            }
        }
    }
}
