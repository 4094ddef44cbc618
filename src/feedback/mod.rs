//! What trainers and participants say of a pack's modules, and what becomes of it.
