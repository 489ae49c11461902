//! What leaving, integrating and delivering cost: engineering bills, learning, hazard and crews.

use super::document::{Fields, Number, Table};

/// `[switching]`: the engineering bill of a change of supplier. Money at labour level 1 (Europe).
#[derive(Debug, Clone)]
pub struct Switching {
    /// Tower work of a new radio, US dollars a site.
    pub ru_work: f64,
    /// Cabinet work of a new baseband box, US dollars a site.
    pub bb_work: f64,
    /// Load and acceptance of virtual baseband software, US dollars a site.
    pub bb_software_work: f64,
    /// Removal, transport and disposal of what is replaced, US dollars a site.
    pub removal: f64,
    /// Engineering, drive test and optimisation, US dollars a site.
    pub optimisation: f64,
    /// phi in `[0,1]`: work of the incumbent's own renewal as a share of the same work for a change.
    pub renewal_work_share: f64,
    /// Integration with a neighbouring generation from another seller, US dollars a site at price level 1.
    pub x2_anchor: f64,
    /// Adapters, alarms and planning tools for a vendor new to the operator, at the reference size.
    pub oss_onboarding: f64,
    /// Training of the operator's engineers on a new vendor, at the reference size.
    pub training: f64,
    /// Sites of an operator of reference size.
    pub onboarding_reference_sites: f64,
    /// Elasticity of onboarding cost to the operator's size.
    pub onboarding_size_elasticity: f64,
    /// Half-life of training without the vendor, years.
    pub training_half_life_years: f64,
    /// Outage and migration, US dollars a site.
    pub outage: f64,
    /// Work of replacing a core, share of its price.
    pub core_work_share: f64,
}

impl Table for Switching {
    fn fields(f: &mut Fields<'_>) -> Self {
        let site = || Number::new("USD/site").range(0.0..=1e6);
        let sum = || Number::new("USD").range(0.0..=1e10);
        Switching {
            ru_work: f.number(
                "ru_work_usd_per_site",
                site(),
                "Tower work of a new radio: crew, climb, three sectors",
            ),
            bb_work: f.number("bb_work_usd_per_site", site(), "Cabinet work of a new baseband box"),
            bb_software_work: f.number(
                "bb_software_work_usd_per_site",
                site(),
                "Load and acceptance of virtual baseband software",
            ),
            removal: f.number(
                "removal_usd_per_site",
                site(),
                "Removal, transport and disposal of what is replaced",
            ),
            optimisation: f.number(
                "optimisation_usd_per_site",
                site(),
                "Engineering, drive test and optimisation after a change",
            ),
            renewal_work_share: f.number(
                "renewal_work_share",
                Number::new("share").range(0.0..=1.0).of("market::switching::Bills::of"),
                "phi: work of the incumbent's own renewal over that of a change",
            ),
            x2_anchor: f.number(
                "x2_anchor_usd_per_site",
                site(),
                "Integration with a neighbouring generation from another seller, at maturity 0",
            ),
            oss_onboarding: f.number(
                "oss_onboarding_usd",
                sum(),
                "Adapters, alarms and tools for a vendor new to the operator, at the reference size",
            ),
            training: f.number(
                "training_usd",
                sum(),
                "Training on a vendor new to the operator, at the reference size",
            ),
            onboarding_reference_sites: f.number(
                "onboarding_reference_sites",
                Number::new("sites").range(1.0..=1e7).of("market::switching::Bills::of"),
                "Sites of an operator of reference size",
            ),
            onboarding_size_elasticity: f.number(
                "onboarding_size_elasticity",
                Number::new("1").range(0.0..=1.0),
                "Elasticity of onboarding cost to the operator's size",
            ),
            training_half_life_years: f.number(
                "training_half_life_years",
                Number::new("years")
                    .range(0.1..=100.0)
                    .of("market::switching::Bills::of"),
                "Half-life of training without the vendor",
            ),
            outage: f.number("outage_usd_per_site", site(), "Outage and migration of subscribers"),
            core_work_share: f.number_or(
                "core_work_share",
                0.25,
                Number::new("share of price").range(0.0..=5.0),
                "Work of replacing a core",
            ),
        }
    }
}

/// `[integration]`: what a stack of two sellers, or of open or virtual parts, costs more.
#[derive(Debug, Clone)]
pub struct Integration {
    /// Start-up of a two-seller stack at maturity 0, US dollars a site at labour level 1.
    pub start_up: f64,
    /// Operation of a two-seller stack, share of price a year.
    pub operations_share_per_year: f64,
    /// Sites after which a pair's experience has begun to tell.
    pub experience_reference_sites: f64,
    /// Exponent of learning in pair experience.
    pub experience_exponent: f64,
    /// Each vendor of an operator beyond the first, US dollars a year at the reference size.
    pub extra_vendor_per_year: f64,
    /// Part of the open performance gap that an open stack of one vendor has.
    pub single_vendor_gap_share: f64,
    /// Energy gap of general-purpose servers at maturity 0, US dollars a site and year.
    pub virtual_running_per_year: f64,
}

impl Table for Integration {
    fn fields(f: &mut Fields<'_>) -> Self {
        Integration {
            start_up: f.number(
                "start_up_usd_per_site",
                Number::new("USD/site").range(0.0..=1e6),
                "Start-up of a two-seller stack at maturity 0",
            ),
            operations_share_per_year: f.number(
                "operations_share_per_year",
                Number::new("share of price/yr").range(0.0..=1.0),
                "Operation of a two-seller stack",
            ),
            experience_reference_sites: f.number(
                "experience_reference_sites",
                Number::new("sites")
                    .range(1.0..=1e8)
                    .of("market::posted::pair_learning"),
                "Sites of a pair after which experience begins to tell",
            ),
            experience_exponent: f.number(
                "experience_exponent",
                Number::new("1").range(0.0..=3.0).of("market::posted::pair_learning"),
                "Exponent of learning in pair experience",
            ),
            extra_vendor_per_year: f.number_or(
                "extra_vendor_usd_per_year",
                0.0,
                Number::new("USD/yr").range(0.0..=1e9),
                "Each vendor of an operator beyond the first, at the reference size",
            ),
            single_vendor_gap_share: f.number(
                "single_vendor_gap_share",
                Number::new("share").range(0.0..=1.0),
                "Part of the open gap that an open stack of one vendor has",
            ),
            virtual_running_per_year: f.number_or(
                "virtual_running_usd_per_site_year",
                0.0,
                Number::new("USD/site/yr").range(0.0..=1e5),
                "Energy gap of general-purpose servers at maturity 0",
            ),
        }
    }
}

/// `[learning]`: Wright's law on own volume, and on shared volume for white-box hardware.
#[derive(Debug, Clone)]
pub struct Learning {
    /// Unit cost after a doubling of own cumulative volume, as a ratio.
    pub progress_ratio: f64,
    /// The same for open white-box hardware, on the volume of all who use it.
    pub white_box_progress_ratio: f64,
    /// Cumulative white-box sites at the start.
    pub white_box_sites: f64,
}

impl Table for Learning {
    fn fields(f: &mut Fields<'_>) -> Self {
        let ratio = || {
            Number::new("cost ratio per doubling")
                .range(0.3..=1.0)
                .of("market::posted::wright")
        };
        Learning {
            progress_ratio: f.number(
                "progress_ratio",
                ratio(),
                "Unit cost after a doubling of own cumulative volume",
            ),
            white_box_progress_ratio: f.number(
                "white_box_progress_ratio",
                ratio(),
                "The same for white-box hardware, on shared volume",
            ),
            white_box_sites: f.number(
                "white_box_sites",
                Number::new("sites").range(1.0..=1e8),
                "Cumulative white-box sites at the start",
            ),
        }
    }
}

/// `[hazard]`: fear of a rule that is not yet there. The hazard before any announcement stands with
/// the country.
#[derive(Debug, Clone)]
pub struct Hazard {
    /// Yearly hazard of a stricter or earlier rule once one has been announced.
    pub after_announcement_per_year: f64,
}

impl Table for Hazard {
    fn fields(f: &mut Fields<'_>) -> Self {
        Hazard {
            after_announcement_per_year: f.number(
                "after_announcement_per_year",
                Number::new("1/yr")
                    .range(0.0..=2.0)
                    .of("market::value::expected_removal_bill"),
                "Hazard of a stricter or earlier rule once one has been announced",
            ),
        }
    }
}

/// `[supply]`: the crews that put kit on towers.
#[derive(Debug, Clone)]
pub struct Supply {
    /// Radio swaps of one crew in a week.
    pub sites_per_crew_week: f64,
}

impl Table for Supply {
    fn fields(f: &mut Fields<'_>) -> Self {
        Supply {
            sites_per_crew_week: f.number(
                "sites_per_crew_week",
                Number::new("sites/crew/week").range(0.01..=100.0),
                "Radio swaps of one crew in a week",
            ),
        }
    }
}
