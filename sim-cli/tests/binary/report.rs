//! `oransim report`.

use std::fs;

use crate::{MINIMAL, design, done, refused, silent, study};

#[test]
fn a_run_becomes_one_file_that_needs_nothing_else() {
    let study = study();
    let here = study.path();
    done(here, &["run", MINIMAL, "-n", "20", "--out", "a", "--quiet"]);
    let said = done(here, &["report", "a"]);
    assert!(
        said.contains("- Two operators, three vendors: at the end of its life"),
        "{said}"
    );
    let html = fs::read_to_string(here.join("a.html")).unwrap();
    assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"));
    for section in ["Findings", "Figures", "Policies", "Assumptions", "Limits", "Provenance"] {
        assert!(html.contains(&format!("<h2>{section}</h2>")), "{section}");
    }
    let figures = fs::read_dir(here.join("a/figures")).unwrap();
    let svgs = figures
        .flatten()
        .filter(|f| f.path().extension().is_some_and(|e| e == "svg"))
        .count();
    assert!(
        svgs > 0 && html.matches("<svg").count() == svgs,
        "every figure is inside"
    );
    // Nothing is fetched: the only address is the name of the SVG language.
    for address in html.split("http").skip(1) {
        assert!(
            address.starts_with("://www.w3.org/2000/svg"),
            "{}",
            &address[..40.min(address.len())]
        );
    }
    assert!(!html.contains("<script"));
    assert!(refused(here, &["report", "a"]).contains("--force"));
    done(here, &["report", "a", "--out", "brief.typ"]);
    assert!(
        fs::read_to_string(here.join("brief.typ"))
            .unwrap()
            .contains("#image(\"a/figures/01-lock-in.svg\"")
    );
    let text = refused(here, &["report", "a", "--out", "brief.pdf"]);
    assert!(
        text.contains("for a PDF: --out brief.typ, then typst compile"),
        "{text}"
    );
    assert!(!here.join("brief.pdf").exists());
    assert!(refused(here, &["report", "scenarios"]).contains("no finished run"));
    // The same run, the same file, but for what provenance says of the making.
    silent(here, &["report", "a", "--out", "again.html"]);
    assert_eq!(fs::read_to_string(here.join("again.html")).unwrap(), html);
}

#[test]
fn a_run_that_another_command_reads_is_sent_there() {
    let study = study();
    let here = study.path();
    design(here, "points");
    let text = refused(here, &["report", "points"]);
    assert!(text.contains("`oransim regret points`"), "{text}");
    assert!(!here.join("points.html").exists());
}

#[test]
fn a_report_says_which_world_and_what_nothing_stands_on() {
    let study = study();
    let here = study.path();
    done(here, &["new", "ban.toml", "--from", "minimal"]);
    done(
        here,
        &["compare", MINIMAL, "ban.toml", "-n", "4", "--out", "c", "--quiet"],
    );
    let said = done(here, &["report", "c"]);
    for sentence in [
        "- In “Two operators, three vendors”: the largest causes of lock-in, of each site as if tendered on ",
        "- In “Two operators, three vendors”: on 20",
        "- In “Two operators, three vendors”: the largest changes in shares of sites are ",
    ] {
        assert!(said.contains(sentence), "{sentence} in {said}");
    }
    assert!(
        said.contains("early write-off") && !said.contains("brought forward"),
        "{said}"
    );
    let html = fs::read_to_string(here.join("c.html")).unwrap();
    assert!(html.contains("no number says where it comes from ("), "as `check` says");
    assert!(!html.contains("assumed number"), "no empty table");
    done(here, &["report", "c", "--out", "c.typ"]);
    let typst = fs::read_to_string(here.join("c.typ")).unwrap();
    assert!(typst.contains("no number says where it comes from"));
}
