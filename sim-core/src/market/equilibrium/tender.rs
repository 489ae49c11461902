//! What a tender is, as the solver sees it, and what it refuses.

/// Marks the absence of a seller in [`Alternative::suppliers`] and [`Alternative::setters`].
pub const NOBODY: u8 = u8::MAX;

/// The most sellers that one world may have.
pub const MAX_SELLERS: usize = 64;

/// The most nests that one tender may have.
pub const MAX_NESTS: usize = 64;

/// The lowest dissimilarity that the solver accepts. Below it the method was seen to fail
/// (0, 16 and 2,203 of 20,000 tenders at 0.1, 0.03 and 0.01 in the trial).
pub const MIN_LAMBDA: f64 = 0.1;

/// One thing that the buyer may choose.
///
/// Alternatives of one nest with the same suppliers and the same price setters are *variants* of one
/// product: only the one with the highest value minus cost plus deductions stands (the first of equals),
/// so an exact clone changes nothing at any lambda.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alternative {
    /// Index of its nest in [`TenderSpec::lambda`].
    pub nest: u8,
    /// Who supplies radio and who supplies baseband; [`NOBODY`] where it does not matter. Only used to
    /// tell products from variants.
    pub suppliers: [u8; 2],
    /// The sellers who each add a margin to the price: none, one or two different ones, in any slot;
    /// [`NOBODY`] fills the rest.
    pub setters: [u8; 2],
    /// Systematic value to the buyer before price, money.
    pub value: f64,
    /// Cost that the price starts from: all setters' unit costs and any fixed price inside, money.
    pub cost: f64,
}

impl Alternative {
    /// A stack from one seller, who sets its price.
    #[must_use]
    pub const fn single(nest: u8, seller: u8, value: f64, cost: f64) -> Self {
        Self {
            nest,
            suppliers: [seller, seller],
            setters: [seller, NOBODY],
            value,
            cost,
        }
    }

    /// A stack of a radio seller and a baseband seller who each set a margin (the same seller twice is
    /// a stack from one seller).
    #[must_use]
    pub const fn pair(nest: u8, radio: u8, baseband: u8, value: f64, cost: f64) -> Self {
        let second = if radio == baseband { NOBODY } else { baseband };
        Self {
            nest,
            suppliers: [radio, baseband],
            setters: [radio, second],
            value,
            cost,
        }
    }

    /// An alternative without a price setter, such as keeping the installed kit; `value` is net of
    /// what the buyer pays.
    #[must_use]
    pub const fn unpriced(nest: u8, value: f64) -> Self {
        Self {
            nest,
            suppliers: [NOBODY; 2],
            setters: [NOBODY; 2],
            value,
            cost: 0.0,
        }
    }

    /// The price setters, as a set of bits.
    #[must_use]
    pub fn setter_mask(&self) -> u64 {
        self.setters
            .iter()
            .filter(|j| usize::from(**j) < MAX_SELLERS)
            .fold(0, |m, j| m | 1 << j)
    }
}

/// One tender to solve. All slices are borrowed, so the caller may reuse its own buffers.
#[derive(Debug, Clone, Copy)]
pub struct TenderSpec<'a> {
    /// Scale of the buyer's taste shocks, money, above 0.
    pub mu: f64,
    /// Dissimilarity of each nest, in [[`MIN_LAMBDA`], 1].
    pub lambda: &'a [f64],
    /// What the buyer may choose; at least one.
    pub alternatives: &'a [Alternative],
    /// Number of sellers of the world; seller indices are below it. At most [`MAX_SELLERS`].
    pub sellers: usize,
    /// `W_j(a)`: discounted value of seller `j` after this tender if `a` wins, money, also for
    /// alternatives without `j`; row-major `[a * sellers + seller]`. `None` is all zero.
    pub after: Option<&'a [f64]>,
    /// Ceiling on the margin of each price setter, slot by slot as in [`Alternative::setters`], money;
    /// infinity = none. It is applied only to a seller who stands in *every* alternative (list price plus
    /// reserve, less that seller's cost), since nothing else then bounds its price.
    pub margin_caps: Option<&'a [[f64; 2]]>,
}

/// Why a tender cannot be solved at all. (A tender that was tried but did not reach the tolerance is a result,
/// see [`super::Equilibrium::converged`].)
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum SolveError {
    /// The taste scale is not a positive finite number.
    Scale(f64),
    /// A nest's dissimilarity lies outside [[`MIN_LAMBDA`], 1].
    Lambda {
        /// Index of the nest.
        nest: usize,
        /// The value given.
        lambda: f64,
    },
    /// There is nothing to choose.
    NoAlternatives,
    /// More than [`MAX_SELLERS`] sellers or [`MAX_NESTS`] nests, or more than 65,535 alternatives.
    TooLarge,
    /// A value or cost is not finite, or a nest or seller index does not exist, or a seller stands
    /// twice among the setters.
    Alternative(usize),
    /// The slice of later values has the wrong length or holds a number that is not finite.
    After,
    /// The slice of ceilings has the wrong length or holds NaN.
    Caps,
    /// The starting margins have the wrong length.
    Start,
    /// This seller sets a price in every alternative and has no finite ceiling in some of them: its price
    /// would have no bound. Offer an alternative without it, or give ceilings.
    EssentialSeller(u8),
}

impl std::fmt::Display for SolveError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Scale(mu) => write!(f, "taste scale mu is {mu}; it must be positive and finite"),
            Self::Lambda { nest, lambda } => {
                write!(f, "lambda of nest {nest} is {lambda}; it must lie in [{MIN_LAMBDA}, 1]")
            }
            Self::NoAlternatives => write!(f, "the tender has no alternative"),
            Self::TooLarge => write!(f, "too many sellers, nests or alternatives"),
            Self::Alternative(a) => write!(f, "alternative {a} has an invalid number or index"),
            Self::After => write!(f, "the table of later values has a wrong length or number"),
            Self::Caps => write!(f, "the margin ceilings have a wrong length or number"),
            Self::Start => write!(f, "the starting margins have a wrong length"),
            Self::EssentialSeller(j) => write!(
                f,
                "seller {j} sets a price in every alternative and has no ceiling: offer an \
                 alternative without it, or give it margin ceilings"
            ),
        }
    }
}

impl std::error::Error for SolveError {}

/// Who is in a tender, as sets of bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parties {
    /// Sellers who supply or set a price in some alternative.
    pub present: u64,
    /// Sellers who set a price in every alternative.
    pub essential: u64,
}

impl TenderSpec<'_> {
    /// Checks everything but the alternatives and the numbers in tables.
    ///
    /// # Errors
    ///
    /// Any [`SolveError`] that the rest of the tender gives reason for.
    pub(super) fn check_frame(&self) -> Result<(), SolveError> {
        if !(self.mu > 0.0 && self.mu.is_finite()) {
            return Err(SolveError::Scale(self.mu));
        }
        let lambdas = self.lambda.iter().enumerate();
        if let Some((nest, &lambda)) = lambdas.into_iter().find(|(_, l)| !(MIN_LAMBDA..=1.0).contains(*l)) {
            return Err(SolveError::Lambda { nest, lambda });
        }
        let count = self.alternatives.len();
        if count == 0 {
            return Err(SolveError::NoAlternatives);
        }
        let small = self.sellers <= MAX_SELLERS && self.lambda.len() <= MAX_NESTS;
        if !small || count > usize::from(u16::MAX) {
            return Err(SolveError::TooLarge);
        }
        if self.after.is_some_and(|w| w.len() != self.sellers * count) {
            return Err(SolveError::After);
        }
        let caps_ok = |c: &[[f64; 2]]| c.len() == count && !c.iter().flatten().any(|v| v.is_nan());
        if !self.margin_caps.is_none_or(caps_ok) {
            return Err(SolveError::Caps);
        }
        Ok(())
    }

    /// Checks the indices of all alternatives and finds who is in them.
    ///
    /// # Errors
    ///
    /// [`SolveError::Alternative`].
    pub(super) fn find_parties(&self) -> Result<Parties, SolveError> {
        // Bit of each index that may be given, none for nobody; an index that may not has all bits.
        let mut bits = [u64::MAX; 1 << u8::BITS];
        bits[usize::from(NOBODY)] = 0;
        for (j, bit) in bits[..self.sellers].iter_mut().enumerate() {
            *bit = 1 << j;
        }
        let (mut present, mut essential) = (0, u64::MAX);
        for (i, a) in self.alternatives.iter().enumerate() {
            let [first, second] = a.setters.map(|j| bits[usize::from(j)]);
            let [radio, baseband] = a.suppliers.map(|j| bits[usize::from(j)]);
            let all = first | second | radio | baseband;
            let valid = usize::from(a.nest) < self.lambda.len() && all != u64::MAX && first & second == 0;
            if !valid {
                return Err(SolveError::Alternative(i));
            }
            present |= all;
            essential &= first | second;
        }
        Ok(Parties { present, essential })
    }

    /// Every essential seller must have a finite ceiling in every alternative.
    ///
    /// # Errors
    ///
    /// [`SolveError::EssentialSeller`].
    pub(super) fn check_ceilings(&self, essential: u64) -> Result<(), SolveError> {
        if essential == 0 {
            return Ok(());
        }
        for (i, a) in self.alternatives.iter().enumerate() {
            for (slot, &j) in a.setters.iter().enumerate() {
                let bounded = self.margin_caps.is_some_and(|c| c[i][slot].is_finite());
                if j != NOBODY && essential >> j & 1 == 1 && !bounded {
                    return Err(SolveError::EssentialSeller(j));
                }
            }
        }
        Ok(())
    }
}
