//! `[posterior]`: the file that it names is laid into the document.

use super::*;

const CHILD: &str = "extends = \"../base.toml\"\n[posterior]\nfile = \"fit/a.csv\"\n";
const DRAWS: &str = "# made by hand\ncosts.tower,costs.lots\n1,2\n3,4\n";

fn files() -> Map {
    Map::new([
        ("base.toml", "[posterior]\nfile = \"old.csv\"\n"),
        ("old.csv", "costs.tower\n9\n"),
        ("mine/child.toml", CHILD),
        ("mine/fit/a.csv", DRAWS),
    ])
}

fn text(document: &Document) -> Option<&str> {
    document.node("posterior.text")?.text()
}

#[test]
fn the_childs_file_is_read_beside_it_and_a_resolved_document_needs_none() {
    let document = load(&files(), "mine/child.toml").unwrap();
    assert_eq!(text(&document), Some(DRAWS));
    // What is printed holds the draws: it is read again without the file, with the same hash.
    let again = Map::new([("run.toml", document.resolve(false).as_str())]);
    let again = load(&again, "run.toml").unwrap();
    assert_eq!(text(&again), Some(DRAWS));
    assert_eq!(again.hash(), document.hash());
    // A point of a design has nothing left to draw.
    assert!(document.at_point(&[]).unwrap().node("posterior").is_none());
}

#[test]
fn what_cannot_be_read_is_told_at_the_key() {
    let fault = |change: (&'static str, &'static str)| {
        let mut files = files();
        files.0.insert(change.0.to_owned(), change.1.to_owned());
        load(&files, "mine/child.toml").unwrap_err().to_string()
    };
    let ragged = fault(("mine/fit/a.csv", "# made by hand\na,b\n1\n"));
    assert!(
        ragged.contains("mine/child.toml:3:") && ragged.contains("mine/fit/a.csv: line 3"),
        "{ragged}"
    );
    let empty = fault(("mine/fit/a.csv", ""));
    assert!(
        empty.contains("mine/fit/a.csv: line 1: the header names no path"),
        "{empty}"
    );
    let absolute = fault(("mine/child.toml", "[posterior]\nfile = \"/a.csv\"\n"));
    assert!(absolute.contains("not a relative path"), "{absolute}");
    let none = fault(("mine/child.toml", "[posterior]\nfile = \"b.csv\"\n"));
    assert!(none.contains("cannot read mine/b.csv: no such file"), "{none}");
}
