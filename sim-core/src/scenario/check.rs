//! Checks that span several tables: sums, references by stack or place, and limits of size.

use super::document::{Diagnostic, Diagnostics, Document, Severity, join, nearest};
use super::{Country, INTERFACES, Line, MeasureDates, Scenario, Vendor, check_levers};

/// Most clusters of a world.
pub const MAX_CLUSTERS: f64 = 2e6;
/// Most vendors that may stand in one country's tenders.
pub const MAX_VENDORS_IN_A_COUNTRY: usize = crate::market::equilibrium::MAX_SELLERS;
/// How far shares may sum from 1.
const SUM_TOLERANCE: f64 = 1e-6;

pub(super) struct Checker<'a> {
    document: &'a Document,
    faults: Vec<Diagnostic>,
}

/// So many ids are listed in a message; more are too many to read.
const LISTED: usize = 8;

impl Checker<'_> {
    /// Records a fault at the nearest thing on the path that stands in a file.
    pub(super) fn fault(
        &mut self,
        path: &str,
        message: impl Into<String>,
        allowed: impl Into<String>,
        hint: Option<String>,
    ) {
        let mut at = path;
        let node = loop {
            match self.document.node(at) {
                Some(node) => break Some(node),
                None => match at.rfind('.') {
                    Some(cut) => at = &at[..cut],
                    None => break None,
                },
            }
        };
        let fault = match node {
            Some(node) => {
                let files = self.document.files();
                Diagnostic::error(files, node.origin, message).found(files.excerpt(node.origin))
            }
            None => Diagnostic::without_place(message),
        };
        let fault = fault.key(path).allowed(allowed);
        self.faults.push(match hint {
            Some(hint) => fault.hint(hint),
            None => fault,
        });
    }

    fn sums_to_one(&mut self, path: &str, map: &[(String, f64)]) {
        let sum: f64 = map.iter().map(|(_, s)| s).sum();
        if (sum - 1.0).abs() > SUM_TOLERANCE {
            self.fault(path, format!("these shares sum to {sum}"), "shares that sum to 1", None);
        }
    }

    /// Makes the last fault a warning.
    pub(super) fn last_is_a_warning(&mut self) {
        if let Some(fault) = self.faults.pop() {
            self.faults.push(fault.warning());
        }
    }

    pub(super) fn known<'x>(
        &mut self,
        path: &str,
        id: &str,
        what: &str,
        all: impl Iterator<Item = &'x str> + Clone,
    ) -> bool {
        let known = all.clone().any(|x| x == id);
        if !known {
            let hint = nearest(id, all.clone()).map(|near| format!("did you mean `{near}`?"));
            let mut names: Vec<String> = all.map(|x| format!("`{x}`")).collect();
            names.sort();
            names.dedup();
            let allowed = if names.is_empty() || names.len() > LISTED {
                format!("the id of a {what}")
            } else {
                names.join(", ")
            };
            self.fault(path, format!("there is no {what} `{id}`"), allowed, hint);
        }
        known
    }
}

/// That correlations are of uncertain numbers and can hold together.
fn check_correlations(c: &mut Checker<'_>, s: &Scenario) {
    let place = |at: usize| join("correlation", &(at + 1).to_string());
    let paths = || s.uncertainties.iter().map(|u| u.path.as_str());
    for (at, correlation) in s.correlations.iter().enumerate() {
        for path in correlation
            .of
            .iter()
            .filter(|path| !paths().any(|known| known == *path))
        {
            if c.document.number(path).is_some() {
                c.fault(
                    &join(&place(at), "of"),
                    format!("`{path}` is not uncertain: this correlation has no effect"),
                    "paths that stand in [uncertainties]",
                    None,
                );
                c.last_is_a_warning();
            } else {
                c.known(&join(&place(at), "of"), path, "uncertain number", paths());
            }
        }
        let same =
            |other: &super::Correlation| other.of == correlation.of || other.of.iter().rev().eq(correlation.of.iter());
        if s.correlations[..at].iter().any(same) {
            c.fault(
                &join(&place(at), "of"),
                "this pair has a correlation already",
                "each pair once",
                None,
            );
        }
    }
    if let Err(impossible) = super::uncertainty::dependence(&s.uncertainties, &s.correlations) {
        let stated = &s.correlations[impossible.statement];
        let (message, hint) = (
            format!(
                "the correlations cannot hold together: {} of `{}` leaves no room beside the others",
                stated.rank,
                stated.of.join("` and `")
            ),
            match impossible.between {
                Some([low, high]) => format!("beside the others it can stand between {low:.3} and {high:.3}"),
                None => "the others contradict one another: weaken them".to_owned(),
            },
        );
        c.fault(
            &join(&place(impossible.statement), "rank"),
            message,
            "correlations of a matrix that is positive definite",
            Some(hint),
        );
    }
}

/// Checks a decoded scenario.
#[must_use]
pub fn check(document: &Document, s: &Scenario) -> Diagnostics {
    let mut c = Checker {
        document,
        faults: Vec::new(),
    };
    for (what, empty) in [
        ("generation", s.generations.is_empty()),
        ("environment", s.environments.is_empty()),
        ("country", s.countries.is_empty()),
        ("operator", s.operators.is_empty()),
        ("vendor", s.vendors.is_empty()),
    ] {
        if empty {
            c.fault(
                what,
                format!("the scenario has no [[{what}]]"),
                format!("at least one [[{what}]]"),
                None,
            );
        }
    }
    for name in &s.measures.extra {
        let names = crate::measure::CATALOGUE.iter().map(|m| m.name);
        c.known("measures.extra", name, "measure", names);
    }
    check_correlations(&mut c, s);
    for id in INTERFACES {
        if !s.interfaces.iter().any(|i| i.id == id) {
            c.fault(
                "interface",
                format!("the interface `{id}` is missing"),
                INTERFACES.join(", "),
                None,
            );
        }
    }
    for i in s.interfaces.iter().filter(|i| !INTERFACES.contains(&i.id.as_str())) {
        c.fault(
            &join("interface", &i.id),
            format!("there is no interface `{}`", i.id),
            INTERFACES.join(", "),
            None,
        );
    }
    for pair in s.generations.windows(2).filter(|p| p[0].id >= p[1].id) {
        c.fault(
            &join("generation", &pair[1].id),
            format!("`{}` stands after `{}`", pair[1].id, pair[0].id),
            "generations in order of age, the oldest first",
            None,
        );
    }
    for g in s
        .generations
        .iter()
        .filter(|g| !["2g", "3g", "4g", "5g", "6g"].contains(&g.id.as_str()))
    {
        c.fault(
            &join("generation", &g.id),
            format!("`{}` is not a generation", g.id),
            "2g, 3g, 4g, 5g or 6g",
            None,
        );
    }
    reference_market(&mut c, s);
    countries(&mut c, s);
    operators(&mut c, s);
    vendors(&mut c, s);
    check_levers::check(&mut c, s);
    // A fault of the scenario itself would be found again in each of its variations.
    if c.faults.iter().all(|d| d.severity == Severity::Warning) {
        uncertainties(&mut c, s);
    }
    Diagnostics::new(c.faults)
}

/// What levers name and is not there, in a scenario that has other faults: all are told at once. Nothing where one of them is of the
/// tables that are named, and nothing of a key that has a fault already: the value there is a stand-in.
pub(super) fn names_of_levers(document: &Document, s: &Scenario, faults: &Diagnostics) -> Diagnostics {
    let is_within = |key: &str, table: &str| key == table || key.starts_with(&format!("{table}."));
    let named = ["vendor", "country", "bloc", "generation"];
    if faults
        .iter()
        .any(|d| d.key.is_empty() || named.iter().any(|table| is_within(&d.key, table)))
    {
        return Diagnostics::default();
    }
    let mut c = Checker {
        document,
        faults: Vec::new(),
    };
    check_levers::what_they_name(&mut c, s);
    c.faults.retain(|new| {
        !faults
            .iter()
            .any(|d| is_within(&new.key, &d.key) && d.key.matches('.').count() > 2)
    });
    Diagnostics::new(c.faults)
}

/// The reference market has eight sellers, thirty whole years and nothing that a lever could move.
fn reference_market(c: &mut Checker, s: &Scenario) {
    if s.reference_market.is_none() {
        return;
    }
    let years = crate::run::reference::YEARS;
    let end = s.start.add_months(12 * years as i32).add_days(-1);
    let whole = s.start == s.start.start_of_year() && s.end == end && s.measures.dates == MeasureDates::Yearly;
    let vendors = crate::run::reference::VENDORS;
    for (wrong, key, message, allowed) in [
        (
            s.vendors.len() != vendors,
            "vendor",
            "the reference market has eight sellers",
            "eight vendors",
        ),
        (
            !whole,
            "scenario.end",
            "the reference market is played for thirty years and read at the end of each",
            "30 years from a 1 January on, and `measures.dates = \"yearly\"`",
        ),
        (
            !s.levers.is_empty(),
            "levers",
            "nothing acts on the reference market",
            "no levers",
        ),
    ] {
        if wrong {
            c.fault(key, message, allowed, None);
        }
    }
}

fn stacks(c: &mut Checker, s: &Scenario, path: &str, map: &[(String, f64)]) {
    for (key, _) in map {
        let (ru, bb) = crate::world::allocation::sellers_of(key);
        let path = join(path, key);
        type Sells = fn(&Vendor) -> bool;
        let parts: [(&str, &str, Sells); 2] = [
            (ru, "radio", |v| v.ru_cost.is_some()),
            (bb, "baseband", |v| v.bb_cost.is_some()),
        ];
        for (id, part, sells) in parts {
            if !c.known(&path, id, "vendor", s.vendors.iter().map(|v| v.id.as_str())) {
                break;
            }
            if !s.vendors.iter().any(|v| v.id == id && sells(v)) {
                c.fault(
                    &path,
                    format!("`{id}` sells no {part}"),
                    "a vendor of both, or `radio+baseband`",
                    None,
                );
            }
        }
    }
}

fn countries(c: &mut Checker, s: &Scenario) {
    for country in &s.countries {
        let path = join("country", &country.id);
        if s.blocs.iter().any(|b| b.id == country.region && !b.region) {
            c.fault(
                &join(&path, "region"),
                format!("bloc `{}` is no region", country.region),
                "a bloc with `region = true`",
                None,
            );
        }
        for other in country
            .blocs
            .iter()
            .filter(|b| s.blocs.iter().any(|x| x.id == **b && x.region) && **b != country.region)
        {
            c.fault(
                &join(&path, "blocs"),
                format!("`{other}` is a region too"),
                "one region a country",
                None,
            );
        }
        c.sums_to_one(&join(&path, "environment_mix"), &country.environment_mix);
        let has_base = s
            .operators
            .iter()
            .any(|o| o.country == country.id && o.sites > 0.0 && o.installed.is_empty());
        if has_base || !country.installed.is_empty() {
            c.sums_to_one(&join(&path, "installed_4g"), &country.installed);
        }
        stacks(c, s, &join(&path, "installed_4g"), &country.installed);
        if s.vendors.iter().filter(|v| is_here(v, country)).count() > MAX_VENDORS_IN_A_COUNTRY {
            c.fault(
                &path,
                format!("more than {MAX_VENDORS_IN_A_COUNTRY} vendors sell here"),
                format!("at most {MAX_VENDORS_IN_A_COUNTRY} a country; see `sells_in`"),
                None,
            );
        }
        if country.id == "XKO" || country.id.len() != 3 {
            c.fault(
                &path,
                "this is not an ISO 3166-1 alpha-3 code",
                "three capital letters; Kosovo is XKX",
                None,
            );
        }
    }
}

fn operators(c: &mut Checker, s: &Scenario) {
    let mut clusters = 0.0;
    for o in &s.operators {
        let path = join("operator", &o.id);
        if !o.installed.is_empty() {
            c.sums_to_one(&join(&path, "installed"), &o.installed);
        }
        stacks(c, s, &join(&path, "installed"), &o.installed);
        let programmes: Vec<_> = s.programmes.iter().filter(|p| p.operator == o.id).collect();
        if o.sites <= 0.0 && programmes.is_empty() {
            c.fault(
                &path,
                "this operator has no sites and no programme",
                "`sites` above 0, or a [[programme]]",
                None,
            );
        }
        let territories = if o.installed.is_empty() {
            s.countries
                .iter()
                .find(|x| x.id == o.country)
                .map_or(1, |x| x.installed.len())
        } else {
            o.installed.len()
        };
        let batches: u32 = programmes.iter().map(|p| p.years).sum();
        clusters +=
            (territories as f64 * f64::from(o.cohorts * o.lots) + f64::from(batches)) * s.environments.len() as f64;
    }
    if clusters > MAX_CLUSTERS {
        c.fault(
            "operator",
            format!("the world would have {clusters} clusters"),
            format!("at most {MAX_CLUSTERS}"),
            Some("lower `cohorts`, or merge operators".to_owned()),
        );
    }
}

fn vendors(c: &mut Checker, s: &Scenario) {
    for v in &s.vendors {
        let path = join("vendor", &v.id);
        let places = || {
            s.countries
                .iter()
                .map(|x| x.id.as_str())
                .chain(s.blocs.iter().map(|b| b.id.as_str()))
        };
        for place in &v.sells_in {
            c.known(&join(&path, "sells_in"), place, "country or bloc", places());
        }
        for (place, _) in &v.regional_effect {
            c.known(
                &join(&join(&path, "regional_effect"), place),
                place,
                "country or bloc",
                places(),
            );
        }
        if v.ru_cost.is_none() && v.bb_cost.is_none() && v.core_cost.is_none() {
            c.fault(
                &path,
                format!("vendor `{}` sells nothing", v.id),
                "ru_usd_per_site, bb_usd_per_site or core_usd_per_subscriber",
                None,
            );
        }
        if !has_an_alternative(s, v) {
            let part = if v.ru_cost.is_some() { "radio" } else { "baseband" };
            c.fault(
                &path,
                format!("vendor `{}` stands in no alternative: its {part} has nothing to be bought with", v.id),
                "no more sellers than have an alternative (`market::alternatives::list`): a vendor of one part sells open, beside one who sells the other part open",
                Some("`line = \"open\"`, or `opens` by a date; MODEL.md 7.1 says what may be bought".to_owned()),
            );
        }
        let enters = s.vendor_decisions.is_some_and(|d| d.entry_cost.is_some());
        if v.potential && !enters {
            c.fault(
                &join(&path, "potential"),
                format!("nothing says when `{}` enters", v.id),
                "a scenario with `vendor_decisions.entry_cost_usd`",
                None,
            );
        }
        let mixes = (s
            .countries
            .iter()
            .map(|x| (join("country", &x.id), "installed_4g", &x.installed)))
        .chain(
            s.operators
                .iter()
                .map(|o| (join("operator", &o.id), "installed", &o.installed)),
        );
        for (place, key, mix) in mixes {
            let holds = |(stack, share): &(String, f64)| {
                let (ru, bb) = crate::world::allocation::sellers_of(stack);
                (ru == v.id || bb == v.id) && *share > 0.0
            };
            if v.potential && mix.iter().any(holds) {
                c.fault(
                    &join(&place, key),
                    format!("`{}` has kit here and is not in the market yet", v.id),
                    "kit of vendors that are in the market at the start",
                    None,
                );
            }
        }
        if v.home.len() != 3 || !v.home.bytes().all(|b| b.is_ascii_uppercase()) {
            c.fault(
                &join(&path, "home"),
                format!("`{}` is not a country code", v.home),
                "an ISO 3166-1 alpha-3 code",
                None,
            );
        }
    }
}

/// Whether a vendor sells a radio or baseband in a country of the scenario.
fn is_here(v: &Vendor, country: &Country) -> bool {
    v.sells_in.is_empty()
        || (v.sells_in.iter()).any(|p| *p == country.id || *p == country.region || country.blocs.contains(p))
}

/// Whether a vendor's parts can ever be bought open, by date.
fn is_ever_open(v: &Vendor) -> bool {
    v.line != Line::Closed || v.opens.is_some()
}

/// A seller of radio parts must stand in an alternative somewhere: its own bundle, or an open stack with who sells the other part. With
/// more sellers than alternatives a tender has no bids to solve for.
fn has_an_alternative(s: &Scenario, v: &Vendor) -> bool {
    let [radio, baseband] = [v.ru_cost.is_some(), v.bb_cost.is_some()];
    if !(radio || baseband) || radio && baseband {
        return true;
    }
    let completes = |w: &Vendor| {
        let other = if radio { w.bb_cost } else { w.ru_cost };
        other.is_some()
            && is_ever_open(w)
            && w.generations.iter().any(|g| v.generations.contains(g))
            && (s.countries.iter()).any(|c| is_here(v, c) && is_here(w, c))
    };
    let nowhere = !s.countries.iter().any(|c| is_here(v, c));
    nowhere || is_ever_open(v) && s.vendors.iter().any(completes)
}

/// The whole support of an uncertainty, and every value of a choice, must be allowed, so that a drawn or designed world
/// needs no check of its own.
fn uncertainties(c: &mut Checker, s: &Scenario) {
    for u in &s.uncertainties {
        for bound in u.distribution.support() {
            may_stand(c, "uncertainties", &u.path, bound);
        }
        if s.choices.iter().any(|choice| choice.path == u.path) {
            c.fault(
                &format!("choices.{}", document_key(&u.path)),
                format!("`{}` is an uncertainty and a choice", u.path),
                "each number in one of both tables",
                None,
            );
        }
    }
    if let Some(posterior) = &s.posterior {
        for (path, ends) in posterior.support() {
            for bound in ends {
                may_stand(c, "posterior", path, bound);
            }
            let tables = [
                ("uncertainties", s.uncertainties.iter().any(|u| u.path == path)),
                ("choices", s.choices.iter().any(|choice| choice.path == path)),
            ];
            for (table, _) in tables.into_iter().filter(|(_, stands)| *stands) {
                c.fault(
                    &format!("{table}.{}", document_key(path)),
                    format!("`{path}` stands in [{table}] and in the posterior {}", posterior.file),
                    "each number in one of them",
                    Some(format!("drop it from [{table}], or calibrate without it")),
                );
            }
        }
    }
    for choice in &s.choices {
        for value in &choice.values {
            may_stand(c, "choices", &choice.path, *value);
        }
    }
}

/// Refuses an entry of `table` whose path may not hold `value`.
fn may_stand(c: &mut Checker, table: &str, path: &str, value: f64) {
    let changed = c.document.with_numbers(&[(path, value)]);
    let refused = changed.and_then(|d| {
        let mut world = d.decode::<Scenario>(&super::units(c.document))?.value;
        world.uncertainties.clear();
        world.posterior = None;
        world.choices.clear();
        let faults = check(&d, &world);
        if faults.has_errors() { Err(faults) } else { Ok(()) }
    });
    if let Err(why) = refused {
        // What is said of the number itself, before what follows from it.
        let of_it = why.iter().find(|d| d.key == path);
        let first = of_it.or_else(|| why.iter().next());
        c.fault(
            &format!("{table}.{}", document_key(path)),
            format!("`{path}` may not be {value}"),
            first.and_then(|d| d.allowed.clone()).unwrap_or_default(),
            first.and_then(|d| d.hint.clone()),
        );
    }
}

/// A path as one quoted key.
fn document_key(path: &str) -> String {
    format!("\"{path}\"")
}
