//! Server functions of outcomes and certificates, what a page of outcomes is made of, and the certificate's paper.

use super::model::{Rule, Standing, Tally};
use crate::{
    common::{
        error::AppError,
        forms::Done,
        ids::{CertificateId, EnrolmentId},
    },
    deliveries::model::DeliveryHead,
    enrolment::model::{EnrolmentState, Risk},
};
use chrono::NaiveDate;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The outcomes of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// The delivery.
    pub head: DeliveryHead,
    /// Its rule.
    pub rule: Rule,
    /// Minutes of all half-days.
    pub programme_minutes: i64,
    /// Materials for participants.
    pub items_required: i64,
    /// Whether certificates go out by themselves now.
    pub certifies_now: bool,
    /// Whether who looks may withdraw certificates.
    pub may_manage: bool,
    /// Whether the footnote on the area's name belongs under the page.
    pub footnote: bool,
    /// Everybody who holds a place, by name.
    pub people: Vec<ResultLine>,
}

/// One person's outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResultLine {
    /// The place.
    pub enrolment: EnrolmentId,
    /// The person.
    pub name: String,
    /// Where the person works.
    pub workplace: String,
    /// The place's state.
    pub state: EnrolmentState,
    /// What was done.
    pub tally: Tally,
    /// Where that stands against the rule.
    pub standing: Standing,
    /// Whether enough can still be attended.
    pub risk: Risk,
    /// The certificate that stands.
    pub certificate: Option<CertificateLine>,
    /// The day one was last withdrawn.
    pub revoked_on: Option<NaiveDate>,
}

/// A certificate in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CertificateLine {
    /// Its id.
    pub id: CertificateId,
    /// Its code.
    pub code: String,
    /// The day of issue at the venue.
    pub issued_on: NaiveDate,
}

/// Issues one certificate by hand.
#[server(prefix = "/_fn", endpoint = "completion/issue")]
pub async fn issue_certificate(enrolment: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::issue_now(&http::ctx()?, &enrolment).await }).await
}

/// Withdraws a certificate.
#[server(prefix = "/_fn", endpoint = "completion/revoke")]
pub async fn revoke_certificate(certificate: String, #[server(default)] reason: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::revoke(&http::ctx()?, &certificate, &reason).await }).await
}

/// The holder shows or hides the name.
#[server(prefix = "/_fn", endpoint = "completion/show-name")]
pub async fn show_certificate_name(certificate: String, show: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::show_name(&http::ctx()?, &certificate, &show).await }).await
}

#[cfg(feature = "ssr")]
pub use download::certificate_pdf;

#[cfg(feature = "ssr")]
mod download {
    use crate::platform::{context::Ctx, http};
    use axum::{
        Extension,
        extract::{Path, Request},
        http::header,
        response::{IntoResponse, Response},
    };

    /// `/certificates/{id}.pdf`; everything else below `/certificates/` is a page.
    pub async fn certificate_pdf(
        Extension(cx): Extension<Ctx>,
        Path(file): Path<String>,
        request: Request,
    ) -> Response {
        let Some(id) = file.strip_suffix(".pdf") else { return http::pages::fallback(request).await };
        match super::super::service::download(&cx, id).await {
            Ok((name, bytes)) => (
                [
                    (header::CONTENT_TYPE, "application/pdf".to_owned()),
                    // The name is a code: letters, digits and hyphens.
                    (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
                    (header::CACHE_CONTROL, "private, no-store".to_owned()),
                ],
                bytes,
            )
                .into_response(),
            Err(error) => http::downloads::refused(error, request).await,
        }
    }
}
