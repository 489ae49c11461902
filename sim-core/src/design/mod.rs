//! Designs of experiments: which futures a model is asked about.
//!
//! A design is made in two steps. [`DesignKind::unit_points`] spreads points over the unit cube; an [`Axis`] takes
//! each coordinate to a value by the quantile function of its [`Support`], so that a design that is even in the cube is
//! even in probability. [`Design::build`] does both and crosses the futures with every combination of the choices, so
//! that each policy meets the same futures.
//!
//! | kind | points | can more be added? |
//! |---|---|---|
//! | [`grid`](DesignKind::Grid) | all combinations of `levels` values an axis, ends included | no |
//! | [`lhs`](DesignKind::LatinHypercube) | one in each of `n` layers of each axis | no: layers change with `n` |
//! | [`sobol`](DesignKind::Sobol) | the first `n` of a low-discrepancy sequence | yes: the first stay the same |
//! | [`saltelli`](DesignKind::Saltelli) | blocks for Sobol' indices | yes, in blocks |
//! | [`morris`](DesignKind::Morris) | trajectories for elementary effects | yes, in trajectories |
//! | [`DesignTable`] | brought in as CSV | yes, where the first rows stay |
//!
//! All luck is keyed by seed and axis: the same seed gives the same design, and an axis more leaves the layers of the
//! others as they were.

mod axis;
mod joe_kuo;
mod latin;
mod sobol;
mod structured;
mod table;

#[cfg(test)]
mod tests;

use std::fmt;

pub use axis::{Axis, Support, combinations};
pub use sobol::{Scramble, Sobol};
pub use structured::{MORRIS_LEVELS, morris_step, saltelli_block};
pub use table::{DesignTable, line_of, parse_table};

use crate::draws::Luck;
use crate::scenario::Dependence;

/// Most points of a design.
pub const MAX_POINTS: u64 = 100_000;

/// How points are spread over the unit cube.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DesignKind {
    /// Every combination of `levels` values an axis; listed values are all taken.
    Grid {
        /// Values of each continuous axis.
        levels: u64,
    },
    /// A Latin hypercube.
    LatinHypercube {
        /// Points.
        n: u64,
    },
    /// The first points of Sobol's sequence.
    Sobol {
        /// Points.
        n: u64,
        /// How it is scrambled.
        scramble: Scramble,
    },
    /// Saltelli's design: `n` blocks of `axes + 2` points ([`saltelli_block`]).
    Saltelli {
        /// Blocks.
        n: u64,
    },
    /// Morris's design: `trajectories` of `axes + 1` points on [`MORRIS_LEVELS`] levels.
    Morris {
        /// Trajectories.
        trajectories: u64,
    },
}

/// Why a design cannot be made or read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DesignError {
    /// No point was asked for.
    Empty,
    /// More points than [`MAX_POINTS`].
    TooManyPoints,
    /// More axes than the sequence has dimensions.
    TooManyAxes {
        /// Dimensions that the design needs.
        needed: usize,
        /// Dimensions that there are.
        most: usize,
    },
    /// A design over no axis at all.
    NoAxes,
    /// Two axes have the same path.
    TwiceNamed(String),
    /// A design for indices of independent inputs, over inputs that are not.
    Correlated,
    /// A table of points that cannot be used.
    Table {
        /// Line of the file, from 1.
        line: u64,
        /// What is wrong there.
        message: String,
    },
}

impl fmt::Display for DesignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "a design needs at least one point"),
            Self::TooManyPoints => write!(f, "the design has more than {MAX_POINTS} points"),
            Self::TooManyAxes { needed, most } => {
                write!(f, "the design needs {needed} dimensions, and the sequence has {most}")
            }
            Self::Correlated => write!(
                f,
                "first-order and total indices share out the variance of independent inputs, and some of these are correlated: use --design sobol or lhs, or leave the correlations out with --set 'correlation=[]'"
            ),
            Self::NoAxes => write!(f, "there is no axis to vary"),
            Self::TwiceNamed(path) => write!(f, "`{path}` is named twice"),
            Self::Table { line, message } => write!(f, "line {line}: {message}"),
        }
    }
}

impl std::error::Error for DesignError {}

impl DesignKind {
    /// The word on the command line and in manifests.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Grid { .. } => "grid",
            Self::LatinHypercube { .. } => "lhs",
            Self::Sobol { .. } => "sobol",
            Self::Saltelli { .. } => "saltelli",
            Self::Morris { .. } => "morris",
        }
    }

    /// Points over `axes` continuous axes; `None` where the number overflows.
    #[must_use]
    pub fn points(self, axes: usize) -> Option<u64> {
        let axes = u64::try_from(axes).ok()?;
        match self {
            Self::Grid { levels } => levels.checked_pow(u32::try_from(axes).ok()?),
            Self::LatinHypercube { n } | Self::Sobol { n, .. } => Some(n),
            Self::Saltelli { n } => n.checked_mul(axes.checked_add(2)?),
            Self::Morris { trajectories } => trajectories.checked_mul(axes.checked_add(1)?),
        }
    }

    /// Rows of a design that belong together: a design that is cut off between two such groups is a smaller design
    /// of the same kind. At most `usize::MAX`, whatever the number of axes.
    #[must_use]
    pub fn block(self, axes: usize) -> usize {
        match self {
            Self::Saltelli { .. } => axes.saturating_add(2),
            Self::Morris { .. } => axes.saturating_add(1),
            _ => 1,
        }
    }

    /// Points of the unit cube, one coordinate an axis, in the order of the design. `names` are the axes' paths, which
    /// key their luck.
    ///
    /// A grid has its ends at 0 and 1; all other kinds but unscrambled Sobol points lie inside.
    ///
    /// # Errors
    /// [`DesignError`] where there is nothing to make or too much.
    pub fn unit_points(self, names: &[&str], luck: &Luck) -> Result<Vec<Vec<f64>>, DesignError> {
        if names.is_empty() {
            return Err(DesignError::NoAxes);
        }
        let n = match self.points(names.len()) {
            None => return Err(DesignError::TooManyPoints),
            Some(0) => return Err(DesignError::Empty),
            Some(n) if n > MAX_POINTS => return Err(DesignError::TooManyPoints),
            Some(n) => n,
        };
        match self {
            Self::Grid { levels } => {
                let ladder: Vec<f64> = (0..levels).map(|i| axis::rung(i, levels)).collect();
                Ok(combinations(&vec![ladder; names.len()]))
            }
            Self::LatinHypercube { .. } => Ok(latin::latin_hypercube(n, names, luck)),
            Self::Sobol { scramble, .. } => {
                let sobol = Sobol::new(names.len(), scramble, luck)?;
                Ok((0..n as u32).map(|i| sobol.point(i)).collect())
            }
            Self::Saltelli { n } => structured::saltelli(n, names.len(), luck),
            Self::Morris { trajectories } => Ok(structured::morris(trajectories, names.len(), luck)),
        }
    }
}

/// Points over named paths.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// Paths of the uncertain numbers, then of the choices.
    pub paths: Vec<String>,
    /// How many of the paths are uncertain numbers.
    pub uncertain: usize,
    /// One row a point: the futures in order, and for each future every combination of the choices.
    pub points: Vec<Vec<f64>>,
}

impl Design {
    /// Spreads futures over `axes` and meets each with every combination of `choices`.
    ///
    /// A grid takes all values of an axis with listed values. Without axes there is one future, the scenario as it
    /// stands, and without choices one combination.
    ///
    /// # Errors
    /// [`DesignError`], also where there is neither axis nor choice.
    pub fn build(kind: DesignKind, axes: &[Axis], choices: &[Axis], luck: &Luck) -> Result<Self, DesignError> {
        Self::build_dependent(kind, axes, &Dependence::default(), choices, luck)
    }

    /// As [`Design::build`], over axes that depend on one another. A Latin hypercube keeps its layers on each axis, and
    /// the first points of a Sobol' sequence stay the same as more are added. A grid and Morris's trajectories move
    /// one axis at a time and pay no regard to it.
    ///
    /// # Errors
    /// As [`Design::build`], and [`DesignError::Correlated`] for Saltelli's design.
    pub fn build_dependent(
        kind: DesignKind,
        axes: &[Axis],
        dependence: &Dependence,
        choices: &[Axis],
        luck: &Luck,
    ) -> Result<Self, DesignError> {
        if matches!(kind, DesignKind::Saltelli { .. }) && !dependence.is_independent() {
            return Err(DesignError::Correlated);
        }
        let futures = match kind {
            _ if axes.is_empty() => vec![Vec::new()],
            DesignKind::Grid { levels } => {
                let ladders: Vec<Vec<f64>> = axes.iter().map(|axis| axis.support.ladder(levels)).collect();
                let size = ladders
                    .iter()
                    .try_fold(1_u64, |n, ladder| n.checked_mul(ladder.len() as u64));
                match size {
                    Some(0) => return Err(DesignError::Empty),
                    Some(n) if n <= MAX_POINTS => combinations(&ladders),
                    _ => return Err(DesignError::TooManyPoints),
                }
            }
            kind => {
                let names: Vec<&str> = axes.iter().map(|axis| axis.path.as_str()).collect();
                let mut points = kind.unit_points(&names, luck)?;
                match kind {
                    DesignKind::LatinHypercube { .. } => dependence.rearrange(&mut points),
                    DesignKind::Sobol { .. } => points.iter_mut().for_each(|point| dependence.correlate(point)),
                    _ => {}
                }
                for point in &mut points {
                    for (value, axis) in point.iter_mut().zip(axes) {
                        *value = axis.support.at(*value);
                    }
                }
                points
            }
        };
        let paths = axes.iter().map(|axis| axis.path.clone()).collect();
        Self::crossed(paths, &futures, choices)
    }

    /// Meets futures that stand already with every combination of `choices`.
    ///
    /// # Errors
    /// [`DesignError`] where a path stands twice, or nothing or too much is left.
    pub fn crossed(mut paths: Vec<String>, futures: &[Vec<f64>], choices: &[Axis]) -> Result<Self, DesignError> {
        let uncertain = paths.len();
        let values: Vec<Vec<f64>> = choices.iter().map(|choice| choice.support.ladder(2)).collect();
        let rows = values
            .iter()
            .try_fold(futures.len() as u64, |n, list| n.checked_mul(list.len() as u64));
        match rows {
            Some(0) => return Err(DesignError::Empty),
            Some(rows) if rows <= MAX_POINTS => {}
            _ => return Err(DesignError::TooManyPoints),
        }
        paths.extend(choices.iter().map(|choice| choice.path.clone()));
        if paths.is_empty() {
            return Err(DesignError::NoAxes);
        }
        let mut sorted = paths.clone();
        sorted.sort_unstable();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(DesignError::TwiceNamed(pair[0].clone()));
        }
        let policies = combinations(&values);
        let rows = futures
            .iter()
            .flat_map(|future| policies.iter().map(move |policy| [&future[..], policy].concat()));
        Ok(Self {
            points: rows.collect(),
            paths,
            uncertain,
        })
    }
}
