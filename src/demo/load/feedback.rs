//! The feedback of the eight in-country trainings of 2012, the workshop that decided about it, and the version
//! that came of it: remarks and changes are invented, that it happened is not.

use super::{Loader, broken};
use crate::{
    common::{
        error::AppError,
        ids::{DecisionId, ModuleId, PackId, SessionPlanId},
    },
    demo::source::Report,
    feedback::{
        decision_store::{self as decisions, NewDecision},
        model::{ItemState, Outcome, notes},
        past_store as past,
        store::{self, NewItem, Place},
    },
    packs::store as packs,
    platform::db::Tx,
};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use std::collections::HashMap;

/// The modules and session plans of a version, by the titles of the pack's file.
#[derive(Default)]
struct Parts {
    modules: HashMap<String, ModuleId>,
    sessions: HashMap<String, (ModuleId, SessionPlanId)>,
    roots: HashMap<ModuleId, ModuleId>,
}

fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default()).and_utc()
}

impl Loader<'_> {
    pub(super) async fn feedback(&self, tx: &mut Tx) -> Result<(), AppError> {
        let source = &self.source.feedback;
        let key = (source.course.as_str(), source.language.as_str());
        let next = self.packs.get(&key).ok_or_else(|| broken("no pack to follow the pilot"))?.id;
        let (tried, follows) = self.pilot(tx, next).await?;
        let mut tried_in: Vec<&str> =
            source.matters.iter().flat_map(|it| &it.reports).map(|it| it.delivery.as_str()).collect();
        tried_in.sort_unstable();
        tried_in.dedup();
        for delivery in tried_in {
            past::teach(tx, self.given(delivery)?, tried.0).await?;
        }
        for matter in &source.matters {
            let taken = matter.outcome == Outcome::TakenUp;
            let decision: DecisionId = self.id();
            let new = NewDecision {
                id: decision,
                course: self.course(&source.course)?,
                outcome: matter.outcome,
                pack: taken.then_some(next),
                change: &matter.change,
                reason: &matter.reason,
                listed: taken,
                by: &source.decided_by,
                at: noon(source.decided_on),
            };
            decisions::add_decision(tx, &new).await?;
            // Nobody is told of it now.
            decisions::told(tx, decision, noon(source.decided_on)).await?;
            let to =
                ItemState::Open.decided(matter.outcome).map_err(|_| broken("a decision that nothing open can take"))?;
            for report in &matter.reports {
                let item = self.report(tx, report, matter.module.as_deref(), (tried.0, &tried.1)).await?;
                decisions::decide(tx, (item, 1), new.course, ItemState::Open, to, decision).await?;
            }
        }
        let taken = decisions::taken_up(tx, next).await?;
        let lines = notes("Taken up from feedback:", &taken, "The course as a whole", |it| it.change.clone());
        past::follows(tx, next, tried.0, &format!("\n\n{}\n\n{lines}", source.note)).await?;
        for report in &source.open {
            self.report(tx, report, None, (next, &follows)).await?;
        }
        Ok(())
    }

    /// The version that was tried: the modules of the one that followed, some under another title.
    async fn pilot(&self, tx: &mut Tx, next: PackId) -> Result<((PackId, Parts), Parts), AppError> {
        let source = &self.source.feedback.pilot;
        let number = source
            .version
            .split_once('.')
            .and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)))
            .ok_or_else(|| broken(format!("version {:?}", source.version)))?;
        let id: PackId = self.id();
        let text = (source.summary.as_str(), source.release_notes.as_str());
        past::add_pilot(tx, (id, next), number, text, noon(source.released_on)).await?;
        let (mut tried, mut follows) = (Parts::default(), Parts::default());
        for (place, one) in (1..).zip(packs::outline(tx, next).await?) {
            let (module, title) = (self.id::<ModuleId>(), one.module.title.clone());
            let called = source.called.get(&title).unwrap_or(&title);
            past::add_module(tx, module, (id, place, called), one.module.id).await?;
            tried.modules.insert(title.clone(), module);
            tried.roots.insert(module, module);
            follows.modules.insert(title, one.module.id);
            follows.roots.insert(one.module.id, module);
            for session in one.sessions {
                let plan: SessionPlanId = self.id();
                past::add_session(tx, plan, module, session.id).await?;
                tried.sessions.insert(session.title.clone(), (module, plan));
                follows.sessions.insert(session.title, (one.module.id, session.id));
            }
        }
        Ok(((id, tried), follows))
    }

    fn given(&self, key: &str) -> Result<crate::common::ids::DeliveryId, AppError> {
        self.deliveries.get(key).copied().ok_or_else(|| broken(format!("no delivery {key}")))
    }

    async fn report(
        &self,
        tx: &mut Tx,
        it: &Report,
        module: Option<&str>,
        (pack, parts): (PackId, &Parts),
    ) -> Result<crate::common::ids::FeedbackId, AppError> {
        let session = match &it.session {
            Some(title) => {
                Some(*parts.sessions.get(title).ok_or_else(|| broken(format!("no session {title:?} to speak of")))?)
            }
            None => None,
        };
        let module = session.map(|(module, _)| module).or_else(|| parts.modules.get(module?).copied());
        let trainer = it.by != "participant";
        let item = NewItem {
            id: self.id(),
            course: self.course(&self.source.feedback.course)?,
            delivery: self.given(&it.delivery)?,
            pack: Some(pack),
            place: Place {
                module,
                root: module.and_then(|module| parts.roots.get(&module).copied()),
                session: session.map(|(_, session)| session),
                material: None,
            },
            kind: it.kind,
            text: &it.text,
            by_trainer: trainer,
            signed: trainer,
            wants_answer: trainer,
            person: if trainer { Some(self.person(&it.by)?) } else { None },
            on: it.on.unwrap_or_else(|| self.now.date_naive()),
            invented: true,
        };
        store::add(tx, &item).await?;
        Ok(item.id)
    }
}
