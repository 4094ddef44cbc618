//! `/deliveries/{id}/register/{slot}/live`: marks as others make them, by server-sent events
//! (WHATWG HTML, section 9.2).
//!
//! Whoever writes says so within this process; besides, every watcher looks again by itself every few
//! seconds, for there may be several processes. What is sent is read from the history, from where the
//! watcher's page, or the last event it has, ends: a page that was kept on a device and is days old hears
//! all it has missed. The first event (`now`) tells what time it is here, since devices' clocks are wrong.

use super::{api::Answer, model::ids, service::desk, store, stories};
use crate::{
    common::{
        error::AppError,
        ids::{PersonId, SlotId},
    },
    platform::{context::Ctx, gates::Seat, http},
};
use axum::{
    Extension,
    extract::{Path, Query},
    http::{HeaderMap, header},
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
/// How soon a browser comes again whose stream has ended.
const COME_AGAIN: Duration = Duration::from_secs(1);
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
    greeted: bool,
    told: Receiver<SlotId>,
    end: Pin<Box<Sleep>>,
    _seat: Seat<PersonId>,
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
    // The browser looks by itself and comes again.
    let Ok(seat) = cx.app.gates.streams.take(cx.actor.as_ref().map(|actor| actor.person_id)) else {
        return (http::status(&AppError::Unavailable), [(header::RETRY_AFTER, "10")]).into_response();
    };
    let watcher = Watcher { slot, zone, seen, greeted: false, told, end: Box::pin(sleep(TURN)), _seat: seat, cx };
    let stream = Sse::new(futures::stream::unfold(watcher, Watcher::next)).keep_alive(KeepAlive::default());
    // A proxy that gathers answers (nginx) would keep the marks to itself.
    ([("x-accel-buffering", "no")], stream).into_response()
}

impl Watcher {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        let app = self.cx.app.clone();
        if !self.greeted {
            self.greeted = true;
            let now = self.cx.now().timestamp_micros();
            return Some((Ok(Event::default().event("now").retry(COME_AGAIN).data(now.to_string())), self));
        }
        loop {
            // A failing database ends the stream; the browser comes again.
            let mut reader = self.cx.read().await.ok()?;
            let rows = store::news(&mut reader, self.slot, self.seen).await.ok()?;
            if let Some(last) = rows.iter().map(|row| row.changed_at).max() {
                self.seen = last;
                let reader_id = self.cx.actor.as_ref()?.person_id;
                let others = stories::others(&mut reader, self.slot, rows.iter().map(|row| &row.head)).await.ok()?;
                let eyes = stories::Eyes { reader: reader_id, zone: &self.zone, others };
                let answers: Vec<Answer> =
                    rows.iter().map(|row| eyes.answer(row.enrolment_id, &row.mark, &row.head)).collect();
                drop(reader);
                let event = Event::default().id(last.timestamp_micros().to_string()).json_data(&answers).ok()?;
                return Some((Ok(event), self));
            }
            drop(reader);
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
