//! One example of each lever, in the smallest world: what every lever is held to is tried on all of them.

/// Kind, and the keys of an example that acts in `minimal` (it may need more of the scenario: third).
pub const EACH: &[(&str, &str, &str)] = &[
    (
        "procurement_ban",
        "in_force = 2022-01-01\ndeadline = 2028-12-31\nscope = { vendors = [\"alpha\"] }\n",
        "",
    ),
    (
        "share_cap",
        "in_force = 2022-01-01\ndeadline = 2026-12-31\nscope = { vendors = [\"alpha\"], components = [\"ru\", \"bb\"] }\n",
        "",
    ),
];

/// The changes of a scenario that plays an example, with a last line of the lever's own.
pub fn example(kind: &str, keys: &str, more: &str, rest: &str) -> String {
    // Keys of the lever first: `more` may open other tables.
    format!("[levers.test.{kind}]\n{rest}\n{keys}\n{more}\n")
}
