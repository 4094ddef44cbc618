//! The two cohorts that the documents tell of: Zagreb 2012 with its eight deliveries at home, and Oslo 2013
//! under two projects. Members, areas and mentors are invented, as the persons are.

use super::{Loader, broken};
use crate::{
    cohorts::{
        member_store::{self, ChangeRow},
        model::{CohortPlan, CohortState, MemberState, StepKind},
        store::{self, QuotaRow, StepRow},
    },
    common::{
        codes::join_list,
        error::AppError,
        ids::{CohortId, DeliveryId, MemberId, PersonId, StepId},
    },
    demo::source::Person,
    platform::db::Tx,
    trainers::roster::{model::Profile, store as roster},
};
use chrono::{DateTime, NaiveDate, Utc};

/// A cohort of the past.
struct Cohort {
    title: &'static str,
    note: &'static str,
    /// What its members are to give, and the delivery that trained them.
    course: &'static str,
    training: &'static str,
    /// Keys of the deliveries that they gave begin so.
    given: &'static str,
    /// Groups of the persons who are members and who are their mentors.
    members: &'static str,
    mentors: &'static str,
    host: Option<&'static str>,
    projects: &'static [&'static str],
    state: CohortState,
    days: (&'static str, Option<&'static str>),
}

const COHORTS: [Cohort; 2] = [
    Cohort {
        title: "Trainers of the judicial training institutions, Zagreb 2012",
        note: "Trained in Zagreb from 20 to 24 February 2012; between 13 April and 19 May 2012 its members gave the eight basic trainings at home, for some 140 judges and prosecutors. Dates and numbers are from the documents; members, places and mentors are invented.",
        course: "introductory-judges-prosecutors",
        training: "zagreb-tot-2012",
        given: "incountry-",
        members: "zagreb-tot",
        mentors: "zagreb-trainers",
        host: None,
        projects: &["cybercrime-ipa"],
        state: CohortState::Finished,
        days: ("2012-02-20", Some("2012-05-19")),
    },
    Cohort {
        title: "Trainers for first responders, Oslo 2013",
        note: "Twenty-two law-enforcement officers, trained in Oslo from 25 February to 1 March 2013 under two projects. That they are to give the first responders' course, their areas and mentors are invented.",
        course: "first-responders",
        training: "oslo-tot-2013",
        given: "no such delivery",
        members: "oslo-tot",
        mentors: "oslo-trainers",
        host: Some("NO/Norwegian Police University College"),
        projects: &["cybercrime-ipa", "cybercrime-eap"],
        state: CohortState::Running,
        days: ("2013-02-25", None),
    },
];

/// Parts that the trainers of the demonstration show.
const SHOWN: [&str; 4] = ["languages", "licences", "teaching", "about"];

impl Loader<'_> {
    pub(super) async fn cohorts(&self, tx: &mut Tx) -> Result<(), AppError> {
        for cohort in &COHORTS {
            self.cohort(tx, cohort).await?;
        }
        self.profiles(tx).await
    }

    fn of_group(&self, group: &str) -> Vec<&Person> {
        self.source.persons.iter().filter(|person| person.groups.iter().any(|it| it == group)).collect()
    }

    async fn cohort(&self, tx: &mut Tx, c: &Cohort) -> Result<(), AppError> {
        let id: CohortId = self.id();
        let day = |text: &str| text.parse::<NaiveDate>().map_err(broken);
        let starts_on = day(c.days.0)?;
        let members = self.of_group(c.members);
        let plan = CohortPlan {
            title: c.title.to_owned(),
            host_id: c.host.map(|key| self.institution(key)).transpose()?,
            capacity: i64::try_from(members.len()).unwrap_or(1),
            starts_on: Some(starts_on),
            ends_on: c.days.1.map(day).transpose()?,
            note: c.note.to_owned(),
        };
        let course = self.course(c.course)?;
        store::record(tx, id, course, (&plan, c.state, true), self.now).await?;
        let projects: Vec<_> = c.projects.iter().map(|key| self.project(key)).collect::<Result<_, _>>()?;
        store::set_projects(tx, id, &projects).await?;
        self.sequence(tx, id, c).await?;

        let mentors: Vec<PersonId> =
            self.of_group(c.mentors).iter().map(|person| self.person(&person.key)).collect::<Result<_, _>>()?;
        let joined: DateTime<Utc> = starts_on.and_time(Default::default()).and_utc();
        let mut places: Vec<(&str, i64)> = Vec::new();
        for (n, person) in members.iter().enumerate() {
            let member: MemberId = self.id();
            let mentor = (!mentors.is_empty()).then(|| mentors[n % mentors.len()]);
            let whose = (id, self.person(&person.key)?);
            member_store::record_member(tx, member, whose, &person.area, mentor, joined).await?;
            let line = ChangeRow {
                at: joined,
                from_state: None,
                to_state: MemberState::Selected,
                changed_by_name: String::new(),
                reason: "Record of the past; the person is invented".to_owned(),
            };
            member_store::add_change(tx, self.id(), member, &line, None).await?;
            match places.iter_mut().find(|(area, _)| *area == person.area) {
                Some((_, count)) => *count += 1,
                None => places.push((person.area.as_str(), 1)),
            }
        }
        for (area, places) in places {
            let quota = QuotaRow { id: self.id(), area_code: Some(area.to_owned()), institution_id: None, places };
            store::add_quota(tx, id, &quota).await?;
        }
        Ok(())
    }

    /// First the training, then a delivery of one's own.
    async fn sequence(&self, tx: &mut Tx, id: CohortId, c: &Cohort) -> Result<(), AppError> {
        let source = self.source.deliveries.iter().find(|it| it.key == c.training);
        let trained_by = source.ok_or_else(|| broken(format!("no delivery {}", c.training)))?;
        let given = self.source.deliveries.iter().filter(|it| it.key.starts_with(c.given));
        let steps = [
            (StepKind::Attend, trained_by.course.as_str(), vec![c.training]),
            (StepKind::Give, c.course, given.map(|it| it.key.as_str()).collect()),
        ];
        for (kind, course, keys) in steps {
            let step: StepId = self.id();
            let row = StepRow {
                id: step,
                cohort_id: id,
                position: 0,
                kind,
                course_id: self.course(course)?,
                required: true,
                due_on: None,
            };
            store::add_step(tx, &row).await?;
            let deliveries: Vec<DeliveryId> = keys
                .iter()
                .map(|key| self.deliveries.get(*key).copied().ok_or_else(|| broken(format!("no delivery {key}"))))
                .collect::<Result<_, _>>()?;
            store::set_step_deliveries(tx, step, &deliveries).await?;
        }
        Ok(())
    }

    /// The Zagreb trainers say which languages they teach in; every second one agreed to be found.
    async fn profiles(&self, tx: &mut Tx) -> Result<(), AppError> {
        for (n, person) in self.of_group("zagreb-tot").into_iter().enumerate() {
            let consent = n % 2 == 0;
            let profile = Profile {
                consent,
                shows: if consent { join_list(SHOWN) } else { String::new() },
                contact: consent,
                languages: join_list(person.languages.iter().map(String::as_str)),
                about: String::new(),
            };
            let whose = (self.person(&person.key)?, 0);
            roster::set_profile(tx, whose, &profile, consent.then_some(self.now), self.now).await?;
        }
        Ok(())
    }
}
