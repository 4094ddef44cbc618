//! Server functions: first pages by role, and the numbers.
