-- The lists of allowed codes leave the schema: the product's enumerations grow, and a table that others refer
-- to cannot be rebuilt on SQLite without losing or refusing rows (CONTRIBUTING, "Change a table"). Codes are checked
-- by `text_enum!` on the way in and on the way out. Rules between columns, ranges and signs keep their CHECK.
--
-- No row is touched: the text of the schema is changed, as SQLite's own documentation describes for taking a CHECK
-- away (https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes"). RESET reads the
-- schema again and switches writing off; the index that comes and goes tells every other connection to do so too.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (outcome IN (''passed'', ''not_passed''))', '') WHERE type = 'table' AND name = 'assessment';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (kind IN (''peer'', ''expert''))', '') WHERE type = 'table' AND name = 'assessor';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (kind IN (''cohort'', ''project'', ''course''))', '') WHERE type = 'table' AND name = 'cascade_scope';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (kind IN (''attendance'', ''achievement'', ''trainer''))', '') WHERE type = 'table' AND name = 'certificate';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (state IN (''planned'', ''selection'', ''running'', ''finished'', ''cancelled''))', '') WHERE type = 'table' AND name = 'cohort';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (state IN (''proposed'', ''selected'', ''reserve'', ''refused'', ''left''))', '') WHERE type = 'table' AND name = 'cohort_member';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (to_state IN (''proposed'', ''selected'', ''reserve'', ''refused'', ''left''))', '') WHERE type = 'table' AND name = 'cohort_member_change';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (kind IN (''attend'', ''give''))', '') WHERE type = 'table' AND name = 'cohort_step';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (kind IN (''introductory'', ''advanced'', ''specialised'', ''first_responder'', ''tot''))', '') WHERE type = 'table' AND name = 'course';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (state IN (''planned'', ''call_open'', ''selection'', ''confirmed'', ''running'', ''delivered'', ''reported'', ''postponed'', ''cancelled''))', '') WHERE type = 'table' AND name = 'delivery';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (mode IN (''in_person'', ''live_online'', ''self_paced'', ''hybrid''))', '') WHERE type = 'table' AND name = 'delivery';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (excused IN (''missed'', ''neutral'', ''attended''))', '') WHERE type = 'table' AND name = 'delivery';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (profession IN (''judge'', ''prosecutor'', ''investigator'', ''police_officer'', ''registrar'', ''trainer'', ''other''))', '') WHERE type = 'table' AND name = 'duty';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (state IN (''nominated'', ''applied'', ''endorsed'', ''selected'', ''reserve'', ''refused'', ''invited'', ''confirmed'', ''declined'', ''replaced'', ''attended'', ''partly_attended'', ''not_attended'', ''completed'', ''not_completed'', ''withdrawn''))', '') WHERE type = 'table' AND name = 'enrolment';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (source IN (''self'', ''administrator'', ''record''))', '') WHERE type = 'table' AND name = 'enrolment';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (profession IN (''judge'', ''prosecutor'', ''investigator'', ''police_officer'', ''registrar'', ''trainer'', ''other''))', '') WHERE type = 'table' AND name = 'enrolment';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (risk IN (''none'', ''at_risk'', ''lost''))', '') WHERE type = 'table' AND name = 'enrolment';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (outcome IN (''taken_up'', ''declined'', ''noted'', ''later''))', '') WHERE type = 'table' AND name = 'feedback_decision';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (kind IN (''error'', ''out_of_date'', ''unclear'', ''too_long'', ''too_short'', ''missing'', ''law_differs'', ''translation'', ''praise''))', '') WHERE type = 'table' AND name = 'feedback_item';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (state IN (''open'', ''later'', ''taken_up'', ''declined'', ''noted''))', '') WHERE type = 'table' AND name = 'feedback_item';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (profession IN (''judge'', ''prosecutor'', ''investigator'', ''police_officer'', ''registrar'', ''trainer'', ''other''))', '') WHERE type = 'table' AND name = 'head_count_line';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (sex IN (''f'', ''m'', ''x''))', '') WHERE type = 'table' AND name = 'head_count_line';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (kind IN (''judicial_training'', ''law_enforcement_training'', ''regional_centre'', ''court'', ''prosecution_office'', ''police_unit'', ''ministry'', ''council'', ''programme_office''))', '') WHERE type = 'table' AND name = 'institution';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (excused IN (''missed'', ''neutral'', ''attended''))', '') WHERE type = 'table' AND name = 'institution';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (risk_letters IN (''both'', ''participants'', ''trainers'', ''nobody''))', '') WHERE type = 'table' AND name = 'institution';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (state IN (''queued'', ''running'', ''done'', ''parked''))', '') WHERE type = 'table' AND name = 'job';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (way IN (''in'', ''out''))', '') WHERE type = 'table' AND name = 'kiosk_unrecorded';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (word IN (''not_in'', ''wrong_group'', ''unknown'', ''replaced'', ''too_early'', ''closed'', ''called_off'', ''no_slot'', ''no_time'', ''overruled'', ''ended''))', '') WHERE type = 'table' AND name = 'kiosk_unrecorded';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (state IN (''candidate'', ''trained'', ''assessed'', ''licensed'', ''lapsed'', ''withdrawn''))', '') WHERE type = 'table' AND name = 'licence';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (kind IN (''trained'', ''assessed'', ''signed_off'', ''taught'', ''refreshed'', ''taken_up''))', '') WHERE type = 'table' AND name = 'licence_ground';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (kind IN (''train'', ''refresh''))', '') WHERE type = 'table' AND name = 'licence_route';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (cause IN (''completion'', ''assessment'', ''sign_off'', ''lapse'', ''mended'', ''decision'', ''record'', ''taken_back''))', '') WHERE type = 'table' AND name = 'licence_step';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (state IN (''present'', ''late'', ''left_early'', ''excused'', ''absent''))', '') WHERE type = 'table' AND name = 'mark';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (source IN (''trainer'', ''self'', ''kiosk'', ''paper'', ''import''))', '') WHERE type = 'table' AND name = 'mark';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (state IN (''present'', ''late'', ''left_early'', ''excused'', ''absent''))', '') WHERE type = 'table' AND name = 'mark_change';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (source IN (''trainer'', ''self'', ''kiosk'', ''paper'', ''import''))', '') WHERE type = 'table' AND name = 'mark_change';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (tool IN (''sheet'', ''zoom'', ''teams'', ''webex'', ''other''))', '') WHERE type = 'table' AND name = 'mark_draft';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (kind IN (''lesson'', ''file'', ''link''))', '') WHERE type = 'table' AND name = 'material';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (purpose IN (''reset'', ''invitation''))', '') WHERE type = 'table' AND name = 'one_time_token';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (state IN (''draft'', ''piloted'', ''feedback'', ''released'', ''superseded''))', '') WHERE type = 'table' AND name = 'pack';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (sex IN (''f'', ''m'', ''x''))', '') WHERE type = 'table' AND name = 'person';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (profession IN (''judge'', ''prosecutor'', ''investigator'', ''police_officer'', ''registrar'', ''trainer'', ''other''))', '') WHERE type = 'table' AND name = 'post';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (status IN (''pipeline'', ''running'', ''closed''))', '') WHERE type = 'table' AND name = 'project';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (role IN (''programme_officer'', ''institution_administrator'', ''focal_point'', ''trainer'', ''participant'', ''observer''))', '') WHERE type = 'table' AND name = 'role_grant';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (method IN (''lecture'', ''discussion'', ''exercise'', ''case'', ''demonstration'', ''mock_hearing'', ''review''))', '') WHERE type = 'table' AND name = 'session_plan';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (act IN (''closed'', ''reopened'', ''cancelled'', ''restored'', ''moved''))', '') WHERE type = 'table' AND name = 'slot_step';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (state IN (''unverified'', ''verified'', ''withdrawn''))', '') WHERE type = 'table' AND name = 'tally';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (profession IN (''judge'', ''prosecutor'', ''investigator'', ''police_officer'', ''registrar'', ''trainer'', ''other''))', '') WHERE type = 'table' AND name = 'tally_line';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (sex IN (''f'', ''m'', ''x''))', '') WHERE type = 'table' AND name = 'tally_line';
UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (act IN (''enter'', ''change'', ''attach'', ''withdraw_evidence'', ''verify'', ''doubt'', ''withdraw''))', '') WHERE type = 'table' AND name = 'tally_step';
PRAGMA writable_schema = RESET;
CREATE INDEX job_schema_changed ON job (id);
DROP INDEX job_schema_changed;
