//! Cohorts: groups that follow a sequence of deliveries together.
