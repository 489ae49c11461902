//! Decisions of vendors in a run: what they expect of the tenders to come, and what follows from what they do.

use super::engine::{ReplicateError, Run};
use crate::market::foresight::Occasion;
use crate::market::switching::Attachment;
use crate::market::tender::lambdas;
use crate::market::terms::{Buyer, Rules};
use crate::scenario::Line;
use crate::world::fates::{self, Fate, Fates};
use crate::world::{BB, RU, VendorIx};

/// Years of tenders that a vendor looks at.
const LOOKS_AT_YEARS: f64 = 1.0;

impl Run<'_> {
    /// A round of decisions, where vendors decide and one is due.
    ///
    /// # Errors
    /// [`ReplicateError::Failed`] if a tender cannot be solved at all.
    pub(super) fn decide_vendors(&mut self) -> Result<(), ReplicateError> {
        let world = self.world;
        let Some(terms) = world.scenario.vendor_decisions else {
            return Ok(());
        };
        // The first review is on the first day.
        let reviews = (self.reviews - 1).max(0) as u32;
        if !reviews.is_multiple_of(terms.every_reviews) {
            return Ok(());
        }
        let years = f64::from(terms.every_reviews) * f64::from(world.scenario.review_months) / 12.0;
        if reviews > 0 {
            if world.scenario.vendors.iter().any(|v| v.fixed_cost.is_some()) {
                self.accrue();
            }
            let leaving = (self.state.fates.as_mut()).map_or_else(Vec::new, |f| f.close_books(world, years));
            for v in leaving {
                self.becomes(v, Fate::Left, |run| {
                    fates::leave(run.world, &mut run.state, v, terms.support_years);
                });
            }
        }
        for v in 0..world.vendors.len() {
            let vendor = v as VendorIx;
            if let Some(cost) = terms.opening_cost.filter(|_| self.may_open(v)) {
                let gain = self.gain(vendor, |f| f.opened[v] = true)?;
                if fates::present_value(&terms, gain) >= cost {
                    self.becomes(vendor, Fate::Opened, |run| run.change(|f| f.opened[v] = true));
                }
            }
            if let Some(cost) = terms.entry_cost.filter(|_| self.may_enter(v)) {
                let gain = self.gain(vendor, |f| f.absent[v] = false)?;
                if fates::present_value(&terms, gain) >= cost {
                    self.becomes(vendor, Fate::Entered, |run| run.change(|f| f.absent[v] = false));
                }
            }
        }
        Ok(())
    }

    fn change(&mut self, change: impl FnOnce(&mut Fates)) {
        if let Some(fates) = &mut self.state.fates {
            change(fates);
        }
    }

    /// Whether a vendor's line is closed and it could open it.
    fn may_open(&self, v: usize) -> bool {
        let world = self.world;
        let own = &world.scenario.vendors[v];
        let here = self.state.fates.as_ref().is_some_and(|f| !f.absent[v] && !f.opened[v]);
        let on_sale = world.vendors[v].sells_from.is_none_or(|d| d <= self.state.today);
        here && on_sale
            && own.line == Line::Closed
            && !world.vendors[v].is_open(self.state.today)
            && world.vendors[v].closed
    }

    /// Whether a vendor could enter.
    fn may_enter(&self, v: usize) -> bool {
        let waits = self.state.fates.as_ref().is_some_and(|f| f.absent[v] && !f.left[v]);
        waits && self.world.vendors[v].sells_from.is_none_or(|d| d <= self.state.today)
    }

    /// What a change adds to a vendor's expected profit of the year, US dollars.
    fn gain(&mut self, vendor: VendorIx, change: impl FnOnce(&mut Fates)) -> Result<f64, ReplicateError> {
        let before = self.state.fates.clone();
        let without = self.expected_profit(vendor)?;
        self.change(change);
        let with = self.expected_profit(vendor);
        self.state.fates = before;
        Ok(with? - without)
    }

    /// Does what a vendor has decided, as news to the market.
    fn becomes(&mut self, vendor: VendorIx, fate: Fate, act: impl FnOnce(&mut Self)) {
        self.look_ahead(Occasion::BeforeNews);
        act(self);
        // The table of the first day was made before anybody decided.
        self.look_ahead(if self.state.today == self.world.start {
            Occasion::Whole
        } else {
            Occasion::AfterNews
        });
        if let Some(observer) = self.observer.as_deref_mut() {
            observer.vendor(self.state.today, &self.world.vendors[usize::from(vendor)].id, fate);
        }
        if fate == Fate::Left {
            self.plan_forced_tenders(0..self.world.operators.len());
        }
    }

    /// Expected profit of a vendor in the tenders that fall due within a year, at today's terms: sites x sum over alternatives of
    /// probability x margin, US dollars.
    fn expected_profit(&mut self, vendor: VendorIx) -> Result<f64, ReplicateError> {
        let world = self.world;
        let today = self.state.today;
        let until = today.plus_years(LOOKS_AT_YEARS);
        let mut profit = 0.0;
        for slot in 0..world.slots.len() {
            let info = &world.slots[slot];
            let s = self.state.slots[slot];
            let first = if s.cycle == 0 && s.stack.is_none() {
                info.first_tender
            } else {
                None
            };
            let tender = first.unwrap_or(s.due.add_days(-world.lead_days));
            if s.pending.is_some()
                || s.tender.is_none()
                || tender > until
                || !world.countries[info.country].sells[usize::from(vendor)]
            {
                continue;
            }
            let at = s.due.max(today);
            let (life_left, ages) =
                (s.stack.as_ref()).map_or(([0.0; 2], [0.0; 2]), |stack| self.state.life(world, stack, at));
            let attached = Attachment {
                stack: s.stack.as_ref(),
                legacy: self.state.legacy(world, slot),
                life_left,
            };
            let operator = &world.operators[info.operator];
            let buyer = Buyer {
                country: &world.countries[info.country],
                rules: Rules::Country(info.country, operator.mark),
                operator: Some((info.operator, operator)),
                slot: info,
            };
            let future = super::hold::future(self.next.as_ref(), world, slot);
            let offer = &mut self.desk.offer;
            offer.prepare_ahead(
                world,
                &self.state,
                &self.posted,
                &buyer,
                Some(&attached),
                ages,
                !s.forced,
                future,
                today,
            );
            if offer.alternatives.is_empty() {
                continue;
            }
            let lambda = lambdas(world);
            let offer = &self.desk.offer;
            let solved =
                (self.desk.bidding.solve(offer, world, &lambda, future)).map_err(|e| ReplicateError::Failed {
                    time: today,
                    place: world.slot_id(slot),
                    message: e.to_string(),
                })?;
            for (a, alternative) in offer.alternatives.iter().enumerate() {
                let buys = alternative.buys();
                if !(0..2).any(|k| buys[k] && alternative.seller[k] == vendor) {
                    continue;
                }
                let paid = solved.payments(&offer.terms, a);
                let margin: f64 = [RU, BB]
                    .into_iter()
                    .filter(|k| buys[*k] && alternative.seller[*k] == vendor)
                    .map(|k| paid[k] - offer.terms.seller(vendor).cost[k])
                    .sum();
                profit += info.sites * solved.equilibrium.probability[a] * margin;
            }
        }
        Ok(profit)
    }
}
