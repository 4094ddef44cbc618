-- One record of each kind at an academy, read by the walk of rights. `@name` is the id of the record of that
-- name. The people who walk are made beside it (house.rs): all of them have an account, and are named here by
-- what they are. The time is 2026-11-24 08:00 UTC.

INSERT INTO area (code, languages, project_area) VALUES ('AL', ';sq;', TRUE), ('ME', ';sr;', TRUE);
INSERT INTO area_name (area_code, language, starts_on, name) VALUES ('AL', 'en', '1912-11-28', 'Albania'), ('ME', 'en', '2006-06-03', 'Montenegro');
INSERT INTO institution (id, slug, area_code, name, folded, kind, updated_at) VALUES
    (@academy, 'academy', 'AL', 'Academy', 'academy', 'judicial_training', '2026-01-01T00:00:00+00:00'),
    (@elsewhere, 'elsewhere', 'ME', 'Elsewhere', 'elsewhere', 'judicial_training', '2026-01-01T00:00:00+00:00');
INSERT INTO project (id, key, title, status) VALUES (@project, 'project', 'A project', 'running');

-- Somebody of the academy, whose record is kept there.
INSERT INTO person (id, given_name, family_name, folded, email, created_at) VALUES
    (@subject, 'Sara', 'Subject', 'sara subject', 'subject@magistra.example', '2026-01-01T00:00:00+00:00'),
    (@locked, 'Lena', 'Locked', 'lena locked', 'locked@magistra.example', '2026-01-01T00:00:00+00:00'),
    (@proposal, 'Petra', 'Proposal', 'petra proposal', '', '2026-01-01T00:00:00+00:00'),
    (@walker, 'Willy', 'Walk-in', 'willy walk-in', '', '2026-01-01T00:00:00+00:00');
INSERT INTO account (id, person_id, email, disabled, created_at) VALUES
    (@subject_account, @subject, 'subject@magistra.example', FALSE, '2026-01-01T00:00:00+00:00'),
    (@locked_account, @locked, 'locked@magistra.example', TRUE, '2026-01-01T00:00:00+00:00');
INSERT INTO post (id, person_id, profession, institution_id, workplace) VALUES
    (@post, @subject, 'judge', @academy, ''), (@locked_post, @locked, 'judge', @academy, ''),
    (@candidate_post, @candidate, 'judge', @academy, ''), (@proposal_post, @proposal, 'judge', @academy, ''),
    (@other_post, @proposal, 'judge', @elsewhere, ''), (@concerned_post, @concerned, 'judge', @academy, '');
INSERT INTO role_grant (id, person_id, role, institution_id, granted_at) VALUES (@grant, @subject, 'trainer', @academy, '2026-01-01T00:00:00+00:00'),
    (@watching_grant, @proposal, 'observer', NULL, '2026-01-01T00:00:00+00:00');
INSERT INTO pending_change (id, person_id, act, asked, stood, requested_by, requested_by_name, requested_at, expires_at) VALUES
    (@change, @subject, 'disable', '"Disable"', '{"version":1,"details":{"given_name":"Sara","family_name":"Subject","sex":null,"area_code":null,"email":"subject@magistra.example"},"account_email":"subject@magistra.example"}',
    @admin, 'Admin', '2026-11-20T08:00:00+00:00', '2026-12-20T08:00:00+00:00');
INSERT INTO duty (id, area_code, profession, from_year, hours, source, updated_at) VALUES (@duty, 'AL', 'judge', 2020, 20, 'A law', '2026-01-01T00:00:00+00:00');
INSERT INTO job (id, kind, payload, state, attempts, run_at, last_error, created_at)
    VALUES (@job, 'mail.send', '{}', 'parked', 6, '2026-01-01T00:00:00+00:00', 'failed', '2026-01-01T00:00:00+00:00');
INSERT INTO file (id, key, name, media_type, size, sha256, created_at) VALUES
    (@file, 'walk/file', 'file.pdf', 'application/pdf', 4, '00', '2026-01-01T00:00:00+00:00'),
    (@scan_file, 'walk/scan', 'scan.pdf', 'application/pdf', 4, '00', '2026-01-01T00:00:00+00:00'),
    (@piece_file, 'walk/piece', 'piece.pdf', 'application/pdf', 4, '00', '2026-01-01T00:00:00+00:00');

-- A course with a released pack and one in work.
INSERT INTO course (id, slug, kind, audiences, languages, minutes, days, attendance_percent, modules_required, published, folded, created_at, updated_at) VALUES
    (@course, 'course', 'tot', ';judges;', ';en;', 720, 2, 0, FALSE, TRUE, 'course', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00'),
    (@hidden, 'hidden', 'tot', ';judges;', ';en;', 720, 2, 0, FALSE, FALSE, 'hidden', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00');
INSERT INTO course_text (course_id, language, title, summary, objectives) VALUES (@course, 'en', 'A course', 'Summary', 'One'), (@hidden, 'en', 'A hidden course', 'Summary', 'One');
INSERT INTO course_author (course_id, person_id) VALUES (@course, @author), (@hidden, @author);
INSERT INTO course_institution (course_id, institution_id) VALUES (@course, @academy);
INSERT INTO pack (id, course_id, language, major, minor, state, title, summary, created_at, updated_at, released_at) VALUES
    (@pack, @course, 'en', 1, 0, 'released', 'A pack', 'Summary', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00'),
    (@written, @course, 'en', 2, 0, 'draft', 'A draft', 'Summary', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', NULL);
INSERT INTO pack_module (id, pack_id, position, title) VALUES (@module, @pack, 1, 'A module'), (@written_module, @written, 1, 'A module'), (@written_next, @written, 2, 'Another');
INSERT INTO session_plan (id, module_id, position, title, minutes, method) VALUES
    (@plan, @module, 1, 'A session', 60, 'lecture'), (@written_plan, @written_module, 1, 'A session', 60, 'lecture'), (@written_plan_next, @written_module, 2, 'Another', 60, 'lecture');
INSERT INTO material (id, module_id, position, kind, title, minutes, body) VALUES
    (@lesson, @module, 1, 'lesson', 'A lesson', 10, '# A lesson'), (@written_lesson, @written_module, 1, 'lesson', 'A lesson', 10, '# A lesson'),
    (@written_lesson_next, @written_module, 2, 'lesson', 'Another', 10, '# A lesson');
INSERT INTO material (id, module_id, position, kind, title, minutes, file_id) VALUES (@handout, @module, 2, 'file', 'A handout', 10, @file);

-- A delivery that runs now, one that can be entered, one that keeps no names, one in planning, one that is over.
INSERT INTO delivery (id, course_id, pack_id, title, state, mode, language, host_id, area_code, place, starts_on, ends_on, time_zone, capacity, taken, created_at, updated_at, sealed, attendance_percent, excused) VALUES
    (@delivery, @course, @pack, 'Running', 'running', 'in_person', 'en', @academy, 'AL', 'Tirana', '2026-11-24', '2026-11-25', 'Europe/Tirane', 20, 2, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', FALSE, 0, 'missed'),
    (@open, @course, @pack, 'Open', 'call_open', 'in_person', 'en', @academy, 'AL', 'Tirana', '2026-12-24', '2026-12-25', 'Europe/Tirane', 20, 0, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', FALSE, NULL, NULL),
    (@sealed, @course, @pack, 'Sealed', 'running', 'in_person', 'en', @academy, 'AL', 'Tirana', '2026-11-24', '2026-11-24', 'Europe/Tirane', 20, 0, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', TRUE, 0, 'missed'),
    (@planned, @course, NULL, 'Planned', 'planned', 'in_person', 'en', @academy, 'AL', 'Tirana', '2026-12-27', '2026-12-28', 'Europe/Tirane', 20, 0, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', FALSE, NULL, NULL),
    (@past, @course, NULL, 'Past', 'delivered', 'in_person', 'en', @academy, 'AL', 'Tirana', '2026-10-24', '2026-10-25', 'Europe/Tirane', 20, 0, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', FALSE, 0, 'missed');
INSERT INTO delivery_trainer (delivery_id, person_id, lead) VALUES (@delivery, @teacher, TRUE), (@open, @teacher, TRUE), (@sealed, @teacher, TRUE), (@past, @teacher, TRUE), (@past, @candidate, FALSE), (@planned, @candidate, TRUE);
INSERT INTO slot (id, delivery_id, starts_at, ends_at, room, minutes) VALUES
    (@slot, @delivery, '2026-11-24T08:00:00+00:00', '2026-11-24T11:30:00+00:00', 'Room', 210),
    (@later, @delivery, '2026-11-25T08:00:00+00:00', '2026-11-25T11:30:00+00:00', 'Room', 210),
    (@sealed_slot, @sealed, '2026-11-24T08:00:00+00:00', '2026-11-24T11:30:00+00:00', 'Room', 210),
    (@planned_slot, @planned, '2026-12-27T08:00:00+00:00', '2026-12-27T11:30:00+00:00', 'Room', 210);
INSERT INTO timetable_session (id, slot_id, session_plan_id, title, starts_at, minutes) VALUES
    (@session, @slot, @plan, 'A session', '2026-11-24T08:00:00+00:00', 60), (@planned_session, @planned_slot, @plan, 'A session', '2026-12-27T08:00:00+00:00', 60);
INSERT INTO enrolment (id, delivery_id, person_id, state, source, profession, workplace, area_code, created_at, updated_at) VALUES
    (@place, @delivery, @student, 'confirmed', 'administrator', 'judge', 'A court', 'AL', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00'),
    (@left, @delivery, @leaver, 'withdrawn', 'administrator', 'judge', 'A court', 'AL', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00'),
    (@walk_in, @delivery, @walker, 'confirmed', 'administrator', 'judge', 'A court', 'AL', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00');
INSERT INTO walk_in (enrolment_id, name, added_by_name, added_at) VALUES (@walk_in, 'Willy Walk-in', 'Teacher', '2026-11-24T08:00:00+00:00');
INSERT INTO mark (slot_id, enrolment_id, state, minutes, source, marked_by, marked_by_name, marked_at, of_minutes)
    VALUES (@slot, @place, 'present', 210, 'trainer', @teacher, 'Teacher', '2026-11-24T08:00:00+00:00', 210);
INSERT INTO mark_change (id, slot_id, enrolment_id, state, minutes, source, marked_by, marked_by_name, marked_at)
    VALUES (@change, @slot, @place, 'present', 210, 'trainer', @teacher, 'Teacher', '2026-11-24T08:00:00+00:00');
INSERT INTO check_in (slot_id, secret, tolerance, open, opened_at, opened_by) VALUES (@slot, zeroblob(32), 10, TRUE, '2026-11-24T07:00:00+00:00', @teacher);
INSERT INTO badge (id, enrolment_id, token, short, made_at) VALUES (@badge, @place, 'token', 'short', '2026-11-24T07:00:00+00:00');
INSERT INTO kiosk (id, token_hash, delivery_id, created_by, created_by_name, created_at, expires_at, browser)
    VALUES (@kiosk, 'hash', @delivery, @teacher, 'Teacher', '2026-11-24T07:00:00+00:00', '2026-11-25T07:00:00+00:00', 'A browser');
INSERT INTO kiosk_unrecorded (id, kiosk_id, delivery_id, slot_id, enrolment_id, way, word, read_at, arrived_at)
    VALUES (@reading, @kiosk, @delivery, @slot, @place, 'in', 'no_slot', '2026-11-24T07:00:00+00:00', '2026-11-24T07:00:00+00:00');
INSERT INTO register_scan (id, slot_id, file_id, added_by, added_by_name, added_at) VALUES (@scan, @slot, @scan_file, @teacher, 'Teacher', '2026-11-24T07:00:00+00:00');
INSERT INTO mark_draft (id, delivery_id, made_by, made_at, file, tool, body, choices, done_at, entered) VALUES (@mark_draft, @delivery, @teacher, '2026-11-24T07:00:00+00:00', 'log.csv', 'zoom',
    '"Gone"', '{"people":{},"order":null,"zone":"Europe/Tirane","tolerance":10,"least":0,"absent":false,"note":"","x":null,"e":null,"slots":null}', '2026-11-24T07:00:00+00:00', 1);
INSERT INTO completion (enrolment_id, attended_minutes, programme_minutes, items_done, items_required, met, looked_at) VALUES (@place, 210, 420, 0, 0, TRUE, '2026-11-24T07:00:00+00:00');
INSERT INTO certificate (id, enrolment_id, code, kind, language, person_name, course_title, institution_name, place, minutes, issued_at)
    VALUES (@certificate, @place, '0000-0000-0000', 'attendance', 'en', 'Student', 'A course', 'Academy', 'Tirana', 420, '2026-11-24T07:00:00+00:00');
INSERT INTO tally (id, institution_id, delivery_id, title, area_code, starts_on, ends_on, total, state, entered_by, entered_by_name, entered_at)
    VALUES (@tally, @academy, NULL, 'A conference', 'AL', '2026-11-20', '2026-11-20', 10, 'unverified', @admin, 'Admin', '2026-11-24T07:00:00+00:00');
INSERT INTO tally_line (tally_id, area_code, profession, sex, people) VALUES (@tally, 'AL', 'judge', 'f', 10);
INSERT INTO tally_evidence (id, tally_id, file_id, title, added_by_name, added_at) VALUES (@piece, @tally, @piece_file, 'A list', 'Admin', '2026-11-24T07:00:00+00:00');

-- What was said, and decided.
INSERT INTO feedback_decision (id, course_id, outcome, reason, decided_by_name, decided_at) VALUES (@decision, @course, 'declined', 'No', 'Author', '2026-11-24T07:00:00+00:00');
INSERT INTO feedback_item (id, course_id, delivery_id, pack_id, module_id, kind, text, state, by_trainer, signed, wants_answer, person_id, written_on, decision_id) VALUES
    (@item, @course, @delivery, @pack, @module, 'unclear', 'Unclear', 'open', FALSE, TRUE, FALSE, @student, '2026-11-24', NULL),
    (@decided, @course, @delivery, @pack, @module, 'unclear', 'Unclear', 'declined', FALSE, TRUE, FALSE, @student, '2026-11-24', @decision);

-- Licences: of a candidate with a mentor and an assessment, and of an officer.
INSERT INTO licence_rule (course_id, updated_at) VALUES (@course, '2026-01-01T00:00:00+00:00');
INSERT INTO rubric (id, course_id, number, scale, pass_mark, spread, created_at) VALUES (@rubric, @course, 1, 5, 300, 2, '2026-01-01T00:00:00+00:00');
INSERT INTO rubric_criterion (id, rubric_id, position, title, weight) VALUES (@criterion, @rubric, 1, 'Clear', 1);
INSERT INTO licence (id, person_id, course_id, state, since, mentor_id, created_at, updated_at) VALUES
    (@licence, @candidate, @course, 'trained', '2026-01-01T00:00:00+00:00', @mentor, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00'),
    (@own_licence, @concerned, @course, 'trained', '2026-01-01T00:00:00+00:00', NULL, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00'),
    (@held_licence, @teacher, @course, 'licensed', '2026-01-01T00:00:00+00:00', NULL, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00');
INSERT INTO licence_ground (id, licence_id, kind, at, delivery_id, recorded_at) VALUES (@ground, @licence, 'taught', '2026-10-25T00:00:00+00:00', @past, '2026-10-25T00:00:00+00:00');
INSERT INTO assessment (id, licence_id, rubric_id, part, created_at) VALUES
    (@assessment, @licence, @rubric, 'A part', '2026-01-01T00:00:00+00:00'), (@own_assessment, @own_licence, @rubric, 'A part', '2026-01-01T00:00:00+00:00');
INSERT INTO assessor (assessment_id, person_id, kind) VALUES (@assessment, @assessor, 'expert'), (@own_assessment, @assessor, 'expert');
INSERT INTO trainer_profile (person_id, consented_at, shows, contact, updated_at) VALUES
    (@teacher, '2026-01-01T00:00:00+00:00', ';', TRUE, '2026-01-01T00:00:00+00:00'),
    (@subject, '2026-01-01T00:00:00+00:00', ';', TRUE, '2026-01-01T00:00:00+00:00');
INSERT INTO trainer_away (id, person_id, starts_on, ends_on) VALUES (@away, @teacher, '2027-02-01', '2027-02-05');

-- A cohort that is being put together.
INSERT INTO cohort (id, title, course_id, host_id, state, capacity, created_at, updated_at) VALUES
    (@cohort, 'A cohort', @course, @academy, 'selection', 20, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00'),
    (@closed, 'A closed cohort', @course, @academy, 'planned', 20, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00');
INSERT INTO cohort_project (cohort_id, project_id) VALUES (@cohort, @project);
INSERT INTO cohort_step (id, cohort_id, position, kind, course_id) VALUES (@step, @cohort, 1, 'attend', @course), (@step_next, @cohort, 2, 'give', @course);
INSERT INTO cohort_step_delivery (step_id, delivery_id) VALUES (@step, @open);
INSERT INTO cohort_member (id, cohort_id, person_id, state, area_code, institution_id, mentor_id, joined_at, created_at, updated_at) VALUES
    (@member, @cohort, @candidate, 'selected', 'AL', @academy, @mentor, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00'),
    (@proposed, @cohort, @proposal, 'proposed', 'AL', @academy, NULL, NULL, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00');

-- What came of the project.
INSERT INTO cascade_scope (scope_id, kind, undated, refreshed_at) VALUES (@project, 'project', 0, '2026-11-24T00:00:00+00:00'), (@cohort, 'cohort', 0, '2026-11-24T00:00:00+00:00');
INSERT INTO cascade_trainer (scope_id, person_id, generation, area_code, graduate, counts_from, deliveries) VALUES (@cohort, @subject, 1, 'AL', TRUE, '2025-01-01', 0);
