//! Means, disagreement and sight, by example and over random scores.

use super::model::{
    Criterion, LEVELS, Looker, Rubric, RubricForm, ScoreForm, Sight, TITLES, WEIGHTS, hundredths, mean_of, sight, sum,
};
use proptest::prelude::*;

fn rubric(weights: &[i64], scale: i64, spread: i64) -> Rubric {
    let criteria = weights
        .iter()
        .map(|weight| Criterion { title: "Clear".into(), weight: *weight, levels: String::new() })
        .collect();
    Rubric { scale, pass_mark: 250, spread, criteria }
}

#[test]
fn three_assessors_and_one_who_saw_it_otherwise() {
    let rubric = rubric(&[3, 1], 4, 2);
    let sheets = [vec![Some(4), Some(3)], vec![Some(4), Some(1)], vec![Some(3), Some(3)]];
    let all = sum(&rubric, &sheets);
    assert_eq!(all.criteria[0].mean, Some(367));
    assert_eq!((all.criteria[1].mean, all.criteria[1].apart), (Some(233), true));
    assert!(!all.criteria[0].apart);
    // (3 × 11/3 + 7/3) / 4 = 3.333
    assert_eq!(all.mean, Some(333));
    assert_eq!(mean_of(&rubric, &sheets[1]), Some(325));
    assert_eq!(sum(&rubric, &[]).mean, None);
}

#[test]
fn marks_are_read_as_people_write_them() {
    assert_eq!(
        ["2.5", "2,75", "3", "3.0", "2.755", "x", "", "-1", ".5"].map(hundredths),
        [Some(250), Some(275), Some(300), Some(300), None, None, None, None, None]
    );
}

#[test]
fn a_rubric_leaves_out_what_is_empty_and_names_what_is_wrong() {
    let mut form =
        RubricForm { scale: "4".into(), pass_mark: "2.5".into(), spread: "2".into(), ..RubricForm::default() };
    assert!(form.check().is_err());
    for (name, value) in [(TITLES[0], "Clear"), (WEIGHTS[0], "3"), (TITLES[4], "On time"), (WEIGHTS[4], "1")] {
        form.rest.insert(name.into(), value.into());
    }
    assert_eq!(form.check().unwrap().criteria.len(), 2);
    form.rest.insert(LEVELS[6].into(), "Never".into());
    assert!(form.check().is_err());
}

#[test]
fn only_what_is_sent_must_be_whole() {
    let mut form = ScoreForm { act: "save".into(), ..ScoreForm::default() };
    form.rest.insert("score_2".into(), "3".into());
    assert_eq!(form.check(4, 2).unwrap().lines, [(None, String::new()), (Some(3), String::new())]);
    form.act = "send".into();
    assert!(form.check(4, 2).is_err());
    form.rest.insert("score_1".into(), "5".into());
    assert!(form.check(4, 2).is_err());
    form.rest.insert("score_1".into(), "4".into());
    assert!(form.check(4, 2).unwrap().send);
}

fn sheets() -> impl Strategy<Value = (Vec<i64>, Vec<Vec<Option<i64>>>)> {
    (1_usize..8, 1_usize..6).prop_flat_map(|(criteria, assessors)| {
        (
            proptest::collection::vec(1_i64..100, criteria),
            proptest::collection::vec(proptest::collection::vec((1_i64..=4).prop_map(Some), criteria), assessors),
        )
    })
}

proptest! {
    #[test]
    fn means_lie_between_and_agree_with_floating_point((weights, sheets) in sheets()) {
        let rubric = rubric(&weights, 4, 2);
        let all = sum(&rubric, &sheets);
        let mean = all.mean.expect("a mean");
        prop_assert!((100..=400).contains(&mean));
        let mut exact = 0.0;
        for (position, weight) in weights.iter().enumerate() {
            let of: f64 = sheets.iter().map(|sheet| sheet[position].unwrap_or(0) as f64).sum();
            exact += *weight as f64 * of / sheets.len() as f64;
            let line = all.criteria[position];
            prop_assert!(line.low * 100 <= line.mean.unwrap() && line.mean.unwrap() <= line.high * 100);
            prop_assert_eq!(line.apart, line.high - line.low >= 2);
        }
        let exact = exact / weights.iter().sum::<i64>() as f64 * 100.0;
        prop_assert!((exact - mean as f64).abs() <= 0.51, "{exact} {mean}");
    }

    /// Neither the order of assessors nor the unit of weights matters; who all agree with is the mean.
    #[test]
    fn order_and_unit_do_not_matter((weights, mut sheets) in sheets(), times in 1_i64..20) {
        let once = sum(&rubric(&weights, 4, 2), &sheets);
        sheets.reverse();
        let heavier: Vec<i64> = weights.iter().map(|weight| weight * times).collect();
        prop_assert_eq!(&sum(&rubric(&heavier, 4, 2), &sheets), &once);
        let same = vec![sheets[0].clone(); 3];
        prop_assert_eq!(sum(&rubric(&weights, 4, 2), &same).mean, mean_of(&rubric(&weights, 4, 2), &sheets[0]));
    }

    /// Nobody who still has to score sees what others sent, whatever else they are; the candidate never sees
    /// names, and nothing before the decision.
    #[test]
    fn whoever_scores_scores_alone(candidate: bool, assesses: bool, sent: bool, decides: bool, decided: bool, released: bool) {
        let seen = sight(Looker { candidate, assesses, sent, decides }, decided, released);
        if assesses && !sent && !decided {
            prop_assert_eq!(seen, Sight::Nothing);
        }
        if candidate {
            prop_assert_ne!(seen, Sight::All);
            prop_assert!(decided && released || seen == Sight::Nothing);
        }
        if !candidate && !assesses && !decides {
            prop_assert_eq!(seen, Sight::Nothing);
        }
    }
}
