//! Services: first pages by role, and the numbers.
