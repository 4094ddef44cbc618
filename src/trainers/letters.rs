//! Letters about licences: each once, in the language of who gets it, with the mentor in copy where the
//! supervised way is concerned.

use super::{look_store, model::Why, store::Licence};
use crate::{
    common::{error::AppError, ids::DeliveryId},
    enrolment::letters::date,
    i18n::{self, Locale},
    platform::{
        context::Ctx,
        db::Tx,
        mail::{self, Letter},
    },
    tr,
};
use chrono::{DateTime, Utc};

/// What a letter says.
#[derive(Clone, Copy, Debug)]
pub enum Word<'a> {
    /// Somebody was put forward as candidate, for a reason.
    PutForward(&'a str),
    /// The person is licensed.
    Licensed,
    /// The licence will lapse.
    Notice(DateTime<Utc>, Why),
    /// It will lapse within two weeks.
    Soon(DateTime<Utc>, Why),
    /// It has lapsed.
    Lapsed(Why),
    /// It is alive again.
    Mended,
    /// The training it stood on was taken back.
    TakenBack,
    /// It was withdrawn, for a reason.
    Withdrawn(&'a str),
    /// It was opened again, for a reason.
    Reopened(&'a str),
    /// A new major version waits to be taken up until a day.
    Version(i64, DateTime<Utc>),
    /// A supervised delivery waits for the mentor's word.
    Unsigned(DeliveryId),
    /// The mentor asks for another supervised delivery.
    Again(&'a str),
    /// Somebody was named as mentor.
    Mentor,
    /// An assessment was decided.
    Decided,
}

impl Word<'_> {
    /// Its kind, and what tells this occasion from the next; letters that follow one act have none.
    fn once(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Notice(at, why) => Some(("notice", format!("{} {}", at.date_naive(), why.code()))),
            Self::Soon(at, why) => Some(("soon", format!("{} {}", at.date_naive(), why.code()))),
            Self::Version(major, _) => Some(("version", major.to_string())),
            Self::Unsigned(delivery) => Some(("unsigned", delivery.to_string())),
            _ => None,
        }
    }

    /// Whether the mentor is told as well.
    fn copied(&self) -> bool {
        matches!(self, Self::Licensed | Self::Unsigned(_) | Self::Again(_) | Self::Mentor | Self::Decided)
    }
}

/// Writes what is to be said to the holder and, where it concerns the supervised way, to the mentor. What was
/// said before is not said again; what reaches nobody for want of an address has not been said.
pub async fn tell(cx: &Ctx, tx: &mut Tx, licence: &Licence, word: Word<'_>) -> Result<(), AppError> {
    let mentor_email = licence.mentor_email.as_ref().filter(|email| word.copied() && !email.is_empty());
    if licence.email.is_empty() && mentor_email.is_none() {
        return Ok(());
    }
    if let Some((kind, about)) = word.once()
        && !look_store::add_letter(tx, licence.id, kind, &about, cx.now()).await?
    {
        return Ok(());
    }
    let titles = crate::completion::store::course_titles(tx, licence.course_id).await?;
    let title = |locale: Locale| {
        let pick =
            |code: &str| titles.iter().find(|(language, ..)| language == code).map(|(_, title, _)| title.clone());
        pick(i18n::code(locale)).or_else(|| pick("en")).unwrap_or_else(|| licence.course_slug.clone())
    };
    let speaks = |tag: Option<&str>| tag.and_then(i18n::locale_of).unwrap_or_default();
    let locale = speaks(licence.language.as_deref());
    let link = cx.app.settings.link(&format!("/licences/{}", licence.id));
    let mentor = licence.mentor_name.clone().filter(|_| word.copied());
    let write = |locale: Locale, name: &str, to: &str| {
        i18n::speaking(locale, || {
            let (subject, text) = words(locale, word, &licence.name, &title(locale));
            let mut body = vec![tr!(licences.mail.greeting, name = name), text, link.clone()];
            if let Some(mentor) = &mentor {
                body.push(tr!(licences.mail.copy, names = format!("{}, {mentor}", licence.name)));
            }
            Letter { name: name.to_owned(), to: to.to_owned(), subject, body: format!("{}\n", body.join("\n\n")) }
        })
    };
    mail::send(cx, tx, &write(locale, &licence.name, &licence.email)).await?;
    if let (Some(name), Some(email)) = (&mentor, mentor_email) {
        mail::send(cx, tx, &write(speaks(licence.mentor_language.as_deref()), name, email)).await?;
    }
    Ok(())
}

fn why_words(why: Why) -> String {
    match why {
        Why::Inactive => tr!(licences.mail.inactive),
        Why::Version => tr!(licences.mail.not_taken_up),
    }
}

/// Subject and text, in the language that is spoken just now.
fn words(locale: Locale, word: Word<'_>, name: &str, course: &str) -> (String, String) {
    let day = |at: DateTime<Utc>| date(locale, at.date_naive());
    match word {
        Word::PutForward(reason) => (
            tr!(licences.mail.put_forward_subject, course = course),
            tr!(licences.mail.put_forward, course = course, reason = reason),
        ),
        Word::TakenBack => {
            (tr!(licences.mail.taken_back_subject, course = course), tr!(licences.mail.taken_back, course = course))
        }
        Word::Licensed => (
            tr!(licences.mail.licensed_subject, course = course),
            tr!(licences.mail.licensed, name = name, course = course),
        ),
        Word::Notice(at, why) => (
            tr!(licences.mail.notice_subject, course = course, day = day(at)),
            tr!(licences.mail.notice, course = course, day = day(at), why = why_words(why)),
        ),
        Word::Soon(at, why) => (
            tr!(licences.mail.notice_subject, course = course, day = day(at)),
            tr!(licences.mail.soon, course = course, day = day(at), why = why_words(why)),
        ),
        Word::Lapsed(why) => (
            tr!(licences.mail.lapsed_subject, course = course),
            tr!(licences.mail.lapsed, course = course, why = why_words(why)),
        ),
        Word::Mended => {
            (tr!(licences.mail.mended_subject, course = course), tr!(licences.mail.mended, course = course))
        }
        Word::Withdrawn(reason) => (
            tr!(licences.mail.withdrawn_subject, course = course),
            tr!(licences.mail.withdrawn, course = course, reason = reason),
        ),
        Word::Reopened(reason) => (
            tr!(licences.mail.reopened_subject, course = course),
            tr!(licences.mail.reopened, course = course, reason = reason),
        ),
        Word::Version(major, at) => (
            tr!(licences.mail.version_subject, course = course, version = major),
            tr!(licences.mail.version, course = course, version = major, day = day(at)),
        ),
        Word::Unsigned(_) => (
            tr!(licences.mail.unsigned_subject, name = name),
            tr!(licences.mail.unsigned, name = name, course = course),
        ),
        Word::Again(note) => (
            tr!(licences.mail.again_subject, course = course),
            tr!(licences.mail.again, name = name, course = course, note = note),
        ),
        Word::Mentor => {
            (tr!(licences.mail.mentor_subject, name = name), tr!(licences.mail.mentor, name = name, course = course))
        }
        Word::Decided => (
            tr!(licences.mail.decided_subject, course = course),
            tr!(licences.mail.decided, name = name, course = course),
        ),
    }
}
