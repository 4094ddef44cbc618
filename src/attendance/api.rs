//! Server functions: the register: marks by half-day, and their history.
