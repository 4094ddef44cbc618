//! Uploads and downloads through the router: what is refused, and that nothing of it stays.

use super::{
    files_store, router,
    web_tests::{Answer, Visitor, ask, get},
};
use crate::{
    common::{
        actor::{Actor, Grant, Role},
        ids::CourseId,
    },
    packs::{
        model::{ModuleForm, PackForm},
        service, store,
    },
    testing::{House, Kind, house},
};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{HeaderName, Request, StatusCode, header},
};
use futures::{StreamExt, TryStreamExt};
use std::net::SocketAddr;

struct Desk {
    house: House,
    router: Router,
    course: CourseId,
    module: String,
    author: Actor,
}

async fn desk() -> Desk {
    let house = house(Kind::Sqlite).await;
    let course = house.course("basic").await;
    let trainer = Grant { role: Role::Trainer, institution: None, area: None };
    let author = house.person("Tina", &[trainer]).await;
    let cx = house.as_actor(&author);
    let mut tx = cx.begin().await.unwrap();
    store::add_author(&mut tx, course, author.person_id).await.unwrap();
    tx.commit().await.unwrap();
    let (pack, module) = (house.app.id::<uuid::Uuid>().to_string(), house.app.id::<uuid::Uuid>().to_string());
    let form = PackForm {
        id: pack.clone(),
        course: course.to_string(),
        language: "en".into(),
        title: "A pack".into(),
        ..Default::default()
    };
    service::create(&cx, &form).await.unwrap();
    let form = ModuleForm { id: module.clone(), pack, title: "Evidence".into(), ..Default::default() };
    service::add_module(&cx, &form).await.unwrap();
    let router = router(&house.app).unwrap();
    Desk { house, router, course, module, author }
}

fn form(module: &str, name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, value) in [("module", module), ("title", "Case file"), ("minutes", "10")] {
        body.extend(
            format!("--XX\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").into_bytes(),
        );
    }
    body.extend(
        format!("--XX\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").into_bytes(),
    );
    body.extend(bytes);
    body.extend(b"\r\n--XX--\r\n");
    body
}

fn upload(body: Body, accept: &str) -> Request<Body> {
    Request::post("/uploads")
        .header(header::HOST, "127.0.0.1:3000")
        .header("sec-fetch-site", "same-origin")
        .header(header::ACCEPT, accept)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX")
        .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4000))))
        .body(body)
        .unwrap()
}

const JSON: &str = "application/json";

impl Desk {
    async fn send(&self, actor: &Actor, name: &str, bytes: &[u8]) -> Answer {
        let visitor = Visitor::signed_in(&self.house, actor).await;
        ask(&self.router, visitor.request(upload(form(&self.module, name, bytes).into(), JSON))).await
    }

    /// How many objects the store holds, and how many materials the module has.
    async fn left(&self) -> (usize, i64) {
        let objects = self.house.app.files.store().list(None).try_collect::<Vec<_>>().await.unwrap();
        let mut reader = self.house.app.db.read().await.unwrap();
        let (_, materials) = store::module_parts(&mut reader, self.module.parse().unwrap()).await.unwrap();
        (objects.len(), materials)
    }

    /// The address of the one file there is.
    async fn file(&self) -> String {
        let mut reader = self.house.app.db.read().await.unwrap();
        let module = store::module(&mut reader, self.module.parse().unwrap()).await.unwrap().unwrap();
        let line = store::materials(&mut reader, module.pack_id).await.unwrap().remove(0);
        assert!(files_store::in_pack(&mut reader, line.file_id.unwrap()).await.unwrap());
        format!("/files/{}/{}", line.file_id.unwrap(), "x")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_leaves_nothing() {
    let desk = desk().await;
    let author = desk.author.clone();
    let program = b"MZ\x90\0\x03\0\0\0\x04\0\0\0".repeat(200);
    let page = b"<!DOCTYPE html><script>alert(1)</script>".to_vec();
    for (name, bytes) in [
        ("case.pdf", &program),
        ("picture.png", &page),
        ("page.html", &page),
        ("drawing.svg", &page),
        ("run.exe", &program),
        ("slides.pptx", &b"PK\x03\x04not a presentation".to_vec()),
        ("../../x.sh", &page),
        ("empty.pdf", &Vec::new()),
    ] {
        let answer = desk.send(&author, name, bytes).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", answer.body);
        assert!(answer.body.contains("file_kind"), "{name}: {}", answer.body);
        assert_eq!(desk.left().await, (0, 0), "{name}");
    }
    let trainer = Grant { role: Role::Trainer, institution: None, area: None };
    let stranger = desk.house.person("Eve", &[trainer]).await;
    let participant = desk.house.person("Paula", &[]).await;
    for who in [&stranger, &participant] {
        assert_eq!(desk.send(who, "case.pdf", b"%PDF-1.7\n").await.status, StatusCode::FORBIDDEN);
    }
    let nobody = ask(&desk.router, upload(form(&desk.module, "case.pdf", b"%PDF-1.7\n").into(), JSON)).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    assert_eq!(desk.left().await, (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_and_cut_off_requests_leave_nothing() {
    let desk = desk().await;
    let visitor = Visitor::signed_in(&desk.house, &desk.author).await;
    let mut wrong = visitor.request(upload(form(&desk.module, "a.pdf", b"%PDF-1.7\n").into(), JSON));
    wrong.headers_mut().insert(header::CONTENT_TYPE, "multipart/form-data; boundary=\"\"".parse().unwrap());
    assert!(ask(&desk.router, wrong).await.status.is_client_error());
    let other = String::from_utf8(form(&desk.module, "a.pdf", b"%PDF-1.7\n")).unwrap().replace("--XX", "--YY");
    assert!(ask(&desk.router, visitor.request(upload(other.into(), JSON))).await.status.is_client_error());

    // The line breaks in the middle of the file.
    let whole = form(&desk.module, "a.pdf", &[b"%PDF-1.7\n".as_slice(), &[b'x'; 200_000]].concat());
    let half = Bytes::copy_from_slice(&whole[..100_000]);
    let broken = futures::stream::iter([Ok(half.clone()), Err(std::io::Error::other("gone"))]);
    let answer = ask(&desk.router, visitor.request(upload(Body::from_stream(broken), JSON))).await;
    assert!(answer.status.is_client_error());
    // The body ends too early.
    let short = futures::stream::iter([Ok::<_, std::io::Error>(half.clone())]);
    assert!(ask(&desk.router, visitor.request(upload(Body::from_stream(short), JSON))).await.status.is_client_error());
    // The browser goes away and the request is dropped.
    let (sender, receiver) = futures::channel::mpsc::unbounded::<Result<Bytes, std::io::Error>>();
    sender.unbounded_send(Ok(half)).unwrap();
    let request = visitor.request(upload(Body::from_stream(receiver.boxed()), JSON));
    let gone = tokio::time::timeout(std::time::Duration::from_millis(300), ask(&desk.router, request)).await;
    assert!(gone.is_err(), "the upload waits for the rest");
    drop(sender);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(desk.left().await, (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_form_comes_back_with_what_was_typed() {
    let desk = desk().await;
    let visitor = Visitor::signed_in(&desk.house, &desk.author).await;
    let send = |name: &str, bytes: &[u8]| visitor.request(upload(form(&desk.module, name, bytes).into(), "text/html"));
    let refused = ask(&desk.router, send("case.pdf", b"MZ\x90")).await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER);
    let back = refused.header(header::LOCATION);
    assert_eq!(back, format!("/packs/modules/{}/files/new", desk.module));
    let why = "Files of this kind are not taken";
    let returned = refused.header(header::SET_COOKIE);
    assert!(returned.contains(&format!("Path={back};")) && returned.contains("HttpOnly"), "{returned}");
    let mut request = visitor.request(get(&back));
    let cookies = request.headers()[header::COOKIE].to_str().unwrap().to_owned();
    let cookies = format!("{cookies}; {}", returned.split(';').next().unwrap());
    request.headers_mut().insert(header::COOKIE, cookies.parse().unwrap());
    let page = ask(&desk.router, request).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("value=\"Case file\"") && page.body.contains(why));
    assert!(page.header(header::SET_COOKIE).contains("Max-Age=0"), "it is said once");
    // Nobody can have it said by an address.
    let forged = crate::app::encode(r#"{"Refused":"file_kind"}"#);
    let page = ask(&desk.router, visitor.request(get(&format!("{back}?error={forged}&title=Forged")))).await;
    assert!(page.status == StatusCode::OK && !page.body.contains(why) && !page.body.contains("value=\"Forged"));
    let taken = ask(&desk.router, send("case.pdf", b"%PDF-1.7\n1")).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    assert!(taken.header(header::LOCATION).contains(&format!("#m-{}", desk.module)));
    assert_eq!(desk.left().await, (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_video_is_sought_and_only_by_who_may() {
    let desk = desk().await;
    let mut video = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41".to_vec();
    video.extend((0..100_000u32).map(|n| (n % 253) as u8));
    let answer = desk.send(&desk.author, "Étude.mp4", &video).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let path = desk.file().await;
    let author = Visitor::signed_in(&desk.house, &desk.author).await;
    let with = |headers: &[(HeaderName, &str)]| {
        let mut request = author.request(get(&path));
        for (name, value) in headers {
            request.headers_mut().insert(name.clone(), value.parse().unwrap());
        }
        ask(&desk.router, request)
    };
    let whole = with(&[(header::ACCEPT_ENCODING, "gzip")]).await;
    assert_eq!((whole.status, whole.header(header::CONTENT_LENGTH)), (StatusCode::OK, video.len().to_string()));
    assert_eq!(whole.header(header::ACCEPT_RANGES), "bytes");
    assert_eq!(whole.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert!(whole.header(header::CONTENT_SECURITY_POLICY).contains("sandbox"));
    assert!(whole.header(header::CONTENT_DISPOSITION).ends_with("filename*=UTF-8''%C3%89tude.mp4"));
    let tag = whole.header(header::ETAG);
    let part = with(&[(header::RANGE, "bytes=50000-50009"), (header::IF_RANGE, &tag)]).await;
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.header(header::CONTENT_RANGE), format!("bytes 50000-50009/{}", video.len()));
    assert_eq!(part.header(header::CONTENT_LENGTH), "10");
    let changed = with(&[(header::RANGE, "bytes=0-9"), (header::IF_RANGE, "\"other\"")]).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_eq!(with(&[(header::RANGE, "bytes=900000-")]).await.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(with(&[(header::IF_NONE_MATCH, &tag)]).await.status, StatusCode::NOT_MODIFIED);

    let nobody = ask(&desk.router, get(&path)).await;
    assert_eq!(nobody.status, StatusCode::SEE_OTHER);
    let person = desk.house.person("Paula", &[]).await;
    let visitor = Visitor::signed_in(&desk.house, &person).await;
    assert_eq!(ask(&desk.router, visitor.request(get(&path))).await.status, StatusCode::NOT_FOUND);
    let _ = desk.course;
}
