//! The loop that takes connections: how many there may be, and how long one may keep us waiting.
//!
//! A connection is closed when a request's head does not come in time, when nothing is asked on it for long,
//! and when nothing that we send is taken. One address may hold only so many, unless it is a proxy's: then
//! all come from there, and the proxy counts. Beyond the limits a short answer says so (503).

use crate::platform::{
    gates::{NoSeat, Seat, Seats},
    http::caller,
};
use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, Request},
};
use futures::task::AtomicWaker;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper_util::rt::TokioIo;
use std::{
    convert::Infallible,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    time::{Instant, Sleep, sleep_until},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service;

/// How long requests under way may take to end once the server is to stop: less than a service manager waits
/// (`TimeoutStopSec` of our unit), so that the database is closed as it should be.
const FAREWELL: Duration = Duration::from_secs(25);
/// How long we wait when the system has no further connection to give.
const BREATH: Duration = Duration::from_millis(100);
/// Files that are not connections: the database's, the log's, those being sent.
const OTHER_FILES: usize = 192;
const REFUSAL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\n\
    content-length: 66\r\nretry-after: 10\r\nconnection: close\r\n\r\n\
    Too many connections are open. Please try again in a few seconds.\n";

/// How many connections there may be, and how long one may keep us waiting.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Connections in all.
    pub connections: usize,
    /// Connections from one address; none behind a proxy, from whose address all come.
    pub by_source: Option<usize>,
    /// Within this a request's head must have come, from its first byte.
    pub header: Duration,
    /// After this a connection is closed on which nothing is asked, or on which nothing that is sent is taken.
    pub idle: Duration,
}

/// Lets this process open as many files as the system allows it to, and says how many that is.
pub fn raise_open_files() -> Option<usize> {
    // Read rather than asked for: where the limits may not be set, asking may be forbidden too.
    let text = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    let mut words = line.split_whitespace();
    let (soft, hard) = (words.next()?.parse::<u64>().ok()?, words.next()?.parse::<u64>().ok()?);
    let mut open = soft;
    if soft < hard {
        let limit = rustix::process::Rlimit { current: Some(hard), maximum: Some(hard) };
        match rustix::process::setrlimit(rustix::process::Resource::Nofile, limit) {
            Ok(()) => open = hard,
            Err(error) => tracing::warn!(%error, soft, hard, "the limit of open files could not be raised"),
        }
    }
    usize::try_from(open).ok()
}

/// As many connections as are asked for, unless so many files may not be open.
pub fn within_files(asked: usize, open_files: Option<usize>) -> usize {
    open_files.map_or(asked, |open| asked.min(open.saturating_sub(OTHER_FILES).max(open / 2)).max(1))
}

/// Serves until told to stop; what is under way then is finished first.
pub async fn serve(listener: TcpListener, router: Router, bounds: Bounds, stop: CancellationToken) {
    let seats = Seats::<IpAddr>::new(bounds.connections, bounds.by_source.unwrap_or(usize::MAX));
    let tasks = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let source = bounds.by_source.is_some().then(|| caller::network(peer.ip()));
                match seats.take(source) {
                    Ok(seat) => {
                        tasks.spawn(connection(stream, peer, seat, router.clone(), bounds, stop.clone()));
                    }
                    Err(why) => refuse(stream, peer, why),
                }
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no further connection can be taken");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    drop(listener);
    tasks.close();
    if tokio::time::timeout(FAREWELL, tasks.wait()).await.is_err() {
        tracing::warn!(connections = seats.taken(), "connections that did not end are cut off");
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Says at once that there is no room. What does not fit into the system's buffer is not waited for.
fn refuse(stream: TcpStream, peer: SocketAddr, why: NoSeat) {
    metrics::counter!("magistra_connections_refused_total").increment(1);
    tracing::debug!(%peer, ?why, "a connection too many");
    if let Ok(mut stream) = stream.into_std() {
        let _ = io::Write::write_all(&mut stream, REFUSAL);
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    _seat: Seat<IpAddr>,
    router: Router,
    bounds: Bounds,
    stop: CancellationToken,
) {
    let work = Arc::new(Work::default());
    let patient = Patient::new(stream, Arc::clone(&work), bounds);
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut router = router.clone();
        let busy = Busy::new(&work);
        async move {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let response = router.call(request).await?;
            Ok::<_, Infallible>(response.map(|body| Sending { body, _busy: busy }))
        }
    });
    let serving = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(patient), service);
    tokio::pin!(serving);
    let outcome = tokio::select! {
        outcome = serving.as_mut() => outcome,
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%peer, %error, "a connection ended early");
    }
}

/// What a connection is doing.
#[derive(Default)]
struct Work {
    /// Whether a request is being worked on or answered.
    busy: AtomicBool,
    /// How many requests have come whole.
    requests: AtomicUsize,
    /// Told when an answer has ended, so that the time for the next request begins then.
    answered: AtomicWaker,
}

/// While it lives a request is being worked on or answered, and nothing is expected of the other side.
struct Busy(Arc<Work>);

impl Busy {
    fn new(work: &Arc<Work>) -> Self {
        work.requests.fetch_add(1, Ordering::AcqRel);
        work.busy.store(true, Ordering::Release);
        Self(Arc::clone(work))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::Release);
        self.0.answered.wake();
    }
}

/// An answer on its way.
struct Sending {
    body: Body,
    _busy: Busy,
}

impl HttpBody for Sending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection that is waited for only so long.
struct Patient<S> {
    stream: S,
    work: Arc<Work>,
    bounds: Bounds,
    /// The requests that have come whole, when it was last looked.
    requests: usize,
    /// Whether some of the next request's head has come.
    begun: bool,
    /// Until when the next request, or the rest of its head, must come.
    reading: Option<Pin<Box<Sleep>>>,
    /// Until when something must be taken of what is sent.
    writing: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    fn new(stream: S, work: Arc<Work>, bounds: Bounds) -> Self {
        Self { stream, work, bounds, requests: 0, begun: false, reading: None, writing: None }
    }

    /// Whether a request is being worked on: its handler says how long its body may take.
    fn is_busy(&mut self) -> bool {
        let requests = self.work.requests.load(Ordering::Acquire);
        if requests != self.requests {
            (self.requests, self.begun, self.reading) = (requests, false, None);
        }
        self.work.busy.load(Ordering::Acquire)
    }

    /// Waits for the other side to ask; an error when it has taken too long.
    fn wait_for_request(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_busy() {
            self.reading = None;
            self.work.answered.register(cx.waker());
            // The answer may have ended between the two.
            if self.is_busy() {
                return Poll::Pending;
            }
        }
        let limit = if self.begun { self.bounds.header } else { self.bounds.idle };
        let until = self.reading.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + limit)));
        ready!(until.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Says whether what is sent is taken; an error when nothing was for too long.
    fn wait_for_taking<T>(&mut self, cx: &mut Context<'_>, sent: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if sent.is_ready() {
            self.writing = None;
            return sent;
        }
        let limit = self.bounds.idle;
        let until = self.writing.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + limit)));
        ready!(until.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Ready(outcome) => {
                // The time for the head runs from its first byte; later ones do not prolong it.
                if !self.is_busy() && !self.begun && buf.filled().len() > before {
                    (self.begun, self.reading) = (true, None);
                }
                Poll::Ready(outcome)
            }
            Poll::Pending => self.wait_for_request(cx),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.wait_for_taking(cx, sent)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.wait_for_taking(cx, sent)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests;
