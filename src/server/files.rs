//! `GET /files/{id}/{name}`: a material's file, to who may see it, whole or in ranges.

use super::files_store as store;
use crate::{
    common::{error::AppError, ids::FileId},
    people::rights::{Record, Right, may, require},
    platform::{
        context::Ctx,
        http::{self, guard},
        store::{FileRow, file},
    },
};
use axum::{
    body::Body,
    extract::{Path, Request},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use std::ops::Range;

/// Sends a file.
pub async fn download(Path((id, _name)): Path<(String, String)>, request: Request) -> Response {
    let Some(cx) = request.extensions().get::<Ctx>().cloned() else { return guard::outage(&AppError::Internal) };
    let found = match id.parse::<FileId>() {
        Ok(id) => open(&cx, id).await,
        Err(_) => Err(AppError::NotFound),
    };
    match found {
        Ok(row) => send(&cx, row, request.method(), request.headers()).await,
        Err(AppError::SignInRequired) => {
            let next = crate::app::encode(request.uri().path());
            http::see_other(&crate::common::forms::Done::quietly(format!("/sign-in?next={next}")))
        }
        // The page that says there is nothing here: it also stands for files one may not know of.
        Err(AppError::NotFound | AppError::Forbidden) => http::pages::render(request).await,
        Err(error) => guard::outage(&error),
    }
}

async fn open(cx: &Ctx, id: FileId) -> Result<FileRow, AppError> {
    let actor = cx.signed_in()?;
    let mut reader = cx.read().await?;
    let writes_all = may(Some(actor), Right::WritePack, Record::default());
    let allowed = if writes_all {
        store::in_pack(&mut reader, id).await?
    } else {
        store::may_open(&mut reader, id, actor.person_id).await?
    };
    require(allowed, AppError::NotFound)?;
    file(&mut reader, id).await?.ok_or(AppError::NotFound)
}

/// What of a file is asked for.
#[derive(Debug, PartialEq)]
pub(super) enum Asked {
    Whole,
    Part(Range<u64>),
    Outside,
}

/// Reads a Range header (RFC 9110, 14.1): one range; several are answered with the whole.
pub(super) fn asked(range: Option<&str>, size: u64) -> Asked {
    let Some(spec) = range.and_then(|range| range.strip_prefix("bytes=")) else { return Asked::Whole };
    let Some((from, to)) = spec.trim().split_once('-').filter(|_| !spec.contains(',')) else { return Asked::Whole };
    let digits = |text: &str| text.is_empty() || text.bytes().all(|b| b.is_ascii_digit());
    if !digits(from) || !digits(to) {
        return Asked::Whole;
    }
    // Figures beyond u64 lie beyond every file.
    let number = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
    let (start, end) = match (from.is_empty(), to.is_empty()) {
        (true, true) => return Asked::Whole,
        (true, false) if number(to) == 0 => return Asked::Outside,
        (true, false) => (size.saturating_sub(number(to)), size),
        (false, true) => (number(from), size),
        (false, false) if number(to) < number(from) => return Asked::Whole,
        (false, false) => (number(from), number(to).saturating_add(1).min(size)),
    };
    if start >= size { Asked::Outside } else { Asked::Part(start..end) }
}

async fn send(cx: &Ctx, row: FileRow, method: &Method, headers: &HeaderMap) -> Response {
    let size = u64::try_from(row.size).unwrap_or_default();
    let tag = format!("\"{}\"", row.sha256);
    let value = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let known = value(header::IF_NONE_MATCH)
        .is_some_and(|list| list.split(',').any(|one| one.trim().trim_start_matches("W/") == tag || one.trim() == "*"));
    let same = value(header::IF_RANGE).is_none_or(|asked| asked.trim() == tag);
    let asked = asked(value(header::RANGE).filter(|_| same), size);
    let (status, range) = match asked {
        _ if known => (StatusCode::NOT_MODIFIED, 0..0),
        Asked::Whole => (StatusCode::OK, 0..size),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Asked::Outside => (StatusCode::RANGE_NOT_SATISFIABLE, 0..0),
    };
    let body = if method == Method::HEAD || range.is_empty() {
        Body::empty()
    } else {
        match cx.app.files.read(&row.key, range.clone()).await {
            Ok(stream) => Body::from_stream(stream),
            Err(error) => return guard::outage(&error),
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::ETAG, &tag);
    set(header::ACCEPT_RANGES, "bytes");
    set(header::CACHE_CONTROL, "private, no-cache");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if status == StatusCode::NOT_MODIFIED {
        return response;
    }
    set(header::CONTENT_TYPE, &row.media_type);
    set(header::CONTENT_SECURITY_POLICY, http::policy::of_file(&row.media_type));
    set(header::CONTENT_DISPOSITION, &disposition(&row.name, &row.media_type));
    match status {
        StatusCode::RANGE_NOT_SATISFIABLE => set(header::CONTENT_RANGE, &format!("bytes */{size}")),
        StatusCode::PARTIAL_CONTENT => {
            set(header::CONTENT_RANGE, &format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1)));
            set(header::CONTENT_LENGTH, &(range.end - range.start).to_string());
        }
        _ => set(header::CONTENT_LENGTH, &size.to_string()),
    }
    response
}

/// Shown in place or saved, under the file's own name (RFC 6266 with RFC 5987).
pub(super) fn disposition(name: &str, media_type: &str) -> String {
    let inline = media_type == "application/pdf"
        || ["image/", "audio/", "video/"].iter().any(|kind| media_type.starts_with(kind));
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && !"\"\\%;".contains(c) || c == ' ' { c } else { '_' }).collect();
    let exact: String = name
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    let how = if inline { "inline" } else { "attachment" };
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges() {
        assert_eq!(asked(None, 10), Asked::Whole);
        assert_eq!(asked(Some("bytes=0-3"), 10), Asked::Part(0..4));
        assert_eq!(asked(Some("bytes=4-"), 10), Asked::Part(4..10));
        assert_eq!(asked(Some("bytes=-3"), 10), Asked::Part(7..10));
        assert_eq!(asked(Some("bytes=-99"), 10), Asked::Part(0..10));
        assert_eq!(asked(Some("bytes=5-99"), 10), Asked::Part(5..10));
        for outside in ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999-"] {
            assert_eq!(asked(Some(outside), 10), Asked::Outside, "{outside}");
        }
        for whole in ["bytes=0-1,4-5", "bytes=5-2", "items=0-1", "bytes=a-b", "bytes=-", "bytes=+1-2"] {
            assert_eq!(asked(Some(whole), 10), Asked::Whole, "{whole}");
        }
        assert_eq!(asked(Some("bytes=0-"), 0), Asked::Outside);
    }

    #[test]
    fn names_in_headers() {
        let header = disposition("Étude \"1\".pdf", "application/pdf");
        assert_eq!(header, "inline; filename=\"_tude _1_.pdf\"; filename*=UTF-8''%C3%89tude%20%221%22.pdf");
        assert!(disposition("a.docx", "application/vnd.x").starts_with("attachment"));
    }

    proptest! {
        #[test]
        fn a_part_lies_in_the_file(range in "bytes=[0-9]{0,4}-[0-9]{0,4}", size in 0u64..3000) {
            if let Asked::Part(part) = asked(Some(&range), size) {
                prop_assert!(part.start < part.end && part.end <= size);
            }
        }

        #[test]
        fn every_name_makes_a_header(name in "\\PC{0,60}") {
            prop_assert!(HeaderValue::from_str(&disposition(&name, "video/mp4")).is_ok());
        }
    }
}
