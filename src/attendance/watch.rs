//! `/deliveries/{id}/register/{slot}/live`: marks as others make them, by server-sent events
//! (WHATWG HTML, section 9.2).
//!
//! Whoever writes says so within this process; besides, every watcher looks again by itself every few
//! seconds, for there may be several processes. What is sent is read from the history, from where the
//! watcher's page, or the last event it has, ends.

use super::{
    api::Answer,
    model::ids,
    service::{desk, standing},
    store,
};
use crate::{
    common::{error::AppError, ids::SlotId},
    platform::{context::Ctx, http},
};
use axum::{
    Extension,
    extract::{Path, Query},
    http::HeaderMap,
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::{convert::Infallible, pin::Pin, time::Duration};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Sleep, sleep},
};

/// How long marks gather before they are sent together.
const GATHER: Duration = Duration::from_millis(200);
/// How often a watcher looks by itself.
const LOOK: Duration = Duration::from_secs(3);
/// After so long the browser asks anew, and with it whether it still may.
const TURN: Duration = Duration::from_secs(300);

/// Where the watcher's page ends: its version, in microseconds.
#[derive(Debug, Deserialize)]
pub struct Since {
    #[serde(default)]
    since: i64,
}

struct Watcher {
    cx: Ctx,
    slot: SlotId,
    zone: String,
    seen: DateTime<Utc>,
    told: Receiver<SlotId>,
    end: Pin<Box<Sleep>>,
}

/// The stream of a register's marks, for who keeps it.
pub async fn live(
    Extension(cx): Extension<Ctx>,
    Path((delivery, slot)): Path<(String, String)>,
    Query(since): Query<Since>,
    headers: HeaderMap,
) -> Response {
    // Heard from before anything is read, so that nothing falls between.
    let told = cx.app.marks.subscribe();
    let last_event = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let seen = DateTime::from_timestamp_micros(last_event.unwrap_or(since.since)).unwrap_or_default();
    let allowed = async {
        cx.signed_in()?;
        let (delivery, slot) = ids(&delivery, &slot)?;
        let mut reader = cx.read().await?;
        let (head, _) = desk(&cx, &mut reader, delivery).await?;
        store::slot(&mut reader, slot, delivery).await?.ok_or(AppError::NotFound)?;
        Ok::<_, AppError>((slot, head.time_zone))
    };
    let (slot, zone) = match allowed.await {
        Ok(found) => found,
        Err(error) => return http::status(&error).into_response(),
    };
    let watcher = Watcher { slot, zone, seen, told, end: Box::pin(sleep(TURN)), cx };
    let stream = Sse::new(futures::stream::unfold(watcher, Watcher::next)).keep_alive(KeepAlive::default());
    // A proxy that gathers answers (nginx) would keep the marks to itself.
    ([("x-accel-buffering", "no")], stream).into_response()
}

impl Watcher {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        let app = self.cx.app.clone();
        loop {
            // A failing database ends the stream; the browser comes again.
            let rows = store::changes_since(&mut self.cx.read().await.ok()?, self.slot, self.seen).await.ok()?;
            if let Some(last) = rows.iter().filter_map(|row| row.mark.marked_at).max() {
                self.seen = last;
                let me = self.cx.actor.as_ref()?.person_id;
                let answers: Vec<Answer> = rows
                    .iter()
                    .map(|row| Answer {
                        enrolment: row.enrolment_id,
                        mark: standing(&row.mark, me, &self.zone),
                        clash: false,
                    })
                    .collect();
                let event = Event::default().id(last.timestamp_micros().to_string()).json_data(&answers).ok()?;
                return Some((Ok(event), self));
            }
            tokio::select! {
                () = app.closing.cancelled() => return None,
                () = &mut self.end => return None,
                () = sleep(LOOK) => {}
                () = told(&mut self.told, self.slot) => sleep(GATHER).await,
            }
        }
    }
}

/// Waits until somebody marks in a slot, or so much was marked that some of it was missed.
async fn told(receiver: &mut Receiver<SlotId>, slot: SlotId) {
    loop {
        match receiver.recv().await {
            Ok(marked) if marked == slot => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            // The application holds the sender as long as it lives.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
