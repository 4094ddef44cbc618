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
