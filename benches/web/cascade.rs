//! The cascade of a programme of five generations, in three sizes: how long it takes to count, what a page
//! of it costs, and that the page grows no faster than the programme.

use crate::data;
use magistra::platform::{
    context::{App, Ctx},
    db::Db,
};
use std::{path::Path, time::Instant};

/// Deliveries of the sizes; a tenth as many trainers, twenty-five times as many participations.
pub const SIZES: [usize; 3] = [2_000, 6_000, 20_000];
const GENERATIONS: usize = 5;
const TAKE_PART: usize = 25;

/// A programme that was counted.
pub struct Programme {
    /// Where its database is.
    pub url: String,
    /// Name, path and cookie of what is asked for.
    pub pages: Vec<(String, String, String)>,
}

/// Makes a programme and counts it, twice: the first time everything is written, the second time nothing.
pub async fn prepare(kind: &str, deliveries: usize, folder: &Path) -> Programme {
    let (url, app) = data::empty(kind, deliveries, folder).await;
    let begun = Instant::now();
    multiply(&app.db, deliveries).await;
    println!(
        "\n{kind}: a programme of {GENERATIONS} generations, {} trainers, {deliveries} deliveries, {} participations \
         (made in {:.0} s)",
        deliveries / 10,
        deliveries * TAKE_PART,
        begun.elapsed().as_secs_f32()
    );
    let cx = Ctx::internal(&app);
    for what in ["counted for the first time", "counted again, nothing changed"] {
        let begun = Instant::now();
        magistra::cascade::rebuild::refresh(&cx).await.expect("counts");
        println!("{what}: {:.2} s", begun.elapsed().as_secs_f64());
    }
    // As PostgreSQL does by itself within a minute.
    data::run(&app.db, "ANALYZE").await;
    let pages = pages(&app).await;
    app.db.close().await;
    Programme { url, pages }
}

/// A tenth of the deliveries are trainings of trainers, one for ten deliveries; the people in each generation
/// are trained by the one before. Trainer `t` of generation `g` (0 to 4) has the number `g * (trainers / 5) + t`.
async fn multiply(db: &Db, deliveries: usize) {
    let now = data::NOW;
    let trainers = deliveries / 10;
    let each = trainers / GENERATIONS;
    let people = deliveries * 8;
    // Deliveries of a generation: those that train the next one first.
    let of_each = deliveries / GENERATIONS;
    let trainings = (each / 20).max(1);
    let steps = [
        format!(
            "INSERT INTO person (id, given_name, family_name, folded, area_code, created_at)
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {people})
             SELECT {{uuid}}, 'Person', 'Number ' || i, 'person number ' || i, 'AL', {now} FROM n"
        ),
        "CREATE TABLE bench_person AS SELECT row_number() OVER (ORDER BY id) AS i, id FROM person WHERE given_name = 'Person'".into(),
        "CREATE UNIQUE INDEX bench_person_i ON bench_person (i)".into(),
        "CREATE TABLE bench_area AS SELECT row_number() OVER (ORDER BY code) - 1 AS i, code FROM area WHERE project_area".into(),
        "CREATE TABLE bench_course AS SELECT row_number() OVER (ORDER BY kind = 'tot' DESC, slug) AS i, id, kind FROM course".into(),
        // Generation 0 is the training of trainers; a generation takes two years.
        format!(
            "CREATE TABLE bench_plan AS
             WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {deliveries} - 1)
             SELECT i, i / {of_each} AS generation, i % {of_each} AS k FROM n"
        ),
        "CREATE UNIQUE INDEX bench_plan_i ON bench_plan (i)".into(),
        format!(
            "INSERT INTO delivery (id, course_id, title, state, mode, language, area_code, place, starts_on, ends_on, time_zone, capacity,
                taken, created_at, updated_at)
             SELECT {{uuid}}, c.id, 'Programme ' || p.i, 'reported', 'in_person', 'en', a.code, 'Somewhere',
                CAST(CAST(2012 + p.generation * 2 + (CASE WHEN p.k < {trainings} THEN 0 ELSE 1 END) AS TEXT) || '-0' || CAST(1 + p.k % 9 AS TEXT) || '-1' || CAST(p.k % 9 AS TEXT) AS {{date}}),
                CAST(CAST(2012 + p.generation * 2 + (CASE WHEN p.k < {trainings} THEN 0 ELSE 1 END) AS TEXT) || '-0' || CAST(1 + p.k % 9 AS TEXT) || '-2' || CAST(p.k % 9 AS TEXT) AS {{date}}),
                'Europe/Tirane', 200, {TAKE_PART}, {now}, {now}
             FROM bench_plan p
             JOIN bench_course c ON c.i = CASE WHEN p.k < {trainings} THEN 1 ELSE (SELECT MIN(o.i) FROM bench_course o WHERE o.kind <> 'tot') + p.k % 3 END
             JOIN bench_area a ON a.i = p.i % (SELECT COUNT(*) FROM bench_area)"
        ),
        "CREATE TABLE bench_delivery AS SELECT p.i, p.generation, p.k, d.id FROM bench_plan p JOIN delivery d ON d.title = 'Programme ' || p.i".into(),
        "CREATE UNIQUE INDEX bench_delivery_i ON bench_delivery (i)".into(),
        format!(
            "INSERT INTO delivery_project (delivery_id, project_id)
             SELECT d.id, (SELECT id FROM project ORDER BY key LIMIT 1) FROM bench_delivery d WHERE d.generation = 0 OR d.k >= {trainings}"
        ),
        // The first trainings have an expert; everything else is given by two of the generation before it.
        format!(
            "INSERT INTO delivery_trainer (delivery_id, person_id, lead)
             WITH RECURSIVE two(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM two WHERE n < 1)
             SELECT d.id, p.id, n.n = 0 FROM bench_delivery d CROSS JOIN two n JOIN bench_person p ON p.i = 1 + CASE
                WHEN d.k >= {trainings} THEN d.generation * {each} + (d.k + n.n * 7) % {each}
                WHEN d.generation > 0 THEN (d.generation - 1) * {each} + (d.k + n.n * 7) % {each}
                ELSE {people} - 1 - n.n END"
        ),
        // Trainings take the trainers of their generation, each once; deliveries take whoever comes.
        format!(
            "INSERT INTO enrolment (id, delivery_id, person_id, state, source, profession, area_code, created_at, updated_at)
             WITH RECURSIVE t(t) AS (SELECT 0 UNION ALL SELECT t + 1 FROM t WHERE t < {each} - 1),
             g(g) AS (SELECT 0 UNION ALL SELECT g + 1 FROM g WHERE g < {GENERATIONS} - 1)
             SELECT {{uuid}}, d.id, p.id, 'completed', 'record', 'judge', a.code, {now}, {now}
             FROM t CROSS JOIN g JOIN bench_delivery d ON d.i = g.g * {of_each} + t.t % {trainings}
             JOIN bench_person p ON p.i = 1 + g.g * {each} + t.t JOIN bench_area a ON a.i = t.t % (SELECT COUNT(*) FROM bench_area)"
        ),
        format!(
            "INSERT INTO enrolment (id, delivery_id, person_id, state, source, profession, area_code, created_at, updated_at)
             WITH RECURSIVE k(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM k WHERE k < {TAKE_PART} - 1)
             SELECT {{uuid}}, d.id, p.id, 'attended', 'record', 'judge', a.code, {now}, {now}
             FROM bench_delivery d CROSS JOIN k
             JOIN bench_person p ON p.i = 1 + {trainers} + ((d.i * 37 + k.k * (({people} - {trainers}) / {TAKE_PART})) % ({people} - {trainers} - 4))
             JOIN bench_area a ON a.i = (d.i + k.k / 9) % (SELECT COUNT(*) FROM bench_area)
             WHERE d.k >= {trainings}"
        ),
        "ANALYZE".into(),
    ];
    for step in &steps {
        data::run(db, step).await;
    }
}

async fn pages(app: &App) -> Vec<(String, String, String)> {
    let (officer, _) = data::cookie(app, "officer@magistra.example").await;
    let (observer, _) = data::cookie(app, "observer@magistra.example").await;
    let key: String = data::one(&app.db, "SELECT key FROM project ORDER BY key LIMIT 1").await;
    let busy: uuid::Uuid = data::one(
        &app.db,
        "SELECT t.person_id FROM cascade_trainer t JOIN project p ON p.id = t.scope_id
         WHERE p.key = (SELECT MIN(key) FROM project) AND t.generation = 0 ORDER BY t.deliveries DESC, t.person_id LIMIT 1",
    )
    .await;
    let base = format!("/cascade?project={key}");
    let list = format!("/cascade/list?project={key}");
    vec![
        ("cascade".into(), base.clone(), officer.clone()),
        ("cascade, observer".into(), base.clone(), observer),
        ("cascade, opened".into(), format!("{base}&open=w,g1,g3,a:AL,t:{busy}"), officer.clone()),
        ("cascade, filtered".into(), format!("{base}&generation=3&area=AL"), officer.clone()),
        ("its people, each once".into(), format!("{list}&of=people&generation=3"), officer.clone()),
        ("its deliveries".into(), format!("{list}&of=deliveries"), officer),
    ]
}
