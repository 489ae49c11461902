//! The resolved file, the hash, and the JSON Schema.

use super::*;

fn hash_of(text: &str) -> String {
    parse("a.toml", text).expect("valid TOML").hash()
}

#[test]
fn a_resolved_file_reads_back_to_the_same_values() {
    let document = valid();
    for origins in [false, true] {
        let text = document.resolve(origins);
        let again = parse("resolved.toml", &text).unwrap_or_else(|faults| panic!("{faults}\n{text}"));
        assert_eq!(again.canonical_json(), document.canonical_json());
        let one = again.decode::<World>(&Units::new()).expect("no fault").value;
        let other = document.decode::<World>(&Units::new()).expect("no fault").value;
        // Raw nodes carry their origins, which differ.
        assert_eq!(
            format!("{:?}", (one.levers.len(), one.vendors, one.costs)),
            format!("{:?}", (other.levers.len(), other.vendors, other.costs))
        );
        // Printing is canonical: what it prints, it prints again.
        assert_eq!(again.resolve(false), document.resolve(false));
    }
}

#[test]
fn a_resolved_file_looks_as_if_written_by_hand() {
    insta::assert_snapshot!("resolved", valid().resolve(false));
    let child = "extends = \"small.toml\"\n[costs]\ngrowth = 0.1\n[[vendor]]\nid = \"beta\"\nremove = true\n\
        [[operator]]\nid = \"deu-one\"\nsites = 5\n";
    let files = Map::new([("child.toml", child), ("small.toml", VALID)]);
    let mut document = load(&files, "child.toml").expect("no fault");
    document
        .set(&describe::<World>(), "scenario.replicates", "7")
        .expect("set");
    insta::assert_snapshot!("resolved_with_origins", document.resolve(true));
    let origins = document.origins();
    let place = |path: &str| origins.iter().find(|(p, _)| p == path).map(|(_, place)| place.as_str());
    assert_eq!(place("operator.deu-one.sites"), Some("child.toml:9"));
    assert_eq!(place("operator.deu-one.wacc"), Some("small.toml:40"));
    assert_eq!(place("scenario.replicates"), Some("--set"));
}

#[test]
fn awkward_keys_and_texts_survive() {
    let text = "\"\" = 1\n\"a.b\" = \"line\\nand \\\"quote\\\" \\\\ \\u0007 \\u007f end\"\n\"q\\\"\" = 'x'\n\"é\" = -0.0\n\
        e = {}\n[t]\n[t.u.v]\n[[w]]\n[[w]]\nx = []\n[[w.y]]\nz = 1e300\n[m]\nn = inf\no = -inf\np = nan\n";
    let document = parse("a.toml", text).expect("valid TOML");
    let printed = document.resolve(false);
    let again = parse("b.toml", &printed).unwrap_or_else(|faults| panic!("{faults}\n{printed}"));
    assert_eq!(again.canonical_json(), document.canonical_json());
    assert_eq!(again.resolve(false), printed);
}

#[test]
fn the_hash_is_of_values_alone() {
    let base = hash_of("a = 1\nb = 0.5\n[c]\nd = [1, 2]\ne = 2020-01-01\n");
    let same = [
        "# a comment\nb = 5e-1\na = 1.0\n[c]\ne = 2020-01-01\nd = [\n 1,\n 2.0, # two\n]\n",
        "a = 1\r\nb = 0.50\r\n[c]\r\nd = [0x1, 2]\r\ne = 2020-01-01\r\n",
        "a = { value = 1, source = \"F1\" }\nb = { value = 0.5, low = 0, high = 1, derived = \"midpoint(F1)\" }\n\
         c.d = [1, 2]\nc.e = 2020-01-01\n",
    ];
    for text in same {
        assert_eq!(hash_of(text), base, "{text}");
    }
    let other = [
        "a = 1\nb = 0.5\n[c]\nd = [2, 1]\ne = 2020-01-01\n",
        "a = 1\nb = 0.5\n[c]\nd = [1, 2]\ne = \"2020-01-02\"\n",
        "a = 1\nb = 0.5000000000000001\n[c]\nd = [1, 2]\ne = 2020-01-01\n",
        "a = { value = 1, unit = \"%\", source = \"F1\" }\nb = 0.5\n[c]\nd = [1, 2]\ne = 2020-01-01\n",
        "a = true\nb = 0.5\n[c]\nd = [1, 2]\ne = 2020-01-01\n",
    ];
    for text in other {
        assert_ne!(hash_of(text), base, "{text}");
    }
}

#[test]
fn canonical_json_is_what_it_says() {
    let text = "z = -0.0\nb = [1.5, 3.0, 1e22, 9007199254740993]\n[a]\n\"k\\\"\" = \"é\\n\"\nd = 2020-02-29\n\
        p = { value = 2, source = \"F1\" }\nq = { value = 2, unit = \"gbp_bn\", assumption = \"w\" }\n";
    let document = parse("a.toml", text).expect("valid TOML");
    let expected = r#"{"a":{"d":"2020-02-29","k\"":"é\n","p":2,"q":{"unit":"gbp_bn","value":2}},"b":[1.5,3,10000000000000000000000,9007199254740993],"z":0}"#;
    assert_eq!(document.canonical_json(), expected);
    // The digest of the same bytes by another program: printf '{}' | sha256sum
    let empty = parse("a.toml", "").expect("valid TOML");
    assert_eq!(
        empty.hash(),
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    );
}

/// Collects every key that a description names.
fn keys(spec: &TableSpec, found: &mut Vec<&'static str>) {
    for field in &spec.fields {
        found.push(field.key);
        match &field.shape {
            Shape::Table(inner) | Shape::Tables(inner, _) | Shape::Entries(_, inner) => keys(inner, found),
            _ => {}
        }
    }
}

#[test]
fn the_schema_has_every_key_with_its_words() {
    let spec = describe::<World>();
    let schema = json_schema(&spec, "A small world");
    let text = serde_json::to_string_pretty(&schema).expect("JSON");
    let mut described = Vec::new();
    keys(&spec, &mut described);
    assert!(described.len() > 40);
    for key in described {
        assert!(text.contains(&format!("\"{key}\": {{")), "{key}");
    }
    let vendor = &schema["properties"]["vendor"];
    assert_eq!(vendor["maxItems"], 4);
    assert_eq!(vendor["items"]["additionalProperties"], false);
    assert_eq!(vendor["items"]["properties"]["openness"]["enum"][1], "open");
    assert_eq!(vendor["items"]["properties"]["openness"]["default"], "closed");
    let price = &vendor["items"]["properties"]["bb_usd_per_site"];
    assert_eq!(price["oneOf"][0]["maximum"], 10_000_000);
    assert_eq!(price["oneOf"][1]["$ref"], "#/$defs/pedigree");
    assert_eq!(price["description"], "Cost of the baseband. Unit: USD/site. Required.");
    assert_eq!(schema["properties"]["extends"]["type"], "string");
    insta::assert_snapshot!("schema", text);
}
