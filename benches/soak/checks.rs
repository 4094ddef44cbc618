//! What must hold at the end, read from the database and the store of files themselves.

use crate::{
    ledger::{Fate, Ledger, Write},
    mail::Letter,
    world::World,
    wrong_clock::far_ahead,
};
use futures::StreamExt;
use magistra::{
    attendance::{model, store as attendance},
    common::ids::{DeliveryId, FileId, JobId, PersonId, SlotId},
    fetch_all, fetch_one,
    people::store as people,
    platform::{
        clock::Clock,
        db::{Db, DbError, Reader, Statement},
        files::Files,
        mail::{self, smtp::LINES},
        store::FileRow,
        text::hex,
    },
};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::Path,
};
use uuid::Uuid;

const ACTIONS: Statement<(Uuid,)> = Statement::new("soak::actions", "SELECT DISTINCT id FROM mark_change");
const ARRIVALS: Statement<(SlotId, PersonId)> = Statement::new(
    "soak::arrivals",
    "SELECT c.slot_id, e.person_id FROM mark_change c JOIN enrolment e ON e.id = c.enrolment_id WHERE c.source = 'self'",
);
const HELD: Statement<(DeliveryId, PersonId)> = Statement::new(
    "soak::held",
    "SELECT e.delivery_id, e.person_id FROM enrolment e JOIN delivery d ON d.id = e.delivery_id
     WHERE d.title LIKE 'Soak %' AND e.state IN ('selected', 'invited', 'confirmed', 'attended', 'partly_attended',
        'not_attended', 'completed', 'not_completed')",
);
const COUNTED: Statement<(DeliveryId, i64, i64)> =
    Statement::new("soak::counted", "SELECT id, capacity, taken FROM delivery WHERE title LIKE 'Soak %'");
const FILES: Statement<FileRow> =
    Statement::new("soak::files", "SELECT id, key, name, media_type, size, sha256 FROM file");
const NAMED: Statement<(FileId,)> = Statement::new(
    "soak::named",
    "SELECT file_id FROM material WHERE file_id IS NOT NULL UNION SELECT file_id FROM register_scan",
);
const LETTERS: Statement<(JobId, String)> =
    Statement::new("soak::letters", "SELECT id, state FROM job WHERE kind = $1");
const PARKED: Statement<(String, Option<String>)> =
    Statement::new("soak::parked", "SELECT kind, last_error FROM job WHERE state = 'parked' ORDER BY id");
/// What waits for a date on record, or for tomorrow, waits rightly.
const OPEN: Statement<(i64,)> = Statement::new(
    "soak::open",
    "SELECT COUNT(*) FROM job WHERE state = 'running' OR (state = 'queued' AND (run_at <= $1 OR attempts > 0))",
);

/// Something that must hold.
#[derive(Clone, Debug)]
pub struct Finding {
    pub what: &'static str,
    pub said: String,
    pub ok: bool,
}

impl Finding {
    pub fn new(what: &'static str, said: impl Into<String>, ok: bool) -> Self {
        Self { what, said: said.into(), ok }
    }
}

/// How many jobs wait that should have been done.
pub async fn open_jobs(db: &Db) -> Result<i64, DbError> {
    let mut reader = db.read().await?;
    let (count,): (i64,) = fetch_one!(&mut reader, OPEN, Clock::System.now())?;
    Ok(count)
}

/// What became of writes, beside whether they are there.
#[derive(Default)]
struct Weighed {
    acknowledged: usize,
    missing: usize,
    refused: usize,
    there: usize,
    doubtful: usize,
    doubtful_there: usize,
    unknown: usize,
}

impl Weighed {
    fn add(&mut self, fate: Fate, there: bool) {
        match fate {
            Fate::Acknowledged => {
                self.acknowledged += 1;
                self.missing += usize::from(!there);
            }
            Fate::Refused => {
                self.refused += 1;
                self.there += usize::from(there);
            }
            Fate::Doubtful => {
                self.doubtful += 1;
                self.doubtful_there += usize::from(there);
            }
            Fate::Unknown => self.unknown += 1,
        }
    }

    fn finding(&self, what: &'static str) -> Finding {
        let Self { acknowledged, missing, refused, there, doubtful, doubtful_there, unknown } = self;
        let mut said = format!(
            "{acknowledged} acknowledged, {missing} missing; {refused} refused, {there} there; {unknown} without an answer"
        );
        if *doubtful > 0 {
            said.push_str(&format!("; {doubtful} refused as the database went down, {doubtful_there} there"));
        }
        Finding::new(what, said, *missing == 0 && *there == 0)
    }
}

/// What the checks read.
pub struct Evidence<'a> {
    pub db: &'a Db,
    pub files: &'a Path,
    pub world: &'a World,
    pub ledger: &'a Ledger,
    pub letters: &'a [Letter],
    /// How often a conversation with the mail server may have been cut off.
    pub cuts: usize,
}

/// Looks at everything.
pub async fn look(evidence: &Evidence<'_>) -> Result<Vec<Finding>, String> {
    let writes = evidence.ledger.writes();
    let mut reader = evidence.db.read().await.map_err(|error| error.to_string())?;
    let mut findings = kept(&mut reader, evidence, &writes).await.map_err(|error| error.to_string())?;
    findings.push(stored(&mut reader, evidence.files, &writes).await?);
    findings.push(places(&mut reader).await.map_err(|error| error.to_string())?);
    findings.push(replayed(&mut reader, evidence.world).await.map_err(|error| error.to_string())?);
    findings.push(queue(evidence.db).await.map_err(|error| error.to_string())?);
    findings.extend(letters(&mut reader, evidence).await.map_err(|error| error.to_string())?);
    findings.push(links(evidence, &writes));
    Ok(findings)
}

/// Marks, places, arrivals and sessions.
async fn kept(
    reader: &mut Reader,
    evidence: &Evidence<'_>,
    writes: &BTreeMap<Write, Fate>,
) -> Result<Vec<Finding>, DbError> {
    let actions: Vec<(Uuid,)> = fetch_all!(reader, ACTIONS)?;
    let actions: HashSet<Uuid> = actions.into_iter().map(|(id,)| id).collect();
    let arrivals: Vec<(SlotId, PersonId)> = fetch_all!(reader, ARRIVALS)?;
    let arrivals: HashSet<_> = arrivals.into_iter().collect();
    let held: Vec<(DeliveryId, PersonId)> = fetch_all!(reader, HELD)?;
    let held: HashSet<_> = held.into_iter().collect();
    let [mut marks, mut undone, mut taken, mut arrived, mut sessions] = [(); 5].map(|()| Weighed::default());
    let now = Clock::System.now();
    for (write, fate) in writes {
        match write {
            Write::Mark(id) => marks.add(*fate, actions.contains(id)),
            Write::Undo(id) => undone.add(*fate, actions.contains(id)),
            Write::Place(delivery, person) => taken.add(*fate, held.contains(&(*delivery, *person))),
            Write::Arrival(slot, person) => arrived.add(*fate, arrivals.contains(&(*slot, *person))),
            Write::SignIn(hash) => {
                let there = people::actor_by_token(reader, hash, now).await?.is_some();
                sessions.add(*fate, there);
            }
            Write::File(_) | Write::Link(..) => {}
        }
    }
    let full = evidence.world.calls.iter().filter(|call| held.iter().any(|(delivery, _)| delivery == *call)).count();
    let mut findings =
        vec![marks.finding("marks"), undone.finding("undoings"), arrived.finding("check-ins"), taken.finding("places")];
    if let Some(places) = findings.last_mut() {
        places.said.push_str(&format!("; {full} calls fought over"));
    }
    findings.push(sessions.finding("sign-ins"));
    Ok(findings)
}

/// Files: a record that something names, and the very bytes in the store.
async fn stored(reader: &mut Reader, folder: &Path, writes: &BTreeMap<Write, Fate>) -> Result<Finding, String> {
    let rows: Vec<FileRow> = fetch_all!(reader, FILES).map_err(|error| error.to_string())?;
    let named: Vec<(FileId,)> = fetch_all!(reader, NAMED).map_err(|error| error.to_string())?;
    let named: HashSet<FileId> = named.into_iter().map(|(id,)| id).collect();
    let rows: HashMap<&str, &FileRow> =
        rows.iter().filter(|row| named.contains(&row.id)).map(|row| (row.sha256.as_str(), row)).collect();
    let files = Files::open(&folder.display().to_string())?;
    let mut weighed = Weighed::default();
    let mut spoilt = 0;
    for (write, fate) in writes {
        let Write::File(sum) = write else { continue };
        let row = rows.get(sum.as_str());
        weighed.add(*fate, row.is_some());
        if let Some(row) = row {
            spoilt += usize::from(sum_of(&files, row).await.as_deref() != Some(sum.as_str()));
        }
    }
    let mut finding = weighed.finding("uploads and scans");
    finding.said.push_str(&format!("; {spoilt} with other bytes or none"));
    finding.ok &= spoilt == 0;
    Ok(finding)
}

/// The SHA-256 of what the store has; none where it cannot be read.
async fn sum_of(files: &Files, row: &FileRow) -> Option<String> {
    let mut bytes = files.read(&row.key, 0..u64::try_from(row.size).ok()?).await.ok()?;
    let mut hash = Sha256::new();
    while let Some(piece) = bytes.next().await {
        hash.update(piece.ok()?);
    }
    Some(hex(hash.finalize()))
}

/// Places taken are places held, and no more than there are.
async fn places(reader: &mut Reader) -> Result<Finding, DbError> {
    let held: Vec<(DeliveryId, PersonId)> = fetch_all!(reader, HELD)?;
    let counted: Vec<(DeliveryId, i64, i64)> = fetch_all!(reader, COUNTED)?;
    let mut count: HashMap<DeliveryId, i64> = HashMap::new();
    for (delivery, _) in held {
        *count.entry(delivery).or_default() += 1;
    }
    let wrong = counted
        .iter()
        .filter(|(delivery, capacity, taken)| {
            let held = count.get(delivery).copied().unwrap_or_default();
            held != *taken || held > *capacity
        })
        .count();
    let said = format!("{} deliveries, {wrong} of them wrong", counted.len());
    Ok(Finding::new("taken = held ≤ capacity", said, wrong == 0 && !counted.is_empty()))
}

/// The history of each register amounts to its marks.
async fn replayed(reader: &mut Reader, world: &World) -> Result<Finding, DbError> {
    let slots = world.slots.iter().map(|slot| (world.register, *slot));
    let slots = slots.chain(world.doors.iter().map(|slot| (world.hall, *slot)));
    let (mut registers, mut changes, mut wrong) = (0, 0, 0);
    for (delivery, slot) in slots {
        let history: Vec<_> =
            attendance::changes(reader, slot).await?.iter().filter_map(attendance::ChangeRow::change).collect();
        let stands: BTreeMap<_, _> = attendance::names(reader, delivery, slot)
            .await?
            .iter()
            .filter_map(|row| Some((row.id, row.mark.mark()?)))
            .collect();
        registers += 1;
        changes += history.len();
        wrong += usize::from(model::replay(&history, None) != stands);
    }
    let said = format!("{registers} registers, {changes} changes, {wrong} that amount to something else");
    Ok(Finding::new("history replays to marks", said, wrong == 0 && changes > 0))
}

/// Nothing waits that should have been done, nothing was given up, nothing waits for years.
async fn queue(db: &Db) -> Result<Finding, DbError> {
    let open = open_jobs(db).await?;
    let far = far_ahead(db, Clock::System.now()).await?;
    let mut reader = db.read().await?;
    let parked: Vec<(String, Option<String>)> = fetch_all!(&mut reader, PARKED)?;
    let mut said = format!("{open} open, {} given up, {far} for years", parked.len());
    if let Some((kind, error)) = parked.first() {
        said.push_str(&format!(" (the first: {kind}, {})", error.clone().unwrap_or_default()));
    }
    Ok(Finding::new("queue empty", said, open == 0 && parked.is_empty() && far == 0))
}

/// Every letter that is marked as sent came, and none came that is not. Who takes a letter whose sender is cut
/// off before it hears so gets it again, with the same Message-ID.
async fn letters(reader: &mut Reader, evidence: &Evidence<'_>) -> Result<Vec<Finding>, DbError> {
    let jobs: Vec<(JobId, String)> = fetch_all!(reader, LETTERS, mail::JOB)?;
    let came: HashSet<&str> =
        evidence.letters.iter().map(|letter| letter.id.split('@').next().unwrap_or_default()).collect();
    let sent: HashSet<String> =
        jobs.iter().filter(|(_, state)| state == "done").map(|(id, _)| id.to_string()).collect();
    let lost = sent.iter().filter(|id| !came.contains(id.as_str())).count();
    let strange = came.iter().filter(|id| !sent.contains(**id)).count();
    let repeated = evidence.letters.len() - came.len();
    let most = evidence.cuts * LINES;
    Ok(vec![
        Finding::new(
            "letters sent = letters come",
            format!("{} sent, {lost} of them never came; {strange} came that were not sent", sent.len()),
            lost == 0 && strange == 0 && !sent.is_empty(),
        ),
        Finding::new(
            "each letter once",
            format!("{repeated} came again under the same Message-ID, {most} may have"),
            repeated <= most,
        ),
    ])
}

/// Every link that was asked for and acknowledged came by letter.
fn links(evidence: &Evidence<'_>, writes: &BTreeMap<Write, Fate>) -> Finding {
    let mut came: HashMap<&str, HashSet<&str>> = HashMap::new();
    for letter in evidence.letters {
        came.entry(letter.to.as_str()).or_default().insert(letter.id.as_str());
    }
    // By address: the fewest and the most that can have come.
    let mut asked: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (write, fate) in writes {
        let Write::Link(address, _) = write else { continue };
        let (least, most) = asked.entry(address.as_str()).or_default();
        *least += usize::from(*fate == Fate::Acknowledged);
        *most += usize::from(*fate != Fate::Refused);
    }
    let count = |address: &str| came.get(address).map_or(0, HashSet::len);
    let wrong = asked.iter().filter(|(address, (least, most))| !(*least..=*most).contains(&count(address))).count();
    let promised: usize = asked.values().map(|(least, _)| least).sum();
    let said = format!("{promised} acknowledged from {} addresses, {wrong} with too few or too many", asked.len());
    Finding::new("links asked for = letters", said, wrong == 0)
}
