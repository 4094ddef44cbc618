//! Server functions: training packs: modules, session plans, materials and files; drafts, releases, versions.
