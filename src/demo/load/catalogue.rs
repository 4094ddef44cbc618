//! Courses and their packs.

use super::{Loader, Pack, broken};
use crate::{
    catalogue::model::CourseKind,
    common::{
        codes::join_list,
        error::AppError,
        ids::{CourseId, MaterialId, ModuleId, PackId, SessionPlanId},
    },
    demo::{
        embedded,
        source::{Item, Source},
        store::{self, NewCourse, NewMaterial},
    },
    packs::model::MaterialKind,
    platform::{db::Tx, text},
};

/// The course whose packs the trainer writes.
const OWN_COURSE: &str = "introductory-judges-prosecutors";

/// Where the packs' files are, under `demo/`.
pub(super) fn file_paths(source: &Source) -> Vec<String> {
    source
        .packs
        .iter()
        .flat_map(|pack| {
            pack.modules
                .iter()
                .flat_map(|module| &module.items)
                .filter(|item| item.kind == MaterialKind::File)
                .map(|item| format!("{}/{}", pack.folder, item.file))
        })
        .collect()
}

impl Loader<'_> {
    pub(super) async fn courses(&mut self, tx: &mut Tx) -> Result<(), AppError> {
        for course in &self.source.courses {
            let texts: Vec<&str> = course.title.values().chain(course.summary.values()).map(String::as_str).collect();
            let new = NewCourse {
                id: self.id(),
                source: course,
                audiences: &join_list(course.audience.iter().map(|audience| audience.code())),
                languages: &join_list(course.languages.iter().map(String::as_str)),
                by_nomination: course.kind == CourseKind::TrainTheTrainers,
                folded: &text::fold(&texts.join(" ")),
            };
            store::add_course(tx, &new, self.now).await?;
            for institution in &course.institutions {
                store::add_offer(tx, new.id, self.institution(institution)?).await?;
            }
            self.courses.insert(&course.slug, new.id);
        }
        for course in &self.source.courses {
            for required in &course.prerequisites {
                store::add_prerequisite(tx, self.course(&course.slug)?, self.course(required)?).await?;
            }
        }
        for person in self.source.persons.iter().filter(|person| person.account.as_deref() == Some("trainer")) {
            store::add_author(tx, self.course(OWN_COURSE)?, self.person(&person.key)?).await?;
        }
        Ok(())
    }

    /// A course by its address.
    pub(super) fn course(&self, slug: &str) -> Result<CourseId, AppError> {
        self.courses.get(slug).copied().ok_or_else(|| broken(format!("no course {slug}")))
    }

    pub(super) async fn packs(&mut self, tx: &mut Tx) -> Result<(), AppError> {
        for source in &self.source.packs {
            let number = source
                .version
                .split_once('.')
                .and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)))
                .ok_or_else(|| broken(format!("{}: version {:?}", source.folder, source.version)))?;
            let id: PackId = self.id();
            store::add_pack(tx, id, self.course(&source.course)?, number, source, self.now).await?;
            let mut pack = Pack { id, sessions: Vec::new(), materials: Vec::new() };
            for (position, module) in (1..).zip(&source.modules) {
                let module_id: ModuleId = self.id();
                store::add_module(tx, module_id, id, position, module).await?;
                for (position, session) in (1..).zip(&module.sessions) {
                    let plan: SessionPlanId = self.id();
                    store::add_session_plan(tx, plan, module_id, position, session).await?;
                    pack.sessions.push((plan, session.title.clone(), session.minutes));
                }
                for (position, item) in (1..).zip(&module.items) {
                    pack.materials.push(self.material(tx, source.folder, module_id, position, item).await?);
                }
            }
            self.packs.insert((&source.course, &source.language), pack);
        }
        Ok(())
    }

    async fn material(
        &self,
        tx: &mut Tx,
        folder: &str,
        module: ModuleId,
        position: i64,
        item: &Item,
    ) -> Result<MaterialId, AppError> {
        let path = format!("{folder}/{}", item.file);
        let mut new = NewMaterial {
            id: self.id(),
            module,
            position,
            kind: item.kind,
            title: &item.title,
            minutes: item.minutes,
            body: "",
            file: None,
            url: "",
        };
        match item.kind {
            MaterialKind::Lesson => new.body = embedded::text(&path).map_err(broken)?,
            MaterialKind::File => {
                new.file = Some(*self.files.get(&path).ok_or_else(|| broken(format!("{path} was not stored")))?);
            }
            MaterialKind::Link => new.url = &item.file,
        }
        store::add_material(tx, &new).await?;
        Ok(new.id)
    }
}
