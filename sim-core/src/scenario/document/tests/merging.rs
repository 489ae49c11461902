//! `extends`: what merges, what replaces, and what is refused.

use super::*;

const PARENT: &str = "[scenario]\nformat = 1\nid = \"parent\"\nstart = 2020-01-01\nend = 2030-12-31\n\
    [costs]\ngrowth = { value = 0.1, low = 0, high = 0.2, source = \"F1\" }\nlots = [1, 2]\n\
    [[country]]\nid = \"DEU\"\ntrust = { DEU = 1, CHN = 0 }\n[[country]]\nid = \"CHN\"\n[[country]]\nid = \"USA\"\n\
    [uncertainties]\n\"costs.growth\" = { uniform = { low = 0, high = 0.2 } }\n";

/// Loads `child.toml`, which extends `base/parent.toml`.
fn extend(child: &str) -> Result<Document, Diagnostics> {
    let child = format!("extends = \"base/parent.toml\"\n{child}");
    let files = [("dir/child.toml", child.as_str()), ("dir/base/parent.toml", PARENT)];
    load(&Map::new(files), "dir/child.toml")
}

fn ids(document: &Document) -> Vec<&str> {
    let items = document.root().get("country").and_then(Node::items).unwrap_or(&[]);
    items.iter().filter_map(Node::id).collect()
}

#[test]
fn tables_merge_deeply_and_values_replace() {
    let document = extend("[scenario]\nid = \"child\"\n[costs]\nlots = [3]\n").expect("no fault");
    let world = document.decode::<World>(&Units::new()).expect("no fault").value;
    assert_eq!(world.header.id, "child");
    assert_eq!(world.header.end, ScenarioDate::constant(2030, 12, 31));
    assert_eq!(world.costs.lots, [3.0]);
    assert_eq!(world.costs.growth, 0.1);
}

#[test]
fn entries_merge_by_id_in_the_order_of_the_parent() {
    let child = "[[country]]\nid = \"KOR\"\n[[country]]\nid = \"DEU\"\ntrust = { CHN = 0.5 }\n\
        [[country]]\nid = \"USA\"\nremove = true\n[[country]]\nid = \"CHN\"\nremove = false\n";
    let document = extend(child).expect("no fault");
    assert_eq!(ids(&document), ["DEU", "CHN", "KOR"]);
    let world = document.decode::<World>(&Units::new()).expect("no fault").value;
    let trust = [("DEU".to_owned(), 1.0), ("CHN".to_owned(), 0.5)];
    assert_eq!(world.countries[0].trust, trust);
}

#[test]
fn an_empty_array_replaces_all_entries() {
    let document = extend("country = []\n").expect("no fault");
    assert!(ids(&document).is_empty());
}

#[test]
fn a_number_and_an_uncertainty_replace_whole() {
    let child = "[costs]\ngrowth = { value = 0.3, derived = \"low(F2)\" }\n\
        [uncertainties]\n\"costs.growth\" = { triangular = { low = 0, mode = 0.3, high = 0.4 } }\n";
    let read = extend(child)
        .expect("no fault")
        .decode::<World>(&Units::new())
        .expect("no fault");
    assert_eq!(read.value.costs.growth, 0.3);
    let distribution = Distribution::Triangular {
        low: 0.0,
        mode: 0.3,
        high: 0.4,
    };
    assert_eq!(read.value.uncertainties, [("costs.growth".to_owned(), distribution)]);
    assert!(read.pedigrees().all(|p| p.kind == PedigreeKind::Derived));
}

#[test]
fn faults_name_the_file_that_they_stand_in() {
    let document = extend("[costs]\ngrwth = 1\n[[country]]\nid = \"DEU\"\ntrust = { FRA = 1 }\n");
    let faults = document
        .expect("merges")
        .decode::<World>(&Units::new())
        .expect_err("two faults");
    let files: Vec<&str> = faults
        .iter()
        .filter_map(|f| Some(f.place.as_ref()?.file.as_str()))
        .collect();
    assert_eq!(files, ["dir/child.toml", "dir/child.toml"]);
    let parent = PARENT.replace("growth = ", "growht = ");
    let files = [
        ("child.toml", "extends = \"./x/../parent.toml\"\n"),
        ("parent.toml", parent.as_str()),
    ];
    let document = load(&Map::new(files), "child.toml").expect("merges");
    let faults = document.decode::<World>(&Units::new()).expect_err("two faults");
    assert!(
        faults
            .iter()
            .all(|f| f.place.as_ref().is_some_and(|p| p.file == "parent.toml"))
    );
}

#[test]
fn an_id_twice_in_a_child_is_refused_and_not_merged() {
    let document = extend("[[country]]\nid = \"DEU\"\n[[country]]\nid = \"DEU\"\n").expect("merges");
    let faults = document.decode::<World>(&Units::new()).expect_err("an id twice");
    assert!(faults.to_string().contains("the id `DEU` stands twice"));
}

#[test]
fn what_extends_gets_wrong_is_explained() {
    let small = "a = 1\n";
    let chain: Vec<(String, String)> = (0..20)
        .map(|i| (format!("{i}.toml"), format!("extends = \"{}.toml\"\n", i + 1)))
        .collect();
    let chain: Vec<(&str, &str)> = chain.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let cases: Vec<(&str, Vec<(&str, &str)>)> = vec![
        ("a scenario that is not there", vec![("b.toml", small)]),
        (
            "a parent that is not there",
            vec![("a.toml", "extends = \"dir/b.toml\"")],
        ),
        ("a file that extends itself", vec![("a.toml", "extends = \"a.toml\"")]),
        (
            "a cycle of three",
            vec![
                ("a.toml", "extends = \"x/b.toml\""),
                ("x/b.toml", "extends = \"../y/c.toml\""),
                ("y/c.toml", "extends = \"../x/../a.toml\""),
            ],
        ),
        ("an absolute path", vec![("a.toml", "extends = \"/etc/b.toml\"")]),
        ("a path with a drive", vec![("a.toml", "extends = 'C:\\b.toml'")]),
        ("a path that is no string", vec![("a.toml", "extends = [\"b.toml\"]")]),
        (
            "a parent with a syntax error",
            vec![("a.toml", "extends = \"b.toml\""), ("b.toml", "a = \n")],
        ),
        (
            "a parent of a newer format",
            vec![
                ("a.toml", "extends = \"b.toml\""),
                ("b.toml", "[scenario]\nformat = 7\n"),
            ],
        ),
        (
            "an entry to remove that is not there",
            vec![
                (
                    "a.toml",
                    "extends = \"b.toml\"\n[[vendor]]\nid = \"alfa\"\nremove = true\n",
                ),
                ("b.toml", "[[vendor]]\nid = \"alpha\"\n"),
            ],
        ),
    ];
    let mut catalogue = String::new();
    for (name, files) in cases {
        let faults = load(&Map::new(files), "a.toml").expect_err(name);
        catalogue.push_str(&format!("## {name}\n\n{faults}\n\n"));
    }
    let faults = load(&Map::new(chain), "0.toml").expect_err("a long chain");
    catalogue.push_str(&format!("## a chain too long\n\n{faults}\n"));
    insta::assert_snapshot!(catalogue);
}

#[test]
fn a_chain_of_the_longest_length_loads() {
    let files: Vec<(String, String)> = (0..=MAX_EXTENDS)
        .map(|i| {
            let extends = format!("extends = \"{}.toml\"\n", i + 1);
            let extends = if i < MAX_EXTENDS { extends } else { String::new() };
            (format!("{i}.toml"), format!("{extends}k{i} = {i}\n"))
        })
        .collect();
    let files = files.iter().map(|(k, v)| (k.as_str(), v.as_str()));
    let document = load(&Map::new(files), "0.toml").expect("as long as allowed");
    assert_eq!(document.root().entries().map(<[Entry]>::len), Some(MAX_EXTENDS + 1));
}

#[test]
fn files_are_limited_alone_and_together() {
    let blank = |bytes: usize, rest: &str| format!("{rest}{}", "#".repeat(bytes - rest.len()));
    let large = blank(MAX_FILE_BYTES + 1, "");
    let faults = load(&Map::new([("a.toml", large.as_str())]), "a.toml").expect_err("too large");
    assert!(faults.to_string().contains("a.toml is too large: 16777217 bytes"));
    let files: Vec<(String, String)> = (0..5)
        .map(|i| {
            let extends = format!("extends = \"{}.toml\"\n", i + 1);
            (format!("{i}.toml"), blank(MAX_FILE_BYTES, &extends))
        })
        .collect();
    let files = files.iter().map(|(k, v)| (k.as_str(), v.as_str()));
    let faults = load(&Map::new(files), "0.toml").expect_err("too large together");
    assert!(
        faults
            .to_string()
            .contains("4.toml and the files that extend it are too large together")
    );
}

#[test]
fn faults_without_number_are_cut_off_in_fair_time() {
    let keys: String = (0..50_000).map(|i| format!("k{i} = 1, ")).collect();
    let faults = read(&format!("costs = {{ {keys} }}\n")).expect_err("unknown keys");
    assert_eq!(faults.len(), 501);
    assert!(faults.to_string().contains("49501 further faults are not shown"));
    assert!(faults.to_string().len() < 1_000_000);
}
