//! Pages as a browser reads them: the elements that a parser of HTML makes of a text.

use html5ever::{
    Attribute, ExpandedName, ParseOpts, QualName, expanded_name, local_name, ns, parse_document,
    tendril::{StrTendril, TendrilSink},
    tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeBuilderOpts, TreeSink},
};
use std::{borrow::Cow, cell::RefCell, rc::Rc};

/// An element with its attributes.
#[derive(Debug)]
pub struct Element {
    /// Its name.
    pub name: String,
    /// Whether it is HTML's, and not of a drawing.
    pub html: bool,
    /// Names and values of its attributes.
    pub attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What a parser found in a page.
#[derive(Debug, Default)]
pub struct Document {
    /// Every element, in the order of their tags.
    pub elements: Vec<Element>,
    /// The text of the title.
    pub title: String,
}

/// Reads a page with scripts (what stands in `noscript` is text then) or without.
pub fn read(page: &str, scripts: bool) -> Document {
    let tree_builder = TreeBuilderOpts { scripting_enabled: scripts, ..TreeBuilderOpts::default() };
    parse_document(Sink::default(), ParseOpts { tree_builder, ..ParseOpts::default() }).one(page)
}

#[derive(Default)]
struct Sink(RefCell<Document>);

/// A node of the tree; of the document itself and of comments nothing is known.
struct Node(Option<QualName>);

impl TreeSink for Sink {
    type Handle = Rc<Node>;
    type Output = Document;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Document {
        self.0.into_inner()
    }

    fn get_document(&self) -> Rc<Node> {
        Rc::new(Node(None))
    }

    fn get_template_contents(&self, _: &Rc<Node>) -> Rc<Node> {
        Rc::new(Node(None))
    }

    fn same_node(&self, one: &Rc<Node>, other: &Rc<Node>) -> bool {
        Rc::ptr_eq(one, other)
    }

    fn elem_name<'a>(&'a self, target: &'a Rc<Node>) -> ExpandedName<'a> {
        target.0.as_ref().expect("an element").expanded()
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Rc<Node> {
        self.0.borrow_mut().elements.push(Element {
            name: name.local.to_string(),
            html: name.ns == ns!(html),
            attributes: attributes.iter().map(|it| (it.name.local.to_string(), it.value.to_string())).collect(),
        });
        Rc::new(Node(Some(name)))
    }

    fn create_comment(&self, _: StrTendril) -> Rc<Node> {
        Rc::new(Node(None))
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Rc<Node> {
        Rc::new(Node(None))
    }

    fn append(&self, parent: &Rc<Node>, child: NodeOrText<Rc<Node>>) {
        let within = parent.0.as_ref().map(QualName::expanded);
        if let (Some(expanded_name!(html "title")), NodeOrText::AppendText(text)) = (within, child) {
            self.0.borrow_mut().title.push_str(&text);
        }
    }

    /// A second `<html>` or `<body>` gives its attributes to the first.
    fn add_attrs_if_missing(&self, target: &Rc<Node>, attributes: Vec<Attribute>) {
        if let Some(name) = &target.0 {
            self.create_element(name.clone(), attributes, ElementFlags::default());
        }
    }

    fn parse_error(&self, _: Cow<'static, str>) {}
    fn set_quirks_mode(&self, _: QuirksMode) {}
    fn append_before_sibling(&self, _: &Rc<Node>, _: NodeOrText<Rc<Node>>) {}
    fn append_based_on_parent_node(&self, _: &Rc<Node>, _: &Rc<Node>, _: NodeOrText<Rc<Node>>) {}
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn remove_from_parent(&self, _: &Rc<Node>) {}
    fn reparent_children(&self, _: &Rc<Node>, _: &Rc<Node>) {}
}
