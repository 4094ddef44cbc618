//! Small counts: what is told of few people, so that nobody is recognised by being counted.

/// Counts of people under this are not told to everybody.
pub const FEW: i64 = 5;

/// The nearest multiple of a step.
pub const fn nearest(value: i64, step: i64) -> i64 {
    (value + step / 2) / step * step
}

/// A count of people as it may be told: as it is, or, where small counts are kept back, none if it is
/// small and rounded otherwise, so that no difference of two counts is exact.
pub fn told(count: i64, keep_back: bool) -> Option<i64> {
    if !keep_back {
        Some(count)
    } else if (1..FEW).contains(&count) {
        None
    } else {
        Some(nearest(count, FEW))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_not_told_and_many_are_rounded() {
        assert_eq!((told(4, true), told(0, true), told(13, true), told(5, true)), (None, Some(0), Some(15), Some(5)));
        assert_eq!(told(4, false), Some(4));
    }
}
