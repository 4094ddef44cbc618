//! Fuzzing: what reads bytes from outside is tried with many inputs that are nearly right.
//!
//! In an ordinary run each [`Target`] tries the inputs kept in `tests/fuzz/corpus/NAME/` and a few hundred
//! mutations of its seeds, the same every time. With `MAGISTRA_FUZZ_SECONDS` it tries new ones for so long, from a
//! seed that it prints and that `MAGISTRA_FUZZ_SEED` repeats; `scripts/fuzz.sh` runs the targets one after the
//! other. A case fails when the check panics, takes more of the processor than the target allows or, at length,
//! more memory. What fails is made smaller, printed and kept.

mod mutate;

use crate::platform::{clock::Entropy, text::hex};
use mutate::{Dice, mutated};
use rustix::time::{ClockId, clock_gettime};
use sha2::{Digest, Sha256};
use std::{
    any::Any,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// The largest input tried, in bytes, unless a target says otherwise.
const INPUT_MAX: usize = 16 * 1024;
/// The largest input that is kept in the corpus, in bytes: regressions are small.
const KEPT_MAX: usize = 16 * 1024;
/// Inputs beside the seeds from which further ones are made.
const POOL: usize = 48;
/// How often a failing input is tried to be made smaller.
const SHRINKINGS: u32 = 400;

/// Something that reads bytes from outside.
pub struct Target {
    name: &'static str,
    seeds: Vec<Vec<u8>>,
    tokens: &'static [&'static str],
    cases: u32,
    largest: usize,
    processor: Duration,
    memory: u64,
}

/// What cases took.
#[derive(Default)]
struct Cost {
    cases: u64,
    longest: Duration,
    largest: usize,
    memory: u64,
}

impl Target {
    /// A target by the name of its test, with small inputs that are right and the tokens that matter to its format.
    pub fn new<S: AsRef<[u8]>>(name: &'static str, seeds: &[S], tokens: &'static [&'static str]) -> Self {
        Self {
            name,
            seeds: seeds.iter().map(|seed| seed.as_ref().to_vec()).collect(),
            tokens,
            cases: 300,
            largest: INPUT_MAX,
            processor: Duration::from_secs(2),
            memory: 256 * 1024 * 1024,
        }
    }

    /// How many cases an ordinary run tries: together well under a second of code that is not optimised.
    pub fn cases(self, cases: u32) -> Self {
        Self { cases, ..self }
    }

    /// The most that one case may take of the processor, in code that is not optimised.
    pub fn within(self, processor: Duration) -> Self {
        Self { processor, ..self }
    }

    /// The largest input, in bytes.
    pub fn largest(self, largest: usize) -> Self {
        Self { largest, ..self }
    }

    /// The same for a check that reads text: bytes that are no UTF-8 become replacement characters, as in headers
    /// and forms.
    pub fn check_text(self, check: impl Fn(&str)) {
        self.check(|bytes| check(&String::from_utf8_lossy(bytes)));
    }

    /// Tries inputs. The check panics where something that must hold does not.
    pub fn check(self, check: impl Fn(&[u8])) {
        let mut cost = Cost::default();
        for (path, input) in self.kept() {
            if let Some(fault) = self.fault(&input, &check, false, &mut cost) {
                panic!("{}: {} fails again: {fault}", self.name, path.display());
            }
        }
        for seed in &self.seeds {
            self.case(seed, &check, false, &mut cost);
        }
        let lasting = number("MAGISTRA_FUZZ_SECONDS").map(Duration::from_secs);
        let seed = match lasting {
            None => self.name.bytes().fold(0_u64, |sum, byte| u64::from(byte) ^ sum.rotate_left(7)),
            Some(_) => number("MAGISTRA_FUZZ_SEED").unwrap_or_else(|| u64::from_le_bytes(Entropy::System.bytes())),
        };
        let (mut dice, began) = (Dice::new(seed), Instant::now());
        if lasting.is_some() {
            println!("{} begins with MAGISTRA_FUZZ_SEED={seed}", self.name);
        }
        let mut pool = self.seeds.clone();
        let more = |cases: u32| lasting.map_or(cases < self.cases, |lasting| began.elapsed() < lasting);
        let mut cases = 0;
        while more(cases) {
            cases = cases.saturating_add(1);
            let input = mutated(&mut dice, &pool, self.tokens, self.largest);
            self.case(&input, &check, lasting.is_some(), &mut cost);
            // What was changed is changed further, so that more than a few changes away is reached.
            if dice.below(4) == 0 {
                if pool.len() < self.seeds.len() + POOL {
                    pool.push(input);
                } else {
                    let at = self.seeds.len() + dice.below(POOL);
                    pool[at] = input;
                }
            }
        }
        if lasting.is_some() {
            self.say(&cost, began.elapsed(), "ok");
        }
    }

    /// One line that `scripts/fuzz.sh` makes a table of.
    fn say(&self, cost: &Cost, elapsed: Duration, result: &str) {
        println!(
            "fuzz-result\t{}\t{}\t{}\t{}\t{}\t{}\t{result}",
            self.name,
            cost.cases,
            elapsed.as_secs(),
            cost.longest.as_millis(),
            cost.largest,
            cost.memory / (1024 * 1024),
        );
    }

    /// Tries an input and ends the test with the smallest found that fails in its place.
    fn case(&self, input: &[u8], check: &impl Fn(&[u8]), at_length: bool, cost: &mut Cost) {
        if at_length {
            // What overflows the stack, or never ends, cannot be kept by this process afterwards.
            let _ = fs::write(self.last(), input);
        }
        let Some(fault) = self.fault(input, check, at_length, cost) else { return };
        let (input, fault) = self.shrunk(input.to_vec(), fault, check, at_length);
        let kept = if at_length { self.keep(&input) } else { "nowhere (run it at length to keep it)".to_owned() };
        if at_length {
            self.say(cost, Duration::ZERO, "FAILED");
        }
        panic!("{}: {fault}\ninput of {} bytes: b\"{}\"\nkept: {kept}", self.name, input.len(), input.escape_ascii());
    }

    /// What is wrong with an input.
    fn fault(&self, input: &[u8], check: &impl Fn(&[u8]), at_length: bool, cost: &mut Cost) -> Option<String> {
        // Other tests take memory meanwhile in an ordinary run.
        let before = if at_length { highest_from_now() } else { None };
        let began = used();
        let outcome = catch_unwind(AssertUnwindSafe(|| check(input)));
        let took = used().saturating_sub(began);
        let memory = before.and_then(|before| Some(highest()?.saturating_sub(before))).unwrap_or_default();
        cost.cases += 1;
        cost.longest = cost.longest.max(took);
        cost.largest = cost.largest.max(input.len());
        cost.memory = cost.memory.max(memory);
        match outcome {
            Err(panic) => Some(format!("it panics: {}", words(panic.as_ref()))),
            Ok(()) if took > self.processor => Some(format!("it takes {took:?}, and may take {:?}", self.processor)),
            Ok(()) if memory > self.memory => Some(format!("it takes {memory} bytes, and may take {}", self.memory)),
            Ok(()) => None,
        }
    }

    /// The smallest input found by leaving pieces out that still fails.
    fn shrunk(
        &self,
        mut input: Vec<u8>,
        mut fault: String,
        check: &impl Fn(&[u8]),
        at_length: bool,
    ) -> (Vec<u8>, String) {
        let mut left = SHRINKINGS;
        let mut piece = input.len().div_ceil(2);
        let mut scratch = Cost::default();
        while piece > 0 {
            let mut at = 0;
            while at < input.len() && left > 0 {
                left -= 1;
                let end = (at + piece).min(input.len());
                let smaller = [&input[..at], &input[end..]].concat();
                match self.fault(&smaller, check, at_length, &mut scratch) {
                    Some(found) => (input, fault) = (smaller, found),
                    None => at = end,
                }
            }
            piece = if piece == 1 || left == 0 { 0 } else { piece.div_ceil(2) };
        }
        (input, fault)
    }

    /// Inputs that failed once.
    fn kept(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let Ok(entries) = fs::read_dir(self.folder()) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        paths.into_iter().map(|path| (path.clone(), fs::read(&path).expect("a kept input"))).collect()
    }

    fn keep(&self, input: &[u8]) -> String {
        let name = hex(&Sha256::digest(input)[..6]);
        let folder = if input.len() <= KEPT_MAX { self.folder() } else { scratch() };
        let path = folder.join(name);
        match fs::create_dir_all(&folder).and_then(|()| fs::write(&path, input)) {
            Ok(()) => path.display().to_string(),
            Err(error) => format!("nowhere: {error}"),
        }
    }

    fn folder(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(self.name)
    }

    fn last(&self) -> PathBuf {
        let _ = fs::create_dir_all(scratch());
        scratch().join(format!("{}.last", self.name))
    }
}

/// Where what is too large for the corpus is kept, and the last input of each target.
fn scratch() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fuzz")
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} must be a whole number, and is {text:?}")))
}

/// What this thread has used of the processor.
fn used() -> Duration {
    let at = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(at.tv_sec.try_into().unwrap_or_default(), at.tv_nsec.try_into().unwrap_or_default())
}

/// The most memory that this process has held, in bytes (`VmHWM`); none where the system does not tell.
fn highest() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}

/// Has the system count anew from what is held now (`proc(5)`: 5 into `clear_refs`).
fn highest_from_now() -> Option<u64> {
    fs::write("/proc/self/clear_refs", "5").ok()?;
    highest()
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without words".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_found_and_made_small() {
        let target = Target::new("fuzz_itself", &["one two three"], &["needle"]).cases(20_000);
        let check = |input: &[u8]| assert!(!input.windows(6).any(|window| window == b"needle"), "found");
        let panic = catch_unwind(AssertUnwindSafe(|| target.check(check))).expect_err("a needle is tried");
        let told = words(panic.as_ref());
        assert!(told.contains("fuzz_itself: it panics: found") && told.contains("b\"needle\""), "{told}");
    }

    #[test]
    fn what_is_slow_is_found() {
        let target = Target::new("fuzz_itself", &["a"], &[]).cases(1).within(Duration::ZERO);
        let panic = catch_unwind(AssertUnwindSafe(|| target.check(|_| ()))).expect_err("nothing takes no time");
        assert!(words(panic.as_ref()).contains("and may take"));
    }

    #[test]
    fn an_ordinary_run_is_the_same_every_time() {
        let tried = || {
            let inputs = std::cell::RefCell::new(Vec::new());
            let target = Target::new("fuzz_itself", &["one", "two"], &["<"]).cases(50);
            target.check(|input| inputs.borrow_mut().push(input.to_vec()));
            inputs.into_inner()
        };
        assert_eq!(tried(), tried());
    }
}
