//! What texts look like, kept for as long as they are asked for: a lesson is rendered when it is saved, and
//! then read by its class from here. Kept by the text's hash and in memory, so a text that changed, or a
//! program that renders otherwise, never meets what was rendered before.

use super::{
    blocking,
    markdown::{self, Look},
};
use crate::common::error::AppError;
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::Semaphore;

/// Bytes of HTML that are kept in all.
const KEPT: usize = 32 * 1024 * 1024;
/// How many texts are rendered at once: pages need the processors too.
const AT_ONCE: usize = 2;
/// How long one waits for others' texts.
const PATIENCE: Duration = Duration::from_secs(5);

type Key = [u8; 32];

/// Texts rendered, the last used of them.
#[derive(Clone, Debug)]
pub struct Rendered {
    kept: Arc<Mutex<Kept>>,
    places: Arc<Semaphore>,
    patience: Duration,
}

#[derive(Debug)]
struct Kept {
    looks: HashMap<Key, (u64, Arc<Look>)>,
    /// Keys by when they were used last.
    order: BTreeMap<u64, Key>,
    uses: u64,
    bytes: usize,
    most: usize,
}

impl Kept {
    fn get(&mut self, key: &Key) -> Option<Arc<Look>> {
        let (used, look) = self.looks.get_mut(key)?;
        self.uses += 1;
        let last = *used;
        self.order.remove(&last);
        self.order.insert(self.uses, *key);
        *used = self.uses;
        Some(Arc::clone(look))
    }

    fn put(&mut self, key: Key, look: &Arc<Look>) {
        if look.html.len() > self.most || self.looks.contains_key(&key) {
            return;
        }
        self.uses += 1;
        self.bytes += look.html.len();
        self.order.insert(self.uses, key);
        self.looks.insert(key, (self.uses, Arc::clone(look)));
        while self.bytes > self.most
            && let Some((_, oldest)) = self.order.pop_first()
        {
            self.bytes -= self.looks.remove(&oldest).map_or(0, |(_, look)| look.html.len());
        }
    }
}

/// Forms send texts with the line ends of browsers and with space around them; neither is saved.
fn as_saved(text: &str) -> String {
    text.trim().replace("\r\n", "\n")
}

fn key(text: &str) -> Key {
    Sha256::digest(text.as_bytes()).into()
}

impl Default for Rendered {
    fn default() -> Self {
        Self::new(KEPT)
    }
}

impl Rendered {
    /// Keeps at most so many bytes of HTML.
    pub fn new(most: usize) -> Self {
        let kept = Kept { looks: HashMap::new(), order: BTreeMap::new(), uses: 0, bytes: 0, most };
        Self { kept: Arc::new(Mutex::new(kept)), places: Arc::new(Semaphore::new(AT_ONCE)), patience: PATIENCE }
    }

    /// What Markdown looks like: from what is kept, or rendered off the threads that answer requests.
    /// [`AppError::Unavailable`] where too many texts were to be rendered at once.
    pub async fn look(&self, text: &str) -> Result<Arc<Look>, AppError> {
        let text = as_saved(text);
        let key = key(&text);
        if let Some(look) = self.get(&key) {
            return Ok(look);
        }
        let this = self.clone();
        blocking::among(&self.places, self.patience, move || {
            // A whole class opens a lesson at once: the first renders it for all.
            this.get(&key).unwrap_or_else(|| {
                let look = Arc::new(markdown::render(&text));
                this.kept.lock().unwrap_or_else(PoisonError::into_inner).put(key, &look);
                look
            })
        })
        .await
    }

    /// The HTML alone.
    pub async fn html(&self, text: &str) -> Result<String, AppError> {
        if text.is_empty() {
            return Ok(String::new());
        }
        self.look(text).await.map(|look| look.html.clone())
    }

    /// What was rendered before and is still kept; renders nothing.
    pub fn held(&self, text: &str) -> Option<Arc<Look>> {
        self.get(&key(&as_saved(text)))
    }

    fn get(&self, key: &Key) -> Option<Arc<Look>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_text_is_rendered_once() {
        let rendered = Rendered::default();
        assert!(rendered.held("*a*").is_none());
        let first = rendered.look("*a*").await.unwrap();
        assert_eq!(first.html, "<p><em>a</em></p>\n");
        assert!(Arc::ptr_eq(&first, &rendered.look("*a*\r\n").await.unwrap()), "as the form sends it");
        assert!(Arc::ptr_eq(&first, &rendered.held(" *a*").unwrap()));
        assert_eq!(rendered.html("").await.unwrap(), "");
    }

    #[tokio::test]
    async fn what_is_kept_has_an_end() {
        let rendered = Rendered::new(100);
        let text = |n: usize| format!("{n:040}");
        for n in 0..10 {
            rendered.look(&text(n)).await.unwrap();
            assert!(rendered.held(&text(n)).is_some());
            assert!(rendered.held(&text(0)).is_some(), "what is used is kept");
        }
        assert!((1..9).all(|n| rendered.held(&text(n)).is_none()));
        {
            let kept = rendered.kept.lock().unwrap();
            assert_eq!((kept.looks.len(), kept.order.len()), (2, 2));
            assert!(kept.bytes <= 100);
        }
        rendered.look(&"x".repeat(200)).await.unwrap();
        assert!(rendered.held(&text(0)).is_some(), "what is too long drives nothing out");
    }

    #[tokio::test]
    async fn too_many_at_once_are_refused() {
        let rendered = Rendered { patience: Duration::from_millis(1), ..Rendered::default() };
        let all = rendered.places.clone().acquire_many_owned(AT_ONCE as u32).await.unwrap();
        assert_eq!(rendered.look("*a*").await, Err(AppError::Unavailable));
        drop(all);
        assert!(Rendered { patience: PATIENCE, ..rendered }.look("*a*").await.is_ok());
    }
}
