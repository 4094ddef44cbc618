//! What tests stand on: a course, a released pack, a delivery that runs today, a place in it.
//! Rows are written directly, so that a test of one capability does not wait for another's forms.

use super::House;
use crate::{
    common::{
        actor::{Grant, Role},
        ids::{
            CourseId, DeliveryId, EnrolmentId, InstitutionId, MaterialId, ModuleId, PackId, PersonId, SessionPlanId,
            SlotId,
        },
    },
    execute, fetch_all, fetch_one,
    people::model::{Actor, Profession},
    platform::{
        db::{Statement, Tx},
        zones,
    },
};
use chrono::{Days, NaiveTime};

const COURSE: Statement = Statement::new(
    "testing::course",
    "INSERT INTO course (id, slug, kind, audiences, languages, minutes, days, attendance_percent, modules_required,
            published, folded, created_at, updated_at)
        VALUES ($1, $2, 'introductory', ';judges;prosecutors;', ';en;sq;', 720, 2, 80, TRUE, TRUE, $2, $3, $3)",
);
const COURSE_TEXT: Statement = Statement::new(
    "testing::course_text",
    "INSERT INTO course_text (course_id, language, title, summary, objectives) VALUES ($1, 'en', $2, 'A summary.', 'An objective.')",
);
const PACK: Statement = Statement::new("testing::pack", "INSERT INTO pack (id, course_id, language, major, minor, state, title, summary, created_at, updated_at, released_at)
        VALUES ($1, $2, 'en', (SELECT COUNT(*) + 1 FROM pack WHERE course_id = $2), 0, 'released', 'A pack', 'A summary.', $3, $3, $3)");
const MODULE: Statement = Statement::new(
    "testing::module",
    "INSERT INTO pack_module (id, pack_id, position, title) VALUES ($1, $2, 1, 'Evidence')",
);
const PLAN: Statement = Statement::new(
    "testing::session_plan",
    "INSERT INTO session_plan (id, module_id, position, title, minutes, method) VALUES ($1, $2, $3, $4, $5, 'lecture')",
);
const LESSON: Statement = Statement::new(
    "testing::material",
    "INSERT INTO material (id, module_id, position, kind, title, minutes, body) VALUES ($1, $2, $3, 'lesson', $4, 10, '# A lesson')",
);
const NEWEST_PACK: Statement<(PackId,)> = Statement::new(
    "testing::newest_pack",
    "SELECT id FROM pack WHERE course_id = $1 AND state = 'released' ORDER BY major DESC LIMIT 1",
);
const PLANS: Statement<(SessionPlanId,)> = Statement::new(
    "testing::plans",
    "SELECT p.id FROM session_plan p JOIN pack_module m ON m.id = p.module_id WHERE m.pack_id = $1 ORDER BY m.position, p.position",
);
const DELIVERY: Statement = Statement::new("testing::delivery", "INSERT INTO delivery (id, course_id, pack_id, title, state, mode, language, host_id, area_code, place, starts_on, ends_on,
            time_zone, capacity, created_at, updated_at)
        VALUES ($1, $2, $3, 'A delivery', 'running', 'in_person', 'en', $4, 'AL', 'Tirana', $5, $6, $7, $8, $9, $9)");
const SLOT: Statement = Statement::new(
    "testing::slot",
    "INSERT INTO slot (id, delivery_id, starts_at, ends_at, room, minutes) VALUES ($1, $2, $3, $4, 'Room 204', $5)",
);
const SESSION: Statement = Statement::new(
    "testing::session",
    "INSERT INTO timetable_session (id, slot_id, session_plan_id, title, starts_at, minutes) VALUES ($1, $2, $3, $4, $5, 210)",
);
const SLOTS: Statement<(SlotId,)> =
    Statement::new("testing::slots", "SELECT id FROM slot WHERE delivery_id = $1 ORDER BY starts_at");
const TRAINER: Statement = Statement::new(
    "testing::trainer",
    "INSERT INTO delivery_trainer (delivery_id, person_id, lead) VALUES ($1, $2, TRUE)",
);
const ENROLMENT: Statement = Statement::new("testing::enrolment", "INSERT INTO enrolment (id, delivery_id, person_id, state, source, profession, workplace, area_code, created_at, updated_at)
        VALUES ($1, $2, $3, 'confirmed', 'administrator', $4, 'District court', 'AL', $5, $5)");
const TAKE: Statement = Statement::new("testing::take", "UPDATE delivery SET taken = taken + 1 WHERE id = $1");
const SEAL: Statement = Statement::new("testing::seal", "UPDATE delivery SET sealed = TRUE WHERE id = $1");
const STATE: Statement = Statement::new("testing::state", "UPDATE delivery SET state = $2 WHERE id = $1");

/// The time zone of every delivery given here.
pub const ZONE: &str = "Europe/Tirane";

/// A released pack and its parts, in order.
#[derive(Clone, Debug)]
pub struct GivenPack {
    /// The pack.
    pub id: PackId,
    /// Its one module.
    pub module: ModuleId,
    /// Its session plans, of 90 and 60 minutes.
    pub plans: Vec<SessionPlanId>,
    /// Its lessons.
    pub lessons: Vec<MaterialId>,
}

impl House {
    async fn tx(&self) -> Tx {
        self.app.db.begin().await.expect("begins")
    }

    /// A published course: two days, 80 % attendance and all modules to be done.
    pub async fn course(&self, slug: &str) -> CourseId {
        let id: CourseId = self.app.id();
        let mut tx = self.tx().await;
        execute!(&mut tx, COURSE, id, slug, self.app.now()).expect("a course");
        execute!(&mut tx, COURSE_TEXT, id, slug).expect("a course's text");
        tx.commit().await.expect("commits");
        id
    }

    /// A released pack in English: one module with two session plans and two lessons.
    pub async fn pack(&self, course: CourseId) -> GivenPack {
        let pack = GivenPack {
            id: self.app.id(),
            module: self.app.id(),
            plans: vec![self.app.id(), self.app.id()],
            lessons: vec![self.app.id(), self.app.id()],
        };
        let mut tx = self.tx().await;
        execute!(&mut tx, PACK, pack.id, course, self.app.now()).expect("a pack");
        execute!(&mut tx, MODULE, pack.module, pack.id).expect("a module");
        for (n, (plan, minutes)) in pack.plans.iter().zip([90_i64, 60]).enumerate() {
            execute!(&mut tx, PLAN, *plan, pack.module, n as i64 + 1, format!("Session {}", n + 1), minutes)
                .expect("a plan");
        }
        for (n, lesson) in pack.lessons.iter().enumerate() {
            execute!(&mut tx, LESSON, *lesson, pack.module, n as i64 + 1, format!("Lesson {}", n + 1))
                .expect("a lesson");
        }
        tx.commit().await.expect("commits");
        pack
    }

    /// A delivery that runs today and tomorrow in Tirana, with the newest released pack of the
    /// course (if it has one) and four half-days of 210 minutes: 09:00–12:30 and 13:30–17:00.
    /// The first begins at the very time the house's clock shows.
    pub async fn delivery(&self, course: CourseId, host: InstitutionId, capacity: i64) -> DeliveryId {
        let id: DeliveryId = self.app.id();
        let today = self.app.now().date_naive();
        let tomorrow = today + Days::new(1);
        let mut tx = self.tx().await;
        let pack: Vec<(PackId,)> = fetch_all!(&mut tx, NEWEST_PACK, course).expect("packs");
        let pack = pack.first().map(|(id,)| *id);
        let plans: Vec<(SessionPlanId,)> = match pack {
            Some(pack) => fetch_all!(&mut tx, PLANS, pack).expect("plans"),
            None => Vec::new(),
        };
        execute!(&mut tx, DELIVERY, id, course, pack, host, today, tomorrow, ZONE, capacity, self.app.now())
            .expect("a delivery");
        let halves = [(today, 9, 0), (today, 13, 30), (tomorrow, 9, 0), (tomorrow, 13, 30)];
        for (n, (day, hour, minute)) in halves.into_iter().enumerate() {
            let slot: SlotId = self.app.id();
            let begins = zones::utc(day.and_time(NaiveTime::from_hms_opt(hour, minute, 0).expect("a time")), ZONE);
            execute!(&mut tx, SLOT, slot, id, begins, begins + chrono::TimeDelta::minutes(210), 210_i64)
                .expect("a slot");
            let session: uuid::Uuid = self.app.id();
            let plan = plans.get(n).map(|(id,)| *id);
            execute!(&mut tx, SESSION, session, slot, plan, format!("Session {}", n + 1), begins).expect("a session");
        }
        tx.commit().await.expect("commits");
        id
    }

    /// Makes a delivery keep no names, past all rules.
    pub async fn seal(&self, delivery: DeliveryId) {
        let mut tx = self.tx().await;
        assert_eq!(execute!(&mut tx, SEAL, delivery).expect("a seal"), 1);
        tx.commit().await.expect("commits");
    }

    /// Puts a delivery into a state, past all rules.
    pub async fn put(&self, delivery: DeliveryId, state: &str) {
        let mut tx = self.tx().await;
        assert_eq!(execute!(&mut tx, STATE, delivery, state).expect("a state"), 1);
        tx.commit().await.expect("commits");
    }

    /// The half-days of a delivery, in order.
    pub async fn slots(&self, delivery: DeliveryId) -> Vec<SlotId> {
        let rows: Vec<(SlotId,)> =
            fetch_all!(&mut self.app.db.read().await.expect("reads"), SLOTS, delivery).expect("slots");
        rows.into_iter().map(|(id,)| id).collect()
    }

    /// A person with the trainer's role.
    pub async fn trainer(&self, name: &str) -> Actor {
        self.person(name, &[Grant { role: Role::Trainer, institution: None, area: None }]).await
    }

    /// Makes a person a trainer of a delivery.
    pub async fn trains(&self, delivery: DeliveryId, person: PersonId) {
        let mut tx = self.tx().await;
        execute!(&mut tx, TRAINER, delivery, person).expect("a trainer");
        tx.commit().await.expect("commits");
    }

    /// A place of a person in a delivery, confirmed.
    pub async fn enrol(&self, delivery: DeliveryId, person: PersonId) -> EnrolmentId {
        let id: EnrolmentId = self.app.id();
        let mut tx = self.tx().await;
        execute!(&mut tx, TAKE, delivery).expect("a free place");
        execute!(&mut tx, ENROLMENT, id, delivery, person, Profession::Judge, self.app.now()).expect("an enrolment");
        tx.commit().await.expect("commits");
        id
    }

    /// A number that a statement counts, for what no page shows.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let statement = Statement::<(i64,)>::new("testing::count", sql);
        let (count,) = fetch_one!(&mut self.app.db.read().await.expect("reads"), statement).expect("a count");
        count
    }
}

crate::on_both! {
    async fn what_is_given_stands(house) {
        let academy = house.institution("academy").await;
        let course = house.course("introductory").await;
        let pack = house.pack(course).await;
        let delivery = house.delivery(course, academy, 2).await;
        let ana = house.person("Ana", &[]).await;
        house.trains(delivery, house.trainer("Tom").await.person_id).await;
        house.enrol(delivery, ana.person_id).await;
        assert_eq!((pack.plans.len(), pack.lessons.len(), house.slots(delivery).await.len()), (2, 2, 4));
        assert_eq!(house.count("SELECT taken FROM delivery").await, 1);
    }
}
