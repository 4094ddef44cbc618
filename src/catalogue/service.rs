//! Services: courses: what can be taught, for whom, by which institutions.
