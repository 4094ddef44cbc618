//! Receiving and reading, in memory and in a folder.

use super::*;
use futures::TryStreamExt;

fn id(n: u128) -> FileId {
    uuid::Uuid::from_u128(n).into()
}

fn pdf(length: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend((0..length).map(|n| (n % 251) as u8));
    bytes
}

async fn count(files: &Files) -> usize {
    files.store().list(None).try_collect::<Vec<_>>().await.expect("lists").len()
}

async fn round_trip(files: &Files) {
    // More than one part, in chunks that fit none.
    let bytes = pdf(6 * 1024 * 1024);
    let mut incoming = files.receive(id(1), "a/b/Case file.PDF", 10 << 20).await.expect("begins");
    for chunk in bytes.chunks(70_001) {
        incoming.write(Bytes::copy_from_slice(chunk)).await.expect("takes");
    }
    let arrived = incoming.finish().await.expect("arrives");
    assert_eq!((arrived.name.as_str(), arrived.media_type), ("Case file.PDF", "application/pdf"));
    assert_eq!(arrived.size, bytes.len() as i64);
    let expected: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(arrived.sha256, expected);
    let part: Vec<Bytes> =
        files.read(&arrived.key, 5_300_000..5_300_010).await.expect("reads").try_collect().await.expect("bytes");
    assert_eq!(part.concat(), bytes[5_300_000..5_300_010]);
    files.remove(&arrived.key).await;
    files.remove(&arrived.key).await;
    assert_eq!(count(files).await, 0);
}

async fn refusals(files: &Files) {
    assert!(files.receive(id(2), "x.exe", 100).await.is_err());
    let too_large = AppError::from(Refusal::FileTooLarge);
    let kind = AppError::from(Refusal::FileKind);
    let mut incoming = files.receive(id(3), "x.pdf", 100).await.expect("begins");
    assert_eq!(incoming.write(Bytes::from(pdf(200))).await.unwrap_err(), too_large);
    incoming.abort().await;
    let mut incoming = files.receive(id(4), "x.pdf", 10_000).await.expect("begins");
    let mut program = b"MZ".to_vec();
    program.resize(2000, 0);
    assert_eq!(incoming.write(Bytes::from(program)).await.unwrap_err(), kind);
    incoming.abort().await;
    let mut incoming = files.receive(id(5), "x.png", 10_000).await.expect("begins");
    incoming.write(Bytes::from_static(b"<html>")).await.expect("short, so not looked at yet");
    assert_eq!(incoming.finish().await.unwrap_err(), kind);
    // A zip file is no presentation.
    let mut incoming = files.receive(id(6), "x.pptx", 10_000).await.expect("begins");
    incoming.write(Bytes::from_static(b"PK\x03\x04 and nothing else")).await.expect("takes");
    assert_eq!(incoming.finish().await.unwrap_err(), kind);
    assert_eq!(count(files).await, 0);
}

#[tokio::test]
async fn in_memory() {
    let files = Files::memory();
    round_trip(&files).await;
    refusals(&files).await;
}

#[tokio::test]
async fn in_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = Files::open(folder.path().to_str().expect("plain")).expect("opens");
    round_trip(&files).await;
    refusals(&files).await;
}

/// A disk that is unmounted leaves an empty folder of its name, and is itself again when it is mounted.
#[tokio::test]
async fn nothing_is_written_beside_a_disk_that_was_taken_away() {
    let disks = tempfile::tempdir().expect("a folder");
    let [place, away] = ["files", "elsewhere"].map(|name| disks.path().join(name));
    let files = Files::open(place.to_str().expect("plain")).expect("opens");
    let probe = uuid::Uuid::from_u128(7);
    files.try_to_write(probe).await.expect("the disk is there");
    let mut under_way = files.receive(id(1), "x.pdf", 10 << 20).await.expect("begins");
    under_way.write(Bytes::from(pdf(2000))).await.expect("takes");

    std::fs::rename(&place, &away).expect("unmounted");
    for what_is_left in ["nothing", "an empty folder"] {
        assert_eq!(files.receive(id(2), "x.pdf", 100).await.err(), Some(AppError::Unavailable), "{what_is_left}");
        let refused = files.store().put(&Path::from("certificates/x.pdf"), Bytes::from_static(b"x").into()).await;
        assert!(refused.is_err_and(|error| error.to_string().contains("Mount the right one")), "{what_is_left}");
        files.try_to_write(probe).await.expect_err("is not ready");
        if what_is_left == "nothing" {
            assert!(!place.exists(), "it is not made anew");
            std::fs::create_dir(&place).expect("made");
        }
    }
    assert_eq!(under_way.finish().await.err(), Some(AppError::Unavailable), "no upload is said to be kept");
    assert_eq!(std::fs::read_dir(&place).expect("lists").count(), 0, "nothing was written beside the disk");

    std::fs::remove_dir(&place).expect("is empty");
    std::fs::rename(&away, &place).expect("mounted again");
    files.try_to_write(probe).await.expect("it is the same disk");
    round_trip(&files).await;
}

/// As much of S3 as files need, in memory on loopback; refuses what is not signed.
mod s3 {
    use axum::{
        Router,
        body::Bytes,
        extract::State,
        http::{HeaderMap, Method, StatusCode, Uri, header},
        response::{IntoResponse, Response},
    };
    use std::{
        collections::{BTreeMap, HashMap},
        sync::{Arc, Mutex},
    };

    #[derive(Default)]
    pub struct Shelf {
        pub objects: BTreeMap<String, Bytes>,
        pub uploads: HashMap<String, BTreeMap<u32, Bytes>>,
        pub begun: u32,
    }

    pub async fn serve() -> (String, Arc<Mutex<Shelf>>) {
        let shelf = Arc::new(Mutex::new(Shelf::default()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let address = listener.local_addr().expect("an address");
        let router = Router::new()
            .fallback(answer)
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(Arc::clone(&shelf));
        tokio::spawn(async move { axum::serve(listener, router).await });
        (format!("http://{address}"), shelf)
    }

    fn xml(body: &str) -> Response {
        ([(header::CONTENT_TYPE, "application/xml")], format!("<?xml version=\"1.0\"?>{body}")).into_response()
    }

    async fn answer(
        State(shelf): State<Arc<Mutex<Shelf>>>,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
        body: Bytes,
    ) -> Response {
        let signed = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        if !signed.is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 Credential=key/")) {
            return StatusCode::FORBIDDEN.into_response();
        }
        let Some(key) = uri.path().strip_prefix("/bucket").map(|key| key.trim_start_matches('/').to_owned()) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let query: HashMap<String, String> =
            form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let mut shelf = shelf.lock().expect("no panic");
        match (method.as_str(), query.get("uploadId"), query.get("partNumber")) {
            ("POST", None, _) if query.contains_key("uploads") => {
                shelf.begun += 1;
                let id = shelf.begun.to_string();
                shelf.uploads.insert(id.clone(), BTreeMap::new());
                xml(&format!(
                    "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
                ))
            }
            ("PUT", Some(upload), Some(part)) => {
                let part = part.parse().expect("a number");
                shelf.uploads.get_mut(upload).expect("begun").insert(part, body);
                [(header::ETAG, format!("\"{part}\""))].into_response()
            }
            ("POST", Some(upload), _) => {
                let parts = shelf.uploads.remove(upload).expect("begun");
                let whole: Vec<u8> = parts.into_values().flatten().collect();
                shelf.objects.insert(key, whole.into());
                xml("<CompleteMultipartUploadResult><ETag>\"whole\"</ETag></CompleteMultipartUploadResult>")
            }
            ("DELETE", Some(upload), _) => {
                shelf.uploads.remove(upload);
                StatusCode::NO_CONTENT.into_response()
            }
            ("DELETE", None, _) => {
                shelf.objects.remove(&key);
                StatusCode::NO_CONTENT.into_response()
            }
            ("POST", None, _) if query.contains_key("delete") => {
                let asked = String::from_utf8_lossy(&body).into_owned();
                for key in asked.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next()) {
                    shelf.objects.remove(key);
                }
                xml("<DeleteResult></DeleteResult>")
            }
            ("GET", ..) if query.contains_key("list-type") => {
                let listed: String = shelf
                    .objects
                    .iter()
                    .map(|(key, bytes)| {
                        format!(
                            "<Contents><Key>{key}</Key><Size>{}</Size><ETag>\"whole\"</ETag>\
                             <LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>",
                            bytes.len()
                        )
                    })
                    .collect();
                xml(&format!("<ListBucketResult><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>"))
            }
            ("GET", ..) => {
                let Some(bytes) = shelf.objects.get(&key) else { return StatusCode::NOT_FOUND.into_response() };
                let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok()).expect("a range");
                let (from, to) = range.trim_start_matches("bytes=").split_once('-').expect("from and to");
                let (from, to): (usize, usize) = (from.parse().expect("a number"), to.parse().expect("a number"));
                let to = to.min(bytes.len() - 1);
                let about = [
                    (header::CONTENT_RANGE, format!("bytes {from}-{to}/{}", bytes.len())),
                    (header::ETAG, "\"whole\"".to_owned()),
                    (header::LAST_MODIFIED, "Thu, 01 Jan 2026 00:00:00 GMT".to_owned()),
                ];
                (StatusCode::PARTIAL_CONTENT, about, bytes.slice(from..=to)).into_response()
            }
            _ => StatusCode::NOT_IMPLEMENTED.into_response(),
        }
    }
}

#[tokio::test]
async fn in_s3() {
    let (endpoint, shelf) = s3::serve().await;
    let builder = AmazonS3Builder::new()
        .with_endpoint(endpoint)
        .with_allow_http(true)
        .with_region("eu-test-1")
        .with_access_key_id("key")
        .with_secret_access_key("secret");
    let files = Files::s3(builder, "bucket/courses").expect("opens");
    round_trip(&files).await;
    refusals(&files).await;
    let shelf = shelf.lock().expect("no panic");
    assert!(shelf.begun > 0, "it was the bucket that was asked");
    assert_eq!((shelf.objects.len(), shelf.uploads.len()), (0, 0), "nothing is left, begun uploads included");
}

/// A store that takes the line and says nothing, or half of what was asked for and then nothing.
async fn half(said: &'static str) -> Files {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("listens");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut line, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut asked = [0; 4096];
                let _ = line.read(&mut asked).await;
                let _ = line.write_all(said.as_bytes()).await;
                while matches!(line.read(&mut asked).await, Ok(1..)) {}
            });
        }
    });
    let builder = AmazonS3Builder::new()
        .with_endpoint(endpoint)
        .with_allow_http(true)
        .with_region("eu")
        .with_access_key_id("key")
        .with_secret_access_key("secret");
    Files::s3(builder, "bucket").expect("opens").patient(Duration::from_millis(300))
}

#[tokio::test]
async fn a_store_that_says_nothing_is_away() {
    let files = half("").await;
    let all = async {
        assert_eq!(files.receive(id(1), "x.pdf", 100).await.err(), Some(AppError::Unavailable));
        assert_eq!(files.read("aa/x", 0..10).await.err(), Some(AppError::Unavailable));
        assert!(files.store().list(None).try_collect::<Vec<_>>().await.is_err());
        let path = Path::from("aa/x");
        assert!(files.store().put(&path, Bytes::from_static(b"x").into()).await.is_err());
        assert!(files.store().head(&path).await.is_err());
        files.remove("aa/x").await;
    };
    tokio::time::timeout(Duration::from_secs(30), all).await.expect("nobody waits for ever");
}

#[tokio::test]
async fn a_store_that_falls_silent_half_way_is_away_too() {
    let said = "HTTP/1.1 206 Partial Content\r\nContent-Length: 10\r\nContent-Range: bytes 0-9/10\r\nETag: \"x\"\r\n\
                Last-Modified: Tue, 24 Nov 2026 08:00:00 GMT\r\n\r\nhalf";
    let files = half(said).await;
    let all = async {
        let mut bytes = files.read("aa/x", 0..10).await.expect("begins");
        assert_eq!(bytes.next().await.expect("a piece").expect("whole"), Bytes::from_static(b"half"));
        while let Some(piece) = bytes.next().await {
            if piece.is_err() {
                return;
            }
        }
        panic!("half a file passes for a whole one");
    };
    tokio::time::timeout(Duration::from_secs(30), all).await.expect("nobody waits for ever");
}
