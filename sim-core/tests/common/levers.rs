//! One example of each lever, in the smallest world: what every lever is held to is tried on all of them.

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
