//! Commands on scenario files: check, resolve, schema, init, new.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{MINIMAL, done, edit, oransim, refused, study};

#[test]
fn a_bad_scenario_gets_all_its_errors_with_their_places() {
    let study = study();
    let here = study.path();
    let bad = here.join("scenarios/bad.toml");
    fs::copy(here.join(MINIMAL), &bad).unwrap();
    edit(&bad, "taste_scale_share = 0.075", "taste_scale_share = \"much\"");
    edit(&bad, "region = \"west\"", "region = \"wets\"");
    for command in [&["run"][..], &["check"], &["resolve"], &["trace", "--replicate", "0"]] {
        let args = [command, &["scenarios/bad.toml"]].concat();
        let said = refused(here, &args);
        assert!(said.contains("scenarios/bad.toml:19:21"), "{args:?}: {said}");
        assert!(said.contains("did you mean `west`?"), "{args:?}: {said}");
    }
    fs::write(&bad, "[scenario\n").unwrap();
    let said = refused(here, &["check", "scenarios/bad.toml", "scenarios/absent.toml", MINIMAL]);
    assert!(
        said.contains("scenarios/bad.toml:1:") && said.contains("scenarios/absent.toml"),
        "{said}"
    );
    fs::write(&bad, b"\xff\xfe").unwrap();
    assert!(refused(here, &["run", "scenarios/bad.toml"]).contains("UTF-8"));
}

#[test]
fn a_name_that_cannot_be_read_is_answered_with_what_was_perhaps_meant() {
    let study = study();
    let here = study.path();
    let said = refused(here, &["run", "scenarios/minmal.toml"]);
    assert!(said.contains("did you mean scenarios/minimal.toml?"), "{said}");
    let said = refused(here, &["check", "scenarios"]);
    assert!(said.contains("such as scenarios/*.toml"), "{said}");
    done(here, &["new", "scenarios/child.toml", "--from", "minimal"]);
    edit(
        &here.join("scenarios/child.toml"),
        "\"minimal.toml\"",
        "\"minimla.toml\"",
    );
    let said = refused(here, &["check", "scenarios/child.toml"]);
    assert!(said.contains("did you mean scenarios/minimal.toml?"), "{said}");
}

#[test]
fn check_and_compare_tell_of_a_copy_whose_id_was_left() {
    let study = study();
    let here = study.path();
    fs::copy(here.join(MINIMAL), here.join("scenarios/copy.toml")).unwrap();
    let warned = |args: &[&str]| {
        let output = oransim(here, args);
        assert!(output.status.success(), "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let said = warned(&["check", MINIMAL, "scenarios/copy.toml"]);
    assert!(said.contains("scenarios/copy.toml: its id is `minimal`"), "{said}");
    let both = "`minimal` is named twice, by scenarios/minimal.toml and by scenarios/copy.toml";
    assert!(said.contains(both), "{said}");
    let said = refused(here, &["compare", MINIMAL, "scenarios/copy.toml", "-n", "1"]);
    assert!(said.contains(both), "{said}");
    edit(&here.join("scenarios/copy.toml"), "id = \"minimal\"", "id = \"copy\"");
    assert_eq!(warned(&["check", MINIMAL, "scenarios/copy.toml"]), "");
}

#[test]
fn check_lists_what_countries_have_installed_of_one_file_alone() {
    let study = study();
    let here = study.path();
    assert!(done(here, &["check", MINIMAL]).contains("installed base"));
    let both = done(here, &["check", MINIMAL, "scenarios/eu-ban.toml"]);
    assert!(!both.contains("installed base") && both.lines().count() < 15, "{both}");
}

#[test]
fn the_example_of_a_value_that_is_set_can_be_set() {
    let study = study();
    let here = study.path();
    let said = refused(here, &["check", MINIMAL, "--set", "nothing"]);
    let example = (said.split_once("`--set ").and_then(|(_, rest)| rest.split_once('`'))).map(|(example, _)| example);
    done(here, &["check", MINIMAL, "--set", example.unwrap()]);
}

#[test]
fn check_compares_numbers_with_their_sources_and_mixes_with_their_operators() {
    let study = study();
    let here = study.path();
    let report = done(here, &["check", MINIMAL, "--upgrade"]);
    assert!(
        report.contains("format 1 is the only one") && report.contains("DEU  alpha 0.7000 beta 0.3000"),
        "{report}"
    );
    let world = here.join("scenarios/world-2020.toml");
    let report = done(here, &["check", "scenarios/world-2020.toml", "--assumptions"]);
    assert!(report.contains("compared with scenarios/sources.csv"), "{report}");
    assert!(
        report.contains("market.ru_share\t0.6\t") && report.contains("site weight ("),
        "{report}"
    );
    assert!(
        report.contains("group untrusted 0.5700; cited:\n         F233: 57 % of 4G RAN, Germany 2020"),
        "{report}"
    );

    edit(
        &world,
        "ru_share = { value = 0.6, source",
        "ru_share = { value = 0.61, source",
    );
    let said = refused(here, &["check", "scenarios/world-2020.toml"]);
    assert!(
        said.contains("market.ru_share") && said.contains("world-2020.toml:"),
        "{said}"
    );
    fs::remove_file(here.join("scenarios/sources.csv")).unwrap();
    assert!(refused(here, &["check", "scenarios/world-2020.toml"]).contains("no sources.csv stands beside it"));

    let known = "operator.south.installed={ alpha = 0.9, beta = 0.1 }";
    let said = refused(here, &["check", MINIMAL, "--set", known]);
    assert!(
        said.contains("add up to another mix") && said.contains("minimal.toml:"),
        "{said}"
    );
    let said = refused(
        here,
        &[
            "check",
            MINIMAL,
            "--set",
            "country.DEU.installed_4g={ alpha = 0.1, beta = 0.9 }",
        ],
    );
    assert!(
        said.contains("hold more `alpha` than the country's mix allows"),
        "{said}"
    );
}

#[test]
fn sources_are_found_beside_what_a_scenario_extends() {
    let study = study();
    let here = study.path();
    done(here, &["new", "mine/child.toml", "--from", "world-2020"]);
    let report = done(here, &["check", "mine/child.toml"]);
    assert!(
        report.contains("scenario `child`") && report.contains("compared with scenarios/sources.csv"),
        "{report}"
    );
}

#[test]
fn a_new_scenario_is_valid_as_it_stands_and_with_all_its_examples() {
    let study = study();
    let here = study.path();
    for parent in ["minimal", "world-2020"] {
        let file = format!("scenarios/child-of-{parent}.toml");
        done(here, &["new", &file, "--from", parent]);
        done(here, &["check", &file]);
        let text = fs::read_to_string(here.join(&file)).unwrap();
        assert!(text.starts_with("#:schema ./scenario.schema.json\n"), "{text}");
        // Lines of examples look like TOML behind their mark; the others are prose.
        let awake: Vec<&str> = (text.lines())
            .map(|line| match line.strip_prefix("# ") {
                Some(rest)
                    if rest.starts_with(['[', '"'])
                        || rest.split_once(" = ").is_some_and(|(key, _)| !key.contains(' ')) =>
                {
                    rest
                }
                _ => line,
            })
            .collect();
        fs::write(here.join(&file), awake.join("\n")).unwrap();
        let report = done(here, &["check", &file]);
        assert!(report.contains(", 1 uncertainties;"), "{report}");
        assert!(done(here, &["resolve", &file]).contains("procurement_ban"));
    }
    assert!(refused(here, &["new", MINIMAL, "--from", "world-2020"]).contains("is there already"));
    assert!(refused(here, &["new", "x.toml", "--from", "minimla"]).contains("did you mean `minimal`?"));
    assert!(refused(here, &["new", "A B.toml", "--from", "minimal"]).contains("a-z 0-9"));
    let empty = tempfile::tempdir().unwrap();
    assert!(refused(empty.path(), &["new", "x.toml", "--from", "minimal"]).contains("oransim init DIR"));
}

#[test]
fn init_leaves_what_differs() {
    let study = study();
    let here = study.path();
    done(here, &["init", "."]);
    edit(&here.join(MINIMAL), "seed = 1", "seed = 2");
    let said = refused(here, &["init", "."]);
    assert!(said.contains("minimal.toml is there and differs"), "{said}");
    assert!(fs::read_to_string(here.join(MINIMAL)).unwrap().contains("seed = 2"));
    done(here, &["init", ".", "--force"]);
    assert!(fs::read_to_string(here.join(MINIMAL)).unwrap().contains("seed = 1"));
}

#[test]
fn the_committed_catalogue_of_levers_is_that_of_the_program() {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), &["levers", "--write"]);
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../LEVERS.md");
    assert!(
        fs::read_to_string(folder.path().join("LEVERS.md")).unwrap() == fs::read_to_string(committed).unwrap(),
        "make it again with `oransim levers --write`"
    );
    let list = done(folder.path(), &["levers"]);
    let ban = done(folder.path(), &["levers", "procurement_ban"]);
    assert!(ban.contains("Its keys\n  none of its own\n"), "{ban}");
    let all: serde_json::Value = serde_json::from_str(&done(folder.path(), &["levers", "--json"])).unwrap();
    for lever in all.as_array().unwrap() {
        let kind = lever["kind"].as_str().unwrap();
        assert!(list.contains(kind), "{kind}");
        let told = done(folder.path(), &["levers", kind]);
        for key in lever["keys"].as_array().unwrap() {
            assert!(told.contains(key["key"].as_str().unwrap()), "{kind}: {key}");
        }
    }
}

#[test]
fn the_committed_schema_is_that_of_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let schema = done(folder.path(), &["schema"]);
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/scenario.schema.json");
    assert!(
        schema == fs::read_to_string(committed).unwrap(),
        "make it again with `oransim schema --write`"
    );
    done(folder.path(), &["schema", "--write"]);
    assert_eq!(
        fs::read_to_string(folder.path().join("scenarios/scenario.schema.json")).unwrap(),
        schema
    );
    let read: Value = serde_json::from_str(&schema).unwrap();
    assert!(read["properties"]["market"]["properties"]["ru_share"].is_object());
}

#[test]
fn resolve_says_where_each_value_comes_from() {
    let study = study();
    let here = study.path();
    done(here, &["new", "mine.toml", "--from", "minimal"]);
    let text = done(here, &["resolve", "mine.toml", "--set", "market.ru_share=0.5"]);
    assert!(text.contains("ru_share = 0.5  # --set"), "{text}");
    assert!(text.contains("id = \"mine\"  # mine.toml:"), "{text}");
    assert!(
        text.contains("taste_scale_share = 0.075  # scenarios/minimal.toml:19"),
        "{text}"
    );
}

/// The table between its marks in the README is the catalogue.
#[test]
fn the_readme_lists_the_measures_that_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let table = done(folder.path(), &["measures", "--markdown"]);
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let (begin, end) = (
        "<!-- measures: made by `oransim measures --markdown` -->\n",
        "<!-- measures: end -->\n",
    );
    let committed = readme.split_once(begin).and_then(|(_, rest)| rest.split_once(end));
    assert_eq!(
        committed.map(|(table, _)| table),
        Some(table.as_str()),
        "put in what `oransim measures --markdown` prints"
    );
}

#[test]
fn a_measure_is_told_in_full_and_a_slip_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let told = done(here, &["measures", "state_dependence"]);
    for word in ["probability", "resolved, frozen", "P_i(i installed)", "extra", "flow"] {
        assert!(told.contains(word), "{told}");
    }
    let all: Value = serde_json::from_str(&done(here, &["measures", "--json"])).unwrap();
    let all = all.as_array().unwrap();
    let curve = all.iter().find(|m| m["name"] == "lock_in_curve").unwrap();
    assert_eq!(
        (&curve["unit"], &curve["kind"], &curve["recorded"]),
        (&"share_of_price".into(), &"stock".into(), &"full".into())
    );
    assert_eq!(done(here, &["measures"]).lines().count(), all.len() + 3);
    let said = refused(here, &["measures", "lock_in_curb"]);
    assert!(said.contains("did you mean `lock_in_curve`?"), "{said}");
}
