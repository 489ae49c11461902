//! Numbers against their sources: units, formulas, and the check of a document.

use super::super::formula::{Part, evaluate};
use super::*;

const TABLE: &str = "id,value,low,high,unit,year,place,title,url,excerpt,kind,confidence\n\
    P054,6000,3000,12000,USD/site,2020,World,\"Title, with a comma\",https://example.org,\"says \"\"6,000\"\"\nand more\",sourced,high\n\
    P055,,9000,15000,USD/site,2020,World,t,u,e,sourced,high\n\
    F116,32,,,%,2019,World,t,u,e,sourced,high\n\
    F320,,6,9,months,2022,World,t,u,e,sourced,low\n\
    F329,700,,,USD m,2021,UK,t,u,e,sourced,low\n\
    F400,2,,,GBP bn,2012,UK,t,u,e,sourced,low\n";

fn sources() -> Sources {
    Sources::parse("sources.csv", TABLE).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Faults of one number at a key in shares, US dollars a site, or months.
fn check(key: &str, number: &str) -> Diagnostics {
    let document = parse("a.toml", &format!("{key} = {number}\n")).expect("valid TOML");
    let units = Units::new().with_money("gbp", 1.5).with_money("gbp_2012", 1.25);
    let read = document
        .decode::<Numbers>(&units)
        .unwrap_or_else(|faults| panic!("{faults}"));
    check_pedigree(&document, &read, &sources(), &units)
}

#[derive(Debug)]
struct Numbers;

impl Table for Numbers {
    fn fields(f: &mut Fields<'_>) -> Self {
        f.optional_number("share", Number::share(), "A share.");
        f.optional_number("price", Number::new("USD/site"), "A price.");
        f.optional_number("sum", Number::new("musd_2020"), "A sum.");
        f.optional_number("months", Number::new("months"), "A time.");
        Self
    }
}

#[test]
fn a_table_of_sources_reads_as_rfc_4180_says() {
    let sources = sources();
    assert_eq!(sources.iter().count(), 6);
    let row = sources.get("P054").expect("a row");
    assert_eq!(
        (row.value, row.low, row.high),
        (Some(6000.0), Some(3000.0), Some(12_000.0))
    );
    assert_eq!(row.title, "Title, with a comma");
    assert_eq!(row.excerpt, "says \"6,000\"\nand more");
    assert_eq!((row.line, sources.get("F116").map(|r| r.line)), (2, Some(5)));
    assert!(sources.get("P055").is_some_and(|row| row.value.is_none()));
}

#[test]
fn a_bad_table_of_sources_is_explained() {
    let header = "id,value,low,high,unit,year,place,title,url,excerpt,kind,confidence\n";
    let cases = [
        String::new(),
        "id,value\nF1,2\n".to_owned(),
        format!(
            "{header}F1,~30,,,%,2020,a,b,c,d,e,f\nF2,1\nF3,1,5,2,%,2020,a,b,c,d,e,f\nF4,inf,,,%,2020,a,b,c,d,e,f\n"
        ),
        format!("{header}F1,1,,,%,2020,a,b,c,d,e,f\n,1,,,%,2020,a,b,c,d,e,f\nF1,2,,,%,2020,a,b,c,d,e,f\n"),
    ];
    let mut catalogue = String::new();
    for text in cases {
        let faults = Sources::parse("sources.csv", &text).expect_err("a bad table");
        catalogue.push_str(&format!("{faults}\n\n----\n\n"));
    }
    insta::assert_snapshot!(catalogue);
}

#[test]
fn numbers_that_are_what_their_sources_say_pass() {
    let fine = [
        ("price", "{ value = 6000, source = \"P054\" }"),
        ("price", "{ value = 6, unit = \"usd_k_per_site\", source = \"P054\" }"),
        ("price", "{ value = 12000, derived = \"midpoint(P055)\" }"),
        ("price", "{ value = 60345, derived = \"F329 / 11600\" }"),
        ("share", "{ value = 0.32, source = \"F116\" }"),
        ("share", "{ value = 32, unit = \"%\", source = \"F116\" }"),
        ("share", "{ value = 0.68, derived = \"1 - F116\" }"),
        ("months", "{ value = 7.5, derived = \"midpoint(F320)\" }"),
        ("months", "{ value = 0.5, unit = \"years\", derived = \"low(F320)\" }"),
        ("sum", "{ value = 700, source = \"F329\" }"),
        // Pounds of 2012 have a rate of their own; in pounds, the sum is only copied.
        ("sum", "{ value = 2500, source = \"F400\" }"),
        ("sum", "{ value = 2, unit = \"gbp_bn_2012\", source = \"F400\" }"),
        (
            "share",
            "{ value = 0.9, low = 0.1, high = 1, assumption = \"we know no source for a number such as this\" }",
        ),
        ("share", "0.9"),
    ];
    for (key, number) in fine {
        let faults = check(key, number);
        assert!(faults.is_empty(), "{key} = {number}\n{faults}");
    }
}

#[test]
fn numbers_that_are_not_what_their_sources_say_are_explained() {
    let bad = [
        ("price", "{ value = 6001, source = \"P054\" }"),
        ("price", "{ value = 6000, source = \"P45\" }"),
        ("price", "{ value = 6000, source = \"P055\" }"),
        ("price", "{ value = 32, source = \"F116\" }"),
        ("share", "{ value = 0.33, source = \"F116\" }"),
        ("months", "{ value = 7.6, derived = \"midpoint(F320)\" }"),
        ("months", "{ value = 7.5, derived = \"midpoint(F321)\" }"),
        ("months", "{ value = 7.5, derived = \"mean(F320)\" }"),
        ("months", "{ value = 7.5, derived = \"midpoint(F320\" }"),
        ("months", "{ value = 7.5, derived = \"F320\" }"),
        ("sum", "{ value = 3000, source = \"F400\" }"),
    ];
    let mut catalogue = String::new();
    for (key, number) in bad {
        let faults = check(key, number);
        assert_eq!(faults.len(), 1, "{key} = {number}\n{faults}");
        catalogue.push_str(&format!("{faults}\n\n"));
    }
    insta::assert_snapshot!(catalogue);
}

#[test]
fn formulas_keep_the_precedence_of_arithmetic() {
    let look_up = |id: &str, part: Part| match (id, part) {
        ("A", Part::Value) => Ok(10.0),
        ("A", Part::Low) => Ok(8.0),
        ("A", Part::High) => Ok(14.0),
        _ => Err(format!("no row {id}")),
    };
    let fine = [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("10 - 4 - 3", 3.0),
        ("24 / 4 / 3", 2.0),
        ("-A + 1", -9.0),
        ("2 * -(A)", -20.0),
        ("midpoint( A )", 11.0),
        ("low(A) / high(A)", 8.0 / 14.0),
        ("min(A, 3, 5) + max(1, 2) + sum(1, 2, A)", 18.0),
        ("1.5e3 + 2E-1", 1500.2),
    ];
    for (formula, expected) in fine {
        assert_eq!(evaluate(formula, &look_up), Ok(expected), "{formula}");
    }
    let deep = format!("{}1{}", "(".repeat(1000), ")".repeat(1000));
    let bad = [
        "",
        "1 +",
        "(1",
        "1)",
        "B",
        "f(A)",
        "low(1 + A)",
        "low()",
        "min()",
        "1 / 0",
        "1..2",
        "A A",
        "é",
        "1e",
        &deep,
    ];
    for formula in bad {
        assert!(evaluate(formula, &look_up).is_err(), "{formula}");
    }
}

#[test]
fn units_convert_both_ways_and_never_across_kinds() {
    let units = Units::new()
        .with_money("gbp", 1.25)
        .with_money("usd_2012", 1.2)
        .with_money("GBP 2012", 1.5);
    let same = [
        ("%", "share", 0.01),
        ("% of sales", "share of price", 0.01),
        ("USD bn", "musd_2020", 1000.0),
        ("USD/site", "usd_2020_per_site", 1.0),
        ("USD m/operator", "USD/operators", 1e6),
        ("years", "months", 12.0),
        ("days/tower", "weeks/tower", 1.0 / 7.0),
        ("million units", "unit", 1e6),
        ("thousand sites", "sites", 1e3),
        ("gbp_bn_2012", "USD bn", 1.5),
        ("GBP bn", "USD bn", 1.25),
        ("usd_2012", "usd_2020", 1.2),
        ("%/yr", "1/yr", 0.01),
        ("USD m (17 projects)", "USD m", 1.0),
    ];
    for (from, to, factor) in same {
        let there = units.factor(from, to).unwrap_or_else(|| panic!("{from} -> {to}"));
        let back = units.factor(to, from).unwrap_or_else(|| panic!("{to} -> {from}"));
        assert!((there / factor - 1.0).abs() < 1e-12, "{from} -> {to}: {there}");
        assert!((there * back - 1.0).abs() < 1e-12, "{from} <-> {to}");
    }
    for (from, to) in [
        ("%", "USD"),
        ("USD", "USD/site"),
        ("months", "sites"),
        ("EUR", "USD"),
        ("usd_2013", "usd_2020"),
        ("kW", "MWh/yr"),
    ] {
        assert_eq!(units.factor(from, to), None, "{from} -> {to}");
    }
}

#[test]
fn money_of_a_year_is_deflated_where_the_year_has_a_rate() {
    let units = Units::new().with_money("usd_2012", 1.25);
    assert_eq!(units.factor("usd_2012/site", "USD/site"), Some(1.25));
    assert_eq!(units.factor("usd_2013/site", "USD/site"), None);
    // A row says its year in a column of its own.
    assert_eq!(units.factor_of_year("USD/site", "2012", "USD/site"), Some(1.25));
    assert_eq!(units.factor_of_year("USD/site", "2012", "usd_2012/site"), Some(1.0));
    assert_eq!(units.factor_of_year("USD/site", "2013", "USD/site"), Some(1.0));
    // A currency without any rate is still itself.
    assert_eq!(units.factor_of_year("EUR bn", "2019", "eur_m"), Some(1000.0));
    assert_eq!(units.factor_of_year("EUR bn", "2019", "USD bn"), None);
}
