//! Two devices that did not hear of each other, on both databases: in whatever order their marks arrive,
//! however wrong their clocks are.

use super::{
    api::{Marked, Name},
    model::{Action, MarkSource, MarkState, Touch, choice},
    moved, service,
    tests::{Class, action, class, everyone, key, later, replayed},
};
use crate::{
    common::error::AppError,
    deliveries::{api::SlotForm, model::Moved, schedule},
    on_both,
    platform::{context::Ctx, db::counted, jobs},
    testing::House,
};
use chrono::TimeDelta;
use uuid::Uuid;

/// An action made some minutes ago, or in the future.
fn made(house: &House, ago: i64, action: Action) -> Action {
    Action { made_at: Some((house.app.now() - TimeDelta::minutes(ago)).timestamp_micros()), ..action }
}

async fn name(class: &Class, cx: &Ctx, n: usize) -> Name {
    let register = service::register(cx, &class.delivery.to_string(), &class.slots[0].to_string()).await.unwrap();
    register.names.into_iter().find(|name| name.id == class.names[n]).unwrap()
}

fn states(name: &Name) -> (Option<MarkState>, Option<MarkState>) {
    let state = |mark: &super::model::Mark| mark.state;
    let other = name.other.as_ref().and_then(|it| it.mark.as_ref()).map(state);
    (name.mark.as_ref().map(|it| state(&it.mark)), other)
}

on_both! {
    async fn two_devices_without_a_line(house) {
        let class = class(&house, 3).await;
        let (tom, ada) = (house.as_actor(&class.trainer), house.as_actor(&class.administrator));
        later(&house, 60);
        // Tom marked first, Ada ten minutes later; neither knew. Of two names the marks arrive in either order.
        let toms = |n: usize, id| made(&house, 30, action(id, vec![class.touch(n, MarkState::Absent, "")]));
        let adas = |n: usize, id| made(&house, 20, action(id, vec![class.touch(n, MarkState::Late, "25")]));
        class.send(&tom, 0, &toms(0, 1)).await.unwrap();
        class.send(&ada, 0, &adas(0, 2)).await.unwrap();
        class.send(&ada, 0, &adas(1, 3)).await.unwrap();
        let answer = class.send(&tom, 0, &toms(1, 4)).await.unwrap();
        assert_eq!(answer.rows[0].mark.as_ref().unwrap().mark.state, MarkState::Late, "he is told what stands");
        for again in [toms(1, 4), toms(0, 1)] {
            class.send(&tom, 0, &again).await.unwrap();
        }
        for (n, cx) in [(0, &tom), (1, &tom), (0, &ada), (1, &ada)] {
            assert_eq!(states(&name(&class, cx, n).await), (Some(MarkState::Late), Some(MarkState::Absent)));
        }
        assert_eq!(house.count("SELECT COUNT(*) FROM mark_change").await, 4, "no doubles");
        let shown = name(&class, &ada, 0).await;
        let (mark, other) = (shown.mark.unwrap(), shown.other.unwrap());
        assert_eq!((mark.by, other.by.as_deref()), (None, Some("Tom Tester")));
        assert_eq!((mark.at - mark.made.unwrap()).num_minutes(), 20, "both say when they were made");
        assert_eq!((other.at - other.made).num_minutes(), 30);
        // The history says what did not stand, and why.
        let history = service::history(&ada, &class.delivery.to_string(), &class.slots[0].to_string(), &class.names[1].to_string()).await.unwrap();
        assert_eq!((history.lines[0].outweighed, history.lines[1].outweighed), (mark.made, None));
        assert_eq!(history.lines[0].from.as_ref().unwrap().state, MarkState::Late);
        replayed(&house, &class, 0).await;

        // Somebody decides: for one name otherwise, for the other the same.
        for (n, id, state, seen) in [(0, 10, MarkState::Absent, &shown.id), (1, 11, MarkState::Late, &shown.id)] {
            let now = name(&class, &tom, n).await;
            assert!(n == 1 || *seen == now.id);
            let touch = Touch {
                seen: now.mark.map(|it| it.at),
                seen_too: now.other.map(|it| it.at),
                ..class.touch(n, state, "")
            };
            class.send(&tom, 0, &action(id, vec![touch])).await.unwrap();
            assert_eq!(states(&name(&class, &tom, n).await), (Some(state), None));
        }
        replayed(&house, &class, 0).await;
        // What comes still later and is older changes nothing and is not shown: it was overruled knowingly.
        class.send(&ada, 0, &made(&house, 25, action(12, vec![class.touch(0, MarkState::Late, "25")]))).await.unwrap();
        assert_eq!(states(&name(&class, &tom, 0).await), (Some(MarkState::Absent), None));
        replayed(&house, &class, 0).await;
    }
}

on_both! {
    async fn clocks_of_devices_are_wrong(house) {
        let class = class(&house, 3).await;
        let (tom, ada) = (house.as_actor(&class.trainer), house.as_actor(&class.administrator));
        later(&house, 60);
        // A device that is a day ahead wins only until somebody marks after it has spoken.
        class.send(&tom, 0, &made(&house, -1440, action(1, vec![class.touch(0, MarkState::Absent, "")]))).await.unwrap();
        assert_eq!(name(&class, &tom, 0).await.mark.unwrap().made, None, "made when it arrived, not tomorrow");
        later(&house, 5);
        class.send(&ada, 0, &made(&house, 1, action(2, vec![class.touch(0, MarkState::Present, "")]))).await.unwrap();
        assert_eq!(states(&name(&class, &tom, 0).await), (Some(MarkState::Present), Some(MarkState::Absent)));
        // A device that is hours slow, whose owner has seen what stands, is not put before it.
        class.send(&tom, 0, &action(3, vec![class.touch(1, MarkState::Absent, "")])).await.unwrap();
        later(&house, 5);
        let seen = name(&class, &ada, 1).await.mark.map(|it| it.at);
        let slow = Touch { seen, ..class.touch(1, MarkState::Present, "") };
        class.send(&ada, 0, &made(&house, 600, action(4, vec![slow]))).await.unwrap();
        assert_eq!(states(&name(&class, &tom, 1).await), (Some(MarkState::Present), None));
        // A clock that a flat battery took back to 1970 says nothing.
        class.send(&tom, 0, &Action { made_at: Some(0), ..action(5, vec![class.touch(2, MarkState::Late, "9")]) }).await.unwrap();
        assert_eq!(name(&class, &tom, 2).await.mark.unwrap().made, None);
        replayed(&house, &class, 0).await;
    }
}

on_both! {
    async fn everyone_and_what_was_taken_back(house) {
        let class = class(&house, 4).await;
        let (tom, ada) = (house.as_actor(&class.trainer), house.as_actor(&class.administrator));
        later(&house, 60);
        // "Everyone present" came first, though one name had been marked absent before it, elsewhere.
        class.send(&tom, 0, &made(&house, 10, everyone(1))).await.unwrap();
        class.send(&ada, 0, &made(&house, 30, action(2, vec![class.touch(0, MarkState::Absent, "")]))).await.unwrap();
        assert_eq!(states(&name(&class, &tom, 0).await), (Some(MarkState::Absent), None), "one name outweighs everyone");
        replayed(&house, &class, 0).await;
        // A mark that is taken back, and one from before that arrives afterwards.
        class.send(&ada, 0, &action(3, vec![class.touch(1, MarkState::Late, "9")])).await.unwrap();
        let (delivery, first) = class_text(&class);
        let undone = service::undo(&ada, &delivery, &first, &Uuid::from_u128(4).to_string()).await.unwrap();
        assert_eq!(undone.rows.len(), 1);
        replayed(&house, &class, 0).await;
        class.send(&tom, 0, &made(&house, 20, action(5, vec![class.touch(1, MarkState::Excused, "")]))).await.unwrap();
        assert_eq!(states(&name(&class, &tom, 1).await), (Some(MarkState::Present), Some(MarkState::Excused)));
        replayed(&house, &class, 0).await;
        // Where nothing is left, that stands too.
        let second = |id: u128, state| action(id, vec![class.touch(2, state, "")]);
        let slot = class.slots[1];
        let body = |action: &Action| serde_json::to_string(action).unwrap();
        let slot_text = slot.to_string();
        later(&house, 300);
        service::mark(&ada, &delivery, &slot_text, &body(&second(6, MarkState::Absent))).await.unwrap();
        service::undo(&ada, &delivery, &slot_text, &Uuid::from_u128(7).to_string()).await.unwrap();
        let answer = service::mark(&tom, &delivery, &slot_text, &body(&made(&house, 5, second(8, MarkState::Late)))).await.unwrap();
        assert!(answer.rows[0].mark.is_none() && answer.rows[0].gone.is_some());
        assert_eq!(answer.rows[0].other.as_ref().unwrap().mark.as_ref().unwrap().state, MarkState::Late);
        replayed(&house, &class, 1).await;
        later(&house, 1);
        service::mark(&tom, &delivery, &slot_text, &body(&everyone(9))).await.unwrap();
        assert!(class.states(&tom, 1).await.iter().all(|it| it.unwrap().0 == MarkState::Present));
        replayed(&house, &class, 1).await;
    }
}

fn class_text(class: &Class) -> (String, String) {
    (class.delivery.to_string(), class.slots[0].to_string())
}

on_both! {
    async fn a_form_decides_between_two(house) {
        let class = class(&house, 2).await;
        let (tom, ada) = (house.as_actor(&class.trainer), house.as_actor(&class.administrator));
        later(&house, 60);
        class.send(&tom, 0, &made(&house, 30, action(1, vec![class.touch(0, MarkState::Absent, "")]))).await.unwrap();
        class.send(&ada, 0, &made(&house, 20, action(2, vec![class.touch(0, MarkState::Late, "25")]))).await.unwrap();
        let (read, statements) = counted(service::register(&ada, &class.delivery.to_string(), &class.slots[0].to_string())).await;
        assert_eq!(statements, 5, "one more where two disagree");
        let register = read.unwrap();
        let shown = register.names.iter().find(|it| it.id == class.names[0]).unwrap();
        let mut form = class.form(0, register.version);
        form.marks = [(key(class.names[0]), "late".into()), (key(class.names[1]), "excused".into())].into();
        form.mins = [(key(class.names[0]), "25".into())].into();
        form.settle = choice(class.names[0], shown.other.as_ref().unwrap().at);
        service::save(&ada, &form).await.unwrap();
        assert_eq!(states(&name(&class, &ada, 0).await), (Some(MarkState::Absent), None), "Tom's story was chosen");
        assert_eq!(class.states(&ada, 0).await[1], Some((MarkState::Excused, 0)), "what else was in the form is saved");
        replayed(&house, &class, 0).await;
    }
}

on_both! {
    async fn what_was_being_written_while_a_form_was_read_is_not_overwritten(house) {
        let class = class(&house, 2).await;
        let (tom, ada) = (house.as_actor(&class.trainer), house.as_actor(&class.administrator));
        later(&house, 10);
        let read = service::register(&ada, &class.delivery.to_string(), &class.slots[0].to_string()).await.unwrap();
        // Tom had begun a minute before and committed afterwards: his mark carries an earlier time.
        later(&house, -1);
        class.send(&tom, 0, &action(1, vec![class.touch(0, MarkState::Late, "9")])).await.unwrap();
        later(&house, 2);
        let mut form = class.form(0, read.version);
        form.marks = [(key(class.names[0]), "absent".into())].into();
        let AppError::Conflict(conflict) = service::save(&ada, &form).await.unwrap_err() else { panic!() };
        form.version = conflict.version.to_string();
        service::save(&ada, &form).await.unwrap();
        assert_eq!(class.states(&ada, 0).await[0], Some((MarkState::Absent, 0)));
        replayed(&house, &class, 0).await;
    }
}

on_both! {
    async fn new_hours_leave_two_stories_two(house) {
        let class = class(&house, 3).await;
        let (tom, ada) = (house.as_actor(&class.trainer), house.as_actor(&class.administrator));
        later(&house, 60);
        // The first name is contested, the second is by those who know of each other.
        class.send(&tom, 0, &made(&house, 30, action(1, vec![class.touch(0, MarkState::Present, "")]))).await.unwrap();
        class.send(&ada, 0, &made(&house, 20, action(2, vec![class.touch(0, MarkState::Late, "25")]))).await.unwrap();
        class.send(&tom, 0, &action(3, vec![class.touch(1, MarkState::Late, "30")])).await.unwrap();
        let before = name(&class, &tom, 0).await;
        assert_eq!(states(&before), (Some(MarkState::Late), Some(MarkState::Present)));
        // Ada makes the half-day an hour longer.
        let delivery = class.delivery.to_string();
        let table = schedule::view(&ada, &delivery).await.unwrap();
        let slot = table.slots.iter().find(|slot| slot.id == class.slots[0]).unwrap();
        let mut form = SlotForm::of(&table.head, slot);
        form.to = (slot.ends + TimeDelta::hours(1)).format("%H:%M").to_string();
        schedule::save_slot(&ada, &form).await.unwrap();
        jobs::drain(&house.app, crate::server::JOBS).await.unwrap();
        for cx in [&tom, &ada] {
            let now = name(&class, cx, 0).await;
            assert_eq!(states(&now), (Some(MarkState::Late), Some(MarkState::Present)), "still two");
            let (mark, other) = (now.mark.unwrap(), now.other.unwrap());
            assert_eq!((mark.mark.minutes, other.mark.unwrap().minutes), (245, 270), "both for the new hours");
            let made = (mark.made.unwrap(), before.mark.as_ref().unwrap().made.unwrap());
            assert_eq!((made.0 - made.1).num_seconds(), 0, "and made when they were");
        }
        let second = name(&class, &tom, 1).await.mark.unwrap().mark;
        assert_eq!((second.state, second.minutes), (MarkState::Late, 240));
        replayed(&house, &class, 0).await;
        // Nothing is left to count anew, and somebody can still decide for the other.
        let count = house.count("SELECT COUNT(*) FROM mark_change").await;
        let again = Moved {
            delivery: class.delivery,
            slot: class.slots[0],
            by: class.administrator.person_id,
            by_name: "Ada Tester".into(),
            what: "again".into(),
        };
        moved::job(house.nobody(), serde_json::to_string(&again).unwrap()).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM mark_change").await, count);
        let now = name(&class, &tom, 0).await;
        let touch = Touch {
            seen: now.mark.map(|it| it.at),
            seen_too: now.other.map(|it| it.at),
            ..class.touch(0, MarkState::Present, "")
        };
        class.send(&tom, 0, &action(9, vec![touch])).await.unwrap();
        assert_eq!(states(&name(&class, &tom, 0).await), (Some(MarkState::Present), None));
        replayed(&house, &class, 0).await;
    }
}

/// A number that looks random and is the same every time (Knuth's multiplicative generator).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % sides).unwrap()
    }
}

on_both! {
    async fn every_register_can_be_made_from_its_history(house) {
        let class = class(&house, 5).await;
        let keepers = [house.as_actor(&class.trainer), house.as_actor(&class.administrator)];
        let (delivery, slot) = class_text(&class);
        later(&house, 90);
        let mut dice = Dice(20_261_124);
        let mut sent: Vec<(usize, Action)> = Vec::new();
        for step in 0..160u128 {
            later(&house, i64::from(dice.roll(3) == 0));
            let who = dice.roll(2);
            let keeper = &keepers[who];
            match dice.roll(12) {
                0 => {
                    class.send(keeper, 0, &made(&house, dice.roll(80) as i64, everyone(1000 + step))).await.unwrap();
                }
                1 | 2 => {
                    service::undo(keeper, &delivery, &slot, &Uuid::from_u128(2000 + step).to_string()).await.unwrap();
                }
                3 => {
                    // A list keyed from paper, over whatever stands.
                    let entry = service::Entry {
                        id: Uuid::from_u128(3000 + step),
                        delivery: class.delivery,
                        slot: class.slots[0],
                        source: MarkSource::Paper,
                        reason: "",
                    };
                    let marks = [(class.names[dice.roll(5)], None)];
                    let mut tx = keeper.begin().await.unwrap();
                    service::enter(keeper, &mut tx, &entry, &marks).await.unwrap();
                    tx.commit().await.unwrap();
                }
                4 if !sent.is_empty() => {
                    let (who, again) = &sent[dice.roll(sent.len() as u64)];
                    let _: Marked = class.send(&keepers[*who], 0, again).await.unwrap();
                }
                5 => {
                    let version = service::register(keeper, &delivery, &slot).await.unwrap().version;
                    let mut form = class.form(0, version);
                    form.id = Uuid::from_u128(4000 + step).to_string();
                    form.marks = [(key(class.names[dice.roll(5)]), MarkState::ALL[dice.roll(5)].code().into())].into();
                    service::save(keeper, &form).await.unwrap();
                }
                _ => {
                    let n = dice.roll(5);
                    let mut touch = class.touch(n, MarkState::ALL[dice.roll(5)], "");
                    // What the sender sees: nothing, or what stands, or both stories.
                    let eyes = dice.roll(3);
                    if eyes > 0 {
                        let shown = name(&class, keeper, n).await;
                        touch.seen = shown.mark.map(|it| it.at).or(shown.gone);
                        touch.seen_too = shown.other.filter(|_| eyes > 1).map(|it| it.at);
                    }
                    let ago = dice.roll(120) as i64 - 20;
                    let one = made(&house, ago, action(5000 + step, vec![touch]));
                    class.send(keeper, 0, &one).await.unwrap();
                    sent.push((who, one));
                }
            }
            if step % 10 == 9 {
                replayed(&house, &class, 0).await;
            }
        }
        let unaware = house.count("SELECT COUNT(*) FROM mark_change WHERE seen IS NOT NULL").await;
        assert!(unaware > 10, "{unaware} of those who had not seen what stands");
    }
}
