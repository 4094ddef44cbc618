//! `/assessments/{id}`: scoring, with one thumb at the back of the class; what all scored; the decision.

use super::parts::{delivery_link, mark};
use crate::{
    platform::http::page::{Drawn, Visit},
    tr,
    trainers::assessment::{
        api::{AssessmentView, ChangeAssessor, DecideAssessment, Decided, Score, Sheet},
        model::{AssessorKind, Criterion, NOTES, Outcome, SCORES, Sum},
        service,
    },
    ui::{
        field::{Select, TextArea, Tick},
        form::{Form, FormState, Hidden, Submit},
        format,
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::view(&visit.cx, visit.param("id"), visit.language()).await?;
    visit.draw(|| show(data))
}

/// The scores of one criterion as big choices, each with what it means.
#[component]
fn Choice(name: &'static str, criterion: Criterion, scale: i64, value: Option<i64>) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = state.field_id(name);
    let error_id = format!("{id}-e");
    let chosen = state.typed(name).unwrap_or_else(|| value.map(|value| value.to_string()).unwrap_or_default());
    let levels: Vec<String> = criterion.levels.lines().map(|line| line.trim().to_owned()).collect();
    view! {
        <fieldset class="ask" id=id>
            <legend>{criterion.title}</legend>
            {state.fault(name).map(|fault| view! { <p class="err" id=error_id>{words::fault(&fault)}</p> })}
            {(1..=scale)
                .map(|score| {
                    let checked = chosen == score.to_string();
                    let level = usize::try_from(score - 1).ok().and_then(|at| levels.get(at).cloned()).unwrap_or_default();
                    view! {
                        <label class="opt">
                            <input type="radio" name=name value=score.to_string() checked=checked/>
                            <span><b class="num">{score}</b>" "{level}</span>
                        </label>
                    }
                })
                .collect_view()}
        </fieldset>
    }
}

fn scoring(data: &AssessmentView, mine: &Sheet) -> AnyView {
    let labels: Vec<(&'static str, String)> = data
        .criteria
        .iter()
        .zip(SCORES.into_iter().zip(NOTES))
        .flat_map(|(criterion, (score, note))| {
            [(score, criterion.title.clone()), (note, format!("{}: {}", tr!(assessments.note), criterion.title))]
        })
        .chain([("remark", tr!(assessments.remark))])
        .collect();
    // Made inside the form, for a field looks for the form it is in.
    let (criteria, lines, scale) = (data.criteria.clone(), mine.lines.clone(), data.scale);
    let fields = move || {
        criteria
            .into_iter()
            .zip(lines)
            .zip(SCORES.into_iter().zip(NOTES))
            .map(|((criterion, (score, text)), (name, note))| {
                let label = format!("{}: {}", tr!(assessments.note), criterion.title);
                view! {
                    <Choice name=name criterion=criterion scale=scale value=score/>
                    <TextArea name=note label=label value=text optional=true/>
                }
            })
            .collect_view()
    };
    let (id, remark) = (data.id.to_string(), mine.remark.clone());
    view! {
        <section class="section stack">
            <h2>{tr!(assessments.your_scores)}</h2>
            <p>{tr!(assessments.alone)}</p>
            <Form function=Score::PATH class="form" labels=labels>
                <Hidden name="assessment" value=id/>
                {fields()}
                <TextArea name="remark" label=tr!(assessments.remark) hint=tr!(assessments.remark_hint) value=remark optional=true/>
                <div class="actions sticky">
                    <button class="btn" name="act" value="send">{tr!(assessments.send)}</button>
                    <button class="btn quiet" name="act" value="save">{tr!(assessments.keep)}</button>
                </div>
                <p class="hint">{tr!(assessments.send_hint)}</p>
            </Form>
        </section>
    }
    .into_any()
}

fn person(sheet: &Sheet, number: usize) -> String {
    let kind = words::assessor_kind(sheet.kind);
    match &sheet.name {
        Some(name) => format!("{name} ({})", kind.to_lowercase()),
        None => format!("{kind} {number}"),
    }
}

/// Everybody's scores side by side, with mean and disagreement.
fn table(data: &AssessmentView, sum: &Sum) -> AnyView {
    let heads = data
        .sheets
        .iter()
        .enumerate()
        .map(|(at, sheet)| view! { <th scope="col" class="n">{person(sheet, at + 1)}</th> })
        .collect_view();
    let rows = data
        .criteria
        .iter()
        .zip(&sum.criteria)
        .enumerate()
        .map(|(at, (criterion, line))| {
            let scores = data
                .sheets
                .iter()
                .map(|sheet| {
                    let score = sheet.lines.get(at).and_then(|(score, _)| *score);
                    view! { <td class="n">{score.map(|score| score.to_string()).unwrap_or_default()}</td> }
                })
                .collect_view();
            let apart = line.apart.then(|| {
                view! { " "<span class="tag warn">{tr!(assessments.apart, low = line.low, high = line.high)}</span> }
            });
            view! {
                <tr>
                    <th scope="row">{criterion.title.clone()}{apart}</th>
                    <td class="n">{criterion.weight}</td>
                    {scores}
                    <td class="n"><b>{line.mean.map(mark).unwrap_or_default()}</b></td>
                </tr>
            }
        })
        .collect_view();
    let means = data
        .sheets
        .iter()
        .map(|sheet| view! { <td class="n">{sheet.mean.map(mark).unwrap_or_default()}</td> })
        .collect_view();
    view! {
        <div class="scroll" role="region" tabindex="0" aria-label=tr!(assessments.scores)>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{tr!(assessments.criterion)}</th>
                        <th scope="col" class="n">{tr!(assessments.weight)}</th>
                        {heads}
                        <th scope="col" class="n">{tr!(assessments.mean)}</th>
                    </tr>
                </thead>
                <tbody>
                    {rows}
                    <tr class="sum">
                        <th scope="row">{tr!(assessments.weighted)}</th>
                        <td class="n"></td>
                        {means}
                        <td class="n"><b>{sum.mean.map(mark).unwrap_or_default()}</b></td>
                    </tr>
                </tbody>
            </table>
        </div>
        <p>
            {tr!(assessments.expected, mark = mark(data.pass_mark), scale = data.scale)}" "
            {sum.mean.map(|mean| if mean >= data.pass_mark { tr!(assessments.reached) } else { tr!(assessments.below) })}
        </p>
    }
    .into_any()
}

fn notes(data: &AssessmentView) -> AnyView {
    let of = |sheet: &Sheet, number: usize| {
        let lines: Vec<AnyView> = data
            .criteria
            .iter()
            .zip(&sheet.lines)
            .filter(|(_, (_, note))| !note.is_empty())
            .map(|(criterion, (_, note))| {
                view! { <div><dt>{criterion.title.clone()}</dt><dd>{note.clone()}</dd></div> }.into_any()
            })
            .collect();
        if lines.is_empty() && sheet.remark.is_empty() {
            return ().into_any();
        }
        view! {
            <div class="sheet pad stack">
                <h3>{person(sheet, number)}</h3>
                {(!lines.is_empty()).then(|| view! { <dl class="facts">{lines}</dl> })}
                {(!sheet.remark.is_empty()).then(|| view! { <p>{sheet.remark.clone()}</p> })}
            </div>
        }
        .into_any()
    };
    data.sheets.iter().enumerate().map(|(at, sheet)| of(sheet, at + 1)).collect_view().into_any()
}

fn decided(it: &Decided) -> AnyView {
    let class = if it.outcome == Outcome::Passed { "notice good" } else { "notice warn" };
    view! {
        <div class=class>
            <h2>{words::assessment_outcome(it.outcome)}</h2>
            {it.reason.lines().filter(|line| !line.trim().is_empty()).map(|line| view! { <p>{line.to_owned()}</p> }).collect_view()}
            <p class="muted">{tr!(assessments.decided_by, name = it.by.clone(), day = format::date(it.on))}</p>
        </div>
    }
    .into_any()
}

/// Who has not sent anything, whom to add, and the decision.
fn deciding(data: &AssessmentView) -> AnyView {
    let id = data.id.to_string();
    let waiting = data
        .waiting
        .iter()
        .map(|(person, name, kind)| {
            let (id, who, of) = (id.clone(), person.to_string(), name.clone());
            view! {
                <li class="item">
                    <div class="grow">{name.clone()}" "<span class="muted">{words::assessor_kind(*kind).to_lowercase()}</span></div>
                    <div class="end">
                        <Form function=ChangeAssessor::PATH key=person.to_string()>
                            <Hidden name="assessment" value=id/>
                            <Hidden name="person" value=who/>
                            <Hidden name="act" value="remove"/>
                            <button class="btn quiet small">{tr!(assessments.remove)}<span class="vh">": "{of}</span></button>
                        </Form>
                    </div>
                </li>
            }
        })
        .collect_view();
    let possible: Vec<(String, String)> =
        data.possible.iter().map(|(person, name)| (person.to_string(), name.clone())).collect();
    let kinds = AssessorKind::ALL.iter().map(|kind| (kind.code().to_owned(), words::assessor_kind(*kind))).collect();
    let outcomes =
        Outcome::ALL.iter().map(|outcome| (outcome.code().to_owned(), words::assessment_outcome(*outcome))).collect();
    let decide = (!data.sheets.is_empty()).then(|| {
        let id = id.clone();
        view! {
            <section class="section stack">
                <h2>{tr!(assessments.decision)}</h2>
                <Form
                    function=DecideAssessment::PATH
                    class="form"
                    labels=vec![("outcome", tr!(assessments.outcome_label)), ("reason", tr!(assessments.reasons))]
                >
                    <Hidden name="assessment" value=id/>
                    <Select name="outcome" label=tr!(assessments.outcome_label) options=outcomes empty=tr!(licences.choose) class="mid"/>
                    <TextArea name="reason" label=tr!(assessments.reasons) hint=tr!(assessments.reasons_hint)/>
                    <Tick name="released" label=tr!(assessments.release)/>
                    <div class="actions"><Submit label=tr!(assessments.decide)/></div>
                </Form>
            </section>
        }
    });
    let none_waiting = data.waiting.is_empty();
    view! {
        <section class="section stack">
            <h2>{tr!(assessments.assessors)}</h2>
            {if none_waiting {
                view! { <p class="muted">{tr!(assessments.nobody_waits)}</p> }.into_any()
            } else {
                view! { <p>{tr!(assessments.waits)}</p><ul class="list tight">{waiting}</ul> }.into_any()
            }}
            <Form
                function=ChangeAssessor::PATH
                class="form"
                labels=vec![("person", tr!(licences.person)), ("kind", tr!(assessments.kind_label))]
            >
                <Hidden name="assessment" value=id/>
                <Hidden name="act" value="add"/>
                <Select name="person" label=tr!(licences.person) options=possible empty=tr!(licences.choose) class="mid"/>
                <Select name="kind" label=tr!(assessments.kind_label) options=kinds class="mid"/>
                <div class="actions"><Submit label=tr!(assessments.add) class="quiet"/></div>
            </Form>
        </section>
        {decide}
    }
    .into_any()
}

fn show(data: AssessmentView) -> impl IntoView {
    let title = if data.own { tr!(assessments.yours) } else { tr!(assessments.of, name = data.name.clone()) };
    let crumbs = if data.may_decide {
        vec![
            (data.course_title.clone(), format!("/courses/{}/licences", data.course_slug)),
            (tr!(licences.of, name = data.name.clone()), format!("/licences/{}", data.licence)),
        ]
    } else {
        vec![(tr!(licences.mine_title), "/my/licences".to_owned())]
    };
    let meta = view! {
        <li><b>{data.part.clone()}</b></li>
        {data.held_on.map(|day| view! { <li>{format::date(day)}</li> })}
        {data.delivery.clone().map(|delivery| view! { <li>{delivery_link(Some(delivery))}</li> })}
        <li>{data.course_title.clone()}</li>
        <li>{tr!(assessments.rubric_number, number = data.number)}</li>
    }
    .into_any();
    let tags = data.invented.then(|| view! { <span class="tag plain">{tr!(licences.invented)}</span> }.into_any());
    let open = data.decided.is_none();
    let form = data.mine.as_ref().filter(|mine| open && !mine.sent).map(|mine| scoring(&data, mine));
    let results = data.sum.as_ref().map(|sum| {
        view! {
            <section class="section stack">
                <h2>{tr!(assessments.scores)}</h2>
                {table(&data, sum)}
                {notes(&data)}
            </section>
        }
    });
    let waiting = (open && form.is_none() && (data.own || data.mine.is_some()))
        .then(|| view! { <div class="notice calm"><p>{tr!(assessments.under_way)}</p></div> });
    let decision = data.decided.as_ref().map(decided);
    // Who still has to score scores first.
    let decide = (data.may_decide && open && form.is_none()).then(|| deciding(&data));
    view! {
        <PageHead title=title crumbs=crumbs meta=meta tags=tags/>
        <div class="wrap body">
            {decision}
            {waiting}
            {form}
            {results}
            {decide}
        </div>
    }
    .into_any()
}
