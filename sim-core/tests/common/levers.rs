//! One example of each lever, in the smallest world: what every lever is held to is tried on all of them.

/// A second country beside that of `minimal`, which minds alpha less.
pub const NEIGHBOUR: &str = r#"
[[country]]
id = "NLD"
name = "A neighbour"
region = "west"
price_level = 1.0
labour_level = 1.0
wacc = 0.07
crews_per_1000_sites = 8
environment_mix = { urban = 0.5, rural = 0.5 }
trust = { CHN = 0.0 }
ban_hazard_per_year = { CHN = 0.0 }
installed_4g = { alpha = 0.5, beta = 0.5 }
launch = { 4g = 2012-01-01, 5g = 2020-06-01, 6g = 2030-01-01 }
rollout_years = { 4g = 8, 5g = 4, 6g = 4 }
[[operator]]
id = "west"
name = "West Mobile"
country = "NLD"
sites = 12000
subscribers_m = 10
cohorts = 4
"#;

/// Kind, and the keys of an example that acts in `minimal` (it may need more of the scenario: third).
pub const EACH: &[(&str, &str, &str)] = &[
    (
        "adoption_fund",
        "in_force = 2022-01-01\nend = 2032-01-01\nbudget_usd = 1e9\nbudget_years = 5\n",
        "",
    ),
    (
        "export_credit",
        "in_force = 2022-01-01\nend = 2032-01-01\ninterest_per_year = 0.02\nscope = { vendors = [\"beta\", \"gamma\"] }\n",
        "[[country]]\nid = \"DEU\"\ncredit_eligible = true\n",
    ),
    (
        "home_protection",
        "in_force = 2022-01-01\nend = 2032-01-01\nscope = { countries = [\"DEU\"] }\n",
        "",
    ),
    (
        "licence_condition",
        "in_force = 2022-01-01\nend = 2032-01-01\nscope = { vendors = [\"alpha\"], generations = [\"5g\"] }\n",
        "",
    ),
    (
        "open_mandate",
        "in_force = 2022-01-01\ndeadline = 2029-12-31\nend = 2032-01-01\n",
        "",
    ),
    (
        "procurement_ban",
        "in_force = 2022-01-01\ndeadline = 2028-12-31\nscope = { vendors = [\"alpha\"] }\n",
        "",
    ),
    (
        "component_cutoff",
        "in_force = 2021-01-01\nend = 2032-01-01\nscope = { vendors = [\"alpha\"] }\nsuppliers = { DEU = 0.5 }\ncompensation_share = 0.5\n",
        "[research]\n",
    ),
    (
        "alliance",
        "in_force = 2021-01-01\nend = 2034-01-01\noperators = [\"north\"]\nscope = { vendors = [\"beta\"] }\ngrowth_per_year = { fronthaul = 0.2 }\n",
        "",
    ),
    (
        "capital_restriction",
        "in_force = 2021-01-01\nend = 2034-01-01\nlisted_operators = [\"north\"]\nscope = { vendors = [\"beta\"] }\n",
        "[[vendor]]\nid = \"beta\"\nlisted = true\n",
    ),
    (
        "coalition_pressure",
        "in_force = 2020-01-01\nend = 2034-01-01\nscope = { vendors = [\"alpha\"] }\n",
        "[levers.old.procurement_ban]\nin_force = 2020-01-01\nscope = { vendors = [\"alpha\"], generations = [\"4g\"] }\n",
    ),
    (
        "counter_lobbying",
        "in_force = 2021-01-01\nend = 2034-01-01\nscope = { vendors = [\"alpha\"] }\n",
        "",
    ),
    (
        "early_generation",
        "in_force = 2022-01-01\nyears_forward = 3\nscope = { generations = [\"6g\"] }\n",
        "",
    ),
    (
        "equity",
        "in_force = 2021-01-01\nend = 2031-01-01\nresearch_share = 0.5\noutlay = { payer = \"DEU\", usd_per_year = 1e9 }\nscope = { vendors = [\"beta\"] }\n",
        "[research]\n",
    ),
    (
        "incident",
        "in_force = 2022-05-10\nend = 2034-01-01\nscope = { vendors = [\"alpha\"] }\n",
        "",
    ),
    (
        "investment_screening",
        "in_force = 2021-01-01\nend = 2034-01-01\nscope = { vendors = [\"alpha\"] }\n",
        "[research]\nspillover_per_year = { CHN = 0.1 }\n",
    ),
    (
        "lobbying",
        "in_force = 2021-01-01\nend = 2034-01-01\nmaturity_cap = 0.2\nloss_per_year = { fronthaul = 0.1 }\nscope = { vendors = [\"beta\"] }\n",
        "",
    ),
    (
        "merger",
        "in_force = 2023-01-01\nbuyer = \"beta\"\ntarget = \"alpha\"\nsynergy_share = 0.01\n",
        "[research]\n",
    ),
    (
        "norms",
        "in_force = 2021-01-01\nend = 2034-01-01\nleaders = [\"DEU\"]\nscope = { vendors = [\"alpha\"], countries = [\"NLD\"] }\n",
        NEIGHBOUR,
    ),
    (
        "research_fund",
        "in_force = 2021-01-01\nend = 2031-01-01\noutlay = { payer = \"DEU\", usd_per_year = 1e9, budget_usd = 5e9 }\nscope = { vendors = [\"beta\"] }\n",
        "[research]\n",
    ),
    (
        "royalties",
        "in_force = 2021-01-01\nend = 2034-01-01\nportfolio = { alpha = 0.5 }\ncontrol_per_year = { fronthaul = 0.05 }\n",
        "[research]\n",
    ),
    (
        "talent_restriction",
        "in_force = 2021-01-01\nend = 2034-01-01\nimposers = [\"USA\"]\nscope = { vendors = [\"alpha\"] }\n",
        "[research]\n",
    ),
    (
        "testbed",
        "in_force = 2021-01-01\nend = 2031-01-01\npair_sites_per_year = 2000\ngrowth_per_year = { fronthaul = 0.1 }\noutlay = { payer = \"DEU\", usd_per_year = 1e7 }\n",
        "",
    ),
    (
        "untrusted_members",
        "in_force = 2021-01-01\nend = 2034-01-01\nscope = { vendors = [\"alpha\"] }\n",
        "",
    ),
    (
        "reimbursement",
        "in_force = 2022-01-01\nappropriations = [{ date = 2026-01-01, usd = 1e8 }, { date = 2028-06-01, usd = 1e9 }]\nscope = { vendors = [\"alpha\"] }\n",
        "[levers.ban.procurement_ban]\nin_force = 2022-01-01\ndeadline = 2024-12-31\nscope = { vendors = [\"alpha\"] }\n",
    ),
    (
        "retaliation",
        "in_force = 2022-01-01\nend = 2032-01-01\nscope = { vendors = [\"beta\"] }\n",
        "",
    ),
    (
        "share_cap",
        "in_force = 2022-01-01\ndeadline = 2026-12-31\nend = 2032-01-01\nscope = { vendors = [\"alpha\"], components = [\"ru\", \"bb\"] }\n",
        "",
    ),
    (
        "state_subsidy",
        "in_force = 2022-01-01\nend = 2032-01-01\nshare_of_price = 0.05\nscope = { vendors = [\"alpha\"] }\n",
        "",
    ),
    (
        "subsidy_bar",
        "in_force = 2022-01-01\nend = 2032-01-01\nmost_subscribers_m = 16\nscope = { vendors = [\"alpha\"] }\n",
        "",
    ),
    (
        "virtualisation_support",
        "in_force = 2022-01-01\nend = 2032-01-01\n",
        "",
    ),
];

/// The changes of a scenario that plays an example, with a last line of the lever's own.
pub fn example(kind: &str, keys: &str, more: &str, rest: &str) -> String {
    // Keys of the lever first: `more` may open other tables.
    format!("[levers.test.{kind}]\n{rest}\n{keys}\n{more}\n")
}
