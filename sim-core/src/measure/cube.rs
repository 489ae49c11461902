//! Sums by place, layer, component and vendor, from which every measure is read.

use crate::world::{BB, RU, World};

/// What is summed. Stocks are filled on the day of a measurement, flows since the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Field {
    /// Sites by seller.
    Sites,
    /// Sites with open fronthaul.
    Open,
    /// Sites where a part of an open stack has been changed for another seller's.
    Exercised,
    /// Sites with two sellers.
    Multi,
    /// Traffic of sites by seller, in sites of average traffic.
    Traffic,
    /// Sites valued at end of life, by incumbent.
    CurveSites,
    /// Sites x wedge at end of life, share of price.
    Curve,
    /// Sites x preference gap, share of price.
    Preference,
    /// Sites valued today, by incumbent.
    IndexSites,
    /// Sites x wedge today, share of price.
    Index,
    /// Sites x wedge today, US dollars.
    IndexMoney,
    /// Sites x item of the wedge today, share of price (seven fields from here).
    Part0,
    /// Second item.
    Part1,
    /// Third item.
    Part2,
    /// Fourth item.
    Part3,
    /// Fifth item.
    Part4,
    /// Sixth item.
    Part5,
    /// Seventh item.
    Part6,
    /// Sites of an operator that a seller has a part in.
    HeldSites,
    /// Those sites x months until all of them were replaced.
    RestoreMonths,
    /// Sites awarded to the seller, without any kit before.
    NewSites,
    /// Sites x price for them.
    NewPrice,
    /// Sites awarded to the seller where kit stood.
    AttachedSites,
    /// Sites x price for them.
    AttachedPrice,
    /// Sites that an incumbent had to defend in an award.
    Defended,
    /// Sites of those that it kept.
    Retained,
    /// Sites of tenders with a wedge.
    CapturedSites,
    /// Sites x wedge captured in price, share of price.
    Captured,
    /// Sites x wedge left as the incumbent's lead after bids, share of price.
    Protected,
    /// Sites x wedge at the bills of the award, share of price.
    AwardWedge,
    /// Sites of awards of whole stacks that an incumbent had to defend.
    JudgedSites,
    /// Sites of those kept although the twin would change at the same bids: without shocks.
    Handicapped,
    /// The same with the buyer's shocks.
    HandicappedWithShocks,
    /// Sites kept although a planner would change: without shocks.
    WronglyKept,
    /// The same with shocks.
    WronglyKeptWithShocks,
    /// Sites lost although a planner would have kept: without shocks.
    WronglyLost,
    /// The same with shocks.
    WronglyLostWithShocks,
    /// Sites of awards of whole stacks to the sellers that stood.
    KeptPremiumSites,
    /// Sites x premium over the twin, share of price.
    KeptPremium,
    /// Sites of awards of whole stacks to others.
    SwitchedPremiumSites,
    /// Sites x premium over the twin, share of price.
    SwitchedPremium,
    /// Sites of tenders with a state dependence, by incumbent.
    DependenceSites,
    /// Sites x state dependence with bids solved again.
    DependenceResolved,
    /// Sites x state dependence at the bids that were made.
    DependenceFrozen,
    /// Sites with kit whose tender fell due.
    DueSites,
    /// Sites of those where the kit was kept.
    KeptOnSites,
    /// Sites where a component was replaced, by the former seller.
    Replaced,
    /// Sites x age of what was replaced, years.
    ReplacedAge,
    /// Sites of those that went to another seller.
    Lost,
    /// Book value of what was replaced before its end, US dollars.
    Stranded,
    /// Sites of tenders, for means over tenders.
    TenderSites,
    /// Sites x effective bidders.
    Bidders,
    /// Site-months of waiting for crews and past deadlines.
    Late,
    /// Payments to the seller, US dollars.
    Sales,
    /// Those for stacks with open fronthaul.
    OpenSales,
    /// Outlay on price, US dollars.
    CostPrice,
    /// Outlay on switching.
    CostSwitching,
    /// Outlay on integration.
    CostIntegration,
    /// Outlay on running open and virtual kit.
    CostRunning,
    /// Growth of upkeep with age.
    CostExtension,
    /// Site-years in service of a seller's component.
    Service,
    /// Quality that the kit in service gave its users, US dollars.
    Quality,
    /// The same for lasting tastes.
    Taste,
    /// Security loss at baseline weights.
    Security,
    /// Unit cost of what was sold.
    Production,
    /// Surplus that buyers had from the choice itself, at awards.
    ChoiceSurplus,
    /// Break fees.
    Fees,
    /// Royalties that a vendor pays others, less what it gets: they sum to nothing over vendors.
    Royalties,
    /// Grant element of tied credit.
    Credit,
    /// Unit cost of the life that is left in the kit on the last day.
    Residual,
    /// Sites x absolute error of what was expected of the next tender.
    ForecastError,
    /// Sites of tenders that had been expected.
    ForecastSites,
    /// Sites where a generation was bought for the first time above an older one of a seller that could bid, by that seller.
    AnchorSites,
    /// Sites of those that it won.
    AnchorKept,
}

/// Number of fields.
pub const FIELDS: usize = Field::AnchorKept as usize + 1;
/// Number of stocks: they come first.
const STOCKS: usize = Field::NewSites as usize;
/// Number of fields that are added up from slots that stand: the stocks from the first on.
pub const STANDING: usize = Field::HeldSites as usize;
/// Number of fields that flow with time and with purchases, from [`Field::Sales`] on.
pub const FLOWING: usize = Field::Production as usize - Field::Sales as usize + 1;
/// Number of flows.
const FLOWS: usize = FIELDS - STOCKS;

/// The field of an item of the wedge.
#[must_use]
pub fn part_field(item: usize) -> usize {
    Field::Part0 as usize + item
}

/// Which component a measure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Component {
    /// Radio network and core.
    All,
    /// Radio network.
    Ran,
    /// Radio unit.
    Ru,
    /// Baseband.
    Bb,
    /// Core.
    Core,
}

impl Component {
    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Component::All => "all",
            Component::Ran => "ran",
            Component::Ru => "ru",
            Component::Bb => "bb",
            Component::Core => "core",
        }
    }
}

/// Places in which something counts.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    /// Those of its country.
    pub of_country: &'a [usize],
    /// Its operator's own.
    pub own: usize,
}

impl<'a> Places<'a> {
    /// Those of an operator.
    #[must_use]
    pub fn of(world: &'a World, country: usize, operator: usize) -> Self {
        Self {
            of_country: &world.places_of_country[country],
            own: world.first_operator_place + operator,
        }
    }
}

/// Cells of a few fields each. Few vendors stand in one place, so those that were written to are listed, to be cleared alone.
#[derive(Debug, Clone)]
struct Shelf {
    fields: usize,
    /// Cells of a row: vendors.
    row: usize,
    /// Row-major by cell.
    values: Vec<f64>,
    is_open: Vec<bool>,
    opened: Vec<usize>,
    /// Whether any cell of a row is open.
    has_open: Vec<bool>,
}

impl Shelf {
    fn new(rows: usize, row: usize, fields: usize) -> Self {
        Self {
            fields,
            row,
            values: vec![0.0; rows * row * fields],
            is_open: vec![false; rows * row],
            opened: Vec::new(),
            has_open: vec![false; rows],
        }
    }

    /// Adds to the fields of a cell from `first` on.
    #[inline]
    fn add<const N: usize>(&mut self, cell: usize, first: usize, values: &[f64; N]) {
        if !self.is_open[cell] {
            self.open(cell);
        }
        let at = cell * self.fields + first;
        for (sum, value) in self.values[at..at + N].iter_mut().zip(values) {
            *sum += value;
        }
    }

    #[cold]
    fn open(&mut self, cell: usize) {
        self.is_open[cell] = true;
        self.has_open[cell / self.row] = true;
        self.opened.push(cell);
    }

    fn clear(&mut self) {
        for cell in self.opened.drain(..) {
            self.values[cell * self.fields..][..self.fields].fill(0.0);
            self.is_open[cell] = false;
            self.has_open[cell / self.row] = false;
        }
    }

    /// Calls with each value of a field in a row, in the order of the vendors; all are nil where no cell of the row is open.
    #[inline]
    fn each(&self, row: usize, field: usize, call: impl FnMut(f64)) {
        if self.has_open[row] {
            let cells = &self.values[row * self.row * self.fields..][..self.row * self.fields];
            cells.chunks_exact(self.fields).map(|cell| cell[field]).for_each(call);
        }
    }

    /// A field of one cell.
    #[inline]
    fn value(&self, row: usize, vendor: usize, field: usize) -> f64 {
        self.values[(row * self.row + vendor) * self.fields + field]
    }
}

/// See the module docs.
#[derive(Debug, Clone)]
pub struct Cube {
    places: usize,
    layers: usize,
    vendors: usize,
    ru_share: f64,
    /// By place, layer, component, vendor and field: stocks, and flows.
    stocks: Shelf,
    flows: Shelf,
    /// Sites awarded by place, former and new vendor (the last former: none), radio network.
    awarded: Vec<f64>,
}

impl Cube {
    /// All zero. Operators' own places are kept only if asked for.
    #[must_use]
    pub fn new(world: &World, operators: bool) -> Self {
        let places = if operators {
            world.places.len()
        } else {
            world.first_operator_place
        };
        let layers = world.gens.len() + 1;
        let vendors = world.vendors.len();
        Self {
            places,
            layers,
            vendors,
            ru_share: world.scenario.market.ru_share,
            stocks: Shelf::new(places * layers * 2, vendors, STOCKS),
            flows: Shelf::new(places * layers * 2, vendors, FLOWS),
            awarded: vec![0.0; places * vendors * (vendors + 1)],
        }
    }

    /// Sets the stocks to zero, and the flows too if their window is over.
    pub fn clear(&mut self, flows: bool) {
        self.stocks.clear();
        if flows {
            self.flows.clear();
            self.awarded.fill(0.0);
        }
    }

    /// Whether a place is kept.
    #[must_use]
    pub fn holds(&self, place: usize) -> bool {
        place < self.places
    }

    /// Adds to one field of one cell in each of these places.
    pub fn add(&mut self, places: Places<'_>, layer: usize, component: usize, vendor: usize, field: Field, value: f64) {
        self.add_all(places, layer, component, vendor, field, &[value]);
    }

    /// Adds to several fields at once, all stocks or all flows; `values` starts at `first`.
    pub fn add_all<const N: usize>(
        &mut self,
        places: Places<'_>,
        layer: usize,
        component: usize,
        vendor: usize,
        first: Field,
        values: &[f64; N],
    ) {
        let stride = self.layers * 2 * self.vendors;
        let within = (layer * 2 + component) * self.vendors + vendor;
        let first = first as usize;
        let (shelf, first) = if first < STOCKS {
            (&mut self.stocks, first)
        } else {
            (&mut self.flows, first - STOCKS)
        };
        for place in places.of_country {
            shelf.add(place * stride + within, first, values);
        }
        if places.own < self.places {
            shelf.add(places.own * stride + within, first, values);
        }
    }

    /// Counts sites awarded from one vendor (`None`: no kit) to another.
    pub fn add_award(&mut self, places: Places<'_>, from: Option<usize>, to: usize, sites: f64) {
        for place in places.of_country.iter().copied().chain([places.own]) {
            if self.holds(place) {
                let from = from.unwrap_or(self.vendors);
                self.awarded[(place * (self.vendors + 1) + from) * self.vendors + to] += sites;
            }
        }
    }

    /// Sites awarded from one vendor to another.
    #[must_use]
    pub fn awarded(&self, place: usize, from: Option<usize>, to: usize) -> f64 {
        self.awarded[(place * (self.vendors + 1) + from.unwrap_or(self.vendors)) * self.vendors + to]
    }

    /// Sum of a field over layers and vendors. `weighted`: in `ran` a site counts by the component weights, as sites do
    /// and money does not.
    #[must_use]
    pub fn sum(
        &self,
        place: usize,
        component: Component,
        generation: Option<usize>,
        vendors: &[usize],
        field: usize,
        weighted: bool,
    ) -> f64 {
        let core = self.layers - 1;
        let mut sum = 0.0;
        let ran = generation.map_or(0..core, |g| g..g + 1);
        let weight = |k: usize| {
            if !weighted {
                1.0
            } else if k == RU {
                self.ru_share
            } else {
                1.0 - self.ru_share
            }
        };
        let (shelf, field) = if field < STOCKS {
            (&self.stocks, field)
        } else {
            (&self.flows, field - STOCKS)
        };
        let mut add = |layer: usize, k: usize, w: f64| {
            let row = (place * self.layers + layer) * 2 + k;
            if vendors.len() == self.vendors {
                // All of them, most often.
                shelf.each(row, field, |value| sum += w * value);
            } else {
                vendors.iter().for_each(|v| sum += w * shelf.value(row, *v, field));
            }
        };
        match component {
            Component::Ran | Component::All => {
                for layer in ran {
                    add(layer, RU, weight(RU));
                    add(layer, BB, weight(BB));
                }
                if component == Component::All && generation.is_none() {
                    add(core, BB, 1.0);
                }
            }
            Component::Ru => ran.for_each(|layer| add(layer, RU, 1.0)),
            Component::Bb => ran.for_each(|layer| add(layer, BB, 1.0)),
            Component::Core => add(core, BB, 1.0),
        }
        sum
    }
}
