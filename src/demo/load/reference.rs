//! Areas, institutions, projects, activities and documents.

use super::{Loader, broken};
use crate::{
    common::{
        codes::{join_list, split_list},
        error::AppError,
        ids::{InstitutionId, ProjectId},
    },
    demo::{
        names::{ALWAYS, FORMER, FRENCH},
        store::{self, NewDocument, NewProject},
    },
    institutions::{
        duty::{model::Term, store::add as add_duty},
        model::{AreaName, InstitutionKind, KOSOVO},
        store::{self as institutions, AreaRow, NewInstitution},
    },
    people::model::Profession,
    platform::{db::Tx, text},
    programmes::model::{kind_code, parse_translations},
};
use chrono::{Datelike, NaiveDate};
use std::collections::HashMap;

/// The note of areas where no project works.
const HOST: &str = "Host or partner";
/// The centre that a project made for all of its areas.
const PILOT_CENTRE: &str = "HR/Regional Judicial Pilot Centre, Zagreb";
/// That project.
const PILOT_PROJECT: &str = "cybercrime-ipa";

fn kind(written: &str) -> Result<InstitutionKind, AppError> {
    match written {
        "judicial training institution" => Ok(InstitutionKind::JudicialTraining),
        "law-enforcement training institution" => Ok(InstitutionKind::LawEnforcementTraining),
        "regional pilot centre" => Ok(InstitutionKind::RegionalCentre),
        "programme office" => Ok(InstitutionKind::ProgrammeOffice),
        other => Err(broken(format!("no kind of institution is called {other:?}"))),
    }
}

fn day(text: &str) -> Result<NaiveDate, AppError> {
    text.parse().map_err(broken)
}

/// A date of the sources, which may be a month: kept as written, if it is one.
fn checked(date: Option<&str>) -> Result<Option<&str>, AppError> {
    match date {
        Some(text) if crate::common::dates::PartialDate::parse(text).is_none() => {
            Err(broken(format!("{text:?} is no date")))
        }
        date => Ok(date),
    }
}

impl Loader<'_> {
    pub(super) async fn areas(&mut self, tx: &mut Tx) -> Result<(), AppError> {
        for area in &self.source.areas {
            let row = AreaRow {
                code: area.code.clone(),
                languages: join_list(area.languages.split(';')),
                convention_deposit: area.convention_deposit,
                convention_in_force: area.convention_in_force,
                project_area: !area.note.starts_with(HOST),
                footnote: area.code == KOSOVO,
                note: area.note.clone(),
            };
            institutions::add_area(tx, &row).await?;
            let (_, french) = FRENCH
                .iter()
                .find(|(code, _)| *code == area.code)
                .ok_or_else(|| broken(format!("no French name of {}", area.code)))?;
            for (language, today) in [("en", area.name.as_str()), ("fr", french)] {
                let former = FORMER.iter().find(|f| f.0 == area.code && f.1 == language);
                let mut names = vec![(former.map_or(ALWAYS, |f| f.3), today)];
                names.extend(former.map(|f| (ALWAYS, f.2)));
                for (starts_on, name) in names {
                    let name = AreaName {
                        area_code: area.code.clone(),
                        language: language.to_owned(),
                        starts_on: day(starts_on)?,
                        name: name.to_owned(),
                    };
                    institutions::add_area_name(tx, &name).await?;
                }
            }
        }
        Ok(())
    }

    /// What the law of one area asks of its judges and prosecutors each year: invented, as its source says.
    pub(super) async fn duties(&self, tx: &mut Tx) -> Result<(), AppError> {
        for (profession, hours) in [(Profession::Judge, 40), (Profession::Prosecutor, 32)] {
            let term = Term {
                area_code: "AL".to_owned(),
                profession,
                from_year: i64::from(self.now.year()) - 1,
                hours,
                source: "Invented for the demonstration".to_owned(),
            };
            add_duty(tx, self.id(), &term, "", self.now).await?;
        }
        Ok(())
    }

    pub(super) async fn institutions(&mut self, tx: &mut Tx) -> Result<(), AppError> {
        let mut slugs: HashMap<String, usize> = HashMap::new();
        for institution in &self.source.institutions {
            *slugs.entry(text::slug(&institution.name)).or_default() += 1;
        }
        for institution in &self.source.institutions {
            let plain = text::slug(&institution.name);
            // Four academies of justice: each says whose it is.
            let slug = if slugs[&plain] > 1 { format!("{}-{plain}", institution.area.to_lowercase()) } else { plain };
            let id: InstitutionId = self.id();
            let former = institution.note.strip_suffix(" before 2017");
            let new = NewInstitution {
                id,
                slug: &slug,
                area_code: &institution.area,
                name: &institution.name,
                folded: &text::fold(&institution.name),
                kind: kind(&institution.kind)?,
                note: if former.is_some() { "" } else { &institution.note },
            };
            institutions::add(tx, &new, self.now).await?;
            if let Some(name) = former {
                institutions::add_former_name(tx, id, name, day("2016-12-31")?).await?;
            }
            self.institutions.insert(format!("{}/{}", institution.area, institution.name), id);
        }
        Ok(())
    }

    /// The areas of the regional centre, which are those of the project that made it.
    pub(super) async fn served_areas(&self, tx: &mut Tx) -> Result<(), AppError> {
        let centre = self.institution(PILOT_CENTRE)?;
        let project = self.source.projects.iter().find(|project| project.key == PILOT_PROJECT);
        for area in split_list(project.map_or("", |project| &project.areas)) {
            institutions::add_served_area(tx, centre, area).await?;
        }
        Ok(())
    }

    /// An institution by `AREA/Name`.
    pub(super) fn institution(&self, key: &str) -> Result<InstitutionId, AppError> {
        self.institutions.get(key).copied().ok_or_else(|| broken(format!("no institution {key}")))
    }

    /// A project by key.
    pub(super) fn project(&self, key: &str) -> Result<ProjectId, AppError> {
        self.projects.get(key).copied().ok_or_else(|| broken(format!("no project {key}")))
    }

    pub(super) async fn projects(&mut self, tx: &mut Tx) -> Result<(), AppError> {
        for project in &self.source.projects {
            let new = NewProject {
                id: self.id(),
                key: &project.key,
                title: &project.title,
                predecessor: project.predecessor.as_deref(),
                starts: checked(project.start.as_deref())?,
                ends: checked(project.end.as_deref())?,
                months: project.months,
                budget_cents: project.budget_eur.map(|euro| euro * 100),
                funding: &join_list(project.funding.split(';')),
                status: project.status,
                // The table of amendments is loaded: nobody needs to be sent to its file.
                note: project.note.split("; amended").next().unwrap_or_default(),
            };
            store::add_project(tx, &new, split_list(&project.areas)).await?;
            self.projects.insert(&project.key, new.id);
        }
        for amendment in &self.source.amendments {
            store::add_amendment(tx, self.id(), self.project(&amendment.project)?, amendment).await?;
        }
        for result in &self.source.results {
            store::add_result(tx, self.id(), self.project(&result.project)?, result).await?;
        }
        Ok(())
    }

    pub(super) async fn activities(&self, tx: &mut Tx) -> Result<(), AppError> {
        for (position, activity) in (1..).zip(&self.source.activities) {
            checked(activity.start.as_deref())?;
            checked(activity.end.as_deref())?;
            let kind = kind_code(&activity.kind).parse().map_err(broken)?;
            let projects =
                split_list(&activity.projects).map(|key| self.project(key)).collect::<Result<Vec<_>, _>>()?;
            store::add_activity(tx, self.id(), position, kind, activity, &projects).await?;
        }
        Ok(())
    }

    pub(super) async fn documents(&self, tx: &mut Tx) -> Result<(), AppError> {
        for (position, document) in (1..).zip(&self.source.documents) {
            let translations = parse_translations(&document.languages_or_history);
            let new = NewDocument {
                id: self.id(),
                position,
                title: &document.title,
                kind: kind_code(&document.kind).parse().map_err(broken)?,
                project: document.project.as_deref().map(|key| self.project(key)).transpose()?,
                history: if translations.is_some() { "" } else { &document.languages_or_history },
            };
            store::add_document(tx, &new, translations.as_deref().unwrap_or_default()).await?;
        }
        Ok(())
    }
}
