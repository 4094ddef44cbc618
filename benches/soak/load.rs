//! The load: many people at once, each with pauses as people have them, until they are told to stop.

use crate::{
    dice::Dice,
    http::{Answer, Question, ask, form, head, with_file},
    ledger::{Ledger, Write},
    world::{ASKERS, FEW, LINKS, SECRET, Visitor, World},
};
use magistra::{
    attendance::{
        checkin::{codes, model::Way},
        model::{Action, MarkState, Touch},
    },
    common::ids::DeliveryId,
    people::service::token_hash,
    platform::{clock::Clock, text::hex},
};
use sha2::{Digest, Sha256};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
};
use uuid::Uuid;

const MARKERS: u64 = 3;
const READERS: u64 = 3;
const WATCHERS: u64 = 6;
/// Who gets no answer, or is told that it cannot be done now, waits a little.
const AFTER_FAILURE: Duration = Duration::from_millis(400);
/// How long the last answers may take once all are to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(90);

/// The password of the demonstration's accounts.
pub const PASSWORD: &str = "correct horse battery 12";
const ACCOUNTS: [&str; 6] = ["officer", "admin", "trainer", "judge", "prosecutor", "observer"];

struct Shared {
    addr: SocketAddr,
    world: Arc<World>,
    ledger: Arc<Ledger>,
    stop: AtomicBool,
    callers: AtomicU32,
    seed: u64,
    calls: AtomicUsize,
}

/// All who are at it.
pub struct Load {
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
}

impl Load {
    /// Lets them begin.
    pub fn begin(addr: SocketAddr, world: Arc<World>, ledger: Arc<Ledger>, seed: u64) -> Self {
        let shared = Arc::new(Shared {
            addr,
            world,
            ledger,
            stop: AtomicBool::new(false),
            callers: AtomicU32::new(1),
            seed,
            calls: AtomicUsize::new(0),
        });
        let mut tasks = JoinSet::new();
        for n in 0..MARKERS {
            tasks.spawn(Arc::clone(&shared).mark(100 + n));
        }
        for n in 0..READERS {
            tasks.spawn(Arc::clone(&shared).read(200 + n));
        }
        for n in 0..WATCHERS {
            tasks.spawn(Arc::clone(&shared).watch(300 + n));
        }
        tasks.spawn(Arc::clone(&shared).contend(400));
        tasks.spawn(Arc::clone(&shared).upload(500));
        tasks.spawn(Arc::clone(&shared).scan(600));
        tasks.spawn(Arc::clone(&shared).arrive(700));
        tasks.spawn(Arc::clone(&shared).sign_in(800));
        tasks.spawn(Arc::clone(&shared).forget(900));
        Self { shared, tasks }
    }

    /// Tells them to stop and waits for their last answers.
    pub async fn end(mut self) -> Result<(), String> {
        self.shared.stop.store(true, Ordering::Relaxed);
        let all = async {
            while let Some(ended) = self.tasks.join_next().await {
                ended.map_err(|error| format!("somebody of the load fell over: {error}"))?;
            }
            Ok::<(), String>(())
        };
        timeout(LAST_ANSWERS, all).await.map_err(|_| "some of the load got no last answer".to_owned())?
    }
}

impl Shared {
    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    /// Asks, as somebody from an address of their own.
    async fn ask(&self, question: &Question<'_>) -> Option<Answer> {
        let (at, calm) = (Instant::now(), !self.ledger.is_troubled());
        let answer = ask(self.addr, question, self.callers.fetch_add(1, Ordering::Relaxed)).await;
        self.ledger.asked(at, calm, answer.as_ref());
        if answer.as_ref().is_none_or(|answer| answer.status >= 500) {
            sleep(AFTER_FAILURE).await;
        }
        answer
    }

    /// Asks for something to be kept.
    async fn write(&self, write: Write, question: &Question<'_>, promised: impl Fn(&Answer) -> bool) {
        let at = Instant::now();
        let answer = self.ask(question).await;
        self.ledger.settle(write, at, answer.as_ref(), promised);
    }

    /// Marks in registers; every tenth time the last action is undone.
    async fn mark(self: Arc<Self>, who: u64) {
        let mut dice = Dice::new(self.seed, who);
        let world = &self.world;
        while self.goes_on() {
            let (cookie, slot, id) = (dice.pick(&world.keepers).clone(), *dice.pick(&world.slots), dice.uuid());
            let place = *dice.pick(&world.places);
            let (delivery, slot) = (world.register.to_string(), slot.to_string());
            if dice.below(10) == 0 {
                let body = form(&[("delivery", delivery.as_str()), ("slot", slot.as_str()), ("id", &*id.to_string())]);
                self.undo(id, &Question::function("/_fn/attendance/undo", &cookie, &body)).await;
            } else {
                let touch = Touch {
                    enrolment: place,
                    state: *dice.pick(MarkState::ALL),
                    missed: String::new(),
                    note: if dice.below(4) == 0 { format!("noted {id}") } else { String::new() },
                    seen: None,
                    seen_too: None,
                };
                let action = Action { id, touches: vec![touch], everyone: false, reason: String::new(), made_at: None };
                let action = serde_json::to_string(&action).unwrap_or_default();
                let body =
                    form(&[("delivery", delivery.as_str()), ("slot", slot.as_str()), ("action", action.as_str())]);
                let question = Question::function("/_fn/attendance/mark", &cookie, &body);
                self.write(Write::Mark(id), &question, |answer| answer.text().contains("\"enrolment\"")).await;
            }
            sleep(dice.millis(150, 450)).await;
        }
    }

    /// Undoes; where there was nothing to undo, nothing is to be kept.
    async fn undo(&self, id: Uuid, question: &Question<'_>) {
        let at = Instant::now();
        let answer = self.ask(question).await;
        if answer.as_ref().is_some_and(|answer| answer.status == 200 && !answer.text().contains("\"enrolment\"")) {
            return;
        }
        self.ledger.settle(Write::Undo(id), at, answer.as_ref(), |_| true);
    }

    /// Many try for the few places of a call, at the same moment; then for those of the next.
    async fn contend(self: Arc<Self>, who: u64) {
        let mut dice = Dice::new(self.seed, who);
        while self.goes_on() {
            let next = self.calls.fetch_add(1, Ordering::Relaxed);
            let Some(call) = self.world.calls.get(next).copied() else { return };
            let mut order: Vec<usize> = (0..self.world.crowd.len()).collect();
            dice.shuffle(&mut order);
            let mut tries = JoinSet::new();
            for who in order.into_iter().take(4 * FEW) {
                tries.spawn(Arc::clone(&self).enrol(call, self.world.crowd[who].clone()));
            }
            while tries.join_next().await.is_some() {}
            sleep(dice.millis(4000, 6000)).await;
        }
    }

    async fn enrol(self: Arc<Self>, call: DeliveryId, who: Visitor) {
        let body = form(&[("delivery", &*call.to_string())]);
        let question = Question::function("/_fn/enrolment/enrol", &who.cookie, &body);
        self.write(Write::Place(call, who.person), &question, |_| true).await;
    }

    /// A picture as far as its first bytes tell, and what it is known by.
    fn picture(dice: &mut Dice) -> (Vec<u8>, String) {
        let length = 20_000 + dice.below(80_000);
        let mut bytes = dice.bytes(length);
        bytes[..16].copy_from_slice(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
        let sum = hex(Sha256::digest(&bytes));
        (bytes, sum)
    }

    /// Puts files into modules.
    async fn upload(self: Arc<Self>, who: u64) {
        let mut dice = Dice::new(self.seed, who);
        let officer = &self.world.keepers[0];
        while self.goes_on() {
            let (bytes, sum) = Self::picture(&mut dice);
            let [id, module] = [dice.uuid(), *dice.pick(&self.world.modules)].map(|id| id.to_string());
            let fields = [("id", id.as_str()), ("module", module.as_str()), ("title", "A picture"), ("minutes", "1")];
            let (body, kind) = with_file(&fields, "picture.png", &bytes);
            let question = Question { method: "POST", path: "/uploads", cookie: officer, kind: &kind, body: &body };
            self.write(Write::File(sum), &question, |answer| answer.status == 200).await;
            sleep(dice.millis(2000, 4000)).await;
        }
    }

    /// Puts scans of signed sheets to registers.
    async fn scan(self: Arc<Self>, who: u64) {
        let mut dice = Dice::new(self.seed, who);
        let officer = &self.world.keepers[0];
        while self.goes_on() {
            let (bytes, sum) = Self::picture(&mut dice);
            let slot = dice.pick(&self.world.slots);
            let path = format!("/deliveries/{}/register/{slot}/scans", self.world.register);
            let (body, kind) = with_file(&[], "sheet.png", &bytes);
            let question = Question { method: "POST", path: &path, cookie: officer, kind: &kind, body: &body };
            // A refusal leads back to the form, and says nothing good there.
            let uploaded = |answer: &Answer| answer.status == 303 && answer.head.contains("flash=uploaded");
            self.write(Write::File(sum), &question, uploaded).await;
            sleep(dice.millis(3000, 6000)).await;
        }
    }

    /// Checks people in, each once at each door.
    async fn arrive(self: Arc<Self>, who: u64) {
        let mut dice = Dice::new(self.seed, who);
        let world = &self.world;
        let mut to_come: Vec<(usize, usize)> =
            (0..world.doors.len()).flat_map(|door| (0..world.crowd.len()).map(move |who| (door, who))).collect();
        dice.shuffle(&mut to_come);
        for (door, who) in to_come {
            if !self.goes_on() {
                return;
            }
            let (slot, who) = (world.doors[door], &world.crowd[who]);
            let ticket = codes::ticket(&SECRET, Way::In, Clock::System.now());
            let body = form(&[("slot", &*slot.to_string()), ("way", "in"), ("ticket", ticket.as_str())]);
            let question = Question::function("/_fn/attendance/arrive", &who.cookie, &body);
            self.write(Write::Arrival(slot, who.person), &question, |_| true).await;
            sleep(dice.millis(500, 1100)).await;
        }
    }

    /// Signs in to the accounts of the demonstration, from ever new browsers.
    async fn sign_in(self: Arc<Self>, who: u64) {
        let mut dice = Dice::new(self.seed, who);
        while self.goes_on() {
            let email = format!("{}@magistra.example", dice.pick(&ACCOUNTS));
            let body = form(&[("email", email.as_str()), ("password", PASSWORD), ("next", "/")]);
            let at = Instant::now();
            let answer = self.ask(&Question::function("/_fn/people/sign-in", "", &body)).await;
            // Without an answer there is no session that anybody knows of.
            if let Some(answer) = answer
                && let Some(token) = token_of(&answer)
            {
                self.ledger.settle(Write::SignIn(token_hash(&token)), at, Some(&answer), |_| true);
            }
            sleep(dice.millis(4000, 9000)).await;
        }
    }

    /// Asks for links, with one address after the other.
    async fn forget(self: Arc<Self>, who: u64) {
        let mut dice = Dice::new(self.seed, who);
        for n in 0..ASKERS * LINKS as usize {
            if !self.goes_on() {
                return;
            }
            let (address, time) = (&self.world.askers[n % ASKERS], (n / ASKERS) as u32);
            let body = form(&[("email", address.as_str()), ("language", "en")]);
            let question = Question::function("/_fn/people/forgotten", "", &body);
            self.write(Write::Link(address.clone(), time), &question, |_| true).await;
            sleep(dice.millis(1500, 2500)).await;
        }
    }

    /// Reads pages.
    async fn read(self: Arc<Self>, who: u64) {
        let mut dice = Dice::new(self.seed, who);
        while self.goes_on() {
            let (path, cookie) = dice.pick(&self.world.pages);
            self.ask(&Question::page(path, cookie)).await;
            sleep(dice.millis(100, 300)).await;
        }
    }

    /// Keeps a register open that is told of others' marks, and comes again whenever that ends.
    async fn watch(self: Arc<Self>, who: u64) {
        let mut dice = Dice::new(self.seed, who);
        while self.goes_on() {
            let slot = *dice.pick(&self.world.slots);
            let path = format!("/deliveries/{}/register/{slot}/live", self.world.register);
            let _ = self.listen(&Question::page(&path, &self.world.keepers[0])).await;
            sleep(dice.millis(500, 1500)).await;
        }
    }

    async fn listen(&self, question: &Question<'_>) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(self.addr).await?;
        let caller = self.callers.fetch_add(1, Ordering::Relaxed);
        stream.write_all(head(self.addr, question, caller).as_bytes()).await?;
        let mut bytes = vec![0; 16 * 1024];
        while self.goes_on() {
            // Something is said now and then even where nobody marks.
            if let Ok(read) = timeout(Duration::from_secs(2), stream.read(&mut bytes)).await
                && read? == 0
            {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// The token of the session that an answer opens.
fn token_of(answer: &Answer) -> Option<String> {
    let mut cookies = answer.head.lines().filter_map(|line| line.split_once(": "));
    let session = cookies.find_map(|(name, value)| {
        if name.eq_ignore_ascii_case("set-cookie") { value.strip_prefix("magistra=") } else { None }
    })?;
    Some(session.split(';').next().unwrap_or_default().to_owned()).filter(|token| !token.is_empty())
}
