//! The picture of a cascade: a tree drawn on the server, with a link on every box, and for narrow windows the
//! same as an outline. Opening and closing goes by the address, so it works without script.

use super::{address, area, generation};
use crate::{
    cascade::{
        api::{Fold, Node, NodeKind, ScopeHead},
        model::Asked,
    },
    common::dates::PartialDate,
    reporting::pages::numbers::figure,
    tr,
    ui::format,
};
use chrono::{Datelike, NaiveDate};
use leptos::prelude::*;

/// Size of a box, and how far the next one is.
const BOX: (i64, i64) = (264, 46);
const STEP: (i64, i64) = (300, 58);
/// As many letters as a box has room for, in its name and in the smaller line under it.
const LETTERS: (usize, usize) = (31, 40);

/// Where a box is: its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spot {
    x: i64,
    y: i64,
}

/// Places every box: its column is how deep it stands, and it stands in the middle of what is under it.
fn layout(nodes: &[Node]) -> Vec<Spot> {
    let mut depth = vec![0; nodes.len()];
    let mut leaf = vec![true; nodes.len()];
    for (n, node) in nodes.iter().enumerate() {
        if let Some(parent) = node.parent.filter(|parent| *parent < n) {
            depth[n] = depth[parent] + 1;
            leaf[parent] = false;
        }
    }
    let mut spots = vec![Spot { x: 0, y: 0 }; nodes.len()];
    // Leaves from above; then, from the last to the first, each between its first and its last child.
    let mut row = 0;
    let mut under: Vec<Option<(i64, i64)>> = vec![None; nodes.len()];
    for ((spot, depth), leaf) in spots.iter_mut().zip(&depth).zip(&leaf) {
        spot.x = depth * STEP.0 + 1;
        if *leaf {
            spot.y = row * STEP.1 + 1;
            row += 1;
        }
    }
    for n in (0..nodes.len()).rev() {
        if let Some((first, last)) = under[n] {
            spots[n].y = i64::midpoint(first, last);
        }
        if let Some(parent) = nodes[n].parent.filter(|parent| *parent < n) {
            let y = spots[n].y;
            let (first, last) = under[parent].unwrap_or((y, y));
            under[parent] = Some((first.min(y), last.max(y)));
        }
    }
    spots
}

fn people(count: Option<i64>) -> String {
    count.map_or_else(|| tr!(cascade.node.few_people), |count| tr!(cascade.node.people, count = count))
}

fn deliveries(count: i64) -> String {
    tr!(cascade.node.deliveries, count = count)
}

fn month(day: NaiveDate) -> String {
    format::partial(Some(PartialDate::Month(day.year(), day.month())))
}

/// What stands in a box: its name and a line on it.
fn words(node: &Node, head: &ScopeHead) -> (String, String) {
    let both = || tr!(cascade.node.start_text, deliveries = deliveries(node.deliveries), people = people(node.people));
    let trained = || tr!(cascade.node.graduates_text, people = people(node.people), active = figure(node.active));
    let heads = (node.heads > 0).then(|| tr!(cascade.node.heads, count = node.heads));
    let with_heads = |text: String| [Some(text), heads.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    match node.kind {
        NodeKind::Start => (head.title.clone(), if node.deliveries > 0 { both() } else { tr!(cascade.node.start) }),
        NodeKind::Generation => (generation(i64::from(node.generation)), with_heads(both())),
        NodeKind::From => (area(&node.label), with_heads(both())),
        NodeKind::Graduates => (tr!(cascade.node.graduates), trained()),
        NodeKind::Area => (area(&node.label), trained()),
        NodeKind::Trainer => {
            let last = node.day.map(|day| tr!(cascade.node.last, date = month(day)));
            let gave = if node.deliveries > 0 { deliveries(node.deliveries) } else { tr!(cascade.node.gave_none) };
            (node.label.clone(), [Some(gave), last].into_iter().flatten().collect::<Vec<_>>().join(" · "))
        }
        NodeKind::Delivery => {
            let day = node.day.map_or_else(|| tr!(cascade.no_year), month);
            let who = heads.clone().unwrap_or_else(|| people(node.people));
            (node.label.clone(), format!("{day} · {who}"))
        }
        NodeKind::People => (tr!(cascade.node.took_part), people(node.people)),
        NodeKind::More => (tr!(cascade.node.more, count = node.deliveries), String::new()),
    }
}

/// Where a box leads: it opens or closes, or leads to its list.
fn leads(node: &Node, asked: &Asked) -> Option<String> {
    match node.fold {
        Fold::Open | Fold::Closed => Some(format!("{}#picture", address(&asked.turned(&node.key)))),
        Fold::Leaf => list(node),
    }
}

fn list(node: &Node) -> Option<String> {
    node.list.as_ref().map(|query| format!("/cascade/list?{query}"))
}

const fn expanded(node: &Node) -> Option<&'static str> {
    match node.fold {
        Fold::Open => Some("true"),
        Fold::Closed => Some("false"),
        Fold::Leaf => None,
    }
}

fn short(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    let cut: String = text.chars().take(letters - 1).collect();
    format!("{}…", cut.trim_end())
}

/// The picture, drawn where there is room and as an outline where there is not.
pub fn picture(nodes: &[Node], head: &ScopeHead, asked: &Asked) -> AnyView {
    view! {
        <section class="section stack" id="picture">
            <h2>{tr!(cascade.picture)}</h2>
            <p class="muted small noprint">{tr!(cascade.picture_note)}</p>
            {drawn(nodes, head, asked)}
            {outline(nodes, head, asked)}
        </section>
    }
    .into_any()
}

fn drawn(nodes: &[Node], head: &ScopeHead, asked: &Asked) -> AnyView {
    let spots = layout(nodes);
    let width = spots.iter().map(|spot| spot.x).max().unwrap_or(0) + BOX.0 + 2;
    let height = spots.iter().map(|spot| spot.y).max().unwrap_or(0) + BOX.1 + 2;
    let edges = nodes
        .iter()
        .zip(&spots)
        .filter_map(|(node, to)| {
            let from = spots.get(node.parent?)?;
            let (x, y, end, half) = (from.x + BOX.0, from.y + BOX.1 / 2, to.y + BOX.1 / 2, (STEP.0 - BOX.0) / 2);
            let path = format!("M{x} {y}h{half}V{end}H{}", to.x);
            Some(view! { <path class="edge" d=path></path> })
        })
        .collect_view();
    let boxes = nodes.iter().zip(&spots).map(|(node, spot)| one(node, *spot, head, asked)).collect_view();
    view! {
        <figure class="figure tree" tabindex="0" aria-label=tr!(cascade.picture_label)>
            <svg
                class="chart"
                viewBox=format!("0 0 {width} {height}")
                width=width
                height=height
                role="group"
                aria-label=tr!(cascade.picture_label)
            >
                {edges}
                {boxes}
            </svg>
        </figure>
    }
    .into_any()
}

fn one(node: &Node, Spot { x, y }: Spot, head: &ScopeHead, asked: &Asked) -> AnyView {
    let (name, text) = words(node, head);
    let class = match (node.kind, node.fold) {
        (NodeKind::Start, _) => "node full",
        (NodeKind::More, _) => "node more",
        (_, Fold::Open) => "node brass",
        _ => "node",
    };
    let full = node.kind == NodeKind::Start;
    let (first, second) = if full { ("t n on", "t soft on") } else { ("t n", "t soft") };
    let said = format!("{name}, {text}");
    let mark = match node.fold {
        Fold::Open => "−",
        Fold::Closed => "+",
        Fold::Leaf => "",
    };
    let middle = if text.is_empty() { y + 28 } else { y + 19 };
    match leads(node, asked) {
        Some(href) => view! {
            <g>
                <a href=href role="link" aria-label=said aria-expanded=expanded(node)>
                    <rect class=class x=x y=y width=BOX.0 height=BOX.1 rx="3"></rect>
                    <text class=first x=x + 10 y=middle>{short(&name, LETTERS.0)}</text>
                    <text class=second x=x + 10 y=y + 37>{short(&text, LETTERS.1)}</text>
                    <text class="t n end" x=x + BOX.0 - 8 y=y + 19>{mark}</text>
                </a>
            </g>
        }
        .into_any(),
        None => view! {
            <g>
                <rect class=class x=x y=y width=BOX.0 height=BOX.1 rx="3"></rect>
                <text class=first x=x + 10 y=middle>{short(&name, LETTERS.0)}</text>
                <text class=second x=x + 10 y=y + 37>{short(&text, LETTERS.1)}</text>
            </g>
        }
        .into_any(),
    }
}

/// The same as lists in lists.
fn outline(nodes: &[Node], head: &ScopeHead, asked: &Asked) -> AnyView {
    let mut under: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (n, node) in nodes.iter().enumerate() {
        if let Some(parent) = node.parent.filter(|parent| *parent < n) {
            under[parent].push(n);
        }
    }
    let top = if nodes.is_empty() { ().into_any() } else { item(0, nodes, &under, head, asked) };
    view! { <ul class="outline-tree">{top}</ul> }.into_any()
}

fn item(n: usize, nodes: &[Node], under: &[Vec<usize>], head: &ScopeHead, asked: &Asked) -> AnyView {
    let node = &nodes[n];
    let (name, text) = words(node, head);
    let folds = node.fold != Fold::Leaf;
    let state = match node.fold {
        Fold::Open => "open",
        Fold::Closed => "closed",
        Fold::Leaf => "leaf",
    };
    let line = match leads(node, asked) {
        Some(href) => view! { <a href=href aria-expanded=expanded(node)>{name.clone()}</a> }.into_any(),
        None => view! { <b>{name.clone()}</b> }.into_any(),
    };
    let listed = list(node).filter(|_| folds).map(|href| {
        view! { <a class="to-list" href=href>{tr!(cascade.node.list)}<span class="vh">": "{name.clone()}</span></a> }
    });
    let children = under[n].iter().map(|child| item(*child, nodes, under, head, asked)).collect_view();
    view! {
        <li class=state>
            <p>{line}<span>{text}</span>{listed}</p>
            {(!under[n].is_empty()).then(|| view! { <ul>{children}</ul> })}
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn node(parent: Option<usize>) -> Node {
        Node {
            parent,
            key: String::new(),
            kind: NodeKind::Area,
            label: String::new(),
            generation: 0,
            deliveries: 0,
            people: None,
            active: None,
            heads: 0,
            day: None,
            fold: Fold::Leaf,
            list: None,
        }
    }

    #[test]
    fn a_parent_stands_in_the_middle_of_its_children() {
        let spots = layout(&[node(None), node(Some(0)), node(Some(0)), node(Some(0))]);
        assert_eq!(spots[0].y, spots[2].y);
        assert!(spots[1].y < spots[2].y && spots[2].y < spots[3].y);
        assert_eq!((spots[0].x, spots[1].x), (1, STEP.0 + 1));
    }

    proptest! {
        #[test]
        fn boxes_never_lie_on_each_other(ups in proptest::collection::vec(0usize..4, 0..60)) {
            // Each next one stands under one of the path to the last one, as a walk through a tree gives them.
            let mut nodes = vec![node(None)];
            let mut path = vec![0];
            for up in ups {
                path.truncate(path.len().saturating_sub(up).max(1));
                nodes.push(node(path.last().copied()));
                path.push(nodes.len() - 1);
            }
            let spots = layout(&nodes);
            for (n, a) in spots.iter().enumerate() {
                for b in &spots[n + 1..] {
                    prop_assert!(a.x != b.x || (a.y - b.y).abs() >= STEP.1);
                }
            }
        }
    }
}
