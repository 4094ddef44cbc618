//! How long a caller must wait after wrong tries. The rules are pure: they take what was counted and the time,
//! and answer the wait.
//!
//! Nothing is ever locked: the wait grows and has an end, and what is counted is forgotten again. A limit
//! that counts one account alone lets a stranger shut its owner out; so the long waits are those of an
//! account *and* a place, and the waits of an account alone or of a place alone stay short.

use chrono::{DateTime, TimeDelta, Utc};

/// Beyond what is free, no more tries are counted than these: whatever happened, it is soon forgotten.
const COUNTED_BEYOND: i64 = 20;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Signing in with one address from one place.
    Pair,
    /// Signing in with one address from anywhere, by browsers that never did before.
    Account,
    /// Signing in with whatever address from one place, by browsers that never did before.
    Place,
    /// Signing in by a browser that has signed in to the account before.
    Device,
    /// The present password, asked of one open session.
    Session,
    /// Asking for a link with one address from one place.
    LinkPair,
    /// Asking for links from one place.
    LinkPlace,
    /// Codes of certificates that do not exist, asked by one person or from one place.
    Certificate,
    /// Digits of a check-in that are wrong, typed by one person.
    Digits,
}

/// How waits of one kind grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Tries that cost nothing.
    pub free: i64,
    /// The wait after the next; each further one doubles it.
    pub first: TimeDelta,
    /// The longest wait.
    pub most: TimeDelta,
    /// One try is forgotten after each of these.
    pub forgets: TimeDelta,
}

const fn pace(free: i64, first: i64, most: i64, forgets: i64) -> Pace {
    Pace {
        free,
        first: TimeDelta::seconds(first),
        most: TimeDelta::seconds(most),
        forgets: TimeDelta::seconds(forgets),
    }
}

impl Counted {
    /// How its waits grow. NIST SP 800-63B-4, section 3.2.2, asks for a bound on guesses at one account and
    /// suggests waits that grow; an account under attack from everywhere takes two guesses a minute.
    pub const fn pace(self) -> Pace {
        match self {
            Self::Pair | Self::Session => pace(5, 2, 900, 600),
            Self::Device => pace(10, 2, 900, 600),
            Self::Account => pace(20, 1, 30, 60),
            // An academy's computers share one address.
            Self::Place => pace(30, 1, 60, 20),
            Self::LinkPair => pace(6, 60, 900, 600),
            Self::LinkPlace => pace(30, 5, 60, 60),
            Self::Certificate | Self::Digits => pace(50, 1, 60, 2),
        }
    }

    /// Its name in the key under which it is counted.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pair => "pair",
            Self::Account => "account",
            Self::Place => "place",
            Self::Device => "device",
            Self::Session => "session",
            Self::LinkPair => "link pair",
            Self::LinkPlace => "link place",
            Self::Certificate => "certificate",
            Self::Digits => "digits",
        }
    }
}

/// What was counted so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tries {
    /// How many, when it was last counted.
    pub count: i64,
    /// When that was.
    pub last: DateTime<Utc>,
}

impl Pace {
    /// How many still count now.
    pub fn counts(&self, tries: Tries, now: DateTime<Utc>) -> i64 {
        let since = (now - tries.last).num_seconds().max(0);
        let forgotten = since / self.forgets.num_seconds().max(1);
        (tries.count.clamp(0, self.free + COUNTED_BEYOND) - forgotten).max(0)
    }

    /// How long to wait still; zero when a try is free.
    pub fn wait(&self, tries: Tries, now: DateTime<Utc>) -> TimeDelta {
        let beyond = self.counts(tries, now) - self.free;
        let Ok(power) = u32::try_from(beyond) else { return TimeDelta::zero() };
        let whole = match 2_i64.checked_pow(power.min(30)) {
            Some(times) => TimeDelta::seconds(self.first.num_seconds().saturating_mul(times)).min(self.most),
            None => self.most,
        };
        // A clock that was set back must not make the wait longer.
        (whole - (now - tries.last)).clamp(TimeDelta::zero(), whole)
    }

    /// With one try more.
    pub fn with_one(&self, tries: Option<Tries>, now: DateTime<Utc>) -> Tries {
        let before = tries.map_or(0, |tries| self.counts(tries, now));
        Tries { count: (before + 1).min(self.free + COUNTED_BEYOND), last: now }
    }

    /// With one try less: it was none.
    pub fn without_one(&self, tries: Tries, now: DateTime<Utc>) -> Tries {
        Tries { count: (self.counts(tries, now) - 1).max(0), last: now }
    }

    /// When nothing of it counts any more.
    pub fn forgotten_at(&self, tries: Tries) -> DateTime<Utc> {
        tries.last + TimeDelta::seconds(self.forgets.num_seconds().saturating_mul(tries.count.max(1)))
    }
}

/// The seconds to tell somebody who must wait, never fewer than one; none when there is no wait.
pub fn seconds(wait: TimeDelta) -> Option<u64> {
    let millis = u64::try_from(wait.num_milliseconds()).ok().filter(|millis| *millis > 0)?;
    Some(millis.div_ceil(1000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: &[Counted] = &[
        Counted::Pair,
        Counted::Account,
        Counted::Place,
        Counted::Device,
        Counted::Session,
        Counted::LinkPair,
        Counted::LinkPlace,
        Counted::Certificate,
        Counted::Digits,
    ];

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn an_account_alone_and_a_place_alone_never_make_anybody_wait_long() {
        for counted in [Counted::Account, Counted::Place] {
            assert!(counted.pace().most <= TimeDelta::minutes(1), "{counted:?}");
        }
    }

    #[test]
    fn waits_double_and_end() {
        let pace = Counted::Pair.pace();
        let waits: Vec<i64> =
            (5..18).map(|count| pace.wait(Tries { count, last: at(0) }, at(0)).num_seconds()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]);
        assert_eq!(pace.wait(Tries { count: 4, last: at(0) }, at(0)), TimeDelta::zero());
        assert_eq!(seconds(TimeDelta::milliseconds(1)), Some(1));
        assert_eq!(seconds(TimeDelta::zero()), None);
    }

    proptest! {
        #[test]
        fn nobody_waits_longer_than_the_longest(which in 0..ALL.len(), count in 0i64..i64::MAX, last in -100_000i64..100_000, now in -100_000i64..100_000) {
            let pace = ALL[which].pace();
            let tries = Tries { count, last: at(last) };
            let wait = pace.wait(tries, at(now));
            prop_assert!(wait >= TimeDelta::zero() && wait <= pace.most);
            // A caller who waits as long as told need not wait again.
            if let Some(seconds) = seconds(wait) && now >= last {
                let later = at(now + i64::try_from(seconds).unwrap());
                prop_assert_eq!(pace.wait(tries, later), TimeDelta::zero());
            }
        }

        #[test]
        fn more_tries_never_wait_less(which in 0..ALL.len(), count in 0i64..200, since in 0i64..10_000) {
            let pace = ALL[which].pace();
            let wait = |count| pace.wait(Tries { count, last: at(0) }, at(since));
            prop_assert!(wait(count) <= wait(count + 1));
        }

        #[test]
        fn guesses_have_a_bound(which in 0..ALL.len(), hours in 1i64..6) {
            // Somebody who tries the moment they may, for hours.
            let pace = ALL[which].pace();
            let (mut now, mut tries, mut made) = (0i64, None, 0i64);
            while now < hours * 3600 {
                if let Some(seconds) = tries.and_then(|tries| seconds(pace.wait(tries, at(now)))) {
                    now += i64::try_from(seconds).unwrap();
                } else {
                    tries = Some(pace.with_one(tries, at(now)));
                    made += 1;
                }
            }
            let by_rate = hours * 3600 / pace.forgets.num_seconds().min(pace.most.num_seconds());
            prop_assert!(made <= pace.free + COUNTED_BEYOND + by_rate, "{made}");
        }

        #[test]
        fn what_is_counted_is_forgotten(which in 0..ALL.len(), count in 0i64..30) {
            let pace = ALL[which].pace();
            let tries = Tries { count: count.min(pace.free), last: at(0) };
            let later = pace.forgotten_at(tries);
            prop_assert_eq!(pace.counts(tries, later), 0);
            prop_assert!(pace.without_one(pace.with_one(Some(tries), at(0)), at(0)).count == tries.count);
        }
    }
}
