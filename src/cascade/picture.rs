//! What stands in the picture of a cascade, and under what. Pure.

use super::{
    api::{Fold, Line, Node, NodeKind},
    model::{Asked, Figures, GRADUATES, OPEN_MOST, Of, SIDE_BY_SIDE},
    store::{OpenRow, Opened},
};
use crate::common::few::told;
use std::collections::HashSet;
use uuid::Uuid;

/// Everything that the picture is made of.
pub struct Material<'a> {
    /// What is asked for.
    pub asked: &'a Asked,
    /// Generation 0.
    pub start: Figures,
    /// The others.
    pub generations: &'a [Line],
    /// Areas of a generation that is open.
    pub from: Vec<(u16, Vec<Line>)>,
    /// Graduates by area: code, name, how many, how many are active.
    pub graduates: &'a [(String, String, i64, i64)],
    /// What is open under them, for who sees names.
    pub rows: &'a [OpenRow],
    /// Whether small counts are kept back.
    pub keep_back: bool,
    /// Whether lists may be opened.
    pub lists: bool,
    /// Whether names are shown.
    pub names: bool,
}

/// What of the graduates is asked to be open.
pub fn opened(asked: &Asked) -> Opened {
    let open = asked.opened();
    let ids = |start: &str| {
        let mut ids = [Uuid::nil(); OPEN_MOST];
        let found = open.iter().filter_map(|key| key.strip_prefix(start)?.parse().ok());
        ids.iter_mut().zip(found).for_each(|(id, found)| *id = found);
        ids
    };
    Opened {
        areas: open.iter().filter_map(|key| key.strip_prefix("a:").map(str::to_owned)).collect(),
        trainers: ids("t:"),
        deliveries: ids("d:"),
    }
}

/// So few that they need not be grouped.
fn few(graduates: i64) -> bool {
    usize::try_from(graduates).is_ok_and(|graduates| graduates <= SIDE_BY_SIDE)
}

struct Picture<'a> {
    it: &'a Material<'a>,
    open: Vec<String>,
    nodes: Vec<Node>,
    /// Deliveries whose people are shown; one that two of the tree gave stands twice.
    shown: HashSet<Uuid>,
}

/// Everything in the picture, each thing after what it stands under.
pub fn nodes(it: &Material<'_>) -> Vec<Node> {
    let mut picture = Picture { it, open: it.asked.opened(), nodes: Vec::new(), shown: HashSet::new() };
    let start = picture.add(None, NodeKind::Start, "", String::new());
    picture.nodes[start].deliveries = it.start.deliveries;
    picture.nodes[start].people = it.start.persons;
    for line in it.generations.iter().filter(|line| line.key != "0") {
        picture.generation(start, line);
    }
    picture.graduates(start);
    picture.nodes
}

impl Picture<'_> {
    fn add(&mut self, parent: Option<usize>, kind: NodeKind, key: &str, label: String) -> usize {
        self.nodes.push(Node {
            parent,
            key: key.to_owned(),
            kind,
            label,
            generation: 0,
            deliveries: 0,
            people: None,
            active: None,
            heads: 0,
            day: None,
            fold: Fold::Leaf,
            list: None,
        });
        self.nodes.len() - 1
    }

    /// Says that something can be opened, and whether it is.
    fn fold(&mut self, node: usize) -> bool {
        let open = self.open.contains(&self.nodes[node].key);
        self.nodes[node].fold = if open { Fold::Open } else { Fold::Closed };
        open
    }

    fn list(&self, asked: &Asked) -> Option<String> {
        self.it.lists.then(|| asked.query())
    }

    /// "And so many more", with the list they are in.
    fn more(&mut self, parent: usize, count: usize, list: Option<String>) {
        if count > 0 {
            let node = self.add(Some(parent), NodeKind::More, "", String::new());
            self.nodes[node].deliveries = i64::try_from(count).unwrap_or(i64::MAX);
            self.nodes[node].list = list;
        }
    }

    fn figures(&mut self, node: usize, figures: &Figures) {
        self.nodes[node].deliveries = figures.deliveries;
        self.nodes[node].people = figures.persons;
        self.nodes[node].heads = figures.heads.unwrap_or_default();
    }

    fn generation(&mut self, start: usize, line: &Line) {
        let Ok(generation) = line.key.parse::<u16>() else { return };
        let node = self.add(Some(start), NodeKind::Generation, &format!("g{generation}"), String::new());
        self.nodes[node].generation = generation;
        self.figures(node, &line.figures);
        let filtered = Asked { generation: Some(generation), ..self.it.asked.filters() };
        self.nodes[node].list = self.list(&filtered.list(Of::Deliveries));
        if !self.fold(node) {
            return;
        }
        let it = self.it;
        let Some((_, areas)) = it.from.iter().find(|(of, _)| *of == generation) else { return };
        let mut areas: Vec<&Line> = areas.iter().collect();
        areas.sort_by_key(|line| std::cmp::Reverse(line.figures.deliveries));
        for line in areas.iter().take(SIDE_BY_SIDE) {
            let area = self.add(Some(node), NodeKind::From, "", line.name.clone());
            self.figures(area, &line.figures);
            let filtered = Asked { area: Some(line.key.clone()), ..filtered.clone() };
            self.nodes[area].list = self.list(&filtered.list(Of::People));
        }
        let list = self.list(&filtered.list(Of::Deliveries));
        self.more(node, areas.len().saturating_sub(SIDE_BY_SIDE), list);
    }

    fn graduates(&mut self, start: usize) {
        let it = self.it;
        let all: i64 = it.graduates.iter().map(|(.., all, _)| all).sum();
        let active: i64 = it.graduates.iter().map(|(.., active)| active).sum();
        if all == 0 {
            return;
        }
        let node = self.add(Some(start), NodeKind::Graduates, GRADUATES, String::new());
        self.nodes[node].people = told(all, it.keep_back);
        self.nodes[node].active = told(active, it.keep_back);
        let filtered = Asked { generation: Some(0), ..it.asked.bare() };
        self.nodes[node].list = self.list(&filtered.list(Of::Graduates));
        if !self.fold(node) {
            return;
        }
        if it.names && few(all) {
            self.trainers(node, "graduate", |_| true, None);
            return;
        }
        let mut areas: Vec<_> = it.graduates.iter().collect();
        areas.sort_by_key(|(code, _, all, _)| (std::cmp::Reverse(*all), code));
        for (code, name, all, active) in areas {
            let area = self.add(Some(node), NodeKind::Area, &format!("a:{code}"), name.clone());
            self.nodes[area].people = told(*all, it.keep_back);
            self.nodes[area].active = told(*active, it.keep_back);
            let list = Asked { area: Some(code.clone()), ..filtered.clone() }.list(Of::Graduates);
            self.nodes[area].list = self.list(&list);
            if it.names && self.fold(area) {
                self.trainers(area, "graduate", |row| row.area_code == *code, Some(&list));
            }
        }
    }

    fn trainers(&mut self, parent: usize, part: &str, of: impl Fn(&OpenRow) -> bool, list: Option<&Asked>) {
        let it = self.it;
        let rows: Vec<&OpenRow> = it.rows.iter().filter(|row| row.part == part && of(row)).collect();
        let all = rows.first().map_or(0, |row| usize::try_from(row.of_all).unwrap_or_default());
        for row in &rows {
            let Some(id) = row.id else { continue };
            let node = self.add(Some(parent), NodeKind::Trainer, &format!("t:{id}"), row.label.clone());
            self.nodes[node].generation = u16::try_from(row.generation).unwrap_or_default();
            self.nodes[node].deliveries = row.number;
            self.nodes[node].day = row.day;
            let list = Asked { trainer: id.to_string(), ..it.asked.bare().list(Of::Deliveries) };
            self.nodes[node].list = self.list(&list);
            if row.number > 0 && self.fold(node) {
                self.deliveries(node, id, &list);
            }
        }
        self.more(parent, all.saturating_sub(rows.len()), list.and_then(|list| self.list(list)));
    }

    fn deliveries(&mut self, parent: usize, trainer: Uuid, list: &Asked) {
        let it = self.it;
        let rows: Vec<&OpenRow> =
            it.rows.iter().filter(|row| row.part == "delivery" && row.parent_id == Some(trainer)).collect();
        let all = rows.first().map_or(0, |row| usize::try_from(row.of_all).unwrap_or_default());
        for row in &rows {
            let Some(id) = row.id else { continue };
            let node = self.add(Some(parent), NodeKind::Delivery, &format!("d:{id}"), row.label.clone());
            self.nodes[node].generation = u16::try_from(row.generation).unwrap_or_default();
            self.nodes[node].people = Some(row.number);
            self.nodes[node].heads = row.heads;
            self.nodes[node].day = row.day;
            let people = Asked { generation: u16::try_from(row.generation).ok(), ..it.asked.bare() }.list(Of::Places);
            let people = Asked { delivery: id.to_string(), ..people };
            self.nodes[node].list = self.list(&people);
            if row.number > 0 && !self.shown.contains(&id) && self.fold(node) {
                self.shown.insert(id);
                let taught = self.add(Some(node), NodeKind::People, "", String::new());
                self.nodes[taught].people = Some(row.number);
                self.nodes[taught].list = self.list(&people);
                self.trainers(node, "carries", |row| row.parent_id == Some(id), Some(&people));
            }
        }
        self.more(parent, all.saturating_sub(rows.len()), self.list(list));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(part: &str, parent: Option<Uuid>, id: u128, number: i64, of_all: i64) -> OpenRow {
        OpenRow {
            part: part.into(),
            area_code: "AL".into(),
            parent_id: parent,
            id: Some(Uuid::from_u128(id)),
            label: format!("{part} {id}"),
            day: None,
            generation: 1,
            number,
            heads: 0,
            of_all,
        }
    }

    #[test]
    fn people_who_teach_each_other_are_drawn_once_each() {
        // 1 gave 10, where 2 learned; 2 gave 20, where 1 took part.
        let (ana, ben) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let (first, second) = (Uuid::from_u128(10), Uuid::from_u128(20));
        let rows = [
            row("graduate", None, 1, 1, 1),
            row("delivery", Some(ana), 10, 9, 1),
            row("carries", Some(first), 2, 1, 1),
            row("delivery", Some(ben), 20, 9, 12),
        ];
        let asked = Asked {
            open: ["w".into(), format!("t:{ana}"), format!("d:{first}"), format!("t:{ben}"), format!("d:{second}")]
                .into(),
            ..Asked::parse("project=ipa")
        };
        let graduates = [("AL".to_owned(), "Albania".to_owned(), 1, 1)];
        let material = Material {
            asked: &asked,
            start: Figures::default(),
            generations: &[],
            from: Vec::new(),
            graduates: &graduates,
            rows: &rows,
            keep_back: false,
            lists: true,
            names: true,
        };
        let found = nodes(&material);
        let kinds: Vec<NodeKind> = found.iter().map(|node| node.kind).collect();
        use NodeKind::{Delivery, Graduates, More, People, Start, Trainer};
        assert_eq!(kinds, [Start, Graduates, Trainer, Delivery, People, Trainer, Delivery, People, More]);
        assert!(found.iter().skip(1).enumerate().all(|(n, node)| node.parent.is_some_and(|parent| parent <= n)));
        assert_eq!(found[8].deliveries, 11, "eleven more of his deliveries");
        assert!(found[8].list.as_ref().is_some_and(|list| list.contains("trainer=")));
        // An observer sees how many, and nobody's name.
        let observed = nodes(&Material { rows: &[], keep_back: true, lists: false, names: false, ..material });
        assert_eq!(
            observed.last().map(|node| (node.kind, node.people, node.fold)),
            Some((NodeKind::Area, None, Fold::Leaf))
        );
        assert!(observed.iter().all(|node| node.list.is_none()));
    }
}
