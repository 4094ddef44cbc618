//! Rules: outcomes by rule, and certificates that anybody can check.
