//! Reads arguments.txt: what is sent to each server function, and the addresses of pages and routes.

use super::academy::{Form, read};
use std::collections::{BTreeMap, BTreeSet};

/// One call of a function.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is sent.
    pub form: Form,
    /// Whom it lets in, where the call asks for something else than the function.
    pub admits: Option<Vec<String>>,
}

/// What is sent where.
#[derive(Debug, Default)]
pub struct Arguments {
    everywhere: Form,
    calls: Vec<(String, Call)>,
    addresses: BTreeMap<String, String>,
}

impl Arguments {
    /// Reads them.
    pub fn read() -> Self {
        let mut it = Self::default();
        let mut section = String::new();
        for line in read("arguments.txt").lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(head) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                let (name, admits) = match head.split_once('|') {
                    Some((name, names)) => (name.trim(), Some(names.split_whitespace().map(str::to_owned).collect())),
                    None => (head, None),
                };
                section = name.to_owned();
                if !["*", "addresses"].contains(&name) {
                    it.calls.push((section.clone(), Call { form: Vec::new(), admits }));
                }
                continue;
            }
            let (name, value) = line.split_once('=').expect("a name and a value");
            let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
            match (section.as_str(), it.calls.last_mut()) {
                ("*", _) => it.everywhere.push((name, value)),
                ("addresses", _) => _ = it.addresses.insert(name, value),
                (_, Some((_, call))) => call.form.push((name, value)),
                (_, None) => panic!("{line} stands under no function"),
            }
        }
        it
    }

    /// The functions that have arguments of their own.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        self.calls.iter().map(|(path, _)| path.as_str())
    }

    /// Every name that anything is sent under.
    pub fn names(&self) -> BTreeSet<String> {
        let own = self.calls.iter().flat_map(|(_, call)| &call.form);
        self.everywhere.iter().chain(own).map(|(name, _)| name.clone()).collect()
    }

    /// The calls of a function: what all get, with its own in place of those.
    pub fn of(&self, path: &str) -> Vec<Call> {
        let mut calls = self.of_route(path);
        for call in &mut calls {
            let own = std::mem::take(&mut call.form);
            let given = |name: &String| own.iter().any(|(own, _)| own == name);
            call.form = self.everywhere.iter().filter(|(name, _)| !given(name)).chain(&own).cloned().collect();
        }
        calls
    }

    /// The calls of a route (`POST /uploads`), which gets only what is its own.
    pub fn of_route(&self, path: &str) -> Vec<Call> {
        let mut own: Vec<Call> = self.calls.iter().filter(|(it, _)| it == path).map(|(_, call)| call.clone()).collect();
        // What is asked in another way is asked besides, never instead.
        if own.iter().all(|call| call.admits.is_some()) {
            own.insert(0, Call { form: Vec::new(), admits: None });
        }
        own
    }

    /// The address of a page or route.
    pub fn address(&self, path: &str) -> String {
        self.addresses.get(path).cloned().unwrap_or_else(|| path.to_owned())
    }
}
