use super::*;
use crate::Gate;

/// A box on wires that are not neighbours, controls of both kinds, swaps, measurements and conditions.
fn circuit() -> Circuit {
    let mut circuit = Circuit::new();
    let mut part = Definition::new("part");
    let angle = part.add_parameter("theta");
    let register = part.add_register("a", 2);
    part.gate_with(Gate::Ry, &[register.qubit(0)], &[angle.scaled(0.5)]);
    part.gate(Gate::Cx, &[register.qubit(0), register.qubit(1)], &[]);
    let part = circuit.add(part);
    let mut flip = Definition::new("flip");
    let bit = flip.add_register("q", 1);
    flip.gate(Gate::X, &[bit.qubit(0)], &[]);
    let flip = circuit.add(flip);

    let mut main = Definition::new("main");
    let (q, a) = (main.add_register("q", 3), main.add_register("anc", 1));
    let c = main.add_bits("c", 2);
    let _ = c;
    main.gate(Gate::H, &[q.qubit(0)], &[]);
    main.gate(Gate::Cx, &[q.qubit(0), q.qubit(2)], &[]);
    main.gate(Gate::Rz, &[q.qubit(1)], &[std::f64::consts::FRAC_PI_4]);
    main.gate(Gate::Swap, &[q.qubit(1), a.qubit(0)], &[]);
    let angles = [crate::Angle { constant: -1.25, terms: Vec::new() }];
    let call = Call::new(part, [q.qubit(2), q.qubit(0)]).with_angles(angles).inverted();
    main.call(call.controlled([Control { qubit: a.qubit(0), on: false }]));
    main.barrier(vec![q.qubit(0), q.qubit(1)]);
    main.measure(q.qubit(1), crate::BitId(0));
    main.conditional(vec![(crate::BitId(0), true)], Call::new(flip, [q.qubit(0)]));
    main.call(Call::new(flip, [q.qubit(0)]).repeated(1000));
    main.reset(q.qubit(2));
    main.global_phase(&crate::Angle { constant: 0.5, terms: Vec::new() });
    circuit.add(main);
    circuit
}

fn drawn(options: &DrawOptions) -> Picture {
    let circuit = circuit();
    Picture::of(&circuit, circuit.entry_id().unwrap(), options).unwrap()
}

#[test]
fn a_picture_in_text() {
    insta::assert_snapshot!(text(&drawn(&DrawOptions::default()), 200));
}

#[test]
fn long_pictures_continue_below_and_end_somewhere() {
    let picture = drawn(&DrawOptions { limit: 6, ..DrawOptions::default() });
    assert_eq!((picture.items.len(), picture.omitted), (6, 5));
    let narrow = text(&picture, 40);
    assert!(narrow.lines().all(|line| line.chars().count() <= 40), "{narrow}");
    assert!(narrow.ends_with("... and 5 operations more\n"));
    // No width is too small, and no circuit too empty.
    assert!(!text(&picture, 0).is_empty());
    assert_eq!(text(&Picture::default(), 80), "");
}

#[test]
fn plain_calls_are_expanded_on_request() {
    let circuit = circuit();
    let mut outer = Definition::new("outer");
    let register = outer.add_register("q", 1);
    outer.call(Call::new(DefinitionId::from_index(1), [register.qubit(0)]));
    let mut circuit = circuit;
    let outer = circuit.add(outer);
    let folded = Picture::of(&circuit, outer, &DrawOptions::default()).unwrap();
    let expanded =
        Picture::of(&circuit, outer, &DrawOptions { expand: 1, ..DrawOptions::default() }).unwrap();
    assert_eq!((folded.items[0].label.as_str(), expanded.items[0].label.as_str()), ("flip", "x"));
}

#[test]
fn no_two_items_overlap() {
    let picture = drawn(&DrawOptions::default());
    for (position, item) in picture.items.iter().enumerate() {
        for other in picture.items[..position].iter().filter(|other| other.column == item.column) {
            let ((a, b), (c, d)) = (item.span(), other.span());
            assert!(b < c || d < a, "{item:?} {other:?}");
        }
    }
}

#[test]
fn a_picture_as_svg() {
    let document = svg(&drawn(&DrawOptions::default()));
    insta::assert_snapshot!(document);
    assert_eq!(document.matches("<svg").count(), document.matches("</svg>").count());
}
