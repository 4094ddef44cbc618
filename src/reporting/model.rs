//! Rules: first pages by role, and the numbers.
