//! Actions on their way: kept on the device until the server has acknowledged them, and sent in the order
//! in which they were done. Ids make them bear being sent twice, by several windows or after a reload.

use super::{
    device,
    line::ask_whether_signed_in,
    live::{Live, Waiting},
};
use crate::{
    attendance::{api::mark_names, model::Action},
    common::error::AppError,
    ui::words,
};
use leptos::{ev, prelude::*, task::spawn_local};
use std::time::Duration;

impl Live {
    /// Takes up what an earlier visit, or another window, left unsent.
    pub fn resume(self) {
        let person = self.person.get_value();
        spawn_local(async move {
            device::move_in(&person).await;
            self.take_up(&person).await;
        });
        let listener = window_event_listener_untyped("focus", move |_| {
            let person = self.person.get_value();
            spawn_local(async move { self.take_up(&person).await });
        });
        on_cleanup(move || listener.remove());
    }

    async fn take_up(self, person: &str) {
        let kept = device::kept(person).await;
        if !self.here() {
            return;
        }
        match kept {
            Ok(kept) => {
                let new = |queue: &Vec<Waiting>, one: &Waiting| queue.iter().all(|it| it.action.id != one.action.id);
                let known = self.queue.get_untracked();
                let kept: Vec<Waiting> = kept.into_iter().filter(|one| new(&known, one)).collect();
                if !kept.is_empty() {
                    self.queue.update(|queue| {
                        queue.extend(kept);
                        queue.sort_by_key(|waiting| waiting.action.made_at);
                    });
                    self.restore();
                }
            }
            Err(_) => self.forgetful.set(true),
        }
        self.pump();
    }

    /// Whether the page is still there.
    pub fn here(self) -> bool {
        self.queue.try_with_untracked(|_| ()).is_some()
    }

    /// Takes up what was done: shown at once, put on the disk, sent.
    pub fn put(self, action: Action) {
        self.trouble.set(None);
        let action = Action { made_at: Some(device::now()), ..action };
        let waiting = Waiting { delivery: self.delivery, slot: self.slot, action, refused: None, kept: false };
        self.show_unsent(&waiting);
        self.queue.update(|queue| queue.push(waiting.clone()));
        let replaced = self.replaced();
        self.queue.update(|queue| queue.retain(|old| !replaced.contains(&old.action.id)));
        self.keep(waiting, replaced);
        // A disk that does not answer must not keep a mark from the server.
        set_timeout(move || self.retry(), Duration::from_secs(2));
    }

    /// What a later touch of the same name replaces, and is not on its way.
    fn replaced(self) -> Vec<uuid::Uuid> {
        let under_way = self.under_way.get_value();
        let covers = |later: &Waiting, old: &Waiting| {
            later.slot == old.slot
                && !later.action.everyone
                && !old.action.everyone
                && old
                    .action
                    .touches
                    .iter()
                    .all(|touch| later.action.touches.iter().any(|it| it.enrolment == touch.enrolment))
        };
        self.queue.with_untracked(|queue| {
            let old =
                queue.iter().enumerate().filter(|(at, old)| queue[at + 1..].iter().any(|later| covers(later, old)));
            old.map(|(_, old)| old.action.id).filter(|id| Some(*id) != under_way).collect()
        })
    }

    /// Puts an action on the disk, and sends.
    fn keep(self, waiting: Waiting, replaced: Vec<uuid::Uuid>) {
        let person = self.person.get_value();
        spawn_local(async move {
            let kept = device::keep(&person, &waiting, &replaced).await.is_ok();
            if !self.here() {
                return;
            }
            self.forgetful.set(!kept);
            self.queue.update(|queue| {
                let own = queue.iter_mut().filter(|it| it.action.id == waiting.action.id);
                own.for_each(|it| it.kept = kept);
            });
            if kept && !self.online.get_untracked() {
                device::persist();
            }
            self.pump();
        });
    }

    /// Sends what waits, one action after the other.
    pub fn pump(self) {
        if self.sending.get_untracked() {
            return;
        }
        let first = self.queue.with_untracked(|queue| queue.iter().find(|it| it.refused.is_none()).cloned());
        let Some(first) = first else { return };
        let Ok(body) = serde_json::to_string(&first.action) else { return };
        self.sending.set(true);
        self.under_way.set_value(Some(first.action.id));
        spawn_local(async move {
            let outcome = mark_names(first.delivery.to_string(), first.slot.to_string(), body).await;
            // The page may be gone by now; then the device still has the action.
            if !self.here() {
                return;
            }
            self.sending.set(false);
            self.under_way.set_value(None);
            match outcome {
                Ok(marked) => {
                    self.tries.set_value(0);
                    self.trouble.set(None);
                    self.remove(&[first.action.id]);
                    if first.slot == self.slot {
                        self.apply(&marked.rows);
                    }
                    self.pump();
                }
                Err(
                    error @ (AppError::Unavailable | AppError::Unreachable | AppError::Internal | AppError::TooMany(_)),
                ) => {
                    self.trouble.set(Some(error));
                    // Touched again while it was on its way: only the later is sent.
                    let replaced = self.replaced();
                    if !replaced.is_empty() {
                        self.remove(&replaced);
                    }
                    let tries = self.tries.get_value() + 1;
                    self.tries.set_value(tries);
                    set_timeout(move || self.retry(), Duration::from_secs(1 << tries.min(5)));
                }
                // Kept until somebody signs in again.
                Err(AppError::SignInRequired) => {
                    ask_whether_signed_in();
                    self.trouble.set(Some(AppError::SignInRequired));
                }
                Err(error) => self.refuse(&first, &error),
            }
        });
    }

    /// Sends again, if the page is still there.
    pub fn retry(self) {
        if self.here() {
            self.pump();
        }
    }

    /// Forgets actions, here and on the disk.
    pub fn remove(self, ids: &[uuid::Uuid]) {
        self.queue.update(|queue| queue.retain(|waiting| !ids.contains(&waiting.action.id)));
        let (person, ids) = (self.person.get_value(), ids.to_vec());
        spawn_local(async move { device::forget(&person, &ids).await });
    }

    /// What the server does not take is not thrown away: whoever made it decides.
    fn refuse(self, first: &Waiting, error: &AppError) {
        let why = match error {
            AppError::Invalid(faults) => {
                faults.first().map_or_else(|| words::error(error), |fault| words::fault(&fault.kind))
            }
            other => words::error(other),
        };
        let refused = Waiting { refused: Some(why), ..first.clone() };
        self.queue.update(|queue| {
            let own = queue.iter_mut().filter(|it| it.action.id == first.action.id);
            own.for_each(|it| it.refused.clone_from(&refused.refused));
        });
        self.restore();
        self.keep(refused, Vec::new());
    }

    /// What the server did not take is not to be sent again.
    pub fn discard(self, event: ev::MouseEvent) {
        event.prevent_default();
        let refused = |queue: &Vec<Waiting>| {
            queue.iter().filter(|it| it.refused.is_some()).map(|it| it.action.id).collect::<Vec<_>>()
        };
        self.remove(&self.queue.with_untracked(refused));
        self.restore();
    }
}
